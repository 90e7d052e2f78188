"""Where the reader is in the tag tree, kept while tables come and go.

Expansion, the current row and the scroll position belong to places in the
data set, not to row numbers: the next frame's file may have other rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QTimer
from PySide6.QtWidgets import QAbstractItemView, QTreeView

from viewer.dicom.tags import RowPath, TagTable, row_at, row_path
from viewer.ui.tags.model import TagTreeModel

EVERY_DEPTH = 1 << 20  # deeper than anything nests
_AT_ONCE = 4_000  # rows of a table that is unfolded as a whole; a longer one, bit by bit
_PIECE_S = 0.012


class TreePlace:
    """Remembers a tree view's place and finds it again in the next table."""

    def __init__(self, view: QTreeView, model: TagTreeModel) -> None:
        self._view = view
        self._model = model
        self._depth = 0  # of sequences: open but for what is in ``_closed``
        self._open: set[RowPath] = set()
        self._closed: set[RowPath] = set()
        self._current: RowPath = ()
        self._column = 0
        self._top: RowPath = ()
        self._sideways = 0
        self._waiting: list[int] = []  # rows that are still to be unfolded, the last one first
        self._then: Callable[[], None] = self._scroll_to_current
        self._pieces = QTimer(view, interval=0)
        self._pieces.timeout.connect(self._unfold_piece)
        view.expanded.connect(self._expanded)
        view.collapsed.connect(self._collapsed)

    def expand_to(self, depth: int) -> None:
        """Open sequences ``depth`` levels deep, and close all deeper ones."""
        self._depth = depth
        self._open.clear()
        self._closed.clear()
        self._unfold(self._scroll_to_current)

    def save(self) -> None:
        """Take note of the current row and of the top one; without a table keep what was."""
        table = self._model.table
        is_unfolding = self._pieces.isActive()
        self._pieces.stop()
        if table is None or is_unfolding:
            return
        current = self._view.currentIndex()
        self._current, self._column = self._path(table, current), max(0, current.column())
        self._top = self._path(table, self._view.indexAt(QPoint(1, 1)))
        self._sideways = self._view.horizontalScrollBar().value()

    def restore(self) -> None:
        """Go to the saved place as far as the model's table has it."""
        table = self._model.table
        if table is None:
            return
        if self._depth:
            self._unfold(self._go_back)
        else:
            self._go_back()

    def _go_back(self) -> None:
        """Go to the saved place in a table that is unfolded."""
        table = self._model.table
        if table is None:
            return
        if self._depth:
            for path in self._closed:
                row = row_at(table, path)
                if row is not None:
                    self._view.collapse(self._model.index_of(row))
        for path in sorted(self._open, key=len):
            row = row_at(table, path)
            if row is not None:
                self._view.setExpanded(self._model.index_of(row), True)
        top = _nearest(table, self._top)
        current = row_at(table, self._current)
        if current is not None:
            # the selection model alone: the view would scroll there
            self._view.setAutoScroll(False)
            flags = QItemSelectionModel.SelectionFlag
            self._view.selectionModel().setCurrentIndex(
                self._model.index_of(current, self._column), flags.ClearAndSelect | flags.Rows
            )
            self._view.setAutoScroll(True)
        if top is not None:
            self._view.scrollTo(
                self._model.index_of(top), QAbstractItemView.ScrollHint.PositionAtTop
            )
        self._view.horizontalScrollBar().setValue(self._sideways)

    def _path(self, table: TagTable, index: QModelIndex) -> RowPath:
        row = self._model.row_of(index)
        return () if row is None else row_path(table, row)

    def _scroll_to_current(self) -> None:
        if self._view.currentIndex().isValid():
            self._view.scrollTo(self._view.currentIndex())

    def _unfold(self, then: Callable[[], None]) -> None:
        """Open and close rows as the depth says, without a signal for each; then do ``then``."""
        table, deepest = self._model.table, 2 * self._depth - 1  # sequence and item alternate
        self._pieces.stop()
        blocked = self._view.blockSignals(True)
        if not self._depth:
            self._view.collapseAll()
        elif table is not None and len(table) > _AT_ONCE:
            self._view.collapseAll()
            opens = np.diff(table.first_children)[1:] > 0
            rows = np.flatnonzero(opens & (table.depths <= deepest))
            # what is out of sight is only marked as open; an item then lays out all that is in it
            depths = table.depths[rows]
            order = (rows[depths > 1], rows[depths == 0], rows[depths == 1])
            self._waiting = np.concatenate(order)[::-1].tolist()
            self._then = then
            self._pieces.start()
        elif self._depth >= EVERY_DEPTH:
            self._view.expandAll()
        else:
            self._view.expandToDepth(deepest)
        self._view.blockSignals(blocked)
        if not self._pieces.isActive():
            then()

    def _unfold_piece(self) -> None:
        """Unfold for some milliseconds: 49,000 rows at once held up the window for 0.3 to 0.8 s."""
        until = time.perf_counter() + _PIECE_S
        blocked = self._view.blockSignals(True)
        while self._waiting and time.perf_counter() < until:
            self._view.expand(self._model.index_of(self._waiting.pop()))
        self._view.blockSignals(blocked)
        if not self._waiting:
            self._pieces.stop()
            self._then()

    def _expanded(self, index: QModelIndex) -> None:
        if self._model.table is not None:
            path = self._path(self._model.table, index)
            self._open.add(path)
            self._closed.discard(path)

    def _collapsed(self, index: QModelIndex) -> None:
        if self._model.table is not None:
            path = self._path(self._model.table, index)
            self._open.discard(path)
            self._closed.add(path)


def _nearest(table: TagTable, path: RowPath) -> int | None:
    """Find the row at ``path``, or at the closest ancestor of it that there is."""
    while path:
        row = row_at(table, path)
        if row is not None:
            return row
        path = path[:-1]
    return None
