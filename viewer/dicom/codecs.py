"""One frame's compressed bytes to samples: a table from transfer syntax to decoder.

imagecodecs decodes; every stream is checked by `codestreams` first. Sign, unused bits and colour
conversion are left to `samples`; where the bytes come from, to `encapsulation`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import imagecodecs
import numpy as np

from viewer.dicom.codestreams import (
    Family,
    StreamInfo,
    family_of,
    jpeg2000_codestream,
    jpeg2000_info,
    jpeg_info,
    rle_segments,
    whole_jpegls,
)
from viewer.dicom.errors import PixelError
from viewer.dicom.layout import PixelLayout
from viewer.dicom.samples import unpack_native

Colour = Literal["RGB", "YBR", ""]
_Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Samples as the codec gives them.

    ``samples`` is (rows, columns) or (rows, columns, 3). ``colour`` says what
    three samples mean: RGB, YBR, or "" for what the header's photometric says.
    ``precision`` is the number of bits that count, 0 for words as stored.
    """

    samples: _Array
    colour: Colour = ""
    precision: int = 0
    signed: bool = False
    warnings: tuple[str, ...] = ()


def decode(data: bytes, transfer_syntax: str, layout: PixelLayout) -> Decoded:
    """Decode one encapsulated frame.

    Parameters
    ----------
    data : bytes
        The frame's fragments, joined.
    transfer_syntax : str
        UID of the file's transfer syntax.
    layout : PixelLayout
        What the header says the frame is.

    Raises
    ------
    PixelError
        Unknown syntax, a damaged or incomplete stream, or one whose size
        contradicts the header.
    """
    if not data:
        raise PixelError("The pixel data of this frame is empty.")
    if transfer_syntax in _WORDS:
        return _WORDS[transfer_syntax](data, layout)
    stated = _STREAMS.get(transfer_syntax)
    if stated is None:
        raise PixelError(unsupported(transfer_syntax))
    found = family_of(data)
    if not found:
        raise PixelError(
            f"The header says {_NAMES[stated]}, but the frame holds no such stream; "
            "get the file from its source again."
        )
    notes: tuple[str, ...] = ()
    if found != stated and {found, stated} != {"jpeg2000", "htj2k"}:
        notes = (f"The header says {_NAMES[stated]}, the stream is {_NAMES[found]}; it decided.",)
    decoded = _DECODERS[found](data, layout)
    return replace(decoded, warnings=(*notes, *decoded.warnings))


def is_encapsulated(transfer_syntax: str) -> bool:
    """Tell whether a known transfer syntax stores frames as items."""
    return transfer_syntax in _WORDS or transfer_syntax in _STREAMS


def unsupported(transfer_syntax: str) -> str:
    """Say in one sentence why frames of a transfer syntax cannot be decoded."""
    if transfer_syntax in _REFUSED:
        return f"{_REFUSED[transfer_syntax]} ({transfer_syntax}) is not supported."
    return f"The transfer syntax {transfer_syntax} is unknown, so the frame cannot be decoded."


def _check_size(info: StreamInfo, layout: PixelLayout) -> None:
    stream = (info.columns, info.rows, info.components)
    header = (layout.columns, layout.rows, layout.samples)
    if stream != header:
        raise PixelError(
            "The stream holds {} × {} pixels of {} samples, the header says {} × {} of {}.".format(
                *stream, *header
            )
        )
    if info.precision > max(8, layout.bits_allocated):
        raise PixelError(
            f"The stream holds {info.precision}-bit samples, the header says "
            f"BitsAllocated {layout.bits_allocated}."
        )


def _run(name: str, codec: Callable[..., Any], *arguments: Any, **options: Any) -> _Array:
    try:
        result = codec(*arguments, **options)
    except MemoryError:
        raise
    except Exception as error:  # each codec has error types of its own
        reason = str(error).strip().rstrip(".") or type(error).__name__
        raise PixelError(f"The {name} stream is damaged ({reason}).") from error
    return np.asarray(result)


