"""Dragging the window: a new display table and the paint of it, against pyqtgraph's ImageItem.

Each round sets another window and repaints the same 1000 x 1000 viewport at
once, offscreen. ImageItem is the peer because it is how a program with
pyqtgraph would show the frame; `setLevels` is its window. It draws all of a
frame's pixels however small they get; with ``autoDownsample`` it makes the
frame smaller first, which is closer to what ours does. Only the picture is
shown: no texts over ours, no axes beside theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QWidget

from tests.benchmarks.measuring import Result, StopWatch, compare, watched
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import VoiWindow
from viewer.ui.canvas.image_canvas import ImageCanvas

_VIEWPORT_PX = 1000
_WINDOWS = [(40.0 + step, 400.0 + 3 * step) for step in range(50)]


def run(_folder: Path, *, tiny: bool) -> list[Result]:
    """Window a CT slice and a mammogram."""
    application = QApplication.instance() or QApplication([])
    sizes = [((32, 32), 2)] if tiny else [((512, 512), 100), ((3328, 4096), 40)]
    results = []
    for (rows, columns), rounds in sizes:
        pixels = np.random.default_rng(1).integers(0, 4096, (rows, columns)).astype(np.int16)
        widgets: list[QWidget] = []
        ours = _ours(pixels, widgets)
        peers = {
            "pg.ImageItem": _image_item(pixels, widgets, downsample=False),
            "pg.ImageItem downsampled": _image_item(pixels, widgets, downsample=True),
        }
        application.processEvents()  # lay out and expose them before the clock starts
        results += compare(f"window {columns} x {rows}", ours, peers, rounds)
        for widget in widgets:
            widget.close()
    return results


def _ours(pixels: np.ndarray, widgets: list[QWidget]) -> StopWatch:
    canvas = ImageCanvas()
    canvas.set_frame(pixels, FrameDescription(*pixels.shape), keep_view=False)
    return _windowing(canvas, lambda c, w: canvas.set_voi(VoiWindow(c, w)), widgets)


def _image_item(pixels: np.ndarray, widgets: list[QWidget], *, downsample: bool) -> StopWatch:
    view = pg.GraphicsView(background="k")
    box = pg.ViewBox(lockAspect=True, invertY=True, enableMouse=False, enableMenu=False)
    item = pg.ImageItem(pixels, axisOrder="row-major", autoDownsample=downsample)
    box.addItem(item)
    view.setCentralItem(box)
    return _windowing(view, lambda c, w: item.setLevels((c - w / 2, c + w / 2)), widgets)


def _windowing(
    view: pg.GraphicsView, set_window: Callable[[float, float], None], widgets: list[QWidget]
) -> StopWatch:
    view.resize(_VIEWPORT_PX, _VIEWPORT_PX)
    view.show()
    widgets.append(view)
    windows = cycle(_WINDOWS)

    def step() -> None:
        set_window(*next(windows))
        view.viewport().repaint()

    return watched(step)
