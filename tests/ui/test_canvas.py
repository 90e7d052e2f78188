"""The canvas: true pixels, true shapes, gestures with their meaning, words in their place."""

from __future__ import annotations

import sys

import numpy as np
import pydicom
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QKeyEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.screens import drag, on_screen, packed
from viewer.dicom.errors import PixelError
from viewer.imaging.display import to_rgb32
from viewer.imaging.frame import FrameDescription
from viewer.imaging.geometry import FramePlane
from viewer.imaging.modality import LookupTable, ModalityTransform
from viewer.imaging.voi import VoiLut, VoiWindow
from viewer.ui.canvas import renderer
from viewer.ui.canvas.image_canvas import ImageCanvas

AXIAL = FramePlane((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1))
WINDOW = VoiWindow(40.0, 400.0)
Button = Qt.MouseButton
Modifier = Qt.KeyboardModifier


@pytest.fixture
def canvas(qtbot: QtBot) -> ImageCanvas:
    widget = ImageCanvas()
    qtbot.addWidget(widget)
    widget.resize(200, 100)
    widget.show()
    return widget


@pytest.fixture
def ct(canvas: ImageCanvas) -> tuple[ImageCanvas, np.ndarray, FrameDescription]:
    """Show a square part of a real CT that fills the canvas's height at 1:1."""
    path = pydicom.data.get_testdata_file("CT_small.dcm", download=False)
    dataset = pydicom.dcmread(path)
    pixels = dataset.pixel_array[:100, :100].copy()
    slope, intercept = float(dataset.RescaleSlope), float(dataset.RescaleIntercept)
    modality = ModalityTransform(slope, intercept, "HU")
    description = FrameDescription(100, 100, modality=modality, plane=AXIAL)
    canvas.set_frame(pixels, description, keep_view=False)
    canvas.set_voi(WINDOW)
    return canvas, pixels, description


def show_plain(canvas: ImageCanvas, value: int = 0, size: tuple[int, int] = (100, 100)) -> None:
    canvas.set_frame(np.full(size, value, np.int16), FrameDescription(*size), keep_view=False)
    canvas.set_voi(VoiWindow(500, 1000))


