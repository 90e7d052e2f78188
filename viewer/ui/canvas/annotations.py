"""Graphic annotations drawn as vectors over the picture. PS3.3 C.10.5."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from viewer.imaging.presentation import Annotation
from viewer.ui.canvas.camera import Sight


def draw_annotations(
    painter: QPainter, annotations: Sequence[Annotation], sight: Sight, room: QRectF
) -> None:
    """Draw layers, the first the lowest."""
