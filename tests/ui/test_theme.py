"""The dark theme: what it hides of Qt's own drawing, and must not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QStyleFactory,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from viewer.ui import theme


def contrast(image: QImage) -> int:
    """Give how far apart the darkest and the lightest pixel are."""
    greys = [
        image.pixelColor(x, y).lightness()
        for x in range(image.width())
        for y in range(image.height())
    ]
    return max(greys) - min(greys)


def test_a_box_that_is_not_checked_can_be_seen(qtbot: QtBot) -> None:
    above = QWidget()
    qtbot.addWidget(above)
    above.setStyleSheet(theme._STYLE)
    tree, box = QTreeWidget(above), QCheckBox(above)
    item = QTreeWidgetItem(tree, [""])
    item.setCheckState(0, Qt.CheckState.Unchecked)
    layout = QVBoxLayout(above)
    fusion = QStyleFactory.create("Fusion")
    for widget in (tree, box):
        widget.setStyle(fusion)
        widget.setPalette(theme._palette())
        layout.addWidget(widget)
    above.show()
    qtbot.waitExposed(above)
    row = tree.visualItemRect(item)
    row.setWidth(row.height() + 10)
    assert contrast(tree.viewport().grab(row).toImage()) > 80
    assert contrast(box.grab().toImage()) > 80
