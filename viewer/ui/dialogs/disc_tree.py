"""The tree of what can go onto a disc, with a box to check on each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QWidget,
)

from viewer.session.disc_contents import DiscPart, size_text
from viewer.ui.literal import tooltip
from viewer.ui.pace import Pace

_TITLE, _FILES, _SIZE = range(3)
_PART = Qt.ItemDataRole.UserRole
_MOST_OPEN = 2000  # rows that are opened unasked
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class DiscTree(QTreeWidget):
    """Patients, studies and series to choose among.

    Signals
    -------
    chosenChanged
        Other series are checked.
    """

    chosenChanged = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("discTree")
        self.setAccessibleName("What goes onto the disc")
        self.setHeaderLabels(["What goes onto the disc", "Files", "Size"])
        self.setUniformRowHeights(True)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(_TITLE, QHeaderView.ResizeMode.Stretch)
        for column in (_FILES, _SIZE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        changed = Pace(self.chosenChanged.emit, self)  # a row tells of each one below it
        self.itemChanged.connect(changed.ask)

    def set_parts(self, parts: Sequence[DiscPart], study_uid: str) -> None:
        """Show ``parts``; at first a study is checked, later what was, with what came to it."""
        first = not self.topLevelItemCount()
        checked = {
            _part(item).key
            for item in self._items()
            if item.checkState(_TITLE) != _UNCHECKED and (item.childCount() == 0 or _whole(item))
        }
        current = self.currentItem()
        current_key = _part(current).key if current is not None else ""
        with QSignalBlocker(self):
            self.clear()
            for part in parts:
                self._add(self.invisibleRootItem(), part, current_key)
            for item in self._items():
                part = _part(item)
                wanted = part.study_uid == study_uid if first else _kept(item, checked)
                if not part.parts and wanted:
                    item.setCheckState(_TITLE, _CHECKED)
            if sum(1 for _ in self._items()) <= _MOST_OPEN:
                self.expandAll()
            else:
                self.expandToDepth(0)
        self._show_chosen()
        self.chosenChanged.emit()

    def chosen(self) -> list[DiscPart]:
        """Give the series that are checked."""
        return [
            part
            for item in self._items()
            if not (part := _part(item)).parts and item.checkState(_TITLE) == _CHECKED
        ]

    def _add(self, above: QTreeWidgetItem, part: DiscPart, current_key: str) -> None:
        series = list(part.series())
        files, size = sum(len(one.paths) for one in series), sum(one.bytes for one in series)
        texts = [part.title, f"{files:,}", size_text(size)]
        if part.being_read:
            texts[_FILES:] = ["being read", ""]
        item = QTreeWidgetItem(above, texts)
        item.setData(_TITLE, _PART, part)
        item.setToolTip(_TITLE, tooltip(part.title))
        for column in (_FILES, _SIZE):
            item.setTextAlignment(column, _NUMBER)
        item.setCheckState(_TITLE, _UNCHECKED)
        if part.parts:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsAutoTristate)
        item.setDisabled(part.being_read)
        if part.key == current_key:
            self.setCurrentItem(item)
        for below in part.parts:
            self._add(item, below, current_key)

    def _show_chosen(self) -> None:
        """Have the first row that is checked in sight."""
        first = next((i for i in self._items() if i.checkState(_TITLE) != _UNCHECKED), None)
        if self.currentItem() is None and first is not None:
            self.setCurrentItem(first)
        current = self.currentItem()
        if current is not None:
            self.scrollToItem(current, self.ScrollHint.PositionAtTop)

    def _items(self) -> Iterator[QTreeWidgetItem]:
        """Give the rows from the top down."""
        rows = QTreeWidgetItemIterator(self)
        while (item := rows.value()) is not None:
            yield item
            rows += 1


def _part(item: QTreeWidgetItem) -> DiscPart:
    part: DiscPart = item.data(_TITLE, _PART)
    return part


def _whole(item: QTreeWidgetItem) -> bool:
    return item.checkState(_TITLE) == _CHECKED


def _kept(item: QTreeWidgetItem, checked: set[str]) -> bool:
    """Tell whether a row was checked, or has come to a study or patient that was as a whole."""
    one: QTreeWidgetItem | None = item
    while one is not None:
        if _part(one).key in checked:
            return True
        one = one.parent()
    return False
