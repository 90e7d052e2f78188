"""The scale bar: a round length, drawn to scale, with where its millimetres come from."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from viewer.imaging.frame import FrameDescription
from viewer.ui.canvas.camera import Sight


def draw_scale_bar(
    painter: QPainter, description: FrameDescription, sight: Sight, room: QRectF
) -> None:
    """Draw a horizontal bar at the lower edge of ``room``."""
