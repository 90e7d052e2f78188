"""The fast path: plain uncompressed grey frames, read straight into an array.

No codec and no pydicom, so a thread may do it. Everything else is left to
`frames`.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np

from viewer.dicom.display_rules import StoredWord
from viewer.dicom.elements import EXPLICIT_LITTLE, IMPLICIT_LITTLE
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.plain_frames import PlainFrame, plain_frame
from viewer.dicom.regular_files import open_descriptor, system_error

_Array = np.ndarray[Any, np.dtype[Any]]


_LONGEST_HEADER = 256 << 10
CHANGED = "The file has changed since it was opened; open it again."


@dataclass(frozen=True, slots=True)
class NativeFrame:
    """A plain uncompressed grey frame, and where in its file it is, by what its header told."""

    offset: int
    plain: PlainFrame
    header: InstanceHeader


def native_frame(header: InstanceHeader, limits: Limits = DEFAULT_LIMITS) -> NativeFrame | None:
    """Give the plain frame of a file, or None where another must read it."""
    if header.in_archive or header.transfer_syntax_uid not in (IMPLICIT_LITTLE, EXPLICIT_LITTLE):
        return None
    plain = plain_frame(header)
    if plain is None or header.pixel_data_offset is None or header.pixel_data_length is None:
        return None
    needed = plain.byte_count
    # `frames` says the one, and shows what is there of the other
    if needed > limits.frame_bytes or header.pixel_data_offset + needed > header.size:
        return None
    # a shorter value would have the reader run into what follows, a longer one wants a warning
    if not needed <= header.pixel_data_length <= needed + needed % 2:
        return None
    return NativeFrame(header.pixel_data_offset, plain, header)


def read_native(path: str, native: NativeFrame, out: _Array) -> None:
    """Read a plain frame straight into ``out``.

    Parameters
    ----------
    out : ndarray
        C-contiguous (rows, columns) of the frame's dtype; overwritten, and
        undefined where this raises.

    Raises
    ------
    PixelError
        The file is cut short, gone, another by now, or cannot be read.
    """
    plain, header = native.plain, native.header
    if out.shape != (plain.rows, plain.columns) or out.dtype != np.dtype(plain.dtype):
        raise ValueError("out is not of the frame's shape and type")
    try:
        descriptor, status = open_descriptor(path)
        with os.fdopen(descriptor, "rb", buffering=0) as stream:
            touched = (status.st_size, status.st_mtime_ns) != (header.size, header.mtime_ns)
            whole = status.st_size >= native.offset + plain.byte_count
            if touched and whole and not _tells(stream, header):
                raise PixelError(CHANGED, path)
            stream.seek(native.offset)
            read = _fill(stream, out.data.cast("B"))
    except OSError as error:
        raise PixelError(system_error(path, error).message, path) from error
    except NegatoError as error:
        raise PixelError(error.message, path) from error
    if read < plain.byte_count:
        raise PixelError(
            f"The pixel data is cut short: {read} of {plain.byte_count} bytes are there.", path
        )
    _clear_unused_bits(out, plain.word)


def _clear_unused_bits(out: _Array, word: StoredWord) -> None:
    unused = word.bits_allocated - word.bits_stored
    if not unused:
        return
    if out.dtype.kind == "u" and word.high_bit == word.bits_stored - 1:
        np.bitwise_and(out, out.dtype.type((1 << word.bits_stored) - 1), out=out)
        return
    # to the top of the word and down again: the shift extends the sign
    np.left_shift(out, out.dtype.type(word.bits_allocated - word.high_bit - 1), out=out)
    np.right_shift(out, out.dtype.type(unused), out=out)


def _tells(stream: BinaryIO, header: InstanceHeader) -> bool:
    """Tell whether a file that was written to still has the header that was read of it."""
    from viewer.dicom.series_reader import SeriesReader

    window = stream.read(min(header.pixel_data_offset or 0, _LONGEST_HEADER))
    return SeriesReader().header(header.path, header.size, header.mtime_ns, window) == header


def _fill(stream: BinaryIO, target: memoryview) -> int:
    """Read until ``target`` is full or the file ends; give how many bytes there were."""
    read = 0
    while read < len(target):
        count = cast(io.RawIOBase, stream).readinto(target[read:])
        if not count:
            break
        read += count
    return read
