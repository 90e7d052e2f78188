"""Opening in a window that runs already: until the first picture is painted, and all are there.

The peer is a program that reads each header with pydicom, sorts, and only then
decodes: what a viewer does that does not show while it scans. To all frames in
memory, the limit is the read of the files from end to end: they cannot be
there before. What was open before is closed first, outside the measured time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian, JPEGLosslessSV1

from tests.benchmarks import pixel_data
from tests.benchmarks.data import disc
from tests.benchmarks.measuring import Goal, Result, StopWatch, compare, watched
from tests.benchmarks.real_window import Screen, application, empty_window, until
from viewer.ui.main_window import MainWindow
from viewer.workers.priority import READY

_PYDICOM, _READ = "pydicom, all headers first", "read of the files"
_SECOND_OPEN = Goal(median=150.0)


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Open folders of 500 slices, one file of many frames, and a disc."""
    count, side, rounds = (6, 64, 2) if tiny else (500, 512, 9)
    native = pixel_data.slices(folder, count, side, ExplicitVRLittleEndian)
    lossless = pixel_data.slices(folder, count, side, JPEGLosslessSV1)
    cases = {
        f"{count} x {side}² native": native[0].parent,
        f"{count} x {side}² JPEG lossless": lossless[0].parent,
        "one file of many frames": pixel_data.multiframe(folder, count * 2 // 5, side),
        f"DICOMDIR of {count}": disc(folder, count),
    }
    by_pydicom = watched(partial(_first_by_pydicom, native))
    read = watched(lambda: [path.read_bytes() for path in native])
    with empty_window() as window:
        screen = Screen(window)
        results = [
            result
            for case, path in cases.items()
            for result in compare(
                f"open {case}, to first picture",
                _opening(screen, window, path, partial(screen.wait, lambda: screen.is_whole)),
                {_PYDICOM: by_pydicom} if path == native[0].parent else {},
                rounds,
                {_PYDICOM: _SECOND_OPEN, "": _SECOND_OPEN},
            )
        ]
        loaded = partial(until, application(), partial(_holds, window, count))
        return [
            *results,
            *compare(
                f"open {count} x {side}² native, to all frames",
                _opening(screen, window, native[0].parent, loaded),
                {_READ: read},
                rounds,
            ),
        ]


def _opening(screen: Screen, window: MainWindow, path: Path, wait: Callable[[], None]) -> StopWatch:
    """Give a stop watch from `open` until ``wait`` has seen what it waits for."""

    def seconds() -> float:
        window.workspace.close_all()
        until(application(), lambda: not screen.is_whole)
        began = time.perf_counter()
        window.open([str(path)])
        wait()
        taken = time.perf_counter() - began
        until(application(), partial(_has_ended, window))
        return taken

    return seconds


def _has_ended(window: MainWindow) -> bool:
    document = window.workspace.document
    return document is not None and not document.progress.running


def _holds(window: MainWindow, count: int) -> bool:
    stack = window.workspace.viewport.stack
    if stack is None or len(stack) < count:
        return False
    return bool((window.workspace.cache.states(stack) == READY).all())


def _first_by_pydicom(paths: list[Path]) -> None:
    headers = [(dcmread(path, stop_before_pixels=True), path) for path in paths]
    _, path = min(headers, key=lambda pair: pair[0].ImagePositionPatient[2])
    _ = dcmread(path).pixel_array
