"""The tag table as a Qt item model: indexes are row numbers, texts are made when shown."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

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
        self._parents = self._places = self._first = self._children = _NO_ROWS
        self._matches: memoryview | None = None  # of each row: whether it was found
        self._italic = QFont()
        self._italic.setItalic(True)

    def set_table(self, table: TagTable | None) -> None:
        """Show ``table``, or nothing."""
        self.beginResetModel()
        self.table = table
        self._matches = None
        if table is None:
            self._parents = self._places = self._first = self._children = _NO_ROWS
        else:
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
        row = self.row_of(index)
        above = -1 if row is None else self._parents[row]
        return QModelIndex() if above < 0 else self.index_of(above)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Qt: how many children."""
        if parent.isValid() and parent.column():
            return 0
        slot = int(parent.internalId()) + 1 if parent.isValid() else 0
        return self._first[slot + 1] - self._first[slot]

    def hasChildren(self, parent: _Index = QModelIndex()) -> bool:  # noqa: B008
        """Qt: whether it opens."""
        return self.rowCount(parent) > 0

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
        row = self.row_of(index)
        if row is None or self.table is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self.table, row, Column(index.column()))
        if role == Qt.ItemDataRole.BackgroundRole:
            return _MATCH if self._matches is not None and self._matches[row] else None
        if role == Qt.ItemDataRole.FontRole and self.table.kinds[row] == Kind.NOTE:
            return self._italic
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == Column.LENGTH:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    @staticmethod
    def _text(table: TagTable, row: int, column: Column) -> str:
        kind = table.kinds[row]
        if column == Column.TAG:
            in_file = kind in (Kind.ELEMENT, Kind.SEQUENCE)
            return tag_text(int(table.tags[row])) if in_file else plain_line(table.names[row])
        if column == Column.NAME:
            return plain_line(table.names[row]) if kind in (Kind.ELEMENT, Kind.SEQUENCE) else ""
        if column == Column.VR:
            return table.vrs[row]
        if column == Column.LENGTH:
            length = int(table.lengths[row])
            return "" if kind == Kind.NOTE else f"{length:,}" if length >= 0 else "undefined"
        return plain_line(table.values[row])
