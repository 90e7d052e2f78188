"""Stored values to 32-bit pixels: one table, equal to the exact reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.imaging import display, modality, voi
from viewer.imaging.frame import FrameDescription
from viewer.imaging.modality import LookupTable, ModalityTransform
from viewer.imaging.voi import VoiLut, VoiWindow

BLACK, WHITE = 0xFF000000, 0xFFFFFFFF
SOFT_TISSUE = VoiWindow(40, 400)


def every_value(dtype: type) -> np.ndarray:
    limits = np.iinfo(dtype)
    return np.arange(limits.min, limits.max + 1, dtype=np.int64).astype(dtype)


def grey_of(pixels: np.ndarray) -> np.ndarray:
    red, green, blue = (pixels >> shift & 0xFF for shift in (16, 8, 0))
    assert (pixels >> 24 == 0xFF).all()
    assert (red == green).all()
    assert (green == blue).all()
    return red.astype(int)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([np.uint8, np.int8, np.uint16, np.int16]),
    st.floats(-50, 50).filter(lambda slope: abs(slope) > 1e-3),
    st.floats(-3e4, 3e4),
    st.builds(
        VoiWindow,
        st.floats(-4e4, 4e4),
        st.floats(1, 6e4),
        st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
    ),
    st.booleans(),
)
def test_table_equals_the_reference_over_all_stored_values(
    dtype, slope, intercept, window, inverted
):
    description = FrameDescription(
        1, 1, modality=ModalityTransform(slope, intercept), inverted=inverted
    )
    stored = every_value(dtype)
    brightness = voi.apply(window, stored.astype(np.float64) * slope + intercept)
    expected = (1 - brightness if inverted else brightness) * 255
    table = display.display_table(description, np.dtype(dtype), window)
    assert np.abs(grey_of(table.look_up(stored)) - expected).max() <= 0.5 + 1e-6


def test_luts_of_both_kinds_compose():
    roots = LookupTable(0, np.sqrt(np.arange(4096) * 4096).astype(np.uint16), 12)
    squares = VoiLut(LookupTable(0, (np.arange(4096) ** 2 // 4096).astype(np.uint16), 12))
    description = FrameDescription(1, 1, modality=ModalityTransform(lut=roots))
    stored = np.arange(4096, dtype=np.uint16)
    table = display.display_table(description, stored.dtype, squares)
    expected = squares.table.entries[roots.entries[stored]] / 4095 * 255
    assert np.abs(grey_of(table.look_up(stored)) - expected).max() <= 0.5 + 1e-6


def test_monochrome1_is_the_negative_exactly_once():
    stored = every_value(np.int16)
    plain = display.to_rgb32(stored, FrameDescription(1, 1), SOFT_TISSUE)
    inverted = display.to_rgb32(stored, FrameDescription(1, 1, inverted=True), SOFT_TISSUE)
    assert np.abs(grey_of(plain) + grey_of(inverted) - 255).max() <= 1  # halves round up in both
    assert inverted[0] == WHITE
    assert inverted[-1] == BLACK


@pytest.mark.parametrize("inverted", [False, True])
def test_padding_is_black_whatever_the_presentation(inverted):
    description = FrameDescription(1, 4, inverted=inverted, padding_range=(-2000, -1951))
    window = VoiWindow(-1975, 100)
    stored = np.array([[-2001, -2000, -1951, -1950]], np.int16)
    shown = display.to_rgb32(stored, description, window)
    assert shown[0, 1:3].tolist() == [BLACK, BLACK]
    assert BLACK not in (shown[0, 0], shown[0, 3])


@pytest.mark.parametrize("dtype", [np.int32, np.uint32, np.float32, np.float64])
def test_frames_without_a_table_look_as_those_with_one(dtype):
    description = FrameDescription(1, 1, modality=ModalityTransform(2, -1024), padding_range=(7, 9))
    stored = np.arange(4096, dtype=np.uint16)
    through_table = display.to_rgb32(stored, description, SOFT_TISSUE)
    direct = display.to_rgb32(stored.astype(dtype), description, SOFT_TISSUE)
    assert np.abs(grey_of(through_table) - grey_of(direct)).max() <= 1


@pytest.mark.parametrize("inverted", [False, True])
def test_nan_is_black_and_infinities_are_the_ends(inverted):
    description = FrameDescription(1, 3, inverted=inverted)
    values = np.array([[np.nan, -np.inf, np.inf]], np.float32)
    shown = display.to_rgb32(values, description, SOFT_TISSUE).tolist()
    assert shown == [[BLACK, WHITE, BLACK] if inverted else [BLACK, BLACK, WHITE]]


def test_a_table_at_hand_is_used():
    description = FrameDescription(1, 2)
    stored = np.array([[-5, 40]], np.int16)
    table = display.display_table(description, stored.dtype, SOFT_TISSUE)
    without = display.to_rgb32(stored, description, SOFT_TISSUE)
    assert (display.to_rgb32(stored, description, SOFT_TISSUE, table) == without).all()


def test_a_table_refuses_pixels_of_another_kind():
    table = display.display_table(FrameDescription(1, 1), np.dtype(np.int16), SOFT_TISSUE)
    with pytest.raises(ValueError, match="int16 was given uint16"):
        table.look_up(np.zeros((1, 1), np.uint16))
    with pytest.raises(ValueError, match="no display table"):
        display.display_table(FrameDescription(1, 1), np.dtype(np.float32), SOFT_TISSUE)


def test_a_part_of_a_frame_that_is_not_contiguous_displays():
    stored = np.arange(64, dtype=np.int16).reshape(8, 8)
    whole = display.to_rgb32(stored, FrameDescription(8, 8), VoiWindow(32, 64))
    part = display.to_rgb32(stored[::2, 1:5], FrameDescription(8, 8), VoiWindow(32, 64))
    assert (part == whole[::2, 1:5]).all()


def test_colour_is_shown_as_it_is():
    rgb = np.array([[[1, 2, 3], [255, 0, 128]]], np.uint8)
    description = FrameDescription(1, 2, samples_per_pixel=3, photometric_interpretation="RGB")
    assert display.is_colour(description)
    shown = display.to_rgb32(rgb, description, SOFT_TISSUE)
    assert shown.tolist() == [[0xFF010203, 0xFFFF0080]]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16])
def test_palette_indices_outside_take_the_ends(dtype):
    palette = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8)
    description = FrameDescription(
        1, 5, photometric_interpretation="PALETTE COLOR", palette_rgb=palette, palette_first=100
    )
    shown = display.to_rgb32(np.array([[0, 100, 101, 102, 120]], dtype), description, SOFT_TISSUE)
    assert shown.tolist() == [[0xFFFF0000, 0xFFFF0000, 0xFF00FF00, 0xFF0000FF, 0xFF0000FF]]


def test_readout_value_and_grey_belong_together():
    transform = ModalityTransform(0.5, -100)
    stored = np.array([[280]], np.uint16)
    assert modality.value_of(transform, 280) == 40
    shown = display.to_rgb32(
        stored, FrameDescription(1, 1, modality=transform), VoiWindow(40, 400, "LINEAR_EXACT")
    )
    assert grey_of(shown).tolist() == [[128]]


SQUARES = LookupTable(0, (np.arange(256) ** 2).astype(np.uint16), 16)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32])
@pytest.mark.parametrize("inverted", [False, True])
def test_a_presentation_lut_follows_the_voi_and_inversion_follows_it(dtype, inverted):
    description = FrameDescription(1, 5, presentation_lut=SQUARES, inverted=inverted)
    stored = np.array([[0, 64, 128, 192, 255]], dtype)
    shown = grey_of(display.to_rgb32(stored, description, VoiWindow(128, 256)))
    expected = stored.astype(float) ** 2 / 65535 * 255
    assert np.abs(shown - (255 - expected if inverted else expected)).max() <= 0.5 + 1e-6


def test_a_presentation_lut_spans_the_whole_window_whatever_its_size():
    coarse = LookupTable(0, np.array([0, 1023, 512], np.uint16), 10)
    description = FrameDescription(1, 3, presentation_lut=coarse)
    stored = np.array([[0, 500, 1000]], np.uint16)
    shown = display.to_rgb32(stored, description, VoiWindow(500, 1000, "LINEAR_EXACT"))
    assert grey_of(shown).tolist() == [[0, 255, 128]]


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.int32])
def test_a_supplemental_palette_colours_its_values_and_leaves_the_others_grey(dtype):
    palette = np.array([[255, 0, 0], [0, 0, 255]], np.uint8)
    description = FrameDescription(
        1, 5, palette_rgb=palette, palette_first=1000, padding_range=(0, 0)
    )
    assert not display.is_colour(description)
    stored = np.array([[0, 999, 1000, 1001, 2000]], dtype)
    shown = display.to_rgb32(stored, description, VoiWindow(500, 1000, "LINEAR_EXACT"))
    assert shown.tolist() == [[BLACK, WHITE, 0xFFFF0000, 0xFF0000FF, 0xFF0000FF]]


@pytest.mark.parametrize("inverted", [False, True])
def test_floating_point_padding_is_black(inverted):
    description = FrameDescription(1, 3, inverted=inverted, padding_range=(-1e38, -9e37))
    values = np.array([[-1e38, 0.5, np.float32(-9e37)]], np.float32)
    shown = display.to_rgb32(values, description, VoiWindow(0.5, 1, "LINEAR_EXACT"))
    assert shown.tolist() == [[BLACK, 0xFF808080, BLACK]]


def test_a_large_floating_point_frame_looks_the_same_in_whole_and_in_parts():
    values = np.linspace(-1, 1, 600 * 500, dtype=np.float32).reshape(600, 500)
    description, window = FrameDescription(600, 500), VoiWindow(0, 1, "LINEAR_EXACT")
    whole = display.to_rgb32(values, description, window)
    for rows in (slice(0, 1), slice(100, 300), slice(599, 600)):
        assert (display.to_rgb32(values[rows], description, window) == whole[rows]).all()


def test_every_32_bit_integer_of_a_narrow_window_has_its_own_grey():
    values = np.arange(2**31 - 256, 2**31, dtype=np.int64).astype(np.int32).reshape(1, 256)
    window = VoiWindow(2**31 - 128, 256)
    assert grey_of(display.to_rgb32(values, FrameDescription(1, 256), window)).tolist() == [
        list(range(256))
    ]
