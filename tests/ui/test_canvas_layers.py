"""Overlays and shutters on the canvas: exact at 1:1, visible when small, clean at the seam."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.screens import BLACK, drag, on_screen, packed
from viewer.dicom.frames import read_frame
from viewer.imaging.composition import compose, overlay_rgb
from viewer.imaging.display import is_colour, to_rgb32
from viewer.imaging.frame import FrameDescription
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.shutters import Shutter
from viewer.imaging.voi import VoiWindow, default_voi
from viewer.ui.canvas import layers
from viewer.ui.canvas.image_canvas import ImageCanvas

GREY = 0xFF808080
WINDOW = VoiWindow(500.0, 1000.0)


@pytest.fixture
def canvas(qtbot: QtBot) -> ImageCanvas:
    widget = ImageCanvas()
    qtbot.addWidget(widget)
    widget.resize(300, 300)
    widget.show()
    return widget


def overlay(bits: np.ndarray, group: int = 0x6000) -> OverlayPlane:
    return OverlayPlane(group, *bits.shape, np.packbits(bits, axis=1))


def grid(size: int) -> np.ndarray:
    """Give lines one pixel wide, 37 pixels apart."""
    bits = np.zeros((size, size), bool)
    bits[::37] = bits[:, ::37] = True
    return bits


def show(canvas: ImageCanvas, description: FrameDescription, value: int = 0) -> None:
    pixels = np.full((description.rows, description.columns), value, np.int16)
    canvas.set_frame(pixels, description, keep_view=False)
    canvas.set_voi(WINDOW)


def zoom_to(canvas: ImageCanvas, zoom: float, size: int) -> None:
    canvas.show_area((0, 0), (size - 1, size - 1), "MAGNIFY", zoom)
    assert canvas.view_zoom() == pytest.approx(zoom)


def red(screen: np.ndarray) -> np.ndarray:
    return (screen >> 16) & 0xFF


@pytest.mark.parametrize(
    "name",
    [
        "derived/display/embedded_overlay_bit.dcm",
        "derived/display/overlay_partly_outside.dcm",
        "lut_overlay/MR-SIEMENS-DICOM-WithOverlays.dcm",
        "lut_overlay/OutOfBoundsOverlay.dcm",
        "lut_overlay/overlay.dcm",
    ],
)
@pytest.mark.parametrize("shown", [(True, True), (True, False), (False, True), (False, False)])
def test_at_one_to_one_shutter_and_overlays_are_exact(
    canvas: ImageCanvas, corpus: Path, name: str, shown: tuple[bool, bool]
) -> None:
    pixels, description = read_frame(str(corpus / name), 0)
    overlays, shutter = shown
    canvas.resize(description.columns, description.rows)
    canvas.set_frame(pixels, description, keep_view=False)
    voi = WINDOW if is_colour(description) else default_voi(description, pixels)
    canvas.set_voi(voi)
    canvas.set_layers(overlays=overlays, shutter=shutter, graphics=True)
    expected = compose(
        to_rgb32(pixels, description, voi), description, overlays=overlays, shutter=shutter
    )
    assert canvas.view_zoom() == 1
    np.testing.assert_array_equal(packed(canvas.grab_image()), expected)
    np.testing.assert_array_equal(packed(canvas.grab_image()), expected)


@pytest.mark.parametrize("smaller", [1.3, 2.0, 2.7, 3.9, 8.5, 17.0])
@pytest.mark.parametrize("interpolation", ["smooth", "nearest"])
def test_thin_lines_stay_visible_when_the_picture_is_small(
    canvas: ImageCanvas, smaller: float, interpolation: str
) -> None:
    plane = overlay(grid(700))
    canvas.resize(600, 600)
    show(canvas, FrameDescription(700, 700, overlays=(plane,)))
    canvas.set_interpolation(interpolation)
    zoom_to(canvas, 1 / smaller, 700)
    strength = red(packed(canvas.grab_image())) / overlay_rgb(plane)[0]
    middle = len(strength) // 2
    for line in range(37, 600, 37):
        around = slice(int(line / smaller) - 1, int((line + 1) / smaller) + 2)
        assert strength[around, middle].max() >= 0.48
        assert strength[middle, around].max() >= 0.48


def test_areas_are_opaque_at_any_size(canvas: ImageCanvas) -> None:
    plane = overlay(np.ones((600, 600), bool))
    show(canvas, FrameDescription(600, 600, overlays=(plane,)))
    colour = BLACK | int.from_bytes(bytes(overlay_rgb(plane)))
    for zoom in (0.1, 0.5, 1.0, 7.0):
        zoom_to(canvas, zoom, 600)
        assert (packed(canvas.grab_image()) == colour).all()


@pytest.mark.parametrize("zoom", [0.13, 0.37, 0.5, 1.0, 1.9, 6.0])
def test_what_a_shutter_hides_does_not_shine_through_its_seam(
    canvas: ImageCanvas, zoom: float
) -> None:
    shutter = Shutter(circle=(100.0, 100.0, 60.5), presentation_value=0x8080)
    description = FrameDescription(201, 201, shutter=shutter)
    rows, columns = np.indices((201, 201)) - 100
    pixels = np.where(rows**2 + columns**2 > 60.5**2, 1000, 0).astype(np.int16)
    canvas.set_frame(pixels, description, keep_view=False)
    canvas.set_voi(WINDOW)
    zoom_to(canvas, zoom, 201)
    assert set(np.unique(packed(canvas.grab_image()))) <= {BLACK, GREY}
    zoom_to(canvas, 1.0, 201)
    assert (packed(canvas.grab_image()) == BLACK).sum() == (pixels == 0).sum()


def test_a_shutter_may_have_a_colour(canvas: ImageCanvas) -> None:
    shutter = Shutter(rectangle=(10, 10, 20, 20), presentation_rgb=(10, 20, 200))
    show(canvas, FrameDescription(30, 30, shutter=shutter))
    picture = packed(canvas.grab_image())
    assert picture[0, 0] == 0xFF0A14C8
    assert picture[150, 150] == BLACK


def test_overlays_are_drawn_over_what_a_shutter_hides(canvas: ImageCanvas) -> None:
    plane = overlay(np.ones((10, 10), bool))
    shutter = Shutter(rectangle=(15, 15, 20, 20), presentation_value=0x8080)
    show(canvas, FrameDescription(30, 30, overlays=(plane,), shutter=shutter))
    picture = packed(canvas.grab_image())
    assert tuple(int(picture[20, 20]).to_bytes(4)[1:]) == overlay_rgb(plane)
    assert picture[-1, -1] == GREY


def test_a_hidden_group_is_not_drawn_and_the_others_are(canvas: ImageCanvas) -> None:
    first, second = np.zeros((2, 30, 30), bool)
    first[:10], second[20:] = True, True
    planes = overlay(first), overlay(second, 0x6002)
    show(canvas, FrameDescription(30, 30, overlays=planes))
    canvas.set_layers(overlays=True, shutter=True, graphics=True, hidden_groups=[0x6000])
    picture = packed(canvas.grab_image())
    assert picture[5, 5] == BLACK
    assert picture[-5, -5] != BLACK
    canvas.set_layers(overlays=True, shutter=True, graphics=True)
    assert packed(canvas.grab_image())[5, 5] != BLACK


def test_each_frame_has_its_own_overlays_in_a_kept_view(canvas: ImageCanvas) -> None:
    bits = np.zeros((30, 30), bool)
    bits[:10] = True
    with_lines = FrameDescription(30, 30, overlays=(overlay(bits),))
    show(canvas, with_lines)
    drawn = packed(canvas.grab_image())
    pixels = np.zeros((30, 30), np.int16)
    canvas.set_frame(pixels, replace(with_lines, overlays=(overlay(bits[::-1]),)), keep_view=True)
    np.testing.assert_array_equal(packed(canvas.grab_image()), drawn[::-1])
    canvas.set_frame(pixels, FrameDescription(30, 30), keep_view=True)
    assert (packed(canvas.grab_image()) == BLACK).all()


def test_nearest_shows_overlay_pixels_as_blocks(canvas: ImageCanvas) -> None:
    bits = np.random.default_rng(3).random((30, 30)) > 0.5
    plane = overlay(bits)
    show(canvas, FrameDescription(30, 30, overlays=(plane,)))
    canvas.set_interpolation("nearest")
    blocks = np.kron(bits, np.ones((10, 10), bool))
    np.testing.assert_array_equal(packed(canvas.grab_image()) != BLACK, blocks)


def test_colour_takes_overlays_and_shutter_too(canvas: ImageCanvas) -> None:
    bits = np.zeros((300, 300), bool)
    bits[150:, 100:] = True
    description = FrameDescription(
        300, 300, 3, "RGB", 8, overlays=(overlay(bits),), shutter=Shutter((100, 0, 299, 299))
    )
    pixels = np.random.default_rng(4).integers(0, 255, (300, 300, 3), np.uint8)
    canvas.set_frame(pixels, description, keep_view=False)
    expected = compose(to_rgb32(pixels, description, WINDOW), description)
    np.testing.assert_array_equal(packed(canvas.grab_image()), expected)


def test_the_screen_shows_what_is_copied(canvas: ImageCanvas) -> None:
    shutter = Shutter(circle=(50.0, 50.0, 30.0), presentation_value=0x8080)
    show(canvas, FrameDescription(100, 100, overlays=(overlay(grid(100)),), shutter=shutter), 700)
    np.testing.assert_array_equal(
        on_screen(canvas)[5:-5, 5:-5], packed(canvas.grab_image())[5:-5, 5:-5]
    )


def test_a_window_drag_samples_nothing_again(
    qtbot: QtBot, canvas: ImageCanvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutter = Shutter(circle=(250.0, 250.0, 200.0))
    show(canvas, FrameDescription(500, 500, overlays=(overlay(grid(500)),), shutter=shutter))
    before = on_screen(canvas)

    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(layers.resample, "sample", fail)
    monkeypatch.setattr(layers, "overlay_coverage", fail)
    monkeypatch.setattr(layers, "shutter_mask", fail)
    seen: list[tuple[float, float]] = []
    canvas.windowDragged.connect(lambda center, width: seen.append((center, width)))
    canvas.windowDragged.connect(lambda center, width: canvas.set_voi(VoiWindow(center, width)))
    drag(qtbot, canvas, Qt.MouseButton.LeftButton, (50, 50), (60, 20), (70, 10))
    assert seen
    assert not np.array_equal(on_screen(canvas), before)


def test_frames_of_one_shutter_share_what_was_made_of_it(
    canvas: ImageCanvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    mask_of = layers.shutter_mask
    monkeypatch.setattr(layers, "shutter_mask", lambda d: made.append(d) or mask_of(d))
    for value in (0, 300, 600):
        shutter = Shutter(circle=(50.0, 50.0, 30.0))  # read anew from each frame
        pixels = np.full((100, 100), value, np.int16)
        canvas.set_frame(pixels, FrameDescription(100, 100, shutter=shutter), keep_view=True)
        canvas.grab_image()
    assert len(made) == 1


def test_a_frame_with_nothing_over_it_asks_for_nothing(
    canvas: ImageCanvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "overlay_coverage", None)
    monkeypatch.setattr(layers, "shutter_mask", None)
    show(canvas, FrameDescription(100, 100), 1000)
    assert (packed(canvas.grab_image()) == 0xFFFFFFFF).all()
