"""Write the sample study to resources/sample: ``python packaging/make_sample.py [FOLDER]``.

Owns the DICOM side: attributes, files and the DICOMDIR. What the pictures show
is drawn by phantom.py and echo.py. The same code writes the same files.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import echo
import imagecodecs
import numpy as np
import numpy.typing as npt
import phantom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.fileset import FileSet
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
    UltrasoundMultiFrameImageStorage,
)

_DESTINATION = Path(__file__).resolve().parent.parent / "resources" / "sample"
_NAMES = uuid.UUID("6b1d5a5e-3f0c-4d5a-9a53-0c6a7d9e2f41")
_INTERCEPT = -1024
_STEP_MM = phantom.SPACING_ZYX_MM[1]
_SLAB = 3  # rows averaged into one coronal image

_AXIAL = (1, 0, 0, 0, 1, 0)
_CORONAL = (1, 0, 0, 0, 0, -1)
_SAGITTAL = (0, 1, 0, 0, 0, -1)


def main(folder: Path = _DESTINATION) -> None:
    """Replace the sample study in ``folder``."""
    file_set = FileSet()
    file_set.ID = "NEGATO_SAMPLE"
    file_set.UID = _uid("file set")
    with tempfile.TemporaryDirectory() as scratch:
        for number, image in enumerate(_images()):
            path = Path(scratch) / f"{number:03}"
            image.save_as(path, enforce_file_format=True)
            file_set.add(path)
        if folder.exists():
            shutil.rmtree(folder)
        file_set.write(folder)


def _images() -> Iterator[FileDataset]:
    volume = phantom.chest()
    yield from _localizer(volume)
    yield from _axial(volume)
    yield from _coronal(volume)
    yield _cine()


def _axial(volume: npt.NDArray[np.int16]) -> Iterator[FileDataset]:
    x, y, z = _corner_lps()
    for number in range(phantom.SLICES):
        position = (x, y, z - number * phantom.SPACING_ZYX_MM[0])
        image = _ct("axial", 2, number + 1, _AXIAL, position)
        image.SeriesDescription = "Chest 5.0 mm"
        image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        image.SliceThickness = phantom.SPACING_ZYX_MM[0]
        image.SliceLocation = position[2]
        _set_hounsfield(image, volume[phantom.SLICES - 1 - number], ExplicitVRLittleEndian)
        yield image


def _coronal(volume: npt.NDArray[np.int16]) -> Iterator[FileDataset]:
    x, y, z = _corner_lps()
    upright = _upright(volume)
    for number, row in enumerate(range(31, phantom.ROWS - 31, _SLAB)):
        position = (x, y + (row + (_SLAB - 1) / 2) * _STEP_MM, z)
        image = _ct("coronal", 3, number + 1, _CORONAL, position)
        image.SeriesDescription = "Chest coronal"
        image.ImageType = ["DERIVED", "SECONDARY", "REFORMATTED"]
        image.DerivationDescription = "Coronal reformat of series 2, mean of three rows"
        image.SliceThickness = round(_SLAB * _STEP_MM, 3)  # DS: 16 characters at most
        _set_hounsfield(image, upright[:, row : row + _SLAB].mean(axis=1), RLELossless)
        yield image


def _localizer(volume: npt.NDArray[np.int16]) -> Iterator[FileDataset]:
    x, y, z = _corner_lps()
    views = (
        ("AP", 1, _CORONAL, (x, 0.0, z)),
        ("Lateral", 2, _SAGITTAL, (0.0, y, z)),
    )
    thickness = _upright(volume) + 1000.0  # nothing for air, 1000 for water
    for name, axis, orientation, position in views:
        image = _ct("localizer", 1, axis, orientation, position)
        image.SeriesDescription = "Localizer"
        image.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
        image.ImageComments = name
        image.SliceThickness = None
        _set_hounsfield(image, thickness.mean(axis=axis) * 1.4 - 1000, ExplicitVRLittleEndian)
        image.WindowCenter, image.WindowWidth = -350, 1300
        image.WindowCenterWidthExplanation = "Localizer"
        yield image


def _ct(
    series: str,
    series_number: int,
    number: int,
    orientation: tuple[int, ...],
    position_lps: tuple[float, float, float],
) -> FileDataset:
    image = _new(CTImageStorage, series, series_number, number, ExplicitVRLittleEndian)
    image.Modality = "CT"
    image.PatientPosition = "HFS"
    image.BodyPartExamined = "CHEST"
    image.FrameOfReferenceUID = _uid("frame of reference")
    image.PositionReferenceIndicator = None
    image.ImageOrientationPatient = list(orientation)
    image.ImagePositionPatient = [round(value, 4) for value in position_lps]
    image.PixelSpacing = [_STEP_MM, _STEP_MM]
    image.KVP = 120
    image.AcquisitionNumber = 1
    image.RescaleSlope, image.RescaleIntercept, image.RescaleType = 1, _INTERCEPT, "HU"
    image.WindowCenter, image.WindowWidth = [40, -500], [400, 1500]
    image.WindowCenterWidthExplanation = ["Mediastinum", "Lung"]
    return image


def _cine() -> FileDataset:
    frames = echo.beating_heart()
    image = _new(UltrasoundMultiFrameImageStorage, "echo", 4, 1, JPEGBaseline8Bit)
    image.Modality = "US"
    image.SeriesDescription = "Heart, colour flow"
    image.ImageType = ["DERIVED", "PRIMARY"]
    image.PatientOrientation = None
    image.NumberOfFrames = echo.FRAMES
    image.FrameIncrementPointer = 0x00181063
    image.FrameTime = echo.FRAME_TIME_MS
    image.CineRate = image.RecommendedDisplayFrameRate = 1000 // echo.FRAME_TIME_MS
    image.UltrasoundColorDataPresent = 1
    image.SequenceOfUltrasoundRegions = [_region()]
    _set_layout(image, echo.ROWS, echo.COLUMNS, samples=3, bits_allocated=8, bits_stored=8)
    image.PhotometricInterpretation = "YBR_FULL_422"
    image.PlanarConfiguration = 0
    coded = [
        bytes(imagecodecs.jpeg8_encode(frame, level=88, colorspace="RGB", subsampling="422"))
        for frame in frames
    ]
    image.LossyImageCompression = "01"
    image.LossyImageCompressionMethod = "ISO_10918_1"
    image.LossyImageCompressionRatio = round(frames.nbytes / sum(map(len, coded)), 1)
    image.PixelData = encapsulate(coded)
    image["PixelData"].VR = "OB"
    return image


def _region() -> Dataset:
    region = Dataset()
    region.RegionSpatialFormat = 1  # two-dimensional
    region.RegionDataType = 1  # tissue
    region.RegionFlags = 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = echo.COLUMNS - 1, echo.ROWS - 14
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3  # cm
    region.PhysicalDeltaX = region.PhysicalDeltaY = echo.PIXEL_MM / 10
    return region


def _new(sop_class: UID, series: str, series_number: int, number: int, syntax: UID) -> FileDataset:
    """Start an instance with what every one has: patient, study, series, equipment."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = _uid(f"{series} {number}")
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = _uid("implementation")
    meta.ImplementationVersionName = "NEGATO_SAMPLE"
    image = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    image.SpecificCharacterSet = "ISO_IR 192"
    image.SOPClassUID, image.SOPInstanceUID = sop_class, meta.MediaStorageSOPInstanceUID
    image.PatientName, image.PatientID = "Negato^Sample", "NEGATO-SAMPLE"
    image.PatientBirthDate, image.PatientSex = "19700101", "O"
    image.PatientComments = "Drawn by a program: no person was examined"
    image.StudyInstanceUID, image.SeriesInstanceUID = _uid("study"), _uid(f"series {series}")
    image.StudyDate = image.SeriesDate = image.ContentDate = "20260101"
    image.StudyTime, image.SeriesTime = "090000", f"0900{series_number:02}"
    image.ContentTime = f"0900{series_number:02}"
    image.StudyDescription = "Sample: chest phantom and heart"
    image.AccessionNumber, image.StudyID = "", "1"
    image.ReferringPhysicianName = ""
    image.Manufacturer, image.ManufacturerModelName = "Negato", "make_sample.py"
    image.SeriesNumber, image.InstanceNumber = series_number, number
    return image


