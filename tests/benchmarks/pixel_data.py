"""Files whose pixels cost something to decode: CT series, a mammogram, a cine loop.

Values are what scanners give: smooth anatomy with noise, air around it. Each
picture is encoded once; a long series repeats its pictures. Where the files
are kept, and headers, are the matter of `data`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import imagecodecs
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import (
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.benchmarks.data import SEED, UID_ROOT, ct_dataset, files_in, made, save

_PICTURES = 40  # that differ in a series
_STORED_BITS = 12
_XA, _MAMMOGRAPHY = "1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.1.2"

_Array = np.ndarray


def slices(folder: Path, count: int, side: int, transfer_syntax_uid: str) -> list[Path]:
    """Give one series of 16-bit CT slices, ``side`` pixels square, in reading order."""

    def make(into: Path) -> None:
        encode = _ENCODERS.get(transfer_syntax_uid)
        pictures = [ct_values(side, number) for number in range(min(count, _PICTURES))]
        streams = [v.tobytes() if encode is None else encapsulate([encode(v)]) for v in pictures]
        dataset = ct_dataset(pictures[0])
        dataset.PixelRepresentation = 0
        dataset.BitsStored, dataset.HighBit = _STORED_BITS, _STORED_BITS - 1
        dataset.RescaleSlope, dataset.RescaleIntercept = 1, -1024
        dataset.file_meta.TransferSyntaxUID = transfer_syntax_uid
        dataset["PixelData"].VR = "OW" if encode is None else "OB"
        dataset["PixelData"].is_undefined_length = encode is not None
        for number, stream in enumerate(islice(cycle(streams), count)):
            dataset.PixelData = stream
            save(dataset, number, into)

    return files_in(made(folder / f"ct-{count}-{side}-{transfer_syntax_uid}", make))


def mammogram(folder: Path, rows: int = 4096, columns: int = 3328) -> Path:
    """Give one JPEG 2000 mammogram, 12 of 16 bits stored."""

    def make(into: Path) -> None:
        row, column = np.mgrid[:rows, :columns] / rows
        depth = np.clip(1 - 4 * (row - 0.5) ** 2 - (column * rows / columns) ** 2, 0, None)
        values = _noisy(3000 * np.sqrt(depth), 8, 0)
        dataset = _single_file(_MAMMOGRAPHY, "MG", values)
        dataset.ImagerPixelSpacing = [0.07, 0.07]
        _save_encapsulated(dataset, [_jpeg_2000(values)], JPEG2000Lossless, into)

    return files_in(made(folder / f"mammogram-{rows}-{columns}", make))[0]


def multiframe(folder: Path, frames: int = 200, side: int = 512) -> Path:
    """Give one file of many JPEG lossless frames."""

    def make(into: Path) -> None:
        pictures = [ct_values(side, number) for number in range(min(frames, _PICTURES))]
        dataset = _single_file(_XA, "XA", pictures[0])
        dataset.NumberOfFrames = frames
        dataset.FrameTime = 40
        streams = list(islice(cycle([_jpeg_lossless(values) for values in pictures]), frames))
        _save_encapsulated(dataset, streams, JPEGLosslessSV1, into)

    return files_in(made(folder / f"multiframe-{frames}-{side}", make))[0]


def ct_values(side: int, number: int) -> _Array:
    """Give slice ``number`` of a body in air, (side, side) of 12 bits, with water at 1024."""
    row, column = np.mgrid[:side, :side] / side - 0.5
    radius = np.hypot(row, column * 0.8) + 0.01 * np.sin(number / 5)
    organs = 60 * np.sin(13 * row + number / 3) * np.cos(11 * column)
    bone = 700 * np.exp(-(((radius - 0.3) / 0.015) ** 2))
    body = 1064 + organs + bone
    return _noisy(np.where(radius < 0.4, body, 24), 12, number)


def _noisy(values: _Array, deviation: float, number: int) -> _Array:
    rng = np.random.default_rng((SEED, number))
    noisy = values + rng.normal(0, deviation, values.shape)
    return np.clip(np.rint(noisy), 0, (1 << _STORED_BITS) - 1).astype(np.uint16)


def _rle(values: _Array) -> bytes:
    return RLELosslessEncoder.encode(
        values,
        encoding_plugin="pydicom",
        rows=values.shape[0],
        columns=values.shape[1],
        samples_per_pixel=1,
        bits_allocated=16,
        bits_stored=_STORED_BITS,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
        number_of_frames=1,
    )


_jpeg_lossless = partial(imagecodecs.jpeg8_encode, lossless=True, bitspersample=16)
_jpeg_2000 = partial(imagecodecs.jpeg2k_encode, level=0, codecformat="j2k", reversible=True)
_ENCODERS: dict[str, Callable[[_Array], bytes]] = {  # what is not here is native
    JPEGLosslessSV1: _jpeg_lossless,
    JPEGLSLossless: imagecodecs.jpegls_encode,
    JPEG2000Lossless: _jpeg_2000,
    HTJ2KLossless: partial(imagecodecs.htj2k_encode, reversible=True),
    RLELossless: _rle,
}


def _single_file(sop_class_uid: str, modality: str, values: _Array) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = sop_class_uid
    dataset.PatientName, dataset.PatientID = "Benchmark^Negato", "BENCHMARK"
    dataset.Modality = modality
    dataset.StudyInstanceUID = f"{UID_ROOT}5"
    dataset.SeriesInstanceUID = f"{UID_ROOT}6.{int.from_bytes(modality.encode())}"
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = values.shape
    dataset.BitsAllocated, dataset.BitsStored = 16, _STORED_BITS
    dataset.HighBit = _STORED_BITS - 1
    dataset.PixelRepresentation = 0
    dataset.WindowCenter, dataset.WindowWidth = 1500, 3000
    return dataset


def _save_encapsulated(dataset: Dataset, streams: list[bytes], syntax: str, into: Path) -> None:
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate(streams)
    dataset["PixelData"].VR = "OB"
    dataset.SOPInstanceUID = f"{UID_ROOT}7.{len(streams)}"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.InstanceNumber = 1
    dataset.save_as(into / "IM00000", enforce_file_format=True)
