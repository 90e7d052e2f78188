"""Where a frame lies in the patient: planes, orientation letters, spacing of a stack.

Owns the arithmetic of directions and positions in patient space (LPS, mm).
Reading them from a file is left to `viewer.dicom.planes`, the order of a stack
to `viewer.dicom.ordering`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector3 = tuple[float, float, float]

# A direction cosine below this (6 degrees off the plane) earns no letter of its own.
_LETTER_COSINE = 0.1
# How far the stored direction cosines may be from unit length and from a right angle:
# generous for rounding to few decimals, too strict for numbers that are no directions.
_LENGTH_TOLERANCE = 0.1
_ANGLE_TOLERANCE = 0.01
# Cosine of 1 degree: directions closer than this are one orientation.
_SAME_DIRECTION = math.cos(math.radians(1.0))


@dataclass(frozen=True, slots=True)
class FramePlane:
    """The plane of one frame in patient space (LPS, mm). PS3.3 C.7.6.2.1.1.

    ``row_direction_lps`` runs along a row (towards higher column numbers),
    ``column_direction_lps`` down a column. Both are unit vectors.
    ``spacing_rc_mm`` is (between rows, between columns).
    """

    position_lps: Vector3
    row_direction_lps: Vector3
    column_direction_lps: Vector3
    spacing_rc_mm: tuple[float, float]

    @property
    def normal_lps(self) -> Vector3:
        """The unit vector across the plane: row direction × column direction."""
        return cross(self.row_direction_lps, self.column_direction_lps)


def dot(a: Vector3, b: Vector3) -> float:
    """Give the scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector3, b: Vector3) -> Vector3:
    """Give the vector product."""
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )


def directions(orientation: Sequence[float]) -> tuple[Vector3, Vector3] | None:
    """Give row and column direction of an ImageOrientationPatient, as unit vectors.

    None where the six values are no two directions at a right angle: another
    count, not finite, far from unit length, or skewed.
    """
    if len(orientation) != 6 or not all(map(math.isfinite, orientation)):
        return None
    row = _unit((orientation[0], orientation[1], orientation[2]))
    column = _unit((orientation[3], orientation[4], orientation[5]))
    if row is None or column is None or abs(dot(row, column)) > _ANGLE_TOLERANCE:
        return None
    return row, column


def same_orientation(a: tuple[Vector3, Vector3], b: tuple[Vector3, Vector3]) -> bool:
    """Say whether two (row, column) direction pairs agree within one degree."""
    return dot(a[0], b[0]) >= _SAME_DIRECTION and dot(a[1], b[1]) >= _SAME_DIRECTION


def frame_point_to_lps(plane: FramePlane, point_rc: tuple[float, float]) -> Vector3:
    """Give the patient position (LPS, mm) of a point of the frame.

    ``point_rc`` is (row, column) in pixels, (0, 0) the centre of the first
    pixel. PS3.3 equation C.7.6.2.1-1.
    """
    down = point_rc[0] * plane.spacing_rc_mm[0]
    along = point_rc[1] * plane.spacing_rc_mm[1]
    p, r, c = plane.position_lps, plane.row_direction_lps, plane.column_direction_lps
    return (
        p[0] + along * r[0] + down * c[0],
        p[1] + along * r[1] + down * c[1],
        p[2] + along * r[2] + down * c[2],
    )


def orientation_letters(direction_lps: Vector3) -> str:
    """Name a direction by the patient's sides, the strongest first: "A", "LA", "HPR".

    L left, R right, A anterior, P posterior, H head, F feet; "" for no direction.
    """
    length = math.sqrt(dot(direction_lps, direction_lps))
    if not math.isfinite(length) or length == 0.0:
        return ""
    sides = [
        (abs(value) / length, positive if value > 0 else negative)
        for value, positive, negative in zip(direction_lps, "LPH", "RAF", strict=True)
    ]
    sides.sort(key=lambda side: -side[0])
    return "".join(letter for cosine, letter in sides if cosine > _LETTER_COSINE)


def edge_letters(plane: FramePlane) -> tuple[str, str, str, str]:
    """Give the letters for the (left, right, top, bottom) edges of the frame as stored."""
    row, column = plane.row_direction_lps, plane.column_direction_lps
    return (
        orientation_letters(_negative(row)),
        orientation_letters(row),
        orientation_letters(_negative(column)),
        orientation_letters(column),
    )


def plane_name(normal_lps: Vector3) -> str:
    """Name a plane as a reader does: "axial", "oblique coronal"."""
    strongest = max(range(3), key=lambda axis: abs(normal_lps[axis]))
    name = ("sagittal", "coronal", "axial")[strongest]
    return name if abs(normal_lps[strongest]) > math.cos(math.radians(10.0)) else f"oblique {name}"


def volume_order(planes: Sequence[FramePlane]) -> tuple[int, ...]:
    """Give the indices of parallel planes in the order of a volume: along their normal.

    A stack is read in the order of its InstanceNumbers, from head to feet or
    the other way; a volume made of it always rises along the normal (its axes
    are right-handed), so that both give the same voxels.
    """
    if not planes:
        return ()
    normal = planes[0].normal_lps
    return tuple(sorted(range(len(planes)), key=lambda i: dot(planes[i].position_lps, normal)))


def volume_affine(planes: Sequence[FramePlane]) -> NDArray[np.float64]:
    """Give the matrix that maps voxels to the patient, for evenly spaced planes in order.

    Returns
    -------
    numpy.ndarray
        (4, 4); takes (slice, row, column, 1) to (x, y, z, 1) in LPS mm. The
        slice step is the one measured, shear of a tilted stack included; of a
        single plane it is 1 mm along the normal.

    Raises
    ------
    ValueError
        If there are no planes.
    """
    if not planes:
        raise ValueError("a volume needs at least one plane")
    first = planes[0]
    origin = np.array(first.position_lps)
    if len(planes) > 1:
        step = (np.array(planes[-1].position_lps) - origin) / (len(planes) - 1)
    else:
        step = np.array(first.normal_lps)
    affine = np.eye(4)
    affine[:3, 0] = step
    affine[:3, 1] = np.array(first.column_direction_lps) * first.spacing_rc_mm[0]
    affine[:3, 2] = np.array(first.row_direction_lps) * first.spacing_rc_mm[1]
    affine[:3, 3] = origin
    return affine


def _unit(vector: Vector3) -> Vector3 | None:
    length = math.sqrt(dot(vector, vector))
    if abs(length - 1.0) > _LENGTH_TOLERANCE:
        return None
    return (vector[0] / length, vector[1] / length, vector[2] / length)


def _negative(vector: Vector3) -> Vector3:
    return (-vector[0], -vector[1], -vector[2])
