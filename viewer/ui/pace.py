"""Panels that follow the picture at their own pace, so that the picture never waits for them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_LATEST_MS = 40  # the eye takes it for "with the picture"


class Pace(QObject):
    """Does something soon after it is asked for, once for all that ask in between.

    Parameters
    ----------
    action : callable
        What to do; it must look up what it needs when it is called.
    parent : QObject
        With its end nothing more is done.
    """

    def __init__(self, action: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, interval=_LATEST_MS)
        self._timer.timeout.connect(action)

    def ask(self) -> None:
        """Have it done within 40 ms, however often this is called."""
        if not self._timer.isActive():
            self._timer.start()
