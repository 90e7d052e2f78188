"""The panel's two widgets with their keys: Enter means more than Qt's defaults do."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QTreeView

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SearchField(QLineEdit):
    """A line edit that asks for the next match on Enter, the one before on Shift+Enter.

    Signals
    -------
    stepRequested
        1 or -1.
    """

    stepRequested = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: a key."""
        if event.key() in _ENTER:
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.stepRequested.emit(-1 if back else 1)
        else:
            super().keyPressEvent(event)


class TagView(QTreeView):
    """A tree view that tells of Enter on the current row, and selects within bounds.

    Qt's own ``activated`` comes with a single click on some desktops. Its selection of 49,000 rows
    in as many items takes minutes: more than ``MOST_SELECTED`` at a time are not selected.
    """

    MOST_SELECTED = 400

    enterPressed = Signal()

    def selectAll(self) -> None:
        """Qt: select every row that is unfolded."""
        rows = self.verticalScrollBar()
        if rows.maximum() + rows.pageStep() <= self.MOST_SELECTED:
            super().selectAll()

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Qt: select what lies in a rectangle."""
        if rect.height() <= self.MOST_SELECTED * max(1, self.sizeHintForRow(0)):
            super().setSelection(rect, command)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: a key."""
        if event.key() in _ENTER:
            self.enterPressed.emit()
        else:
            super().keyPressEvent(event)
