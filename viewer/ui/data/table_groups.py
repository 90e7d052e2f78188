"""The values of a column of the metadata table, and how many rows have each; one may be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from viewer.plain_text import plain_line

_MOST = 1000  # values that are listed
_VALUE = Qt.ItemDataRole.UserRole


class TableGroups(QTreeWidget):
    """The list of groups.

    Signals
    -------
    chosen
        A value, or None for all rows.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tableGroups")
        self.setAccessibleName("Groups")
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setColumnCount(2)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.header().setStretchLastSection(False)
        self.currentItemChanged.connect(self._choose)

    def show_groups(self, title: str, groups: Sequence[tuple[str, int]]) -> None:
        """List the groups of a column; what was chosen stays so where it is still there."""
        current = self.currentItem()
        value = current.data(0, _VALUE) if current is not None else None
        listed = groups[:_MOST]
        items = [self._item("All", sum(count for _, count in groups), None)]
        items += [self._item(one or "(empty)", count, one) for one, count in listed]
        if len(groups) > _MOST:
            rest = sum(count for _, count in groups[_MOST:])
            items.append(self._item(f"{len(groups) - _MOST:,} other values", rest, None))
        with QSignalBlocker(self):
            self.clear()
            self.setHeaderLabels([plain_line(title, 80), "Rows"])
            self.addTopLevelItems(items)
            self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
            chosen = next((item for item in items if item.data(0, _VALUE) == value), items[0])
            self.setCurrentItem(chosen)

    def _item(self, words: str, count: int, value: str | None) -> QTreeWidgetItem:
        item = QTreeWidgetItem([plain_line(words, 120), f"{count:,}"])
        item.setData(0, _VALUE, value)
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
        return item

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(0, _VALUE))
