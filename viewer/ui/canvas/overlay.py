"""What is written over the picture: corner texts, orientation letters, a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

_INK = QColor(235, 235, 235)
_SHADOW = QColor(0, 0, 0, 200)
_MARGIN = 8.0
_SHADOW_OFFSETS = (QPointF(-1, -1), QPointF(1, -1), QPointF(-1, 1), QPointF(1, 1))

Lines = Sequence[str]


@dataclass(slots=True)
class Overlay:
    """The words on a canvas, in logical pixels of the viewport.

    ``letters`` are (left, right, top, bottom). A message takes the place of
    the picture, its texts and letters. All of it is plain text.
    """

    top_left: Lines = ()
    top_right: Lines = ()
    bottom_left: Lines = ()
    bottom_right: Lines = ()
    letters: tuple[str, str, str, str] = ("", "", "", "")

    def draw(self, painter: QPainter, room: QRectF) -> None:
        """Draw texts and letters over a picture."""
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        metrics = QFontMetricsF(painter.font())
        inner = room.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        height = metrics.lineSpacing()
        for lines, at_right, at_bottom in (
            (self.top_left, False, False),
            (self.top_right, True, False),
            (self.bottom_left, False, True),
            (self.bottom_right, True, True),
        ):
            top = inner.bottom() - height * len(lines) if at_bottom else inner.top()
            for number, line in enumerate(lines):
                text = metrics.elidedText(line, Qt.TextElideMode.ElideRight, room.width() / 3)
                left = inner.right() - metrics.horizontalAdvance(text) if at_right else inner.left()
                baseline = top + number * height + metrics.ascent()
                _draw_shadowed(painter, QPointF(left, baseline), text)
        self._draw_letters(painter, metrics, inner)

    def _draw_letters(self, painter: QPainter, metrics: QFontMetricsF, inner: QRectF) -> None:
        left, right, top, bottom = self.letters
        middle = inner.center().y() + metrics.ascent() / 2 - metrics.descent() / 2

        def start_of_centred(text: str) -> float:
            return inner.center().x() - metrics.horizontalAdvance(text) / 2

        right_start = inner.right() - metrics.horizontalAdvance(right)
        _draw_shadowed(painter, QPointF(inner.left(), middle), left)
        _draw_shadowed(painter, QPointF(right_start, middle), right)
        above, below = inner.top() + metrics.ascent(), inner.bottom() - metrics.descent()
        _draw_shadowed(painter, QPointF(start_of_centred(top), above), top)
        _draw_shadowed(painter, QPointF(start_of_centred(bottom), below), bottom)


def draw_message(painter: QPainter, room: QRectF, text: str) -> None:
    """Write a message in the middle of an empty viewport, wrapped, as plain text."""
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setPen(_INK)
    side = max(_MARGIN, room.width() / 8)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(room.adjusted(side, _MARGIN, -side, -_MARGIN), int(flags), text)


def _draw_shadowed(painter: QPainter, baseline: QPointF, text: str) -> None:
    if not text:
        return
    painter.setPen(_SHADOW)
    for offset in _SHADOW_OFFSETS:
        painter.drawText(baseline + offset, text)
    painter.setPen(_INK)
    painter.drawText(baseline, text)
