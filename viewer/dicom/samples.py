"""Decoded words to stored values: byte order, unused bits, sign, colour.

PS3.3 C.7.6.3.1, PS3.5 8.1. The result is the canonical form of a frame; the
display's 8-bit colours are made from it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from viewer.dicom.errors import PixelError
from viewer.dicom.layout import PixelLayout

_Array = np.ndarray[Any, np.dtype[Any]]

# PS3.3 C.7.6.3.1.2: the inverse of YBR_FULL
_YBR_TO_RGB = np.array(
    [
        [1.0, 1.0, 1.0],
        [0.0, -0.114 * 1.772 / 0.587, 1.772],
        [1.402, -0.299 * 1.402 / 0.587, 0.0],
    ],
    np.float32,
)


def unpack_native(
    data: bytes | bytearray | memoryview,
    layout: PixelLayout,
    *,
    big_endian: bool = False,
    first_bit: int = 0,
) -> _Array:
    """Shape the bytes of one uncompressed frame.

    Parameters
    ----------
    data : bytes
        The bytes that hold the frame, all of them.
    big_endian : bool
        Byte order of words wider than one byte.
    first_bit : int
        For 1-bit pixels, the bit in ``data`` at which the frame starts.

    Returns
    -------
    ndarray
        (rows, columns) or (rows, columns, samples) in native byte order.
    """
    shape = (layout.rows, layout.columns)
    if layout.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
        return bits[first_bit : first_bit + layout.rows * layout.columns].reshape(shape)
    kind = "f" if layout.floating else "u"
    order = ">" if big_endian else "<"
    words = np.frombuffer(data, f"{order}{kind}{layout.bits_allocated // 8}")
    words = words.astype(words.dtype.newbyteorder("="), copy=False)
    if layout.samples == 1:
        return words.reshape(shape)
    if layout.native_samples == 2:
        return _widen_chroma(words, layout)
    if layout.planar:
        planes = words.reshape(layout.samples, *shape)
        return np.ascontiguousarray(planes.transpose(1, 2, 0))
    return words.reshape(*shape, layout.samples)


def _widen_chroma(words: _Array, layout: PixelLayout) -> _Array:
    """Repeat the chroma that two neighbours share (Y1 Y2 Cb Cr). PS3.3 C.7.6.3.1.2."""
    if layout.columns % 2:
        raise PixelError("4:2:2 chroma needs an even number of columns.")
    quads = words.reshape(layout.rows, layout.columns // 2, 4)
    result = np.empty((layout.rows, layout.columns, 3), words.dtype)
    result[:, 0::2, 0] = quads[..., 0]
    result[:, 1::2, 0] = quads[..., 1]
    for channel in (1, 2):
        result[:, 0::2, channel] = result[:, 1::2, channel] = quads[..., channel + 1]
    return result


def stored_values(
    words: _Array, layout: PixelLayout, *, precision: int = 0, signed: bool = False
) -> _Array:
    """Give the stored values: unused bits removed, sign extended, stored type.

    ``(raw >> (HighBit + 1 - BitsStored)) & mask``, then sign extension from
    BitsStored. ``precision`` is that of a codec's stream, 0 for stored words;
    ``signed`` says that the codec has extended the sign already.
    """
    if layout.floating:
        return np.ascontiguousarray(words)
    bits = layout.bits_allocated
    if bits == 1:
        return words.astype(np.uint8, copy=False)
    shift = layout.high_bit + 1 - layout.bits_stored
    if precision and precision <= layout.high_bit:
        shift = 0  # the stream holds the stored bits alone
    if signed and layout.signed:
        return words.astype(layout.dtype, copy=False)
    return _extend(words.astype(f"u{bits // 8}", copy=False), shift, layout)


def _extend(words: _Array, shift: int, layout: PixelLayout) -> _Array:
    unused = layout.bits_allocated - layout.bits_stored
    if not unused:
        return words.view(layout.dtype)
    # up to the top of the word, then down again: the type's own shift extends the sign
    up = unused - shift
    if up:
        words = words << words.dtype.type(up)
    stored: _Array = words.view(layout.dtype) >> layout.dtype.type(unused)
    return stored


def ybr_to_rgb(samples: _Array) -> _Array:
    """Convert 8-bit YBR_FULL to RGB, rounded to the nearest. PS3.3 C.7.6.3.1.2."""
    ybr = samples.astype(np.float32)
    ybr -= np.array([0, 128, 128], np.float32)
    rgb: _Array = np.matmul(ybr, _YBR_TO_RGB)
    rgb += np.float32(0.5)
    np.floor(rgb, out=rgb)
    np.clip(rgb, 0, 255, out=rgb)
    return rgb.astype(np.uint8)


def display_rgb(colours: _Array, layout: PixelLayout) -> _Array:
    """Give colours as 8-bit RGB: the high byte of wider samples."""
    if colours.dtype == np.uint8:
        return np.ascontiguousarray(colours)
    unsigned = colours.view(f"u{colours.itemsize}")
    if layout.bits_stored < 8:
        return np.ascontiguousarray(unsigned.astype(np.uint8))
    shift = unsigned.dtype.type(layout.bits_stored - 8)
    return np.ascontiguousarray((unsigned >> shift).astype(np.uint8))
