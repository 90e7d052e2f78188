"""The cells of the Value column: the value as it is written, its readable form in grey after it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from viewer.ui.tags.model import READABLE

_GAP_PX, _LEAST_PX = 10, 24
_FAINT = 0.6  # legible on a row that was found, too


class ValueDelegate(QStyledItemDelegate):
    """Paints the readable form where there is room left for it."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Qt: paint a cell."""
        super().paint(painter, option, index)
        readable = index.data(READABLE)
        if not readable:
            return
        raw = index.data(Qt.ItemDataRole.DisplayRole)
        used = option.fontMetrics.horizontalAdvance(raw) + _GAP_PX if raw else 0
        margin = option.widget.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 1
        room: QRect = option.rect.adjusted(margin + used, 0, -margin, 0)
        if room.width() < _LEAST_PX:
            return
        roles = QPalette.ColorRole
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        colour = option.palette.color(roles.HighlightedText if selected else roles.Text)
        colour.setAlphaF(_FAINT)
        painter.save()
        painter.setPen(colour)
        text = option.fontMetrics.elidedText(readable, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
        painter.restore()
