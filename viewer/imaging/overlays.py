"""Overlay planes: one-bit drawings over a frame. PS3.3 C.9.2.

Reading them from a file is left to `viewer.dicom.overlays`, drawing them over
a picture to `composition`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class OverlayPlane:
    """One overlay of one frame.

    ``packed`` holds the bits of each row as `numpy.packbits` packs them along
    the columns, (rows, (columns + 7) // 8) uint8. ``origin_rc`` is the frame
    position, from 0, of its first pixel; it may lie outside the frame.
    """

    group: int  # 0x6000 to 0x60FE
    rows: int
    columns: int
    packed: np.ndarray
    origin_rc: tuple[int, int] = (0, 0)
    kind: Literal["G", "R"] = "G"  # graphics, or a region of interest
    label: str = ""  # OverlayLabel, else OverlayDescription, as in the file
    source: str = ""  # "OverlayData (6000,3000)", "bit 12 of PixelData"

    def mask(self) -> np.ndarray:
        """Give the bits, (rows, columns) bool."""
        bits = np.unpackbits(self.packed, axis=1, count=self.columns)
        return bits.view(np.bool_)

    def is_set(self, row: int, column: int) -> bool:
        """Say whether the bit at a pixel of the frame is set; beside the plane none is."""
        row, column = row - self.origin_rc[0], column - self.origin_rc[1]
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            return False
        return bool(self.packed[row, column // 8] >> (7 - column % 8) & 1)
