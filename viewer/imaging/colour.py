"""Colour pixels: packing RGB into 32-bit pixels and back, palettes."""

from __future__ import annotations

import numpy as np


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
