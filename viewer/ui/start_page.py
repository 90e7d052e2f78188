"""What an empty window offers: buttons in the middle of the canvas, below its words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
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
        self._canvas = canvas

    def showEvent(self, event: QShowEvent) -> None:
        """Take its place, and keep it."""
        self._canvas.installEventFilter(self)
        self._settle()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Be asked about no more events of the canvas: these are pictures and gestures now."""
        self._canvas.removeEventFilter(self)
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the canvas."""
        if event.type() == QEvent.Type.Resize:
            self._settle()
        return False

    def _settle(self) -> None:
        self.adjustSize()
        middle = self._canvas.rect().center()
        place = self.rect()
        place.moveCenter(middle)
        place.moveTop(middle.y() + self.fontMetrics().height() * _BELOW_WORDS)
        self.setGeometry(place)
