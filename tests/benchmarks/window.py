"""Dragging the window: from the movement of the mouse until the window has painted it.

Ours is the real window with its panels, texts and controls. The peer is
pyqtgraph's bare ImageItem in a viewport of the same size: how a program with
pyqtgraph would show the frame; `setLevels` is its window. It draws all of a
frame's pixels however small they get; with ``autoDownsample`` it makes the
frame smaller first, which is closer to what ours does. The other kinds of
pictures are compared with the plain one of the same size, in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from pydicom.dataset import Dataset
from PySide6.QtCore import Qt

from tests.benchmarks.data import image
from tests.benchmarks.measuring import Goal, Result, StopWatch, compare, watched
from tests.benchmarks.real_window import Hand, Size, application, in_bursts, real_window, rest
from viewer.imaging.turning import Turn
from viewer.ui.main_window import MainWindow

SIZES = ((512, 512), (2560, 2048), (4096, 3328))  # columns and rows
VIEWPORTS = ((1000, 1000), (1920, 1200))
_LEFT = Qt.MouseButton.LeftButton
_GOAL = Goal(median=4.5, p95=8.0)
_LEVELS = [(40.0 + step, 400.0 + 3 * step) for step in range(50)]


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Window frames of several sizes, kinds, and in viewports of two sizes."""
    sizes, viewports, rounds = ((32, 32),), ((700, 700),), 2
    if not tiny:
        sizes, viewports, rounds = SIZES, VIEWPORTS, 60
    results = []
    for viewport in viewports:
        for size in sizes:
            results += _against_image_item(folder, size, viewport, rounds)
    for name in list(_KINDS)[: 1 if tiny else None]:
        results += _against_plain(folder, name, sizes[len(sizes) // 2], viewports[0], rounds)
    return results


def _against_image_item(folder: Path, size: Size, viewport: Size, rounds: int) -> list[Result]:
    pixels = picture(size)
    path = image(folder, f"plain-{size[0]}x{size[1]}", pixels)
    with real_window([path], viewport) as window:
        with _image_item(pixels, viewport) as bare, _image_item(pixels, viewport, True) as fewer:
            goal = replace(_GOAL, ratio=4.0) if size == SIZES[-1] else _GOAL
            return compare(
                f"window {size[0]} x {size[1]} in {viewport[0]} x {viewport[1]}",
                dragging(window),
                {"pg.ImageItem": bare, "pg.ImageItem downsampled": fewer},
                rounds,
                {"pg.ImageItem": goal},
            )


def _against_plain(
    folder: Path, name: str, size: Size, viewport: Size, rounds: int
) -> list[Result]:
    values, change, prepare = _KINDS[name](size)
    path = image(folder, f"{name}-{size[0]}x{size[1]}", values, change)
    plain = image(folder, f"plain-{size[0]}x{size[1]}", picture(size))
    with real_window([path], viewport) as window, real_window([plain], viewport) as other:
        prepare(window)
        return compare(
            f"window {size[0]} x {size[1]} {name}",
            dragging(window),
            {"plain": dragging(other)},
            rounds,
            {"plain": Goal(ratio=0.5)},
        )


def dragging(window: MainWindow) -> StopWatch:
    """Give a stop watch around one movement of a window drag that goes on for ever."""
    rest(0.2)
    hand = Hand(window.view.canvas)
    hand.press(_LEFT)
    moves = cycle([(1.0, 2.0)] * 25 + [(-1.0, -2.0)] * 25)
    return in_bursts(lambda: hand.move(*next(moves), _LEFT))


def picture(size: Size) -> np.ndarray:
    """Give a frame with values that do not repeat, (rows, columns) int16."""
    columns, rows = size
    return np.random.default_rng(1).integers(-1024, 3071, (rows, columns)).astype(np.int16)


@contextmanager
def _image_item(
    pixels: np.ndarray, viewport: Size, downsample: bool = False
) -> Iterator[StopWatch]:
    view = pg.GraphicsView(background="k")
    box = pg.ViewBox(lockAspect=True, invertY=True, enableMouse=False, enableMenu=False)
    item = pg.ImageItem(pixels, axisOrder="row-major", autoDownsample=downsample)
    box.addItem(item)
    view.setCentralItem(box)
    view.resize(*viewport)
    view.show()
    application().processEvents()  # lay out and expose it before the clock starts
    levels = cycle(_LEVELS)

    def step() -> None:
        center, width = next(levels)
        item.setLevels((center - width / 2, center + width / 2))
        view.viewport().repaint()

    yield in_bursts(watched(step))
    view.close()


_Kind = tuple[np.ndarray, Callable[[Dataset], None], Callable[[MainWindow], None]]


def _as_it_is(_window: MainWindow) -> None:
    pass


def _turned(size: Size) -> _Kind:
    return picture(size), lambda _d: None, lambda window: window.workspace.turn(Turn(1))


def _wide_pixels(size: Size) -> _Kind:
    def change(dataset: Dataset) -> None:
        dataset.PixelSpacing = [0.8, 0.6]

    return picture(size), change, _as_it_is


def _float(size: Size) -> _Kind:
    def change(dataset: Dataset) -> None:
        dataset.FloatPixelData = picture(size).astype(np.float32).tobytes()
        dataset.BitsAllocated = 32
        for keyword in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
            delattr(dataset, keyword)

    return picture(size), change, _as_it_is


def _layered(size: Size) -> _Kind:
    def change(dataset: Dataset) -> None:
        columns, rows = size
        dataset.ShutterShape = "CIRCULAR"
        dataset.CenterOfCircularShutter = [rows // 2, columns // 2]
        dataset.RadiusOfCircularShutter = min(size) // 2
        dataset.ShutterPresentationValue = 0
        bits = np.zeros((rows, columns), np.uint8)
        bits[:: rows // 16], bits[:, :: columns // 16] = 1, 1
        for element, vr, value in (
            (0x0010, "US", rows),
            (0x0011, "US", columns),
            (0x0040, "CS", "G"),
            (0x0050, "SS", [1, 1]),
            (0x0100, "US", 1),
            (0x0102, "US", 0),
            (0x3000, "OW", np.packbits(bits, axis=None, bitorder="little").tobytes()),
        ):
            dataset.add_new((0x6000, element), vr, value)

    return picture(size), change, _as_it_is


_KINDS: dict[str, Callable[[Size], _Kind]] = {
    "turned": _turned,
    "in pixels 4:3": _wide_pixels,
    "of 32-bit floats": _float,
    "with shutter and overlay": _layered,
}
