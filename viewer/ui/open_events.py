"""The application, and what the system asks it to open: on macOS, a double-click comes as an event.

It may come before there is a window; what it names is kept until then. Where a start is told by its
command line what to open, no such event comes. `opener` opens what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from viewer.file_urls import path_of


class Application(QApplication):
    """An application that takes the files which the system sends.

    Not an event filter: that would be asked about each event of each widget.

    Parameters
    ----------
    arguments : sequence of str
        The name of the program.
    """

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(list(arguments))
        self._sent: list[str] = []
        self._take: Callable[[Sequence[str]], None] = self._sent.extend

    def event(self, event: QEvent) -> bool:
        """Pass on what the system sends to be opened."""
        if isinstance(event, QFileOpenEvent) and event.url().isLocalFile():
            self._take([_local_path(event.url())])
            return True
        return super().event(event)

    def give_to(self, take: Callable[[Sequence[str]], None]) -> None:
        """Give what has been sent and what will be to ``take``."""
        self._take = take
        if self._sent:
            take(self._sent)


def _local_path(url: QUrl) -> str:
    try:
        return path_of(bytes(url.toEncoded().data()).decode())
    except ValueError:  # of another machine: where it is opened, it is said not to be there
        return url.toLocalFile()
