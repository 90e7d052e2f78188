"""The scale bar: a round length drawn to scale, with where its millimetres come from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from viewer.imaging.lengths import scale_at, source_words
from viewer.ui.canvas.ink import draw_lines, draw_text, wrapped
from viewer.ui.canvas.words import MARGIN

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription
    from viewer.ui.canvas.camera import Sight
    from viewer.ui.canvas.words import Words

_LONGEST_PX = 220.0  # logical
_LONGEST_SHARE = 0.3  # of the viewport's width
_SHORTEST_PX = 12.0
_TICK_PX = 4.0
_GAP_PX = 3.0
_LEAST_MM, _MOST_MM = 1e-6, 1e6  # between pixels; all else is no length
_SMALLEST_MM = 0.1  # shorter lengths are said in µm


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A horizontal bar, ``length_px`` logical pixels long, and what it stands for."""

    length_px: float
    text: str

    def draw(self, painter: QPainter, words: Words, room: QRectF) -> None:
        """Draw it near the lower edge of ``room``, clear of ``words``.

        Its text is never cut: where there is no place for all of it, no bar is drawn.
        """
        metrics = QFontMetricsF(painter.font())
        lines = wrapped(self.text, metrics, room.width() - 2 * MARGIN)
        width = max(self.length_px, *(metrics.horizontalAdvance(line) for line in lines))
        height = metrics.lineSpacing() * len(lines) + _GAP_PX + 2 * _TICK_PX
        place = words.place_below(metrics, room, (width + 2 * _GAP_PX, height))
        if place is None:
            return
        middle, axis = place.center().x(), place.bottom() - _TICK_PX
        left, right = middle - self.length_px / 2, middle + self.length_px / 2
        ends = [QLineF(x, axis - _TICK_PX, x, axis + _TICK_PX) for x in (left, right)]
        draw_lines(painter, [QLineF(left, axis, right, axis), *ends])
        for number, line in enumerate(lines):
            baseline = place.top() + number * metrics.lineSpacing() + metrics.ascent()
            start = middle - metrics.horizontalAdvance(line) / 2
            draw_text(painter, QPointF(start, baseline), line)


def scale_bar(description: FrameDescription, sight: Sight) -> ScaleBar | None:
    """Give the longest bar of a round length that looks well; None where none does.

    Rows lie across the screen, so it counts the spacing between columns. Of
    ultrasound it is that of the largest region in centimetres. Without
    millimetres it counts pixels, whole ones.
    """
    across = sight.scale_rc[1]
    longest = min(_LONGEST_PX, _LONGEST_SHARE * sight.viewport_px[1] / sight.ratio)
    scale = scale_at(description)
    spacing = scale.spacing_rc_mm[1] if scale is not None else 0.0
    if scale is not None and _LEAST_MM <= spacing <= _MOST_MM:
        length = _round_length(longest / across * spacing)
        short = length < _SMALLEST_MM
        said = f"{length * 1000:g} µm" if short else f"{length:g} mm"
        bar = ScaleBar(length / spacing * across, f"{said} ({source_words(scale)})")
    else:
        length = _round_length(longest / across)
        if length < 1:
            return None
        bar = ScaleBar(length * across, f"{length:g} px")
    return bar if bar.length_px >= _SHORTEST_PX else None


def _round_length(most: float) -> float:
    """Give the largest of 1, 2, 5 times a power of ten that is not above ``most``."""
    power = 10.0 ** math.floor(math.log10(most))
    digit = max(digit for digit in (1, 2, 5) if digit * power <= most * (1 + 1e-9) or digit == 1)
    return float(f"{digit * power:.0e}")  # 3 * 0.1 is not 0.3
