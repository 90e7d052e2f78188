"""Arrays as DICOM files, exactly as they are, for the window to show; data sets for programs.

Owns the attributes of such a file. Where it lies, and when it goes, is left to
`viewer.workers.shown_window`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid
from pydicom.valuerep import format_number_as_ds

from viewer.dicom.errors import NegatoError
from viewer.dicom.fullread import telling
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.regular_files import open_regular

__all__ = ["ArrayPlace", "Dataset", "array_file", "read_dataset", "write_array_file"]

_Array = np.ndarray[Any, np.dtype[Any]]
_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"  # Secondary Capture; .2 bytes, .3 words, .4 true colour
_PARAMETRIC_MAP = "1.2.840.10008.5.1.4.1.1.30"  # the one image of floating point numbers
_RIGHT_ANGLE = 1e-4
_MOST_EDGE = 65_535  # of Rows and Columns, US
_MOST_BYTES = 0xFFFFFFFE
_LONGEST_TITLE = 64  # characters of an LO
_WHOLE_DOUBLES = 1 << 53


@dataclass(frozen=True, slots=True, eq=False)
class ArrayPlace:
    """What is known of an array's voxels: at most one of the two.

    ``spacing_mm`` is (rows, columns) or (slices, rows, columns); ``affine``
    takes (slice, row, column, 1) to the patient, LPS mm.
    """

    spacing_mm: tuple[float, ...] = ()
    affine: _Array | None = None


def array_file(
    array: _Array,
    place: ArrayPlace,
    *,
    window: tuple[float, float] | None = None,
    title: str = "",
    unit: str = "",
) -> Dataset:
    """Make a DICOM data set of an array, to be written with `write_array_file`.

    Integers of up to 16 bits, booleans and uint8 RGB are stored as secondary
    captures, all else as floating point numbers (PS3.3 C.7.6.24, C.7.6.25):
    every value is stored exactly.

    Parameters
    ----------
    array : ndarray
        (rows, columns) or (slices, rows, columns) of booleans, integers or
        floats; (rows, columns, 3) or (slices, rows, columns, 3) of uint8 RGB.

    Raises
    ------
    NegatoError
        The array cannot be shown as a picture.
    """
    colour = array.ndim in (3, 4) and array.shape[-1] == 3 and array.dtype == np.uint8
    frames = _frames(array, colour=colour)
    count, rows, columns = frames.shape[:3]
    dataset = _identity(title)
    dataset.Rows, dataset.Columns = rows, columns
    dataset.NumberOfFrames = count
    dataset.SamplesPerPixel = 3 if colour else 1
    dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        dataset.PlanarConfiguration = 0
    _set_pixels(dataset, frames, unit)
    if window is not None:
        _set_window(dataset, window)
    _set_place(dataset, place, count)
    return dataset


def write_array_file(dataset: Dataset, path: str) -> None:
    """Write what `array_file` has made."""
    dataset.save_as(path, enforce_file_format=True)


def read_dataset(path: str, limits: Limits = DEFAULT_LIMITS) -> Dataset:
    """Read the data set of a file before its pixels, as pydicom gives it, in this process.

    Raises
    ------
    HeaderError
        It cannot be read.
    """
    with telling(path, limits), open_regular(path, limits) as stream:
        return dcmread(stream, stop_before_pixels=True, force=True)


def _frames(array: _Array, *, colour: bool) -> _Array:
    """Give the array as (frames, rows, columns[, 3])."""
    if array.ndim not in ((3, 4) if colour else (2, 3)):
        raise NegatoError(
            f"An array of shape {array.shape} and type {array.dtype.name} is no picture: "
            "give rows x columns, slices x rows x columns, or either of them x 3 as uint8 RGB."
        )
    if not array.size:
        raise NegatoError(f"An array of shape {array.shape} is empty.")
    if array.dtype.kind not in "buif" or array.dtype.itemsize > 8:
        raise NegatoError(
            f"Values of type {array.dtype.name} are not shown; give integers or floats."
        )
    frames = array if array.ndim == (4 if colour else 3) else array[np.newaxis]
    if max(frames.shape[1:3]) > _MOST_EDGE:
        raise NegatoError(f"A picture has at most {_MOST_EDGE:,} rows and columns.")
    return frames


def _identity(title: str) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for keyword in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):
        setattr(dataset, keyword, generate_uid())
    for keyword in ("PatientName", "PatientID", "StudyDate", "StudyTime", "StudyID"):
        setattr(dataset, keyword, "")
    dataset.Modality = "OT"
    dataset.ConversionType = "SYN"
    dataset.SeriesDescription = title.replace("\\", "/")[:_LONGEST_TITLE]
    dataset.SeriesNumber = dataset.InstanceNumber = 1
    return dataset


def _set_pixels(dataset: Dataset, frames: _Array, unit: str) -> None:
    dtype = frames.dtype
    if dtype.kind == "b":
        frames = frames.astype(np.uint8)
    elif dtype.kind in "iu" and dtype.itemsize > 2:
        if max(-int(frames.min()), int(frames.max())) > _WHOLE_DOUBLES:
            raise NegatoError("Whole numbers beyond 2^53 cannot be shown exactly.")
        frames = frames.astype(np.float64)
    elif dtype.kind == "f" and dtype.itemsize < 4:
        frames = frames.astype(np.float32)
    bits = frames.dtype.itemsize * 8
    stored = np.ascontiguousarray(frames, frames.dtype.newbyteorder("<")).tobytes()
    if len(stored) > _MOST_BYTES:
        raise NegatoError("An array of 4 GiB or more cannot be shown; take a part of it.")
    stored += b"\0" * (len(stored) % 2)
    dataset.BitsAllocated = bits
    if frames.dtype.kind == "f":
        sop_class = _PARAMETRIC_MAP
        setattr(dataset, "FloatPixelData" if bits == 32 else "DoubleFloatPixelData", stored)
    else:
        word = "4" if dataset.SamplesPerPixel == 3 else "2" if bits == 8 else "3"
        sop_class = f"{_CAPTURE}.{word}"
        dataset.BitsStored, dataset.HighBit = bits, bits - 1
        dataset.PixelRepresentation = int(frames.dtype.kind == "i")
        if unit and dataset.SamplesPerPixel == 1:
            dataset.RescaleIntercept, dataset.RescaleSlope = "0", "1"
            dataset.RescaleType = unit[:_LONGEST_TITLE]
        dataset.add_new("PixelData", "OB" if bits == 8 else "OW", stored)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = UID(sop_class)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID


def _set_window(dataset: Dataset, window: Sequence[float]) -> None:
    values = np.asarray(window, dtype=np.float64)
    if values.shape != (2,) or not np.isfinite(values).all() or values[1] <= 0:
        raise NegatoError("A window is its centre and its width, which is above 0.")
    if dataset.SamplesPerPixel == 3:
        raise NegatoError("Windows do not apply to colour.")
    dataset.WindowCenter, dataset.WindowWidth = (_ds(value) for value in values)


def _set_place(dataset: Dataset, place: ArrayPlace, count: int) -> None:
    if place.affine is not None:
        _set_affine(dataset, np.asarray(place.affine, dtype=np.float64), count)
    elif place.spacing_mm:
        spacing = np.asarray(place.spacing_mm, dtype=np.float64)
        if spacing.shape not in ((2,), (3,)) or not np.isfinite(spacing).all() or min(spacing) <= 0:
            raise NegatoError("A spacing is (rows, columns) or (slices, rows, columns), in mm.")
        dataset.PixelSpacing = [_ds(value) for value in spacing[-2:]]
        if len(spacing) == 3:
            dataset.SpacingBetweenSlices = _ds(spacing[0])


def _set_affine(dataset: Dataset, affine: _Array, count: int) -> None:
    """Say by functional groups where each frame lies. PS3.3 C.7.6.16.2.1, .3, .4."""
    if affine.shape != (4, 4) or not np.isfinite(affine).all():
        raise NegatoError("An affine is a matrix of 4 x 4 finite numbers.")
    down, along = affine[:3, 1], affine[:3, 2]
    rows, columns = float(np.linalg.norm(down)), float(np.linalg.norm(along))
    if min(rows, columns) <= 0 or abs(down @ along) > _RIGHT_ANGLE * rows * columns:
        raise NegatoError("An affine's rows and columns are at a right angle to each other.")
    measures, orientation = Dataset(), Dataset()
    measures.PixelSpacing = [_ds(rows), _ds(columns)]
    orientation.ImageOrientationPatient = [_ds(v) for v in (*along / columns, *down / rows)]
    shared = Dataset()
    shared.PixelMeasuresSequence = Items([measures])
    shared.PlaneOrientationSequence = Items([orientation])
    dataset.SharedFunctionalGroupsSequence = Items([shared])
    groups = []
    for number in range(count):
        position, group = Dataset(), Dataset()
        position.ImagePositionPatient = [_ds(v) for v in affine[:3, 3] + number * affine[:3, 0]]
        group.PlanePositionSequence = Items([position])
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = Items(groups)
    dataset.FrameOfReferenceUID = generate_uid()


def _ds(value: float) -> str:
    return format_number_as_ds(float(value))
