"""A question that a thread of its own answers: the file system may take long to say anything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from viewer.session.hop import Hop

Answer = TypeVar("Answer")


class Aside(QObject):
    """Asks one thing at a time; of several, the latest alone is answered.

    A thread is not waited for: one that hangs on a lost medium keeps nobody.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._hop = Hop(self)
        self._latest = 0

    def ask(self, work: Callable[[], Answer], tell: Callable[[Answer], None]) -> None:
        """Have ``work`` done in another thread, and its result told in this one."""
        self._latest += 1
        number = self._latest

        def answer() -> None:
            found = work()
            self._hop.post(lambda: tell(found) if number == self._latest else None)

        threading.Thread(target=answer, name="aside", daemon=True).start()

    def forget(self) -> None:
        """Tell nothing of what was asked so far."""
        self._latest += 1

    def close(self) -> None:
        """Tell nothing more."""
        self._latest += 1
        self._hop.close()
