"""The rows of the metadata table in the window: in which order, which of them, their totals.

Rows come in pieces and are put behind those that are there; a new order or filter is a new list of
row numbers, some milliseconds for 10,000 rows. What is read is left to `table_window`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from viewer.plain_text import plain_line

_Index = QModelIndex | QPersistentModelIndex
_SHOWN = 300  # characters of a cell
_JOINT = "\x1f"  # between the cells of a row: nobody looks for it


@dataclass(frozen=True, slots=True)
class TableField:
    """A column: its title, and whether it holds numbers."""

    title: str
    numeric: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a column of numbers comes to."""

    count: int
    sum: float
    mean: float
    least: float
    greatest: float


class TableModel(QAbstractTableModel):
    """The table, of which a filter may leave rows out, and a header's click change the order."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.fields: list[TableField] = []
        self._rows: list[list[str]] = []  # the path first
        self._texts: list[str] = []  # of each row, to be searched
        self._shown: list[int] = []
        self._needle, self._needle_column = "", -1
        self._group: tuple[int, str] | None = None
        self._sort: tuple[str, Qt.SortOrder] | None = None

    def begin(self, fields: Iterable[TableField]) -> None:
        """Start anew with other columns."""
        self.beginResetModel()
        self.fields = list(fields)
        self._rows, self._texts, self._shown = [], [], []
        self._group = None
        self.endResetModel()

    def add(self, rows: Iterable[list[str]]) -> None:
        """Put rows behind those that are there; each is a path and its cells."""
        width = len(self.fields) + 1
        fresh = [row for row in rows if len(row) == width]
        first = len(self._rows)
        self._rows += fresh
        self._texts += map(_text_of, fresh)
        passing = [row for row in range(first, len(self._rows)) if self._passes(row)]
        if passing:
            at = len(self._shown)
            self.beginInsertRows(QModelIndex(), at, at + len(passing) - 1)
            self._shown += passing
            self.endInsertRows()

    def settle(self) -> None:
        """Sort what has come since the order was chosen."""
        titles = [field.title for field in self.fields]
        if self._sort is not None and self._sort[0] in titles:
            self.sort(titles.index(self._sort[0]), self._sort[1])

    def set_filter(self, text: str) -> None:
        """Show rows that hold ``text`` in any column, or of ``Column:text`` in that one."""
        title, colon, rest = text.partition(":")
        titles = [field.title.casefold() for field in self.fields]
        folded = title.strip().casefold()
        self._needle_column = titles.index(folded) if colon and folded in titles else -1
        self._needle = (text if self._needle_column < 0 else rest).strip().casefold()
        self._choose()

    def set_group(self, column: int, value: str | None) -> None:
        """Show rows with this value in a column; None: all."""
        self._group = None if value is None else (column, value)
        self._choose()

    def groups(self, column: int) -> list[tuple[str, int]]:
        """Give the values of a column with their number of rows, the most frequent first."""
        group, self._group = self._group, None
        count = Counter(row[column + 1] for at, row in enumerate(self._rows) if self._passes(at))
        self._group = group
        return count.most_common()

    def totals(self, column: int) -> Totals | None:
        """Give what the numbers of a column come to; None where it holds none."""
        if not 0 <= column < len(self.fields) or not self.fields[column].numeric:
            return None
        numbers = [number for cell in self.cells(column) if (number := _number(cell)) is not None]
        if not numbers:
            return None
        total = math.fsum(numbers)
        return Totals(len(numbers), total, total / len(numbers), min(numbers), max(numbers))

    def cells(self, column: int) -> list[str]:
        """Give the shown cells of a column, whole."""
        return [self._rows[row][column + 1] for row in self._shown]

    def shown_rows(self, columns: Sequence[int]) -> list[list[str]]:
        """Give the shown rows, whole, with some columns in some order."""
        places = [column + 1 for column in columns]
        return [[self._rows[row][place] for place in places] for row in self._shown]

    def path(self, row: int) -> str:
        """Give the file of a shown row."""
        return self._rows[self._shown[row]][0]

    @property
    def count(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._rows)

    def remove(self, column: int) -> None:
        """Take a column away."""
        self.beginRemoveColumns(QModelIndex(), column, column)
        del self.fields[column]
        for row in self._rows:
            del row[column + 1]
        self._texts = list(map(_text_of, self._rows))
        self.endRemoveColumns()
        self._needle, self._needle_column, self._group = "", -1, None
        self._choose()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Give the number of shown rows."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Give the number of columns."""
        return 0 if parent.isValid() else len(self.fields)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Give the text of a cell, as one line; numbers stand on the right."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return plain_line(self._rows[self._shown[index.row()]][index.column() + 1], _SHOWN)
        if role == Qt.ItemDataRole.TextAlignmentRole and self.fields[index.column()].numeric:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Give the title of a column, or the number of a row."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return section + 1
        if section >= len(self.fields):
            return None
        return plain_line(self.fields[section].title, 80)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort: numbers by their size, before texts; what is empty comes last. -1: as found."""
        self._sort = (self.fields[column].title, order) if self._has(column) else None
        self._arrange(self._ordered(self._shown))

    def _has(self, column: int) -> bool:
        return 0 <= column < len(self.fields)

    def _ordered(self, rows: list[int]) -> list[int]:
        titles = [field.title for field in self.fields]
        if self._sort is None or self._sort[0] not in titles:
            return sorted(rows)
        place, descending = titles.index(self._sort[0]) + 1, self._sort[1] != _ASCENDING
        keys: list[tuple[float, str, int]] = []
        empty: list[int] = []
        for row in sorted(rows, reverse=descending):
            cell = self._rows[row][place]
            if not cell:
                empty.append(row)
                continue
            number = _number(cell)
            keys.append((math.inf, cell.casefold(), row) if number is None else (number, "", row))
        keys.sort(reverse=descending)
        return [row for _, _, row in keys] + sorted(empty)

    def _arrange(self, rows: list[int]) -> None:
        """Show the same rows in another order; what is selected stays so."""
        self.layoutAboutToBeChanged.emit()
        former = self.persistentIndexList()
        if former:
            places = {row: place for place, row in enumerate(rows)}
            moved = [self.index(places[self._shown[one.row()]], one.column()) for one in former]
            self._shown = rows
            self.changePersistentIndexList(former, moved)
        self._shown = rows
        self.layoutChanged.emit()

    def _choose(self) -> None:
        """Find out anew which rows are shown."""
        self.beginResetModel()
        self._shown = self._ordered([row for row in range(len(self._rows)) if self._passes(row)])
        self.endResetModel()

    def _passes(self, row: int) -> bool:
        if self._group is not None and self._rows[row][self._group[0] + 1] != self._group[1]:
            return False
        if self._needle_column >= 0:
            return self._needle in self._rows[row][self._needle_column + 1].casefold()
        return self._needle in self._texts[row]


_ASCENDING = Qt.SortOrder.AscendingOrder


def _text_of(row: Sequence[str]) -> str:
    return _JOINT.join(row[1:]).casefold()


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
