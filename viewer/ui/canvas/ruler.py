"""The ruler: one line between two frame positions, with its length and the length's source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from viewer.imaging.lengths import PixelScale, length_words, region_at, scale_at
from viewer.ui.canvas.ink import draw_lines, draw_text, wrapped
from viewer.ui.canvas.words import MARGIN

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription
    from viewer.ui.canvas.camera import Pair, Sight

_INK = QColor(120, 240, 130)
_TICK_PX = 5.0
_GAP_PX = 8.0


@dataclass(frozen=True, slots=True)
class Ruler:
    """A line on a frame; ``text`` is its length on the frame that it was measured on."""

    start_rc: Pair
    end_rc: Pair
    text: str = ""


def measure(description: FrameDescription, start_rc: Pair, end_rc: Pair) -> Ruler:
    """Measure between two frame positions, each taken to the nearest place on the frame.

    In millimetres where one scale holds at both ends, else in pixels alone.
    """
    start_rc, end_rc = (_on_frame(description, point) for point in (start_rc, end_rc))
    rows, columns = end_rc[0] - start_rc[0], end_rc[1] - start_rc[1]
    pixels = length_words(math.hypot(rows, columns), None)
    scale = scale_between(description, start_rc, end_rc)
    if scale is None:
        return Ruler(start_rc, end_rc, pixels)
    down, across = scale.spacing_rc_mm
    length = math.hypot(rows * down, columns * across)
    return Ruler(start_rc, end_rc, f"{length_words(length, scale)}, {pixels}")


def draw_ruler(painter: QPainter, ruler: Ruler, sight: Sight, room: QRectF) -> None:
    """Draw the line with a tick at each end, and its text beside its end, within ``room``."""
    start, end = (QPointF(*sight.to_xy(point)) for point in (ruler.start_rc, ruler.end_rc))
    along = end - start
    length = math.hypot(along.x(), along.y())
    lines = [QLineF(start, end)]
    if length > 0:
        tick = QPointF(-along.y(), along.x()) * (_TICK_PX / length)
        lines += [QLineF(point - tick, point + tick) for point in (start, end)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_lines(painter, lines, _INK)
    metrics = QFontMetricsF(painter.font())
    written = wrapped(ruler.text, metrics, room.width() - 2 * MARGIN)
    width = max(metrics.horizontalAdvance(line) for line in written)
    height = metrics.lineSpacing() * len(written)
    left = end.x() + _GAP_PX if along.x() >= 0 else end.x() - _GAP_PX - width
    left = max(min(left, room.right() - width - MARGIN), room.left() + MARGIN)
    top = max(min(end.y() + _GAP_PX, room.bottom() - height - MARGIN), room.top() + MARGIN)
    for number, line in enumerate(written):
        baseline = top + number * metrics.lineSpacing() + metrics.ascent()
        draw_text(painter, QPointF(left, baseline), line, _INK)


def scale_between(description: FrameDescription, start_rc: Pair, end_rc: Pair) -> PixelScale | None:
    """Give the scale that holds at both ends: of ultrasound, that of one region."""
    if region_at(description.regions, start_rc) is not region_at(description.regions, end_rc):
        return None
    return scale_at(description, start_rc)


def _on_frame(description: FrameDescription, point_rc: Pair) -> Pair:
    row, column = (
        min(max(p, -0.5), n - 0.5)
        for p, n in zip(point_rc, (description.rows, description.columns), strict=True)
    )
    return row, column
