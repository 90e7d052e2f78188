"""A main window offscreen, and a tick in its thread that tells how long that thread was held up.

With ``NEGATO_STALLS`` set to milliseconds, a thread watches the tick: it prints
what every thread is at while the tick is later than that, and how long the
garbage collector held all of them.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from viewer.session.settings import Settings
from viewer.ui import theme
from viewer.ui.collector import Collector
from viewer.ui.main_window import MainWindow

_SWITCH_INTERVAL_S = 0.0005  # as `viewer.ui.app` sets it
_TICK_MS = 1
_LONGEST_MS = 60_000
_CHECK_S = 0.02  # what is waited for may take long to tell: not at each tick
_WATCH_S = 0.002
_LINES = 7  # of a stack that are printed
_IDLE = ("wait", "_wait", "select", "poll", "_recv")


@contextmanager
def main_window(width: int = 1400, height: int = 900) -> Iterator[MainWindow]:
    """Give a shown main window with settings of its own, in a process set up as Negato's is."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application)
    with tempfile.TemporaryDirectory() as temporary:
        store = QSettings(str(Path(temporary) / "negato.ini"), QSettings.Format.IniFormat)
        window = MainWindow(Settings(store))
        window.resize(width, height)
        window.show()
        collector = Collector()
        window.workspace.documentChanged.connect(collector.collect_all)
        try:
            yield window
        finally:
            collector.stop()
            window.close()
            window.deleteLater()
            application.processEvents()


class Ticker:
    """Notes the time at each tick of a timer in the GUI thread."""

    def __init__(self) -> None:
        self._ticks: list[float] = []
        self._until: Callable[[], bool] | None = None
        self._next_check = 0.0
        self._loop = QEventLoop()
        self._timer = QTimer(interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        late_ms = os.environ.get("NEGATO_STALLS", "")
        self._watch = _Watch(self._ticks, float(late_ms) / 1e3) if late_ms else None

    def run(self, action: Callable[[], object], until: Callable[[], bool]) -> list[float]:
        """Do ``action`` in the event loop and run on until ``until``; give the gaps in seconds."""
        self._ticks.clear()
        self._until = None

        def act() -> None:
            action()
            self._until = until

        QTimer.singleShot(10 * _TICK_MS, act)
        guard = QTimer(singleShot=True, interval=_LONGEST_MS)
        guard.timeout.connect(self._loop.quit)
        guard.start()
        self._timer.start()
        if self._watch is not None:
            self._watch.start()
        self._loop.exec()
        self._timer.stop()
        if self._watch is not None:
            self._watch.stop()
        if not guard.isActive():
            raise RuntimeError("what was waited for did not come")
        guard.stop()
        return [later - now for now, later in zip(self._ticks, self._ticks[1:], strict=False)]

    def _tick(self) -> None:
        now = time.perf_counter()
        self._ticks.append(now)
        if self._until is not None and now >= self._next_check:
            if self._until():
                self._loop.quit()
            self._next_check = time.perf_counter() + _CHECK_S


class _Watch:
    """Prints what the threads are at while a tick is overdue."""

    def __init__(self, ticks: list[float], late_s: float) -> None:
        self._ticks = ticks
        self._late_s = late_s
        self._gui = threading.get_ident()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._collecting = 0.0

    def start(self) -> None:
        gc.callbacks.append(self._collected)
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        gc.callbacks.remove(self._collected)

    def _run(self) -> None:
        while not self._ended.wait(_WATCH_S):
            late = time.perf_counter() - self._ticks[-1] if self._ticks else 0.0
            if late > self._late_s:
                sys.stderr.write(self._told(late, sys._current_frames()))

    def _told(self, late: float, frames: dict[int, FrameType]) -> str:
        lines = [f"--- the tick is {late * 1e3:.0f} ms late"]
        for thread, frame in frames.items():
            stack = traceback.extract_stack(frame)[: -_LINES - 1 : -1]
            if thread == threading.get_ident() or stack[0].name in _IDLE:
                continue
            calls = (f"{one.name} {Path(one.filename).name}:{one.lineno}" for one in stack)
            lines.append(f"  {'GUI' if thread == self._gui else thread}: {' < '.join(calls)}")
        return "\n".join([*lines, ""])

    def _collected(self, phase: str, info: dict[str, Any]) -> None:
        if phase == "start":
            self._collecting = time.perf_counter()
            return
        taken = time.perf_counter() - self._collecting
        if taken > self._late_s / 4:
            what = f"generation {info['generation']} for {taken * 1e3:.1f} ms"
            sys.stderr.write(f"--- collected {what}\n")