def _jpeg(data: bytes, layout: PixelLayout) -> Decoded:
    info = jpeg_info(data)
    _check_size(info, layout)
    options: dict[str, str] = {}
    colour: Colour = ""
    notes: tuple[str, ...] = ()
    if info.components == 3:
        says_rgb = layout.photometric == "RGB"
        colour = info.colour or ("RGB" if says_rgb or info.lossless else "YBR")
        if info.colour and (info.colour == "RGB") != says_rgb:
            notes = (
                f"The header says {layout.photometric}, the JPEG stream {info.colour}: "
                "the stream decided.",
            )
        if info.lossless:  # no conversion in the codec: lossless samples are given as stored
            colour = "" if not info.colour else colour
        else:
            options = {"colorspace": "rgb" if colour == "RGB" else "ycbcr", "outcolorspace": "rgb"}
            colour = "RGB"
    samples = _run("JPEG", imagecodecs.jpeg8_decode, data, **options)
    return Decoded(samples, colour, info.precision, warnings=notes)


def _jpegls(data: bytes, layout: PixelLayout) -> Decoded:
    info = jpeg_info(data)
    _check_size(info, layout)
    samples = _run("JPEG-LS", imagecodecs.jpegls_decode, whole_jpegls(data))
    return Decoded(samples, "", info.precision)


def _jpeg2000(data: bytes, layout: PixelLayout) -> Decoded:
    stream = jpeg2000_codestream(data)
    info = jpeg2000_info(stream)
    _check_size(info, layout)
    samples = _run("JPEG 2000", imagecodecs.jpeg2k_decode, stream, numthreads=1)
    return _finish_jpeg2000(samples, info, layout)


def _htj2k(data: bytes, layout: PixelLayout) -> Decoded:
    stream = jpeg2000_codestream(data)
    info = jpeg2000_info(stream)
    _check_size(info, layout)
    # OpenJPH lets irreversible samples wrap around at black and white; OpenJPEG clips them
    codec = imagecodecs.htj2k_decode if info.lossless else imagecodecs.jpeg2k_decode
    samples = _run("HTJ2K", codec, stream)
    return _finish_jpeg2000(samples, info, layout)


def _finish_jpeg2000(samples: _Array, info: StreamInfo, layout: PixelLayout) -> Decoded:
    notes: tuple[str, ...] = ()
    colour: Colour = ""
    if info.components == 3:
        says_transform = layout.photometric in ("YBR_RCT", "YBR_ICT")
        # the codec undoes the component transform: what it gives is what went in
        colour = "RGB" if info.colour or says_transform else ""
        if info.colour and layout.photometric.startswith(("YBR_FULL", "YBR_PARTIAL")):
            notes = (f"The header says {layout.photometric}, the stream RGB: the stream decided.",)
        elif says_transform and not info.colour:
            notes = (f"The header says {layout.photometric}, the stream has no such transform.",)
    return Decoded(samples, colour, info.precision, info.signed, warnings=notes)


def _jpegxl(data: bytes, layout: PixelLayout) -> Decoded:
    samples = _run("JPEG XL", imagecodecs.jpegxl_decode, data, numthreads=1)
    shape = samples.shape
    info = StreamInfo(
        "jpeg-xl", shape[0], shape[1], 1 if samples.ndim == 2 else shape[2], 8 * samples.itemsize
    )
    _check_size(info, layout)
    return Decoded(samples, "RGB" if samples.ndim == 3 else "", info.precision)


