from __future__ import annotations

import math

import pytest

from tests.dicom.slices import AXIAL, CORONAL, SAGITTAL, a_slice
from viewer.dicom.headers import FrameGroup
from viewer.dicom.planes import patient_orientation_of, pixel_spacing_of, plane_of

GROUPS = (
    FrameGroup((0.0, 0.0, 1.0), AXIAL, (0.5, 0.6)),
    FrameGroup((0.0, 0.0, 2.0), SAGITTAL, (0.5, 0.6)),
)


def test_a_plain_slice_lies_where_its_header_says():
    plane = plane_of(a_slice(1, 7.5), 0)
    assert plane is not None
    assert plane.position_lps == (-30.0, -25.0, 7.5)
    assert plane.row_direction_lps == (1.0, 0.0, 0.0)
    assert plane.column_direction_lps == (0.0, 1.0, 0.0)
    assert plane.spacing_rc_mm == (1.2, 1.2)


def test_functional_groups_come_before_the_top_of_the_header():
    plane = plane_of(a_slice(1, number_of_frames=2, frame_groups=GROUPS), 1)
    assert plane is not None
    assert plane.position_lps == (0.0, 0.0, 2.0)
    assert plane.row_direction_lps == (0.0, 1.0, 0.0)
    assert plane.spacing_rc_mm == (0.5, 0.6)


def test_one_position_is_not_that_of_every_frame():
    assert plane_of(a_slice(1, number_of_frames=5), 3) is None


def dose(offsets, **changed):
    count = {"number_of_frames": len(offsets), **changed}
    return a_slice(1, 10.0, modality="RTDOSE", grid_frame_offset_vector=offsets, **count)


def positions(header):
    planes = [plane_of(header, i) for i in range(header.number_of_frames)]
    return [plane and plane.position_lps for plane in planes]


def test_relative_offsets_of_a_dose_run_along_the_normal():
    expected = [(-30.0, -25.0, 10.0), (-30.0, -25.0, 12.5), (-30.0, -25.0, 15.0)]
    assert positions(dose((0.0, 2.5, 5.0))) == expected


@pytest.mark.parametrize(
    ("orientation", "second"),
    [
        ((-1.0, 0.0, 0.0, 0.0, 1.0, 0.0), (-30.0, -25.0, 7.0)),  # prone: the normal points down
        (SAGITTAL, (-33.0, -25.0, 10.0)),
        (CORONAL, (-30.0, -22.0, 10.0)),
    ],
)
def test_relative_offsets_hold_in_any_orientation(orientation, second):
    assert positions(dose((0.0, 3.0), image_orientation_patient=orientation))[1] == second


def test_absolute_offsets_of_an_axial_dose_are_heights():
    assert positions(dose((10.0, 7.5, 5.0))) == [(-30.0, -25.0, z) for z in (10.0, 7.5, 5.0)]


@pytest.mark.parametrize(
    "changed",
    [
        {"number_of_frames": 4},
        {"image_orientation_patient": (-1.0, 0.0, 0.0, 0.0, 1.0, 0.0)},
        {"image_position_patient": (0.0, 0.0, 11.0)},
        {"image_position_patient": ()},
    ],
)
def test_offsets_that_do_not_fit_place_no_plane(changed):
    assert positions(dose((10.0, 7.5, 5.0), **changed))[1] is None


@pytest.mark.parametrize("first", [0.0, 10.0])
def test_an_offset_out_of_all_reason_places_no_plane(first):
    assert positions(dose((first, 1e300)))[1] is None


def test_one_dose_plane_needs_no_offsets():
    assert positions(dose((), number_of_frames=1)) == [(-30.0, -25.0, 10.0)]


@pytest.mark.parametrize(
    "changed",
    [
        {"image_position_patient": ()},
        {"image_position_patient": (1.0, 2.0)},
        {"image_position_patient": (1.0, 2.0, math.nan)},
        {"image_position_patient": (1.0, 2.0, 1e300)},
        {"image_orientation_patient": ()},
        {"image_orientation_patient": (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)},
        {"pixel_spacing": ()},
        {"pixel_spacing": (0.0, 1.0)},
        {"pixel_spacing": (), "imager_pixel_spacing": (0.1, 0.1)},
    ],
)
def test_an_incomplete_plane_is_no_plane(changed):
    assert plane_of(a_slice(1, **changed), 0) is None


def test_the_spacing_of_a_detector_is_no_pixel_spacing():
    assert pixel_spacing_of(a_slice(1), 0) == (1.2, 1.2)
    detector = a_slice(1, pixel_spacing=(), imager_pixel_spacing=(0.1, 0.2))
    assert pixel_spacing_of(detector, 0) is None
    assert pixel_spacing_of(a_slice(1, pixel_spacing=(-1.0, 1.0)), 0) is None


def test_a_mosaic_of_slices_has_no_one_plane_but_its_letters():
    mosaic = a_slice(1, 7.5, modality="MR", image_type=("ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"))
    assert plane_of(mosaic, 0) is None
    assert patient_orientation_of(mosaic) == ("L", "P")
    assert patient_orientation_of(a_slice(1)) == ("", "")
