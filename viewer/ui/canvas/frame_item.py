"""The picture as a graphics item: blits what the renderer gives, pixel for pixel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from viewer.ui.canvas.pyqtgraph_parts import GraphicsObject
from viewer.ui.canvas.rendered import Rendered


class FrameItem(GraphicsObject):
    """Covers the frame in frame space (x = column, y = row), and draws device pixels.

    Parameters
    ----------
    render : callable
        Gives the picture to draw now, or None. It must not raise.
    """

    def __init__(self, render: Callable[[], Rendered | None]) -> None:
        super().__init__()
        self._render = render
        self._extent = QRectF()

    def set_size(self, rows: int, columns: int) -> None:
        """Cover a frame of this size."""
        self.prepareGeometryChange()
        self._extent = QRectF(-0.5, -0.5, columns, rows)

    def boundingRect(self) -> QRectF:
        """Give the frame's extent in frame space."""
        return self._extent

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the visible part of the frame, one sampled value to one device pixel."""
        rendered = self._render()
        if rendered is None:
            return
        ratio = painter.device().devicePixelRatioF()
        image = rendered.image()
        image.setDevicePixelRatio(ratio)
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
        painter.drawImage(QPointF(rendered.column_px / ratio, rendered.row_px / ratio), image)
        painter.restore()