def _rle(data: bytes, layout: PixelLayout) -> Decoded:
    """Unpack the byte planes of an RLE frame, most significant first. PS3.5 G.2."""
    width = max(1, layout.bits_allocated // 8)
    offsets = rle_segments(data, layout.samples * width)
    pixels = layout.rows * layout.columns
    if layout.bits_allocated == 1:
        pixels = (pixels + 7) // 8  # packed as in uncompressed data. PS3.5 8.2.2
    planes = np.empty((layout.samples, width, pixels), np.uint8)
    for at, (start, end) in enumerate(zip(offsets, (*offsets[1:], len(data)), strict=True)):
        unpacked = _unpack_bits(data[start:end])
        if len(unpacked) < pixels:
            raise PixelError(
                f"An RLE segment holds {len(unpacked)} of {pixels} bytes: the frame is incomplete."
            )
        planes[at // width, at % width] = np.frombuffer(unpacked, np.uint8, pixels)
    if layout.bits_allocated == 1:
        return Decoded(unpack_native(planes.tobytes(), layout))
    words = np.ascontiguousarray(planes.transpose(2, 0, 1)).view(f">u{width}")
    words = words.reshape(layout.rows, layout.columns, layout.samples)
    return Decoded(words.astype(f"u{width}") if layout.samples > 1 else words[..., 0])


def _unpack_bits(segment: bytes) -> bytes:
    for end in (len(segment), len(segment) - 1):  # an odd segment is padded by one zero byte
        try:
            return bytes(imagecodecs.packbits_decode(segment[:end]))
        except Exception as error:  # imagecodecs has error types of its own
            failure = error
    raise PixelError("An RLE segment is damaged.") from failure


def _words(data: bytes, layout: PixelLayout) -> Decoded:
    """Take the frame as uncompressed little-endian words."""
    needed = (layout.native_frame_bits + 7) // 8
    if len(data) < needed:
        raise PixelError(f"The frame is cut short: {len(data)} of {needed} bytes are here.")
    return Decoded(unpack_native(data[:needed], layout))


def _deflated_words(data: bytes, layout: PixelLayout) -> Decoded:
    """Inflate a Deflated Image Frame. PS3.5 A.4.13."""
    needed = (layout.native_frame_bits + 7) // 8
    try:
        inflated = zlib.decompressobj(-15).decompress(data, needed)
    except zlib.error as error:
        raise PixelError("The deflated frame is damaged.") from error
    return _words(inflated, layout)


_WORDS: dict[str, Callable[[bytes, PixelLayout], Decoded]] = {
    "1.2.840.10008.1.2.5": _rle,
    "1.2.840.10008.1.2.1.98": _words,
    "1.2.840.10008.1.2.8.1": _deflated_words,
}

_STREAMS: dict[str, Family] = {
    "1.2.840.10008.1.2.4.50": "jpeg",
    "1.2.840.10008.1.2.4.51": "jpeg",
    "1.2.840.10008.1.2.4.53": "jpeg",
    "1.2.840.10008.1.2.4.55": "jpeg",
    "1.2.840.10008.1.2.4.57": "jpeg",
    "1.2.840.10008.1.2.4.70": "jpeg",
    "1.2.840.10008.1.2.4.80": "jpeg-ls",
    "1.2.840.10008.1.2.4.81": "jpeg-ls",
    "1.2.840.10008.1.2.4.90": "jpeg2000",
    "1.2.840.10008.1.2.4.91": "jpeg2000",
    "1.2.840.10008.1.2.4.92": "jpeg2000",
    "1.2.840.10008.1.2.4.93": "jpeg2000",
    "1.2.840.10008.1.2.4.201": "htj2k",
    "1.2.840.10008.1.2.4.202": "htj2k",
    "1.2.840.10008.1.2.4.203": "htj2k",
    "1.2.840.10008.1.2.4.110": "jpeg-xl",
    "1.2.840.10008.1.2.4.111": "jpeg-xl",
    "1.2.840.10008.1.2.4.112": "jpeg-xl",
}

_DECODERS: dict[Family, Callable[[bytes, PixelLayout], Decoded]] = {
    "jpeg": _jpeg,
    "jpeg-ls": _jpegls,
    "jpeg2000": _jpeg2000,
    "htj2k": _htj2k,
    "jpeg-xl": _jpegxl,
}

_NAMES: dict[Family, str] = {
    "jpeg": "JPEG",
    "jpeg-ls": "JPEG-LS",
    "jpeg2000": "JPEG 2000",
    "htj2k": "HTJ2K",
    "jpeg-xl": "JPEG XL",
}

_REFUSED = {
    **{f"1.2.840.10008.1.2.4.{n}": "MPEG-2 video" for n in ("100", "100.1", "101", "101.1")},
    **{f"1.2.840.10008.1.2.4.{n}": "H.264 video" for n in ("102", "102.1", "103", "103.1")},
    **{f"1.2.840.10008.1.2.4.{n}": "H.264 video" for n in ("104", "104.1", "105", "105.1")},
    **{f"1.2.840.10008.1.2.4.{n}": "H.264 video" for n in ("106", "106.1")},
    **{f"1.2.840.10008.1.2.4.{n}": "HEVC video" for n in ("107", "108")},
    **{f"1.2.840.10008.1.2.4.{n}": "JPIP, pixels on a server," for n in ("94", "95", "204", "205")},
    **{f"1.2.840.10008.1.2.7.{n}": "SMPTE ST 2110 video" for n in ("1", "2", "3")},
}
