"""What de-identifying would change, folded: what is the same in many files is told once.

Changes come a few at a time from the command, and are kept as the different pairs of values
before and after of each element, with the files that have them. What is shown of them is left to
the table. The values are the patient's: they are kept in memory, for as long as they are on
screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from viewer.session.command_job import Told, text

_LONGEST_VALUE = 2000  # characters; what is longer is told in full by the report


@dataclass(slots=True)
class Pair:
    """A value before and after, and the places of the files that have it."""

    before: str
    after: str
    files: list[int] = field(default_factory=list)
    found_by: str = ""  # what is searched


@dataclass(slots=True)
class Change:
    """What is done with one element, in all files that have it."""

    tag: str
    name: str
    where: str  # the path of sequences down to it; "" at the top
    action: str
    pairs: list[Pair] = field(default_factory=list)
    files: int = 0
    found_by: str = ""
    _places: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, before: str, after: str, file: int) -> bool:
        """Count one more file; tell whether the pair of values is new."""
        place = self._places.get((before, after))
        is_new = place is None
        if place is None:
            place = self._places[before, after] = len(self.pairs)
            self.pairs.append(Pair(before, after, [], f"{before}\n{after}".casefold()))
        files = self.pairs[place].files
        if not files or files[-1] != file:  # an element of one file may come in several items
            files.append(file)
            self.files += 1
        return is_new


@dataclass(frozen=True, slots=True)
class Held:
    """A file that is held back, and why."""

    path: str
    reason: str


class Changes:
    """All that was told so far.

    Attributes
    ----------
    number : int
        Changes, each in each file.
    """

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.rows: list[Change] = []
        self.held: list[Held] = []
        self.number = 0
        self._files: dict[str, int] = {}
        self._rows: dict[tuple[str, str, str], int] = {}

    def take(self, lines: Iterable[Told]) -> tuple[list[int], set[int]]:
        """Take what the command told; give the rows that got more pairs, and all that changed."""
        grown: list[int] = []
        touched: set[int] = set()
        for line in lines:
            change, held = line.get("change"), line.get("held")
            if isinstance(change, dict):
                row, is_new = self._add(change)
                touched.add(row)
                if is_new:
                    grown.append(row)
            elif isinstance(held, dict):
                self.held.append(Held(text(held, "path"), text(held, "reason")))
        return grown, touched

    def pair_files(self, pair: Pair) -> list[str]:
        """Give the paths of the files that have a pair of values."""
        return [self.paths[file] for file in pair.files]

    def _add(self, change: Told) -> tuple[int, bool]:
        tag, where, action = (text(change, key) for key in ("tag", "where", "action"))
        row = self._rows.get((tag, where, action))
        if row is None:
            row = self._rows[tag, where, action] = len(self.rows)
            name = text(change, "name")
            searched = f"{tag}\n{name}\n{where}\n{action}".casefold()
            self.rows.append(Change(tag, name, where, action, found_by=searched))
        path = text(change, "path")
        file = self._files.setdefault(path, len(self.paths))
        if file == len(self.paths):
            self.paths.append(path)
        before, after = _value(change, "before"), _value(change, "after")
        self.number += 1
        return row, self.rows[row].add(before, after, file)


def _value(change: Told, name: str) -> str:
    value = change.get(name)
    shown = value if isinstance(value, str) else "" if value is None else str(value)
    return shown if len(shown) <= _LONGEST_VALUE else shown[:_LONGEST_VALUE] + "…"
