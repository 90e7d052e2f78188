"""Orientation letters of images that have no position in the patient. PS3.3 C.7.6.1.1.1.

PatientOrientation says towards what a row and a column run; projections have
nothing else. Frames with a plane get their letters from that.
"""

from __future__ import annotations

Edges = tuple[str, str, str, str]  # left, right, top, bottom

_OPPOSITE = {"A": "P", "P": "A", "L": "R", "R": "L", "H": "F", "F": "H"}
_LONGEST = 3  # letters of a direction: oblique to all three axes


def direction_letters(text: str) -> str:
    """Give a direction as it is shown: letters of a biped, at most three; else ""."""
    letters = text.strip().upper()
    known = 0 < len(letters) <= _LONGEST and all(letter in _OPPOSITE for letter in letters)
    return letters if known else ""


def opposite(letters: str) -> str:
    """Give the direction the other way."""
    return "".join(_OPPOSITE[letter] for letter in letters)


def edges_of(row: str, column: str) -> Edges:
    """Give the letters of the (left, right, top, bottom) edges.

    ``row`` and ``column`` are directions as `direction_letters` gives them.
    """
    return opposite(row), row, opposite(column), column
