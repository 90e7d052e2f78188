"""A picture that is moved or zoomed: exact while it moves, and at rest as if it never had."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from tests.ui.screens import BLACK, on_screen, packed
from viewer.imaging.frame import FrameDescription
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.shutters import Shutter
from viewer.imaging.voi import VoiWindow
from viewer.ui.canvas import layers
from viewer.ui.canvas.image_canvas import ImageCanvas

SIZE = 300
PADDING = -2000
MOVES = [(7, 3), (-20, 11), (0, -9), (33, -41), (-90, -60), (150, 130), (-1, 0)]


@pytest.fixture
def canvas(qtbot: QtBot) -> ImageCanvas:
    widget = ImageCanvas()
    qtbot.addWidget(widget)
    widget.resize(240, 200)
    widget.show()
    return widget


def plain() -> FrameDescription:
    return FrameDescription(SIZE, SIZE, padding_range=(PADDING, PADDING))


def layered() -> FrameDescription:
    bits = np.zeros((SIZE, SIZE), bool)
    bits[::37] = bits[:, ::37] = True
    overlay = OverlayPlane(0x6000, SIZE, SIZE, np.packbits(bits, axis=1))
    return FrameDescription(
        SIZE, SIZE, overlays=(overlay,), shutter=Shutter(circle=(150.0, 150.0, 120.0))
    )


def wide() -> FrameDescription:
    return FrameDescription(SIZE, SIZE, pixel_aspect_rc=(4.0, 3.0))


def noise(description: FrameDescription) -> np.ndarray:
    pixels = np.random.default_rng(3).integers(0, 1000, (SIZE, SIZE)).astype(np.int16)
    if description.padding_range is not None:
        pixels[40:90, 60:200] = PADDING
    return pixels


def show(canvas: ImageCanvas, description: FrameDescription) -> None:
    """Show a frame, from where the canvas looks."""
    canvas.set_frame(noise(description), description, keep_view=True)
    canvas.set_voi(VoiWindow(500.0, 1000.0))


def anew(canvas: ImageCanvas, description: FrameDescription) -> np.ndarray:
    """Give the picture as it is when nothing is left of what was drawn before."""
    show(canvas, description)
    return packed(canvas.grab_image())


@pytest.mark.parametrize("describe", [plain, layered, wide])
@pytest.mark.parametrize("zoom", [0.31, 0.5, 1.0, 1.7, 4.0])
def test_a_moved_picture_is_the_one_that_is_drawn_anew(canvas, describe, zoom):
    description = describe()
    show(canvas, description)
    canvas.show_area((0, 0), (SIZE - 1, SIZE - 1), "MAGNIFY", zoom)
    canvas.grab_image()
    for right, down in MOVES:
        canvas.pan_by(right, down)
        moved = packed(canvas.grab_image())
        np.testing.assert_array_equal(moved, anew(canvas, description))


def test_a_window_set_while_the_picture_moves_is_that_of_all_of_it(canvas):
    show(canvas, plain())
    canvas.show_area((0, 0), (SIZE - 1, SIZE - 1), "MAGNIFY", 2.0)
    canvas.grab_image()
    canvas.pan_by(13, 4)
    canvas.grab_image()
    canvas.set_voi(VoiWindow(200.0, 100.0))
    windowed = packed(canvas.grab_image())
    canvas.set_frame(noise(plain()), plain(), keep_view=True)
    np.testing.assert_array_equal(windowed, packed(canvas.grab_image()))


def test_a_layer_that_is_hidden_while_the_picture_moves_is_gone_everywhere(canvas):
    show(canvas, layered())
    canvas.grab_image()
    canvas.set_layers(overlays=False, shutter=False, graphics=True)
    canvas.pan_by(9, 5)
    moved = packed(canvas.grab_image())
    np.testing.assert_array_equal(moved, anew(canvas, layered()))


def test_moving_samples_no_more_than_what_comes_into_sight(
    canvas: ImageCanvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(canvas, plain())
    canvas.show_area((0, 0), (SIZE - 1, SIZE - 1), "MAGNIFY", 3.0)
    canvas.grab_image()
    sampled: list[int] = []
    sample = layers.resample.sample

    def counted(*arguments: object) -> object:
        found = sample(*arguments)
        sampled.append(found.pixels.size)
        return found

    monkeypatch.setattr(layers.resample, "sample", counted)
    canvas.pan_by(2, 3)
    canvas.grab_image()
    height, width = canvas.viewport_px()
    assert 0 < sum(sampled) <= 3 * width + 2 * height


def test_a_picture_moved_out_of_sight_and_back_is_whole(canvas):
    show(canvas, plain())
    before = packed(canvas.grab_image())
    canvas.show_area((-900, -900), (-600, -600))
    canvas.fit()
    np.testing.assert_array_equal(packed(canvas.grab_image()), before)
    assert (before != BLACK).any()


@pytest.mark.parametrize("factor", [0.6, 2.6])
def test_a_zoomed_picture_is_exact_when_it_rests(
    qtbot: QtBot, canvas: ImageCanvas, factor: float
) -> None:
    show(canvas, plain())
    canvas.zoom_by(factor, QPointF(100, 100))
    assert on_screen(canvas).any()  # painted while it moves
    qtbot.waitUntil(lambda: not canvas.zooms())
    rested = on_screen(canvas)
    show(canvas, plain())
    np.testing.assert_array_equal(rested, on_screen(canvas))
