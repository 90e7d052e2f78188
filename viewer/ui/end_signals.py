"""Signals that ask the process to end, as `kill` or the end of a session sends: a way to quit.

Ctrl+C is no such: it ends the process at once, also where the window hangs.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication


def quit_on_signals(app: QApplication) -> None:
    """Have SIGTERM and SIGHUP close all windows of ``app``; the second one ends it at once.

    Python runs nothing of its own while Qt waits for events: the signal writes to a pipe, and that
    wakes Qt.
    """
    if sys.platform == "win32":  # which has no such signals
        return
    # as `nohup` has it, one that is ignored stays so
    numbers = [
        number
        for number in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    notifier = QSocketNotifier(reading, QSocketNotifier.Type.Read, app)

    def end() -> None:
        notifier.setEnabled(False)
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
        app.quit()

    notifier.activated.connect(end)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in numbers:
        signal.signal(number, _noted)


def _noted(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: the pipe has it."""
