"""The tags of one file as a flat table, and where its rows are.

The table is plain columns in tree order, with the tree as arrays: cheap to
pickle, to search and to show. Making it from a file is `tag_reader`, which
needs pydicom; searching in it is `tag_search`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from viewer.dicom.errors import HeaderError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.text_column import IntArray, TextColumn

BINARY_VRS = frozenset({"OB", "OW", "OF", "OD", "OL", "OV", "UN"})  # values are bytes
FIELD_END = "\x1f"  # between the two ways to write a tag


class Kind(IntEnum):
    """What a row of the table is."""

    ELEMENT = 0
    SEQUENCE = 1
    ITEM = 2
    NOTE = 3  # a remark about the file, where it applies; not in the file


@dataclass(frozen=True, slots=True, eq=False)
class TagTable:
    """The tags of one file, one row each, in tree order (parents first). Made by `make_table`.

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
    keywords, names, vrs, values : sequence of str
        VR as written in the file, else as the dictionary says. Values are
        whole (up to 1 MiB), may hold any characters, and are not for display
        on one line as they are.
    numbers : sequence of str
        The tags as they are searched for; empty for items and notes.
    children : ndarray of int64, shape (rows,)
        All rows, those of one parent together, in tree order.
    first_children : ndarray of int64, shape (rows + 2,)
        The children of row r are ``children`` from ``first_children[r + 1]``
        up to ``first_children[r + 2]``; those at the top are of r = -1.
    places : ndarray of int64, shape (rows,)
        Which child of its parent each row is, from 0.
    notes : tuple of str
        The texts of the notes among the rows, and notes on the file as a whole.
    is_whole : bool
        False where this is the beginning of a file of more rows.
    """

    path: str
    kinds: IntArray
    depths: IntArray
    parents: IntArray
    tags: IntArray
    lengths: IntArray
    ordinals: IntArray
    keywords: TextColumn
    names: TextColumn
    vrs: TextColumn
    values: TextColumn
    numbers: TextColumn
    children: IntArray
    first_children: IntArray
    places: IntArray
    notes: tuple[str, ...]
    is_whole: bool = True

    def __len__(self) -> int:
        return len(self.names)

    def children_of(self, row: int) -> IntArray:
        """Give the rows right below ``row``; -1 for those at the top."""
        return self.children[self.first_children[row + 1] : self.first_children[row + 2]]


def make_table(
    path: str,
    *,
    kinds: Sequence[int],
    depths: Sequence[int],
    parents: Sequence[int],
    tags: Sequence[int],
    lengths: Sequence[int],
    ordinals: Sequence[int],
    keywords: Sequence[str],
    names: Sequence[str],
    vrs: Sequence[str],
    values: Sequence[str],
    is_whole: bool = True,
) -> TagTable:
    """Make a table of its columns, one value each for every row."""
    above = np.array(parents, np.int64)
    children = np.argsort(above, kind="stable")
    first = np.searchsorted(above[children], np.arange(-1, len(above) + 1))
    places = np.empty(len(above), np.int64)
    places[children] = np.arange(len(above)) - first[above[children] + 1]
    numbers = (
        _number(tag) if kind < Kind.ITEM else "" for tag, kind in zip(tags, kinds, strict=True)
    )
    return TagTable(
        path,
        np.array(kinds, np.int64),
        np.array(depths, np.int64),
        above,
        np.array(tags, np.int64),
        np.array(lengths, np.int64),
        np.array(ordinals, np.int64),
        TextColumn.of(keywords),
        TextColumn.of(names),
        TextColumn.of(vrs),
        TextColumn.of(values),
        TextColumn.of(numbers),
        children,
        first,
        places,
        tuple(v for kind, v in zip(kinds, values, strict=True) if kind == Kind.NOTE),
        is_whole,
    )


def read_tags(
    path: str,
    limits: Limits = DEFAULT_LIMITS,
    first_rows: int | None = None,
    known: InstanceHeader | None = None,
) -> TagTable:
    """Read every tag of a file; meant for a child process.

    What is damaged gives what could be read and a note.

    Parameters
    ----------
    path : str
    limits : Limits
    first_rows : int, optional
        Read no more than so many rows; the table says whether it is whole.
    known : InstanceHeader, optional
        What was read of the file before: tags of another are not given for its.

    Raises
    ------
    SourceError
        The file cannot be opened.
    HeaderError
        It is no DICOM file, nothing in it can be read, or it has changed.
    """
    from viewer.dicom.tag_reader import read_table  # pydicom: not for who only shows tables

    table = read_table(path, limits, first_rows)
    if known is not None:
        from viewer.dicom.changed_files import is_another
        from viewer.dicom.native_frames import CHANGED

        if is_another(known, limits):
            raise HeaderError(CHANGED, path)
    return table


def tag_text(tag: int) -> str:
    """Give a tag as people write it: "(0010,0010)"."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


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
        below = table.children_of(row)
        hits = below[
            (table.tags[below] == tag)
            & (table.ordinals[below] == ordinal)
            & (table.kinds[below] == kind)
        ]
        if not len(hits):
            return None
        row = int(hits[0])
    return row if path else None


def _number(tag: int) -> str:
    return f"{tag_text(tag)}{FIELD_END}{tag:08x}"
