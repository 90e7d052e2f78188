"""Ink that is legible on any picture: text and lines with an edge or a ground that sets them apart.

Where words and lines go is left to those who draw them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPolygonF, qGray

from viewer.plain_text import plain_line

INK = QColor(240, 240, 240)

_DARK, _LIGHT = QColor(0, 0, 0), QColor(255, 255, 255)
_DARKEST_INK = 80  # with a dark edge, of 255
_VEIL = 90  # of 255
_LINE_PX = 1.5  # logical
_EDGE_PX = 1.25  # on each side
# Letters are so thin that on white no edge tells them apart: they get a darker ground.
_GROUND = 150  # of 255
_GROUND_MARGIN_PX = 2.0
_SHADOW_OFFSET = QPointF(1.0, 1.0)
_TEXTS_KEPT = 256
_LONGEST_KEPT = 128  # characters; what a file may say at greater length must not fill the memory


def draw_text(painter: QPainter, baseline: QPointF, text: str, ink: QColor = INK) -> None:
    """Write one line of plain text from ``baseline`` on; its controls become visible marks."""
    if not text:
        return
    text = plain_line(text)
    if len(text) > _LONGEST_KEPT:
        _write(painter, baseline, text, ink)
        return
    ratio = painter.device().devicePixelRatioF()
    written, ascent = _written(text, ink.rgb(), painter.font().toString(), ratio)
    corner = QPointF(baseline.x() - _GROUND_MARGIN_PX, baseline.y() - ascent)
    painter.drawImage(corner, written)


@lru_cache(_TEXTS_KEPT)  # most words stay the same from frame to frame
def _written(text: str, rgb: int, font_description: str, ratio: float) -> tuple[QImage, float]:
    """Give a text on its ground as an image, and how far its baseline is below the upper edge."""
    font = QFont()
    font.fromString(font_description)
    metrics = QFontMetricsF(font)
    width = metrics.horizontalAdvance(text) + 2 * _GROUND_MARGIN_PX
    reach = _SHADOW_OFFSET.y()  # the shadow may fall out of the ground
    image = QImage(
        math.ceil((width + reach) * ratio),
        math.ceil((metrics.height() + reach) * ratio),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setFont(font)
    _write(painter, QPointF(_GROUND_MARGIN_PX, metrics.ascent()), text, QColor(rgb))
    painter.end()
    return image, metrics.ascent()


def _write(painter: QPainter, baseline: QPointF, text: str, ink: QColor) -> None:
    metrics = QFontMetricsF(painter.font())
    edge = _edge_of(ink)
    ground = QColor(edge)
    ground.setAlpha(_GROUND)
    left, top = baseline.x() - _GROUND_MARGIN_PX, baseline.y() - metrics.ascent()
    width = metrics.horizontalAdvance(text) + 2 * _GROUND_MARGIN_PX
    painter.fillRect(QRectF(left, top, width, metrics.height()), ground)
    for colour, at in ((edge, baseline + _SHADOW_OFFSET), (ink, baseline)):
        painter.setPen(colour)
        painter.drawText(at, text)


def wrapped(text: str, metrics: QFontMetricsF, width: float) -> list[str]:
    """Break a text at its spaces into lines of at most ``width``; a longer word stays whole."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and metrics.horizontalAdvance(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def draw_lines(painter: QPainter, lines: Sequence[QLineF], ink: QColor = INK) -> None:
    """Draw straight lines, all edges under all of the ink."""
    # separately and with square ends: Qt takes seconds for long strokes that cross themselves
    for colour, width in ((_edge_of(ink), _LINE_PX + 2 * _EDGE_PX), (ink, _LINE_PX)):
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.SquareCap)
        painter.setPen(pen)
        painter.drawLines(lines)


def draw_hairlines(painter: QPainter, lines: Sequence[QLineF], ink: QColor = INK) -> None:
    """Draw many long lines at a twentieth of the cost: thin, without edges, not smoothed."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(QPen(ink, 0))
    painter.drawLines(lines)
    painter.restore()


def draw_veil(painter: QPainter, outline: QPolygonF, ink: QColor = INK) -> None:
    """Fill an area so that the picture shines through."""
    veil = QColor(ink)
    veil.setAlpha(_VEIL)
    painter.save()
    # its edge is under a line; smoothed, an outline that crosses itself often takes seconds
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(veil)
    painter.drawPolygon(outline)
    painter.restore()


def _edge_of(ink: QColor) -> QColor:
    """Give black, or white around the dark inks that files may ask for."""
    return _DARK if qGray(ink.rgb()) >= _DARKEST_INK else _LIGHT
