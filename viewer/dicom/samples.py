"""Decoded words to stored values: byte order, unused bits, sign, colour.

PS3.3 C.7.6.3.1, PS3.5 8.1. The result is the canonical form of a frame; the
display's 8-bit colours are made from it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from viewer.dicom.errors import PixelError
from viewer.dicom.pixel_layout import PixelLayout

_Array = np.ndarray[Any, np.dtype[Any]]

BT_601 = (0.299, 0.114)  # weights of red and blue in luma: those of YBR_FULL, PS3.3 C.7.6.3.1.2
# in YBR_PARTIAL, black is 16, white 235, and chroma spans 224 of 256 steps
_PARTIAL_BLACK, _PARTIAL_SCALE = 16, np.array([255 / 219, 255 / 224, 255 / 224])


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
        For pixels of 1 or 12 bits, the bit in ``data`` at which the frame starts.

    Returns
    -------
    ndarray
        (rows, columns) or (rows, columns, samples) in native byte order.
    """
    shape = (layout.rows, layout.columns)
    if layout.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
        return bits[first_bit : first_bit + layout.rows * layout.columns].reshape(shape)
    if layout.bits_allocated == 12:
        return _arranged(_unpack_12_bits(data, layout, first_bit), layout)
    kind = "f" if layout.floating else "u"
    order = ">" if big_endian else "<"
    words = np.frombuffer(data, f"{order}{kind}{layout.bits_allocated // 8}")
    return _arranged(words.astype(words.dtype.newbyteorder("="), copy=False), layout)


def _unpack_12_bits(
    data: bytes | bytearray | memoryview, layout: PixelLayout, first_bit: int
) -> _Array:
    """Split three bytes into two samples, least significant bits first. PS3.5 8.1.1."""
    octets = np.frombuffer(data, np.uint8)
    nibbles = np.stack([octets & 0xF, octets >> 4], axis=-1).reshape(-1)
    start, samples = first_bit // 4, layout.native_frame_bits // 12
    parts = nibbles[start : start + 3 * samples].reshape(samples, 3).astype(np.uint16)
    words: _Array = parts[:, 0] | parts[:, 1] << 4 | parts[:, 2] << 8
    return words


def _arranged(words: _Array, layout: PixelLayout) -> _Array:
    """Bring the samples of a frame into (rows, columns[, samples])."""
    shape = (layout.rows, layout.columns)
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
    if layout.bits_allocated == 1:
        return words.astype(np.uint8, copy=False)
    shift = layout.high_bit + 1 - layout.bits_stored
    if precision and precision <= layout.high_bit:
        shift = 0  # the stream holds the stored bits alone
    if signed and layout.signed:
        return words.astype(layout.dtype, copy=False)
    return _extend(words.astype(f"u{layout.word_bytes}", copy=False), shift, layout)


def _extend(words: _Array, shift: int, layout: PixelLayout) -> _Array:
    unused = 8 * layout.word_bytes - layout.bits_stored
    if not unused:
        return words.view(layout.dtype)
    if not (shift or layout.signed) and int(words.max()) < 1 << layout.bits_stored:
        return words  # as most are
    # up to the top of the word, then down again: the type's own shift extends the sign
    up = unused - shift
    if up:
        words = words << words.dtype.type(up)
    stored: _Array = words.view(layout.dtype) >> layout.dtype.type(unused)
    return stored


def ybr_to_rgb(
    samples: _Array,
    bits_stored: int = 8,
    *,
    partial: bool = False,
    weights: tuple[float, float] = BT_601,
) -> _Array:
    """Convert YBR_FULL or YBR_PARTIAL to RGB, rounded to the nearest. PS3.3 C.7.6.3.1.2.

    Parameters
    ----------
    samples : ndarray of unsigned integers, (..., 3)
    bits_stored : int
        Chroma is 0 at half of their range.
    partial : bool
        Whether luma has room below black and above white.
    weights : (float, float)
        The parts of red and blue in luma; other than `BT_601` in videos alone.

    Returns
    -------
    ndarray
        RGB of the same shape and type, over all of the range.
    """
    white = float((1 << bits_stored) - 1)
    exact = np.float32 if bits_stored <= 16 else np.float64
    half, matrix = float(1 << (bits_stored - 1)), _to_rgb(*weights)
    black = 0.0
    if partial:
        # the limits of 8-bit samples are those of deeper ones, shifted
        black = math.ldexp(_PARTIAL_BLACK, bits_stored - 8)
        matrix = matrix * (_PARTIAL_SCALE * white / math.ldexp(255, bits_stored - 8))[:, None]
    ybr = np.subtract(samples, np.array([black, half, half], exact), dtype=exact)
    rgb: _Array = np.matmul(ybr, matrix.astype(exact))
    rgb += exact(0.5)
    np.floor(rgb, out=rgb)
    np.clip(rgb, 0, white, out=rgb)
    return rgb.astype(samples.dtype)


def _to_rgb(red: float, blue: float) -> _Array:
    """Give the matrix by which (luma, Cb, Cr) as a row becomes (R, G, B)."""
    green = 1 - red - blue
    cb, cr = 2 * (1 - blue), 2 * (1 - red)
    return np.array([[1, 1, 1], [0, -blue * cb / green, cb], [cr, -red * cr / green, 0]])


def display_rgb(colours: _Array, layout: PixelLayout) -> _Array:
    """Give colours as 8-bit RGB: the high byte of wider samples, narrower ones spread."""
    if colours.dtype.kind == "f":
        raise PixelError("Colours of floating point are not supported.")
    bits = layout.bits_stored
    if bits < 8:
        spread = np.rint(np.arange(1 << bits) * (255 / ((1 << bits) - 1))).astype(np.uint8)
        return np.ascontiguousarray(spread[colours])
    if colours.dtype == np.uint8:
        return np.ascontiguousarray(colours)
    shift = colours.dtype.type(bits - 8)
    return np.ascontiguousarray((colours >> shift).astype(np.uint8))
