"""The real window, for benchmarks of what a hand does to it: offscreen, but with all its panels.

A step is one event from the mouse and everything that follows from it, until
the window has nothing left to do: the paint of the canvas and of each panel
that changes with it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.benchmarks.measuring import StopWatch
from viewer.session.settings import Settings
from viewer.ui import theme
from viewer.ui.canvas.image_canvas import ImageCanvas
from viewer.ui.main_window import MainWindow
from viewer.workers.priority import READY

Size = tuple[int, int]  # width and height

_LONGEST_S = 60.0
_BURST = 30
_CLICK = 120  # of a wheel, in eighths of a degree


def application() -> QApplication:
    """Give the application, dressed as Negato's is."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    if not app.styleSheet():  # to dress it again would lay out and paint all windows again
        theme.apply(app)
    return app


@contextmanager
def real_window(paths: Sequence[Path], canvas_px: Size | None = None) -> Iterator[MainWindow]:
    """Open the window on ``paths``, all frames in memory, the canvas ``canvas_px`` in size."""
    with empty_window() as window:
        window.open([str(path) for path in paths])
        until(application(), lambda: _is_complete(window, len(paths)))
        if canvas_px is not None:
            fit_canvas(window, window.view.canvas, canvas_px)
        yield window


@contextmanager
def empty_window() -> Iterator[MainWindow]:
    """Show the window with nothing open."""
    app = application()
    with tempfile.TemporaryDirectory() as temporary:
        store = QSettings(str(Path(temporary) / "negato.ini"), QSettings.Format.IniFormat)
        window = MainWindow(Settings(store))
        try:
            window.show()
            yield window
        finally:
            window.close()
            window.deleteLater()
            app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # not from processEvents


def fit_canvas(window: QWidget, canvas: ImageCanvas, canvas_px: Size) -> None:
    """Resize a window so that the viewport of its canvas has this size."""
    app = application()
    for _ in range(3):  # docks may take another width for another window
        size = canvas.viewport().size()
        missing = canvas_px[0] - size.width(), canvas_px[1] - size.height()
        if missing == (0, 0):
            return
        window.resize(window.width() + missing[0], window.height() + missing[1])
        app.processEvents()
    raise RuntimeError(f"the canvas did not become {canvas_px[0]} x {canvas_px[1]}")


def until(app: QApplication, done: Callable[[], bool]) -> None:
    """Let the window work until ``done``."""
    latest = time.monotonic() + _LONGEST_S
    while not done():
        if time.monotonic() > latest:
            raise RuntimeError("the window did not come to what was waited for")
        app.processEvents()


def rest(seconds: float) -> None:
    """Let the window work for a while: what it does when the hand rests is then done."""
    ends = time.monotonic() + seconds
    until(application(), lambda: time.monotonic() >= ends)


def in_bursts(watch: StopWatch) -> StopWatch:
    """Have thirty steps follow one another, as a hand makes them, whatever is measured in turn.

    Else each step would come after a rest in which the window does what it
    leaves to a rest.
    """
    taken: list[float] = []

    def seconds() -> float:
        if not taken:
            taken.extend(watch() for _ in range(_BURST))
        return taken.pop(0)

    return seconds


class Hand:
    """A mouse over one canvas, whose ``paints`` it follows."""

    def __init__(self, canvas: ImageCanvas) -> None:
        self._app = application()
        self._view = canvas.viewport()
        self._at = QPointF(self._view.rect().center())
        self.paints = Paints(self._view)

    def press(self, button: Qt.MouseButton) -> None:
        """Press a button and hold it."""
        self._send(QEvent.Type.MouseButtonPress, button, button)

    def release(self, button: Qt.MouseButton) -> None:
        """Let the button go."""
        self._send(QEvent.Type.MouseButtonRelease, button, Qt.MouseButton.NoButton)

    def move(self, right: float, down: float, held: Qt.MouseButton) -> float:
        """Move by pixels with a button held; give the seconds until all of it is painted."""
        self._at += QPointF(right, down)
        return self._painted(
            lambda: self._send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton, held)
        )

    def turn_wheel(
        self, clicks: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> float:
        """Turn the wheel up by clicks; give the seconds until all of it is painted."""
        event = wheel_event(self._at, clicks, held)
        return self._painted(lambda: self._app.sendEvent(self._view, event))

    def _painted(self, act: Callable[[], object]) -> float:
        before, began = self.paints.count, time.perf_counter()
        act()
        until(self._app, lambda: self.paints.count > before)
        return time.perf_counter() - began

    def _send(self, kind: QEvent.Type, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        event = QMouseEvent(kind, self._at, self._at, button, held, Qt.KeyboardModifier.NoModifier)
        self._app.sendEvent(self._view, event)


def wheel_event(
    at: QPointF, clicks: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> QWheelEvent:
    """Give the event of a wheel that was turned up by clicks."""
    turned = QPoint(0, clicks * _CLICK)
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    return QWheelEvent(at, at, QPoint(), turned, none, held, phase, False)


class Paints(QObject):
    """Follows the paints of a widget.

    ``count`` is how many there were, ``last`` what ``shown`` gave at the last one.
    """

    def __init__(self, widget: QWidget, shown: Callable[[], object] = lambda: None) -> None:
        super().__init__(widget)
        self.count = 0
        self.last: object = None
        self._shown = shown
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note a paint, and let it happen."""
        if event.type() == QEvent.Type.Paint:
            self.count += 1
            self.last = self._shown()
        return False


class Screen(QObject):
    """What the canvas has painted last. Waits in an event loop, as the program does.

    ``index`` is that of the frame, -1 where there was none.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._view = window.view
        self._loop = QEventLoop(self)
        # a call that is still due when the window goes must go with it
        self._end = QTimer(self, singleShot=True, interval=0)
        self._guard = QTimer(self, interval=1000)
        for timer in (self._end, self._guard):
            timer.timeout.connect(self._loop.quit)
        self._done: Callable[[], bool] = lambda: False
        self.index, self.is_whole = -1, False
        self._view.canvas.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note a paint, let it happen, and end the wait where it was waited for."""
        if event.type() == QEvent.Type.Paint:
            shown = self._view._shown
            self.index = shown[1] if shown is not None else -1
            self.is_whole = self._view.picture.pixels is not None
            if self._done():
                self._end.start()
        return False

    def wait(self, done: Callable[[], bool]) -> None:
        """Let the window work until it has painted what makes ``done`` true."""
        self._done = done
        latest = time.monotonic() + _LONGEST_S
        self._guard.start()
        while not done():
            if time.monotonic() > latest:
                raise RuntimeError("the frame was not painted")
            self._loop.exec()
        self._guard.stop()


def _is_complete(window: MainWindow, count: int) -> bool:
    workspace, document = window.workspace, window.workspace.document
    stack = workspace.viewport.stack
    if document is None or document.progress.running or stack is None or len(stack) < count:
        return False
    shown = window.view.picture.pixels is not None and workspace.tag_feed.tags is not None
    return shown and bool((workspace.cache.states(stack) == READY).all())
