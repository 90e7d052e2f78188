"""What the canvas samples: aligned, exact at pixel centres, without aliases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viewer.imaging.resample import Mips, sample

RANDOM = np.random.default_rng(7)
DTYPES = [np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.float32, np.float64]


def ramp(rows: int, columns: int) -> np.ndarray:
    """A float frame whose value tells the position: 1000 * row + column."""
    return np.add.outer(np.arange(rows) * 1000.0, np.arange(columns))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("method", ["smooth", "nearest"])
def test_one_to_one_gives_the_pixels_themselves(dtype, method):
    stored = RANDOM.integers(0, 200, (9, 13)).astype(dtype)
    result = sample(stored, (0, 0), (1, 1), (9, 13), method)
    assert result.pixels.dtype == dtype
    assert (result.pixels == stored).all()


@pytest.mark.parametrize("zoom", [3, 5])
def test_smooth_is_exact_at_pixel_centres(zoom):
    stored = RANDOM.integers(-1000, 3000, (8, 11)).astype(np.int16)
    result = sample(stored, (0, 0), (1 / zoom, 1 / zoom), (8 * zoom, 11 * zoom))
    assert (result.pixels[zoom // 2 :: zoom, zoom // 2 :: zoom] == stored).all()


@pytest.mark.parametrize("zoom", [2, 4, 7])
def test_nearest_repeats_whole_pixels(zoom):
    stored = RANDOM.integers(0, 3000, (5, 6)).astype(np.uint16)
    result = sample(stored, (0, 0), (1 / zoom, 1 / zoom), (5 * zoom, 6 * zoom), "nearest")
    assert (result.pixels == stored.repeat(zoom, 0).repeat(zoom, 1)).all()


@settings(max_examples=80, deadline=None)
@given(
    st.tuples(st.floats(-30, 70), st.floats(-30, 90)),
    st.tuples(st.floats(0.1, 9), st.floats(0.1, 9)),
)
def test_every_screen_pixel_shows_its_place_in_the_frame(top_left, step):
    frame = ramp(64, 80)
    result = sample(frame, top_left, step, (40, 50))
    row = top_left[0] + (np.arange(40) + 0.5) * step[0] - 0.5
    column = top_left[1] + (np.arange(50) + 0.5) * step[1] - 0.5
    on_row = (row >= -0.5 - 1e-9) & (row < 63.5 + 1e-9)
    on_column = (column >= -0.5 - 1e-9) & (column < 79.5 + 1e-9)
    assert abs(on_row.sum() - (result.rows.stop - result.rows.start)) <= 1
    if not result.pixels.size:
        return
    # away from the edges, where averages are cut, a ramp samples to its own value
    reach = np.maximum(np.array(step), 1)
    inner_row = (row > reach[0]) & (row < 63 - reach[0])
    inner_column = (column > reach[1]) & (column < 79 - reach[1])
    picture = np.full((40, 50), np.nan)
    picture[result.rows, result.columns] = result.pixels
    seen = picture[np.ix_(inner_row & on_row, inner_column & on_column)]
    expected = np.add.outer(row[inner_row & on_row] * 1000, column[inner_column & on_column])
    # magnified it is exact; the mean over a staircase strays by less than 1/8 screen pixel
    stray = np.where(np.array(step) > 1, reach / 8, 0.001)
    np.testing.assert_allclose(seen, expected, rtol=0, atol=stray[0] * 1000 + stray[1])


@settings(max_examples=80, deadline=None)
@given(
    st.tuples(st.floats(-30, 70), st.floats(-30, 90)),
    st.tuples(st.floats(0.1, 9), st.floats(0.1, 9)),
)
def test_nearest_shows_the_pixel_under_each_centre(top_left, step):
    frame = ramp(64, 80)
    result = sample(frame, top_left, step, (40, 50), "nearest")
    for i in range(result.rows.start, result.rows.stop, 7):
        for j in range(result.columns.start, result.columns.stop, 7):
            down, right = (top_left[n] + (k + 0.5) * step[n] for n, k in enumerate((i, j)))
            if min(abs(down - round(down)), abs(right - round(right))) < 1e-9:
                continue  # on the border of two pixels either is right
            row, column = min(max(int(down // 1), 0), 63), min(max(int(right // 1), 0), 79)
            shown = result.pixels[i - result.rows.start, j - result.columns.start]
            assert shown == frame[row, column]


def test_a_small_frame_covers_only_its_place():
    result = sample(np.ones((10, 20), np.uint8), (-5, -10), (0.5, 0.5), (100, 100))
    assert (result.rows, result.columns) == (slice(10, 30), slice(20, 60))
    assert result.pixels.shape == (20, 40)


@pytest.mark.parametrize("top_left", [(100, 0), (0, -100), (-60, -60)])
@pytest.mark.parametrize("method", ["smooth", "nearest"])
def test_a_frame_out_of_sight_gives_nothing(top_left, method):
    result = sample(np.ones((10, 20), np.uint8), top_left, (1, 1), (50, 50), method)
    assert result.pixels.size == 0


def test_the_edge_of_a_frame_keeps_its_value():
    result = sample(np.full((4, 4), 77, np.uint8), (0, 0), (0.1, 0.1), (40, 40))
    assert (result.pixels == 77).all()


@pytest.mark.parametrize("scale", [2, 4, 8])
def test_halvings_average_whole_blocks(scale):
    stored = RANDOM.integers(-1000, 3000, (scale * 6, scale * 7)).astype(np.int16)
    result = sample(stored, (0, 0), (scale, scale), (6, 7))
    expected = stored.reshape(6, scale, 7, scale).mean(axis=(1, 3))
    assert np.abs(result.pixels - expected).max() <= 2  # each halving rounds to a stored value


@pytest.mark.parametrize("size", [(33, 47), (31, 64), (5, 5), (1, 9)])
def test_odd_sizes_do_not_shift_the_picture(size):
    frame = ramp(*size)
    result = sample(frame, (0, 0), (1.9, 1.9), (int(size[0] / 1.9), int(size[1] / 1.9)))
    rows = (np.arange(result.pixels.shape[0]) + 0.5) * 1.9 - 0.5
    if len(rows) > 2:
        inner = result.pixels[1:-1, 2] - result.pixels[1, 2]
        np.testing.assert_allclose(inner, (rows[1:-1] - rows[1]) * 1000, rtol=0, atol=240)


@pytest.mark.parametrize("scale", [2.3, 3.7, 6.1])
def test_a_minified_zone_plate_shows_no_false_rings(scale):
    size = 512
    y, x = np.mgrid[:size, :size] - size / 2
    plate = (2000 + 1000 * np.cos(np.pi * (x * x + y * y) / size)).astype(np.int16)
    out = int(size / scale)
    smooth = sample(Mips(plate), (0, 0), (scale, scale), (out, out)).pixels.astype(float)
    aliased = sample(plate, (0, 0), (scale, scale), (out, out), "nearest").pixels.astype(float)
    radius = np.hypot(*(np.mgrid[:out, :out] - out / 2)) * scale
    # beyond this radius the rings are finer than 1.3 times what the screen can show
    unresolved = (radius > 1.3 * size / (2 * scale)) & (radius < size / 2)
    assert smooth[unresolved].std() < 0.25 * aliased[unresolved].std()


def test_colour_is_sampled_sample_by_sample():
    rgb = RANDOM.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    for step in (0.3, 1.0, 2.6):
        result = sample(rgb, (0.4, -0.7), (step, step), (25, 25))
        for channel in range(3):
            alone = sample(
                np.ascontiguousarray(rgb[..., channel]), (0.4, -0.7), (step, step), (25, 25)
            )
            assert (result.pixels[..., channel] == alone.pixels).all()


@pytest.mark.parametrize("step", [0.37, 1.0, 1.6, 2.0, 5.3])
def test_padding_never_mixes_with_data(step):
    stored = RANDOM.integers(0, 100, (64, 64)).astype(np.int16)
    stored[np.hypot(*(np.mgrid[:64, :64] - 31.5)) > 25] = -2000
    result = sample(Mips(stored, (-2000, -1990)), (0.3, 0.2), (step, step), (64, 64))
    values = np.unique(result.pixels)
    assert set(values[values < 0].tolist()) <= {-2000}
    assert values.max() <= 100
    assert -2000 in values


@pytest.mark.parametrize("step", [0.4, 2.5])
def test_one_nan_does_not_spread(step):
    frame = np.ones((32, 32), np.float32)
    frame[10, 10] = np.nan
    frame[20, 20] = np.inf
    pixels = sample(frame, (0, 0), (step, step), (int(32 / step), int(32 / step))).pixels
    assert np.isnan(pixels).sum() <= (1 / step + 1) ** 2
    finite = pixels[np.isfinite(pixels)]
    np.testing.assert_allclose(finite, 1, rtol=1e-6)


def test_halvings_are_made_once():
    mips = Mips(np.zeros((100, 101), np.int16))
    assert mips.nbytes == 0
    assert mips.level(1) is mips.level(1)
    assert mips.level(2).shape == (25, 26)
    assert mips.nbytes == 2 * (50 * 51 + 25 * 26)


def test_16_bit_extremes_do_not_overflow():
    for dtype in (np.int16, np.uint16):
        for value in (np.iinfo(dtype).min, np.iinfo(dtype).max):
            stored = np.full((64, 64), value, dtype)
            for step in (0.3, 1.5, 4.2):
                assert (sample(stored, (0.1, 0.1), (step, step), (10, 10)).pixels == value).all()


SCALES = [0.3, 0.5, 1.0, 1.7, 3.3, 9.0]


def smooth(pixels: np.ndarray, step: float, padding=None) -> np.ndarray:
    shape = (int(pixels.shape[0] / step), int(pixels.shape[1] / step))
    source = Mips(pixels, padding)
    return sample(source, (0.0, 0.0), (step, step), shape, "smooth").pixels


@pytest.mark.parametrize("step", SCALES)
@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf, -3.4028235e38])
def test_background_of_floating_point_frames_never_mixes_with_values(step, odd):
    pixels = np.ones((64, 64), np.float32)
    pixels[::3, ::5] = odd
    sampled = smooth(pixels, step, (-3.4028235e38, -3e38))
    is_background = ~np.isfinite(sampled) | (sampled < -3e38)
    assert np.allclose(sampled[~is_background], 1)
    if np.isnan(odd):
        assert np.isnan(sampled[is_background]).all()
    else:
        assert (sampled[is_background] == np.float32(odd)).all()


@pytest.mark.parametrize("step", SCALES)
@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (np.int32, 2**31 - 1),
        (np.uint32, 2**32 - 1),
        (np.int64, -(2**63)),
        (np.uint64, 2**64 - 1),
        (np.float32, 3.3e38),
        (np.float64, 1.7e308),
    ],
)
def test_the_largest_values_stay_what_they_are_at_every_zoom(step, dtype, value):
    sampled = smooth(np.full((64, 64), value, dtype), step)
    assert sampled.astype(float) == pytest.approx(float(value), rel=1e-6)


@pytest.mark.parametrize("size_rc", [(64, 96), (61, 90)])
@pytest.mark.parametrize("method", ["smooth", "nearest"])
def test_a_halving_alone_is_drawn_where_the_frame_would_be(size_rc, method):
    row, column = np.mgrid[: size_rc[0], : size_rc[1]]
    frame = (10 * row + column).astype(np.int16)
    quarter = Mips(Mips(frame).level(2), size_rc=size_rc)
    for step in (5.0, 1.7, 0.3):
        whole = sample(Mips(frame), (-3, 2.5), (step, step), (50, 40), "smooth")
        drawn = sample(quarter, (-3, 2.5), (step, step), (50, 40), method)
        assert (drawn.rows, drawn.columns) == (whole.rows, whole.columns)
        apart = np.abs(drawn.pixels.astype(int) - whole.pixels)
        assert apart.max() <= (25 if method == "smooth" else 50)
        if step > 4 and method == "smooth":
            assert apart.max() == 0
