"""The menu of recent paths: what each is called, and which of them are no more.

Whether something is there is asked in a thread: a share that is not connected may take a minute
to say so.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from viewer.dicom.regular_files import is_missing
from viewer.session.settings import Settings
from viewer.ui.literal import menu_title, tooltip

_LONGEST_FOLDER = 60


class RecentMenu(QMenu):
    """Offers the paths of ``settings``; calls ``open_paths`` with the one that is chosen."""

    _answered = Signal(int, object)  # of which showing, a path at which there is nothing

    def __init__(
        self, settings: Settings, open_paths: Callable[[Sequence[str]], None], window: QWidget
    ) -> None:
        super().__init__("Open &Recent", window)
        self.setObjectName("menuRecent")
        self.setToolTipsVisible(True)
        self._settings = settings
        self._open = open_paths
        self._entries: dict[str, QAction] = {}
        self._showing = 0
        self._answered.connect(self._grey)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        self._entries = {}
        self._showing += 1
        if not self._settings.remembers_recent():
            self.addAction("Not remembered: see Edit > Settings").setEnabled(False)
            return
        paths = self._settings.recent()
        for path, name in zip(paths, entry_names(paths), strict=True):
            action = self._entries[path] = self.addAction(menu_title(name, 2 * _LONGEST_FOLDER))
            action.setToolTip(tooltip(path))
            action.triggered.connect(lambda _checked=False, path=path: self._open([path]))
        self.addSeparator()
        self.addAction("&Clear", self._settings.clear_recent)
        for path in paths:  # a thread each: one that hangs keeps no other answer back
            ask = threading.Thread(
                target=self._ask, args=(self._showing, path), name="recent", daemon=True
            )
            ask.start()

    def _ask(self, showing: int, path: str) -> None:
        if is_missing(path):
            try:
                self._answered.emit(showing, path)
            except RuntimeError:  # the window has been closed meanwhile
                return

    def _grey(self, showing: int, path: str) -> None:
        if showing == self._showing and path in self._entries:
            self._entries[path].setEnabled(False)


def entry_names(paths: Sequence[str]) -> list[str]:
    """Name paths by what they end with; those that end alike, by where they are as well."""
    names = [os.path.basename(path) or path for path in paths]
    counts = Counter(names)
    return [
        name if counts[name] == 1 else f"{name}  ({_shortened(os.path.dirname(path))})"
        for name, path in zip(names, paths, strict=True)
    ]


def _shortened(folder: str) -> str:
    """Give a folder, its middle left out where it is long."""
    if len(folder) <= _LONGEST_FOLDER:
        return folder
    half = _LONGEST_FOLDER // 2
    return f"{folder[: half - 1]}…{folder[-half:]}"
