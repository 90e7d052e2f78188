"""Make the table of a file's tags: open it, tell its encoding, name what is met.

The structure is walked by `tag_walk`, values become text in `tag_values`.
"""

from __future__ import annotations

import os
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from viewer.dicom.byte_reader import ByteReader
from viewer.dicom.elements import DEFLATED, EXPLICIT_BIG, IMPLICIT_LITTLE
from viewer.dicom.errors import HeaderError
from viewer.dicom.inflating import InflateLimitError, InflatingStream
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import not_dicom, open_regular, system_error
from viewer.dicom.tag_names import look_up
from viewer.dicom.tag_values import value_text
from viewer.dicom.tag_walk import Element, Walk
from viewer.dicom.tags import Kind, TagTable, make_table

_TRANSFER_SYNTAX = 0x00020010
_FIRST_GROUPS = frozenset({0x0002, 0x0004, 0x0008, 0x0010, 0x0018, 0x0020, 0x0028})


def read_table(path: str, limits: Limits, first_rows: int | None = None) -> TagTable:
    """Read the table of a file; see `viewer.dicom.tags.read_tags`."""
    rows = _Rows()
    is_whole = True
    # pydicom warns of character sets it does not know and of text they cannot decode
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with open_regular(path, limits) as file:
                elements = walk_elements(file, path, limits)
                for element in islice(elements, first_rows):
                    rows.add(element)
                is_whole = next(elements, None) is None
        except OSError as error:
            raise system_error(path, error) from error
    remarks = tuple(f"{text}." for text in {str(one.message): 0 for one in caught})
    return rows.table(path, remarks, is_whole=is_whole)


def walk_elements(
    file: BinaryIO,
    path: str,
    limits: Limits,
    reader_type: Callable[[Any, int | None], ByteReader] = ByteReader,
    whole_bytes: int | None = None,
) -> Iterator[Element]:
    """Yield the file meta information, then the data set.

    ``reader_type`` gives what reads the bytes; it is asked again for a deflated data set.
    ``whole_bytes`` is `Walk`'s.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    reader = reader_type(file, size)
    if reader.peek(132)[128:] == b"DICM":
        reader.skip(132)
    elif not _plausible(reader.peek(8)):
        raise not_dicom(path, reader.peek(132))
    syntax = ""
    meta = Walk(reader, limits, whole_bytes)
    for element in meta.file_meta():
        if element.tag == _TRANSFER_SYNTAX:
            syntax = element.value.decode("latin-1").strip(" \0")
        yield element
    if syntax in DEFLATED:
        file.seek(reader.position)
        reader = reader_type(InflatingStream(file, limits.inflate_bytes), None)
    implicit, little_endian = _encoding(reader, syntax)
    walk = Walk(reader, limits, whole_bytes)
    yield from walk.dataset(implicit=implicit, little_endian=little_endian)
    if not meta.whole + walk.whole:
        raise HeaderError("The file is damaged: no DICOM element can be read; copy it again.", path)


def _plausible(head: bytes) -> bool:
    """Tell whether a file without prefix begins like a data set, in either byte order."""
    return len(head) == 8 and any(
        int.from_bytes(head[:2], order) in _FIRST_GROUPS
        and int.from_bytes(head[2:4], order) < 0x2000
        for order in ("little", "big")
    )


def _encoding(reader: ByteReader, syntax: str) -> tuple[bool, bool]:
    """Tell whether the data set is implicit, and little endian, by its first element.

    The transfer syntax decides where the bytes allow it: some writers name another than
    they used.
    """
    try:
        head = reader.peek(8)
    except (zlib.error, InflateLimitError):  # the walk meets it again, and says so
        head = b""
    if len(head) < 8:
        return syntax == IMPLICIT_LITTLE, True
    looks_explicit = head[4:6].isalpha() and head[4:6].isupper()
    if syntax:
        little_endian = syntax != EXPLICIT_BIG
    else:
        little_endian = int.from_bytes(head[:2], "big") not in _FIRST_GROUPS
    return not looks_explicit, little_endian


class _Rows:
    """The columns of a table while they grow."""

    def __init__(self) -> None:
        self._kinds: list[int] = []
        self._depths: list[int] = []
        self._parents: list[int] = []
        self._tags: list[int] = []
        self._lengths: list[int] = []
        self._ordinals: list[int] = []
        self._keywords: list[str] = []
        self._names: list[str] = []
        self._vrs: list[str] = []
        self._values: list[str] = []
        self._open: list[int] = []  # the last row at each depth
        self._seen: list[dict[int, int]] = []  # at each depth: how often each tag was met

    def add(self, element: Element) -> None:
        """Add a row."""
        row = len(self._kinds)
        depth = min(element.depth, len(self._open))
        del self._open[depth:], self._seen[depth + 1 :]
        self._open.append(row)
        if len(self._seen) == depth:
            self._seen.append({})
        ordinal = self._seen[depth].get(element.tag, 0)
        self._seen[depth][element.tag] = ordinal + 1
        self._kinds.append(element.kind)
        self._depths.append(depth)
        self._parents.append(self._open[depth - 1] if depth else -1)
        self._tags.append(element.tag)
        self._lengths.append(element.length)
        self._ordinals.append(ordinal)
        keyword, name, vr, value = _texts(element, ordinal)
        self._keywords.append(keyword)
        self._names.append(name)
        self._vrs.append(vr)
        self._values.append(value)

    def table(self, path: str, remarks: tuple[str, ...], *, is_whole: bool) -> TagTable:
        """Give the finished table, the remarks as notes at its end."""
        self._count_items(self._open if not is_whole else [])
        for remark in remarks:
            self.add(Element(Kind.NOTE, 0, text=remark))
        return make_table(
            path,
            kinds=self._kinds,
            depths=self._depths,
            parents=self._parents,
            tags=self._tags,
            lengths=self._lengths,
            ordinals=self._ordinals,
            keywords=self._keywords,
            names=self._names,
            vrs=self._vrs,
            values=self._values,
            is_whole=is_whole,
        )

    def _count_items(self, unfinished: Sequence[int]) -> None:
        """Say of each sequence how many items it has; nothing of those with more to come."""
        counts: dict[int, int] = {}
        for kind, parent in zip(self._kinds, self._parents, strict=True):
            if kind == Kind.ITEM:
                counts[parent] = counts.get(parent, 0) + 1
        for row, kind in enumerate(self._kinds):
            if kind == Kind.SEQUENCE and not self._values[row] and row not in unfinished:
                count = counts.get(row, 0)
                self._values[row] = "1 item" if count == 1 else f"{count} items"


def _texts(element: Element, ordinal: int) -> tuple[str, str, str, str]:
    """Give keyword, name, VR and value of a row."""
    if element.kind == Kind.NOTE:
        return "", "Note", "", element.text
    if element.kind == Kind.ITEM:
        return "", f"Item {ordinal + 1}", "", ""
    entry = look_up(element.tag, element.context.creator(element.tag))
    vr = element.stored_vr or element.vr
    value = element.text if element.kind == Kind.SEQUENCE else value_text(element)
    return entry.keyword, entry.name, vr, value
