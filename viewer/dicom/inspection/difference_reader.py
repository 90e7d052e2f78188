"""Two headers compared element by element, in a child process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from viewer.dicom.errors import HeaderError
from viewer.dicom.inspection.difference import (
    DIFFERING,
    OTHER_SYNTAX,
    Comparison,
    DifferenceRow,
    Subject,
    Tolerance,
    folded,
)
from viewer.dicom.inspection.difference_items import paired
from viewer.dicom.inspection.difference_tree import Header, Node, read_header_tree
from viewer.dicom.inspection.matrix import NUMBER_VRS
from viewer.dicom.limits import Limits

_DATE_VRS = frozenset(("DA", "DT", "TM"))
_MOST_SHOWN = 1024  # characters of a value
# (0002,00xx) that say who wrote the file: version, implementation, source and sending titles
_META = frozenset((0x00020001, 0x00020012, 0x00020013, 0x00020016, 0x00020017, 0x00020018))
_Side = tuple[str, int]  # file, and frame from 0 or `frame_places.WHOLE`

_read = lru_cache(2)(read_header_tree)  # frames of one object are compared one after the other


def compare(
    pairs: Sequence[tuple[_Side, _Side]], tolerance: Tolerance, limits: Limits
) -> Comparison:
    """Compare headers pair by pair, and fold what was found.

    Parameters
    ----------
    pairs : sequence
        A and B of each: path, and frame from 0; -1 for all of the file.

    Raises
    ------
    HeaderError
        One of them cannot be read.
    """
    return folded([_compared(_header(a, limits), _header(b, limits), tolerance) for a, b in pairs])


def _header(side: _Side, limits: Limits) -> Header:
    path, frame = side
    try:
        header = _read(path, limits)
        return header if frame < 0 else header.of_frame(frame, path)
    except HeaderError as error:
        if error.path:
            raise
        raise HeaderError(error.message, path, error.kind) from error


def _compared(a: Header, b: Header, tolerance: Tolerance) -> Comparison:
    walk = _Comparing(tolerance, same_syntax=a.transfer_syntax == b.transfer_syntax)
    walk.elements(a.nodes, b.nodes, "", 0, "")
    notes = [f"{side}: {note}" for side, one in (("A", a), ("B", b)) for note in one.notes]
    return Comparison(tuple(map(tuple, walk.rows)), 1, tuple(notes))


class _Comparing:
    """Rows while they are made."""

    def __init__(self, tolerance: Tolerance, *, same_syntax: bool) -> None:
        self.rows: list[DifferenceRow] = []
        self._tolerance, self._same_syntax = tolerance, same_syntax

    def elements(
        self,
        a: Sequence[Node],
        b: Sequence[Node],
        above: str,
        depth: int,
        subject: Subject,
    ) -> bool:
        """Compare two data sets; tell whether they differ."""
        others = {node.key: node for node in b}
        both: list[tuple[Node | None, Node | None]] = [
            (node, others.pop(node.key, None)) for node in a
        ]
        both += [(None, node) for node in others.values()]
        if others:
            both.sort(key=lambda pair: (pair[0] or pair[1] or _NOTHING).tag)
        known: dict[str, int] = {}
        differs = False
        for one, other in both:
            node = one or other
            assert node is not None
            label = node.label
            known[label] = known.get(label, 0) + 1
            if known[label] > 1:  # the same private number of two creators
                label = f"{label}#{known[label]}"
            path = f"{above}.{label}" if above else label
            differs |= self._element(one, other, path, depth, subject)
        return differs

    def _element(
        self, a: Node | None, b: Node | None, path: str, depth: int, above: Subject
    ) -> bool:
        node = a or b
        assert node is not None
        subject = above or _subject(a, b)
        items_a, items_b = (one.items if one is not None else None for one in (a, b))
        if items_a is not None or items_b is not None:
            return self._sequence(a, b, path, depth, subject)
        state, note = self._leaf_state(a, b)
        vr, differs = _vr(a, b), state in DIFFERING
        self.rows.append(
            DifferenceRow(
                path,
                depth,
                node.tag,
                node.name,
                vr,
                _shown(a),
                _shown(b),
                state,
                subject,
                note,
                differing=int(differs),
            )
        )
        return differs

    def _sequence(
        self, a: Node | None, b: Node | None, path: str, depth: int, subject: Subject
    ) -> bool:
        """Compare sequences item by item; one that the other side has not as one, is a whole."""
        node = a or b
        assert node is not None
        items_a = a.items or [] if a is not None else []
        items_b = b.items or [] if b is not None else []
        state = "removed" if b is None else "added" if a is None else "equal"
        place = len(self.rows)
        row = DifferenceRow(
            path, depth, node.tag, node.name, _vr(a, b), _shown(a), _shown(b), state, subject
        )
        self.rows.append(row)
        differs = a is None or b is None or (a.items is None) != (b.items is None)
        for number, (one, other) in enumerate(paired(items_a, items_b)):
            differs |= self._item(
                items_a, items_b, (one, other), f"{path}[{number}]", depth, subject
            )
        if differs and state == "equal":
            state = "changed"
        is_leaf = len(self.rows) == place + 1
        self.rows[place] = row._replace(state=state, is_leaf=is_leaf, differing=int(differs))
        return differs

    def _item(
        self,
        items_a: Sequence[list[Node]],
        items_b: Sequence[list[Node]],
        places: tuple[int | None, int | None],
        path: str,
        depth: int,
        subject: Subject,
    ) -> bool:
        one, other = places
        state = "removed" if other is None else "added" if one is None else "equal"
        place = len(self.rows)
        row = DifferenceRow(
            path,
            depth + 1,
            0,
            f"Item {(one if one is not None else other or 0) + 1}",
            "",
            "" if one is None else f"Item {one + 1}",
            "" if other is None else f"Item {other + 1}",
            state,
            subject,
            "at another place" if None not in places and one != other else "",
        )
        self.rows.append(row)
        below_a = items_a[one] if one is not None else []
        below_b = items_b[other] if other is not None else []
        differs = self.elements(below_a, below_b, path, depth + 2, subject) or state != "equal"
        if differs and state == "equal":
            state = "changed"
        is_leaf = len(self.rows) == place + 1
        self.rows[place] = row._replace(state=state, is_leaf=is_leaf, differing=int(differs))
        return differs

    def _leaf_state(self, a: Node | None, b: Node | None) -> tuple[str, str]:
        """Give the state of two values, and a note."""
        if a is None:
            return "added", ""
        if b is None:
            return "removed", ""
        other_vr = a.vr != b.vr and a.is_written and b.is_written
        if a.is_pixels and not self._same_syntax:
            return "unknown", OTHER_SYNTAX
        if a.content == b.content:
            if other_vr:
                return "changed", "the VR alone differs"
            return "equal", "the same bytes" if a.is_pixels else ""
        if a.is_binary and b.is_binary and a.little_endian != b.little_endian:
            return "unknown", "other byte order; not compared"
        if a.is_pixels:
            return "changed", "other bytes"
        if not other_vr and self._is_near(a, b):
            return "near", ""
        return "changed", "the VR differs as well" if other_vr else ""

    def _is_near(self, a: Node, b: Node) -> bool:
        if a.vr not in NUMBER_VRS or b.vr not in NUMBER_VRS:
            return False
        of_a, of_b = _numbers(a.text), _numbers(b.text)
        if of_a is None or of_b is None or len(of_a) != len(of_b):
            return False
        return all(map(self._tolerance.holds, of_a, of_b))


_NOTHING = Node((0, "", 0, 0), 0, "", "", "", False, "", 0)


def _subject(a: Node | None, b: Node | None) -> Subject:
    node = a or b
    assert node is not None
    if not node.tag & 0xFFFF:
        return "group-length"
    if node.tag in _META:
        return "meta"
    if node.tag >> 16 & 1:
        return "private"
    if node.vr in _DATE_VRS:
        return "dates"
    named = any(one is not None and "(" in one.text for one in (a, b))  # one of the standard's
    return "uids" if node.vr == "UI" and not named else ""


def _vr(a: Node | None, b: Node | None) -> str:
    written = dict.fromkeys(one.vr for one in (a, b) if one is not None)
    if len(written) > 1 and a is not None and b is not None and a.is_written and b.is_written:
        return "/".join(written)
    return next(iter(written))


def _shown(node: Node | None) -> str:
    if node is None:
        return ""
    return node.text if len(node.text) <= _MOST_SHOWN else node.text[: _MOST_SHOWN - 1] + "…"


def _numbers(text: str) -> list[float] | None:
    try:
        return [float(part) for part in text.split("\\")]
    except ValueError:
        return None
