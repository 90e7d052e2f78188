"""Frames whose values have no means: supplemental palettes, tables that go up and down."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.ui.screens import packed
from viewer.imaging.frame import FrameDescription
from viewer.imaging.modality import LookupTable
from viewer.imaging.voi import Voi, VoiLut, VoiWindow
from viewer.ui.canvas.image_canvas import ImageCanvas

RED = (255, 0, 0)
UP_AND_DOWN = LookupTable(0, np.array([0, 255, 0], np.uint8), 8)


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


@pytest.mark.parametrize("first", [VoiLut(UP_AND_DOWN), VoiWindow(1, 2)])
def test_a_table_that_goes_up_and_down_shows_nothing_between_two_values(
    qtbot: QtBot, first: Voi
) -> None:
    canvas = ImageCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(90, 90)
    canvas.show()
    pixels = np.array([[0, 2, 0], [2, 0, 2], [0, 2, 0]], np.uint8)
    canvas.set_voi(first)
    canvas.set_frame(pixels, FrameDescription(3, 3), keep_view=False)
    canvas.grab_image()
    canvas.set_voi(VoiLut(UP_AND_DOWN))
    shown = packed(canvas.grab_image()) & 0xFF
    assert shown.max() == 0  # 0 and 2 are black; the 1 between them, white, is in no pixel
