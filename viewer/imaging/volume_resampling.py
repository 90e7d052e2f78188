"""Volumes on another grid: resampled along their axes, straightened, cropped and padded.

An affine here takes (slice, row, column, 1) to patient LPS mm at the centres of voxels.
Pictures on screen are `resample`'s matter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

Method = Literal["linear", "nearest"]
_RIGHT_ANGLE = 1e-4  # cosine between axes
_MOST = 1e12  # voxels along a side that are counted


def spacing_of(affine: np.ndarray) -> tuple[float, float, float]:
    """Give the distances between slices, rows and columns along the axes."""
    slices, rows, columns = np.linalg.norm(affine[:3, :3], axis=0)
    return float(slices), float(rows), float(columns)


def is_sheared(affine: np.ndarray) -> bool:
    """Tell whether the axes are not at right angles, as with a tilted gantry."""
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return bool(np.abs(axes.T @ axes - np.eye(3)).max() > _RIGHT_ANGLE)


def resampled_shape(
    shape: Sequence[int], affine: np.ndarray, spacing_zyx_mm: Sequence[float]
) -> list[int]:
    """Give the shape that a volume has at another spacing: its extent in whole voxels."""
    sides = zip(shape, spacing_of(affine), spacing_zyx_mm, strict=True)
    return [max(1, round(min(count * old / new, _MOST))) for count, old, new in sides]


def resampled(
    values: np.ndarray,
    affine: np.ndarray,
    *,
    spacing_zyx_mm: Sequence[float] | None = None,
    shape: Sequence[int] | None = None,
    method: Method = "linear",
) -> tuple[np.ndarray, np.ndarray]:
    """Give a volume at another spacing or in another shape, about the same centre.

    A ``shape`` covers the same extent, voxels with their edges; a spacing is kept exactly, and
    the extent rounded to whole voxels. "linear" is trilinear, one axis after the other; where
    voxels become larger, its triangle is widened to their size, so that all values count
    (antialiasing). "nearest" takes the nearest value. Beyond the centres of the outermost voxels
    their values go on.

    Parameters
    ----------
    values : ndarray, (slices, rows, columns)
    affine : ndarray, (4, 4)

    Returns
    -------
    values, affine : ndarray
        float32 (float64 of float64) where linear, else of the type of ``values``.
    """
    before = spacing_of(affine)
    if shape is None:
        wanted = before if spacing_zyx_mm is None else spacing_zyx_mm
        scales = [new / old for new, old in zip(wanted, before, strict=True)]
        counts = resampled_shape(values.shape, affine, wanted)
    else:
        counts = list(shape)
        scales = [old / new for old, new in zip(values.shape, counts, strict=True)]
    if method == "linear" and values.dtype != np.float64:
        values = values.astype(np.float32)
    moved = affine.astype(np.float64)
    start = np.ones(4)
    for axis, (count, scale) in enumerate(zip(counts, scales, strict=True)):
        size = values.shape[axis]
        places = (np.arange(count) - (count - 1) / 2) * scale + (size - 1) / 2
        start[axis] = places[0]
        if count == size and scale == 1:
            continue
        values = _along(values, axis, places, scale, method)
    moved[:, 3] = affine @ start
    moved[:3, :3] = affine[:3, :3] * np.asarray(scales)
    return values, moved


def _along(
    values: np.ndarray, axis: int, places: np.ndarray, scale: float, method: Method
) -> np.ndarray:
    last = values.shape[axis] - 1
    if method == "nearest":
        nearest = np.clip(np.floor(places + 0.5).astype(np.intp), 0, last)
        return values.take(nearest, axis)
    reach = max(scale, 1.0)
    first = np.floor(places - reach).astype(np.intp) + 1
    taps = first[:, np.newaxis] + np.arange(math.ceil(2 * reach))
    weights = np.clip(1 - np.abs(taps - places[:, np.newaxis]) / reach, 0, None)
    weights /= weights.sum(axis=1, keepdims=True)
    along = [1, 1, 1]
    along[axis] = len(places)
    result = np.zeros([*values.shape[:axis], len(places), *values.shape[axis + 1 :]], values.dtype)
    for tap, weight in zip(taps.T, weights.T, strict=True):
        if weight.any():
            part = values.take(np.clip(tap, 0, last), axis)
            part *= weight.astype(values.dtype).reshape(along)
            result += part
    return result


def straightened(
    values: np.ndarray, affine: np.ndarray, fill: float
) -> tuple[np.ndarray, np.ndarray]:
    """Make a volume with a shear rectangular: each slice is moved within its plane, linearly.

    Rows and columns become more, so that nothing is lost; ``fill`` is what is beside a slice.
    A volume that is rectangular is given back.
    """
    if not is_sheared(affine):
        return values, affine
    axes = affine[:3, :3]
    spacing = np.linalg.norm(axes, axis=0)
    row_step, column_step = axes[:, 1], axes[:, 2]
    normal = np.cross(column_step / spacing[2], row_step / spacing[1])
    along = axes[:, 0] @ normal
    # how far each slice is beside the first, in voxels
    beside = [
        axes[:, 0] @ step / (size * size)
        for step, size in zip((row_step, column_step), spacing[1:], strict=True)
    ]
    moves = np.outer(np.arange(len(values)), beside)
    low, high = np.floor(moves.min(axis=0)), np.ceil(moves.max(axis=0))
    rows, columns = (np.asarray(values.shape[1:]) + high - low).astype(int)
    result = np.full((len(values), rows, columns), fill, np.float32)
    for place, move in enumerate(moves):
        result[place] = _moved(values[place], move - low, (rows, columns), fill)
    straight = affine.astype(np.float64)
    straight[:3, 0] = normal * along
    straight[:, 3] = affine @ np.array([0, *low, 1])
    return result, straight


def _moved(plane: np.ndarray, move: np.ndarray, size: tuple[int, int], fill: float) -> np.ndarray:
    """Lay a plane into a larger one, ``move`` rows and columns (not negative) from its corner."""
    whole = np.floor(move).astype(int)
    part = move - whole
    padded = np.full((plane.shape[0] + 2, plane.shape[1] + 2), fill, np.float32)
    padded[1:-1, 1:-1] = plane
    for axis in (0, 1):
        shifted = np.roll(padded, 1, axis)
        padded = padded * np.float32(1 - part[axis]) + shifted * np.float32(part[axis])
    result = np.full((size[0] + 2, size[1] + 2), fill, np.float32)
    top, left = whole
    height, width = padded.shape
    result[top : top + height, left : left + width] = padded
    return result[1:-1, 1:-1]


def fitted(
    values: np.ndarray, affine: np.ndarray, shape: Sequence[int], fill: float
) -> tuple[np.ndarray, np.ndarray]:
    """Crop or pad a volume about its centre to a shape; what is added is ``fill``."""
    result = np.full(tuple(shape), fill, values.dtype)
    starts = [(old - new) // 2 for old, new in zip(values.shape, shape, strict=True)]
    from_, to = [], []
    for start, old, new in zip(starts, values.shape, shape, strict=True):
        kept = min(old, new)
        first = max(start, 0)
        from_.append(slice(first, first + kept))
        to.append(slice(first - start, first - start + kept))
    result[tuple(to)] = values[tuple(from_)]
    moved = affine.astype(np.float64)
    moved[:, 3] = affine @ np.array([*starts, 1])
    return result, moved
