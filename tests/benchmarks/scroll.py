"""Scrolling through frames in memory: from the click of the wheel until the window has painted.

Ours is the real window with its panels; four views of it in a grid scroll
together. The backlog is what a hand feels that turns the wheel fast: clicks
come from a thread 200 times a second whatever the window does, and what is
measured is how long after the last of them the last frame is painted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtWidgets import QGridLayout, QWidget

from tests.benchmarks.data import slices
from tests.benchmarks.measuring import Goal, Result, StopWatch, compare
from tests.benchmarks.real_window import (
    Hand,
    Paints,
    application,
    real_window,
    rest,
    until,
    wheel_event,
)
from viewer.ui.main_window import MainWindow
from viewer.ui.view_area import ViewArea

_ONE = Goal(median=5.0)  # 200 frames a second
_FOUR = Goal(median=12.5)  # 80
_NO_BACKLOG = Goal(worst=50.0)
_CLICKS_PER_S = 200


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Scroll one view, four views, and faster than a hand can."""
    count, side, rounds, viewport, clicks = (
        (6, 32, 2, (700, 700), 8)
        if tiny
        else (
            500,
            512,
            300,
            (1000, 1000),
            300,
        )
    )
    paths = slices(folder, count, side)
    what = f"{count} x {side}²"
    with real_window(paths, viewport) as window:
        watch = _scrolling(window, Hand(window.view.canvas), count)
        results = compare(f"scroll {what}", watch, {}, rounds, {"": _ONE})
        behind = _behind(window, clicks)
        results += compare(
            f"{clicks} clicks at {_CLICKS_PER_S}/s, last frame",
            behind,
            {},
            max(2, rounds // 60),
            {"": _NO_BACKLOG},
        )
        with _grid(window) as views:
            watch = _scrolling(window, Hand(views[0].canvas), count)
            results += compare(f"scroll {what} in 2 x 2", watch, {}, rounds, {"": _FOUR})
    return results


def _scrolling(window: MainWindow, hand: Hand, count: int) -> StopWatch:
    """Give a stop watch around one click through the frames, up and down for ever."""
    window.workspace.go_to(0)
    rest(0.2)
    clicks = cycle([-1] * (count - 1) + [1] * (count - 1))
    return lambda: hand.turn_wheel(next(clicks))


@contextmanager
def _grid(window: MainWindow) -> Iterator[list[ViewArea]]:
    """Put four views of the window's stack into its centre, where there was one."""
    centre = QWidget()
    layout = QGridLayout(centre)
    layout.setContentsMargins(0, 0, 0, 0)
    views = [ViewArea(window.workspace, centre) for _ in range(4)]
    for number, view in enumerate(views):
        layout.addWidget(view, number // 2, number % 2)
    whole = window.takeCentralWidget()
    window.setCentralWidget(centre)
    application().processEvents()
    yield views
    window.takeCentralWidget()
    window.setCentralWidget(whole)
    centre.deleteLater()


def _behind(window: MainWindow, clicks: int) -> StopWatch:
    """Give a stop watch from the last of many clicks until its frame is painted."""
    directions = cycle((-1, 1))

    def seconds() -> float:
        workspace, canvas = window.workspace, window.view.canvas
        stack = workspace.viewport.stack
        assert stack is not None
        direction = next(directions)
        first = 0 if direction < 0 else len(stack) - 1
        workspace.go_to(first)
        rest(0.2)
        at = QPointF(canvas.viewport().rect().center())
        target = min(max(first - direction * clicks, 0), len(stack) - 1)
        last_click: list[float] = []

        def turn() -> None:
            began = time.perf_counter()
            for number in range(clicks):
                time.sleep(max(0.0, began + number / _CLICKS_PER_S - time.perf_counter()))
                last_click[:] = [time.perf_counter()]
                QCoreApplication.postEvent(canvas.viewport(), wheel_event(at, direction))

        turning = threading.Thread(target=turn)
        paints = Paints(canvas.viewport(), lambda: workspace.viewport.index)
        turning.start()
        until(application(), lambda: paints.last == target)
        ended = time.perf_counter()
        turning.join()
        return ended - last_click[0]

    return seconds
