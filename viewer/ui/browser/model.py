"""The browser's rows as a Qt model, changed row by row as the catalogue grows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QMimeData, QModelIndex, QObject, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from viewer.ui.browser.nodes import Node

NODE_ROLE = Qt.ItemDataRole.UserRole + 1
THUMBNAIL_ROLE = Qt.ItemDataRole.UserRole + 2
STACK_MIME = "application/x-negato-stack"


class BrowserModel(QStandardItemModel):
    """Rows of patients, studies, series and stacks.

    `set_nodes` keeps the items whose key is still there, so that expansion,
    selection and thumbnails survive.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: dict[str, QStandardItem] = {}

    def set_nodes(self, nodes: Sequence[Node]) -> None:
        """Show ``nodes`` in their order."""
        self._reconcile(self.invisibleRootItem(), nodes)

    def item_of(self, key: str) -> QStandardItem | None:
        """Give the item of the row ``key``."""
        return self._items.get(key)

    def items(self) -> Iterator[QStandardItem]:
        """Give every item, parents before their children."""
        yield from self._below(self.invisibleRootItem())

    def mimeTypes(self) -> list[str]:
        """Name what a dragged row carries: the UID of its stack."""
        return [STACK_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Give the stack of the dragged row."""
        data = QMimeData()
        stack = indexes[0].data(NODE_ROLE).stack if indexes else None
        if stack is not None:
            data.setData(STACK_MIME, stack.uid.encode())
        return data

    def _below(self, parent: QStandardItem) -> Iterator[QStandardItem]:
        for row in range(parent.rowCount()):
            item = parent.child(row)
            yield item
            yield from self._below(item)

    def _reconcile(self, parent: QStandardItem, nodes: Sequence[Node]) -> None:
        wanted = {node.key for node in nodes}
        for row in reversed(range(parent.rowCount())):
            if parent.child(row).data(NODE_ROLE).key not in wanted:
                self._forget(parent.child(row))
                parent.removeRow(row)
        for row, node in enumerate(nodes):
            item = parent.child(row)
            if item is None or item.data(NODE_ROLE).key != node.key:
                item = self._place(parent, row, node)
            if item.data(NODE_ROLE) != node:
                _fill(item, node)
            self._reconcile(item, node.children)

    def _place(self, parent: QStandardItem, row: int, node: Node) -> QStandardItem:
        known = self._items.get(node.key)
        if known is not None:
            item = parent.takeRow(known.row())[0]
        else:
            item = QStandardItem()
            item.setEditable(False)
            self._items[node.key] = item
            _fill(item, node)
        parent.insertRow(row, item)
        return item

    def _forget(self, item: QStandardItem) -> None:
        self._items.pop(item.data(NODE_ROLE).key, None)
        for row in range(item.rowCount()):
            self._forget(item.child(row))


def _fill(item: QStandardItem, node: Node) -> None:
    item.setData(node, NODE_ROLE)
    item.setText(node.title)
    item.setAccessibleText(f"{node.badge} {node.title}, {node.subtitle}".strip())
    item.setDragEnabled(node.stack is not None)
