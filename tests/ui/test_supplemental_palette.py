"""A grey frame with a supplemental palette can be windowed, and its colours stay."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import VoiWindow
from viewer.ui.canvas.image_canvas import ImageCanvas

RED = (255, 0, 0)


def _colour(canvas: ImageCanvas, x: int, y: int) -> tuple[int, int, int]:
    found = canvas.grab().toImage().pixelColor(x, y)
    return found.red(), found.green(), found.blue()


def test_a_new_window_changes_the_grey_part_alone(qtbot: QtBot) -> None:
    canvas = ImageCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(200, 200)
    pixels = np.full((100, 100), 500, np.uint16)
    pixels[:, 50:] = 1000
    palette = np.array([RED], np.uint8)
    description = FrameDescription(100, 100, palette_rgb=palette, palette_first=1000)
    canvas.show()
    canvas.set_frame(pixels, description, keep_view=False)
    canvas.set_voi(VoiWindow(500, 1000, "LINEAR_EXACT"))
    assert _colour(canvas, 50, 100) == (128, 128, 128)
    assert _colour(canvas, 150, 100) == RED
    canvas.set_voi(VoiWindow(250, 100, "LINEAR_EXACT"))
    assert _colour(canvas, 50, 100) == (255, 255, 255)
    assert _colour(canvas, 150, 100) == RED
