"""Opening beside what is open: to the first picture, and how long the window is held up by it.

The peer of the first picture is the same folder in a window with nothing open; that of
folders opened one after the other, without a wait in between, is all of them in one opening.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from pydicom.uid import ExplicitVRLittleEndian

from tests.benchmarks import pixel_data
from tests.benchmarks.archive import SERIES_PER_STUDY, archive
from tests.benchmarks.measuring import (
    Goal,
    Result,
    Sample,
    StopWatch,
    compare,
    milliseconds,
    watched,
)
from tests.benchmarks.real_window import Screen, application, rest, until
from tests.benchmarks.ticker import Ticker, main_window
from viewer.ui.main_window import MainWindow
from viewer.workers.priority import READY

_EMPTY = "in a window with nothing open"
_FIRST = Goal(median=150.0)


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Add a folder of 500 slices to 50,000 files; open 20 folders of 500 files."""
    count, side, images, patients, rounds = (6, 64, 5, 1, 1) if tiny else (500, 512, 500, 10, 7)
    slices = pixel_data.slices(folder, count, side, ExplicitVRLittleEndian)[0].parent
    root = archive(folder, SERIES_PER_STUDY if tiny else 200, images, nested=True)
    many = [str(path) for path in sorted(root.iterdir())[:patients]]
    series = [str(path) for path in sorted(root.glob("*/*/*"))[: 2 * SERIES_PER_STUDY]]
    files = patients * SERIES_PER_STUDY * images
    with main_window() as window:
        screen = Screen(window)
        empty = milliseconds(_to_pictures(window, screen, slices, rounds))
        window.workspace.close_all()
        one_by_one = compare(
            f"{len(series)} folders of {images} files, an opening each, to the last row",
            _opened(window, [[path] for path in series]),
            {"all in one opening": _opened(window, [series])},
            rounds,
        )
        window.open(many)
        until(application(), partial(_has_ended, window))
        beside = f"{count} x {side}² beside {files:,} files"
        first = milliseconds(_to_pictures(window, screen, slices, rounds))
        stalls = _stalls(window, slices, rounds)
    worst, usual = (milliseconds(values) for values in zip(*stalls, strict=True))
    return [
        Result(f"{beside}, to first picture", first, _EMPTY, empty, _FIRST),
        Result(f"longest stall: {beside}", worst, goal=Goal(worst=16)),
        Result(f"99 of 100 ticks: {beside}", usual, goal=Goal(worst=8)),
        *one_by_one,
    ]


def _to_pictures(window: MainWindow, screen: Screen, path: Path, rounds: int) -> list[float]:
    """Add the folder again and again, after one unmeasured round; give the seconds."""
    taken = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        window.open([str(path)])
        screen.wait(lambda: _shows(window, path))
        taken.append(time.perf_counter() - began)
        _take_away(window, path)
    return taken[1:]


def _stalls(window: MainWindow, path: Path, rounds: int) -> list[tuple[float, float]]:
    """Give the longest time between two ticks while it is added and loaded, and the usual one."""
    found = []
    for _ in range(rounds):
        add = partial(window.open, [str(path)])
        gaps = Sample(tuple(Ticker().run(add, partial(_is_loaded, window, path))), "s")
        found.append((gaps.worst, gaps.percentile(99)))
        _take_away(window, path)
    return found


def _take_away(window: MainWindow, path: Path) -> None:
    until(application(), partial(_has_ended, window))
    stack = window.workspace.viewport.stack
    assert stack is not None
    window.workspace.close_study(stack.headers[0].study_instance_uid)
    until(application(), lambda: not _shows(window, path))
    if window.workspace.document is not None:
        rest(0.1)  # what is left is made in a thread


def _opened(window: MainWindow, openings: Sequence[Sequence[str]]) -> StopWatch:
    def open_all() -> None:
        for paths in openings:
            window.open(paths)
        until(application(), partial(_has_ended, window))

    watch: Callable[[], float] = watched(open_all)

    def seconds() -> float:
        taken = watch()
        window.workspace.close_all()
        return taken

    return seconds


def _has_ended(window: MainWindow) -> bool:
    document = window.workspace.document
    return document is not None and not document.progress.running


def _shows(window: MainWindow, path: Path) -> bool:
    """Tell whether a picture of a file below ``path`` is shown."""
    shown = window.view._shown
    if shown is None or window.view.picture.pixels is None:
        return False
    return Path(shown[0].headers[0].path).is_relative_to(path)


def _is_loaded(window: MainWindow, path: Path) -> bool:
    stack = window.workspace.viewport.stack
    if stack is None or not _shows(window, path) or not _has_ended(window):
        return False
    return bool((window.workspace.cache.states(stack) == READY).all())
