"""From headers to geometry: where each frame of a file lies.

The functional groups of a multi-frame object come first, then the attributes
at the top. Arithmetic is left to `viewer.imaging.geometry`, what lengths are
true of to `viewer.dicom.lengths`.
"""

from __future__ import annotations

import math

from viewer.dicom.headers import FrameGroup, InstanceHeader
from viewer.dicom.image_types import is_mosaic
from viewer.dicom.sop_classes import is_projection
from viewer.imaging.geometry import FramePlane, Vector3, cross, directions, orientation_letters
from viewer.imaging.patient_orientation import direction_letters

_NO_GROUP = FrameGroup()
_AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_SAME_MM = 1e-3
_SMALLEST_MM = 1e-9  # below it a number is no spacing of anything
_FARTHEST_MM = 1e6  # a kilometre: beyond it a number is no length in a patient
# The dimensions of a multi-frame object that say where a frame lies, not what tells it apart
SPATIAL_DIMENSIONS = frozenset(
    (
        "StackID",
        "InStackPositionNumber",
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "PlanePositionSequence",
        "PlaneOrientationSequence",
        "ImagePositionVolume",
        "ImageOrientationVolume",
        "SliceLocation",
        "RowPositionInTotalImagePixelMatrix",
        "ColumnPositionInTotalImagePixelMatrix",
        "XOffsetInSlideCoordinateSystem",
        "YOffsetInSlideCoordinateSystem",
        "ZOffsetInSlideCoordinateSystem",
    )
)


def group_of(header: InstanceHeader, frame: int) -> FrameGroup:
    """Give what the functional groups say of ``frame`` (from 0); empty where they do not."""
    groups = header.frame_groups
    return groups[frame] if frame < len(groups) else _NO_GROUP


def position_of(header: InstanceHeader, frame: int) -> Vector3 | None:
    """Give the centre of the first pixel (LPS, mm), or None where it is not known.

    The one ImagePositionPatient of a multi-frame object without functional
    groups is that of its first frame; the others are not known from it, but
    for the GridFrameOffsetVector of a dose.
    """
    values = group_of(header, frame).image_position_patient
    if not values and (header.number_of_frames or 1) <= 1:
        values = header.image_position_patient
    if not values and not header.frame_groups:
        return _grid_position(header, frame)
    return _vector(values)


def orientation_of(header: InstanceHeader, frame: int) -> tuple[float, ...]:
    """Give the raw ImageOrientationPatient of ``frame``; empty where absent."""
    return group_of(header, frame).image_orientation_patient or header.image_orientation_patient


def plane_of(header: InstanceHeader, frame: int) -> FramePlane | None:
    """Give the plane of ``frame`` (from 0), or None where the file does not say it all.

    Needs position, two orthogonal directions and PixelSpacing: the spacing of
    a detector is not one in the patient. PS3.3 C.7.6.2. A projection has no
    plane in the patient, a mosaic of slices has many.
    """
    position = position_of(header, frame)
    if position is None or is_projection(header) or is_mosaic(header.image_type):
        return None
    pair = directions(orientation_of(header, frame))
    spacing = pixel_spacing_of(header, frame)
    if pair is None or spacing is None:
        return None
    return FramePlane(position, pair[0], pair[1], spacing)


def patient_orientation_of(header: InstanceHeader) -> tuple[str, str]:
    """Give the letters towards which rows and columns run; empty where not known."""
    if len(header.patient_orientation) != 2:
        pair = directions(header.image_orientation_patient)
        if pair is None or not is_mosaic(header.image_type):
            return "", ""
        return orientation_letters(pair[0]), orientation_letters(pair[1])
    row, column = (direction_letters(text) for text in header.patient_orientation)
    return row, column


def _grid_position(header: InstanceHeader, frame: int) -> Vector3 | None:
    """Place a dose plane by GridFrameOffsetVector. PS3.3 C.8.8.3.2.

    Offsets that start at zero run along the normal; those that start at the z
    of ImagePositionPatient are z themselves, of axial planes alone. Anything
    else says nothing certain.
    """
    offsets = header.grid_frame_offset_vector
    first = _vector(header.image_position_patient)
    pair = directions(header.image_orientation_patient)
    if first is None or pair is None or len(offsets) != header.number_of_frames:
        return None
    if offsets[0] == 0.0:
        x, y, z = cross(*pair)
        offset = offsets[frame]
        return _vector((first[0] + offset * x, first[1] + offset * y, first[2] + offset * z))
    if abs(offsets[0] - first[2]) <= _SAME_MM and math.dist(sum(pair, ()), _AXIAL) <= _SAME_MM:
        return _vector((first[0], first[1], offsets[frame]))
    return None


def _vector(values: tuple[float, ...]) -> Vector3 | None:
    if len(values) != 3 or not all(abs(value) <= _FARTHEST_MM for value in values):
        return None
    return (values[0], values[1], values[2])


def pixel_spacing_of(header: InstanceHeader, frame: int) -> tuple[float, float] | None:
    """Give PixelSpacing of ``frame``, (between rows, between columns) in mm; None if unusable."""
    return usable_spacing(group_of(header, frame).pixel_spacing) or usable_spacing(
        header.pixel_spacing
    )


def usable_spacing(values: tuple[float, ...]) -> tuple[float, float] | None:
    """Give a spacing (between rows, between columns) in mm; None where it cannot be one."""
    if len(values) != 2 or not all(_SMALLEST_MM <= value <= _FARTHEST_MM for value in values):
        return None
    return (values[0], values[1])
