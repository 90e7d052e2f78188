"""Moving and zooming the picture: each step while the hand moves, and the refinement at rest.

Through the real window with its panels, by events of the mouse. A picture
that is moved is as exact as one at rest; one that is zoomed may be refined
when the hand rests: how long the window then works on it is the figure, not
how long it waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from PySide6.QtCore import Qt

from tests.benchmarks.data import image
from tests.benchmarks.measuring import Goal, Result, StopWatch, compare
from tests.benchmarks.real_window import Hand, Paints, Size, application, real_window, rest, until
from tests.benchmarks.window import SIZES, VIEWPORTS, picture
from viewer.ui.main_window import MainWindow

_MIDDLE, _CONTROL = Qt.MouseButton.MiddleButton, Qt.KeyboardModifier.ControlModifier
_MOVING = Goal(median=6.0)
_REFINED = Goal(median=12.0)
_STEPS_AWAY = 12  # before the hand comes back


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Pan and zoom frames of several sizes, one of them in colour."""
    if tiny:
        return _moving(folder, (32, 32), (700, 700), 2)
    results = []
    for viewport in VIEWPORTS:
        for size in SIZES:
            results += _moving(folder, size, viewport, 48)
    return results + _moving(folder, SIZES[1], VIEWPORTS[0], 48, "colour")


def _moving(
    folder: Path, size: Size, viewport: Size, rounds: int, kind: str = "plain"
) -> list[Result]:
    change = _coloured(size) if kind == "colour" else None
    path = image(folder, f"{kind}-{size[0]}x{size[1]}", picture(size), change)
    where = f"{size[0]} x {size[1]}{' in colour' * (kind == 'colour')}"
    where += f" in {viewport[0]} x {viewport[1]}"
    results = []
    with real_window([path], viewport) as window:
        for words, clicks in (("", 0), (" at twice the size", 4)):
            window.view.canvas.fit()
            hand = Hand(window.view.canvas)
            for _ in range(clicks):
                hand.turn_wheel(1, _CONTROL)
            rest(0.2)
            results += compare(f"pan {where}{words}", _panning(hand), {}, rounds, {"": _MOVING})
            hand.release(_MIDDLE)
        window.view.canvas.fit()
        zoom = _zooming(Hand(window.view.canvas))
        results += compare(f"zoom {where}", zoom, {}, rounds, {"": _MOVING})
        results += compare(
            f"zoom {where}, refined",
            _refining(window, zoom),
            {},
            max(2, rounds // 6),
            {"": _REFINED},
        )
    return results


def _panning(hand: Hand) -> StopWatch:
    hand.press(_MIDDLE)
    moves = cycle([(5.0, 3.0)] * _STEPS_AWAY + [(-5.0, -3.0)] * _STEPS_AWAY)
    return lambda: hand.move(*next(moves), _MIDDLE)


def _zooming(hand: Hand) -> StopWatch:
    clicks = cycle([1] * (_STEPS_AWAY // 2) + [-1] * (_STEPS_AWAY // 2))
    return lambda: hand.turn_wheel(next(clicks), _CONTROL)


def _refining(window: MainWindow, step: StopWatch) -> StopWatch:
    """Give a stop watch around what the window does when the hand rests after a step."""
    app, canvas = application(), window.view.canvas

    def seconds() -> float:
        step()
        paints = Paints(canvas.viewport())
        before, began = 0, time.perf_counter()
        while canvas.zooms():
            before, began = paints.count, time.perf_counter()
            app.processEvents()
        until(app, lambda: paints.count > before)
        return time.perf_counter() - began

    return seconds


def _coloured(size: Size) -> Callable[[Dataset], None]:
    def change(dataset: Dataset) -> None:
        columns, rows = size
        values = np.random.default_rng(1).integers(0, 256, (rows, columns, 3), np.uint8)
        dataset.PixelData = values.tobytes()
        dataset.SamplesPerPixel, dataset.PlanarConfiguration = 3, 0
        dataset.PhotometricInterpretation = "RGB"
        dataset.BitsAllocated = dataset.BitsStored = 8
        dataset.HighBit, dataset.PixelRepresentation = 7, 0

    return change
