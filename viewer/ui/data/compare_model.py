"""The rows of a comparison as a tree; which of them are shown is a matter of arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from viewer.dicom.inspection.difference import DIFFERING
from viewer.plain_text import plain_line
from viewer.session.command_job import number, text
from viewer.ui.literal import tooltip

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_NO_ROWS: NDArray[np.int64] = np.zeros(0, np.int64)
_DISPLAY, _TOOLTIP = int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.ToolTipRole)
_FOREGROUND = int(Qt.ItemDataRole.ForegroundRole)
_TITLES = ("", "Tag", "Name", "A", "B", "Note")
_SIGNS = {"added": "+", "removed": "−", "changed": "≠", "near": "≈", "unknown": "?"}
# legible on the dark theme; the sign says the same
_COLOURS = {
    "added": QColor("#6cc483"),
    "removed": QColor("#ee8572"),
    "changed": QColor("#e5b04f"),
    "unknown": QColor("#b7a3e8"),
}
_MOST_DEPTH = 300
_FIELD_END = "\x1f"


class Row(NamedTuple):
    """A row as the command tells of it."""

    path: str
    depth: int
    tag: str
    name: str
    a: str
    b: str
    state: str
    subject: str
    note: str
    is_leaf: bool

    def fields(self) -> tuple[str, ...]:
        """Give what the columns show, in full."""
        return _SIGNS.get(self.state, ""), self.tag, self.name, self.a, self.b, self.note


def row_of(told: Mapping[str, Any]) -> Row:
    """Take a line of the command."""
    tag, name = text(told, "tag"), text(told, "name")
    return Row(
        text(told, "path"),
        min(number(told, "depth"), _MOST_DEPTH),
        tag,
        name,
        text(told, "a"),
        text(told, "b"),
        text(told, "state"),
        text(told, "subject"),
        text(told, "note"),
        told.get("leaf") is True,
    )


class CompareModel(QAbstractItemModel):
    """Shows rows below one another; rows come first, what is shown of them is chosen then."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self._above: list[int] = []  # the row each belongs to
        self._texts: list[str] = []  # of each: what is searched, in lower case
        self._states: list[int] = []  # of each: 1 where it differs, 2 where that is not known
        self._open: list[int] = []  # the last row at each depth
        self._parents = self._children = self._first = self._places = _NO_ROWS
        self._differing = np.zeros(0, np.bool_)
        self.differences: NDArray[np.int64] = _NO_ROWS  # rows that are shown and count
        self.shown = 0  # rows, but for those that others are in

    def clear(self) -> None:
        """Forget all rows."""
        self.beginResetModel()
        self.rows, self._above, self._open = [], [], []
        self._texts, self._states = [], []
        self._parents = self._children = self._first = self._places = _NO_ROWS
        self.differences = _NO_ROWS
        self.endResetModel()

    def add(self, rows: Iterable[Row]) -> None:
        """Take rows in tree order; they are shown once `choose` is called."""
        for row in rows:
            depth = min(row.depth, len(self._open))
            del self._open[depth:]
            self._above.append(self._open[-1] if self._open else -1)
            self._open.append(len(self.rows))
            self.rows.append(row)
            texts = (row.path, row.name, row.tag, row.a, row.b)
            self._texts.append(_FIELD_END.join(texts).lower())
            self._states.append(_state(row))

    def choose(
        self, *, only_differences: bool, ignored: frozenset[str], wanted: str
    ) -> tuple[int, int]:
        """Show some of the rows; give how many differ, and how many more are ignored."""
        self.beginResetModel()
        count = len(self.rows)
        parents = np.array(self._above, np.int64)
        states = np.array(self._states, np.int8)
        differing = states == 1
        ignoring = np.zeros(count, np.bool_)
        at = np.flatnonzero(differing)
        ignoring[at] = [self.rows[row].subject in ignored for row in at.tolist()]
        counting = differing & ~ignoring
        shown = np.ones(count, np.bool_)
        if only_differences:
            shown = counting | (states == 2)
        wanted = wanted.strip().lower()
        if wanted:
            shown &= np.array([wanted in one for one in self._texts], np.bool_)
        self.shown = int(shown.sum())
        self.differences = np.flatnonzero(counting & shown)
        visible = _with_parents(shown, parents)
        self._parents = parents
        kept = np.flatnonzero(visible)
        order = np.argsort(parents[kept], kind="stable")
        self._children = kept[order]
        above = parents[self._children]
        self._first = np.searchsorted(above, np.arange(-1, count + 1))
        self._places = np.zeros(count, np.int64)
        self._places[self._children] = np.arange(len(kept)) - self._first[above + 1]
        self.endResetModel()
        return int(counting.sum()), int((differing & ignoring).sum())

    def row_of(self, index: _Index) -> int:
        """Give the number of the row at an index; -1 for none."""
        return int(index.internalId()) - 1 if index.isValid() else -1

    def index_of(self, row: int, column: int = 0) -> QModelIndex:
        """Give the index of a row that is shown."""
        return self.createIndex(int(self._places[row]), column, row + 1)

    def index(self, row: int, column: int, parent: _Index = _NO_INDEX) -> QModelIndex:
        """Qt: the index of a row below ``parent``."""
        at = self.row_of(parent)
        if parent.column() > 0 or not 0 <= row < self._count(at) or not 0 <= column < len(_TITLES):
            return QModelIndex()
        return self.createIndex(row, column, int(self._children[self._first[at + 1] + row]) + 1)

    def parent(self, index: _Index = _NO_INDEX) -> QModelIndex:  # type: ignore[override]
        """Qt: the row that a row is below."""
        row = self.row_of(index)
        above = int(self._parents[row]) if 0 <= row < len(self._parents) else -1
        return self.createIndex(int(self._places[above]), 0, above + 1) if above >= 0 else _NO_INDEX

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Qt: how many rows are below ``parent``."""
        return 0 if parent.column() > 0 else self._count(self.row_of(parent))

    def hasChildren(self, parent: _Index = _NO_INDEX) -> bool:
        """Qt: whether there are any."""
        return self.rowCount(parent) > 0

    def columnCount(self, _parent: _Index = _NO_INDEX) -> int:
        """Qt: sign, tag, name, A, B, note."""
        return len(_TITLES)

    def data(self, index: _Index, role: int = _DISPLAY) -> Any:
        """Qt: what a cell shows."""
        if role not in (_DISPLAY, _TOOLTIP, _FOREGROUND):
            return None
        row = self.row_of(index)
        if row < 0:
            return None
        one = self.rows[row]
        if role == _DISPLAY:
            return plain_line(one.fields()[index.column()])
        if role == _FOREGROUND:
            return _COLOURS.get(one.state)
        return tooltip(f"{one.path}\n{one.fields()[index.column()]}")

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY
    ) -> str | None:
        """Qt: the title of a column."""
        is_title = role == _DISPLAY and orientation == Qt.Orientation.Horizontal
        return _TITLES[section] if is_title else None

    def _count(self, row: int) -> int:
        if row + 2 >= len(self._first):
            return 0
        return int(self._first[row + 2] - self._first[row + 1])


def _state(row: Row) -> int:
    if not row.is_leaf:
        return 0
    return 1 if row.state in DIFFERING else 2 if row.state == "unknown" else 0


def _with_parents(shown: NDArray[np.bool_], parents: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark what rows are in as well, up to the top."""
    visible = shown.copy()
    at = np.unique(parents[shown])
    while len(at := at[at >= 0]):
        visible[at] = True
        at = np.unique(parents[at])
    return visible
