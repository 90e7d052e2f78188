"""One frame's compressed bytes to samples: a table from transfer syntax to decoder.

imagecodecs decodes; every stream is checked by `codestreams` first. Sign, unused bits and colour
conversion are left to `samples`; where the bytes come from, to `encapsulation`; frames of words
without a header of their own to `word_codecs`, videos to `video`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import imagecodecs
import numpy as np

from viewer.dicom.codestreams import (
    Family,
    StreamInfo,
    family_of,
    jpeg2000_codestream,
    jpeg2000_info,
    jpeg_info,
    whole_jpegls,
)
from viewer.dicom.decoded import Colour, Decoded
from viewer.dicom.errors import PixelError
from viewer.dicom.ignored_errors import ignored_errors_raised
from viewer.dicom.jpeg_completeness import ends_early
from viewer.dicom.jpegxl_size import jpegxl_size
from viewer.dicom.pixel_layout import PixelLayout
from viewer.dicom.transfer_syntaxes import transfer_syntax_name
from viewer.dicom.word_codecs import decode_deflated, decode_rle, decode_words

_Array = np.ndarray[Any, np.dtype[Any]]
_LIBJPEG, _CHARLS = "libjpeg-turbo (imagecodecs)", "CharLS (imagecodecs)"
_OPENJPEG, _OPENJPH = "OpenJPEG (imagecodecs)", "OpenJPH (imagecodecs)"

_CALL = re.compile(r"^\w+ returned ")  # CharLS's functions, before what they say
_LARGE_PIXELS = 1 << 19  # smaller ones come in numbers, which keep all processors busy
_EXACT_BITS = 25  # OpenJPEG keeps coefficients in 32 bits; deeper samples come out otherwise


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
        raise PixelError(
            "The pixel data of this frame is empty; get the file from its source again."
        )
    if transfer_syntax in _WORDS:
        return _WORDS[transfer_syntax](data, layout)
    stated = _STREAMS.get(transfer_syntax)
    if stated is None:
        raise PixelError(unsupported(transfer_syntax))
    if layout.floating:
        raise PixelError("Floating point pixels inside a compressed stream are not supported.")
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
    if decoded.samples.shape[:2] != (layout.rows, layout.columns):
        raise PixelError(f"The {_NAMES[found]} stream decodes to another size than it says.")
    decoded = _within_bits_stored(decoded, layout)
    return replace(decoded, warnings=(*notes, *decoded.warnings))


def is_encapsulated(transfer_syntax: str) -> bool:
    """Tell whether a known transfer syntax stores frames as items."""
    return transfer_syntax in _WORDS or transfer_syntax in _STREAMS


def is_on_a_server(transfer_syntax: str) -> bool:
    """Tell whether a transfer syntax leaves the pixels on a server (JPIP). PS3.5 A.6."""
    return transfer_syntax in _ON_A_SERVER


def unsupported(transfer_syntax: str) -> str:
    """Say in one sentence why frames of a transfer syntax cannot be decoded."""
    name = transfer_syntax_name(transfer_syntax)
    if transfer_syntax in _ON_A_SERVER:
        return (
            f"The file holds no pixels, only where they are on a server ({name}); "
            "get it from its source with its pixels."
        )
    known = not name.startswith("unknown")
    what = f"{name} is not supported" if known else f"{transfer_syntax} is unknown"
    return (
        f"The transfer syntax {what}, so the frame cannot be decoded; "
        "ask its source for an uncompressed copy."
    )


def _check_size(info: StreamInfo, layout: PixelLayout) -> None:
    stream = (info.columns, info.rows, info.components)
    header = (layout.columns, layout.rows, layout.samples)
    if info.components == layout.frames * layout.samples and layout.frames > 1:
        raise PixelError(
            "The stream holds all frames as its components (JPEG 2000 Part 2), which is not "
            "supported."
        )
    if stream != header:
        raise PixelError(
            "The stream holds {} × {} pixels of {} samples, the header says {} × {} of {}; "
            "get the file from its source again.".format(*stream, *header)
        )
    if info.precision > max(8, layout.bits_allocated):
        raise PixelError(
            f"The stream holds {info.precision}-bit samples, the header says "
            f"BitsAllocated {layout.bits_allocated}."
        )


def _within_bits_stored(decoded: Decoded, layout: PixelLayout) -> Decoded:
    """Say where samples need more bits than the header gives them.

    Lossy compression may put white beyond white: without its upper bits it would be black.
    """
    samples, precision = decoded.samples, decoded.precision
    whole_words = precision > layout.high_bit  # whose lower bits are unused, not the upper ones
    white = (1 << (layout.high_bit + 1 if whole_words else layout.bits_stored)) - 1
    if precision <= layout.bits_stored or layout.signed or samples.dtype.kind != "u":
        return decoded
    if int(samples.max()) <= white:
        return decoded
    note = f"The stream holds {precision}-bit samples, BitsStored is {layout.bits_stored}: "
    if decoded.lossy and layout.high_bit == layout.bits_stored - 1:
        note += f"values above {white} are taken as {white}."
        samples = np.minimum(samples, samples.dtype.type(white))
    else:
        note += "the bits above are left out."
    return replace(decoded, samples=samples, warnings=(note, *decoded.warnings))


def _run(name: str, codec: Callable[..., Any], *arguments: Any, **options: Any) -> _Array:
    try:
        with ignored_errors_raised():  # of OpenJPH: half a picture passes for a whole one
            result = codec(*arguments, **options)
    except MemoryError:
        raise
    except Exception as error:  # each codec has error types of its own
        reason = _CALL.sub("", str(error).strip().rstrip(".")) or type(error).__name__
        raise PixelError(
            f"The {name} stream is damaged ({reason}); get the file from its source again."
        ) from error
    return np.asarray(result)


def _jpeg(data: bytes, layout: PixelLayout) -> Decoded:
    info = jpeg_info(data)
    _check_size(info, layout)
    options: dict[str, Any] = {}
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
            stored = "rgb" if colour == "RGB" else "ycbcr"
            # the codec converts from full range alone
            limited = layout.photometric.startswith("YBR_PARTIAL") and not info.full_range
            kept = stored == "ycbcr" and limited
            options = {"colorspace": stored, "outcolorspace": "ycbcr" if kept else "rgb"}
            colour = "" if kept else "RGB"
    samples = _run("JPEG", imagecodecs.jpeg8_decode, data, **options)
    if ends_early(data, samples, partial(imagecodecs.jpeg8_decode, **options)):
        raise PixelError(
            "The JPEG stream is cut short: it ends before its last pixel; copy the file again."
        )
    lossy = not info.lossless
    return Decoded(samples, colour, info.precision, False, _LIBJPEG, notes, lossy)


def _jpegls(data: bytes, layout: PixelLayout) -> Decoded:
    info = jpeg_info(data)
    _check_size(info, layout)
    samples = _run("JPEG-LS", imagecodecs.jpegls_decode, whole_jpegls(data))
    return Decoded(samples, "", info.precision, decoder=_CHARLS, lossy=not info.lossless)


def decode_jpeg2000(data: bytes, layout: PixelLayout) -> Decoded:
    """Decode JPEG 2000, high-throughput too; values that leave their range end at its ends."""
    stream = jpeg2000_codestream(data)
    info = jpeg2000_info(stream)
    _check_size(info, layout)
    samples = _run("JPEG 2000", imagecodecs.jpeg2k_decode, stream, numthreads=_threads(info))
    return _finish_jpeg2000(samples, info, layout, _OPENJPEG)


def _htj2k(data: bytes, layout: PixelLayout) -> Decoded:
    stream = jpeg2000_codestream(data)
    info = jpeg2000_info(stream)
    _check_size(info, layout)
    # OpenJPH lets irreversible samples wrap around at black and white; OpenJPEG clips them
    clips = info.lossless and not info.subsampled
    codec = imagecodecs.htj2k_decode if clips else imagecodecs.jpeg2k_decode
    options = {} if clips else {"numthreads": _threads(info)}
    samples = _run("HTJ2K", codec, stream, **options)
    return _finish_jpeg2000(samples, info, layout, _OPENJPH if clips else _OPENJPEG)


def _threads(info: StreamInfo) -> int:
    """Give a large frame all processors: it is waited for, or others wait for it."""
    return (os.cpu_count() or 1) if info.rows * info.columns >= _LARGE_PIXELS else 1


def _finish_jpeg2000(
    samples: _Array, info: StreamInfo, layout: PixelLayout, decoder: str
) -> Decoded:
    if info.subsampled:
        return _finish_subsampled(samples, info, layout, decoder)
    notes: tuple[str, ...] = ()
    if info.precision > _EXACT_BITS and decoder == _OPENJPEG:
        notes = (f"{info.precision}-bit JPEG 2000 samples may be wrong.",)
    colour: Colour = ""
    if info.components == 3:
        says_transform = layout.photometric in ("YBR_RCT", "YBR_ICT")
        # the codec undoes the component transform: what it gives is what went in
        colour = "RGB" if info.colour or says_transform else ""
        if info.colour and layout.photometric.startswith(("YBR_FULL", "YBR_PARTIAL")):
            notes = (f"The header says {layout.photometric}, the stream RGB: the stream decided.",)
        elif says_transform and not info.colour:
            notes = (f"The header says {layout.photometric}, the stream has no such transform.",)
    lossy = not info.lossless
    return Decoded(samples, colour, info.precision, info.signed, decoder, notes, lossy)


def _finish_subsampled(
    samples: _Array, info: StreamInfo, layout: PixelLayout, decoder: str
) -> Decoded:
    """Take the RGB that OpenJPEG makes of luma and smaller chroma, of full range always."""
    if layout.photometric.startswith("YBR_PARTIAL"):
        raise PixelError(
            f"{layout.photometric} chroma of a lower resolution in JPEG 2000 is not supported."
        )
    notes: tuple[str, ...] = ()
    if not layout.photometric.startswith("YBR_FULL"):
        notes = (
            f"The header says {layout.photometric}, the chroma of the stream has a lower "
            "resolution, as YBR_FULL alone may: the stream decided.",
        )
    return Decoded(samples, "RGB", info.precision, info.signed, decoder, notes)


def _jpegxl(data: bytes, layout: PixelLayout) -> Decoded:
    size = jpegxl_size(data)
    if size is not None and sorted(size) != sorted((layout.rows, layout.columns)):
        stated = StreamInfo("jpeg-xl", *size, layout.samples, layout.bits_stored)
        _check_size(stated, layout)  # before room is made for it; the stream may turn it
    samples = _run("JPEG XL", imagecodecs.jpegxl_decode, data, numthreads=1)
    if samples.dtype.kind == "f":
        raise PixelError("JPEG XL with floating point samples is not supported.")
    shape = samples.shape
    info = StreamInfo(
        "jpeg-xl", shape[0], shape[1], 1 if samples.ndim == 2 else shape[2], 8 * samples.itemsize
    )
    _check_size(info, layout)
    colour: Colour = "RGB" if samples.ndim == 3 else ""
    return Decoded(samples, colour, info.precision, decoder="libjxl (imagecodecs)")


_WORDS: dict[str, Callable[[bytes, PixelLayout], Decoded]] = {
    "1.2.840.10008.1.2.5": decode_rle,
    "1.2.840.10008.1.2.1.98": decode_words,
    "1.2.840.10008.1.2.8.1": decode_deflated,
}

_STREAMS: dict[str, Family] = {
    # 52, 54, 56 and 58 to 66 are retired: arithmetic coding and hierarchies
    **{f"1.2.840.10008.1.2.4.{n}": "jpeg" for n in (*range(50, 67), 70)},
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
    "jpeg2000": decode_jpeg2000,
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

_ON_A_SERVER = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (94, 95, 204, 205))
