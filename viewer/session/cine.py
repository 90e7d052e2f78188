"""Playing a stack: which frame comes next, and when.

A frame that is not decoded yet is waited for: the picture never runs ahead of
what can be shown.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from viewer.dicom.cine import CineRate, cine_rate
from viewer.dicom.stacks import Stack
from viewer.session.workspace import Workspace

SLOWEST, FASTEST = 1, 120  # frames a second


class Cine(QObject):
    """Plays what a workspace shows.

    Signals
    -------
    changed
        It plays or stopped, or the rate is another.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._stack_uid = ""
        self._from_file = CineRate()
        self._by_hand: int | None = None
        self._direction = 1
        self._playing = False
        self._waiting = False  # for a frame that is on its way
        self._due_ms = 0.0  # when the frame on screen was to come; 0 where it has been waited for
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._advance)
        workspace.stackChanged.connect(self._stack_changed)
        workspace.framesChanged.connect(self._go_on)

    @property
    def playing(self) -> bool:
        """Whether the stack is played now."""
        return self._playing

    @property
    def rate(self) -> int:
        """Frames a second, on the whole: set by hand, else as the file says."""
        if self._by_hand is not None:
            return self._by_hand
        intervals = self._from_file.intervals_ms
        return _within_reason(1000 * len(intervals) / sum(intervals))

    @property
    def source(self) -> str:
        """The keyword of the attribute that says the rate; "" where none does."""
        return self._from_file.source if self._by_hand is None else ""

    def set_rate(self, rate: float) -> None:
        """Play this stack at ``rate`` frames a second."""
        self._by_hand = _within_reason(rate)
        self.changed.emit()

    def toggle(self) -> None:
        """Play, or stop."""
        if self._playing:
            self.stop()
        elif self._stack() is not None:
            self._playing = True
            self._advance()
            self.changed.emit()

    def stop(self) -> None:
        """Stop at the frame on screen."""
        self._playing = self._waiting = False
        self._due_ms = 0.0
        self._timer.stop()
        self.changed.emit()

    def _stack(self) -> Stack | None:
        stack = self._workspace.viewport.stack
        return stack if stack is not None and len(stack) > 1 else None

    def _advance(self) -> None:
        stack = self._stack()
        if stack is None or not self._playing:
            return
        index = self._next(len(stack))
        self._workspace.go_to(index)
        self._waiting = True
        self._go_on()
        if self._waiting:
            self._due_ms = 0.0

    def _go_on(self) -> None:
        """Count the time of the frame on screen from when it is there, or was to be there."""
        stack, index = self._stack(), self._workspace.viewport.index
        if self._waiting and stack is not None and self._workspace.cache.get(stack, index):
            self._waiting = False
            now_ms, interval_ms = time.monotonic() * 1000, self._interval_ms(index)
            # so that the work of showing frames does not slow them; a pause is not made up for
            in_time = now_ms - self._due_ms < interval_ms
            self._due_ms = (self._due_ms if in_time else now_ms) + interval_ms
            self._timer.start(round(self._due_ms - now_ms))

    def _next(self, count: int) -> int:
        index = self._workspace.viewport.index + self._direction
        if 0 <= index < count:
            return index
        if not self._from_file.to_and_fro:
            return index % count
        self._direction = -self._direction
        return index + 2 * self._direction

    def _interval_ms(self, index: int) -> float:
        if self._by_hand is not None:
            return 1000 / self._by_hand
        intervals = self._from_file.intervals_ms
        usual = sum(intervals) / len(intervals)
        interval = intervals[index] if index < len(intervals) else usual
        return min(max(interval, 1000 / FASTEST), 1000 / SLOWEST)

    def _stack_changed(self) -> None:
        stack = self._workspace.viewport.stack
        uid = stack.uid if stack is not None else ""
        if uid == self._stack_uid:
            return
        self._stack_uid = uid
        self._by_hand = None
        self._direction = 1
        self._from_file = cine_rate(stack.header(0)) if stack and len(stack) else CineRate()
        self.stop()


def _within_reason(rate: float) -> int:
    return round(min(max(rate, SLOWEST), FASTEST))
