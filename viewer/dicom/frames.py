"""Frames out of files of any kind: stored values and their description.

Decodes, and so runs in a child process; the plain frames that a thread may
read are `native_frames`, given here again. What display needs to know of
a frame is `describe`'s matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np

from viewer.dicom import codecs
from viewer.dicom.cut_frames import rows_there, without_missing_rows
from viewer.dicom.decoded import Decoded
from viewer.dicom.describe import describe
from viewer.dicom.errors import HeaderError, LimitError, PixelError
from viewer.dicom.limits import DEFAULT_LIMITS, Limits, amount
from viewer.dicom.native_frames import NativeFrame, native_frame, read_native
from viewer.dicom.overlays import embedded_overlays
from viewer.dicom.pixel_files import PixelFile, pixel_file
from viewer.dicom.pixel_layout import PixelLayout
from viewer.dicom.samples import display_rgb, stored_values, unpack_native, ybr_to_rgb
from viewer.dicom.video import is_video, video_frame
from viewer.imaging.frame import FrameDescription

__all__ = [
    "NativeFrame",
    "decoded_frame",
    "finished",
    "frame_stream",
    "native_frame",
    "read_frame",
    "read_frames",
    "read_native",
]

_Array = np.ndarray[Any, np.dtype[Any]]


def read_frames(
    path: str, indices: Sequence[int], limits: Limits = DEFAULT_LIMITS
) -> Iterator[tuple[int, _Array | PixelError, FrameDescription | None]]:
    """Read frames of one file, each with its description or the reason why not.

    Parameters
    ----------
    path : str
        Any DICOM file.
    indices : sequence of int
        Frames, counted from 0, in the order wanted.

    Yields
    ------
    index, pixels, description
        ``pixels`` as `FrameDescription` documents them, or a `PixelError` and
        no description.
    """
    for index in indices:
        try:
            pixels, description = read_frame(path, index, limits)
        except PixelError as error:
            yield index, error, None
        except HeaderError as error:
            yield index, PixelError(error.message, path), None
        else:
            yield index, pixels, description


def read_frame(
    path: str, index: int, limits: Limits = DEFAULT_LIMITS
) -> tuple[_Array, FrameDescription]:
    """Read one frame of any file, as it is to be displayed.

    Raises
    ------
    PixelError, NoPixelDataError, LimitError
        The frame cannot be decoded, or not shown without guessing.
    HeaderError
        The file cannot be read.
    """
    file = pixel_file(path, limits)
    layout = file.layout
    if layout.display_error:
        raise PixelError(layout.display_error, path)
    rows = _rows_of_cut_frame(file, index)
    pixels, decoded = decoded_frame(file, index, limits, rows=rows)
    description = describe(file.dataset, layout, file.header, index, limits)
    if pixels.ndim == 3:
        pixels = display_rgb(pixels, layout)
    notes = [*file.warnings, *decoded.warnings, *description.warnings]
    # overlay bits stand beside the value in its word, and are gone from ``pixels``
    embedded = embedded_overlays(
        file.dataset, decoded.samples, layout, notes, precision=decoded.precision
    )
    overlays = sorted((*description.overlays, *embedded), key=lambda overlay: overlay.group)
    description = replace(
        description,
        overlays=tuple(overlays),
        decoder=decoded.decoder,
        warnings=tuple(notes),
    )
    if not rows:
        return pixels, description
    cut = without_missing_rows(pixels, description, rows, layout.bits_stored)
    if cut is None:
        raise PixelError(_cut_short(file, index), path)
    return cut


def _rows_of_cut_frame(file: PixelFile, index: int) -> int:
    """Count the rows to show of a frame that the file ends within; 0 for whole ones."""
    layout = file.layout
    start, end = _span(layout, index)
    if file.encapsulated or index >= layout.frames or end <= file.length:
        return 0
    return rows_there(layout, start, file.length)


def decoded_frame(
    file: PixelFile, index: int, limits: Limits = DEFAULT_LIMITS, *, rows: int = 0
) -> tuple[_Array, Decoded]:
    """Decode one frame to its canonical stored values, and say how they came about.

    Parameters
    ----------
    rows : int
        Of a native frame that the file ends within: those to read, the others
        are 0. 0 for all, without which there is no frame.

    Returns
    -------
    values : ndarray
        (rows, columns) in the stored type; (rows, columns, 3) RGB in the
        stored depth for colour.
    decoded : Decoded
        The words the values were made from, what decoded them, and warnings.

    Raises
    ------
    PixelError
        With the file's path.
    """
    layout = file.layout
    if not 0 <= index < layout.frames:
        raise PixelError(f"There is no frame {index + 1}: the file has {layout.frames}.", file.path)
    try:
        if is_video(file.transfer_syntax):
            decoded = _video_frame(file, index)
            return decoded.samples, decoded
        with file.opened() as stream:
            if not file.encapsulated:
                decoded = Decoded(_read_native_words(stream, file, index, rows))
            else:
                data = frame_stream(stream, file, index, limits)
                decoded = codecs.decode(data, file.transfer_syntax, layout)
        return finished(decoded, layout)
    except PixelError as error:
        if error.path:
            raise
        raise type(error)(error.message, file.path) from error
    except MemoryError as error:
        raise LimitError("There is not enough memory for this frame.", file.path) from error


def _video_frame(file: PixelFile, index: int) -> Decoded:
    if not file.frames:
        raise PixelError("The pixel data holds no video.")
    return video_frame(
        file.path, file.frames[0], file.transfer_syntax, file.layout, index, file.limits
    )


def finished(decoded: Decoded, layout: PixelLayout) -> tuple[_Array, Decoded]:
    """Make stored values of the words: sign, unused bits, RGB."""
    values = stored_values(
        decoded.samples, layout, precision=decoded.precision, signed=decoded.signed
    )
    photometric = layout.photometric
    plain = layout.samples == 1 or layout.display_error or photometric == "RGB"
    if decoded.colour == "RGB" or (plain and not decoded.colour):
        return np.ascontiguousarray(values), decoded
    if decoded.colour == "YBR" or photometric.startswith(("YBR_FULL", "YBR_PARTIAL")):
        partial = not decoded.colour and photometric.startswith("YBR_PARTIAL")
        return ybr_to_rgb(values, layout.bits_stored, partial=partial), decoded
    # YBR_RCT, YBR_ICT, XYB: their chroma has a sign and never leaves the codec
    note = (
        f"The header says {photometric}, which exists inside of codecs alone; "
        "the colours are taken as RGB."
    )
    return np.ascontiguousarray(values), replace(decoded, warnings=(*decoded.warnings, note))


def _span(layout: PixelLayout, index: int) -> tuple[int, int]:
    """Give the bytes of the pixel data that a native frame takes: first, and one after the last."""
    first, bits = index * layout.native_frame_bits, layout.native_frame_bits
    return first // 8, (first + bits + 7) // 8


def _cut_short(file: PixelFile, index: int) -> str:
    return (
        f"The pixel data is cut short: frame {index + 1} needs {_span(file.layout, index)[1]:,} "
        f"bytes, {file.length:,} are there; copy the file again."
    )


def _read_native_words(stream: BinaryIO, file: PixelFile, index: int, rows: int) -> _Array:
    layout = file.layout
    if rows:
        whole = np.zeros((layout.rows, layout.columns), f"u{layout.word_bytes}")
        first = _words(stream, file, replace(layout, rows=rows), _span(layout, index)[0] * 8)
        whole[:rows] = first
        return whole
    if _span(layout, index)[1] > file.length:
        raise PixelError(_cut_short(file, index))
    return _words(stream, file, layout, index * layout.native_frame_bits)


def _words(stream: BinaryIO, file: PixelFile, layout: PixelLayout, first: int) -> _Array:
    """Read the words from bit ``first`` of the pixel data on."""
    bits = layout.native_frame_bits
    start, end = first // 8, (first + bits + 7) // 8
    if file.swapped_bytes:  # whole words
        start, end = start - start % 2, end + end % 2
    stream.seek(file.offset + start)
    data = stream.read(end - start)
    skipped = first // 8 - start
    if file.swapped_bytes:
        data = np.frombuffer(data[: len(data) // 2 * 2], "u2").byteswap().tobytes()
    data = data[skipped : skipped + (first % 8 + bits + 7) // 8]
    if len(data) < (first % 8 + bits + 7) // 8:
        raise PixelError("The pixel data of this frame ends before its last pixel.")
    return unpack_native(data, layout, big_endian=file.big_endian, first_bit=first % 8)


def frame_stream(stream: BinaryIO, file: PixelFile, index: int, limits: Limits) -> bytes:
    """Read the compressed bytes of one frame, its fragments joined."""
    if index >= len(file.frames):
        if not file.frames:
            raise PixelError("The compressed frames cannot be told apart in the pixel data.")
        raise PixelError(
            f"Frame {index + 1} is missing: the header says {file.layout.frames:,} frames, "
            f"the pixel data holds {len(file.frames):,}; get the file from its source again."
        )
    fragments = file.frames[index]
    total = sum(fragment.length for fragment in fragments)
    if total > limits.frame_bytes:
        found = f"The frame's compressed data takes {amount(total, 'bytes')}"
        raise LimitError(limits.refusal("frame_bytes", found))
    parts = []
    for fragment in fragments:
        stream.seek(fragment.offset)
        parts.append(stream.read(fragment.length))
    return b"".join(parts)
