"""A turned frame is the same content: same pixels, same patient positions, same values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.imaging.composition import compose, overlay_coverage, shutter_mask
from viewer.imaging.frame import FrameDescription
from viewer.imaging.geometry import FramePlane, dot, frame_point_to_lps
from viewer.imaging.lengths import UltrasoundRegion
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.shutters import Shutter
from viewer.imaging.turning import Turn, turned_description, turned_pixels

TURNS = [Turn(quarters, mirrored) for quarters in range(4) for mirrored in (False, True)]
ROWS, COLUMNS = 5, 9
SIZE = ROWS, COLUMNS
PIXELS = np.arange(ROWS * COLUMNS, dtype=np.uint16).reshape(SIZE)

turns = st.sampled_from(TURNS)
points = st.tuples(st.integers(-20, 20), st.integers(-20, 20))


def description(**attributes) -> FrameDescription:
    return FrameDescription(ROWS, COLUMNS, **attributes)


def overlay(mask: np.ndarray, origin: tuple[int, int]) -> OverlayPlane:
    return OverlayPlane(0x6000, *mask.shape, np.packbits(mask, axis=1), origin)


def test_a_quarter_turns_clockwise():
    turned = turned_pixels(PIXELS, Turn(1))
    assert turned[0, -1] == PIXELS[0, 0]  # the first pixel goes to the top right
    assert turned[0, 0] == PIXELS[-1, 0]


def test_mirroring_comes_after_turning():
    assert (turned_pixels(PIXELS, Turn(1, True)) == np.rot90(PIXELS, -1)[:, ::-1]).all()


@pytest.mark.parametrize("turn", TURNS)
def test_turned_pixels_are_a_view_grey_or_colour(turn):
    colour = np.stack([PIXELS] * 3, axis=-1)
    assert np.shares_memory(turned_pixels(PIXELS, turn), PIXELS)
    assert turned_pixels(PIXELS, turn).shape == turn.size(SIZE)
    assert (turned_pixels(colour, turn)[..., 1] == turned_pixels(PIXELS, turn)).all()


@given(turns, st.integers(-8, 8))
def test_turning_further_turns_what_is_seen(turn, quarters):
    seen = turned_pixels(PIXELS, turn)
    assert (turned_pixels(PIXELS, turn.rotated(quarters)) == np.rot90(seen, -quarters)).all()


@pytest.mark.parametrize("turn", TURNS)
def test_flipping_further_flips_what_is_seen(turn):
    seen = turned_pixels(PIXELS, turn)
    assert (turned_pixels(PIXELS, turn.flipped()) == seen[:, ::-1]).all()
    assert (turned_pixels(PIXELS, turn.flipped(vertically=True)) == seen[::-1]).all()


def test_four_quarters_and_two_flips_are_none():
    assert Turn(3, True).rotated(3).flipped().is_none
    assert Turn().rotated(3).rotated(1).is_none


@pytest.mark.parametrize("turn", TURNS)
def test_positions_go_where_their_pixels_go(turn):
    turned = turned_pixels(PIXELS, turn)
    for row, column in np.ndindex(SIZE):
        assert turned[turn.to_turned((row, column), SIZE)] == PIXELS[row, column]


@given(turns, points)
def test_positions_come_back(turn, point):
    assert turn.to_frame(turn.to_turned(point, SIZE), SIZE) == point
    assert turn.to_turned(turn.to_frame(point, SIZE), SIZE) == point


@given(turns, points)
def test_content_keeps_its_patient_position(turn, point):
    plane = FramePlane((-30.0, 12.5, 40.0), (0.8, 0.6, 0.0), (0.0, 0.0, -1.0), (2.0, 0.5))
    turned = turned_description(description(plane=plane, spacing_rc_mm=(2.0, 0.5)), turn)
    assert turned.plane is not None
    before = frame_point_to_lps(plane, point)
    after = frame_point_to_lps(turned.plane, turn.to_turned(point, SIZE))
    assert after == pytest.approx(before)
    assert turned.spacing_rc_mm == turned.plane.spacing_rc_mm
    handedness = -1 if turn.mirrored else 1
    assert dot(turned.plane.normal_lps, plane.normal_lps) == pytest.approx(handedness)


@pytest.mark.parametrize("turn", TURNS)
def test_size_spacing_and_aspect_follow(turn):
    turned = turned_description(
        description(spacing_rc_mm=(3.0, 1.0), pixel_aspect_rc=(6.0, 5.0)), turn
    )
    assert (turned.rows, turned.columns) == turned_pixels(PIXELS, turn).shape
    quarter = turn.quarters % 2 == 1
    assert turned.spacing_rc_mm == ((1.0, 3.0) if quarter else (3.0, 1.0))
    assert turned.pixel_aspect_rc == ((5.0, 6.0) if quarter else (6.0, 5.0))


def test_no_turn_gives_the_description_itself():
    before = description()
    assert turned_description(before, Turn()) is before


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("origin", [(0, 0), (-2, 3), (3, 6), (-40, -40)])
def test_overlays_lie_over_the_same_content(turn, origin):
    mask = np.random.default_rng(4).integers(0, 2, (4, 6)).astype(bool)
    before = description(overlays=(overlay(mask, origin),))
    found = overlay_coverage(turned_description(before, turn))
    expected = overlay_coverage(before)
    assert len(found) == len(expected)
    for (covered, rgb), (was_covered, was_rgb) in zip(found, expected, strict=True):
        assert (covered == turned_pixels(was_covered, turn)).all()
        assert rgb == was_rgb


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize(
    "shutter",
    [
        Shutter(rectangle=(1, 2, 3, 5)),
        Shutter(circle=(1.0, 6.0, 2.0)),
        Shutter(polygon=((0, 1), (1, 7), (4, 8), (3, 2))),
        Shutter(bitmap_group=0x6000),
    ],
)
def test_shutters_hide_the_same_content(turn, shutter):
    mask = np.random.default_rng(5).integers(0, 2, SIZE).astype(bool)
    before = description(shutter=shutter, overlays=(overlay(mask, (0, 0)),))
    seen, seen_before = shutter_mask(turned_description(before, turn)), shutter_mask(before)
    assert seen is not None
    assert seen_before is not None
    assert (seen == turned_pixels(seen_before, turn)).all()


@pytest.mark.parametrize("turn", TURNS)
def test_the_composed_picture_turns_as_a_whole(turn):
    mask = np.eye(ROWS, 7, dtype=bool)
    before = description(
        shutter=Shutter(circle=(2, 4, 3), presentation_value=30_000),
        overlays=(overlay(mask, (-1, 4)),),
    )
    picture = 0xFF000000 | PIXELS.astype(np.uint32) * 0x010101
    after = compose(turned_pixels(picture, turn), turned_description(before, turn))
    assert (after == turned_pixels(compose(picture, before), turn)).all()


@given(turns, st.tuples(st.integers(1, 3), st.integers(2, 6)))
def test_regions_measure_the_same_content_alike(turn, point):
    region = UltrasoundRegion(
        box_rc=(1, 2, 3, 6),
        delta_x=0.25,
        delta_y=-1.5,
        unit_x="s",
        unit_y="cm/s",
        reference_rc=(2.0, 3.0),
        reference_x=10.0,
        reference_y=20.0,
    )
    [turned] = turned_description(description(regions=(region,)), turn).regions
    row, column = turn.to_turned(point, SIZE)
    top, left, bottom, right = turned.box_rc
    assert top <= row <= bottom
    assert left <= column <= right
    assert (bottom - top + 1) * (right - left + 1) == 15
    assert values_at(turned, (row, column)) == values_at(region, point)


def values_at(region: UltrasoundRegion, point: tuple[float, float]) -> dict[str, float]:
    """The physical values of a region's pixel, by their unit."""
    assert region.reference_rc is not None
    row, column = region.reference_rc
    return {
        region.unit_x: region.reference_x + (point[1] - column) * region.delta_x,
        region.unit_y: region.reference_y + (point[0] - row) * region.delta_y,
    }
