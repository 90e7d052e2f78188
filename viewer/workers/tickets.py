"""A task that waits for a child, or is with one. Who gets it, and when, is left to `child_pool`."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable

from viewer.workers.decode_child import Request
from viewer.workers.given_up import work_of


class Ticket:
    """A submitted task. It can be cancelled until a child has it."""

    def __init__(
        self,
        request: Request,
        timeout_s: float,
        on_done: Callable[..., None],
        lock: threading.Lock,
        *,
        urgent: bool = False,
    ) -> None:
        self.request = request
        self.work = work_of(request)
        self.message = pickle.dumps(request)  # here, so that a fault is the caller's
        self.urgent = urgent
        self.timeout_s = timeout_s
        self.on_done = on_done
        self._lock = lock
        self._started = False
        self._cancelled = False

    @property
    def path(self) -> str:
        """The file it is about; empty where there is none, or several."""
        return next((given for given in self.request.args if isinstance(given, str)), "")

    def cancel(self) -> bool:
        """Drop the task; say whether that came in time (``on_done`` is not called then)."""
        with self._lock:
            if not self._started:
                self._cancelled = True
            return self._cancelled

    def take(self) -> bool:
        """Mark it started, with the pool's lock held; False if it was cancelled before."""
        self._started = not self._cancelled
        return self._started
