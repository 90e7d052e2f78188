"""The one label class: plain text, printable, elided, never markup."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from viewer.plain_text import plain_lines


class PlainLabel(QLabel):
    """A label that shows its text literally and elides what does not fit.

    Qt guesses markup in a plain QLabel; a patient's name must never be markup.
    A label with word wrap is not elided, beyond what nobody would read.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show ``text``, whose controls become visible marks."""
        super().setText(plain_lines(text))

    def minimumSizeHint(self) -> QSize:
        """Let a layout squeeze the label: the rest is elided."""
        hint = super().minimumSizeHint()
        return hint if self.wordWrap() else QSize(min(hint.width(), 24), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, elided on the right where it does not fit."""
        if self.wordWrap():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        self.style().drawItemText(
            painter,
            room,
            int(self.alignment()),
            self.palette(),
            self.isEnabled(),
            text,
            self.foregroundRole(),
        )
