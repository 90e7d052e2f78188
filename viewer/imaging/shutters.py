"""Display shutters: which part of a frame is to be seen. PS3.3 C.7.6.11, C.7.6.15.

Reading them from a file is left to `viewer.dicom.shutters`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Shutter:
    """Shapes whose common inside is seen; all else takes ``presentation_value``.

    Positions are frame positions [row, column] from 0 at the centre of the
    first pixel; the pixels on an edge are seen. None where there is no such
    shape.
    """

    rectangle: tuple[float, float, float, float] | None = None  # top, left, bottom, right
    circle: tuple[float, float, float] | None = None  # centre row, centre column, radius
    polygon: tuple[tuple[float, float], ...] | None = None  # vertices
    bitmap_group: int | None = None  # the overlay whose set bits are hidden: C.7.6.15
    presentation_value: int = 0  # P-value 0 (black) to 65,535 (white)
    presentation_rgb: tuple[int, int, int] | None = None  # 0 to 255 each; wins over the value
    source: str = ""


def visible(shutter: Shutter, rows: int, columns: int) -> np.ndarray:
    """Give the pixels that the shapes leave in sight, (rows, columns) bool."""
    raise NotImplementedError
