"""Sound files of codestreams: each codec once, and what is decoded beside it."""

from __future__ import annotations

import zlib
from pathlib import Path

import imagecodecs
import numpy as np

from tests.dicom import synthetic
from tests.fuzz.plain_files import Make, functional_groups, image


def compressed_files() -> dict[str, Make]:
    """Give what writes each file, by its name."""
    grey = synthetic.grey()
    bytes_ = (grey >> 4).astype(np.uint8)
    colour = np.stack([bytes_, bytes_.T.reshape(bytes_.shape), bytes_[::-1]], -1)
    made = {
        f"grey-{syntax.rpartition('4.')[2]}": image(
            grey, transfer_syntax=syntax, frames=[stream], BitsStored=12
        )
        for syntax, stream in synthetic.streams(grey).items()
    }
    rle, jpegls = synthetic.rle, imagecodecs.jpegls_encode
    encode_jpeg, encode_2000 = imagecodecs.jpeg8_encode, imagecodecs.jpeg2k_encode
    ybr = {"PhotometricInterpretation": "YBR_FULL_422"}
    more: dict[str, Make] = {
        "jpeg-grey": image(bytes_, transfer_syntax=synthetic.JPEG, frames=[encode_jpeg(bytes_)]),
        "jpeg-colour": image(
            colour, transfer_syntax=synthetic.JPEG, frames=[encode_jpeg(colour)], **ybr
        ),
        "jpegls-colour": image(colour, transfer_syntax=synthetic.JPEG_LS, frames=[jpegls(colour)]),
        "jpegls-near": image(
            bytes_, transfer_syntax="1.2.840.10008.1.2.4.81", frames=[jpegls(bytes_, level=2)]
        ),
        "jpeg2000-colour": image(
            colour, transfer_syntax=synthetic.JPEG_2000,
            frames=[encode_2000(colour, level=0, codecformat="j2k")],
            PhotometricInterpretation="YBR_RCT",
        ),
        "jpeg2000-boxed": image(
            grey, transfer_syntax="1.2.840.10008.1.2.4.91",
            frames=[encode_2000(grey, level=60, codecformat="jp2")], BitsStored=12,
        ),
        "jpegxl-colour": image(
            colour, transfer_syntax=synthetic.JPEG_XL,
            frames=[imagecodecs.jpegxl_encode(colour, lossless=True)],
        ),
        "rle-frames": image(
            np.stack([grey] * 3), transfer_syntax=synthetic.RLE, frames=[rle(grey)] * 3,
            NumberOfFrames=3,
        ),
        "jpegls-frames": image(
            np.stack([grey] * 3), transfer_syntax=synthetic.JPEG_LS, frames=[jpegls(grey)] * 3,
            NumberOfFrames=3, Modality="MR", **functional_groups(3),
        ),
        "jpeg-palette": image(
            bytes_, transfer_syntax=synthetic.JPEG_LOSSLESS,
            frames=[encode_jpeg(bytes_, lossless=True)],
            PhotometricInterpretation="PALETTE COLOR",
            RedPaletteColorLookupTableDescriptor=[256, 0, 8],
            GreenPaletteColorLookupTableDescriptor=[256, 0, 8],
            BluePaletteColorLookupTableDescriptor=[256, 0, 8],
            RedPaletteColorLookupTableData=bytes(range(256)),
            GreenPaletteColorLookupTableData=bytes(range(256)),
            BluePaletteColorLookupTableData=bytes(range(256)),
        ),
        "deflated-frame": _deflated_frame,
        "encapsulated": image(
            grey, transfer_syntax="1.2.840.10008.1.2.1.98", frames=[grey.tobytes()],
        ),
    }  # fmt: skip
    return {**made, **more}


def _deflated_frame(path: Path) -> None:
    """Write a deflated frame as JPEG, which has a UID as long: pydicom would deflate the header."""
    grey = synthetic.grey()
    synthetic.write(path, grey, transfer_syntax=synthetic.JPEG, frames=[_raw_deflate(grey)])
    jpeg = synthetic.JPEG.encode()
    path.write_bytes(path.read_bytes().replace(jpeg, b"1.2.840.10008.1.2.8.1\0", 1))


def _raw_deflate(values: np.ndarray) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(values.tobytes()) + packer.flush()
    return packed + b"\0" * (len(packed) % 2)
