"""Make the table of a file's tags: open it, tell its encoding, name what is met.

The structure is walked by `tag_walk`, values become text in `tag_values`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from viewer.dicom.byte_reader import ByteReader
from viewer.dicom.elements import DEFLATED, EXPLICIT_BIG, IMPLICIT_LITTLE
from viewer.dicom.errors import HeaderError
from viewer.dicom.inflating import InflatingStream
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import open_regular, system_error
from viewer.dicom.tag_names import look_up
from viewer.dicom.tag_values import value_text
from viewer.dicom.tag_walk import Element, Walk
from viewer.dicom.tags import Kind, TagTable, build_index

_TRANSFER_SYNTAX = 0x00020010
_FIRST_GROUPS = frozenset({0x0002, 0x0004, 0x0008, 0x0010, 0x0018, 0x0020, 0x0028})


def read_table(path: str, limits: Limits) -> TagTable:
    """Read the table of a file; see `viewer.dicom.tags.read_tags`."""
    rows = _Rows()
    # pydicom warns of character sets it does not know and of text they cannot decode
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with open_regular(path) as file:
                for element in _elements(file, path, limits):
                    rows.add(element)
        except OSError as error:
            raise system_error(path, error) from error
    return rows.table(path, tuple(f"{text}." for text in {str(one.message): 0 for one in caught}))


def _elements(file: BinaryIO, path: str, limits: Limits) -> Iterator[Element]:
    """Yield the file meta information, then the data set."""
    size = os.fstat(file.fileno()).st_size
    if not size:
        raise HeaderError("The file is empty; copy it again.", path, "not-dicom")
    reader = ByteReader(file, size)
    if reader.peek(132)[128:] == b"DICM":
        reader.skip(132)
    elif not _plausible(reader.peek(8)):
        raise HeaderError("The file is not a DICOM file.", path, "not-dicom")
    syntax = ""
    meta = Walk(reader, limits)
    for element in meta.file_meta():
        if element.tag == _TRANSFER_SYNTAX:
            syntax = element.value.decode("latin-1").strip(" \0")
        yield element
    if syntax in DEFLATED:
        file.seek(reader.position)
        reader = ByteReader(InflatingStream(file, limits.inflate_bytes), None)
    implicit, little_endian = _encoding(reader, syntax)
    walk = Walk(reader, limits)
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
    head = reader.peek(8)
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

    def table(self, path: str, remarks: tuple[str, ...]) -> TagTable:
        """Give the finished table, the remarks as notes at its end."""
        for remark in remarks:
            self.add(Element(Kind.NOTE, 0, text=remark))
        self._count_items()
        notes = tuple(
            value
            for kind, value in zip(self._kinds, self._values, strict=True)
            if kind == Kind.NOTE
        )
        index_text, index_starts = build_index(
            self._tags, self._keywords, self._names, self._values, self._kinds
        )
        return TagTable(
            path=path,
            kinds=np.array(self._kinds, np.int64),
            depths=np.array(self._depths, np.int64),
            parents=np.array(self._parents, np.int64),
            tags=np.array(self._tags, np.int64),
            lengths=np.array(self._lengths, np.int64),
            ordinals=np.array(self._ordinals, np.int64),
            keywords=tuple(self._keywords),
            names=tuple(self._names),
            vrs=tuple(self._vrs),
            values=tuple(self._values),
            notes=notes,
            index_text=index_text,
            index_starts=index_starts,
        )

    def _count_items(self) -> None:
        counts: dict[int, int] = {}
        for kind, parent in zip(self._kinds, self._parents, strict=True):
            if kind == Kind.ITEM:
                counts[parent] = counts.get(parent, 0) + 1
        for row, kind in enumerate(self._kinds):
            if kind == Kind.SEQUENCE and not self._values[row]:
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
