"""The histogram of a frame, in modality units."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.imaging.histogram import histogram
from viewer.imaging.modality import LookupTable, ModalityTransform

HOUNSFIELD = ModalityTransform(1, -1024, "HU")


def test_counts_lie_at_their_modality_values():
    stored = np.array([[0, 0, 0, 1024], [1024, 2000, 2000, 2000]], np.uint16)
    result = histogram(stored, HOUNSFIELD)
    for value, count in ((-1024, 3), (0, 2), (976, 3)):
        bin_ = np.searchsorted(result.edges, value) - 1
        assert result.counts[bin_] == count
    assert result.counts.sum() == 8


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.uint16, np.int32, np.float32])
@pytest.mark.parametrize("slope", [2.0, -0.5])
def test_every_pixel_is_counted_and_edges_rise(dtype, slope):
    lowest = 0 if np.dtype(dtype).kind == "u" else -20
    stored = np.arange(lowest, lowest + 120).reshape(10, 12).astype(dtype)
    result = histogram(stored, ModalityTransform(slope, 3))
    assert result.counts.sum() == 120
    assert len(result.counts) <= 256
    assert len(result.edges) == len(result.counts) + 1
    assert (np.diff(result.edges) > 0).all()
    values = stored.astype(float) * slope + 3
    assert result.edges[0] <= values.min()
    assert result.edges[-1] >= values.max()


def test_evenly_spread_integers_make_no_comb():
    stored = np.arange(1000).repeat(10).reshape(100, 100).astype(np.int16)
    counts = histogram(stored, HOUNSFIELD).counts
    assert (counts[:-1] == counts[0]).all()


def test_padding_nan_and_infinity_are_left_out():
    stored = np.array([[-2000, -1960, 5, 6]], np.int16)
    assert histogram(stored, HOUNSFIELD, (-2000, -1951)).counts.sum() == 2
    values = np.array([[np.nan, np.inf, 5, 6]], np.float32)
    assert histogram(values, ModalityTransform()).counts.sum() == 2


def test_a_frame_of_padding_alone_has_an_empty_histogram():
    result = histogram(np.full((4, 4), -2000, np.int16), HOUNSFIELD, (-2000, -2000))
    assert result.counts.size == 0
    assert histogram(np.full((4, 4), np.nan), HOUNSFIELD).edges.size == 0


def test_a_modality_lut_shapes_the_histogram():
    lut = LookupTable(0, np.array([0, 100, 100, 400], np.uint16), 16)
    result = histogram(np.array([[0, 1, 2, 3]], np.uint8), ModalityTransform(lut=lut))
    assert result.edges[[0, -1]].tolist() == [0, 400]
    assert sorted(result.counts[result.counts > 0].tolist()) == [1, 1, 2]


def test_large_frames_are_counted_by_sample():
    stored = np.zeros((3000, 2000), np.uint16)
    stored[:, 1000:] = 500
    result = histogram(stored, ModalityTransform())
    assert result.counts.sum() <= 1 << 20
    assert result.counts[0] == pytest.approx(result.counts.sum() / 2, rel=0.01)


@pytest.mark.parametrize(
    "values",
    [[1e16, 1e16 + 2], [0.0, 5e-324], [-1.7e308, 1.7e308], [1e308, 1e308], [3.0, 3.0]],
)
def test_values_that_differ_by_little_or_by_all_have_rising_edges(values):
    result = histogram(np.array([values]), ModalityTransform())
    assert result.counts.sum() == 2
    assert np.isfinite(result.edges).all()
    assert (np.diff(result.edges) > 0).all()


@pytest.mark.parametrize("transform", [ModalityTransform(1e-300, 1e10), ModalityTransform(1e306)])
def test_a_slope_that_double_precision_cannot_tell_still_counts_every_pixel(transform):
    stored = np.arange(-50, 50, dtype=np.int16).reshape(10, 10)
    result = histogram(stored, transform)
    assert result.counts.sum() == 100
    assert (np.diff(result.edges) > 0).all()


def test_floating_point_padding_is_left_out():
    values = np.array([[-1e38, -1e38, 0.25, 0.5]], np.float32)
    assert histogram(values, ModalityTransform(), (-1e38, -9e37)).counts.sum() == 2
