"""The tag panel: search field above, tree of tags below.

Shows the table it is given, keeping the reader's place; reading files is left
to the workers, the rows to `model`, the search itself to `dicom.tags`.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from viewer.dicom.tag_search import find_rows
from viewer.dicom.tags import Kind, TagTable, keyword_path, tag_text
from viewer.dicom.text_column import IntArray
from viewer.plain_text import csv_cell
from viewer.ui.literal import menu_title, tooltip
from viewer.ui.plain_label import PlainLabel
from viewer.ui.tags.keys import SearchField, TagView
from viewer.ui.tags.model import Column, TagTreeModel
from viewer.ui.tags.place import TreePlace
from viewer.ui.tags.value_dialog import ValueDialog

_WIDTHS = {Column.TAG: 112, Column.NAME: 130, Column.VR: 30, Column.LENGTH: 58, Column.VALUE: 320}
_NOTHING = np.empty(0, np.int64)


class TagPanel(QWidget):
    """The tags of the file on screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tagPanel")
        self._matches: IntArray = _NOTHING
        self.model = TagTreeModel(self)
        self.search = self._make_search()
        self.count = PlainLabel(parent=self)
        self.count.setObjectName("tagMatchCount")
        self.count.setAccessibleName("Matches")
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.count.setMinimumWidth(self.fontMetrics().horizontalAdvance("0,000 of 0,000"))
        self.tree = self._make_tree()
        self.message = PlainLabel("No file open", self)
        self.message.setObjectName("tagMessage")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setMargin(12)
        self._place = TreePlace(self.tree, self.model)
        self._lay_out()
        self._make_actions()

    def set_table(self, table: TagTable | None) -> None:
        """Show a file's tags at the place the reader was in, or that no file is open."""
        self._place.save()
        self.model.set_table(table)
        if table is None:
            self._show_message("No file open")
        else:
            self._pages.setCurrentWidget(self.tree)
            self._place.restore()
        self._find()

    def set_message(self, text: str) -> None:
        """Show a sentence in place of the tree."""
        self.set_table(None)
        self._show_message(text)

    def show_row(self, row: int) -> None:
        """Make a row of the table the current one, its parents open."""
        index = self.model.index_of(row)
        above = index.parent()
        while above.isValid():
            self.tree.expand(above)
            above = above.parent()
        column = max(0, self.tree.currentIndex().column())
        self.tree.setCurrentIndex(index.siblingAtColumn(column))
        self.tree.scrollTo(index)
        self._show_count()

    def step_match(self, by: int) -> None:
        """Go ``by`` matches on (-1: back) from the current row, round at the ends."""
        if not len(self._matches):
            return
        _, row = self._current()
        at = int(np.searchsorted(self._matches, row + (by > 0))) + by - (by > 0)
        self.show_row(int(self._matches[at % len(self._matches)]))

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def copy_value(self) -> None:
        """Copy the current row's value, whole and unchanged."""
        table, row = self._current()
        if table is not None:
            QGuiApplication.clipboard().setText(table.values[row])

    def copy_row(self) -> None:
        """Copy the current row as tab-separated fields on one line, none of them a formula."""
        table, row = self._current()
        if table is None:
            return
        fields = (
            tag_text(int(table.tags[row])) if table.kinds[row] != Kind.NOTE else "",
            table.names[row],
            table.vrs[row],
            str(table.lengths[row]) if table.lengths[row] >= 0 else "",
            table.values[row],
        )
        text = "\t".join(map(csv_cell, fields))  # for spreadsheets, as the tabs are
        QGuiApplication.clipboard().setText(text)

    def copy_path(self) -> None:
        """Copy the current row's keyword path."""
        table, row = self._current()
        if table is not None:
            QGuiApplication.clipboard().setText(keyword_path(table, row))

    def show_value(self) -> None:
        """Show the current row's whole value in a window of its own."""
        table, row = self._current()
        if table is None or table.kinds[row] == Kind.ITEM:
            return
        title = f"{keyword_path(table, row)}  {table.names[row]}"
        ValueDialog(title, table.values[row], self).open()

    def _current(self) -> tuple[TagTable | None, int]:
        row = self.model.row_of(self.tree.currentIndex())
        return (None, -1) if row is None else (self.model.table, row)

    def _search_edited(self) -> None:
        """Find as the reader types: stay on the current row while it matches, else go on."""
        self._find()
        if not len(self._matches):
            return
        _, row = self._current()
        at = int(np.searchsorted(self._matches, max(row, 0)))
        self.show_row(int(self._matches[at % len(self._matches)]))

    def _find(self) -> None:
        table = self.model.table
        self._matches = _NOTHING if table is None else find_rows(table, self.search.text())
        self.model.set_matches(self._matches)
        self.tree.viewport().update()
        self._show_count()

    def _show_count(self) -> None:
        table = self.model.table
        if not self.search.text().strip() or table is None or not table.is_whole:
            self.count.setText("" if table is None or table.is_whole else "reading…")
            return
        _, row = self._current()
        found = len(self._matches)
        at = int(np.searchsorted(self._matches, row))
        if found and at < found and self._matches[at] == row:
            self.count.setText(f"{at + 1:,} of {found:,}")
        else:
            self.count.setText(f"{found:,} found" if found else "none")

    def _enter(self) -> None:
        """Open or close the current row where it has children, else show its value."""
        index = self.tree.currentIndex().siblingAtColumn(0)
        if self.model.rowCount(index):
            self.tree.setExpanded(index, not self.tree.isExpanded(index))
        else:
            self.show_value()

    def _open_menu(self, at: QPoint) -> None:
        if self._current()[0] is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.tree.actions())
        menu.popup(self.tree.viewport().mapToGlobal(at))

    def _show_message(self, text: str) -> None:
        self.message.setText(text)
        self._pages.setCurrentWidget(self.message)

    def _make_search(self) -> SearchField:
        search = SearchField(self)
        search.setObjectName("tagSearch")
        search.setAccessibleName("Search tags")
        search.setPlaceholderText("Search tag, keyword, name or value")
        search.setClearButtonEnabled(True)
        search.textChanged.connect(self._search_edited)
        search.stepRequested.connect(self.step_match)
        return search

    def _make_tree(self) -> TagView:
        tree = TagView(self)
        tree.setObjectName("tagTree")
        tree.setAccessibleName("Tags")
        tree.setModel(self.model)
        tree.setUniformRowHeights(True)
        tree.setAlternatingRowColors(True)
        tree.setIndentation(12)  # tags must stay legible deep down
        tree.setExpandsOnDoubleClick(False)
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        tree.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._open_menu)
        tree.doubleClicked.connect(self._enter)
        tree.enterPressed.connect(self._enter)
        tree.selectionModel().currentChanged.connect(self._show_count)
        for column, width in _WIDTHS.items():
            tree.header().resizeSection(column, width)
        tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        return tree

    def _make_actions(self) -> None:
        for name, text, slot, key in (
            ("copyTagValue", "Copy value", self.copy_value, "Ctrl+C"),
            ("copyTagRow", "Copy row", self.copy_row, ""),
            ("copyTagPath", "Copy keyword path", self.copy_path, ""),
            ("showTagValue", "Show whole value", self.show_value, ""),
        ):
            action = QAction(menu_title(text), self.tree)
            action.setObjectName(name)
            action.triggered.connect(slot)
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.tree.addAction(action)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.count)
        for name, arrow, text, step in (
            ("tagPrevious", Qt.ArrowType.UpArrow, "Previous match (Shift+Enter)", -1),
            ("tagNext", Qt.ArrowType.DownArrow, "Next match (Enter)", 1),
        ):
            button = QToolButton(self)
            button.setObjectName(name)
            button.setAccessibleName(text)
            button.setToolTip(tooltip(text))
            button.setArrowType(arrow)
            button.setAutoRaise(True)
            button.clicked.connect(partial(self.step_match, step))
            top.addWidget(button)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.message)
        self._pages.addWidget(self.tree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addLayout(top)
        layout.addWidget(self._pages, 1)