def wheel(
    canvas: ImageCanvas,
    delta: int,
    at: tuple[float, float] = (100, 50),
    modifiers: Modifier = Modifier.NoModifier,
) -> None:
    point = QPointF(*at)
    event = QWheelEvent(
        point,
        canvas.mapToGlobal(point),
        QPoint(),
        QPoint(0, delta),
        Button.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


# The picture


def test_at_one_to_one_the_screen_shows_the_transform_exactly(ct: tuple) -> None:
    canvas, pixels, description = ct
    expected = to_rgb32(pixels, description, WINDOW)
    assert canvas.view_zoom() == 1
    np.testing.assert_array_equal(packed(canvas.grab_image()), expected)
    middle = on_screen(canvas)[25:40, 70:130]
    np.testing.assert_array_equal(middle, expected[25:40, 20:80])


def test_beside_the_picture_it_is_black(ct: tuple) -> None:
    canvas, *_ = ct
    canvas.set_voi(VoiWindow(-5000, 10))  # all pixels white
    screen = on_screen(canvas)
    assert (screen[20:40, 20:50] == 0xFF000000).all()
    assert (screen[20:40, 55:90] == 0xFFFFFFFF).all()


def test_a_new_window_changes_the_picture(ct: tuple) -> None:
    canvas, pixels, description = ct
    bone = VoiWindow(400, 1800)
    canvas.set_voi(bone)
    expected = to_rgb32(pixels, description, bone)
    np.testing.assert_array_equal(packed(canvas.grab_image()), expected)


def test_a_kept_view_shows_the_next_frame_at_the_same_place(ct: tuple) -> None:
    canvas, pixels, description = ct
    wheel(canvas, 240, modifiers=Modifier.ControlModifier)
    zoom = canvas.view_zoom()
    before = packed(canvas.grab_image())
    canvas.set_frame(pixels[::-1].copy(), description, keep_view=True)
    assert canvas.view_zoom() == zoom > 1
    assert not np.array_equal(packed(canvas.grab_image()), before)
    canvas.set_frame(pixels, description, keep_view=True)
    np.testing.assert_array_equal(packed(canvas.grab_image()), before)


def test_a_frame_of_another_size_is_fitted_although_the_view_is_kept(ct: tuple) -> None:
    canvas, *_ = ct
    wheel(canvas, 240, modifiers=Modifier.ControlModifier)
    canvas.set_frame(np.zeros((50, 50), np.int16), FrameDescription(50, 50), keep_view=True)
    assert canvas.view_zoom() == 2


def test_a_fitted_picture_stays_fitted_when_the_canvas_grows(ct: tuple) -> None:
    canvas, *_ = ct
    canvas.resize(500, 300)
    assert canvas.view_zoom() == 3
    assert canvas.grab_image().size().toTuple() == (300, 300)


def test_long_pixels_are_drawn_at_their_true_shape(canvas: ImageCanvas) -> None:
    description = FrameDescription(40, 80, pixel_aspect_rc=(2.0, 1.0))
    canvas.set_frame(np.zeros((40, 80), np.int16), description, keep_view=False)
    assert canvas.grab_image().size().toTuple() == (100, 100)


def test_spacing_decides_the_shape_before_the_aspect_ratio(canvas: ImageCanvas) -> None:
    description = FrameDescription(40, 80, spacing_rc_mm=(0.5, 0.25), pixel_aspect_rc=(1.0, 1.0))
    canvas.set_frame(np.zeros((40, 80), np.int16), description, keep_view=False)
    assert canvas.grab_image().size().toTuple() == (100, 100)


def test_colour_is_shown_as_it_is(canvas: ImageCanvas) -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 255, (100, 100, 3), np.uint8)
    description = FrameDescription(100, 100, 3, "RGB", 8)
    canvas.set_frame(pixels, description, keep_view=False)
    canvas.set_voi(VoiWindow(10, 1))
    expected = to_rgb32(pixels, description, VoiWindow(127.5, 255))
    np.testing.assert_array_equal(packed(canvas.grab_image()), expected)


def test_palette_indices_are_never_averaged(canvas: ImageCanvas) -> None:
    # red and green alternate; the index between them is blue, and must not appear
    palette = np.array([[255, 0, 0], [0, 0, 255], [0, 255, 0]], np.uint8)
    pixels = (np.indices((30, 30)).sum(axis=0) % 2 * 2).astype(np.uint8)
    description = FrameDescription(30, 30, 1, "PALETTE COLOR", 8, palette_rgb=palette)
    canvas.set_frame(pixels, description, keep_view=False)
    assert not (packed(canvas.grab_image()) & 0xFF).any()


def test_a_grey_frame_with_a_supplemental_palette_follows_its_window(
    canvas: ImageCanvas,
) -> None:
    pixels = (np.indices((100, 200)).sum(axis=0) * 5).astype(np.uint16)
    palette = np.array([[255, 0, 0]] * 500, np.uint8)
    description = FrameDescription(100, 200, palette_rgb=palette, palette_first=1000)
    canvas.set_frame(pixels, description, keep_view=False)
    for window in (VoiWindow(500, 1000), VoiWindow(100, 50)):
        canvas.set_voi(window)
        expected = to_rgb32(pixels, description, window)
        np.testing.assert_array_equal(packed(canvas.grab_image()), expected)


def test_nearest_shows_pixels_as_blocks(canvas: ImageCanvas) -> None:
    pixels = np.random.default_rng(2).integers(0, 1000, (25, 50)).astype(np.int16)
    description = FrameDescription(25, 50)
    canvas.set_frame(pixels, description, keep_view=False)
    canvas.set_voi(WINDOW)
    canvas.set_interpolation("nearest")
    blocks = np.kron(pixels, np.ones((4, 4), np.int16))
    expected = to_rgb32(blocks, description, WINDOW)
    np.testing.assert_array_equal(packed(canvas.grab_image()), expected)
    canvas.set_interpolation("smooth")
    assert not np.array_equal(packed(canvas.grab_image()), expected)


