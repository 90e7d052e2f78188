"""Which millimetres hold where, and how a length is said."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from viewer.imaging.frame import FrameDescription
from viewer.imaging.lengths import (
    PixelScale,
    UltrasoundRegion,
    aspect_of,
    length_words,
    region_at,
    scale_at,
    source_words,
    value_at,
)

TISSUE = UltrasoundRegion(
    box_rc=(0, 0, 99, 199),
    delta_x=-0.03,
    delta_y=0.02,
    unit_x="cm",
    unit_y="cm",
    reference_rc=(10.0, 100.0),
    kind="2D",
)
DOPPLER = UltrasoundRegion(
    box_rc=(60, 50, 89, 149),
    delta_x=0.01,
    delta_y=-1.5,
    unit_x="s",
    unit_y="cm/s",
    reference_rc=(75.0, 50.0),
    reference_x=1.0,
    kind="PW Doppler",
)
INSET = dataclasses.replace(TISSUE, box_rc=(0, 0, 9, 9), delta_x=0.001, delta_y=0.001)
UNCALIBRATED = dataclasses.replace(TISSUE, unit_x="", unit_y="", delta_x=1.0, delta_y=1.0)


def described(*regions: UltrasoundRegion, **changed: Any) -> FrameDescription:
    return dataclasses.replace(FrameDescription(rows=120, columns=200, regions=regions), **changed)


def test_a_frame_without_millimetres_is_measured_in_pixels():
    assert scale_at(described()) is None
    assert length_words(57.0, None) == "57.0 px"


def test_the_scale_of_a_plain_frame_names_its_source():
    frame = described(
        spacing_rc_mm=(0.1, 0.2),
        spacing_source="ImagerPixelSpacing",
        spacing_note="at the detector",
    )
    scale = scale_at(frame, (3.0, 4.0))
    assert scale == PixelScale((0.1, 0.2), "ImagerPixelSpacing", "at the detector")
    assert length_words(12.4, scale) == "12.4 mm (ImagerPixelSpacing, at the detector)"


def test_centimetres_of_a_region_are_millimetres_between_pixels():
    scale = scale_at(described(TISSUE), (50.0, 50.0))
    assert scale is not None
    assert scale.spacing_rc_mm == pytest.approx((0.2, 0.3))
    assert source_words(scale) == "SequenceOfUltrasoundRegions, 2D region"


def test_outside_of_all_regions_there_are_no_millimetres():
    frame = described(TISSUE, spacing_rc_mm=(1.0, 1.0), spacing_source="PixelSpacing")
    assert scale_at(frame, (110.0, 50.0)) is None
    assert scale_at(frame, (99.4, 199.4)) is not None
    assert scale_at(frame, (99.6, 10.0)) is None


def test_a_spectrum_on_top_of_the_tissue_has_no_millimetres():
    frame = described(DOPPLER, TISSUE)
    assert scale_at(frame, (70.0, 100.0)) is None
    assert scale_at(frame, (70.0, 10.0)) is not None


def test_without_a_place_the_largest_region_in_centimetres_counts():
    scale = scale_at(described(DOPPLER, INSET, TISSUE))
    assert scale is not None
    assert scale.spacing_rc_mm == pytest.approx((0.2, 0.3))
    assert scale_at(described(DOPPLER)) is None


def test_a_region_without_units_hides_nothing():
    assert region_at((UNCALIBRATED, TISSUE), (50.0, 50.0)) is TISSUE
    plain = described(UNCALIBRATED, spacing_rc_mm=(1.0, 1.0), spacing_source="PixelSpacing")
    scale = scale_at(plain, (50.0, 50.0))
    assert scale is not None
    assert scale.source == "PixelSpacing"


def test_a_length_set_by_hand_comes_before_the_regions():
    frame = described(TISSUE, spacing_rc_mm=(1.0, 1.0), spacing_source="manual")
    scale = scale_at(frame, (110.0, 50.0))
    assert scale is not None
    assert scale.source == "manual"


def test_a_spectrum_tells_time_and_velocity_from_its_reference_pixel():
    assert value_at(DOPPLER, (75.0, 50.0)) == ("1 s", "0 cm/s")
    assert value_at(DOPPLER, (65.0, 74.0)) == ("1.24 s", "15 cm/s")
    assert value_at(DOPPLER, (85.0, 50.0)) == ("1 s", "-15 cm/s")


def test_values_without_a_reference_or_a_unit_are_not_made_up():
    assert value_at(dataclasses.replace(DOPPLER, reference_rc=None), (75.0, 50.0)) == ("", "")
    trace = dataclasses.replace(DOPPLER, unit_y="", delta_y=0.0)
    assert value_at(trace, (75.0, 60.0)) == ("1.1 s", "")


def test_the_largest_region_says_the_shape_of_the_pixels():
    assert aspect_of((DOPPLER, INSET, TISSUE)) == pytest.approx((0.02, 0.03))
    assert aspect_of((DOPPLER,)) is None


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (0.0, "0.0 mm"),
        (0.000247, "0.247 µm"),
        (0.05, "50 µm"),
        (0.25, "0.25 mm"),
        (9.994, "9.99 mm"),
        (9.996, "10.0 mm"),
        (12.44, "12.4 mm"),
        (1234.5, "1234.5 mm"),
    ],
)
def test_lengths_are_said_as_precisely_as_pixels_allow(length, said):
    assert length_words(length, PixelScale((1.0, 1.0), "PixelSpacing")) == f"{said} (PixelSpacing)"
