"""Which items of two sequences belong together: equal ones, then those that speak of the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from functools import partial

from viewer.dicom.inspection.difference_tree import Node, content_of

_MOST_COMPARED = 64  # items without a name that are compared each with each
_CONCEPT = "ConceptNameCodeSequence"
_CODES = ("CodeValue", "LongCodeValue", "URNCodeValue")
# what tells items apart, the surest first; in the item, or in a sequence of one item within it
_NAMES = (
    "ReferencedSOPInstanceUID",
    "DimensionIndexValues",
    "ImagePositionPatient",
    "ROINumber",
    "ReferencedROINumber",
    "ObservationNumber",
    "SegmentNumber",
    "BeamNumber",
    "ReferencedBeamNumber",
    "FractionGroupNumber",
    "ControlPointIndex",
    "DimensionIndexPointer",
    "OverlayNumber",
    "SeriesInstanceUID",
    "ReferencedSeriesInstanceUID",
    "StudyInstanceUID",
)
_ItemPair = tuple[int | None, int | None]  # places in A and B


def paired(a: Sequence[list[Node]], b: Sequence[list[Node]]) -> list[_ItemPair]:
    """Give which item of B belongs to which of A, in A's order; each is in one pair."""
    if len(a) == len(b) == 1:
        return [(0, 0)]
    pairing = _Pairing(a, b)
    contents_a, contents_b = list(map(content_of, a)), list(map(content_of, b))
    for place in range(min(len(a), len(b))):
        if contents_a[place] == contents_b[place]:
            pairing.pair(place, place)
    pairing.by(lambda place: contents_a[place], lambda place: contents_b[place])
    names_a, names_b = ([_names_of(item) for item in items] for items in (a, b))
    for name in ("", _CONCEPT, *_NAMES):
        pairing.by(partial(_named, names_a, name), partial(_named, names_b, name))
    pairing.by_likeness(names_a, names_b)
    return pairing.pairs()


def _named(names: Sequence[dict[str, Hashable]], name: str, place: int) -> Hashable:
    return names[place].get(name)


class _Pairing:
    """Pairs while they are found."""

    def __init__(self, a: Sequence[list[Node]], b: Sequence[list[Node]]) -> None:
        self._items = a, b
        self._partner: dict[int, int] = {}
        self._left = dict.fromkeys(range(len(a))), dict.fromkeys(range(len(b)))

    def pair(self, a: int, b: int) -> None:
        self._partner[a] = b
        del self._left[0][a], self._left[1][b]

    def by(self, of_a: Callable[[int], Hashable], of_b: Callable[[int], Hashable]) -> None:
        """Pair what has the same key, in order; None is no key."""
        known: dict[Hashable, list[int]] = defaultdict(list)
        for place in self._left[1]:
            known[of_b(place)].append(place)
        known.pop(None, None)
        for lists in known.values():
            lists.reverse()
        for place in list(self._left[0]):
            same = known.get(of_a(place))
            if same:
                self.pair(place, same.pop())

    def by_likeness(
        self, names_a: Sequence[dict[str, Hashable]], names_b: Sequence[dict[str, Hashable]]
    ) -> None:
        """Pair what is left and has no name by how much is the same, then in order."""
        a = [place for place in self._left[0] if not names_a[place]]
        b = [place for place in self._left[1] if not names_b[place]]
        if len(a) <= _MOST_COMPARED and len(b) <= _MOST_COMPARED:
            contents = [
                {place: {node.content for node in items[place]} for place in places}
                for items, places in zip(self._items, (a, b), strict=True)
            ]
            ranked = sorted(
                ((len(contents[0][i] & contents[1][j]), -abs(i - j), -i, -j) for i in a for j in b),
                reverse=True,
            )
            for common, _, i, j in ranked:
                if common and -i in self._left[0] and -j in self._left[1]:
                    self.pair(-i, -j)
        a = [place for place in a if place in self._left[0]]
        b = [place for place in b if place in self._left[1]]
        for i, j in zip(a, b, strict=False):
            self.pair(i, j)

    def pairs(self) -> list[_ItemPair]:
        """Give all pairs; what is in B alone stands where it stands there."""
        found: list[_ItemPair] = [
            (place, self._partner.get(place)) for place in range(len(self._items[0]))
        ]
        for place in self._left[1]:
            at = next(
                (n + 1 for n, (_, b) in enumerate(found) if b is not None and b == place - 1), None
            )
            found.insert(len(found) if at is None and place else at or 0, (None, place))
        return found


def _names_of(item: list[Node]) -> dict[str, Hashable]:
    """Give what an item is about: its code, its concept, what it refers to; empty for nothing."""
    own = {node.label: node.text for node in item if node.items is None}
    within: dict[str, str] = {}
    concept: Hashable = None
    for node in item:
        if node.items is not None and len(node.items) == 1:
            texts = {one.label: one.text for one in node.items[0] if one.items is None}
            if node.label == _CONCEPT:
                concept = _code_of(texts)
            within = {**texts, **within}
    found: dict[str, Hashable] = {"": _code_of(own), _CONCEPT: concept}
    found.update({name: own.get(name) or within.get(name) for name in _NAMES})
    return {name: key for name, key in found.items() if key}


def _code_of(texts: dict[str, str]) -> Hashable:
    value = next((texts[name] for name in _CODES if texts.get(name)), None)
    return None if value is None else (value, texts.get("CodingSchemeDesignator", ""))
