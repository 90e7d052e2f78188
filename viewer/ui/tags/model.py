"""The tag table as a Qt item model: indexes are row numbers, texts are made when shown."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from viewer.dicom.tag_readable import readable
from viewer.dicom.tags import Kind, TagTable, tag_text
from viewer.dicom.text_column import IntArray
from viewer.plain_text import plain_line

_Index = QModelIndex | QPersistentModelIndex
_NO_ROWS = np.zeros(2, np.int64).data
_MATCH = QColor(214, 158, 46, 70)  # amber over the row; legible on dark and light


class Column(IntEnum):
    """The columns of the tree."""

    TAG = 0
    NAME = 1
    VR = 2
    LENGTH = 3
    VALUE = 4


# plain numbers: to look one up in an enumeration takes longer than the rest of `data`
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_BACKGROUND = int(Qt.ItemDataRole.BackgroundRole)
_FONT = int(Qt.ItemDataRole.FontRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
READABLE = int(Qt.ItemDataRole.UserRole)  # of the Value column: what stands beside the value
_ROLES = frozenset({_DISPLAY, _BACKGROUND, _FONT, _ALIGNMENT, READABLE})
_RIGHT = (Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value

_ELEMENT, _SEQUENCE, _ITEM, _NOTE = map(int, Kind)
_TAG, _NAME, _VR, _LENGTH, _VALUE = map(int, Column)

_TITLES = {
    Column.TAG: "Tag",
    Column.NAME: "Name",
    Column.VR: "VR",
    Column.LENGTH: "Length",
    Column.VALUE: "Value",
}


class TagTreeModel(QAbstractItemModel):
    """Shows a `TagTable` without a Python object per row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.table: TagTable | None = None
        # views of the table's arrays: plain ints, and no copy
        self._kinds = self._parents = self._places = self._first = self._children = _NO_ROWS
        self._matches: memoryview | None = None  # of each row: whether it was found
        self._italic = QFont()
        self._italic.setItalic(True)

    def set_table(self, table: TagTable | None) -> None:
        """Show ``table``, or nothing."""
        self.beginResetModel()
        self.table = table
        self._matches = None
        if table is None:
            self._kinds = self._parents = self._places = self._first = self._children = _NO_ROWS
        else:
            self._kinds = table.kinds.data
            self._parents = table.parents.data
            self._places = table.places.data
            self._first = table.first_children.data
            self._children = table.children.data
        self.endResetModel()

    def set_matches(self, rows: IntArray) -> None:
        """Mark rows as found; the view is to be repainted by the caller."""
        if self.table is not None:
            marked = np.zeros(len(self.table), np.bool_)
            marked[rows] = True
            self._matches = marked.data

    def row_of(self, index: _Index) -> int | None:
        """Give the table's row behind an index."""
        return int(index.internalId()) if index.isValid() else None

    def index_of(self, row: int, column: int = 0) -> QModelIndex:
        """Give the index of a table's row."""
        return self.createIndex(self._places[row], column, row)

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Qt: the index of a child."""
        slot = int(parent.internalId()) + 1 if parent.isValid() else 0
        at = self._first[slot] + row
        # not hasIndex(), which asks rowCount(): Qt comes here for each row of an open sequence
        if row < 0 or at >= self._first[slot + 1] or not 0 <= column < len(_TITLES):
            return QModelIndex()
        return self.createIndex(row, column, self._children[at])

    def parent(self, index: _Index = QModelIndex()) -> QModelIndex:  # type: ignore[override] # noqa: B008
        """Qt: the index of the parent."""
        above = self._parents[index.internalId()] if index.isValid() else -1
        return QModelIndex() if above < 0 else self.createIndex(self._places[above], 0, above)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Qt: how many children."""
        if parent.isValid() and parent.column():
            return 0
        slot = int(parent.internalId()) + 1 if parent.isValid() else 0
        return self._first[slot + 1] - self._first[slot]

    def hasChildren(self, parent: _Index = QModelIndex()) -> bool:  # noqa: B008
        """Qt: whether it opens. Asked for each row of an open sequence."""
        slot = parent.internalId() + 1 if parent.isValid() else 0
        return self._first[slot + 1] > self._first[slot] and parent.column() <= 0

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Qt: how many columns."""
        return len(_TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Qt: the titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[Column(section)]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the text of a cell, its mark if found. No tooltips: Qt takes them for markup."""
        # Qt asks for seven roles of each cell that it paints: what is left out is left out first
        if role not in _ROLES or self.table is None or not index.isValid():
            return None
        row = index.internalId()
        if role == _DISPLAY:
            return self._text(self.table, row, index.column())
        if role == _BACKGROUND:
            return _MATCH if self._matches is not None and self._matches[row] else None
        if role == READABLE:
            return plain_line(readable(self.table, row)) if index.column() == _VALUE else ""
        if role == _FONT:
            return self._italic if self._kinds[row] == _NOTE else None
        return _RIGHT if index.column() == _LENGTH else None

    def _text(self, table: TagTable, row: int, column: int) -> str:
        kind = self._kinds[row]
        if column == _VALUE:
            return plain_line(table.values[row])
        if column == _LENGTH:
            length = int(table.lengths[row])
            return "" if kind == _NOTE else f"{length:,}" if length >= 0 else "undefined"
        if column == _VR:
            return table.vrs[row]
        if kind in (_ELEMENT, _SEQUENCE):
            if column == _TAG:
                return tag_text(int(table.tags[row]))
            return plain_line(_name_first(table.names[row]))
        return plain_line(table.names[row]) if column == _TAG else ""


def _name_first(name: str) -> str:
    """Put the creator of a private tag after its name: the column is narrow."""
    creator, bracket, private = name.partition("] ")
    return f"{private} {creator}]" if bracket and name.startswith("[") else name
