"""The menu of recent paths: what each is called, and which of them are no more.

Whether something is there is asked in a thread: a share that is not connected may take a minute
to say so.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from viewer.dicom.regular_files import is_missing
from viewer.session.hop import Hop
from viewer.session.settings import Settings
from viewer.ui.literal import menu_title, tooltip

_LONGEST = 60  # letters of a name, and of a folder


class RecentMenu(QMenu):
    """Offers the paths of ``settings``; calls ``open_paths`` with the one that is chosen."""

    def __init__(
        self, settings: Settings, open_paths: Callable[[Sequence[str]], None], window: QWidget
    ) -> None:
        super().__init__("Open &Recent", window)
        self.setObjectName("menuRecent")
        self.setToolTipsVisible(True)
        self._settings = settings
        self._open = open_paths
        self._entries: dict[str, QAction] = {}
        self._asked: set[str] = set()  # paths of which nothing has been heard yet
        self._hop = Hop(self)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        self._entries = {}
        if not self._settings.remembers_recent():
            self.addAction("Not remembered: see Edit > Settings").setEnabled(False)
            return
        paths = self._settings.recent()
        for path, name in zip(paths, entry_names(paths), strict=True):
            action = self._entries[path] = self.addAction(menu_title(name, 2 * _LONGEST + 10))
            action.setToolTip(tooltip(path))
            action.triggered.connect(lambda _checked=False, path=path: self._open([path]))
        self.addSeparator()
        self.addAction("&Clear", self._settings.clear_recent)
        for path in set(paths) - self._asked:  # a thread each: one that hangs keeps no other back
            self._asked.add(path)
            threading.Thread(target=self._ask, args=(path,), name="recent", daemon=True).start()

    def _ask(self, path: str) -> None:
        missing = is_missing(path)
        self._hop.post(lambda: self._hear(path, missing=missing))

    def _hear(self, path: str, *, missing: bool) -> None:
        self._asked.discard(path)
        if missing and path in self._entries:
            self._entries[path].setEnabled(False)
            self._entries[path].setToolTip(tooltip(f"{path}\nThere is nothing there now."))


def entry_names(paths: Sequence[str]) -> list[str]:
    """Name paths by what they end with; those that end alike, by where they are as well.

    The index of any disc ends alike, whether the others are in the list or not.
    """
    names = [_shortened(os.path.basename(path) or path) for path in paths]
    counts = Counter([*names, "DICOMDIR", "dicomdir"])
    return [
        name if counts[name] == 1 else f"{name}  ({_shortened(os.path.dirname(path))})"
        for name, path in zip(names, paths, strict=True)
    ]


def _shortened(name: str) -> str:
    """Give a name, its middle left out where it is long."""
    if len(name) <= _LONGEST:
        return name
    half = _LONGEST // 2
    return f"{name[: half - 1]}…{name[-half:]}"
