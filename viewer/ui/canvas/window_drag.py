"""Windowing by a drag: what movements of the pointer make of a window.

Showing the frame through it is left to whoever owns the canvas.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from viewer.imaging.voi import Voi, VoiWindow

if TYPE_CHECKING:
    from viewer.ui.canvas.renderer import FrameRenderer

_SHARE_PER_PIXEL = 0.004  # of the current width


class WindowDrag:
    """A window that is being dragged, exact between movements that are told rounded."""

    def __init__(self) -> None:
        self._window: tuple[float, float] | None = None

    def begin(self) -> None:
        """Begin anew from the window on screen."""
        self._window = None

    def by(self, right: float, down: float, renderer: FrameRenderer) -> tuple[float, float]:
        """Move by pixels; give centre and width, rounded to what a pixel changes."""
        center, width = self._window or _extent_of(renderer.voi)
        center += down * _SHARE_PER_PIXEL * width
        width = max(width * math.exp(right * _SHARE_PER_PIXEL), _least_width(renderer))
        # exact values go on within the drag: rounded ones would swallow small movements
        self._window = center, width
        decimals = max(0, math.ceil(-math.log10(_SHARE_PER_PIXEL * width)))
        return round(center, decimals), round(width, decimals)


def _extent_of(voi: Voi) -> tuple[float, float]:
    """Give the window that spans a VOI: its own, or the range a VOI LUT maps."""
    if isinstance(voi, VoiWindow):
        return voi.center, voi.width
    entries = len(voi.table.entries)
    return voi.table.first_mapped + entries / 2, float(entries)


def _least_width(renderer: FrameRenderer) -> float:
    """Give the narrowest sensible window: one stored value wide."""
    modality = renderer.description.modality
    if renderer.pixels.dtype.kind == "f":
        return 1e-9
    return 1.0 if modality.lut is not None else abs(modality.slope) or 1.0
