"""The whole value of one tag, in a window of its own: plain text, to read and copy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from viewer.plain_text import plain_line
from viewer.ui.plain_label import PlainLabel

_LONGEST_LINE = 20_000  # characters; Qt lays out a line as a whole, a megabyte in seconds


class ValueDialog(QDialog):
    """Shows a value with its line ends; other controls become visible marks.

    Parameters
    ----------
    title : str
        Which tag it is.
    value : str
        The whole of it.
    """

    def __init__(self, title: str, value: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tagValueDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Value")
        self.resize(640, 420)
        heading = PlainLabel(plain_line(title), self)
        text = QPlainTextEdit(self)
        text.setObjectName("tagValueText")
        text.setAccessibleName("Whole value")
        text.setReadOnly(True)
        text.setPlainText(visible_lines(value))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, parent=self)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (heading, text, buttons):
            layout.addWidget(widget)


def visible_lines(value: str) -> str:
    """Give ``value`` with its lines kept, each printable; very long ones are broken."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    pieces = (
        line[at : at + _LONGEST_LINE]
        for line in lines
        for at in range(0, max(1, len(line)), _LONGEST_LINE)
    )
    return "\n".join(plain_line(piece, limit=_LONGEST_LINE) for piece in pieces)
