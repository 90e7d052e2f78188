"""What a canvas shows, as arrays; the mouse over it; pictures and menus of a window."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from viewer.ui.canvas.image_canvas import ImageCanvas
from viewer.ui.main_window import MainWindow
from viewer.ui.pace import Pace

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


def drag_widget(qtbot: QtBot, widget: QWidget, start: QPoint, end: QPoint) -> None:
    """Press at a point of a widget, move to another one, release there."""
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(widget, end)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)


def wait_picture(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until what is wanted is on screen."""

    def shown() -> bool:
        wanted = window.workspace.picture().pixels
        return wanted is not None and window.view.picture.pixels is wanted

    qtbot.waitUntil(shown, timeout=20_000)
    catch_up(window)


def catch_up(window: MainWindow) -> None:
    """Let the panels follow the picture at once, as they do when it rests."""
    for pace in window.findChildren(Pace):
        if pace._timer.isActive():
            pace._timer.stop()
            pace._timer.timeout.emit()


def entries(window: MainWindow, menu: str) -> list[QAction]:
    """Give the entries of a menu, by its name, as it is when it opens."""
    found = window.findChild(QMenu, menu)
    found.aboutToShow.emit()
    return found.actions()