def test_without_a_frame_there_is_no_picture(ct: tuple) -> None:
    canvas, *_ = ct
    canvas.set_frame(None, None, keep_view=False)
    assert canvas.grab_image().isNull()
    assert (on_screen(canvas) == 0xFF000000).all()


# Words


def test_a_message_takes_the_place_of_the_picture(ct: tuple) -> None:
    canvas, *_ = ct
    canvas.set_voi(VoiWindow(-5000, 10))
    canvas.set_message("This frame is damaged.")
    screen = on_screen(canvas)
    assert canvas.grab_image().isNull()
    lit = screen != 0xFF000000
    assert lit[40:60].any()
    assert not lit[:30].any()
    assert not lit[70:].any()
    canvas.set_message("")
    assert not canvas.grab_image().isNull()


def test_a_message_is_never_markup(canvas: ImageCanvas) -> None:
    canvas.set_message("<b></b><i></i>")
    assert (on_screen(canvas) != 0xFF000000).any()


def test_orientation_letters_stand_at_the_edges(canvas: ImageCanvas) -> None:
    show_plain(canvas)
    bare = on_screen(canvas)
    assert (bare == 0xFF000000).all()
    canvas.set_frame(
        np.zeros((100, 100), np.int16), FrameDescription(100, 100, plane=AXIAL), keep_view=False
    )
    lit = on_screen(canvas) != 0xFF000000
    for place in (
        np.s_[35:65, :25],
        np.s_[35:65, 175:],
        np.s_[:25, 85:115],
        np.s_[75:, 85:115],
    ):
        assert lit[place].any()
    assert not lit[:25, :25].any()


def test_corner_texts_are_legible_on_white(canvas: ImageCanvas) -> None:
    show_plain(canvas, 1000, (100, 200))
    canvas.set_corner_texts(["Doe"], [], [], ["1 / 60"])
    # the first letters and the ground under them
    light = [QColor(int(value)).lightness() for value in on_screen(canvas)[10:20, 10:25].ravel()]
    assert np.median(light) < 120
    assert max(light) > 220


def test_a_long_corner_text_is_elided_to_a_third(canvas: ImageCanvas) -> None:
    show_plain(canvas)
    canvas.set_corner_texts(["W" * 100], [], [], [])
    columns = np.flatnonzero((on_screen(canvas) != 0xFF000000).any(axis=0))
    assert columns.size
    assert columns.max() < 200 / 3 + 12


def test_a_sentence_in_a_corner_is_broken_at_words(canvas: ImageCanvas) -> None:
    show_plain(canvas)
    canvas.resize(600, 200)
    canvas.set_corner_texts([], [], [], ["tilted by 18.5°: each frame is shifted against the one"])
    shown = on_screen(canvas) != 0xFF000000
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    assert columns.min() > 400 - 16
    assert rows.max() - rows.min() > 1.5 * canvas.fontMetrics().height()


# Failures


@pytest.fixture
def unraised(monkeypatch: pytest.MonkeyPatch) -> list[type[BaseException]]:
    seen: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: seen.append(kind))
    return seen


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(renderer.resample, "sample", fail)


def test_a_frame_that_cannot_be_shown_says_why(
    ct: tuple, monkeypatch: pytest.MonkeyPatch, unraised: list
) -> None:
    canvas, pixels, description = ct
    fail_with(monkeypatch, PixelError("Too strange."))
    canvas.set_frame(pixels, description, keep_view=True)
    lit = on_screen(canvas) != 0xFF000000
    assert lit[40:60].any()
    assert not lit[:30].any()
    assert not unraised


