"""Opening a folder: `Workspace.open` to the first picture, and to all frames in memory.

For the first picture, the peer is a program that reads each header with
pydicom, sorts, and only then decodes: what a viewer does that does not show
while it scans. For all frames, the limit is the read of the files from end to
end: they cannot be in memory before. Ours starts its scanning process within
the measured time; painting is measured by ``window``.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pydicom import dcmread
from PySide6.QtCore import QCoreApplication, QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from tests.benchmarks.data import slices
from tests.benchmarks.measuring import Result, StopWatch, compare, watched
from viewer.session.settings import Settings
from viewer.session.workspace import Workspace
from viewer.workers.priority import READY

_LONGEST_MS = 60_000


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Open a folder of 500 slices of 512² pixels."""
    application = QApplication.instance() or QApplication([])
    count, side, rounds = (6, 64, 2) if tiny else (500, 512, 7)
    paths = slices(folder, count, side)
    with tempfile.TemporaryDirectory() as temporary:
        store = QSettings(str(Path(temporary) / "negato.ini"), QSettings.Format.IniFormat)
        workspace = Workspace(Settings(store))
        try:
            first = _opening(application, workspace, paths[0].parent, lambda: _shows(workspace))
            whole = _opening(
                application, workspace, paths[0].parent, lambda: _holds(workspace, count)
            )
            return [
                *compare(
                    f"{count} x {side}² to first picture",
                    first,
                    {"pydicom, all headers first": watched(lambda: _first_by_pydicom(paths))},
                    rounds,
                ),
                *compare(
                    f"{count} x {side}² to all frames",
                    whole,
                    {"read of the files": watched(lambda: [path.read_bytes() for path in paths])},
                    rounds,
                ),
            ]
        finally:
            workspace.close()


def _shows(workspace: Workspace) -> bool:
    return workspace.picture().pixels is not None


def _holds(workspace: Workspace, count: int) -> bool:
    stack = workspace.viewport.stack
    if stack is None or len(stack) < count:
        return False
    return bool((workspace.cache.states(stack) == READY).all())


def _opening(
    application: QCoreApplication, workspace: Workspace, folder: Path, done: Callable[[], bool]
) -> StopWatch:
    """Give a stop watch from `open` until ``done``, asked whenever the workspace has news."""
    loop = QEventLoop(application)

    def quit_when_done() -> None:
        if loop.isRunning() and done():
            loop.quit()

    workspace.pictureChanged.connect(quit_when_done)
    workspace.framesChanged.connect(quit_when_done)

    def seconds() -> float:
        guard = QTimer(singleShot=True, interval=_LONGEST_MS)
        guard.timeout.connect(loop.quit)
        guard.start()
        began = time.perf_counter()
        workspace.open([str(folder)])
        loop.exec()
        taken = time.perf_counter() - began
        guard.stop()
        if not done():
            raise RuntimeError("the folder did not open")
        workspace.close_all()
        return taken

    return seconds


def _first_by_pydicom(paths: list[Path]) -> None:
    headers = [(dcmread(path, stop_before_pixels=True), path) for path in paths]
    _, path = min(headers, key=lambda pair: pair[0].ImagePositionPatient[2])
    _ = dcmread(path).pixel_array
