"""What is written around the picture: corner texts, orientation letters, a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from viewer.ui.canvas.ink import INK, draw_text

MARGIN = 8.0  # logical pixels between the viewport's edge and what is written at it
_ROWS_OF_A_LINE = 3  # that a long corner text may take

Lines = Sequence[str]
Size = tuple[float, float]


@dataclass(slots=True)
class Words:
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
        inner = room.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        height = metrics.lineSpacing()
        for lines, at_right, at_bottom in (
            (self.top_left, False, False),
            (self.top_right, True, False),
            (self.bottom_left, False, True),
            (self.bottom_right, True, True),
        ):
            texts = _fitted(lines, metrics, room)
            top = inner.bottom() - height * len(texts) if at_bottom else inner.top()
            for number, text in enumerate(texts):
                left = inner.right() - metrics.horizontalAdvance(text) if at_right else inner.left()
                baseline = top + number * height + metrics.ascent()
                draw_text(painter, QPointF(left, baseline), text)
        self._draw_letters(painter, metrics, inner)

    def place_below(self, metrics: QFontMetricsF, room: QRectF, size: Size) -> QRectF | None:
        """Give a place of (width, height) near the lower edge that no word reaches.

        Between the lower corner texts where it fits, else above them; None
        where the viewport is too small.
        """
        width, height = size
        corners = [_fitted(c, metrics, room) for c in (self.bottom_left, self.bottom_right)]
        left, right = (max(map(metrics.horizontalAdvance, one), default=0.0) for one in corners)
        line = metrics.lineSpacing()
        bottom = room.bottom() - MARGIN - (line + MARGIN / 2 if self.letters[3] else 0)
        middle = room.center().x()
        lowest = room.adjusted(left + 2 * MARGIN, 0, -right - 2 * MARGIN, 0)
        if lowest.left() > middle - width / 2 or lowest.right() < middle + width / 2:
            lines = max(map(len, corners))
            bottom = min(bottom, room.bottom() - 2 * MARGIN - line * lines)
        place = QRectF(middle - width / 2, bottom - height, width, height)
        return place if room.contains(place) else None

    def _draw_letters(self, painter: QPainter, metrics: QFontMetricsF, inner: QRectF) -> None:
        left, right, top, bottom = self.letters
        middle = inner.center().y() + metrics.ascent() / 2 - metrics.descent() / 2

        def start_of_centred(text: str) -> float:
            return inner.center().x() - metrics.horizontalAdvance(text) / 2

        right_start = inner.right() - metrics.horizontalAdvance(right)
        draw_text(painter, QPointF(inner.left(), middle), left)
        draw_text(painter, QPointF(right_start, middle), right)
        above, below = inner.top() + metrics.ascent(), inner.bottom() - metrics.descent()
        draw_text(painter, QPointF(start_of_centred(top), above), top)
        draw_text(painter, QPointF(start_of_centred(bottom), below), bottom)


def draw_message(painter: QPainter, room: QRectF, text: str) -> None:
    """Write a message in the middle of an empty viewport, wrapped, as plain text."""
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setPen(INK)
    side = max(MARGIN, room.width() / 8)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(room.adjusted(side, MARGIN, -side, -MARGIN), int(flags), text)


def _fitted(lines: Lines, metrics: QFontMetricsF, room: QRectF) -> list[str]:
    """Break each line at words, to rows of a third of the width; the last row is elided."""
    width = room.width() / 3
    fitted = []
    for line in lines:
        rest = line
        for _ in range(_ROWS_OF_A_LINE - 1):
            if metrics.horizontalAdvance(rest) <= width:
                break
            row = _words_within(rest, metrics, width)
            if not row:
                break
            fitted.append(row)
            rest = rest[len(row) :].lstrip()
        fitted.append(metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width))
    return fitted


def _words_within(text: str, metrics: QFontMetricsF, width: float) -> str:
    """Give the first words of ``text`` that fit, "" where not even one does."""
    end = 0
    for place, character in enumerate(text):
        if character == " ":
            if metrics.horizontalAdvance(text[:place]) > width:
                break
            end = place
    return text[:end].rstrip()
