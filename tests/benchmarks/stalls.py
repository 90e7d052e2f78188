"""How long the window's thread is held up while much is loaded; a tick of 1 ms in it tells.

Each round opens the files anew in a whole main window, offscreen, and gives
the longest time between two ticks, and the time that 99 of 100 keep.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydicom.uid import ExplicitVRLittleEndian, JPEGLosslessSV1

from tests.benchmarks.measuring import Goal, Result, Sample, milliseconds
from tests.benchmarks.pixel_data import mammogram, slices
from tests.benchmarks.tags import huge_header
from tests.benchmarks.ticker import Ticker, main_window
from viewer.dicom.tags import TagTable
from viewer.ui.main_window import MainWindow
from viewer.workers.priority import READY


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Load a mammogram, two folders of slices and a header of 49,000 elements."""
    count, side, rounds = (6, 64, 1) if tiny else (500, 512, 5)
    native = slices(folder, count, side, ExplicitVRLittleEndian)[0].parent
    lossless = slices(folder, count, side, JPEGLosslessSV1)[0].parent
    large = mammogram(folder, 208, 256) if tiny else mammogram(folder)
    header = huge_header(folder, 6) if tiny else huge_header(folder)
    cases: dict[str, tuple[Path, Callable[[MainWindow], bool]]] = {
        "JPEG 2000 mammogram": (large, _is_loaded),
        f"{count} native slices": (native, _is_loaded),
        f"{count} JPEG lossless slices": (lossless, _is_loaded),
        "header of 49,000 elements": (header, lambda w: _is_loaded(w) and _has_tags(w)),
    }
    results = []
    for case, (path, done) in cases.items():
        with main_window() as window:
            results += _stalls(window, case, path, done, rounds)
    return results


def _stalls(
    window: MainWindow,
    case: str,
    path: Path,
    done: Callable[[MainWindow], bool],
    rounds: int,
) -> list[Result]:
    ticker = Ticker()
    worst: list[float] = []
    usual: list[float] = []
    for number in range(rounds + 1):
        gaps = ticker.run(lambda: window.open([str(path)]), lambda: done(window))
        window.workspace.close_all()
        if number:  # the first one starts the children
            sample = Sample(tuple(gaps), "s")
            worst.append(sample.worst)
            usual.append(sample.percentile(99))
    return [
        Result(f"longest stall: {case}", milliseconds(worst), goal=Goal(worst=16)),
        Result(f"99 of 100 ticks: {case}", milliseconds(usual), goal=Goal(worst=8)),
    ]


def _is_loaded(window: MainWindow) -> bool:
    workspace = window.workspace
    document, stack = workspace.document, workspace.viewport.stack
    if document is None or stack is None or document.progress.running:
        return False
    return bool((workspace.cache.states(stack) == READY).all())


def _has_tags(window: MainWindow) -> bool:
    tags = window.workspace.tag_feed.tags
    return isinstance(tags, TagTable) and tags.is_whole
