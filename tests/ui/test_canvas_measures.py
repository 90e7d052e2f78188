"""Lengths on the canvas: scale bar, ruler and displayed areas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.screens import BLACK, drag, on_screen
from viewer.dicom.frames import read_frame
from viewer.imaging.frame import FrameDescription
from viewer.imaging.lengths import UltrasoundRegion
from viewer.imaging.voi import VoiWindow
from viewer.ui.canvas.camera import Sight, fitted
from viewer.ui.canvas.image_canvas import ImageCanvas
from viewer.ui.canvas.scale_bar import scale_bar
from viewer.ui.canvas.words import Words

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = FrameDescription(100, 200)
SPACED = replace(PLAIN, spacing_rc_mm=(0.5, 0.5), spacing_source="PixelSpacing")
TWO_REGIONS = replace(
    PLAIN,
    regions=(
        UltrasoundRegion((0, 0, 99, 99), 0.1, 0.1, "cm", "cm", kind="2D"),
        UltrasoundRegion((0, 100, 99, 199), 0.1, 0.1, "cm", "cm", kind="2D"),
    ),
)


@pytest.fixture
def canvas(qtbot: QtBot) -> ImageCanvas:
    widget = ImageCanvas()
    qtbot.addWidget(widget)
    widget.resize(400, 200)
    widget.show()
    return widget


def show(
    canvas: ImageCanvas, description: FrameDescription = SPACED, *, keep_view: bool = False
) -> None:
    pixels = np.zeros((description.rows, description.columns), np.int16)
    canvas.set_frame(pixels, description, keep_view=keep_view)
    canvas.set_voi(VoiWindow(500, 1000))


def measure(qtbot: QtBot, canvas: ImageCanvas, *points: tuple[int, int]) -> None:
    drag(qtbot, canvas, LEFT, *points, modifier=SHIFT)


# The ruler


def test_shift_drag_measures_with_the_source_and_in_pixels(
    qtbot: QtBot, canvas: ImageCanvas
) -> None:
    show(canvas)
    told: list[object] = []
    canvas.measured.connect(told.append)
    with qtbot.assertNotEmitted(canvas.windowDragged):
        measure(qtbot, canvas, (101, 61), (141, 91), (181, 121))
    start, end, text = canvas.ruler()
    assert (start, end) == ((30.0, 50.0), (60.0, 90.0))
    assert text == "25.0 mm (PixelSpacing), 50.0 px"
    assert told[-1] == (start, end, text)
    assert len(told) == 2
    assert (on_screen(canvas)[91, 141:142] != BLACK).all()


def test_rows_and_columns_have_their_own_spacing(qtbot: QtBot, canvas: ImageCanvas) -> None:
    show(canvas, replace(SPACED, rows=100, columns=100, spacing_rc_mm=(1.0, 2.0)))
    measure(qtbot, canvas, (202, 101), (242, 101))
    assert canvas.ruler()[2] == "20.0 mm (PixelSpacing), 10.0 px"


def test_without_spacing_there_are_no_millimetres(qtbot: QtBot, canvas: ImageCanvas) -> None:
    show(canvas, PLAIN)
    measure(qtbot, canvas, (101, 61), (181, 121))
    assert canvas.ruler()[2] == "50.0 px"


def test_from_one_ultrasound_region_to_another_there_are_no_millimetres(
    qtbot: QtBot, canvas: ImageCanvas
) -> None:
    show(canvas, TWO_REGIONS)
    measure(qtbot, canvas, (101, 101), (181, 101))
    assert canvas.ruler()[2].startswith("40.0 mm (SequenceOfUltrasoundRegions")
    measure(qtbot, canvas, (101, 101), (301, 101))
    assert canvas.ruler()[2] == "100.0 px"


def test_a_measurement_ends_at_the_frame(qtbot: QtBot, canvas: ImageCanvas) -> None:
    canvas.resize(600, 200)
    show(canvas)
    measure(qtbot, canvas, (10, 100), (590, 100))
    assert canvas.ruler()[0][1] == -0.5
    assert canvas.ruler()[1][1] == 199.5


def test_the_ruler_stays_on_the_picture_and_other_frames_measure_it_anew(
    qtbot: QtBot, canvas: ImageCanvas
) -> None:
    show(canvas)
    measure(qtbot, canvas, (101, 61), (181, 121))
    start, end, _ = canvas.ruler()
    canvas.pan_by(20, 10)
    show(canvas, replace(SPACED, spacing_rc_mm=(1.0, 1.0)), keep_view=True)
    assert canvas.ruler() == (start, end, "50.0 mm (PixelSpacing), 50.0 px")


def test_the_next_measurement_another_stack_and_escape_take_it_away(
    qtbot: QtBot, canvas: ImageCanvas
) -> None:
    def escape() -> bool:
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(canvas, event)
        return event.isAccepted()

    show(canvas)
    measure(qtbot, canvas, (101, 61), (181, 121))
    measure(qtbot, canvas, (21, 61), (21, 121))
    assert canvas.ruler()[2] == "15.0 mm (PixelSpacing), 30.0 px"
    show(canvas)
    assert canvas.ruler() is None
    measure(qtbot, canvas, (101, 61), (181, 121))
    with qtbot.waitSignal(canvas.measured) as told:
        assert escape()
    assert told.args == [None]
    assert canvas.ruler() is None
    assert (on_screen(canvas) == BLACK).all()
    assert not escape()  # left to the window
    measure(qtbot, canvas, (101, 61), (181, 121))
    show(canvas, replace(SPACED, rows=50, columns=100), keep_view=True)
    assert canvas.ruler() is None


def test_a_shift_click_takes_the_measurement_away(qtbot: QtBot, canvas: ImageCanvas) -> None:
    show(canvas)
    measure(qtbot, canvas, (101, 61), (181, 121))
    measure(qtbot, canvas, (50, 50))
    assert canvas.ruler() is None


def test_a_line_that_is_being_drawn_does_not_go_on_once_it_is_taken_away(
    qtbot: QtBot, canvas: ImageCanvas
) -> None:
    show(canvas)
    target = canvas.viewport()
    qtbot.mousePress(target, LEFT, SHIFT, QPoint(101, 61))
    qtbot.mouseMove(target, QPoint(141, 91))
    show(canvas)  # another stack
    qtbot.mouseMove(target, QPoint(181, 121))
    qtbot.mouseRelease(target, LEFT, SHIFT, QPoint(181, 121))
    assert canvas.ruler() is None


def test_there_is_nothing_to_measure_where_there_is_no_picture(
    qtbot: QtBot, canvas: ImageCanvas
) -> None:
    measure(qtbot, canvas, (101, 61), (181, 121))
    show(canvas)
    canvas.set_message("This frame is damaged.")
    measure(qtbot, canvas, (101, 61), (181, 121))
    assert canvas.ruler() is None


def test_the_words_of_the_ruler_stay_in_the_viewport(qtbot: QtBot, canvas: ImageCanvas) -> None:
    show(
        canvas, replace(SPACED, spacing_source="ImagerPixelSpacing", spacing_note="at the detector")
    )
    measure(qtbot, canvas, (201, 101), (380, 180))
    screen = on_screen(canvas)
    assert (screen[:, 395:] == BLACK).all()
    assert (screen[160:196, 100:300] != BLACK).any()


# The scale bar


def bar_of(description: FrameDescription, width: int, height: int = 500, ratio: float = 1.0):
    viewport = round(height * ratio), round(width * ratio)
    return scale_bar(description, Sight(fitted(description, viewport), viewport, ratio))


def test_the_bar_is_a_round_length_with_its_source() -> None:
    bar = bar_of(SPACED, 800)
    assert bar.text == "20 mm (PixelSpacing)"
    assert bar.length_px == pytest.approx(20 / 0.5 * 4)
    assert bar_of(SPACED, 800, ratio=2.0) == bar


def test_detector_millimetres_say_that_they_are() -> None:
    dx = replace(SPACED, spacing_source="ImagerPixelSpacing", spacing_note="at the detector")
    assert bar_of(dx, 800).text == "20 mm (ImagerPixelSpacing, at the detector)"


def test_the_bar_counts_the_spacing_between_columns() -> None:
    tall = replace(SPACED, columns=100, spacing_rc_mm=(2.0, 0.5))
    bar = bar_of(tall, 800)
    camera = fitted(tall, (500, 800))
    assert bar.length_px == pytest.approx(float(bar.text.split()[0]) / 0.5 * camera.scale_rc[1])


@pytest.mark.parametrize("spacing", [0.0, -1.0, float("nan"), float("inf"), 1e300, 1e-300])
def test_without_a_length_the_bar_counts_pixels(spacing: float) -> None:
    assert bar_of(PLAIN, 800).text == "50 px"
    strange = replace(SPACED, spacing_rc_mm=(spacing, spacing))
    assert bar_of(strange, 800).text.endswith(" px")


@pytest.mark.parametrize("spacing", np.geomspace(1e-5, 1e4, 37))
def test_every_bar_is_round_and_of_a_fit_length(spacing: float) -> None:
    bar = bar_of(replace(SPACED, spacing_rc_mm=(spacing, spacing)), 800)
    number, unit, _ = bar.text.split()
    assert float(f"{float(number):.0e}") == float(number)
    assert f"{float(number):e}"[0] in "125"
    assert 70 <= bar.length_px <= 220
    in_mm = float(number) / (1000 if unit == "µm" else 1)
    assert bar.length_px == pytest.approx(in_mm / spacing * 4)


def test_ultrasound_has_the_bar_of_its_region() -> None:
    assert bar_of(TWO_REGIONS, 800).text == "50 mm (SequenceOfUltrasoundRegions, 2D region)"


def test_the_bar_is_drawn_as_long_as_it_says(canvas: ImageCanvas) -> None:
    canvas.resize(800, 440)
    show(canvas)
    canvas.set_scale_bar(True)
    row = on_screen(canvas)[-60:]
    longest = max(np.count_nonzero(line != BLACK) for line in row)
    assert longest == pytest.approx(20 / 0.5 * 4, abs=4)
    canvas.set_scale_bar(False)
    assert (on_screen(canvas) == BLACK).all()


@pytest.mark.parametrize("size", [(1366, 700), (700, 520), (420, 300), (200, 150), (64, 64)])
@pytest.mark.parametrize("letter", ["", "P"])
def test_bar_and_words_never_overlap(
    canvas: ImageCanvas, size: tuple[int, int], letter: str
) -> None:
    words = Words(
        bottom_left=("C 40  W 400 HU", "Zoom 120 %"),
        bottom_right=("12 / 60", "H 12.3 mm", "W" * 90),
        letters=("R", "L", "A", letter),
    )
    metrics = QFontMetricsF(canvas.font())
    room = QRectF(0, 0, *size)
    third, line = size[0] / 3, metrics.lineSpacing()
    for width in (100.0, 250.0, 400.0):
        place = words.place_below(metrics, room, (width, 40.0))
        if place is None:
            continue
        assert room.contains(place)
        right = QRectF(size[0] - 8 - third, size[1] - 8 - 3 * line, third, 3 * line)
        left = QRectF(8, size[1] - 8 - 2 * line, 60, 2 * line)
        assert not place.intersects(right)
        assert not place.intersects(left)
        if letter:
            assert place.bottom() <= size[1] - 8 - line
    assert words.place_below(metrics, QRectF(0, 0, 1366, 700), (400.0, 40.0)) is not None


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("multiframe/I_000001.dcm", "SequenceOfUltrasoundRegions"),
        ("lut_overlay/OutOfBoundsOverlay.dcm", "ImagerPixelSpacing"),
        ("lut_overlay/MR-SIEMENS-DICOM-WithOverlays.dcm", "mm (PixelSpacing)"),
    ],
)
def test_real_files_have_a_bar_with_its_source(corpus: Path, name: str, source: str) -> None:
    _, description = read_frame(str(corpus / name), 0)
    assert source in bar_of(description, 1000, 700).text


# Displayed areas


def test_an_area_fills_the_canvas_and_stays_when_it_grows(canvas: ImageCanvas) -> None:
    show(canvas)
    canvas.show_area((25, 50), (74, 149))
    assert canvas.view_zoom() == 4
    canvas.resize(800, 400)
    assert canvas.view_zoom() == 8
    show(canvas, keep_view=True)
    assert canvas.view_zoom() == 8
    canvas.fit()
    assert canvas.view_zoom() == 4


def middle_of(canvas: ImageCanvas) -> tuple[float, float]:
    seen: list[tuple[float, float]] = []
    canvas.hovered.connect(seen.append)
    canvas.pointer_at(QPointF(canvas.viewport().rect().width() / 2, canvas.height() / 2))
    return seen[-1]


def test_an_area_is_looked_at_in_its_middle(canvas: ImageCanvas) -> None:
    show(canvas)
    canvas.show_area((0, 0), (49, 49))
    assert middle_of(canvas) == pytest.approx((24.5, 24.5), abs=0.3)
    canvas.show_area((49, 49), (0, 0))  # as after a turn
    assert middle_of(canvas) == pytest.approx((24.5, 24.5), abs=0.3)
    canvas.show_area((0, 0), (49, 49), "MAGNIFY", 3.0)
    assert canvas.view_zoom() == 3
    assert middle_of(canvas) == pytest.approx((24.5, 24.5), abs=0.3)


def test_a_new_stack_is_seen_whole_again(canvas: ImageCanvas) -> None:
    show(canvas)
    canvas.show_area((25, 50), (74, 149))
    show(canvas)
    assert canvas.view_zoom() == 2


@pytest.mark.parametrize(
    "corners",
    [
        ((500, 500), (600, 600)),
        ((float("nan"), 0), (10, 10)),
        ((0, 0), (float("inf"), 10)),
        ((-50, -50), (-10, -10)),
    ],
)
def test_an_area_without_picture_shows_the_whole_frame(canvas: ImageCanvas, corners: tuple) -> None:
    show(canvas)
    canvas.zoom_by(3, QPointF(5, 5))
    canvas.show_area(*corners)
    assert canvas.view_zoom() == 2


@pytest.mark.parametrize("magnification", [None, 0.0, -1.0, float("nan"), float("inf")])
def test_magnify_without_a_magnification_fits(
    canvas: ImageCanvas, magnification: float | None
) -> None:
    show(canvas)
    canvas.show_area((25, 50), (74, 149), "MAGNIFY", magnification)
    assert canvas.view_zoom() == 4


def test_an_area_may_reach_beyond_the_frame(canvas: ImageCanvas) -> None:
    show(canvas)
    canvas.show_area((-50, -100), (149, 299))
    assert canvas.view_zoom() == 1


def test_true_size_needs_a_screen_that_knows_its_size(
    canvas: ImageCanvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Screen:
        def __init__(self, physical: float) -> None:
            self._physical = physical

        def physicalDotsPerInchX(self) -> float:
            return self._physical

        physicalDotsPerInchY = physicalDotsPerInchX

        def logicalDotsPerInch(self) -> float:
            return 96.0

    show(canvas)
    for physical, zoom in ((127.0, 5.0), (96.0, 4.0), (0.0, 4.0), (5000.0, 4.0)):
        monkeypatch.setattr(canvas, "screen", lambda physical=physical: Screen(physical))
        canvas.show_area((25, 50), (74, 149), "TRUE SIZE", spacing_rc_mm=(1.0, 1.0))
        assert canvas.view_zoom() == pytest.approx(zoom)
    monkeypatch.setattr(canvas, "screen", lambda: Screen(127.0))
    canvas.show_area((25, 50), (74, 149), "TRUE SIZE")
    assert canvas.view_zoom() == 4
