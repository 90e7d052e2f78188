"""What a canvas shows, as arrays; and the mouse over it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from viewer.ui.canvas.image_canvas import ImageCanvas

BLACK = 0xFF000000


def packed(image: QImage) -> np.ndarray:
    """Give an image's pixels, (rows, columns) uint32, 0xffRRGGBB."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return rows[:, : image.width()].copy()


def on_screen(canvas: ImageCanvas) -> np.ndarray:
    """Give all that a canvas shows, words and drawings included."""
    return packed(canvas.grab().toImage())


def drag(
    qtbot: QtBot,
    canvas: ImageCanvas,
    button: Qt.MouseButton,
    *points: tuple[int, int],
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press at the first point, move over the others, release at the last."""
    target = canvas.viewport()
    qtbot.mousePress(target, button, modifier, QPoint(*points[0]))
    for point in points[1:]:
        qtbot.mouseMove(target, QPoint(*point))
    qtbot.mouseRelease(target, button, modifier, QPoint(*points[-1]))
