"""How a browser row is drawn: thumbnail, modality, two lines of text, a bar for on screen.

What is only announced is faint and without thumbnail; its row is as high as it will be.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from viewer.ui.browser.model import NODE_ROLE, ON_SCREEN_ROLE, THUMBNAIL_ROLE
from viewer.ui.browser.nodes import Node

THUMBNAIL_PX = 56
_MARGIN = 4
_BAR_PX = 4
_BAR = QColor(255, 176, 46)  # beside the blue of the current row, which may be another

_Index = QModelIndex | QPersistentModelIndex


class RowDelegate(QStyledItemDelegate):
    """Paints rows; text is always drawn literally."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Give the height of a row, with or without thumbnail."""
        node: Node = index.data(NODE_ROLE)
        lines = 2 * option.fontMetrics.height() + 2 * _MARGIN
        pictured = node.stack or node.awaits_picture
        return QSize(160, max(lines, THUMBNAIL_PX + 2 * _MARGIN) if pictured else lines)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        node: Node = index.data(NODE_ROLE)
        style = option.widget.style() if option.widget else QApplication.style()
        painter.save()
        style.drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget
        )
        if index.data(ON_SCREEN_ROLE):
            bar = QRect(option.rect)
            bar.setWidth(_BAR_PX)
            painter.fillRect(bar, _BAR)
        room = option.rect.adjusted(_BAR_PX + 2, _MARGIN, -_MARGIN, -_MARGIN)
        square = QRect(room.left(), room.top(), THUMBNAIL_PX, THUMBNAIL_PX)
        if node.stack:  # documents have no frames, and no picture
            _draw_thumbnail(painter, square, index.data(THUMBNAIL_ROLE), option.palette)
        if node.stack or node.awaits_picture:
            room.setLeft(square.right() + 2 * _MARGIN)
        _draw_texts(painter, room, node, option)
        painter.restore()


def _draw_thumbnail(
    painter: QPainter, square: QRect, picture: QPixmap | None, palette: QPalette
) -> None:
    painter.fillRect(square, QColor("black"))
    if isinstance(picture, QPixmap) and not picture.isNull():
        size = picture.size().scaled(square.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(square.topLeft(), size)
        target.moveCenter(square.center())
        painter.drawPixmap(target, picture)
    painter.setPen(palette.color(QPalette.ColorRole.Midlight))
    painter.drawRect(square.adjusted(0, 0, -1, -1))


def _draw_texts(painter: QPainter, room: QRect, node: Node, option: QStyleOptionViewItem) -> None:
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    strong = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
    faint = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.PlaceholderText
    height = option.fontMetrics.height()
    top = room.top() + max((room.height() - 2 * height) // 2, 0)
    font = QFont(option.font)
    font.setBold(node.stack is None and not node.awaits_picture)
    first = QRect(room.left(), top, room.width(), height)
    second = QRect(room.left(), top + height, room.width(), height)
    title_colour = option.palette.color(faint if node.announced else strong)
    _draw_line(painter, first, node.title, font, title_colour)
    badge = f"{node.badge} · " if node.badge and node.subtitle else node.badge
    colour = option.palette.color(faint)
    _draw_line(painter, second, badge + node.subtitle, QFont(option.font), colour)


def _draw_line(painter: QPainter, room: QRect, text: str, font: QFont, colour: QColor) -> None:
    painter.setFont(font)
    painter.setPen(colour)
    elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
