from __future__ import annotations

import math

import pytest

from tests.dicom.slices import AXIAL, SAGITTAL, a_slice
from viewer.dicom.headers import FrameGroup
from viewer.dicom.planes import plane_of, spacing_of

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


@pytest.mark.parametrize(
    "changed",
    [
        {"image_position_patient": ()},
        {"image_position_patient": (1.0, 2.0)},
        {"image_position_patient": (1.0, 2.0, math.nan)},
        {"image_orientation_patient": ()},
        {"image_orientation_patient": (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)},
        {"pixel_spacing": ()},
        {"pixel_spacing": (0.0, 1.0)},
        {"pixel_spacing": (), "imager_pixel_spacing": (0.1, 0.1)},
    ],
)
def test_an_incomplete_plane_is_no_plane(changed):
    assert plane_of(a_slice(1, **changed), 0) is None


def test_spacing_says_which_tag_it_comes_from():
    assert spacing_of(a_slice(1), 0) == ((1.2, 1.2), "PixelSpacing")
    detector = a_slice(1, pixel_spacing=(), imager_pixel_spacing=(0.1, 0.2))
    assert spacing_of(detector, 0) == ((0.1, 0.2), "ImagerPixelSpacing")
    assert spacing_of(a_slice(1, pixel_spacing=(-1.0, 1.0)), 0) == (None, "")