def _set_hounsfield(image: FileDataset, values: npt.NDArray[np.generic], syntax: UID) -> None:
    """Store ``values`` in HU, shape (rows, columns), as 12 bits above the intercept."""
    stored = np.clip(np.rint(values.astype(np.float64)) - _INTERCEPT, 0, 4095).astype("<u2")
    _set_layout(image, *stored.shape, samples=1, bits_allocated=16, bits_stored=12)
    image.PhotometricInterpretation = "MONOCHROME2"
    image.PixelData = stored.tobytes()
    image["PixelData"].VR = "OW"
    if syntax == RLELossless:
        image.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)


def _set_layout(
    image: FileDataset,
    rows: int,
    columns: int,
    *,
    samples: int,
    bits_allocated: int,
    bits_stored: int,
) -> None:
    image.Rows, image.Columns, image.SamplesPerPixel = rows, columns, samples
    image.BitsAllocated, image.BitsStored, image.HighBit = (
        bits_allocated,
        bits_stored,
        bits_stored - 1,
    )
    image.PixelRepresentation = 0


def _upright(volume: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """Resample to square pixels along z, head first: shape (heights, rows, columns)."""
    height_mm = (phantom.SLICES - 1) * phantom.SPACING_ZYX_MM[0]
    slices = np.arange(height_mm, -1e-6, -_STEP_MM) / phantom.SPACING_ZYX_MM[0]
    below = np.minimum(slices.astype(int), phantom.SLICES - 2)
    share = (slices - below)[:, np.newaxis, np.newaxis]
    return np.asarray(volume[below] * (1 - share) + volume[below + 1] * share)


def _corner_lps() -> tuple[float, float, float]:
    """Give the centre of the first pixel of the topmost slice, in mm."""
    z, y, x = (
        (count - 1) / 2 * step
        for count, step in zip(
            (phantom.SLICES, phantom.ROWS, phantom.COLUMNS), phantom.SPACING_ZYX_MM, strict=True
        )
    )
    return -x, -y, z


def _uid(name: str) -> UID:
    """Give the same UID for the same name, always (PS3.5 B.2: UUID derived)."""
    return UID(f"2.25.{uuid.uuid5(_NAMES, name).int}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
