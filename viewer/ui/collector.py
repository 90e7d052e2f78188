"""When garbage is collected, in the window's thread and bit by bit, and when memory goes back.

Left to itself the collector runs in whichever thread makes an object at that
moment, and holds up all of them until it has looked at everything there is: 50
to 75 ms for a folder of 500 slices. In a worker's thread it might end objects
of Qt, which belong to the window's. The C library, on Linux, keeps what it was
given back of large pictures for the next ones; with nothing open there are none.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

from viewer.workers.heap import give_back

_PERIOD_MS = 200
_WORTHWHILE = 700  # new objects; the threshold that Python itself has
_IDLE_MS = 1000  # with nothing open, before memory goes back to the system


class Collector(QObject):
    """Collects what is young now and then; all that is left where `collect_all` is called."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # what is there now stays: no collection need look at it again
        self._timer = QTimer(self, interval=_PERIOD_MS)
        self._timer.timeout.connect(self._collect_young)
        self._timer.start()
        self._idle = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._idle.timeout.connect(give_back)

    def collect_all(self, *, nothing_open: bool = False) -> None:
        """Collect everything; for moments when much was let go, and little is there."""
        QTimer.singleShot(0, self, gc.collect)  # after what is to be deleted later
        if nothing_open:
            self._idle.start()
        else:
            self._idle.stop()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        self._idle.stop()
        gc.unfreeze()
        gc.enable()

    def _collect_young(self) -> None:
        if gc.get_count()[0] > _WORTHWHILE:
            gc.collect(1)
