"""Opens in the window what the system or another start of Negato asks for, all that comes at once.

A file manager may start Negato once for each of the chosen files, and macOS sends an event each.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

_GATHER_MS = 50


class Opener(QObject):
    """Opens paths with ``open_paths``, and has ``window`` come to the front."""

    def __init__(self, window: QWidget, open_paths: Callable[[Sequence[str]], None]) -> None:
        super().__init__(window)
        self._window = window
        self._open = open_paths
        self._paths: list[str] = []
        self._gathered = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gathered.timeout.connect(self._open_gathered)

    def take(self, paths: Sequence[str], token: str = "") -> None:
        """Come to the front, and open the paths soon; ``token`` is the desktop's leave to do so."""
        if paths:
            self._paths += paths
            self._gathered.start()
        if token:  # Qt hands it to the compositor with the next activation, and forgets it
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()

    def _open_gathered(self) -> None:
        paths, self._paths = list(dict.fromkeys(self._paths)), []
        self._open(paths)
