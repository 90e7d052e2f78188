"""Frames turned by quarters and mirrored, with all that is said of them.

A turned frame is a frame like any other: its plane, overlays, shutter and
regions turn with its pixels, so that nothing that draws it needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

Point = tuple[float, float]
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """First turned clockwise by ``quarters`` × 90°, then mirrored left to right.

    That is the order of ImageRotation and ImageHorizontalFlip: PS3.3 C.10.6.
    """

    quarters: int = 0  # 0 to 3
    mirrored: bool = False

    @property
    def is_none(self) -> bool:
        """Whether nothing is turned."""
        return self.quarters == 0 and not self.mirrored

    def rotated(self, quarters: int) -> Turn:
        """Turn further, clockwise as it is seen."""
        raise NotImplementedError

    def flipped(self, *, vertically: bool = False) -> Turn:
        """Mirror further, as it is seen: left to right, or top to bottom."""
        raise NotImplementedError

    def size(self, size_rc: Size) -> Size:
        """Give (rows, columns) after the turn of a frame of ``size_rc``."""
        raise NotImplementedError

    def to_turned(self, point_rc: Point, size_rc: Size) -> Point:
        """Give where a position of the frame (of ``size_rc`` before the turn) goes."""
        raise NotImplementedError

    def to_frame(self, point_rc: Point, size_rc: Size) -> Point:
        """Give the position in the frame (of ``size_rc`` before the turn) seen at ``point_rc``."""
        raise NotImplementedError


def turned_pixels(pixels: np.ndarray, turn: Turn) -> np.ndarray:
    """Give a view of a frame, (rows, columns) or (rows, columns, 3), turned."""
    raise NotImplementedError


def turned_description(description: FrameDescription, turn: Turn) -> FrameDescription:
    """Describe the frame after the turn: size, spacing, aspect, plane, overlays, shutter, regions.

    Patient positions of the same content stay the same.
    """
    raise NotImplementedError
