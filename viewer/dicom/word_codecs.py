"""Frames that are encapsulated words: as they are, deflated, or run-length encoded.

Sign, unused bits and colour are left to `samples`; streams with a header of their own to `codecs`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import imagecodecs
import numpy as np

from viewer.dicom.codestreams import rle_segments
from viewer.dicom.decoded import Decoded
from viewer.dicom.errors import PixelError
from viewer.dicom.pixel_layout import PixelLayout
from viewer.dicom.samples import unpack_native


def decode_words(data: bytes, layout: PixelLayout) -> Decoded:
    """Take the frame as uncompressed little-endian words. PS3.5 A.4.

    Raises
    ------
    PixelError
        The frame is cut short.
    """
    needed = (layout.native_frame_bits + 7) // 8
    if len(data) < needed:
        raise PixelError(
            f"The frame is cut short: {len(data)} of {needed} bytes are here; copy the file again."
        )
    return Decoded(unpack_native(data[:needed], layout))


def decode_deflated(data: bytes, layout: PixelLayout) -> Decoded:
    """Inflate a Deflated Image Frame. PS3.5 A.4.13.

    Raises
    ------
    PixelError
        The frame is damaged or cut short.
    """
    needed = (layout.native_frame_bits + 7) // 8
    try:
        inflated = zlib.decompressobj(-15).decompress(data, needed)
    except zlib.error as error:
        raise PixelError(
            "The deflated frame is damaged; get the file from its source again."
        ) from error
    return Decoded(decode_words(inflated, layout).samples, decoder="zlib")


def decode_rle(data: bytes, layout: PixelLayout) -> Decoded:
    """Unpack the byte planes of an RLE frame, most significant first. PS3.5 G.2.

    Raises
    ------
    PixelError
        The segment table is wrong, or a segment is damaged or cut short.
    """
    width = layout.word_bytes
    offsets = rle_segments(data, layout.samples * width)
    pixels = layout.rows * layout.columns
    if layout.bits_allocated == 1:
        pixels = (pixels + 7) // 8  # packed as in uncompressed data. PS3.5 8.2.2
    planes = np.empty((layout.samples, width, pixels), np.uint8)
    for at, (start, end) in enumerate(zip(offsets, (*offsets[1:], len(data)), strict=True)):
        unpacked = _unpack_bits(data[start:end], pixels)
        if len(unpacked) < pixels:
            raise PixelError(
                f"An RLE segment holds {len(unpacked)} of {pixels} bytes: the frame is incomplete."
            )
        planes[at // width, at % width] = np.frombuffer(unpacked, np.uint8, pixels)
    decoder = "PackBits (imagecodecs)"
    if layout.bits_allocated == 1:
        return Decoded(unpack_native(planes.tobytes(), layout), decoder=decoder)
    kind = "f" if layout.floating else "u"
    words = np.empty((layout.rows, layout.columns, layout.samples), f"u{width}")
    for sample, (most, *rest) in enumerate(planes):
        word = words.reshape(pixels, layout.samples)[:, sample]
        word[:] = most
        for plane in rest:
            np.left_shift(word, 8, out=word)
            np.bitwise_or(word, plane, out=word)
    words = words.view(f"{kind}{width}")
    return Decoded(words if layout.samples > 1 else words[..., 0], decoder=decoder)


def _unpack_bits(segment: bytes, needed: int) -> bytes:
    for end in _ends(segment, needed):
        try:
            return bytes(imagecodecs.packbits_decode(segment[:end]))
        except Exception as error:  # imagecodecs has error types of its own
            failure = error
    raise PixelError("An RLE segment is damaged; get the file from its source again.") from failure


def _ends(segment: bytes, needed: int) -> Iterator[int]:
    """Give where the runs may end, the likely place first."""
    yield len(segment)
    yield len(segment) - 1
    yield _end_of_runs(segment, needed)


def _end_of_runs(segment: bytes, needed: int) -> int:
    """Find the end of the run with which ``needed`` bytes are whole; what follows is padding."""
    position = produced = 0
    while position < len(segment) and produced < needed:
        count = segment[position]
        if count < 128:
            produced += count + 1
            position += count + 2
        elif count > 128:
            produced += 257 - count
            position += 2
        else:
            position += 1
    return position
