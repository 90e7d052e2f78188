"""Where the frames of a stack lie as a volume: their order along the normal, and the matrix.

The planes of single frames are left to `planes`, the words for what is uneven
to `viewer.imaging.spacing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.dicom.image_types import is_mosaic
from viewer.dicom.planes import group_of, plane_of
from viewer.dicom.stacks import Stack
from viewer.imaging.geometry import FramePlane, same_orientation, volume_affine, volume_order
from viewer.imaging.spacing import measure_spacing

_UNEVEN_SHARE, _NOISE_MM = 0.01, 1e-3  # along the normal, of the step; as `spacing` judges
_SIDEWAYS_MM = 0.1
_SAME_SPACING = 1e-4  # relative: files round


@dataclass(frozen=True, slots=True, eq=False)
class VolumeGeometry:
    """Frames of a stack in the order of a volume, and where they lie.

    Attributes
    ----------
    frames : tuple of int
        The frames (from 0, of the stack), along the normal of the first: row
        direction x column direction. As they were given where there is no affine.
    affine : ndarray or None
        (4, 4) float64, takes (slice, row, column, 1) to (x, y, z, 1) in the
        patient (LPS, mm), the centres of voxels; the shear of a tilted gantry
        is in its first column. None where one matrix cannot say it.
    why_no_affine : str
        A sentence; "" where there is one.
    positions_lps : ndarray or None
        (slices, 3), the centre of each slice's first voxel in mm; None where
        one is not known.
    """

    frames: tuple[int, ...]
    affine: NDArray[np.float64] | None
    why_no_affine: str = ""
    positions_lps: NDArray[np.float64] | None = None

    @property
    def spacing_zyx_mm(self) -> tuple[float, float, float] | None:
        """Distances between slices (along the normal), rows and columns; None without affine."""
        if self.affine is None:
            return None
        down, along = self.affine[:3, 1], self.affine[:3, 2]
        rows, columns = float(np.linalg.norm(down)), float(np.linalg.norm(along))
        normal = np.cross(along / columns, down / rows)
        return abs(float(self.affine[:3, 0] @ normal)), rows, columns


def volume_geometry(stack: Stack, frames: Sequence[int]) -> VolumeGeometry:
    """Put frames of a stack in order along their normal and say where they lie.

    The step between slices is that from the first to the last position, never
    SliceThickness or SpacingBetweenSlices; of a single slice, which has no
    step, it is SliceThickness along the normal, or 1 mm where that is absent.
    """
    given = tuple(frames)
    if not given:
        return VolumeGeometry((), None, "There are no frames.")
    if any(is_mosaic(stack.header(i).image_type) for i in given):
        return VolumeGeometry(given, None, "Each frame is a mosaic of slices.")
    found = [plane_of(stack.header(i), stack.frames[i][1]) for i in given]
    planes = [plane for plane in found if plane is not None]
    if len(planes) < len(given):
        return VolumeGeometry(given, None, _UNKNOWN)
    why = _not_parallel(planes)
    if why:
        return VolumeGeometry(given, None, why, _positions(planes))
    order = volume_order(planes)
    planes = [planes[i] for i in order]
    positions = _positions(planes)
    affine = volume_affine(planes)
    why = _unevenness(planes, positions, affine)
    if why:
        return VolumeGeometry(given, None, why, _positions([p for p in found if p is not None]))
    if len(planes) == 1:
        affine[:3, 0] *= _thickness(stack, given[0])
    return VolumeGeometry(tuple(given[i] for i in order), affine, "", positions)


def _not_parallel(planes: Sequence[FramePlane]) -> str:
    first = planes[0]
    pair = first.row_direction_lps, first.column_direction_lps
    if not all(
        same_orientation(pair, (plane.row_direction_lps, plane.column_direction_lps))
        for plane in planes
    ):
        return "The frames are not parallel."
    spacings = np.array([plane.spacing_rc_mm for plane in planes])
    if not np.allclose(spacings, spacings[0], rtol=_SAME_SPACING, atol=0):
        return "PixelSpacing differs between the frames."
    return ""


def _unevenness(
    planes: Sequence[FramePlane], positions: NDArray[np.float64], affine: NDArray[np.float64]
) -> str:
    """Say why one step does not lead from each position to the next; "" where it does."""
    if len(planes) == 1:
        return ""
    step, normal = affine[:3, 0], np.array(planes[0].normal_lps)
    along = abs(float(step @ normal))
    off = positions - (positions[0] + np.outer(np.arange(len(planes)), step))
    off_along = off @ normal
    sideways = np.linalg.norm(off - np.outer(off_along, normal), axis=1).max()
    even = np.abs(off_along).max() <= _UNEVEN_SHARE * along + _NOISE_MM
    if along > _NOISE_MM and even and sideways <= _SIDEWAYS_MM:
        return ""
    notes = measure_spacing([p.position_lps for p in planes], planes[0].normal_lps).notes
    return f"The frames do not lie evenly: {'; '.join(notes) or 'their distances differ'}."


def _positions(planes: Sequence[FramePlane]) -> NDArray[np.float64]:
    return np.array([plane.position_lps for plane in planes], dtype=np.float64)


def _thickness(stack: Stack, frame: int) -> float:
    header = stack.header(frame)
    thickness = group_of(header, stack.frames[frame][1]).slice_thickness or header.slice_thickness
    return thickness if thickness is not None and _NOISE_MM < thickness < _MOST_MM else 1.0


_MOST_MM = 1e4
_UNKNOWN = "The file does not say where each frame lies in the patient."
