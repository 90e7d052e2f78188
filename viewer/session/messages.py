"""The one funnel for messages to the user."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Signal

Level = Literal["info", "warning", "error"]


class Messages(QObject):
    """Whatever wants to tell the user something says it here; the window shows it."""

    posted = Signal(str, str)  # level, sentence
    withdrawn = Signal(str)  # sentence

    def post(self, sentence: str, level: Level = "info") -> None:
        """Tell the user ``sentence`` (plain text)."""
        self.posted.emit(level, sentence)

    def withdraw(self, sentence: str) -> None:
        """Take ``sentence`` back: it holds no longer."""
        self.withdrawn.emit(sentence)
