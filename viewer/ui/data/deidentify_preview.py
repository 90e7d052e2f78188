"""The list of what de-identifying would change, with a search, and a value in full."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QLineEdit, QTreeView, QVBoxLayout, QWidget

from viewer.plain_text import plain_line
from viewer.session.command_job import Told
from viewer.ui.data.deidentify_model import ChangesModel, Column
from viewer.ui.dialogs.fixed_text import FixedText
from viewer.ui.plain_label import PlainLabel

_TYPED_MS = 200
_AGAIN_MS = 1000  # while changes come in, a search follows them no faster
_WHOLE_PX = 96
_LONGEST_LINE = 5000  # characters; Qt lays out a line as a whole
_WIDTHS = {Column.TAG: 110, Column.NAME: 200, Column.ACTION: 110, Column.AFTER: 230}


class ChangesView(QWidget):
    """Shows what would change: one row where all files have the same, else one a value below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = ChangesModel(self)
        self._search = QLineEdit(self)
        self._search.setObjectName("changesSearch")
        self._search.setAccessibleName("Search the changes")
        self._search.setPlaceholderText("Search tags, names, actions and values")
        self._search.setClearButtonEnabled(True)
        self._count = PlainLabel("", self)
        self._count.setObjectName("changesCount")
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._typed.timeout.connect(self._find)
        self._again = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._again.timeout.connect(self._find)
        self._search.textChanged.connect(self._typed.start)
        self._tree = QTreeView(self)
        self._tree.setObjectName("changes")
        self._tree.setAccessibleName("What is changed, before and after")
        self._tree.setModel(self._model)
        self._tree.setUniformRowHeights(True)
        self._tree.setAlternatingRowColors(True)
        self._tree.selectionModel().currentChanged.connect(self._show_whole)
        self._tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self._tree.header()
        header.setStretchLastSection(False)
        for column, width in _WIDTHS.items():
            self._tree.setColumnWidth(column, width)
        self._tree.setColumnWidth(Column.FILES, 60)
        header.setSectionResizeMode(Column.BEFORE, QHeaderView.ResizeMode.Stretch)
        self._whole = FixedText("", "The current change in full", self)
        self._whole.setObjectName("wholeChange")
        self._whole.setMaximumHeight(_WHOLE_PX)
        self.setFocusProxy(self._tree)
        above = QHBoxLayout()
        above.addWidget(self._search, 1)
        above.addWidget(self._count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(above)
        layout.addWidget(self._tree, 1)
        layout.addWidget(self._whole)
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self._model.clear()
        self._whole.clear()
        self._say()

    def take(self, lines: Iterable[Told]) -> None:
        """Add what the command told."""
        self._model.take(lines)
        self._say()
        if self._search.text() and not self._again.isActive():
            self._again.start()

    def _find(self) -> None:
        self._model.search(self._search.text().strip())
        self._say()

    def _say(self) -> None:
        changes, rows = self._model.changes, self._model.rowCount()
        files = len(changes.paths)
        all_of_it = (
            f"{changes.number:,} changes of {len(changes.rows):,} elements in {files:,} files"
        )
        searched = bool(self._search.text().strip())
        self._count.setText(f"{rows:,} elements found of {all_of_it}" if searched else all_of_it)

    def _show_whole(self) -> None:
        described = self._model.described(self._tree.currentIndex())
        lines = described.split("\n") if described is not None else []
        self._whole.setPlainText("\n".join(plain_line(line, _LONGEST_LINE) for line in lines))
