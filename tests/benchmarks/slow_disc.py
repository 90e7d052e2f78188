"""A folder and a disc with a DICOMDIR read as from a CD: 3 MB/s, 100 ms for each move of the head.

The limit is the read of all files one after another in the order in which
they lie there, which is that of their names: burning programs write them so.
Reads are slowed down in Negato's own processes, see `slow_reader`.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydicom.fileset import FileSet
from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, QTimer

from tests.benchmarks.data import made, slices
from tests.benchmarks.measuring import Result, Sample, milliseconds
from tests.benchmarks.real_window import application
from tests.benchmarks.slow_reader import VARIABLE, Disc
from viewer.session.settings import Settings
from viewer.ui.main_window import MainWindow
from viewer.workers import child_pool, scan_children
from viewer.workers.child_process import ChildProcess
from viewer.workers.priority import READY

_BYTES_PER_S, _SEEK_S = 3e6, 0.1
_JUMP_AFTER_S = 4.0
_LONGEST_S = 300.0
_TICK_MS = 2
_SWITCH_INTERVAL_S = 0.0005  # as `viewer.ui.app` sets it


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Open a folder and a disc, and jump to the last frame known while they load."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    count, side, faster = (6, 64, 100) if tiny else (60, 512, 1)
    what = f"{count} x {side}² native"
    files = slices(folder, count, side)
    disc = _dicomdir(folder, files)
    named = sorted(file for file in disc.parent.rglob("*") if file.is_file())
    return [
        *_results(f"CD, {what}", files, files[0].parent, faster),
        *_results(f"CD with DICOMDIR, {what}", named, disc, faster),
    ]


def _results(case: str, files: Sequence[Path], opened: Path, faster: float) -> list[Result]:
    first, jump, whole, stall = _open(files, opened, faster)
    size = sum(file.stat().st_size for file in files)
    limit = milliseconds([size / (_BYTES_PER_S * faster) + _SEEK_S / faster])
    return [
        Result(f"{case}, first picture", milliseconds([first])),
        Result(f"{case}, jump while loading", milliseconds([jump])),
        Result(f"{case}, all frames", milliseconds([whole]), "read from end to end", limit),
        Result(f"{case}, longest stall of the window", Sample((stall,))),
    ]


def _dicomdir(folder: Path, files: Sequence[Path]) -> Path:
    """Give the DICOMDIR of a disc with copies of these files."""

    def make(into: Path) -> None:
        file_set = FileSet()
        for file in files:
            file_set.add(file)
        file_set.write(into)

    return made(folder / f"disc-of-{files[0].parent.name}", make) / "DICOMDIR"


def _open(files: Sequence[Path], opened: Path, faster: float) -> tuple[float, float, float, float]:
    """Give seconds to the first picture, of a jump, to all frames, and the longest stall in ms."""
    count = sum(file.name != "DICOMDIR" for file in files)
    with tempfile.TemporaryDirectory() as temporary, _disc(Path(temporary), files, faster):
        watch = _Watch(Path(temporary))
        try:
            watch.window.open([str(opened)])
            began = time.perf_counter()
            watch.wait(lambda: watch.shown >= 0)
            first = time.perf_counter() - began
            watch.wait(lambda: time.perf_counter() - began > _JUMP_AFTER_S / faster)
            stack = watch.window.workspace.viewport.stack
            assert stack is not None
            target, jumped = len(stack) - 1, time.perf_counter()
            key = stack.key(target)
            watch.window.workspace.go_to(target)
            watch.wait(lambda: watch.shows(key))
            jump = time.perf_counter() - jumped
            watch.wait(lambda: watch.holds(count))
            return first, jump, time.perf_counter() - began, watch.stall_ms
        finally:
            watch.close()


class _Watch(QObject):
    """A window, what its canvas has painted last, and how long its thread was ever busy."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._application = application()
        store = QSettings(str(folder / "negato.ini"), QSettings.Format.IniFormat)
        self.window = MainWindow(Settings(store))
        self.window.show()
        self.shown, self._key = -1, None
        self.stall_ms = 0.0
        self._last_tick = time.perf_counter()
        self._loop = QEventLoop(self)
        self._done: Callable[[], bool] = lambda: False
        self.window.view.canvas.viewport().installEventFilter(self)
        self._ticks = QTimer(self, interval=_TICK_MS)
        self._ticks.timeout.connect(self._tick)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note a paint, and let it happen."""
        shown = self.window.view._shown
        if event.type() == QEvent.Type.Paint and shown is not None:
            self.shown, self._key = shown[1], shown[0].key(shown[1])
        return False

    def shows(self, key: object) -> bool:
        return self._key == key

    def holds(self, count: int) -> bool:
        workspace = self.window.workspace
        stack = workspace.viewport.stack
        if stack is None or len(stack) < count:
            return False
        return bool((workspace.cache.states(stack) == READY).all())

    def wait(self, done: Callable[[], bool]) -> None:
        """Let the window work until ``done``."""
        self._done = done
        self._last_tick = time.perf_counter()
        self._ticks.start()
        latest = self._last_tick + _LONGEST_S
        while not done():
            if time.perf_counter() > latest:
                raise RuntimeError("what was waited for did not come")
            self._loop.exec()
        self._ticks.stop()

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        self._application.processEvents()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.stall_ms = max(self.stall_ms, (now - self._last_tick) * 1e3 - _TICK_MS)
        self._last_tick = now
        if self._done():
            self._loop.quit()


class _SlowChild(ChildProcess):
    """A child whose reads are those of the disc."""

    def __init__(self, limits: Any, preload: Sequence[str] = ()) -> None:
        super().__init__(limits, ("tests.benchmarks.slow_reader", *preload))


@contextmanager
def _disc(folder: Path, files: Sequence[Path], faster: float) -> Iterator[None]:
    """Read ``files`` as from a disc in this process and in the children that it starts."""
    Disc.make(folder, files, _BYTES_PER_S * faster, _SEEK_S / faster)
    os.environ[VARIABLE] = str(folder)
    disc = Disc(folder)
    pools: tuple[Any, ...] = (child_pool, scan_children)
    for module in pools:
        module.ChildProcess = _SlowChild
    try:
        yield
    finally:
        for module in pools:
            module.ChildProcess = ChildProcess
        disc.eject()
        del os.environ[VARIABLE]
