"""Stored values become modality values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.imaging import modality
from viewer.imaging.modality import LookupTable, ModalityTransform

SQUARES = LookupTable(10, np.array([0, 1, 4, 9, 16], np.uint16), 16)


def test_ct_rescale_gives_hounsfield_units():
    values = modality.apply(
        ModalityTransform(1, -1024, "HU"), np.array([[0, 1024, 4095]], np.uint16)
    )
    assert values.tolist() == [[-1024, 0, 3071]]


def test_pixels_are_not_changed_by_rescaling():
    stored = np.array([1.5, 2.5], np.float32)
    modality.apply(ModalityTransform(2, 1), stored)
    assert stored.tolist() == [1.5, 2.5]


def test_32_bit_values_keep_every_digit():
    values = modality.apply(ModalityTransform(), np.array([2**31 - 1, 2**31 - 2], np.int32))
    assert values.tolist() == [2**31 - 1, 2**31 - 2]


def test_modality_lut_clamps_to_its_ends():
    values = modality.apply(ModalityTransform(lut=SQUARES), np.array([-5, 9, 10, 12, 14, 15, 900]))
    assert values.tolist() == [0, 0, 0, 4, 16, 16, 16]


def test_modality_lut_takes_the_place_of_rescale():
    transform = ModalityTransform(3, 5, lut=SQUARES)
    assert modality.apply(transform, np.array([13], np.uint8)).tolist() == [9]
    assert not transform.is_identity


@given(
    st.integers(-32768, 32767),
    st.floats(-100, 100, allow_nan=False),
    st.floats(-5000, 5000, allow_nan=False),
)
def test_read_out_and_picture_agree(stored, slope, intercept):
    transform = ModalityTransform(slope, intercept)
    single = modality.value_of(transform, stored)
    assert single == stored * slope + intercept
    assert modality.apply(transform, np.array([stored], np.int16))[0] == pytest.approx(
        single, rel=1e-5, abs=1e-30 + 1e-5 * (abs(stored * slope) + abs(intercept))
    )


def test_read_out_uses_the_modality_lut():
    assert modality.value_of(ModalityTransform(lut=SQUARES), 13) == 9.0


def test_nan_passes_a_lut_as_nan():
    values = modality.apply(ModalityTransform(lut=SQUARES), np.array([np.nan, 12], np.float32))
    assert np.isnan(values[0])
    assert values[1] == 4


def test_tables_with_the_same_contents_are_equal():
    same = LookupTable(10, np.array([0, 1, 4, 9, 16], np.uint16), 16)
    assert ModalityTransform(lut=same) == ModalityTransform(lut=SQUARES)
    assert hash(same) == hash(SQUARES)
    assert LookupTable(11, same.entries, 16) != SQUARES
