"""Mouse, wheel and keys over the canvas, turned into what they mean.

Nothing is computed here, so that events never pile up: each handler says what
was meant, and the canvas changes its state and asks for a repaint.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from viewer.ui.canvas.pyqtgraph_parts import GraphicsView

_WHEEL_CLICK = 120  # eighths of a degree; touchpads send parts of it
_ZOOM_PER_PIXEL = 1.01
_ZOOM_PER_CLICK = 1.2
_FRAME_STEPS: dict[int, int] = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -10,
    Qt.Key.Key_PageDown: 10,
}
_ENDS: dict[int, str] = {Qt.Key.Key_Home: "first", Qt.Key.Key_End: "last"}
_POINTER_EVENTS = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
    }
)


class DragKind(Enum):
    """What a drag changes."""

    WINDOW = auto()
    ZOOM = auto()
    PAN = auto()
    MEASURE = auto()


_CURSORS = {
    DragKind.MEASURE: Qt.CursorShape.CrossCursor,
    DragKind.ZOOM: Qt.CursorShape.SizeVerCursor,
    DragKind.PAN: Qt.CursorShape.ClosedHandCursor,
}


@dataclass(slots=True)
class _Drag:
    kind: DragKind
    button: Qt.MouseButton
    press: QPointF
    last: QPointF
    moved: bool  # beyond what a click may tremble


class GestureView(GraphicsView):
    """A graphics view that speaks in gestures; positions are logical pixels of the viewport.

    Signals
    -------
    scrolled
        Frames to move by.
    jumped
        "first" or "last".
    presetRequested
        A digit, 0 to 9.
    contextMenuRequested
        The global position for a menu.
    """

    scrolled = Signal(int)
    jumped = Signal(str)
    presetRequested = Signal(int)
    contextMenuRequested = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background="k")
        self._drag: _Drag | None = None
        self._space_held = False
        self._wheel_rest = 0
        self.setAcceptDrops(False)  # the window takes drops

    def drag_began(self, kind: DragKind, at: QPointF) -> None:
        """Begin a drag of this kind at a point."""

    def window_by(self, right: float, down: float) -> None:
        """Drag the window, in pixels."""

    def zoom_by(self, factor: float, at: QPointF) -> None:
        """Zoom the picture about a point."""

    def pan_by(self, right: float, down: float) -> None:
        """Move the picture, in pixels."""

    def measure_to(self, at: QPointF) -> None:
        """Measure from where the drag began to a point."""

    def clear(self) -> bool:
        """Take away what Escape clears; say whether there was anything."""
        return False

    def fit(self) -> None:
        """Show the whole picture."""

    def pointer_at(self, point: QPointF | None) -> None:
        """Note where the pointer is; None where it has left."""

    def close(self) -> bool:
        """Close as any widget does: pyqtgraph's own way takes the scene from under the view."""
        return QGraphicsView.close(self)

    def event(self, event: QEvent) -> bool:
        """Take pointer events sent to the canvas itself as if sent to its viewport.

        Scripts and assistive tools address the canvas by its name.
        """
        if event.type() in _POINTER_EVENTS:
            return self.viewportEvent(event)
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag."""
        event.accept()
        if self._drag is not None:
            return
        kind = self._kind_of(event.button(), event.modifiers())
        if kind is None:
            return
        at = event.position()
        # the right button also opens the menu: it zooms only once it is clear that it drags
        self._drag = _Drag(kind, event.button(), at, at, moved=kind is not DragKind.ZOOM)
        if kind in _CURSORS:
            self.viewport().setCursor(_CURSORS[kind])
        self.drag_began(kind, at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Continue a drag, and follow the pointer."""
        event.accept()
        drag, at = self._drag, event.position()
        if drag is not None and not event.buttons() & drag.button:
            self._end_drag()  # released where nobody told us, in a menu for one
        elif drag is not None:
            self._continue_drag(drag, at)
        self.pointer_at(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag; a right click that never dragged asks for the menu."""
        event.accept()
        drag = self._drag
        if drag is None or event.button() != drag.button:
            return
        self._end_drag()
        if not drag.moved:
            self.contextMenuRequested.emit(event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the picture; other buttons just press again."""
        kind = self._kind_of(event.button(), event.modifiers())
        if kind is DragKind.WINDOW:
            event.accept()
            self.fit()
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, or zoom with Ctrl."""
        event.accept()
        delta = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(_ZOOM_PER_CLICK ** (delta / _WHEEL_CLICK), event.position())
            self.pointer_at(event.position())
            return
        if delta * self._wheel_rest < 0:
            self._wheel_rest = 0
        self._wheel_rest += delta
        clicks = int(self._wheel_rest / _WHEEL_CLICK)
        self._wheel_rest -= clicks * _WHEEL_CLICK
        if clicks:
            self.scrolled.emit(-clicks)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll and choose windows by keys; the rest goes to the window."""
        key = event.key()
        event.accept()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif key in _FRAME_STEPS:
            self.scrolled.emit(_FRAME_STEPS[key])
        elif key in _ENDS:
            self.jumped.emit(_ENDS[key])
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            self.presetRequested.emit(key - int(Qt.Key.Key_0))
        elif key == Qt.Key.Key_Space:
            self._space_held = True
        elif key != Qt.Key.Key_Escape or not self.clear():
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Note that Space is up."""
        if event.key() != Qt.Key.Key_Space:
            event.ignore()
        elif not event.isAutoRepeat():
            self._space_held = False

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget Space: its release goes elsewhere."""
        self._space_held = False
        super().focusOutEvent(event)

    def leaveEvent(self, _event: QEvent) -> None:
        """Note that the pointer has left."""
        self.pointer_at(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu where the keyboard does; the mouse is ours."""
        event.accept()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            middle = self.viewport().rect().center()
            self.contextMenuRequested.emit(self.viewport().mapToGlobal(middle))

    def _kind_of(self, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> DragKind | None:
        if button == Qt.MouseButton.LeftButton:
            if self._space_held:
                return DragKind.PAN
            shift = modifiers & Qt.KeyboardModifier.ShiftModifier
            return DragKind.MEASURE if shift else DragKind.WINDOW
        if button == Qt.MouseButton.MiddleButton:
            return DragKind.PAN
        return DragKind.ZOOM if button == Qt.MouseButton.RightButton else None

    def _continue_drag(self, drag: _Drag, at: QPointF) -> None:
        if not drag.moved:
            distance = (at - drag.press).manhattanLength()
            if distance < QApplication.startDragDistance():
                return
            drag.moved = True
        by, drag.last = at - drag.last, at
        if drag.kind is DragKind.WINDOW:
            self.window_by(by.x(), by.y())
        elif drag.kind is DragKind.ZOOM:
            self.zoom_by(_ZOOM_PER_PIXEL ** -by.y(), drag.press)
        elif drag.kind is DragKind.MEASURE:
            self.measure_to(at)
        else:
            self.pan_by(by.x(), by.y())

    def _end_drag(self) -> None:
        self._drag = None
        self.viewport().unsetCursor()
