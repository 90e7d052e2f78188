"""A large archive for benchmarks: thousands of CT files in many series, made quickly.

Every file is one of `data.ct_headers` with other patients, UIDs, numbers,
positions and times: the bytes are made once, and values of the same length
are put in their places.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from pydicom.uid import UID

from tests.benchmarks.data import UID_ROOT, ct_header_dataset, made

SERIES_PER_STUDY = 10
_STUDY = f"{UID_ROOT}5.100000"
_SERIES = f"{UID_ROOT}6.1000000"
_INSTANCE = f"{UID_ROOT}7.10000000"
_FRAME_OF_REFERENCE = f"{UID_ROOT}8.100000"
_NAME = "Archive^Patient 100000"
_ID = "ID-100000"
_SERIES_NUMBER = "990001"
_NUMBER = "990002"
_POSITION = "-125.5\\-120.25\\990003.125"
_LOCATION = "990004.125"
_ACQUISITION_TIME = "091501.000001"
_CONTENT_TIME = "091502.000002"


def archive(folder: Path, series: int, images: int, *, nested: bool) -> Path:
    """Give a folder of ``series`` times ``images`` files, a patient for each ten series.

    All in one folder, or ``nested`` in one for each patient, study and series.
    """

    def make(into: Path) -> None:
        marked = _marked_file()
        for one in range(series):
            study = one // SERIES_PER_STUDY
            below = into / f"PT{study:04}" / "ST0000" / f"SE{one:04}" if nested else into
            below.mkdir(parents=True, exist_ok=True)
            of_series = _put(marked, _series_values(one, study))
            for image in range(images):
                number = one * images + image
                name = f"IM{image:06}" if nested else f"IM{number:06}"
                (below / name).write_bytes(_put(of_series, _image_values(number, image)))

    kind = "nested" if nested else "flat"
    return made(folder / f"archive-{series}x{images}-{kind}", make)


def _marked_file() -> bytes:
    """Give the bytes of one file with values to be replaced."""
    dataset = ct_header_dataset()
    dataset.PatientName, dataset.PatientID = _NAME, _ID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = _STUDY, _SERIES
    dataset.SOPInstanceUID = _INSTANCE
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(_INSTANCE)
    dataset.FrameOfReferenceUID = _FRAME_OF_REFERENCE
    dataset.SeriesNumber, dataset.InstanceNumber = _SERIES_NUMBER, _NUMBER
    dataset.ImagePositionPatient, dataset.SliceLocation = _POSITION.split("\\"), _LOCATION
    dataset.AcquisitionTime, dataset.ContentTime = _ACQUISITION_TIME, _CONTENT_TIME
    stream = BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def _series_values(series: int, study: int) -> dict[str, str]:
    return {
        _NAME: f"Archive^Patient {100_000 + study}",
        _ID: f"ID-{100_000 + study}",
        _STUDY: f"{UID_ROOT}5.{100_000 + study}",
        _FRAME_OF_REFERENCE: f"{UID_ROOT}8.{100_000 + study}",
        _SERIES: f"{UID_ROOT}6.{1_000_000 + series}",
        _SERIES_NUMBER: str(series % SERIES_PER_STUDY + 1),
    }


def _image_values(number: int, image: int) -> dict[str, str]:
    seconds = f"{image // 60 % 60:02}{image % 60:02}"
    return {
        _INSTANCE: f"{UID_ROOT}7.{10_000_000 + number}",
        _NUMBER: str(image + 1),
        _POSITION: f"-125.5\\-120.25\\{image * 1.25 - 300:g}",
        _LOCATION: f"{image * 1.25 - 300:g}",
        _ACQUISITION_TIME: f"09{seconds}.{number % 1_000_000:06}",
        _CONTENT_TIME: f"10{seconds}.{number % 1_000_000:06}",
    }


def _put(data: bytes, values: dict[str, str]) -> bytes:
    """Replace each marked value by another, padded to its length."""
    padded = {old.encode(): new.ljust(len(old)).encode() for old, new in values.items()}
    pattern = b"|".join(map(re.escape, padded))
    return re.sub(pattern, lambda found: padded[found.group()], data)
