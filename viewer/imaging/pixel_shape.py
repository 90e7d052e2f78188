"""How high and wide the pixels of a frame are, so that shapes are shown true."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

Pair = tuple[float, float]


def sides_of(description: FrameDescription) -> tuple[Pair, bool]:
    """Give height and width of a pixel, and whether they are of its spacing (mm).

    From the spacing where it is known, else from PixelAspectRatio (PS3.3
    C.7.6.3.1.7); values that mean nothing count as square.
    """
    spacing, aspect = description.spacing_rc_mm, description.pixel_aspect_rc
    if spacing is not None and _is_usable(spacing):
        return spacing, True
    return (aspect if _is_usable(aspect) else (1.0, 1.0)), False


def stretch_of(description: FrameDescription) -> Pair:
    """Give how much longer pixels are than their shorter side, vertical and horizontal."""
    sides, _ = sides_of(description)
    shorter = min(sides)
    return sides[0] / shorter, sides[1] / shorter


def _is_usable(sides: Pair) -> bool:
    return all(math.isfinite(side) and side > 0 for side in sides)
