"""The fast path: plain uncompressed grey frames, read straight into an array.

No codec and no pydicom, so a thread may do it. Everything else is left to
`frames`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from viewer.dicom.elements import EXPLICIT_LITTLE, IMPLICIT_LITTLE
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.regular_files import open_regular, system_error

_Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class NativeFrame:
    """A plain uncompressed grey frame in a file: where it is and how its words are used."""

    offset: int
    byte_count: int
    dtype: str  # of the stored words, little-endian
    rows: int
    columns: int
    shift: int  # HighBit + 1 - BitsStored
    bits_stored: int
    signed: bool


def native_frame(header: InstanceHeader) -> NativeFrame | None:
    """Give the plain frame of a file, or None where `read_frames` must read it."""
    bits, stored = header.bits_allocated, header.bits_stored
    if (
        header.transfer_syntax_uid not in (IMPLICIT_LITTLE, EXPLICIT_LITTLE)
        or header.needs_full_description
        or header.frame_groups
        or header.photometric_interpretation not in ("MONOCHROME1", "MONOCHROME2")
        or header.samples_per_pixel != 1
        or header.number_of_frames not in (None, 1)
        or bits not in (8, 16)
        or stored is None
        or header.high_bit is None
        or not 1 <= stored <= header.high_bit + 1 <= bits
        or header.pixel_representation not in (0, 1)
        or not header.rows
        or not header.columns
        or header.rows < 0
        or header.columns < 0
        or header.pixel_data_tag != 0x7FE00010
        or header.pixel_data_offset is None
        or header.pixel_data_length is None
    ):
        return None
    signed = header.pixel_representation == 1
    needed = header.rows * header.columns * bits // 8
    # a shorter value would have the reader run into what follows, a longer one wants a warning
    fits = needed <= header.pixel_data_length <= needed + needed % 2
    if not fits or needed > DEFAULT_LIMITS.frame_bytes:
        return None
    return NativeFrame(
        header.pixel_data_offset,
        needed,
        f"<{'i' if signed else 'u'}{bits // 8}",
        header.rows,
        header.columns,
        header.high_bit + 1 - stored,
        stored,
        signed,
    )


def read_native(path: str, native: NativeFrame, out: _Array) -> None:
    """Read a plain frame straight into ``out``.

    Parameters
    ----------
    out : ndarray
        C-contiguous (rows, columns) of ``native.dtype``; overwritten, and
        undefined where this raises.

    Raises
    ------
    PixelError
        The file is cut short, gone, or cannot be read.
    """
    if out.shape != (native.rows, native.columns) or out.dtype != np.dtype(native.dtype):
        raise ValueError("out is not of the frame's shape and type")
    target = out.data.cast("B")
    try:
        with open_regular(path) as stream:
            stream.seek(native.offset)
            read = cast(io.BufferedReader, stream).readinto(target)
    except OSError as error:
        raise PixelError(system_error(path, error).message, path) from error
    except NegatoError as error:
        raise PixelError(error.message, path) from error
    if read < native.byte_count:
        raise PixelError(
            f"The pixel data is cut short: {read} of {native.byte_count} bytes are there.", path
        )
    unused = out.itemsize * 8 - native.bits_stored
    if unused:  # to the top of the word and down again: the shift extends the sign
        np.left_shift(out, out.dtype.type(unused - native.shift), out=out)
        np.right_shift(out, out.dtype.type(unused), out=out)
