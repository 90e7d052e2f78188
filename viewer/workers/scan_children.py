"""Child processes kept ready for scans: the start of one costs more than most scans.

A child that has ended its scan serves the next one; one that was lost or
killed is replaced while nobody waits. Several scans may run at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.workers.child_process import START_SECONDS, ChildProcess

SCANNER_MODULE = "viewer.dicom.scanning"
_AT_ONCE = 2  # scans; the next one waits for a child of theirs, as most are soon done
_PATIENCE_S = 0.5  # but not for large folders
_MOST = 6
_TURN_S = 0.1  # how soon a cancelled wait ends


class ScanChildren:
    """Gives children to scans, each to one at a time, and takes them back.

    The children are started in a thread of its own, which lives as long as
    they may: see `ChildProcess`.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._changed = threading.Condition()
        self._idle: list[ChildProcess] = []
        self._given = 0  # to scans that run
        self._waiting = 0  # scans
        self._failures = 0
        self._wanted = True
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="scan-children", daemon=True)

    def start(self) -> None:
        """Begin to start the first child, without waiting for it."""
        self._thread.start()

    def set_limits(self, limits: Limits) -> None:
        """Start the next children under other limits; an idle one of the old serves no more."""
        with self._changed:
            self._limits = limits

    def take(self, cancelled: Callable[[], bool] = lambda: False) -> ChildProcess | None:
        """Give a child that is ready, or wait for one; None where none can be started."""
        with self._changed:
            self._waiting += 1
            child = self._wait_for_child(cancelled)
            self._waiting -= 1
            self._given += child is not None
            return child

    def give_back(self, child: ChildProcess) -> None:
        """Keep a child that has ended its scan for the next one."""
        with self._changed:
            self._given -= 1
            kept = len(self._idle) <= self._waiting and not self._closed
            if kept:
                self._idle.append(child)
                self._changed.notify_all()
        if not kept:
            child.kill()

    def prepare(self) -> None:
        """Have a child started in the place of one that was given, and lost."""
        with self._changed:
            self._given -= 1
            self._wanted = not self._idle
            self._changed.notify_all()

    def close(self) -> None:
        """End the children that are idle; those given to scans are theirs to end."""
        with self._changed:
            self._closed = True
            self._wanted = False
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def _wait_for_child(self, cancelled: Callable[[], bool]) -> ChildProcess | None:
        failures, patient_until, deadline = self._failures, time.monotonic() + _PATIENCE_S, 0.0
        while not (self._closed or cancelled() or self._failures > failures):
            while self._idle:
                child = self._idle.pop()
                if child.serves(self._limits):
                    return child
                child.kill()
            now = time.monotonic()
            if self._given < (_AT_ONCE if now < patient_until else _MOST):
                deadline = deadline or now + START_SECONDS
                if now > deadline:
                    break
                self._wanted = True
                self._changed.notify_all()
            self._changed.wait(_TURN_S)
        return None

    def _run(self) -> None:
        while self._wait_until_wanted():
            with self._changed:
                limits = self._limits
            try:
                child: ChildProcess | None = ChildProcess(limits, (SCANNER_MODULE,))
            except OSError:
                child = None
            with self._changed:
                self._wanted = False
                if child is None:
                    self._failures += 1
                else:
                    self._idle.append(child)
                self._changed.notify_all()
        with self._changed:
            left, self._idle = self._idle, []
        for child in left:
            child.kill()

    def _wait_until_wanted(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or (self._wanted and not self._idle))
            return not self._closed
