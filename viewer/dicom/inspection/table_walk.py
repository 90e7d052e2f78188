"""Values of columns picked from a walk over elements: into sequences, in private blocks, anywhere.

Takes what `tag_walk` gives, so that every file that can be dumped can be in a table. Plain columns
of plain files go the shorter way of `table_quick`.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from viewer.dicom.byte_reader import ByteReader
from viewer.dicom.header_fields import PIXEL_TAGS
from viewer.dicom.inspection.cells import cell_of, shortened
from viewer.dicom.inspection.columns import EVERY_ITEM, Column, Step
from viewer.dicom.limits import Limits
from viewer.dicom.tag_reader import walk_elements
from viewer.dicom.tag_walk import Element, Walk
from viewer.dicom.tags import Kind
from viewer.dicom.values import LONGEST_VALUE

_FIRST_PIXELS = min(PIXEL_TAGS)
_Place = tuple[int, int]  # of a column, and of the step in it


def cells_of_file(
    file: BinaryIO, path: str, limits: Limits, columns: Sequence[Column]
) -> list[str]:
    """Give the cells of the columns of an open file, none of which is a computed one."""
    walk = walk_elements(file, path, limits, whole_bytes=LONGEST_VALUE)
    return _picked(walk, columns)


def cells_of_elements(
    data: bytes, columns: Sequence[Column], limits: Limits, *, implicit: bool
) -> list[str]:
    """Give the cells of columns from some elements of the top level of a data set."""
    walk = Walk(ByteReader(io.BytesIO(data), len(data)), limits, LONGEST_VALUE)
    return _picked(walk.dataset(implicit=implicit, little_endian=True), columns)


def _picked(elements: Iterable[Element], columns: Sequence[Column]) -> list[str]:
    picker = _Picker(columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of character sets; they quote values
        for element in _before_pixels(elements):
            picker.hear(element)
    return picker.cells()


def _before_pixels(elements: Iterable[Element]) -> Iterator[Element]:
    for element in elements:
        if element.depth == 0 and element.tag >= _FIRST_PIXELS:
            return
        yield element


class _Picker:
    """Follows the steps of all columns at once."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._found: list[list[str]] = [[] for _ in columns]
        self._counts: dict[int, int] = {}  # items of sequences that are columns themselves
        # which steps hold at each depth of data sets, and of sequences with the next item's number
        self._sets: dict[int, list[_Place]] = {0: [(one, 0) for one in range(len(columns))]}
        self._sequences: dict[int, tuple[list[_Place], int]] = {}

    def hear(self, element: Element) -> None:
        """Take the next element of the walk."""
        depth = element.depth
        if element.kind == Kind.ITEM:
            self._open_item(depth)
        elif element.kind == Kind.SEQUENCE:
            places = [place for place in self._sets.get(depth, ()) if self._is_at(place, element)]
            for column, step in places:
                if step == len(self._columns[column].steps) - 1:
                    self._counts.setdefault(column, 0)
            self._sequences[depth + 1] = places, 0
        elif element.kind == Kind.ELEMENT:
            for column, step in self._sets.get(depth, ()):
                is_last = step == len(self._columns[column].steps) - 1
                if is_last and self._is_at((column, step), element):
                    self._found[column].append(_cell(element))

    def cells(self) -> list[str]:
        """Give the cells: values of several items joined, of a sequence the number of its items."""
        cells = [shortened("\\".join(found)) for found in self._found]
        for column, count in self._counts.items():
            cells[column] = "1 item" if count == 1 else f"{count:,} items"
        return cells

    def _open_item(self, depth: int) -> None:
        places, item = self._sequences.get(depth, ([], 0))
        self._sequences[depth] = places, item + 1
        within = []
        for column, step in places:
            steps = self._columns[column].steps
            if step == len(steps) - 1:
                self._counts[column] += 1
            elif steps[step].item in (item, EVERY_ITEM):
                within.append((column, step + 1))
        self._sets[depth + 1] = within

    def _is_at(self, place: _Place, element: Element) -> bool:
        column, step = place
        return _is_named(self._columns[column].steps[step], element)


def _is_named(step: Step, element: Element) -> bool:
    if not step.creator:
        return element.tag == step.tag
    tag = element.tag
    if tag >> 16 != step.tag >> 16 or tag & 0xFF != step.tag & 0xFF or not tag & 0xFF00:
        return False
    return element.context.creator(tag) == step.creator


def _cell(element: Element) -> str:
    order = "<" if element.little_endian else ">"
    vr = element.vr.encode()
    if element.text:  # fragments
        return "<binary data>"
    return cell_of(vr, element.value, element.length, order, element.context.encodings)
