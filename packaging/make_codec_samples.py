"""Write ``packaging/codec_samples/``: one small file for each transfer syntax that Negato decodes.

``python packaging/make_codec_samples.py``, with imagecodecs and pydicom. Each holds the numbers 0
to 255 in rows of 16, which `smoke_test.py` expects to be shown; its name is the transfer syntax.
The files are kept in the repository: who tries a build has neither of the two.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import imagecodecs
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, SecondaryCaptureImageStorage

FOLDER = Path(__file__).parent / "codec_samples"
_SIDE = 16
_VALUES = np.arange(_SIDE * _SIDE, dtype="<u2").reshape(_SIDE, _SIDE)
_JPEG = "1.2.840.10008.1.2.4."
_NATIVE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99")
_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_UID = "2.25.81370411826346719"  # of no patient: a number picked once


def streams() -> dict[str, bytes]:
    """Give the pixel data, by the UID of its transfer syntax."""
    words = _VALUES.tobytes()
    lossless = imagecodecs.jpeg8_encode(_VALUES, lossless=True, bitspersample=16)
    jpeg2000 = imagecodecs.jpeg2k_encode(_VALUES, level=0, codecformat="j2k")
    high_throughput = imagecodecs.htj2k_encode(_VALUES)
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    frames = {
        "1.2.840.10008.1.2.5": _rle(),
        "1.2.840.10008.1.2.8.1": packer.compress(words) + packer.flush(),
        f"{_JPEG}50": imagecodecs.jpeg8_encode(_VALUES.astype("u1"), level=100),
        f"{_JPEG}51": imagecodecs.jpeg8_encode(_VALUES, level=100, bitspersample=12),
        f"{_JPEG}57": lossless,
        f"{_JPEG}70": lossless,
        f"{_JPEG}80": imagecodecs.jpegls_encode(_VALUES),
        f"{_JPEG}81": imagecodecs.jpegls_encode(_VALUES, level=1),
        f"{_JPEG}90": jpeg2000,
        f"{_JPEG}91": imagecodecs.jpeg2k_encode(
            _VALUES, level=110, codecformat="j2k", reversible=False
        ),
        f"{_JPEG}110": imagecodecs.jpegxl_encode(_VALUES, lossless=True),
        f"{_JPEG}112": imagecodecs.jpegxl_encode(_VALUES, lossless=False, distance=0.1),
        f"{_JPEG}201": high_throughput,
        f"{_JPEG}203": high_throughput,
    }
    native = {**dict.fromkeys(_NATIVE, words), _BIG_ENDIAN: _VALUES.astype(">u2").tobytes()}
    return {**native, **{uid: encapsulate([frame]) for uid, frame in frames.items()}}


def write(transfer_syntax: str, pixel_data: bytes) -> None:
    """Write one file."""
    allocated = 8 if transfer_syntax == f"{_JPEG}50" else 16
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    known = transfer_syntax
    if not UID(transfer_syntax).is_transfer_syntax:  # pydicom writes none that it does not know
        known = f"{_JPEG}201" if len(transfer_syntax) > len(f"{_JPEG}50") else f"{_JPEG}50"
    dataset.file_meta.TransferSyntaxUID = UID(known)
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = f"{_UID}.{transfer_syntax.replace('.', '')}"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = f"{_UID}.1", f"{_UID}.2"
    dataset.PatientName, dataset.PatientID, dataset.Modality = "Codec^Sample", "SAMPLE", "OT"
    dataset.Rows = dataset.Columns = _SIDE
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.PixelRepresentation = 0
    dataset.BitsAllocated = allocated
    dataset.BitsStored = min(allocated, 12)
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelData = pixel_data
    dataset["PixelData"].VR = "OW" if transfer_syntax in (*_NATIVE, _BIG_ENDIAN) else "OB"
    path = FOLDER / f"{transfer_syntax}.dcm"
    dataset.save_as(
        path,
        enforce_file_format=True,
        implicit_vr=transfer_syntax == _NATIVE[0],
        little_endian=transfer_syntax != _BIG_ENDIAN,
    )
    meant = transfer_syntax.encode().ljust(len(known), b"\0")
    path.write_bytes(path.read_bytes().replace(known.encode(), meant))


def _rle() -> bytes:
    """Write words as RLE, upper bytes first, nothing repeated. PS3.5 Annex G."""
    planes = [_VALUES >> 8, _VALUES & 0xFF]
    segments = [b"".join(bytes([_SIDE - 1, *row]) for row in plane.tolist()) for plane in planes]
    offsets = [2, 64, 64 + len(segments[0]), *[0] * 13]
    return b"".join([*(offset.to_bytes(4, "little") for offset in offsets), *segments])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for uid, data in streams().items():
        write(uid, data)
