"""The one hop from worker threads to the GUI thread.

Any thread posts a call; one wake signal per batch runs them in the thread that
made the hop. A signal object made in a worker would deliver in the worker.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal


class Hop(QObject):
    """Run calls from any thread in the thread that made this object."""

    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls: deque[Callable[[], None]] = deque()
        self._pending = False
        self._open = True
        self._woken.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Callable[[], None]) -> None:
        """Have ``call`` run soon in this object's thread, in the order of posting."""
        if not self._open:
            return
        self._calls.append(call)
        if not self._pending:
            self._pending = True
            try:
                self._woken.emit()
            except RuntimeError:  # this object is gone, with its window: nobody is to be told
                self.close()

    def close(self) -> None:
        """Drop what waits and take nothing more."""
        self._open = False
        self._calls.clear()

    def _run(self) -> None:
        self._pending = False
        for _ in range(len(self._calls)):
            if not self._calls:  # closed by one of the calls
                return
            call = self._calls.popleft()
            try:
                call()
            # a defect in one call must not keep the others waiting
            except Exception as error:
                sys.excepthook(type(error), error, error.__traceback__)