def test_a_defect_while_painting_is_reported_once_and_hides_the_picture(
    ct: tuple, monkeypatch: pytest.MonkeyPatch, unraised: list
) -> None:
    canvas, pixels, description = ct
    fail_with(monkeypatch, ZeroDivisionError())
    canvas.set_frame(pixels, description, keep_view=True)
    for _ in range(3):
        lit = on_screen(canvas) != 0xFF000000
        assert lit[40:60].any()
        assert not lit[:30].any()
    assert unraised == [ZeroDivisionError]
    monkeypatch.undo()
    canvas.set_frame(pixels, description, keep_view=True)
    assert not canvas.grab_image().isNull()


# Windowing


def test_left_drag_to_the_right_widens_and_down_raises(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    with qtbot.waitSignal(canvas.windowDragged) as wider:
        drag(qtbot, canvas, Button.LeftButton, (50, 50), (100, 50))
    assert wider.args[0] == 40
    assert wider.args[1] == pytest.approx(400 * np.exp(0.2), abs=1)
    with qtbot.waitSignal(canvas.windowDragged) as higher:
        drag(qtbot, canvas, Button.LeftButton, (50, 50), (50, 60))
    assert higher.args == [40 + 10 * 1.6, 400]


def test_a_window_step_is_proportional_to_the_width(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    canvas.set_voi(VoiWindow(40, 40))
    with qtbot.waitSignal(canvas.windowDragged) as moved:
        drag(qtbot, canvas, Button.LeftButton, (50, 50), (50, 60))
    assert moved.args == [pytest.approx(41.6), 40]


def test_small_movements_add_up_within_a_drag(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    seen: list[tuple[float, float]] = []
    canvas.windowDragged.connect(lambda center, width: seen.append((center, width)))
    canvas.windowDragged.connect(lambda center, width: canvas.set_voi(VoiWindow(center, width)))
    drag(qtbot, canvas, Button.LeftButton, (50, 50), *[(50 + step, 50) for step in range(1, 51)])
    assert len(seen) == 50
    assert seen[-1][1] == pytest.approx(400 * np.exp(0.2), abs=1)


def test_a_window_never_gets_narrower_than_one_value(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    canvas.set_voi(VoiWindow(40, 1.1))
    with qtbot.waitSignal(canvas.windowDragged) as narrow:
        drag(qtbot, canvas, Button.LeftButton, (190, 50), (10, 50))
    assert narrow.args[1] == 1


def test_a_window_drag_starts_from_the_range_of_a_voi_lut(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    canvas.set_voi(VoiLut(LookupTable(-100, np.arange(200, dtype=np.uint16), 8)))
    with qtbot.waitSignal(canvas.windowDragged) as moved:
        drag(qtbot, canvas, Button.LeftButton, (50, 50), (50, 60))
    assert moved.args == [8, 200]


def test_colour_and_messages_cannot_be_windowed(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    canvas.set_message("No picture")
    with qtbot.assertNotEmitted(canvas.windowDragged):
        drag(qtbot, canvas, Button.LeftButton, (50, 50), (100, 80))
    canvas.set_message("")
    colour = FrameDescription(9, 9, 3, "RGB", 8)
    canvas.set_frame(np.zeros((9, 9, 3), np.uint8), colour, keep_view=False)
    with qtbot.assertNotEmitted(canvas.windowDragged):
        drag(qtbot, canvas, Button.LeftButton, (50, 50), (100, 80))


# Zoom and pan


def test_right_drag_up_zooms_about_the_press_point(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    seen: list[tuple[float, float]] = []
    canvas.hovered.connect(seen.append)
    qtbot.mouseMove(canvas.viewport(), QPoint(80, 70))
    drag(qtbot, canvas, Button.RightButton, (80, 70), (80, 20))
    for x in (90, 80):  # the offscreen pointer stayed behind, and must move to be seen
        qtbot.mouseMove(canvas.viewport(), QPoint(x, 70))
    assert canvas.view_zoom() == pytest.approx(1.01**50)
    assert seen[-1] == pytest.approx(seen[0], abs=0.5)


def test_a_right_click_opens_the_menu_and_a_right_drag_does_not(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    with qtbot.waitSignal(canvas.contextMenuRequested) as menu:
        qtbot.mouseClick(canvas.viewport(), Button.RightButton, pos=QPoint(30, 40))
    assert menu.args == [canvas.mapToGlobal(QPoint(30, 40))]
    with qtbot.assertNotEmitted(canvas.contextMenuRequested):
        drag(qtbot, canvas, Button.RightButton, (80, 70), (80, 20))


def test_the_menu_key_opens_the_menu(qtbot: QtBot, canvas: ImageCanvas) -> None:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1), QPoint(1, 1))
    with qtbot.waitSignal(canvas.contextMenuRequested):
        QApplication.sendEvent(canvas.viewport(), event)


@pytest.mark.parametrize("space", [False, True])
def test_middle_drag_and_space_drag_pan(qtbot: QtBot, ct: tuple, space: bool) -> None:
    canvas, *_ = ct
    before = on_screen(canvas)[30:60, 70:120]
    if space:
        qtbot.keyPress(canvas, Qt.Key.Key_Space)
    with qtbot.assertNotEmitted(canvas.windowDragged):
        button = Button.LeftButton if space else Button.MiddleButton
        drag(qtbot, canvas, button, (60, 50), (65, 48), (70, 46))
    np.testing.assert_array_equal(on_screen(canvas)[26:56, 80:130], before)
    qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    with qtbot.waitSignal(canvas.windowDragged):
        drag(qtbot, canvas, Button.LeftButton, (60, 50), (70, 46))


def test_the_picture_cannot_be_panned_away(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    for _ in range(5):
        drag(qtbot, canvas, Button.MiddleButton, (0, 0), (199, 99))
    assert not canvas.grab_image().isNull()


def test_ctrl_wheel_zooms_at_the_pointer(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    seen: list[tuple[float, float]] = []
    canvas.hovered.connect(seen.append)
    qtbot.mouseMove(canvas.viewport(), QPoint(120, 30))
    with qtbot.assertNotEmitted(canvas.scrolled), qtbot.waitSignal(canvas.viewChanged):
        wheel(canvas, 120, (120, 30), Modifier.ControlModifier)
    assert canvas.view_zoom() == pytest.approx(1.2)
    assert seen[-1] == pytest.approx(seen[0], abs=0.5)


def test_a_double_click_fits_and_leaves_the_window(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    wheel(canvas, 480, (120, 30), Modifier.ControlModifier)
    assert canvas.view_zoom() > 2
    with qtbot.assertNotEmitted(canvas.windowDragged):
        qtbot.mouseDClick(canvas.viewport(), Button.LeftButton, pos=QPoint(50, 50))
    assert canvas.view_zoom() == 1


def test_zoom_has_ends(ct: tuple) -> None:
    canvas, *_ = ct
    for _ in range(100):
        wheel(canvas, 1200, (100, 50), Modifier.ControlModifier)
    assert canvas.view_zoom() == 64
    assert not canvas.grab_image().isNull()
    for _ in range(100):
        wheel(canvas, -1200, (100, 50), Modifier.ControlModifier)
    assert canvas.grab_image().width() == 16


# Scrolling


def test_the_wheel_scrolls_one_frame_a_click_down_is_next(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    for delta, steps in ((-120, 1), (120, -1), (-360, 3)):
        with qtbot.waitSignal(canvas.scrolled) as scrolled:
            wheel(canvas, delta)
        assert scrolled.args == [steps]


def test_a_touchpads_small_steps_add_up_to_one_frame(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    seen: list[int] = []
    canvas.scrolled.connect(seen.append)
    for _ in range(10):
        wheel(canvas, -30)
    assert seen == [1, 1]
    for _ in range(4):  # turning back starts anew
        wheel(canvas, 30)
    assert seen == [1, 1, -1]


@pytest.mark.parametrize(
    ("key", "steps"),
    [
        (Qt.Key.Key_Up, -1),
        (Qt.Key.Key_Down, 1),
        (Qt.Key.Key_PageUp, -10),
        (Qt.Key.Key_PageDown, 10),
    ],
)
def test_keys_scroll(qtbot: QtBot, canvas: ImageCanvas, key: Qt.Key, steps: int) -> None:
    with qtbot.waitSignal(canvas.scrolled) as scrolled:
        qtbot.keyClick(canvas, key)
    assert scrolled.args == [steps]


def test_home_and_end_jump(qtbot: QtBot, canvas: ImageCanvas) -> None:
    for key, where in ((Qt.Key.Key_Home, "first"), (Qt.Key.Key_End, "last")):
        with qtbot.waitSignal(canvas.jumped) as jumped:
            qtbot.keyClick(canvas, key)
        assert jumped.args == [where]


@pytest.mark.parametrize("digit", range(10))
def test_digits_ask_for_presets(qtbot: QtBot, canvas: ImageCanvas, digit: int) -> None:
    with qtbot.waitSignal(canvas.presetRequested) as preset:
        qtbot.keyClick(canvas, str(digit))
    assert preset.args == [digit]


def test_keys_with_ctrl_are_left_to_the_window(qtbot: QtBot, canvas: ImageCanvas) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Modifier.ControlModifier)
    with qtbot.assertNotEmitted(canvas.presetRequested):
        QApplication.sendEvent(canvas, event)
    assert not event.isAccepted()


# The pointer, and what the canvas leaves to others


def test_the_pointer_tells_the_frame_position_and_none_beside_it(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    seen: list[object] = []
    canvas.hovered.connect(seen.append)
    qtbot.mouseMove(canvas.viewport(), QPoint(50, 0))
    qtbot.mouseMove(canvas.viewport(), QPoint(149, 99))
    qtbot.mouseMove(canvas.viewport(), QPoint(20, 50))
    assert seen == [(-0.5, -0.5), (98.5, 98.5), None]
    QApplication.sendEvent(canvas.viewport(), QEvent(QEvent.Type.Leave))
    assert seen[-1] is None


def test_gestures_work_on_the_canvas_by_its_name(qtbot: QtBot, ct: tuple) -> None:
    canvas, *_ = ct
    assert canvas.objectName() == "imageCanvas"
    assert canvas.accessibleName()
    with qtbot.waitSignal(canvas.windowDragged):
        qtbot.mousePress(canvas, Button.LeftButton, pos=QPoint(50, 50))
        qtbot.mouseMove(canvas, QPoint(80, 50))
    qtbot.mouseRelease(canvas, Button.LeftButton, pos=QPoint(80, 50))


def test_gestures_without_a_frame_do_no_harm(qtbot: QtBot, canvas: ImageCanvas) -> None:
    for button in (Button.LeftButton, Button.MiddleButton, Button.RightButton):
        drag(qtbot, canvas, button, (10, 10), (60, 60))
    wheel(canvas, 120, modifiers=Modifier.ControlModifier)
    qtbot.mouseDClick(canvas.viewport(), Button.LeftButton)
    assert canvas.view_zoom() == 1


def test_files_dragged_over_the_canvas_are_left_to_the_window(qtbot: QtBot) -> None:
    class Window(QWidget):
        entered = False

        def dragEnterEvent(self, event: QDragEnterEvent) -> None:
            self.entered = True
            event.accept()

    window = Window()
    qtbot.addWidget(window)
    window.setAcceptDrops(True)
    layout = QVBoxLayout(window)
    canvas = ImageCanvas(window)
    layout.addWidget(canvas)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/a")])
    event = QDragEnterEvent(
        QPoint(9, 9), Qt.DropAction.CopyAction, data, Button.LeftButton, Modifier.NoModifier
    )
    assert not canvas.acceptDrops()
    assert not canvas.viewport().acceptDrops()
    QApplication.sendEvent(canvas.viewport(), event)
    assert window.entered
