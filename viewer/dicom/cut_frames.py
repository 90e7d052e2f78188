"""A frame of which the file holds the first rows alone: those, and nothing for the others.

The rows that are missing take one value that none of the others has. The
description calls it padding, so that it is drawn black and left out of windows,
histograms and means, and says from which row on there is nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from viewer.dicom.pixel_layout import PixelLayout
from viewer.imaging.frame import FrameDescription

_Array = np.ndarray[Any, np.dtype[Any]]
_SOURCE = "the file ends before these rows"


def rows_there(layout: PixelLayout, start: int, length: int) -> int:
    """Count the whole rows of a native frame that are there; 0 where they cannot be shown alone.

    Parameters
    ----------
    start, length : int
        Where the frame begins in the pixel data, and bytes of that which the file holds.
    """
    grey = layout.samples == 1 and layout.photometric in ("MONOCHROME1", "MONOCHROME2")
    if not grey or layout.floating or layout.bits_allocated not in (8, 16):
        return 0
    return max(0, min((length - start) // (layout.columns * layout.word_bytes), layout.rows))


def without_missing_rows(
    pixels: _Array, description: FrameDescription, rows: int, bits_stored: int
) -> tuple[_Array, FrameDescription] | None:
    """Mark all rows from ``rows`` on as missing; None where no value is left to do so with.

    Parameters
    ----------
    pixels : ndarray, (rows, columns) of 8- or 16-bit integers
        The frame with anything in its missing rows.
    """
    value = _padding_value(pixels[:rows], description, bits_stored)
    if value is None:
        return None
    pixels = pixels.copy()
    pixels[rows:] = value
    missing = (
        f"The file ends within the frame: rows {rows + 1:,} to {description.rows:,} are missing "
        "and left black; copy the file again."
    )
    return pixels, replace(
        description,
        rows_there=rows,
        padding_range=description.padding_range or (value, value),
        padding_source=description.padding_source or _SOURCE,
        warnings=(missing, *description.warnings),
    )


def _padding_value(there: _Array, description: FrameDescription, bits_stored: int) -> int | None:
    """Give the file's own padding value, or one that no pixel has."""
    signed = there.dtype.kind == "i"
    lowest = -(1 << (bits_stored - 1)) if signed else 0
    if description.padding_range is not None:
        low, high = description.padding_range
        value = max(int(np.ceil(low)), lowest)
        return value if value <= min(high, lowest + (1 << bits_stored) - 1) else None
    used = np.zeros(1 << bits_stored, np.bool_)
    used[there.astype(np.int32).ravel() - lowest] = True
    free = int(np.argmin(used))
    return None if used[free] else free + lowest
