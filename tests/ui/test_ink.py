"""Short words are kept as they were drawn, long ones are drawn anew."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from viewer.ui.canvas import ink


def drawn(text: str) -> QImage:
    image = QImage(200, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    ink.draw_text(painter, QPointF(10, 25), text)
    painter.end()
    return image


def test_a_text_of_any_length_is_drawn_and_takes_no_memory(qtbot: QtBot) -> None:
    ink._written.cache_clear()
    empty = drawn("")
    assert drawn("W" * 100_000) != empty
    assert not ink._written.cache_info().currsize
    assert drawn("Series 3") == drawn("Series 3") != empty
    assert ink._written.cache_info().currsize == 1
