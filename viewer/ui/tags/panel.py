"""The tag panel: search above, tree of tags, the current row in full below.

Shows the table it is given, keeping the reader's place; reading files is left
to the workers, the rows to `model`, searching to `search_bar`, the clipboard to `copying`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView, QStackedWidget, QVBoxLayout, QWidget

from viewer.dicom.errors import NegatoError
from viewer.dicom.tag_readable import readable
from viewer.dicom.tags import Kind, TagTable, keyword_path
from viewer.plain_text import plain_line
from viewer.ui.plain_label import PlainLabel
from viewer.ui.tags import copying
from viewer.ui.tags.delegate import ValueDelegate
from viewer.ui.tags.keys import TagView
from viewer.ui.tags.menu import Entry, TagMenu
from viewer.ui.tags.model import Column, TagTreeModel
from viewer.ui.tags.place import EVERY_DEPTH, TreePlace
from viewer.ui.tags.search_bar import Ask, SearchBar
from viewer.ui.tags.value_dialog import ValueDialog

_WIDTHS = {Column.TAG: 100, Column.NAME: 120, Column.VR: 28, Column.LENGTH: 58, Column.VALUE: 320}
_LONGEST_DETAIL = 400  # characters

_Copier = Callable[[TagTable, Sequence[int]], None]


class TagPanel(QWidget):
    """The tags of the file on screen.

    Parameters
    ----------
    ask : callable, optional
        Asks a child process about a file; without it, what needs that is not offered.

    Signals
    -------
    saveRequested
        A `TagTable` and a row of it: the bytes of its value are to be saved.
    failed
        A sentence: what could not be done.
    """

    saveRequested = Signal(object, int)
    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None, ask: Ask | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tagPanel")
        self._ask = ask
        self.model = TagTreeModel(self)
        self._bar = SearchBar(ask, self)
        self.search, self.count = self._bar.field, self._bar.count
        self._bar.found.connect(self._found)
        self._bar.stepRequested.connect(self.step_match)
        self.tree = self._make_tree()
        self.message = PlainLabel("No file open", self)
        self.message.setObjectName("tagMessage")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setMargin(12)
        self._path, self._detail = PlainLabel(parent=self), PlainLabel(parent=self)
        self._path.setObjectName("tagPath")
        self._path.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._detail.setObjectName("tagDetail")
        for label in (self._path, self._detail):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._place = TreePlace(self.tree, self.model)
        self._menu = TagMenu(self.tree, self._entries())
        self._lay_out()

    def set_table(self, table: TagTable | None) -> None:
        """Show a file's tags at the place the reader was in, or that no file is open."""
        self._place.save()
        self.model.set_table(table)
        if table is None:
            self._show_message("No file open")
        else:
            self._pages.setCurrentWidget(self.tree)
            self._place.restore()
        self._bar.set_table(table)
        self._show_current()

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
        # not the view's own way, which goes by the keys that are held down
        flags = QItemSelectionModel.SelectionFlag
        self.tree.selectionModel().setCurrentIndex(
            index.siblingAtColumn(column), flags.ClearAndSelect | flags.Rows
        )
        self.tree.scrollTo(index)
        self._bar.show_count(row)

    def step_match(self, by: int) -> None:
        """Go ``by`` matches on (-1: back) from the current row, round at the ends."""
        matches = self._bar.matches
        if not len(matches):
            return
        _, row = self._current()
        at = int(np.searchsorted(matches, row + (by > 0))) + by - (by > 0)
        self.show_row(int(matches[at % len(matches)]))

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def show_value(self) -> None:
        """Show the current row's whole value in a window of its own."""
        table, row = self._current()
        if table is None or table.kinds[row] == Kind.ITEM:
            return
        dialog = ValueDialog(table, row, self._ask, self)
        dialog.saveRequested.connect(partial(self.saveRequested.emit, table, row))
        dialog.open()

    def copy_value(self) -> None:
        """Copy the values of the selected rows, whole and unchanged."""
        self._copy(copying.copy_values)

    def save_value(self) -> None:
        """Have the bytes of the current row's value saved."""
        table, row = self._current()
        if table is not None and table.kinds[row] == Kind.ELEMENT:
            self.saveRequested.emit(table, row)

    def _current(self) -> tuple[TagTable | None, int]:
        row = self.model.row_of(self.tree.currentIndex())
        return (None, -1) if row is None else (self.model.table, row)

    def _selected(self) -> tuple[TagTable | None, list[int]]:
        """Give the selected rows, in tree order; the current one where none is."""
        table, row = self._current()
        indexes = self.tree.selectionModel().selectedRows()[: copying.MOST_ROWS]
        rows = {int(index.internalId()) for index in indexes} or {row}
        return table, sorted(rows)

    def _copy(self, copier: _Copier) -> None:
        table, rows = self._selected()
        if table is not None:
            copier(table, rows)

    def _copy_json(self) -> None:
        table, rows = self._selected()
        if table is not None and self._ask is not None:
            copying.copy_json(table, rows, self._ask, self._say)

    def _say(self, failure: object) -> None:
        if isinstance(failure, NegatoError):
            self.failed.emit(failure.message)

    def _found(self, typed: bool) -> None:
        """Mark what was found; who types stays on the current row while it matches."""
        matches = self._bar.matches
        self.model.set_matches(matches)
        self.tree.viewport().update()
        _, row = self._current()
        if typed:
            at = int(np.searchsorted(matches, max(row, 0)))
            self.show_row(int(matches[at % len(matches)]))
        else:
            self._bar.show_count(row)

    def _show_current(self, _now: QModelIndex | None = None) -> None:
        """Say of the current row what the columns have no room for."""
        table, row = self._current()
        self._bar.show_count(row)
        if table is None:
            self._path.setText("")
            self._detail.setText("")
            return
        value = plain_line(table.values[row], _LONGEST_DETAIL)
        form = plain_line(readable(table, row), _LONGEST_DETAIL)
        unnamed = table.kinds[row] < Kind.ITEM and not table.keywords[row]
        name = f"  {table.names[row]}" if unnamed else ""
        self._path.setText(plain_line(keyword_path(table, row) + name, _LONGEST_DETAIL))
        self._detail.setText(f"{value} – {form}" if value and form else form or value)
        has_value = bool(table.kinds[row] == Kind.ELEMENT)
        self._menu.enable("saveTagValue", enabled=has_value and self._ask is not None)

    def _enter(self) -> None:
        """Open or close the current row where it has children, else show its value."""
        index = self.tree.currentIndex().siblingAtColumn(0)
        if self.model.rowCount(index):
            self.tree.setExpanded(index, not self.tree.isExpanded(index))
        else:
            self.show_value()

    def _show_message(self, text: str) -> None:
        self.message.setText(text)
        self._pages.setCurrentWidget(self.message)

    def _make_tree(self) -> TagView:
        tree = TagView(self)
        tree.setObjectName("tagTree")
        tree.setAccessibleName("Tags")
        tree.setModel(self.model)
        tree.setItemDelegateForColumn(Column.VALUE, ValueDelegate(tree))
        tree.setUniformRowHeights(True)
        tree.setAlternatingRowColors(True)
        tree.setIndentation(12)  # tags must stay legible deep down
        tree.setExpandsOnDoubleClick(False)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        tree.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tree.doubleClicked.connect(self._enter)
        tree.enterPressed.connect(self._enter)
        tree.selectionModel().currentChanged.connect(self._show_current)
        for column, width in _WIDTHS.items():
            tree.header().resizeSection(column, width)
        tree.header().moveSection(Column.LENGTH, Column.VALUE)  # the value is what is looked for
        tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        return tree

    def _entries(self) -> tuple[Entry, ...]:
        def copier(name: str, text: str, copy: _Copier) -> Entry:
            return Entry(f"copyTag{name}", text, partial(self._copy, copy), menu="Copy as")

        def expander(depth: int) -> Entry:
            act = partial(self._place.expand_to, depth)
            return Entry(f"expandTags{depth}", f"To depth {depth}", act, f"Ctrl+{depth}", "Expand")

        expand_all = partial(self._place.expand_to, EVERY_DEPTH)
        return (
            Entry("copyTagValue", "Copy value", self.copy_value, "Ctrl+C"),
            copier("Row", "Row", copying.copy_rows),
            copier("Path", "Keyword path", copying.copy_paths),
            Entry("copyTagJson", "DICOM JSON", self._copy_json, menu="Copy as"),
            copier("Csv", "CSV", copying.copy_csv),
            copier("Python", "Python", copying.copy_python),
            Entry("showTagValue", "Show whole value", self.show_value),
            Entry("saveTagValue", "Save value to file…", self.save_value),
            *map(expander, (1, 2, 3)),
            Entry("expandTagsAll", "All", expand_all, "*", "Expand"),
            Entry("collapseTags", "Collapse all", partial(self._place.expand_to, 0), "Ctrl+0"),
        )

    def _lay_out(self) -> None:
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.message)
        self._pages.addWidget(self.tree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self._bar)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._path)
        layout.addWidget(self._detail)
