"""The browser: a filter box over the tree of patients, studies, series and stacks."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from viewer.dicom.catalogue import Catalogue
from viewer.dicom.stacks import Stack
from viewer.ui.browser.delegate import RowDelegate
from viewer.ui.browser.model import NODE_ROLE, BrowserModel
from viewer.ui.browser.nodes import Node, filtered, nodes_of


class SeriesBrowser(QWidget):
    """Shows the catalogue; says which stack is to be shown and which rows need a thumbnail.

    Signals
    -------
    stackChosen
        A `Stack`: double-click, Enter, or a row dragged onto the canvas.
    stateChosen
        The `InstanceHeader` of a presentation state: double-click, Enter.
    thumbnailWanted
        A `Stack` whose row has come into view without a thumbnail.
    studyMenuRequested
        A study's UID and the global position for its menu.
    """

    stackChosen = Signal(object)
    stateChosen = Signal(object)
    thumbnailWanted = Signal(object)
    studyMenuRequested = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nodes: tuple[Node, ...] = ()
        self._asked: dict[str, int] = {}  # frames of a stack when its thumbnail was asked for
        self._collapsed: set[str] = set()  # rows that the user has closed
        self._model = BrowserModel(self)
        self._filter = QLineEdit(self)
        self._filter.setObjectName("browserFilter")
        self._filter.setAccessibleName("Filter series")
        self._filter.setPlaceholderText("Filter by name, description, modality…")
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(self._refresh)
        self._tree = _Tree(self)
        self._tree.setModel(self._model)
        self._tree.activatedRow.connect(self._choose)
        self._tree.collapsed.connect(lambda index: self._collapsed.add(_key(index)))
        self._tree.expanded.connect(lambda index: self._collapsed.discard(_key(index)))
        self._tree.painted.connect(self._ask_for_thumbnails)
        self._tree.customContextMenuRequested.connect(self._request_menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self._filter)
        layout.addWidget(self._tree)
        self.setFocusProxy(self._tree)

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Show ``catalogue``; what was expanded, selected or thumbnailed stays so."""
        self._nodes = nodes_of(catalogue)
        self._refresh()

    def clear(self) -> None:
        """Show nothing and forget thumbnails and filter."""
        self._asked.clear()
        self._collapsed.clear()
        self._model.forget_thumbnails()
        self._filter.clear()
        self.set_catalogue(Catalogue())

    def set_thumbnail(self, stack_uid: str, picture: QPixmap) -> None:
        """Show ``picture`` on the row of a stack."""
        self._model.set_thumbnail(stack_uid, picture)

    def select_stack(self, stack_uid: str) -> None:
        """Mark the row of the stack that is on screen."""
        index = self._model.index_of_stack(stack_uid)
        if index.isValid() and index != self._tree.currentIndex():
            self._tree.setCurrentIndex(index)

    def has_current(self) -> bool:
        """Say whether a row is the current one."""
        return self._tree.currentIndex().isValid()

    def selected_study(self) -> str:
        """Give the UID of the study of the current row; empty where none."""
        index = self._tree.currentIndex()
        node = index.data(NODE_ROLE) if index.isValid() else None
        if node is None:
            return ""
        if node.study_uid or not node.children:
            return node.study_uid
        return node.children[0].study_uid if len(node.children) == 1 else ""

    def focus_filter(self) -> None:
        """Let the user type a filter."""
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.selectAll()

    def _refresh(self) -> None:
        current = self._tree.currentIndex()
        key = _key(current)
        scrolled = self._tree.verticalScrollBar().value()
        self._model.set_nodes(filtered(self._nodes, self._filter.text()))
        for row in self._model.keys():
            if row not in self._collapsed:
                self._tree.expand(self._model.index_of(row))
        again = self._model.index_of(key)
        if again.isValid():
            self._tree.setCurrentIndex(again)
        self._tree.verticalScrollBar().setValue(scrolled)

    def _choose(self, index: QModelIndex) -> None:
        node: Node = index.data(NODE_ROLE)
        if node.state is not None:
            self.stateChosen.emit(node.state)
            return
        stack = node.stack or _first_stack(node)
        if stack is not None:
            self.stackChosen.emit(stack)

    def _request_menu(self, where: QPoint) -> None:
        index = self._tree.indexAt(where)
        if index.isValid() and index.data(NODE_ROLE).study_uid:
            at = self._tree.viewport().mapToGlobal(where)
            self.studyMenuRequested.emit(index.data(NODE_ROLE).study_uid, at)

    def _ask_for_thumbnails(self) -> None:
        for index in self._tree.visible_rows():
            stack = index.data(NODE_ROLE).stack
            if stack is None or not len(stack) or self._asked.get(stack.uid) == len(stack):
                continue
            self._asked[stack.uid] = len(stack)
            self.thumbnailWanted.emit(stack)


def _key(index: QModelIndex) -> str:
    return str(index.data(NODE_ROLE).key) if index.isValid() else ""


def _first_stack(node: Node) -> Stack | None:
    if node.stack is not None:
        return node.stack
    return next((s for s in map(_first_stack, node.children) if s is not None), None)


class _Tree(QTreeView):
    """A tree that says when rows are activated or painted."""

    activatedRow = Signal(QModelIndex)
    painted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("seriesBrowser")
        self.setAccessibleName("Patients, studies and series")
        self.setHeaderHidden(True)
        self.setItemDelegate(RowDelegate(self))
        self.setIndentation(12)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setExpandsOnDoubleClick(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.doubleClicked.connect(self.activatedRow)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the current row's stack on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activatedRow.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: object) -> None:
        """Paint, then say so: thumbnails are asked for rows that were seen."""
        super().paintEvent(event)  # type: ignore[arg-type]
        self.painted.emit()

    def visible_rows(self) -> list[QModelIndex]:
        """Give the rows that are on screen."""
        rows = []
        index = self.indexAt(QPoint(1, 1))
        bottom = self.viewport().height()
        while index.isValid() and self.visualRect(index).top() < bottom:
            rows.append(index)
            index = self.indexBelow(index)
        return rows
