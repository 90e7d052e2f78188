"""Small DICOM files made for tests of pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

JPEG = "1.2.840.10008.1.2.4.50"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000 = "1.2.840.10008.1.2.4.90"
HTJ2K = "1.2.840.10008.1.2.4.201"
JPEG_XL = "1.2.840.10008.1.2.4.110"
RLE = "1.2.840.10008.1.2.5"
_SAME_LENGTH = "1.2.840.10008.1.2.4.203"


def grey(rows: int = 24, columns: int = 20) -> np.ndarray:
    """A ramp with a little texture, 12 bits deep."""
    ramp = np.arange(rows * columns, dtype=np.uint16).reshape(rows, columns) * 7
    return ((ramp + (ramp % 5) * 3) & 0xFFF).astype(np.uint16)


def rle(values: np.ndarray) -> bytes:
    """Encode a grey 16-bit frame as RLE with literal runs. PS3.5 G."""
    segments = []
    for plane in (values >> 8, values & 0xFF):
        data = plane.astype(np.uint8).tobytes()
        runs = [data[at : at + 100] for at in range(0, len(data), 100)]
        packed = b"".join(bytes([len(run) - 1]) + run for run in runs)
        segments.append(packed + b"\0" * (len(packed) % 2))
    header = np.zeros(16, "<u4")
    header[:3] = 2, 64, 64 + len(segments[0])
    return header.tobytes() + b"".join(segments)


def streams(values: np.ndarray) -> dict[str, bytes]:
    """The same 12-bit grey frame in each lossless codec, by transfer syntax."""
    return {
        JPEG_LOSSLESS: imagecodecs.jpeg8_encode(values, lossless=True, bitspersample=16),
        JPEG_LS: imagecodecs.jpegls_encode(values),
        JPEG_2000: imagecodecs.jpeg2k_encode(values, level=0, codecformat="j2k"),
        HTJ2K: imagecodecs.htj2k_encode(values, reversible=True),
        JPEG_XL: imagecodecs.jpegxl_encode(values, lossless=True),
        RLE: rle(values),
    }


def write(
    path: Path,
    values: np.ndarray,
    *,
    transfer_syntax: str = ExplicitVRLittleEndian,
    frames: list[bytes] | None = None,
    **attributes: Any,
) -> str:
    """Write ``values`` (frames, rows, columns[, 3] or less) as a DICOM file."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = transfer_syntax
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    dataset.Modality = "OT"
    colour = values.shape[-1] == 3
    dataset.SamplesPerPixel = 3 if colour else 1
    dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        dataset.PlanarConfiguration = 0
    dataset.Rows, dataset.Columns = values.shape[-3:-1] if colour else values.shape[-2:]
    dataset.BitsAllocated = values.itemsize * 8
    dataset.BitsStored = values.itemsize * 8
    dataset.HighBit = values.itemsize * 8 - 1
    dataset.PixelRepresentation = int(values.dtype.kind == "i")
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    if "BitsStored" in attributes and "HighBit" not in attributes:
        dataset.HighBit = dataset.BitsStored - 1
    if frames is None:
        dataset.PixelData = values.tobytes()
        dataset["PixelData"].VR = "OW" if values.itemsize > 1 else "OB"
    else:
        dataset.PixelData = encapsulate(frames)
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True
    # JPEG XL is newer than pydicom's list: written under another name, then renamed
    known = meta.TransferSyntaxUID.is_transfer_syntax
    if not known:
        meta.TransferSyntaxUID = _SAME_LENGTH
    dataset.save_as(path, enforce_file_format=True)
    if not known:
        path.write_bytes(
            path.read_bytes().replace(_SAME_LENGTH.encode(), transfer_syntax.encode(), 1)
        )
    return str(path)
