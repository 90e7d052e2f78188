"""The distribution of a frame's values, with the window over it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.imaging import voi as voi_rules
from viewer.imaging.histogram import Histogram
from viewer.imaging.voi import Voi

_HEIGHT = 72


class HistogramPlot(QWidget):
    """Paints log-scaled counts, and brightness over value as a line; or a hint."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("windowHistogram")
        self.setAccessibleName("Histogram of the frame")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._range = (0.0, 1.0)
        self._histogram: Histogram | None = None
        self._voi: Voi | None = None
        self._hint = ""

    def sizeHint(self) -> QSize:
        """Give a low, wide strip."""
        return QSize(160, _HEIGHT)

    def set_range(self, low: float, high: float) -> None:
        """Span these modality values, left to right."""
        self._range = low, high
        self.update()

    def set_histogram(self, histogram: Histogram | None) -> None:
        """Take the counts of the current frame, or none."""
        self._histogram = histogram
        self.update()

    def set_voi(self, voi: Voi | None) -> None:
        """Take what maps values to brightness."""
        self._voi = voi
        self.update()

    def set_hint(self, text: str) -> None:
        """Show a plain text in place of the plot; "" shows the plot."""
        self._hint = text
        self.setAccessibleDescription(text)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bars and line, or the hint."""
        painter = QPainter(self)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Base))
        if self._hint:
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(6, 2, -6, -2), int(flags), self._hint)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(1, 3, -1, -1)
        if self._histogram is not None and len(self._histogram.counts):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.PlaceholderText))
            painter.drawPolygon(self._bars(self._histogram, room))
        if self._voi is not None and self.isEnabled():
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 1.5))
            painter.drawPolyline(self._brightness(self._voi, room))

    def _bars(self, histogram: Histogram, room: QRectF) -> QPolygonF:
        heights = np.log1p(histogram.counts)
        heights = heights / max(heights.max(), 1e-9) * room.height()
        x = np.repeat(self._to_x(histogram.edges, room), 2)
        y = room.bottom() - np.concatenate(([0], np.repeat(heights, 2), [0]))
        return _polygon(x, y)

    def _brightness(self, voi: Voi, room: QRectF) -> QPolygonF:
        low, high = self._range
        values = np.linspace(low, high, max(int(room.width()), 2))
        brightness = voi_rules.apply(voi, values)
        return _polygon(self._to_x(values, room), room.bottom() - brightness * room.height())

    def _to_x(self, values: np.ndarray, room: QRectF) -> np.ndarray:
        low, high = self._range
        x: np.ndarray = room.left() + (values - low) / (high - low) * room.width()
        return np.clip(x, room.left(), room.right())


def _polygon(x: np.ndarray, y: np.ndarray) -> QPolygonF:
    return QPolygonF([QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)])
