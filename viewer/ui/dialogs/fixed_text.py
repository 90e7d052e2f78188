"""Text in columns, to read and to copy: what reports, lists and surveys are shown in."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit, QWidget


class FixedText(QPlainTextEdit):
    """A text that cannot be edited, each line as it is, in letters of one width.

    Parameters
    ----------
    name : str
        What those who hear the window are told that this is.
    """

    def __init__(self, text: str, name: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
