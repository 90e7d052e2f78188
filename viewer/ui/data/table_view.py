"""The view of the metadata table: columns dragged, sorted and taken away, rows copied.

What is in it is `table_model`'s; what else happens with a row or a column is told by signals.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from viewer.plain_text import whole_line
from viewer.ui.data.table_model import TableModel

_WIDEST = 320  # px, of a column at first
_LOOKED_AT = 200  # rows that decide on it
_CHARACTERS = 40


class MetadataView(QTableView):
    """The view.

    Signals
    -------
    groupAsked, removeAsked
        A column, by its place in the model.
    addAsked, usualAsked
        Another column; the usual ones.
    rowOpened
        A row.
    """

    groupAsked = Signal(int)
    removeAsked = Signal(int)
    addAsked = Signal()
    usualAsked = Signal()
    rowOpened = Signal(int)

    def __init__(self, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setObjectName("metadataTable")
        self.setAccessibleName("Metadata of files")
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._ask_menu)
        self.setSortingEnabled(True)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.doubleClicked.connect(self._open)

    def columns(self) -> list[int]:
        """Give the columns in the order in which they stand, by their places in the model."""
        header = self.horizontalHeader()
        return [header.logicalIndex(place) for place in range(header.count())]

    def put_in_order(self) -> None:
        """Have the columns stand as the model has them."""
        header = self.horizontalHeader()
        for place in range(header.count()):
            header.moveSection(header.visualIndex(place), place)

    def fit_columns(self) -> None:
        """Give the columns the width of what the first rows hold."""
        metrics = self.fontMetrics()
        for column, field in enumerate(self._model.fields):
            cells = self._model.cells(column)[:_LOOKED_AT]
            texts = [field.title + "    ", *{cell[:_CHARACTERS] for cell in cells}]
            width = max(map(metrics.horizontalAdvance, texts)) + 16
            self.setColumnWidth(column, min(width, _WIDEST))

    def copied_text(self) -> str:
        """Give what is selected as lines with tabs, the titles first."""
        columns = self.columns()
        selection = self.selectionModel().selection()
        parts = map(selection.at, range(selection.count()))
        rows = sorted(row for part in parts for row in range(part.top(), part.bottom() + 1))
        shown = self._model.shown_rows(columns)
        lines = [[self._model.fields[column].title for column in columns]]
        lines += [shown[row] for row in rows]
        printable = lru_cache(1 << 14)(whole_line)  # most cells are those of the row before
        return "\n".join("\t".join(map(printable, line)) for line in lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, or open the current row; all else as tables do."""
        if event.matches(QKeySequence.StandardKey.Copy):
            if self.selectionModel().hasSelection():
                QGuiApplication.clipboard().setText(self.copied_text())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def menu_of(self, column: int) -> QMenu:
        """Give the menu of a column's header; -1: right of the last one."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if column >= 0:
            up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
            menu.addAction("Sort &Ascending", lambda: self.sortByColumn(column, up))
            menu.addAction("Sort &Descending", lambda: self.sortByColumn(column, down))
            menu.addSeparator()
            menu.addAction("&Group by This Column", lambda: self.groupAsked.emit(column))
            remove = menu.addAction("&Remove Column", lambda: self.removeAsked.emit(column))
            remove.setEnabled(len(self._model.fields) > 1)
            menu.addSeparator()
        menu.addAction("Add &Column…", self.addAsked.emit)
        menu.addAction("&Usual Columns", self.usualAsked.emit)
        return menu

    def _ask_menu(self, at: QPoint) -> None:
        header = self.horizontalHeader()
        self.menu_of(header.logicalIndexAt(at)).popup(header.viewport().mapToGlobal(at))

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.rowOpened.emit(index.row())
