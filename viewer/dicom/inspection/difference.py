"""How two headers differ, as plain values: rows of a tree, and many such trees folded into one.

Made in child processes by `difference_reader`; shown by the command and the window.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

State = Literal["equal", "near", "changed", "added", "removed", "unknown"]
Subject = Literal["", "uids", "dates", "private", "group-length", "meta"]
SUBJECTS: tuple[Subject, ...] = ("uids", "dates", "private", "group-length", "meta")
OTHER_SYNTAX = "other transfer syntax; not compared as pixels"  # a note
DIFFERING = frozenset(("changed", "added", "removed"))


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far numbers may differ: ``absolute + relative * max(|a|, |b|)``."""

    absolute: float = 0.0
    relative: float = 0.0

    def holds(self, a: float, b: float) -> bool:
        """Tell whether two numbers count as equal; NaN does with itself."""
        if a == b or (a != a and b != b):
            return True
        apart = abs(a - b)
        return apart < math.inf and apart <= self.absolute + self.relative * max(abs(a), abs(b))


class DifferenceRow(NamedTuple):
    """One element, item or sequence of A, B, or both, in tree order (parents first).

    Attributes
    ----------
    path : str
        Keyword path; tells rows of one comparison apart.
    depth : int
    tag : int
        0 for an item.
    name, vr : str
        VR is "LO/SH" where the two differ.
    a, b : str
        Values; "" where there is none. Bulk is shown short.
    state : str
        A `State`. Of a sequence or item: "changed" where anything in it differs. "near": numbers
        equal within the tolerance; "unknown": not comparable.
    subject : str
        A `Subject`: what the difference is about, for those that are to be ignored.
    note : str
        What the values do not show.
    is_leaf : bool
        Nothing is below it.
    of, differing : int
        How many pairs of frames have it, and in how many of them it differs.
    alike : bool
        It is the same in all of these.
    """

    path: str
    depth: int
    tag: int
    name: str
    vr: str
    a: str
    b: str
    state: str
    subject: str = ""
    note: str = ""
    is_leaf: bool = True
    of: int = 1
    differing: int = 0
    alike: bool = True

    def counts(self, ignored: Iterable[str] = ()) -> bool:
        """Tell whether it is a difference, and not about what is ignored."""
        return self.is_leaf and self.state in DIFFERING and self.subject not in ignored


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rows of a comparison, each a tuple as `DifferenceRow` takes it, and what else is said.

    ``pairs`` is how many headers were compared with one another.
    """

    rows: tuple[tuple[object, ...], ...]
    pairs: int = 1
    notes: tuple[str, ...] = ()

    def told(self) -> list[DifferenceRow]:
        """Give the rows."""
        return [DifferenceRow._make(row) for row in self.rows]


def folded(comparisons: Sequence[Comparison]) -> Comparison:
    """Fold comparisons of several pairs into one: a row says in how many of them it differs."""
    if len(comparisons) == 1:
        return comparisons[0]
    tree = _Fold()
    for comparison in comparisons:
        tree.add(comparison.told())
    notes = dict.fromkeys(note for one in comparisons for note in one.notes)
    pairs = sum(one.pairs for one in comparisons)
    return Comparison(tuple(map(tuple, tree.rows())), pairs, tuple(notes))


@dataclass(slots=True)
class _Place:
    """Where a row stands among all pairs: what was found of it, and the paths below it in order."""

    row: DifferenceRow | None = None
    below: list[str] = field(default_factory=list)


class _Fold:
    """Rows of several trees, by their paths."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {"": _Place()}

    def add(self, rows: Sequence[DifferenceRow]) -> None:
        above = [""]  # paths of what is open, by depth
        latest: dict[str, str] = {}  # of each parent: the last one below it
        for row in rows:
            del above[row.depth + 1 :]
            parent = above[-1]
            above.append(row.path)
            place = self._places.get(row.path)
            if place is None:
                place = self._places[row.path] = _Place()
                siblings = self._places[parent].below
                before = latest.get(parent)
                at = siblings.index(before) + 1 if before is not None else 0
                siblings.insert(at, row.path)
            latest[parent] = row.path
            place.row = row if place.row is None else _both(place.row, row)

    def rows(self) -> list[DifferenceRow]:
        found: list[DifferenceRow] = []
        waiting = list(reversed(self._places[""].below))
        while waiting:
            place = self._places[waiting.pop()]
            assert place.row is not None
            found.append(place.row)
            waiting += reversed(place.below)
        return found


def _both(one: DifferenceRow, other: DifferenceRow) -> DifferenceRow:
    """Give the row that says what two rows of the same path say together."""
    shown = one if one.differing or not other.differing else other
    state = one.state
    if one.state != other.state:
        states = {one.state, other.state}
        state = "changed" if states & DIFFERING else "unknown" if "unknown" in states else "near"
    return shown._replace(
        state=state,
        is_leaf=one.is_leaf and other.is_leaf,
        of=one.of + other.of,
        differing=one.differing + other.differing,
        alike=one.alike
        and other.alike
        and (one.state, one.a, one.b) == (other.state, other.a, other.b),
    )


def frames_note(row: DifferenceRow, pairs: int) -> str:
    """Say in how many frames a row differs; "" where there is only one pair."""
    if pairs == 1 or row.state not in DIFFERING:
        return ""
    if row.differing == pairs:
        way = "the same way" if row.alike else "not the same way"
        return f"in all {pairs:,} frames, {way}"
    return f"in {row.differing:,} of {pairs:,} frames"
