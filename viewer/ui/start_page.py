"""What an empty window offers: buttons in the middle of the canvas, below its words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from viewer.ui.literal import tooltip

_BELOW_WORDS = 3  # lines of text from the middle


class StartPage(QWidget):
    """A button for each of ``actions``; it keeps to the middle of ``canvas``."""

    def __init__(self, actions: Sequence[QAction], canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("startPage")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for action in actions:
            button = QPushButton(action.text().replace("&", ""), self)  # the menus have these keys
            button.setObjectName(f"start_{action.objectName()}")
            shortcut = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(tooltip(shortcut))
            button.clicked.connect(action.trigger)
            row.addWidget(button)
        canvas.installEventFilter(self)
        self._settle(canvas)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the canvas."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self._settle(watched)
        return False

    def _settle(self, canvas: QWidget) -> None:
        self.adjustSize()
        place = self.rect()
        place.moveCenter(canvas.rect().center())
        place.moveTop(canvas.rect().center().y() + self.fontMetrics().height() * _BELOW_WORDS)
        self.setGeometry(place)
