"""One child process kept ready for the next scan: its start costs more than most scans.

A child that has ended its scan serves the next one; one that was lost or
killed is replaced while nobody waits.
"""

from __future__ import annotations

import threading

from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.workers.child_process import START_SECONDS, ChildProcess

SCANNER_MODULE = "viewer.dicom.scanning"


class ScanChildren:
    """Gives children to scans, one at a time, and takes them back.

    The children are started in a thread of its own, which lives as long as
    they may: see `ChildProcess`.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._changed = threading.Condition()
        self._idle: ChildProcess | None = None
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

    def take(self) -> ChildProcess | None:
        """Give the child that is ready, or wait for one; None where none can be started."""
        with self._changed:
            if self._idle is not None and not self._idle.serves(self._limits):
                self._idle.kill()
                self._idle = None
            if self._idle is None and not self._closed:
                self._wanted = True
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._idle or not self._wanted, START_SECONDS)
            child, self._idle = self._idle, None
            return child

    def give_back(self, child: ChildProcess) -> None:
        """Keep a child that has ended its scan for the next one."""
        with self._changed:
            kept = self._idle is None and not self._closed
            if kept:
                self._idle = child
        if not kept:
            child.kill()

    def prepare(self) -> None:
        """Have a child started in the place of one that was lost."""
        with self._changed:
            self._wanted = self._idle is None
            self._changed.notify_all()

    def close(self) -> None:
        """End the child that is idle; those given to scans are theirs to end."""
        with self._changed:
            self._closed = True
            self._wanted = False
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._wait_until_wanted():
            with self._changed:
                limits = self._limits
            try:
                child: ChildProcess | None = ChildProcess(limits, (SCANNER_MODULE,))
            except OSError:
                child = None
            with self._changed:
                self._idle, self._wanted = child, False
                self._changed.notify_all()
        with self._changed:
            child, self._idle = self._idle, None
        if child is not None:
            child.kill()

    def _wait_until_wanted(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or (self._wanted and self._idle is None))
            return not self._closed
