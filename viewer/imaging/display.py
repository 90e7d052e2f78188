"""One composed display transform: modality, VOI and presentation to 32-bit pixels.

For 8- and 16-bit frames the three steps become one table over stored values,
rebuilt whenever the window changes; other frames take a float path. Values of
interest are `voi`'s, palettes and packing `colour`'s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from viewer.imaging import colour, modality
from viewer.imaging.voi import VoiLut
from viewer.imaging.voi import apply as apply_voi

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription
    from viewer.imaging.voi import Voi

BLACK = 0xFF000000
_BLOCK_PIXELS = 1 << 16  # computed at once: intermediate values stay in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class DisplayTable:
    """What each stored value of an 8- or 16-bit frame looks like.

    ``entries`` has 256 or 65,536 pixels 0xffRRGGBB (``QImage.Format_RGB32``),
    read-only, indexed by the stored value's bits taken as an unsigned number:
    ``pixels.view(np.uint16)`` for int16.
    """

    entries: np.ndarray  # (256 or 65,536,) uint32
    dtype: np.dtype  # of the stored values

    def look_up(self, pixels: np.ndarray) -> np.ndarray:
        """Give the 32-bit pixels of stored values, in any shape."""
        if pixels.dtype != self.dtype:
            raise ValueError(f"a display table for {self.dtype} was given {pixels.dtype} pixels")
        index = pixels.view(np.dtype(f"u{self.dtype.itemsize}"))
        # every index is within, and "wrap" is the quickest way to be told so
        found: np.ndarray = np.take(self.entries, index, mode="wrap")
        return found


def has_table(dtype: np.dtype) -> bool:
    """Whether frames of this dtype are displayed through a `DisplayTable`."""
    return dtype.kind in "ui" and dtype.itemsize <= 2


def is_colour(description: FrameDescription) -> bool:
    """Whether a frame has its own colours, so that windows do not apply to it.

    They do to a grey frame whose higher values take a supplemental palette.
    """
    return (
        description.samples_per_pixel > 1
        or description.photometric_interpretation == "PALETTE COLOR"
    )


def has_means(description: FrameDescription, voi: Voi) -> bool:
    """Say whether a value between two stored values looks like something between them.

    It does not where they are indices of a palette, or pass through a table
    that goes up and down: then pixels must be averaged as they are shown.
    """
    tables = [description.modality.lut, description.presentation_lut]
    if isinstance(voi, VoiLut):
        tables.append(voi.table)
    return description.palette_rgb is None and all(
        table is None or _is_monotonic(table.entries) for table in tables
    )


def _is_monotonic(entries: np.ndarray) -> bool:
    rises = entries[1:] >= entries[:-1]
    return bool(rises.all()) or bool((entries[1:] <= entries[:-1]).all())


def display_table(description: FrameDescription, dtype: np.dtype, voi: Voi) -> DisplayTable:
    """Compose the table from stored values to 32-bit pixels.

    Grey passes through modality, VOI, Presentation LUT and, once, the
    inversion of MONOCHROME1 or INVERSE; padding becomes black whatever the
    presentation. Palette colour passes through its palette alone.

    Parameters
    ----------
    description : FrameDescription
    dtype : dtype
        Of the stored values: 8- or 16-bit integers.
    voi : Voi
        Ignored for palette colour.

    Raises
    ------
    ValueError
        If ``dtype`` has no table: see `has_table`.
    """
    dtype = np.dtype(dtype)
    if not has_table(dtype):
        raise ValueError(f"there is no display table for {dtype}")
    size = 1 << (8 * dtype.itemsize)
    stored = np.arange(size, dtype=np.int32)
    if dtype.kind == "i":
        stored[size // 2 :] -= size
    entries = _pixels_of(stored, description, voi)
    entries.flags.writeable = False
    return DisplayTable(entries, dtype)


def to_rgb32(
    pixels: np.ndarray,
    description: FrameDescription,
    voi: Voi,
    table: DisplayTable | None = None,
) -> np.ndarray:
    """Turn a frame, or a part of it, into the 32-bit pixels that are seen.

    Parameters
    ----------
    pixels : ndarray, (rows, columns) or (rows, columns, 3) uint8
        Stored values as `FrameDescription` says.
    description : FrameDescription
    voi : Voi
        Ignored for colour.
    table : DisplayTable, optional
        The table for this description, dtype and VOI, where one is at hand.

    Returns
    -------
    ndarray, (rows, columns) uint32
        0xffRRGGBB. NaN is black, as padding is.
    """
    if pixels.ndim == 3:
        return colour.pack_rgb(pixels)
    if not has_table(pixels.dtype):
        shown = np.empty(pixels.shape, np.uint32)
        rows = max(1, _BLOCK_PIXELS // max(1, math.prod(pixels.shape[1:])))
        for start in range(0, pixels.shape[0], rows):
            block = slice(start, start + rows)
            shown[block] = _pixels_of(pixels[block], description, voi)
        return shown
    return (table or display_table(description, pixels.dtype, voi)).look_up(pixels)


def presented(brightness: np.ndarray, description: FrameDescription) -> np.ndarray:
    """Map brightness after the VOI to brightness on screen, both 0 to 1.

    The Presentation LUT, where there is one, spans the whole input with its
    entries and the whole output with its bits (PS3.3 C.11.4.1, C.11.6); then
    low values are made bright where the frame is inverted. NaN stays NaN.
    """
    table = description.presentation_lut
    if table is not None:
        scaled = brightness * (len(table.entries) - 1) + table.first_mapped
        brightness = table.look_up(scaled, np.dtype(np.float64)) / ((1 << table.bits) - 1)
    return 1 - brightness if description.inverted else brightness


def _pixels_of(stored: np.ndarray, description: FrameDescription, voi: Voi) -> np.ndarray:
    palette, first = description.palette_rgb, description.palette_first
    if palette is not None and is_colour(description):
        return colour.palette_pixels(stored, palette, first)
    brightness = presented(
        apply_voi(voi, modality.apply(description.modality, stored)), description
    )
    if stored.dtype.kind == "f":
        np.nan_to_num(brightness, copy=False, nan=0)
    brightness *= 255
    brightness += 0.5
    pixels = brightness.astype(np.uint32)
    pixels *= np.uint32(0x010101)
    pixels |= np.uint32(BLACK)
    if palette is not None:  # supplemental: PS3.3 C.8.16.2.1.1.1
        in_colour = stored >= first
        pixels[in_colour] = colour.palette_pixels(stored[in_colour], palette, first)
    if description.padding_range is not None:
        low, high = description.padding_range
        pixels[(stored >= low) & (stored <= high)] = BLACK
    return pixels
