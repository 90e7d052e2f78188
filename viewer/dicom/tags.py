"""The tags of one file as a flat table, and search in it.

The table is plain columns in tree order: cheap to pickle, to search and to
show. Making it from a file is `tag_reader`, which alone needs pydicom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from viewer.dicom.limits import DEFAULT_LIMITS, Limits

_ROW_END = "\x00"
_FIELD_END = "\x1f"

IntArray = npt.NDArray[np.int64]


class Kind(IntEnum):
    """What a row of the table is."""

    ELEMENT = 0
    SEQUENCE = 1
    ITEM = 2
    NOTE = 3  # a remark about the file, where it applies; not in the file


@dataclass(frozen=True, slots=True, eq=False)
class TagTable:
    """The tags of one file, one row each, in tree order (parents first).

    Attributes
    ----------
    path : str
        The file.
    kinds, depths, parents, tags, lengths : ndarray of int64, shape (rows,)
        Of each row: its `Kind`; its depth, 0 at the top; the row it belongs to
        or -1; its tag, 0 for a note; the length of its value in bytes, -1
        where undefined.
    ordinals : ndarray of int64, shape (rows,)
        Of an item: its number in its sequence, from 0. Of anything else: how
        many rows of the same tag come before it in the same data set.
    keywords, names, vrs, values : tuple of str
        VR as written in the file, else as the dictionary says. Values are
        whole (up to 1 MiB), may hold any characters, and are not for display
        on one line as they are.
    notes : tuple of str
        The texts of the notes among the rows, and notes on the file as a whole.
    index_text : str
        What `find_rows` searches: lower case, rows one after another.
    index_starts : ndarray of int64, shape (rows,)
        Where each row begins in ``index_text``.
    """

    path: str
    kinds: IntArray
    depths: IntArray
    parents: IntArray
    tags: IntArray
    lengths: IntArray
    ordinals: IntArray
    keywords: tuple[str, ...]
    names: tuple[str, ...]
    vrs: tuple[str, ...]
    values: tuple[str, ...]
    notes: tuple[str, ...]
    index_text: str
    index_starts: IntArray

    def __len__(self) -> int:
        return len(self.names)


def read_tags(path: str, limits: Limits = DEFAULT_LIMITS) -> TagTable:
    """Read every tag of a file; meant for a child process.

    What is damaged gives what could be read and a note.

    Raises
    ------
    SourceError
        The file cannot be opened.
    HeaderError
        It is no DICOM file, or nothing in it can be read.
    """
    from viewer.dicom.tag_reader import read_table  # pydicom: not for who only shows tables

    return read_table(path, limits)


def tag_text(tag: int) -> str:
    """Give a tag as people write it: "(0010,0010)"."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def build_index(
    tags: Sequence[int],
    keywords: Sequence[str],
    names: Sequence[str],
    values: Sequence[str],
    kinds: Sequence[int],
) -> tuple[str, IntArray]:
    """Make what `find_rows` searches: the text, and where each row begins in it."""
    entries = []
    for tag, keyword, name, value, kind in zip(tags, keywords, names, values, kinds, strict=True):
        number = f"({tag >> 16:04x},{tag & 0xFFFF:04x}){_FIELD_END}{tag:08x}"
        fields = (number if kind < Kind.ITEM else "", keyword, name, value)
        entries.append((_FIELD_END.join(fields) + _ROW_END).lower())
    starts = np.zeros(len(entries), np.int64)
    np.cumsum([len(entry) for entry in entries[:-1]], out=starts[1:])
    return "".join(entries), starts


def find_rows(table: TagTable, text: str) -> IntArray:
    """Find the rows with ``text`` in tag number, keyword, name or value, whatever the case.

    Tag numbers match as "(0010,0010)", "0010,0010" and "00100010".

    Returns
    -------
    ndarray of int64
        Rising; empty where ``text`` is empty.
    """
    wanted = text.strip().lower()
    if not wanted or _ROW_END in wanted or _FIELD_END in wanted:
        return np.empty(0, np.int64)
    found: list[int] = []
    starts = table.index_starts
    at = table.index_text.find(wanted)
    while at >= 0:
        found.append(at)
        end = table.index_text.find(_ROW_END, at)  # once is enough for a row
        at = table.index_text.find(wanted, end)
    rows = np.searchsorted(starts, np.array(found, np.int64), side="right") - 1
    return rows.astype(np.int64)


def keyword_path(table: TagTable, row: int) -> str:
    """Give where a row is: "ReferencedSeriesSequence[0].ReferencedSOPInstanceUID".

    Tags without keyword stand as "(0029,1010)".
    """
    parts: list[str] = []
    suffix = ""
    while row >= 0:
        if table.kinds[row] == Kind.ITEM:
            suffix = f"[{table.ordinals[row]}]"
        elif table.kinds[row] != Kind.NOTE:
            parts.append((table.keywords[row] or tag_text(int(table.tags[row]))) + suffix)
            suffix = ""
        row = int(table.parents[row])
    return ".".join(reversed(parts))


RowPath = tuple[tuple[int, int, int], ...]


def row_path(table: TagTable, row: int) -> RowPath:
    """Give where a row is, to find its counterpart in another table: kind, tag, ordinal."""
    steps: list[tuple[int, int, int]] = []
    while row >= 0:
        steps.append((int(table.kinds[row]), int(table.tags[row]), int(table.ordinals[row])))
        row = int(table.parents[row])
    return tuple(reversed(steps))


def row_at(table: TagTable, path: RowPath) -> int | None:
    """Find the row at ``path``, or None."""
    row = -1
    for kind, tag, ordinal in path:
        hits = np.flatnonzero(
            (table.parents == row)
            & (table.tags == tag)
            & (table.ordinals == ordinal)
            & (table.kinds == kind)
        )
        if not len(hits):
            return None
        row = int(hits[0])
    return row if path else None
