"""The scale bar: a round length drawn to scale, with where its millimetres come from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath

from viewer.imaging.lengths import scale_at, source_words
from viewer.ui.canvas.ink import draw_path, draw_text

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription
    from viewer.ui.canvas.camera import Sight

_LONGEST_PX = 220.0  # logical
_LONGEST_SHARE = 0.3  # of the viewport's width
_SHORTEST_PX = 12.0
_TICK_PX = 4.0
_GAP_PX = 3.0
_SMALLEST_MM = 0.1  # shorter lengths are said in µm


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A horizontal bar, ``length_px`` logical pixels long, and what it stands for."""

    length_px: float
    text: str

    def size(self, metrics: QFontMetricsF) -> tuple[float, float]:
        """Give the width and height that it takes."""
        width = max(self.length_px + 2 * _GAP_PX, metrics.horizontalAdvance(self.text))
        return width, metrics.height() + _GAP_PX + 2 * _TICK_PX

    def draw(self, painter: QPainter, room: QRectF) -> None:
        """Draw it in the middle of the lower edge of ``room``, its text above it."""
        metrics = QFontMetricsF(painter.font())
        middle, line = room.center().x(), room.bottom() - _TICK_PX
        left, right = middle - self.length_px / 2, middle + self.length_px / 2
        path = QPainterPath(QPointF(left, line - _TICK_PX))
        path.lineTo(left, line + _TICK_PX)
        path.moveTo(left, line)
        path.lineTo(right, line)
        path.moveTo(right, line - _TICK_PX)
        path.lineTo(right, line + _TICK_PX)
        draw_path(painter, path)
        baseline = line - _TICK_PX - _GAP_PX - metrics.descent()
        start = middle - metrics.horizontalAdvance(self.text) / 2
        draw_text(painter, QPointF(start, baseline), self.text)


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
    if scale is not None and math.isfinite(spacing) and spacing > 0:
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
