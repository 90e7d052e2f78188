"""The browser: a filter box over the tree of patients, studies, series and stacks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPixmap, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from viewer.dicom.catalogue import Catalogue
from viewer.dicom.stacks import Stack
from viewer.ui.browser.delegate import RowDelegate
from viewer.ui.browser.model import NODE_ROLE, BrowserModel
from viewer.ui.browser.nodes import Node, filtered, nodes_of, stacks_in
from viewer.ui.plain_label import PlainLabel

_AHEAD = 8  # thumbnails asked for before they are seen
_MOST_OPEN = 5_000  # rows that are opened unasked: Qt takes a tenth of a millisecond for each


class SeriesBrowser(QWidget):
    """Shows the catalogue; says which stack is to be shown and which rows need a thumbnail.

    Signals
    -------
    stackChosen
        A `Stack`: a click on its row; a double-click or Enter on its series, study or patient.
    stateChosen
        The `InstanceHeader` of a presentation state: click, Enter.
    announcedChosen
        A click or Enter on a row of which no file has been read yet.
    thumbnailWanted
        A `Stack` without a thumbnail, and whether that may come later than
        all else: its row is out of view.
    studyMenuRequested
        A study's UID and the global position for its menu.
    """

    stackChosen = Signal(object)
    stateChosen = Signal(object)
    announcedChosen = Signal()
    thumbnailWanted = Signal(object, bool)
    studyMenuRequested = Signal(str, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nodes: tuple[Node, ...] = ()
        self._asked: dict[str, int] = {}  # frames of a stack when its thumbnail was asked for
        self._coming: set[str] = set()  # stacks whose thumbnails were asked for ahead
        self._ahead: Iterator[Stack] = iter(())  # those whose turn has not come
        self._next_ahead = QTimer(self, singleShot=True, interval=0)
        self._next_ahead.timeout.connect(self._ask_ahead)
        self._collapsed: set[str] = set()  # rows that the user has closed
        self._expanded: set[str] = set()  # rows that he has opened
        self._current = ""  # the key of the current row, also while the filter hides it
        self._on_screen = ""  # the uid of the stack that is on screen
        self._model = BrowserModel(self)
        self._filter = QLineEdit(self)
        self._filter.setObjectName("browserFilter")
        self._filter.setAccessibleName("Filter series")
        self._filter.setPlaceholderText("Filter by name, description, modality…")
        self._filter.setClearButtonEnabled(True)
        self._filter.textChanged.connect(lambda: self._refresh(follow=True))
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self._filter)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._leave_filter)
        self._tree = _Tree(self)
        self._tree.setModel(self._model)
        self._tree.activatedRow.connect(self._choose)
        self._tree.clickedRow.connect(self._click)
        self._tree.collapsed.connect(lambda index: self._note(_key(index), is_open=False))
        self._tree.expanded.connect(lambda index: self._note(_key(index), is_open=True))
        self._tree.painted.connect(self._ask_for_thumbnails)
        self._tree.customContextMenuRequested.connect(self._request_menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        self._no_match = PlainLabel("No series matches the filter.", self)
        self._no_match.setObjectName("browserNoMatch")
        self._no_match.hide()
        for widget in (self._filter, self._no_match, self._tree):
            layout.addWidget(widget)
        self.setFocusProxy(self._tree)

    def set_catalogue(self, catalogue: Catalogue, *, complete: bool = False) -> None:
        """Show ``catalogue``; what was expanded, selected or thumbnailed stays so.

        Once it is ``complete``, all thumbnails are asked for, those in view first.
        """
        self._nodes = nodes_of(catalogue)
        self._refresh()
        self._coming.intersection_update(stack.uid for stack in stacks_in(self._nodes))
        self._ahead = iter(stacks_in(self._nodes) if complete else ())
        self._next_ahead.start()

    def clear(self) -> None:
        """Show nothing and forget thumbnails and filter."""
        self._asked.clear()
        self._coming.clear()
        self._collapsed.clear()
        self._expanded.clear()
        self._current = self._on_screen = ""
        self._model.forget_thumbnails()
        self._filter.clear()
        self.set_catalogue(Catalogue())

    def set_thumbnail(self, stack_uid: str, picture: QPixmap) -> None:
        """Show ``picture`` on the row of a stack; a null one where it has none."""
        self._model.set_thumbnail(stack_uid, picture)
        self._coming.discard(stack_uid)
        self._next_ahead.start()

    def select_stack(self, stack_uid: str) -> None:
        """Mark the row of the stack that is on screen; make it current where it is another."""
        if stack_uid == self._on_screen and self.has_current():
            return  # it has grown: the keyboard may be on its way elsewhere
        first = not self._on_screen
        self._on_screen = stack_uid
        self._model.set_on_screen(stack_uid)
        index, current = self._model.index_of_stack(stack_uid), self._tree.currentIndex()
        if current.isValid() and current.data(NODE_ROLE).announced and first:
            return  # the user went there before there was anything to see
        # a state that was chosen stays the current row while its images are shown
        if index.isValid() and index not in (current, current.parent()):
            self._tree.setCurrentIndex(index)
        elif index.isValid():
            self._tree.scrollTo(index)

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

    def _leave_filter(self) -> None:
        """Show all rows again, and give the keys to them."""
        self._filter.clear()
        self._tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self, *, follow: bool = False) -> None:
        self._current = _key(self._tree.currentIndex()) or self._current
        follow = follow or self._tree.is_in_sight(self._tree.currentIndex())
        scrolled = self._tree.verticalScrollBar().value()
        top = self._tree.indexAt(QPoint(1, 1))
        top_key, top_y = _key(top), self._tree.visualRect(top).top()
        self._model.set_nodes(filtered(self._nodes, self._filter.text()))
        self._no_match.setVisible(bool(self._nodes) and not self._model.count())
        self._open_rows()
        again = self._model.index_of(self._current)
        if again.isValid():
            self._tree.setCurrentIndex(again)
        self._tree.verticalScrollBar().setValue(scrolled)
        top = self._model.index_of(top_key)
        if scrolled and top.isValid():  # what is seen stays where it is, whatever came above it
            self._tree.verticalScrollBar().setValue(
                scrolled + self._tree.visualRect(top).top() - top_y
            )
        if follow:  # rows that come above it must not push it out of sight
            self._tree.scrollTo(again)

    def _open_rows(self) -> None:
        """Open the rows but those that the user has closed; of very many, those he has opened."""
        with QSignalBlocker(self._tree):  # what is done here is not the user's wish
            if self._model.count() > _MOST_OPEN:
                for row in self._expanded:
                    self._tree.expand(self._model.index_of(row))
                return
            self._tree.expandAll()
            for row in self._collapsed:
                self._tree.collapse(self._model.index_of(row))

    def _note(self, row: str, *, is_open: bool) -> None:
        """Remember that the user has opened or closed a row."""
        into, out_of = (self._expanded, self._collapsed)[:: 1 if is_open else -1]
        into.add(row)
        out_of.discard(row)

    def _click(self, index: QModelIndex) -> None:
        """Show what was clicked; patients and studies are only made current."""
        node: Node = index.data(NODE_ROLE)
        if node.announced:
            self.announcedChosen.emit()
            return
        shown = any(below.stack and below.stack.uid == self._on_screen for below in node.children)
        if index.parent().parent().isValid() and (node.stack or node.state or not shown):
            self._choose(index)

    def _choose(self, index: QModelIndex) -> None:
        node: Node = index.data(NODE_ROLE)
        if node.state is not None:
            self.stateChosen.emit(node.state)
            return
        stack = node.stack or _first_stack(node)
        if stack is not None:
            self.stackChosen.emit(stack)
        elif node.announced:
            self.announcedChosen.emit()

    def _request_menu(self, where: QPoint) -> None:
        index = self._tree.indexAt(where)
        if index.isValid() and index.data(NODE_ROLE).study_uid:
            at = self._tree.viewport().mapToGlobal(where)
            self.studyMenuRequested.emit(index.data(NODE_ROLE).study_uid, at)

    def _ask_for_thumbnails(self) -> None:
        for index in self._tree.visible_rows():
            stack = index.data(NODE_ROLE).stack
            if stack is not None and self._lacks_thumbnail(stack):
                self._asked[stack.uid] = len(stack)
                self.thumbnailWanted.emit(stack, False)

    def _ask_ahead(self) -> None:
        """Keep a few thumbnails of rows out of view on their way: any one may come into view."""
        lacking = filter(self._lacks_thumbnail, self._ahead)
        for stack in islice(lacking, _AHEAD - len(self._coming)):
            self._asked[stack.uid] = len(stack)
            self._coming.add(stack.uid)
            self.thumbnailWanted.emit(stack, True)

    def _lacks_thumbnail(self, stack: Stack) -> bool:
        return len(stack) > 0 and self._asked.get(stack.uid) != len(stack)


def _key(index: QModelIndex) -> str:
    return str(index.data(NODE_ROLE).key) if index.isValid() else ""


def _first_stack(node: Node) -> Stack | None:
    return next(stacks_in((node,)), None)


class _Tree(QTreeView):
    """A tree that says when rows are clicked, activated or painted."""

    clickedRow = Signal(QModelIndex)
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
        self._pressed: tuple[str, QPoint] | None = None  # a row's key and where

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember the row: by its key, since rows may come while the button is down."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        on_row = event.button() == Qt.MouseButton.LeftButton and self.visualRect(index).contains(at)
        self._pressed = (_key(index), at) if on_row else None
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click, unless the press became a drag."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        at = event.position().toPoint()
        index = self.indexAt(at)
        if pressed is None or not index.isValid() or _key(index) != pressed[0]:
            return
        if (at - pressed[1]).manhattanLength() < QApplication.startDragDistance():
            self.clickedRow.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the current row's stack on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activatedRow.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the current row in sight when there is less room."""
        before = QRect(QPoint(0, 0), event.oldSize())
        super().resizeEvent(event)
        if self.visualRect(self.currentIndex()).intersects(before):
            self.scrollTo(self.currentIndex())

    def paintEvent(self, event: object) -> None:
        """Paint, then say so: thumbnails are asked for rows that were seen."""
        super().paintEvent(event)  # type: ignore[arg-type]
        self.painted.emit()

    def is_in_sight(self, index: QModelIndex) -> bool:
        """Say whether a row is on screen, whole or in part."""
        return self.visualRect(index).intersects(self.viewport().rect())

    def visible_rows(self) -> list[QModelIndex]:
        """Give the rows that are on screen."""
        rows = []
        index = self.indexAt(QPoint(1, 1))
        bottom = self.viewport().height()
        while index.isValid() and self.visualRect(index).top() < bottom:
            rows.append(index)
            index = self.indexBelow(index)
        return rows
