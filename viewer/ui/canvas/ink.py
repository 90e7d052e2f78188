"""Ink that is legible on any picture: text and lines with an edge around them.

Where words and lines go is left to those who draw them.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, qGray

INK = QColor(240, 240, 240)

_DARK, _LIGHT = QColor(0, 0, 0), QColor(255, 255, 255)
_DARKEST_INK = 80  # with a dark edge, of 255
_VEIL = 90  # of 255
_LINE_PX = 1.5  # logical
_EDGE_PX = 1.25  # on each side
# A ring of copies all around, as far as strokes are thick: on white, nothing else tells letters.
_NEAR = (-1.0, 0.0, 1.0)
_RING = tuple(QPointF(x, y) for y in _NEAR for x in _NEAR if x or y)


def draw_text(painter: QPainter, baseline: QPointF, text: str, ink: QColor = INK) -> None:
    """Write one line of plain text from ``baseline`` on."""
    if not text:
        return
    painter.setPen(_edge_of(ink))
    for offset in _RING:
        painter.drawText(baseline + offset, text)
    painter.setPen(ink)
    painter.drawText(baseline, text)


def draw_path(
    painter: QPainter, path: QPainterPath, ink: QColor = INK, fill: QPainterPath | None = None
) -> None:
    """Draw a line along ``path``, and a veil over ``fill`` that the picture shines through."""
    edge = QPen(_edge_of(ink), _LINE_PX + 2 * _EDGE_PX)
    line = QPen(ink, _LINE_PX)
    for pen in (edge, line):
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if fill is not None and not fill.isEmpty():
        veil = QColor(ink)
        veil.setAlpha(_VEIL)
        painter.fillPath(fill, veil)
    painter.strokePath(path, edge)
    painter.strokePath(path, line)


def _edge_of(ink: QColor) -> QColor:
    """Give black, or white around the dark inks that files may ask for."""
    return _DARK if qGray(ink.rgb()) >= _DARKEST_INK else _LIGHT
