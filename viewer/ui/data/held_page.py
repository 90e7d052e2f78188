"""Files that are held back, as their pictures may show who the patient is: each to be looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.plain_text import plain_line, whole_line
from viewer.session.deidentify_changes import Held
from viewer.ui.literal import tooltip
from viewer.ui.pace import Pace
from viewer.ui.plain_label import PlainLabel

_TOLD = (
    "These files are held back: their pictures may show names or numbers, or are not known to be "
    "free of them. Look at each; what is checked is written, what is not is left out."
)
_PATH = Qt.ItemDataRole.UserRole


class HeldPage(QWidget):
    """Lists them, with a box to check on each.

    Signals
    -------
    showRequested
        The path of a file that the user wants to look at.
    changed
        Others are checked.
    """

    showRequested = Signal(str)
    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        told = PlainLabel(_TOLD, self)
        told.setWordWrap(True)
        self._list = QTreeWidget(self)
        self._list.setObjectName("heldFiles")
        self._list.setAccessibleName("Files that are held back")
        self._list.setHeaderLabels(["File", "Why it is held back"])
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self._list.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self._list.setColumnWidth(0, 320)
        self._changed = Pace(self._follow, self)
        self._list.itemChanged.connect(self._changed.ask)
        self._list.itemActivated.connect(self._show)
        self._all = QCheckBox("I have looked at &all of these pictures; write them", self)
        self._all.setObjectName("confirmAll")
        self._all.clicked.connect(self._check_all)
        show = QPushButton("Show in the Wi&ndow", self)
        show.setObjectName("showHeld")
        show.setAutoDefault(False)
        show.clicked.connect(self._show)
        below = QHBoxLayout()
        below.addWidget(self._all)
        below.addStretch()
        below.addWidget(show)
        layout = QVBoxLayout(self)
        layout.addWidget(told)
        layout.addWidget(self._list, 1)
        layout.addLayout(below)

    def clear(self) -> None:
        """List none."""
        self._list.clear()
        self._all.setChecked(False)

    def add(self, held: Iterable[Held]) -> None:
        """List more."""
        items = []
        for one in held:
            name = plain_line(os.path.basename(one.path) or one.path)
            item = QTreeWidgetItem([name, plain_line(one.reason)])
            item.setData(0, _PATH, os.fsencode(one.path))  # QVariant loses what is no character
            item.setToolTip(0, tooltip(whole_line(one.path)))
            item.setToolTip(1, tooltip(one.reason))
            item.setCheckState(0, Qt.CheckState.Unchecked)
            items.append(item)
        with QSignalBlocker(self._list):
            self._list.addTopLevelItems(items)
        self._list.viewport().update()
        if items:
            self._all.setChecked(False)

    def left_out(self) -> frozenset[str]:
        """Give the paths of those that are not checked."""
        return frozenset(
            _path(item) for item in self._items() if item.checkState(0) != Qt.CheckState.Checked
        )

    def __len__(self) -> int:
        """Give how many there are."""
        return self._list.topLevelItemCount()

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self._list.topLevelItem(row) for row in range(len(self)))
        return [item for item in found if item is not None]

    def _check_all(self, checked: bool) -> None:
        state = Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked
        with QSignalBlocker(self._list):
            for item in self._items():
                item.setCheckState(0, state)
        self._list.viewport().update()
        self.changed.emit()

    def _follow(self) -> None:
        self._all.setChecked(bool(len(self)) and not self.left_out())
        self.changed.emit()

    def _show(self) -> None:
        item = self._list.currentItem() or self._list.topLevelItem(0)
        if item is not None:
            self.showRequested.emit(_path(item))


def _path(item: QTreeWidgetItem) -> str:
    return os.fsdecode(item.data(0, _PATH))
