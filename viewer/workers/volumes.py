"""Stacks as volumes: one array of values in one unit, and where it lies in the patient.

Reading the frames is left to `stack_frames`, where they lie to
`viewer.dicom.volume_geometry`. A volume is whole and of one kind, or there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.stacks import Stack
from viewer.dicom.volume_geometry import volume_geometry
from viewer.imaging import modality
from viewer.imaging.frame import FrameDescription
from viewer.workers.child_pool import ChildPool
from viewer.workers.stack_frames import ReadFrame, read_stack_frames

_Array = np.ndarray[Any, np.dtype[Any]]
Values = Literal["modality", "stored"]
STORED_UNITS, COLOUR_UNITS, PALETTE_UNITS = "stored values", "RGB", "palette indices"
UNKNOWN_UNITS = "modality values"  # rescaled, the file does not say to what


class VolumeStopped(Exception):  # noqa: N818 - not a failure
    """Whoever asked for a volume wants it no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Frames of a stack as one array, with their place in the patient. No names of patients.

    Attributes
    ----------
    values : ndarray
        (slices, rows, columns), or (slices, rows, columns, 3) uint8 RGB.
    affine : ndarray or None
        (4, 4) float64: takes (slice, row, column, 1) to (x, y, z, 1) in the
        patient, LPS mm, at the centres of voxels. Slices run along the normal
        (row direction x column direction), so that the axes in the order
        column, row, slice are right-handed; the shear of a tilted gantry is
        in the first column. None where one matrix cannot say it: slices are
        then in the stack's reading order.
    why_no_affine : str
        A sentence; "" where there is an affine.
    units : str
        "HU", "Bq/ml" (as the file says), "stored values", "modality values"
        (rescaled, the file does not say to what), "RGB", "palette indices".
    spacing_zyx_mm : tuple of float or None
        Distances between slices (along the normal), rows and columns.
    positions_lps : ndarray or None
        (slices, 3), the centre of each slice's first voxel in mm, where all are known.
    frames : tuple of int
        Which frame of the stack (from 0, reading order) each slice is.
    descriptions : tuple of FrameDescription
        Of each slice: its rescale, windows, padding, photometric interpretation...
    """

    values: _Array
    affine: NDArray[np.float64] | None
    why_no_affine: str
    units: str
    spacing_zyx_mm: tuple[float, float, float] | None
    positions_lps: NDArray[np.float64] | None
    frames: tuple[int, ...]
    sop_instance_uids: tuple[str, ...]
    descriptions: tuple[FrameDescription, ...]
    modality: str = ""
    study_instance_uid: str = ""
    series_instance_uid: str = ""
    frame_of_reference_uid: str = ""


def read_volume(
    stack: Stack,
    *,
    values: Values = "modality",
    dtype: DTypeLike | None = None,
    frames: Sequence[int] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    pool: ChildPool | None = None,
    progress: Callable[[int, int], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Volume:
    """Decode a stack and make a volume of it.

    Parameters
    ----------
    values : {"modality", "stored"}
        Modality values: each frame by its own RescaleSlope and RescaleIntercept
        or Modality LUT (PS3.3 C.11.1). Or the values as they are stored.
    dtype : dtype-like, optional
        Of the values. Without: the smallest integer type that holds all where
        all are whole, else float32 (float64 where it is stored).
    frames : sequence of int, optional
        Which frames of the stack, from 0; all without.
    pool : ChildPool, optional
        Decodes; else one is started and ended.
    progress : callable, optional
        Gets how many frames are done, and of how many.
    is_stopped : callable, optional
        Asked between frames whether to end with `VolumeStopped`.

    Raises
    ------
    NegatoError
        A frame cannot be decoded or is not whole, frames differ in size or
        unit, or the values do not fit ``dtype``; with the file's path where
        it is one file's matter.
    """
    chosen = tuple(range(len(stack)) if frames is None else frames)
    if not chosen:
        raise NegatoError("There are no frames to make a volume of.")
    if not all(0 <= index < len(stack) for index in chosen) or len(set(chosen)) < len(chosen):
        raise NegatoError(f"Frames are chosen once each, of the {len(stack):,} there are.")
    lies = volume_geometry(stack, chosen)
    try:
        read = _read(stack, lies.frames, limits, pool, progress, is_stopped)
        units = _one_unit(stack, read, values)
        array = _joined(read, values, None if dtype is None else np.dtype(dtype))
    except MemoryError as error:
        raise NegatoError(_NO_MEMORY) from error
    header = stack.header(chosen[0])
    return Volume(
        values=array,
        affine=lies.affine,
        why_no_affine=lies.why_no_affine,
        units=units,
        spacing_zyx_mm=lies.spacing_zyx_mm,
        positions_lps=lies.positions_lps,
        frames=lies.frames,
        sop_instance_uids=tuple(stack.header(index).sop_instance_uid for index in lies.frames),
        descriptions=tuple(frame.description for frame in read),
        modality=header.modality,
        study_instance_uid=header.study_instance_uid,
        series_instance_uid=header.series_instance_uid,
        frame_of_reference_uid=header.frame_of_reference_uid,
    )


def units_of(description: FrameDescription, values: Values) -> str:
    """Name what the values of a frame are in."""
    if description.samples_per_pixel > 1:
        return COLOUR_UNITS
    if description.photometric_interpretation == "PALETTE COLOR":
        return PALETTE_UNITS
    if values == "stored":
        return STORED_UNITS
    transform = description.modality
    return transform.unit or (STORED_UNITS if transform.is_identity else UNKNOWN_UNITS)


def _read(
    stack: Stack,
    frames: Sequence[int],
    limits: Limits,
    pool: ChildPool | None,
    progress: Callable[[int, int], None] | None,
    is_stopped: Callable[[], bool] | None,
) -> list[ReadFrame]:
    """Read the frames, in this order."""
    read: dict[int, ReadFrame] = {}
    with closing(read_stack_frames(stack, frames, limits=limits, pool=pool)) as coming:
        for frame in coming:
            read[frame.index] = frame
            if progress is not None:
                progress(len(read), len(frames))
            if is_stopped is not None and is_stopped():
                raise VolumeStopped
    return [read[index] for index in frames]


def _one_unit(stack: Stack, read: Sequence[ReadFrame], values: Values) -> str:
    first = read[0]
    units = units_of(first.description, values)
    for frame in read:
        path = stack.key(frame.index).path
        if frame.pixels.shape != first.pixels.shape:
            sizes = f"{_size(frame.pixels)}, others of the stack {_size(first.pixels)}"
            raise PixelError(f"This frame has {sizes}: they make no volume.", path)
        other = units_of(frame.description, values)
        if other != units:
            raise PixelError(
                f"This frame has {other}, others of the stack {units}: they make no volume.", path
            )
    return units


def _size(pixels: _Array) -> str:
    return " x ".join(map(str, pixels.shape))


def _joined(read: list[ReadFrame], values: Values, dtype: np.dtype[Any] | None) -> _Array:
    """Put the frames into one array, and let go of each."""
    pixels: list[_Array | None] = [frame.pixels for frame in read]
    transforms = [
        frame.description.modality if values == "modality" and frame.pixels.ndim == 2 else _IDENTITY
        for frame in read
    ]
    kept = read[0].pixels.shape
    stored = {frame.pixels.dtype for frame in read}
    if dtype is None and len(stored) == 1 and all(one.is_identity for one in transforms):
        dtype = next(iter(stored)).newbyteorder("=")
    else:
        ends = [_ends(one, frame.pixels) for one, frame in zip(transforms, read, strict=True)]
        dtype = _fitting(ends, stored, dtype)
    for place, frame in enumerate(read):  # the list below is the only one that holds pixels then
        read[place] = replace(frame, pixels=_NOTHING)
    joined = np.empty((len(read), *kept), dtype)
    for place, transform in enumerate(transforms):
        one = pixels[place]
        pixels[place] = None
        if one is not None:
            joined[place] = one if transform.is_identity else modality.apply(transform, one)
    return joined


def _ends(transform: modality.ModalityTransform, pixels: _Array) -> tuple[float, float, bool]:
    """Give the least and the greatest value of a frame, and whether all are whole."""
    if transform.lut is not None:
        found = modality.apply(transform, pixels)
        low, high = float(found.min()), float(found.max())
        return low, high, bool((found == np.rint(found)).all())
    low, high = float(np.fmin.reduce(pixels, axis=None)), float(np.fmax.reduce(pixels, axis=None))
    ends = sorted((modality.value_of(transform, low), modality.value_of(transform, high)))
    whole = transform.slope.is_integer() and transform.intercept.is_integer()
    return ends[0], ends[1], whole and pixels.dtype.kind in "iu"


def _fitting(
    ends: Sequence[tuple[float, float, bool]],
    stored: set[np.dtype[Any]],
    asked: np.dtype[Any] | None,
) -> np.dtype[Any]:
    """Give the type that holds the values, or the one that was asked for if it does."""
    low, high = min(low for low, _, _ in ends), max(high for _, high, _ in ends)
    whole = all(whole for _, _, whole in ends)
    if asked is None and not whole:
        return np.dtype(np.float64 if np.dtype("f8") in stored else np.float32)
    if asked is None:
        for name in ("uint8", "int16", "uint16", "int32", "uint32", "int64"):
            if np.iinfo(name).min <= low and high <= np.iinfo(name).max:
                return np.dtype(name)
        return np.dtype(np.float64)
    if asked.kind not in "iuf":
        raise NegatoError(f"Values are kept as integers or floats, not as {asked.name}.")
    span = np.finfo(asked) if asked.kind == "f" else np.iinfo(asked)
    if not (span.min <= low and high <= span.max):
        raise NegatoError(
            f"The values run from {low:g} to {high:g}, which {asked.name} cannot hold."
        )
    if asked.kind in "iu" and not whole:
        raise NegatoError(f"The values are not whole, which {asked.name} cannot hold.")
    return asked


_IDENTITY = modality.ModalityTransform()
_NOTHING: _Array = np.empty(0, np.uint8)
_NO_MEMORY = (
    "There is not enough memory for this volume. Close other programs, or take fewer frames."
)
