"""Millimetres set by hand: from a line whose true length is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

Point = tuple[float, float]


def calibrated_spacing(
    description: FrameDescription, start_rc: Point, end_rc: Point, length_mm: float
) -> tuple[float, float] | None:
    """Give the spacing (between rows, between columns; mm) that makes a line so long.

    The shape of the pixels stays as the file says it. None for a line without
    length.
    """
    down, across = description.spacing_rc_mm or description.pixel_aspect_rc
    drawn = math.hypot((end_rc[0] - start_rc[0]) * down, (end_rc[1] - start_rc[1]) * across)
    if not drawn > 0 or not math.isfinite(drawn):
        return None
    return down * length_mm / drawn, across * length_mm / drawn
