"""Windows and VOI LUTs follow PS3.3 C.11.2; automatic windows suit the frame."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.imaging import voi
from viewer.imaging.frame import FrameDescription
from viewer.imaging.modality import LookupTable, ModalityTransform
from viewer.imaging.voi import VoiLut, VoiWindow

IDENTITY = ModalityTransform()


def linear_of_the_standard(x: float, center: float, width: float) -> float:
    """The pseudo-code of PS3.3 C.11.2.1.2.1 with ymin 0 and ymax 1."""
    if x <= center - 0.5 - (width - 1) / 2:
        return 0.0
    if x > center - 0.5 + (width - 1) / 2:
        return 1.0
    return (x - (center - 0.5)) / (width - 1) + 0.5


def brightness_of(window: voi.Voi, *values: float) -> list[float]:
    return voi.apply(window, np.array(values, np.float64)).tolist()


@given(st.integers(-2000, 4000), st.integers(-2000, 4000), st.integers(1, 5000))
def test_linear_follows_the_standards_pseudo_code(x, center, width):
    expected = linear_of_the_standard(x, center, width)
    assert brightness_of(VoiWindow(center, width), x) == [pytest.approx(expected, abs=1e-12)]


def test_linear_256_over_8_bits_is_the_identity():
    assert brightness_of(VoiWindow(128, 256), *range(256)) == pytest.approx(np.arange(256) / 255)


def test_linear_of_width_1_is_a_threshold():
    assert brightness_of(VoiWindow(40, 1), 39, 39.5, 39.6, 40) == [0, 0, 1, 1]


def test_linear_exact_spans_its_width():
    window = VoiWindow(40, 400, "LINEAR_EXACT")
    assert brightness_of(window, -161, -160, 40, 240, 241) == [0, 0, 0.5, 1, 1]


def test_sigmoid_follows_the_standards_formula():
    window = VoiWindow(40, 400, "SIGMOID")
    expected = [1 / (1 + math.exp(-4 * (x - 40) / 400)) for x in (-500, 40, 140, 900)]
    assert brightness_of(window, -500, 40, 140, 900) == pytest.approx(expected)


@given(
    st.floats(-1e6, 1e6),
    st.floats(0, 1e5),
    st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
    st.sampled_from([np.float32, np.float64]),
)
def test_brightness_rises_and_stays_between_0_and_1(center, width, function, dtype):
    values = np.array([-np.inf, -1e30, -1024, 0, 0.5, 3071, 1e30, np.inf], dtype)
    brightness = voi.apply(VoiWindow(center, width, function), values)
    assert (np.diff(brightness) >= 0).all()
    assert brightness.min() >= 0
    assert brightness.max() <= 1


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_a_window_without_width_is_a_step(function):
    assert brightness_of(VoiWindow(40, 0, function), 39, 41) == [0, 1]


def test_nan_has_no_brightness():
    assert math.isnan(brightness_of(VoiWindow(40, 400), math.nan)[0])
    assert math.isnan(brightness_of(VoiWindow(40, 1), math.nan)[0])


def test_values_outside_a_voi_lut_take_its_ends():
    lut = VoiLut(LookupTable(1000, np.array([0, 51, 255], np.uint8), 8))
    assert brightness_of(lut, -3, 1000, 1001, 1001.2, 1002, 9000) == [0, 0, 0.2, 0.2, 1, 1]


def test_a_voi_lut_is_scaled_by_its_bits():
    lut = VoiLut(LookupTable(0, np.array([0, 4095], np.uint16), 12))
    assert brightness_of(lut, 1) == [1]


def test_automatic_window_is_in_modality_units():
    stored = np.linspace(0, 4000, 10_000).astype(np.int16).reshape(100, 100)
    window = voi.auto_window(stored, ModalityTransform(1, -1024))
    assert window.center == pytest.approx(976, abs=10)
    assert window.width == pytest.approx(3960, abs=20)


def test_automatic_window_ignores_a_few_extreme_pixels():
    stored = np.random.default_rng(1).integers(100, 200, (256, 256)).astype(np.int16)
    stored[0, :20] = 32767
    window = voi.auto_window(stored, IDENTITY)
    assert window.center + window.width / 2 < 210


def test_automatic_window_leaves_padding_out():
    stored = np.full((64, 64), -2000, np.int16)
    stored[16:48, 16:48] = np.arange(1024).reshape(32, 32) % 101
    window = voi.auto_window(stored, IDENTITY, (-2000, -1951))
    assert window.center - window.width / 2 == pytest.approx(0, abs=2)


def test_automatic_window_leaves_nan_and_infinity_out():
    values = np.linspace(0, 1, 10_000, dtype=np.float32).reshape(100, 100)
    values[0] = np.nan
    values[1] = np.inf
    window = voi.auto_window(values, IDENTITY)
    assert 0 < window.center < 1
    assert window.width <= 1


def test_automatic_window_follows_a_negative_slope():
    stored = np.arange(10_000).reshape(100, 100).astype(np.uint16)
    window = voi.auto_window(stored, ModalityTransform(-1, 0))
    assert window.center == pytest.approx(-5000, abs=5)
    assert window.width > 0


@pytest.mark.parametrize(("value", "brightness"), [(0, 0), (1, 1), (7, 1), (-1000, 0)])
def test_an_empty_frame_is_black_and_a_full_mask_white(value, brightness):
    window = voi.auto_window(np.full((8, 8), value, np.int16), IDENTITY)
    assert voi.is_usable(window)
    assert brightness_of(window, value) == [brightness]


@pytest.mark.parametrize("value", [0, 1])
def test_the_window_of_an_empty_or_full_mask_suits_the_next_frame(value):
    window = voi.auto_window(np.full((8, 8), value, np.uint8), IDENTITY)
    assert brightness_of(window, 0, 1) == [0, 1]


def test_a_few_bright_pixels_on_nothing_are_seen():
    stored = np.zeros((1000, 1000), np.uint16)
    stored[501, 501] = 900
    window = voi.auto_window(stored, IDENTITY)
    assert brightness_of(window, 0, 900) == [0, 1]


@pytest.mark.parametrize(
    ("stored", "padding"),
    [
        (np.full((4, 4), np.nan, np.float32), None),
        (np.full((4, 4), -2000, np.int16), (-2000, -2000)),
    ],
)
def test_a_frame_without_any_value_gets_a_usable_window(stored, padding):
    assert voi.is_usable(voi.auto_window(stored, IDENTITY, padding))


def test_the_files_first_voi_comes_first():
    vois = (VoiWindow(40, 400), VoiWindow(-600, 1500))
    description = FrameDescription(4, 4, vois=vois)
    assert voi.default_voi(description, np.zeros((4, 4), np.int16)) == vois[0]


@pytest.mark.parametrize(
    "unusable", [VoiWindow(40, 0), VoiWindow(40, -5), VoiWindow(math.nan, 400)]
)
def test_an_unusable_window_of_the_file_gives_way(unusable):
    pixels = np.arange(16, dtype=np.int16).reshape(4, 4)
    only = FrameDescription(4, 4, vois=(unusable,))
    assert voi.default_voi(only, pixels) == voi.auto_window(pixels, IDENTITY)
    another = FrameDescription(4, 4, vois=(unusable, VoiWindow(7, 9)))
    assert voi.default_voi(another, pixels) == VoiWindow(7, 9)


def test_a_narrow_window_far_from_zero_is_exact_for_floating_point_values():
    values = np.array([1_000_000.0, 1_000_000.25, 1_000_000.5], np.float32)
    brightness = voi.apply(VoiWindow(1_000_000.25, 0.5, "LINEAR_EXACT"), values)
    assert brightness.tolist() == [0, 0.5, 1]


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("center", [-1e308, 0.0, 1e308])
@pytest.mark.parametrize("width", [5e-324, 1e-300, 1.0, 1e308])
def test_numbers_at_the_ends_of_double_precision_make_a_picture(function, center, width):
    values = np.array([-np.inf, -1.7e308, 0, 5e-324, 1.7e308, np.inf])
    brightness = voi.apply(VoiWindow(center, width, function), values)
    assert np.isfinite(brightness).all()
    assert (np.diff(brightness) >= 0).all()


def test_an_automatic_window_over_the_largest_numbers_is_usable():
    window = voi.auto_window(np.array([[-1.7e308, 0.0, 1.7e308]]), IDENTITY)
    assert voi.is_usable(window)


def test_an_automatic_window_says_that_it_is_one():
    window = voi.auto_window(np.arange(100).reshape(10, 10), IDENTITY)
    assert window.source == "automatic: 0.5% to 99.5% of the frame's values, without padding"


def frame_of(pixels: np.ndarray, **attributes) -> tuple[np.ndarray, FrameDescription]:
    return pixels, FrameDescription(*pixels.shape[:2], **attributes)


def test_the_window_of_a_series_spans_its_frames_each_with_its_own_slope():
    ramp = np.arange(10_000, dtype=np.uint16).reshape(100, 100)
    weak, strong = (frame_of(ramp, modality=ModalityTransform(slope)) for slope in (0.1, 3.0))
    window = voi.series_window([weak, strong])
    assert window.center + window.width / 2 == pytest.approx(30_000, rel=0.02)
    assert voi.series_window([weak]).width == pytest.approx(1000, rel=0.02)


def test_the_window_of_a_series_leaves_out_padding_colour_and_empty_frames():
    padded = np.full((100, 100), -2000, np.int16)
    padded[40:60, 40:60] = np.arange(400).reshape(20, 20)
    frames = [
        frame_of(padded, padding_range=(-2000, -2000)),
        frame_of(np.full((8, 8), -2000, np.int16), padding_range=(-2000, -2000)),
        frame_of(np.zeros((8, 8, 3), np.uint8), samples_per_pixel=3),
    ]
    window = voi.series_window(frames)
    assert window.center - window.width / 2 == pytest.approx(0, abs=4)
    assert window.center + window.width / 2 == pytest.approx(399, abs=4)


def test_a_series_without_values_gets_a_usable_window():
    assert voi.is_usable(voi.series_window([]))
    empty = frame_of(np.full((4, 4), np.nan, np.float32))
    assert voi.is_usable(voi.series_window([empty, empty]))


def test_a_bright_speck_in_one_frame_of_a_series_is_seen():
    speck = np.zeros((100, 100), np.uint16)
    speck[51, 51] = 900
    window = voi.series_window([frame_of(np.zeros((100, 100), np.uint16)), frame_of(speck)])
    assert brightness_of(window, 0, 900) == [0, 1]


def test_stored_values_of_a_supplemental_palette_do_not_widen_the_window():
    pixels = np.arange(2000, dtype=np.uint16).reshape(40, 50)
    palette = np.zeros((976, 3), np.uint8)
    description = FrameDescription(40, 50, palette_rgb=palette, palette_first=1024)
    window = voi.default_voi(description, pixels)
    assert window.center + window.width / 2 <= 1024
