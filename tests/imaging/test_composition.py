"""Shutters hide, overlays are drawn: over whole pictures, and as masks for the screen."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from viewer.imaging.colour import rgb_of_cielab, unpack_rgb
from viewer.imaging.composition import (
    compose,
    lay_over,
    overlay_coverage,
    overlay_rgb,
    shutter_mask,
)
from viewer.imaging.frame import FrameDescription
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.shutters import Shutter

GREY = np.full((6, 8), 0xFF404040, np.uint32)


def overlay(
    mask: np.ndarray, origin: tuple[int, int] = (0, 0), group: int = 0x6000, kind="G"
) -> OverlayPlane:
    return OverlayPlane(group, *mask.shape, np.packbits(mask, axis=1), origin, kind)


def description(**attributes) -> FrameDescription:
    return FrameDescription(6, 8, **attributes)


def test_without_shutter_and_overlays_the_picture_is_the_same_one():
    assert compose(GREY, description()) is GREY
    assert shutter_mask(description()) is None
    assert overlay_coverage(description()) == []


def test_a_shutter_around_the_frame_changes_nothing():
    whole = description(shutter=Shutter(rectangle=(-1, -1, 8, 9)))
    assert compose(GREY, whole) is GREY


@pytest.mark.parametrize(("p_value", "grey"), [(0, 0), (0xFFFF, 255), (0x8000, 128), (257, 1)])
def test_hidden_pixels_take_the_presentation_value(p_value, grey):
    shutter = Shutter(rectangle=(1, 1, 3, 3), presentation_value=p_value)
    composed = compose(GREY, description(shutter=shutter))
    assert (unpack_rgb(composed)[0, 0] == grey).all()
    assert (composed[1:4, 1:4] == 0xFF404040).all()
    assert (GREY == 0xFF404040).all()


def test_a_shutter_may_hide_in_colour():
    shutter = Shutter(circle=(3, 3, 1), presentation_value=9, presentation_rgb=(10, 20, 30))
    assert compose(GREY, description(shutter=shutter))[0, 0] == 0xFF0A141E


def test_a_bitmap_shutter_hides_its_set_bits_and_is_not_drawn():
    mask = np.zeros((6, 8), bool)
    mask[:2] = True
    hidden = description(
        shutter=Shutter(bitmap_group=0x6002), overlays=(overlay(mask, group=0x6002),)
    )
    composed = compose(GREY, hidden)
    assert (composed[:2] == 0xFF000000).all()
    assert (composed[2:] == 0xFF404040).all()
    assert overlay_coverage(hidden) == []
    # taken off, it is still no drawing
    assert compose(GREY, hidden, shutter=False) is GREY


def test_a_bitmap_shutter_without_its_overlay_hides_nothing():
    assert shutter_mask(description(shutter=Shutter(bitmap_group=0x6002))) is None


def test_overlays_are_drawn_where_their_bits_are():
    mask = np.eye(6, 8, dtype=bool)
    composed = compose(GREY, description(overlays=(overlay(mask),)))
    assert (composed[~mask] == 0xFF404040).all()
    assert (unpack_rgb(composed)[mask] == overlay_rgb(overlay(mask))).all()


def test_overlays_are_clipped_to_the_frame():
    mask = np.ones((4, 4), bool)
    for origin, where in (
        ((-2, -3), np.s_[:2, :1]),
        ((4, 6), np.s_[4:, 6:]),
        ((-1, 2), np.s_[:3, 2:6]),
    ):
        [(coverage, _)] = overlay_coverage(description(overlays=(overlay(mask, origin),)))
        expected = np.zeros((6, 8), np.uint8)
        expected[where] = 255
        assert (coverage == expected).all()


@pytest.mark.parametrize("origin", [(6, 0), (0, 8), (-4, 0), (0, -4), (30_000, -30_000)])
def test_an_overlay_wholly_outside_draws_nothing(origin):
    outside = description(overlays=(overlay(np.ones((4, 4), bool), origin),))
    assert compose(GREY, outside) is GREY


def test_groups_are_switched_one_by_one():
    mask = np.ones((2, 2), bool)
    two = description(overlays=(overlay(mask), overlay(mask, (4, 4), 0x6002)))
    composed = compose(GREY, two, hidden_groups={0x6000})
    assert composed[0, 0] == 0xFF404040
    assert composed[4, 4] != 0xFF404040
    assert compose(GREY, two, overlays=False) is GREY


def test_an_overlay_stays_in_sight_over_a_shutter():
    drawn = overlay(np.ones((1, 1), bool))
    hidden = description(shutter=Shutter(rectangle=(2, 2, 4, 4)), overlays=(drawn,))
    assert (unpack_rgb(compose(GREY, hidden))[0, 0] == overlay_rgb(drawn)).all()


def test_colours_tell_groups_and_kinds_apart_on_black_and_on_white():
    one = np.ones((1, 1), bool)
    graphics = [overlay_rgb(overlay(one, group=group)) for group in (0x6000, 0x6002, 0x6004)]
    region = overlay_rgb(overlay(one, kind="R"))
    for a, b in itertools.combinations([*graphics, region, (0, 0, 0), (255, 255, 255)], 2):
        assert np.abs(np.subtract(a, b)).max() >= 60


def test_coverage_blends():
    coverage = np.array([[0, 255, 128]], np.uint8)
    picture = np.full((1, 3), 0xFF000000, np.uint32)
    blended = unpack_rgb(lay_over(picture, coverage, (255, 100, 0)))
    assert blended.tolist() == [[[0, 0, 0], [255, 100, 0], [128, 50, 0]]]
    assert (picture == 0xFF000000).all()


def test_part_of_a_picture_is_laid_over_too():
    picture = np.arange(48, dtype=np.uint32).reshape(6, 8)[1:5, ::2] | 0xFF000000
    result = lay_over(picture, np.eye(4, dtype=np.uint8) * 255, (1, 2, 3))
    assert (np.diag(result) == 0xFF010203).all()
    assert (result[0, 1:] == picture[0, 1:]).all()


def test_sparse_coverage_is_laid_over_quickly():
    picture = np.full((1000, 1000), 0xFF808080, np.uint32)
    coverage = np.zeros((1000, 1000), np.uint8)
    coverage[::50] = 255
    took = []
    for _ in range(10):
        start = time.perf_counter()
        lay_over(picture, coverage, (255, 190, 0))
        took.append(time.perf_counter() - start)
    assert min(took) < 0.02  # 2 ms on the machine it was made on


@pytest.mark.parametrize(
    ("encoded", "rgb"),
    [
        ((0, 0x8080, 0x8080), (0, 0, 0)),
        ((0xFFFF, 0x8080, 0x8080), (255, 255, 255)),
        ((35_579, 53_664, 50_858), (255, 0, 0)),  # L* 54.3, a* 80.8, b* 69.9: red of sRGB at D50
        ((32_768, 0x8080, 0x8080), (119, 119, 119)),
    ],
)
def test_cielab_values_become_colours(encoded, rgb):
    assert np.abs(np.subtract(rgb_of_cielab(encoded), rgb)).max() <= 1


def test_cielab_values_beyond_what_can_be_shown_are_clipped():
    assert all(0 <= value <= 255 for value in rgb_of_cielab((-5.0, 1e9, 0.0)))
