"""Where the reader is in the tag tree, kept while tables come and go.

Expansion, the current row and the scroll position belong to places in the
data set, not to row numbers: the next frame's file may have other rows.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint
from PySide6.QtWidgets import QAbstractItemView, QTreeView

from viewer.dicom.tags import RowPath, TagTable, row_at, row_path
from viewer.ui.tags.model import TagTreeModel

EVERY_DEPTH = 1 << 20  # deeper than anything nests


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
        view.expanded.connect(self._expanded)
        view.collapsed.connect(self._collapsed)

    def expand_to(self, depth: int) -> None:
        """Open sequences ``depth`` levels deep, and close all deeper ones."""
        self._depth = depth
        self._open.clear()
        self._closed.clear()
        self._unfold()
        if self._view.currentIndex().isValid():
            self._view.scrollTo(self._view.currentIndex())

    def save(self) -> None:
        """Take note of the current row and of the top one; without a table keep what was."""
        table = self._model.table
        if table is None:
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
            self._unfold()
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

    def _unfold(self) -> None:
        """Open and close rows as the depth says, without a signal for each."""
        blocked = self._view.blockSignals(True)
        if self._depth >= EVERY_DEPTH:
            self._view.expandAll()
        elif self._depth:
            self._view.expandToDepth(2 * self._depth - 1)  # of rows: sequence and item alternate
        else:
            self._view.collapseAll()
        self._view.blockSignals(blocked)

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
