"""The application, and what the system asks it to open: on macOS, a double-click comes as an event.

It may come before there is a window; what it names is kept until then. Where a start is told by its
command line what to open, no such event comes. The window opens what it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QWidget

from viewer.file_urls import path_of

_GATHER_MS = 50  # several files that are opened at once come as an event each


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
        self._window: QWidget | None = None
        self._open: Callable[[Sequence[str]], None] | None = None
        self._gathered = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gathered.timeout.connect(self._open_sent)

    def event(self, event: QEvent) -> bool:
        """Keep what the system sends to be opened."""
        if isinstance(event, QFileOpenEvent) and event.url().isLocalFile():
            self._sent.append(_local_path(event.url()))
            self._gathered.start()
            return True
        return super().event(event)

    def open_in(self, window: QWidget, open_paths: Callable[[Sequence[str]], None]) -> None:
        """Open in ``window``, with ``open_paths``, what has been sent and what will be."""
        self._window, self._open = window, open_paths
        self._gathered.start()

    def _open_sent(self) -> None:
        if self._window is None or self._open is None or not self._sent:
            return
        paths, self._sent = list(dict.fromkeys(self._sent)), []
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._open(paths)


def _local_path(url: QUrl) -> str:
    try:
        return path_of(bytes(url.toEncoded().data()).decode())
    except ValueError:  # of another machine: where it is opened, it is said not to be there
        return url.toLocalFile()
