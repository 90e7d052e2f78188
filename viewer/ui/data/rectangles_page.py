"""Rectangles of pictures that are blacked out: drawn on the image that is on screen, or typed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from viewer.imaging.display import to_rgb32
from viewer.imaging.pixel_shape import stretch_of
from viewer.session.deidentify_order import Rectangle, rectangles_of, rectangles_text
from viewer.session.viewport import Picture
from viewer.ui.plain_label import PlainLabel

_MOST_PX = 1024  # of the picture that is drawn on
_DRAWN = QColor(232, 170, 60)
_TOLD = (
    "Draw with the mouse over what is burned into the picture, or type row, column, rows, "
    "columns. The same rectangles are blacked out on every picture that is written."
)


class RectanglesPage(QWidget):
    """Asks for rectangles.

    Signals
    -------
    changed
        There are others.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rectangles: tuple[Rectangle, ...] = ()
        self.problem = ""
        self._picture = DrawnPicture(self)
        self._picture.drawn.connect(self._add)
        self._typed = QLineEdit(self)
        self._typed.setObjectName("blackOut")
        self._typed.setAccessibleName("Rectangles to black out")
        self._typed.setPlaceholderText("none; as 1,1,60,512 for the first 60 rows")
        self._typed.textChanged.connect(self._read)
        clear = QPushButton("Remove &All", self)
        clear.setAutoDefault(False)
        clear.clicked.connect(self._typed.clear)
        told = PlainLabel(_TOLD, self)
        told.setWordWrap(True)
        below = QHBoxLayout()
        below.addWidget(self._typed, 1)
        below.addWidget(clear)
        layout = QVBoxLayout(self)
        layout.addWidget(told)
        layout.addWidget(self._picture, 1)
        layout.addLayout(below)

    def set_picture(self, picture: Picture) -> None:
        """Show what is on screen now, to draw on."""
        self._picture.set_picture(picture)

    def _add(self, rectangle: Rectangle) -> None:
        self._typed.setText(rectangles_text((*self.rectangles, rectangle)))

    def _read(self, text: str) -> None:
        try:
            self.rectangles, self.problem = rectangles_of(text), ""
        except ValueError as error:
            self.problem = str(error)
        self._picture.set_rectangles(self.rectangles)
        self.changed.emit()


class DrawnPicture(QWidget):
    """A frame as it is stored, with rectangles over it.

    Signals
    -------
    drawn
        A `Rectangle` of the frame's pixels.
    """

    drawn = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._size_rc = (0, 0)
        self._stretch_rc = (1.0, 1.0)
        self._rectangles: tuple[Rectangle, ...] = ()
        self._from: QPointF | None = None
        self._to = QPointF()
        self.setObjectName("blackOutPicture")
        self.setAccessibleName("The picture to draw rectangles on")
        self.setMinimumHeight(120)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def set_picture(self, picture: Picture) -> None:
        """Show a picture as it is stored, in its window; nothing, where there is none."""
        pixels, description = picture.visible, picture.description
        self._image = QImage()
        if pixels is not None and description is not None and picture.voi is not None:
            step = max(-(-max(pixels.shape[:2]) // _MOST_PX), 1)
            small = np.ascontiguousarray(pixels[::step, ::step])
            rgb = np.ascontiguousarray(to_rgb32(small, description, picture.voi))
            height, width = rgb.shape
            image = QImage(rgb.data, width, height, 4 * width, QImage.Format.Format_RGB32)
            self._image = image.copy()  # which does not keep its array alive
            self._size_rc = description.rows, description.columns
            self._stretch_rc = stretch_of(description)
        self.update()

    def set_rectangles(self, rectangles: tuple[Rectangle, ...]) -> None:
        """Show these."""
        self._rectangles = rectangles
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture, what is black on it, and what is being drawn."""
        painter = QPainter(self)
        room = self._room()
        if self._image.isNull():
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignCenter, "No picture is on screen to draw on."
            )
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(room, self._image)
        painter.setPen(QPen(_DRAWN, 1))
        painter.setBrush(QColor("black"))
        for row, column, rows, columns in self._rectangles:
            top_left, bottom_right = self._at(row, column), self._at(row + rows, column + columns)
            painter.drawRect(QRectF(top_left, bottom_right).intersected(room))
        if self._from is not None:
            painter.setBrush(QColor(0, 0, 0, 160))
            painter.drawRect(QRectF(self._from, self._to).normalized().intersected(room))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a rectangle."""
        if event.button() == Qt.MouseButton.LeftButton and not self._image.isNull():
            self._from = self._to = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw it on."""
        self._to = event.position()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take it, where it has a pixel of the frame."""
        start, self._from = self._from, None
        self.update()
        if start is None or event.button() != Qt.MouseButton.LeftButton:
            return
        room = self._room()
        drawn = QRectF(start, event.position()).normalized().intersected(room)
        height, width = self._size_rc
        top = round((drawn.top() - room.top()) / room.height() * height)
        left = round((drawn.left() - room.left()) / room.width() * width)
        bottom = round((drawn.bottom() - room.top()) / room.height() * height)
        right = round((drawn.right() - room.left()) / room.width() * width)
        if bottom > top and right > left:
            self.drawn.emit((top, left, bottom - top, right - left))

    def _room(self) -> QRectF:
        """Give where the picture lies: whole, in its own shape."""
        tall = max(self._size_rc[0] * self._stretch_rc[0], 1.0)
        wide = max(self._size_rc[1] * self._stretch_rc[1], 1.0)
        scale = min(self.height() / tall, self.width() / wide)
        size_x, size_y = wide * scale, tall * scale
        return QRectF((self.width() - size_x) / 2, (self.height() - size_y) / 2, size_x, size_y)

    def _at(self, row: float, column: float) -> QPointF:
        room, (height, width) = self._room(), self._size_rc
        return QPointF(
            room.left() + column / max(width, 1) * room.width(),
            room.top() + row / max(height, 1) * room.height(),
        )
