"""Ink that is legible on any picture: light text and lines with a dark edge.

Where words and lines go is left to those who draw them.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

INK = QColor(240, 240, 240)
EDGE = QColor(0, 0, 0)

_LINE_PX = 1.5  # logical
_EDGE_PX = 1.25  # on each side
# A ring of copies all around, as far as strokes are thick: on white, nothing else tells letters.
_NEAR = (-1.0, 0.0, 1.0)
_RING = tuple(QPointF(x, y) for y in _NEAR for x in _NEAR if x or y)


def draw_text(painter: QPainter, baseline: QPointF, text: str, ink: QColor = INK) -> None:
    """Write one line of plain text from ``baseline`` on."""
    if not text:
        return
    painter.setPen(EDGE)
    for offset in _RING:
        painter.drawText(baseline + offset, text)
    painter.setPen(ink)
    painter.drawText(baseline, text)


def draw_path(
    painter: QPainter, path: QPainterPath, ink: QColor = INK, *, filled: bool = False
) -> None:
    """Draw a line along ``path``, and fill it where it is to be filled."""
    edge = QPen(EDGE, _LINE_PX + 2 * _EDGE_PX)
    line = QPen(ink, _LINE_PX)
    for pen in (edge, line):
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, edge)
    if filled:
        painter.fillPath(path, ink)
    painter.strokePath(path, line)
