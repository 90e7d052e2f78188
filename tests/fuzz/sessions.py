"""The window itself, offscreen: folders of mutants opened, looked at and closed, in one process."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from random import Random
from types import TracebackType
from typing import Any

from tests.fuzz.findings import Finding, of_exception
from tests.fuzz.watching import defects_told

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_LOAD_MS, _REST_MS = 20_000, 30
_USUAL_MESSAGE = "This plugin does not support propagateSizeHints"


class Sessions:
    """One window that is used again and again; what is raised in its slots is caught here."""

    def __init__(self, folder: str) -> None:
        from PySide6.QtCore import QSettings, qInstallMessageHandler
        from PySide6.QtWidgets import QApplication, QDockWidget

        from viewer.session.settings import Settings
        from viewer.ui.main_window import MainWindow

        self._application = QApplication.instance() or QApplication([])
        self._raised: list[BaseException] = []
        self._hooks = sys.excepthook, threading.excepthook
        sys.excepthook = self._keep
        threading.excepthook = lambda failure: self._keep(None, failure.exc_value, None)
        qInstallMessageHandler(self._keep_message)
        store = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
        self._window = MainWindow(Settings(store))
        self._window.resize(900, 700)
        self._window.show()
        for dock in self._window.findChildren(QDockWidget):
            dock.show()  # tags and explanations too, which are hidden at first

    def run(self, folder: str, random: Random) -> list[Finding]:
        """Open a folder, do what people do, and close it."""
        with defects_told() as told:
            self._look_at(folder, random)
        found = [of_exception(error, "window") for error in (*self._raised, *told)]
        self._raised.clear()
        return found

    def _look_at(self, folder: str, random: Random) -> None:
        space = self._window.workspace
        space.open([folder])
        if random.random() < 0.2:  # changed one's mind
            self._rest(random.randrange(200))
        else:
            self._wait(lambda: space.document is None or not space.document.progress.running)
            stacks = space.document.stacks() if space.document is not None else []
            for stack in random.sample(stacks, min(len(stacks), 12)):
                space.show(stack, random.randrange(max(len(stack), 1)))
                self._rest(_REST_MS)
                self._fumble(folder, random)
        self._rest(_REST_MS)
        space.close_all()
        self._rest(_REST_MS)

    def close(self) -> None:
        """Close the window."""
        self._window.close()
        self._window.deleteLater()
        from PySide6.QtCore import qInstallMessageHandler

        self._rest(_REST_MS)
        qInstallMessageHandler(None)
        sys.excepthook, threading.excepthook = self._hooks

    def _fumble(self, folder: str, random: Random) -> None:
        space = self._window.workspace
        for _time in range(random.randrange(4)):
            action: Callable[[], Any] = random.choice(
                (
                    lambda: space.step(random.choice((-1, 1, 5))),
                    lambda: space.set_window(random.uniform(-500, 500), random.uniform(1, 3000)),
                    lambda: space.choose_voi(None),
                    lambda: space.step_stack(random.choice((-1, 1))),
                    lambda: space.turn(space.viewport.appearance.turn.flipped()),
                    lambda: [space.apply_state(state) for state in space.states()[:1]],
                    space.reset_appearance,
                    lambda: _harm(folder, random),
                )
            )
            action()
            self._rest(_REST_MS // 2)

    def _rest(self, milliseconds: int) -> None:
        """Let the window work for some time."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def _wait(self, ended: Callable[[], bool]) -> None:
        for _time in range(_LOAD_MS // _REST_MS):
            if ended():
                return
            self._rest(_REST_MS)
        self._raised.append(TimeoutError("the scan of a folder of small files did not end"))

    def _keep(self, _kind: Any, error: BaseException | None, _trace: TracebackType | None) -> None:
        if error is not None:
            self._raised.append(error)

    def _keep_message(self, _kind: object, _context: object, text: str) -> None:
        if _USUAL_MESSAGE not in text:
            self._raised.append(RuntimeError(f"Qt says: {text}"))


def _harm(folder: str, random: Random) -> None:
    """Cut, empty, replace or remove a file that is open."""
    path = f"{folder}/{random.choice(sorted(os.listdir(folder)))}"
    harm = random.randrange(4)
    if harm == 0 and len(os.listdir(folder)) > 1:
        os.unlink(path)
    elif harm == 1:
        os.truncate(path, random.randrange(os.path.getsize(path) + 1))
    else:
        with open(path, "r+b") as file:
            file.seek(random.randrange(os.path.getsize(path) + 1))
            file.write(random.randbytes(64))
