"""Annotations on the canvas: in their place, in their colour, harmless whatever they say."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.ui.screens import BLACK, on_screen, packed
from viewer.imaging.frame import FrameDescription
from viewer.imaging.presentation import Annotation, Graphic, Text
from viewer.imaging.voi import VoiWindow
from viewer.ui.canvas import curves
from viewer.ui.canvas.image_canvas import ImageCanvas

BOX = (0.0, 0.0, 300.0, 200.0)
NAN = math.nan


@pytest.fixture
def canvas(qtbot: QtBot) -> ImageCanvas:
    """Show a black frame of 100 rows and 150 columns at 2:1."""
    widget = ImageCanvas()
    qtbot.addWidget(widget)
    widget.resize(300, 200)
    widget.show()
    pixels = np.zeros((100, 150), np.int16)
    widget.set_frame(pixels, FrameDescription(100, 150), keep_view=False)
    widget.set_voi(VoiWindow(500.0, 1000.0))
    assert widget.view_zoom() == 2
    return widget


def draw(canvas: ImageCanvas, *shapes: Graphic | Text, **layer: object) -> np.ndarray:
    graphics = tuple(shape for shape in shapes if isinstance(shape, Graphic))
    texts = tuple(shape for shape in shapes if isinstance(shape, Text))
    canvas.set_annotations([Annotation("L", 0, graphics, texts, **layer)])
    return on_screen(canvas)


def lit(screen: np.ndarray, row: float, column: float, reach: int = 1) -> bool:
    """Say whether there is ink at a frame position."""
    y, x = round(2 * (row + 0.5)), round(2 * (column + 0.5))
    around = screen[y - reach : y + reach + 1, x - reach : x + reach + 1]
    return bool((around != BLACK).any())


CASES = {
    "POINT": (Graphic("POINT", ((50, 60),)), [(50, 60), (50, 61)], [(56, 60), (53, 63)]),
    "POLYLINE": (
        Graphic("POLYLINE", ((10, 10), (10, 90), (60, 90))),
        [(10, 10), (10, 50), (10, 90), (40, 90), (60, 90)],
        [(35, 50), (12, 50), (63, 90)],
    ),
    "INTERPOLATED": (
        Graphic("INTERPOLATED", ((50, 20), (20, 50), (50, 80), (80, 50), (50, 20))),
        [(50, 20), (20, 50), (50, 80), (80, 50), (31.25, 31.25)],
        [(50, 50), (35, 35)],  # rounder than straight lines from point to point
    ),
    "CIRCLE": (
        Graphic("CIRCLE", ((50, 70), (50, 100))),
        [(50, 100), (50, 40), (20, 70), (80, 70), (50 + 30 * 0.6, 70 + 30 * 0.8)],
        [(50, 70), (20, 100)],
    ),
    "ELLIPSE": (
        Graphic("ELLIPSE", ((20, 40), (80, 100), (60, 60), (40, 80))),
        [(20, 40), (80, 100), (60, 60), (40, 80)],
        [(50, 70), (20, 100), (80, 40)],
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_each_kind_goes_through_its_points(canvas: ImageCanvas, kind: str) -> None:
    graphic, on, off = CASES[kind]
    screen = draw(canvas, graphic)
    assert [lit(screen, *point) for point in on] == [True] * len(on)
    assert [lit(screen, *point) for point in off] == [False] * len(off)


@pytest.mark.parametrize("kind", ["POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE"])
def test_filled_areas_are_veiled_not_covered(canvas: ImageCanvas, kind: str) -> None:
    points = {
        "CIRCLE": ((50, 70), (50, 100)),
        "ELLIPSE": ((20, 40), (80, 100), (60, 60), (40, 80)),
    }.get(kind, ((30, 50), (30, 90), (70, 90), (70, 50), (30, 50)))
    screen = draw(canvas, Graphic(kind, points, filled=True))
    assert 30 < (screen[101, 141] >> 16 & 0xFF) < 150
    assert not lit(screen, 5, 5)


def test_layers_have_their_colour_and_the_last_lies_on_top(canvas: ImageCanvas) -> None:
    line = Graphic("POLYLINE", ((50, 0), (50, 149)))
    canvas.set_annotations(
        [Annotation("A", 0, (line,), rgb=(255, 0, 0)), Annotation("B", 1, (line,), rgb=(0, 255, 0))]
    )
    _, red, green, _ = int(on_screen(canvas)[101, 150]).to_bytes(4)
    assert red == 0
    assert green > 150


def test_a_dark_line_is_seen_on_black(canvas: ImageCanvas) -> None:
    screen = draw(canvas, Graphic("POLYLINE", ((50, 0), (50, 149))), rgb=(0, 0, 0))
    assert (screen[95:108, 150] & 0xFF).max() > 200


def test_a_light_line_is_seen_on_white(canvas: ImageCanvas) -> None:
    canvas.set_voi(VoiWindow(-5000.0, 10.0))
    screen = draw(canvas, Graphic("POLYLINE", ((50, 0), (50, 149))), rgb=(255, 255, 255))
    assert (screen[95:108, 150] & 0xFF).min() < 50


def test_lines_follow_the_picture(canvas: ImageCanvas) -> None:
    draw(canvas, Graphic("POLYLINE", ((50, 70), (50, 80))))
    canvas.pan_by(40, 30)
    screen = on_screen(canvas)
    assert lit(screen, 65, 95)
    assert not lit(screen, 50, 75)


def test_lines_follow_the_true_shape_of_pixels(canvas: ImageCanvas) -> None:
    description = FrameDescription(50, 150, spacing_rc_mm=(2.0, 1.0))
    canvas.set_frame(np.zeros((50, 150), np.int16), description, keep_view=False)
    screen = draw(canvas, Graphic("CIRCLE", ((25, 75), (25, 105))))  # 60 screen pixels
    rows, columns = np.nonzero(screen != BLACK)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=1)


def test_shares_of_the_display_stay_in_view_when_the_picture_is_enlarged(
    canvas: ImageCanvas,
) -> None:
    frame = ((0.1, 0.1), (0.1, 0.9), (0.9, 0.9), (0.9, 0.1), (0.1, 0.1))
    before = draw(canvas, Graphic("POLYLINE", frame, on_display=True))
    rows, columns = np.nonzero(before != BLACK)
    assert (rows.min(), columns.max()) == (pytest.approx(20, abs=3), pytest.approx(270, abs=3))
    canvas.show_area((25, 38), (74, 111), "MAGNIFY", 9)
    np.testing.assert_array_equal(on_screen(canvas), before)


def test_a_text_stands_in_its_box_and_points_at_its_anchor(canvas: ImageCanvas) -> None:
    text = Text("Node", ((10, 10), (25, 60)), anchor=(80, 100), anchor_visible=True)
    screen = draw(canvas, text)
    assert (screen[22:50, 22:60] != BLACK).any()
    assert lit(screen, 80, 100)
    assert (screen[120:140, 80:190] != BLACK).any()  # on the way
    hidden = draw(canvas, Text("Node", ((10, 10), (25, 60)), anchor=(80, 100)))
    assert not lit(hidden, 80, 100)


@pytest.mark.parametrize(("alignment", "middle"), [("LEFT", 40), ("CENTER", 150), ("RIGHT", 260)])
def test_texts_are_aligned_in_their_box(canvas: ImageCanvas, alignment: str, middle: float) -> None:
    screen = draw(canvas, Text("iii", ((40, 10), (60, 139)), alignment=alignment))
    columns = np.nonzero((screen != BLACK).any(axis=0))[0]
    assert columns.mean() == pytest.approx(middle, abs=25)


def test_a_text_without_a_box_stands_at_its_anchor(canvas: ImageCanvas) -> None:
    rows, columns = np.nonzero(draw(canvas, Text("here", anchor=(50, 50))) != BLACK)
    assert (rows.min(), columns.min()) == (pytest.approx(108, abs=9), pytest.approx(107, abs=9))


def test_texts_are_never_markup(canvas: ImageCanvas) -> None:
    plain = draw(canvas, Text("<b></b>", ((40, 10), (60, 139))))
    assert (plain != BLACK).any()
    two = draw(canvas, Text("one\r\ntwo", ((40, 10), (60, 139))))
    assert np.ptp(np.nonzero((two != BLACK).any(axis=1))[0]) > 14


FAR = [NAN, math.inf, -math.inf, 1e9, -1e7, 1e20, 1e308, -1e308]


@pytest.mark.parametrize("far", FAR)
@pytest.mark.parametrize("on_display", [False, True])
def test_positions_out_of_this_world_do_no_harm(
    canvas: ImageCanvas, far: float, on_display: bool
) -> None:
    shapes = [
        Graphic(kind, points, filled=True, on_display=on_display)
        for kind in CASES
        for points in (
            ((far, 0.5), (3.0, far), (far, far), (1.0, 2.0)),
            ((0.5, 0.5), (far, 1.0), (1.0, 1.0), (1.0, far)),
            ((far, far),),
            (),
        )
    ]
    corner = (far, far)
    draw(
        canvas,
        *shapes,
        Text("x", (corner, (1.0, 1.0)), anchor=(0.5, 0.5), anchor_visible=True),
        Text("x", ((0.5, 0.5), (0.6, 0.6)), anchor=corner, anchor_visible=True),
        Text("x", anchor=corner, anchor_visible=True),
        Text("", ((0.5, 0.5), (0.6, 0.6))),
    )
    canvas.zoom_by(40, canvas.viewport().rect().center().toPointF())
    on_screen(canvas)


def test_a_scribble_of_thousands_of_points_is_drawn_at_once(canvas: ImageCanvas) -> None:
    points = np.random.default_rng(5).uniform(-200, 300, (3000, 2))
    scribble = tuple((float(row), float(column)) for row, column in points)
    assert (draw(canvas, Graphic("POLYLINE", scribble, filled=True)) != BLACK).mean() > 0.5


def test_a_scribble_beyond_all_measure_is_drawn_thin_not_left_out(canvas: ImageCanvas) -> None:
    points = np.random.default_rng(7).uniform((0, 0), (99, 149), (50_000, 2))
    closed = tuple(map(tuple, points.tolist()))
    assert lit(draw(canvas, Graphic("POLYLINE", closed)), *closed[30_000])
    assert lit(draw(canvas, Graphic("INTERPOLATED", closed)), *closed[30_000])


def test_a_line_to_a_far_point_keeps_its_direction(canvas: ImageCanvas) -> None:
    screen = draw(canvas, Graphic("POLYLINE", ((0, 0), (1e6, 1e6))))
    assert [lit(screen, at, at) for at in (10, 50, 90)] == [True] * 3


def test_a_huge_circle_is_exact_where_it_is_seen(canvas: ImageCanvas) -> None:
    screen = draw(canvas, Graphic("CIRCLE", ((1e6, 75), (50, 75))))
    assert [lit(screen, 50, at) for at in (10, 75, 140)] == [True] * 3
    assert not lit(screen, 40, 75)


def test_graphics_can_be_switched_off_and_are_not_in_the_copied_picture(
    canvas: ImageCanvas,
) -> None:
    graphic, *_ = CASES["CIRCLE"]
    assert (draw(canvas, graphic) != BLACK).any()
    assert (packed(canvas.grab_image()) == BLACK).all()
    canvas.set_layers(overlays=True, shutter=True, graphics=False)
    assert (on_screen(canvas) == BLACK).all()
    canvas.set_layers(overlays=False, shutter=False, graphics=True)
    assert (on_screen(canvas) != BLACK).any()
    canvas.set_annotations([])
    assert (on_screen(canvas) == BLACK).all()


def test_a_defect_while_drawing_is_reported_once_and_hides_the_picture(
    canvas: ImageCanvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    seen: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: seen.append(kind))
    monkeypatch.setattr(curves, "ellipse", fail)
    draw(canvas, CASES["CIRCLE"][0])
    assert (on_screen(canvas)[90:110] != BLACK).any()
    on_screen(canvas)
    assert seen == [ZeroDivisionError]
    assert canvas.grab_image().isNull()


# Curves


def test_what_is_cut_lies_in_the_box_and_on_the_line() -> None:
    points = np.random.default_rng(6).uniform(-500, 700, (400, 2))
    for x0, y0, x1, y1 in curves.clipped_segments(points, BOX):
        assert -1e-9 <= min(x0, x1)
        assert max(x0, x1) <= 300 + 1e-9
        assert -1e-9 <= min(y0, y1)
        assert max(y0, y1) <= 200 + 1e-9
    inside = np.array([[10.0, 10.0], [290.0, 190.0], [290.0, 10.0]])
    np.testing.assert_array_equal(
        curves.clipped_segments(inside, BOX), np.hstack([inside[:-1], inside[1:]])
    )


def test_an_area_around_the_box_is_cut_to_the_box() -> None:
    around = np.array([[-900.0, -900.0], [900.0, -900.0], [900.0, 900.0], [-900.0, 900.0]])
    cut = curves.clipped_area(around, BOX)
    assert {tuple(corner) for corner in cut} == {(0, 0), (300, 0), (300, 200), (0, 200)}
    assert not len(curves.clipped_area(around + 5000, BOX))


def test_a_spline_meets_all_its_points_and_closes_smoothly() -> None:
    square = np.array([[0.0, 0], [90, 0], [90, 90], [0, 90], [0, 0]])
    curve = curves.spline(square)
    for corner in square:
        assert np.hypot(*(curve - corner).T).min() < 1e-9
    turn = (curve[1] - curve[0]) @ (curve[-1] - curve[-2])
    assert turn > 0  # no corner where it closes
