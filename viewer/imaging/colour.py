"""Colour pixels: packing RGB into 32-bit pixels and back, palettes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# CIE XYZ of the profile connection space (white point D50) to linear sRGB (D65): the inverse
# of the sRGB primaries, adapted after Bradford
_D50_TO_SRGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)
_D50_WHITE = np.array([0.96422, 1.0, 0.82521])


def pack_rgb(rgb: np.ndarray) -> np.ndarray:
    """Pack (..., 3) uint8 RGB into (...) uint32 pixels 0xffRRGGBB."""
    packed = np.empty((*rgb.shape[:-1], 4), np.uint8)
    # little-endian byte order of 0xffRRGGBB
    packed[..., 0] = rgb[..., 2]
    packed[..., 1] = rgb[..., 1]
    packed[..., 2] = rgb[..., 0]
    packed[..., 3] = 0xFF
    pixels: np.ndarray = packed.view("<u4")[..., 0]
    return pixels


def unpack_rgb(pixels: np.ndarray) -> np.ndarray:
    """Unpack (...) uint32 pixels 0xffRRGGBB into (..., 3) uint8 RGB."""
    octets = np.ascontiguousarray(pixels, "<u4").view(np.uint8).reshape(*pixels.shape, 4)
    return np.ascontiguousarray(octets[..., 2::-1])


def palette_pixels(stored: np.ndarray, palette_rgb: np.ndarray, first: int) -> np.ndarray:
    """Give the 32-bit pixels of palette indices. PS3.3 C.7.6.3.1.5.

    Parameters
    ----------
    stored : ndarray of integers
        Palette indices as stored, any shape.
    palette_rgb : ndarray, (entries, 3) uint8
    first : int
        The stored value that takes the first entry; those below take it too,
        those above the last take the last.
    """
    index = np.clip(stored.astype(np.int64) - first, 0, len(palette_rgb) - 1)
    pixels: np.ndarray = pack_rgb(palette_rgb)[index]
    return pixels


def rgb_of_cielab(encoded: Sequence[float]) -> tuple[int, int, int]:
    """Give the sRGB colour, 0 to 255 each, of a CIELab value as DICOM encodes it.

    Parameters
    ----------
    encoded : sequence of 3 numbers
        L*, a*, b* scaled to 16 bits: PS3.3 C.10.7.1.1. Values beyond are
        clipped, as are colours that sRGB does not have.
    """
    shares = np.clip(np.asarray(encoded, np.float64) / 0xFFFF, 0, 1)
    lightness, a, b = shares * (100, 255, 255) - (0, 128, 128)
    y = (lightness + 16) / 116
    cubes = np.array([y + a / 500, y, y - b / 200])
    xyz = np.where(cubes > 6 / 29, cubes**3, 3 * (6 / 29) ** 2 * (cubes - 4 / 29)) * _D50_WHITE
    linear = np.clip(_D50_TO_SRGB @ xyz, 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (int(value) for value in np.rint(srgb * 255))
    return red, green, blue
