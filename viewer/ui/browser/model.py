"""The browser's rows as a Qt model over flat lists; a new catalogue resets it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QPixmap

from viewer.plain_text import plain_line
from viewer.ui.browser.nodes import Node
from viewer.ui.literal import tooltip

NODE_ROLE = Qt.ItemDataRole.UserRole + 1
THUMBNAIL_ROLE = Qt.ItemDataRole.UserRole + 2
ON_SCREEN_ROLE = Qt.ItemDataRole.UserRole + 3
STACK_MIME = "application/x-negato-stack"
_LONGEST_TOLD = 400  # characters that are read aloud of a row

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class BrowserModel(QAbstractItemModel):
    """Rows of patients, studies, series and stacks. An index's id is its place in the lists."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: list[Node] = []
        self._parents: list[int] = []  # place of the row above, -1 at the top
        self._rows: list[int] = []
        self._children: list[list[int]] = []
        self._top: list[int] = []
        self._places: dict[str, int] = {}  # by key
        self._stack_places: dict[str, int] = {}  # by stack uid
        self._thumbnails: dict[str, QPixmap] = {}  # by stack uid
        self._on_screen = ""  # a stack uid

    def count(self) -> int:
        """Count all rows."""
        return len(self._nodes)

    def set_nodes(self, nodes: Sequence[Node]) -> None:
        """Show ``nodes`` in their order."""
        self.beginResetModel()
        for rows in (self._nodes, self._parents, self._rows, self._children):
            rows.clear()
        self._places.clear()
        self._stack_places.clear()
        self._top = self._append(nodes, -1)
        self.endResetModel()

    def set_thumbnail(self, stack_uid: str, picture: QPixmap) -> None:
        """Show ``picture`` on the rows of a stack."""
        self._thumbnails[stack_uid] = picture
        index = self.index_of_stack(stack_uid)
        if index.isValid():
            self.dataChanged.emit(index, index, [THUMBNAIL_ROLE])

    def set_on_screen(self, stack_uid: str) -> None:
        """Mark the row of the stack that is on screen; none where the uid is empty."""
        before, self._on_screen = self._on_screen, stack_uid
        for uid in {before, stack_uid}:
            index = self.index_of_stack(uid)
            if index.isValid():
                self.dataChanged.emit(index, index, [ON_SCREEN_ROLE])

    def forget_thumbnails(self) -> None:
        """Let all thumbnails go."""
        self._thumbnails.clear()

    def index_of(self, key: str) -> QModelIndex:
        """Give the index of the row ``key``; invalid where there is none."""
        place = self._places.get(key)
        return QModelIndex() if place is None else self._index(place)

    def index_of_stack(self, stack_uid: str) -> QModelIndex:
        """Give the index of the row that shows a stack; invalid where there is none."""
        place = self._stack_places.get(stack_uid)
        return QModelIndex() if place is None else self._index(place)

    def keys(self) -> list[str]:
        """Give the key of every row, rows above before those below them."""
        return list(self._places)

    def index(self, row: int, column: int, parent: _Index = _ROOT) -> QModelIndex:
        """Give the index of a row below ``parent``."""
        below = self._below(parent)
        if column != 0 or not 0 <= row < len(below):
            return QModelIndex()
        return self.createIndex(row, 0, below[row])

    def parent(self, index: _Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        """Give the index above."""
        above = self._parents[index.internalId()] if index.isValid() else -1
        return QModelIndex() if above < 0 else self._index(above)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Count the rows below ``parent``."""
        return len(self._below(parent))

    def columnCount(self, _parent: _Index = _ROOT) -> int:
        """Count the columns: one."""
        return 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Give a row's title, its node, its thumbnail or whether its stack is on screen."""
        if not index.isValid():
            return None
        node = self._nodes[index.internalId()]
        if role == NODE_ROLE:
            return node
        if role == THUMBNAIL_ROLE:
            return self._thumbnails.get(node.stack.uid) if node.stack is not None else None
        if role == ON_SCREEN_ROLE:
            return node.stack is not None and node.stack.uid == self._on_screen
        if role == Qt.ItemDataRole.DisplayRole:
            return node.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(node.told())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            shown = ", on screen" if self.data(index, ON_SCREEN_ROLE) else ""
            told = f"{node.badge} {node.title}, {node.subtitle}".strip()
            return plain_line(told, _LONGEST_TOLD) + shown
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Let rows that show a stack be dragged."""
        flags = super().flags(index)
        if index.isValid() and self._nodes[index.internalId()].stack is not None:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def mimeTypes(self) -> list[str]:
        """Name what a dragged row carries: the UID of its stack."""
        return [STACK_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Give the stack of the dragged row."""
        data = QMimeData()
        stack = self._nodes[indexes[0].internalId()].stack if indexes else None
        if stack is not None:
            data.setData(STACK_MIME, os.fsencode(stack.uid))
        return data

    def _append(self, nodes: Sequence[Node], above: int) -> list[int]:
        places = []
        for row, node in enumerate(nodes):
            place = len(self._nodes)
            self._nodes.append(node)
            self._parents.append(above)
            self._rows.append(row)
            self._children.append([])
            self._places[node.key] = place
            if node.stack is not None:
                self._stack_places.setdefault(node.stack.uid, place)
            self._children[place] = self._append(node.children, place)
            places.append(place)
        return places

    def _below(self, parent: _Index) -> list[int]:
        return self._children[parent.internalId()] if parent.isValid() else self._top

    def _index(self, place: int) -> QModelIndex:
        return self.createIndex(self._rows[place], 0, place)
