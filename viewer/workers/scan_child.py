"""The child's half of a scan: headers leave in batches, small at first.

The first item leaves at once, so that the first image can be shown while the
rest is still being found. A thread sends them: the parent, busy with what it
has, must not keep the next files from being read.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from importlib import import_module
from typing import Any

from viewer.dicom.limits import Limits

_LARGEST_BATCH = 256
_BATCH_S = 0.05
_MOST_PARTS = 64  # that wait to be sent: some 16,000 headers


def scan_batches(
    send: Callable[[object], None],
    scanner: str,
    paths: tuple[str, ...],
    limits: Limits,
    skip_paths: frozenset[str],
    *options: object,
) -> None:
    """Run a scan and send lists of its items; a bare path names the file that may take long.

    Parameters
    ----------
    scanner : str
        "module:function" with the signature of `viewer.dicom.scanning.scan`.
    options
        What it takes beyond that.
    """
    module, _, name = scanner.partition(":")
    with _Sender(send) as sender:
        batcher = _Batcher(sender)
        scan = getattr(import_module(module), name)
        for item in scan(paths, limits, skip_paths, batcher.slow, *options):
            batcher.add(item)
        batcher.flush()


class _Batcher:
    def __init__(self, sender: _Sender) -> None:
        self._sender = sender
        self._items: list[Any] = []
        self._full = 1
        self._sent_at = time.monotonic()
        self._in_slow = False

    def add(self, item: object) -> None:
        self._items.append(item)
        late = time.monotonic() - self._sent_at > _BATCH_S
        if self._in_slow or late or len(self._items) >= self._full:
            self._full = min(self._full * 2, _LARGEST_BATCH)
            self.flush()

    def slow(self, path: str) -> None:
        # all before it leaves first: should this file end the child, nothing else is lost
        self.flush()
        self._sender.post(path)
        self._sender.wait_until_sent()
        self._in_slow = True

    def flush(self) -> None:
        if self._items:
            self._sender.post(self._items)
        self._items = []
        self._sent_at = time.monotonic()
        self._in_slow = False


class _Sender:
    """Sends in a thread, in order, no more than some way behind; a failure to send shows here."""

    def __init__(self, send: Callable[[object], None]) -> None:
        self._send = send
        self._changed = threading.Condition()
        self._parts: deque[object] = deque()
        self._sending = True  # until the thread waits for the first part
        self._ended = False
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="scan-sender", daemon=True)

    def __enter__(self) -> _Sender:
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join()
        if kind is None and self._failure is not None:
            raise self._failure

    def post(self, part: object) -> None:
        """Have ``part`` sent soon."""
        with self._changed:
            self._wait_for(lambda: len(self._parts) < _MOST_PARTS)
            self._parts.append(part)
            self._changed.notify_all()

    def wait_until_sent(self) -> None:
        """Wait until all that was posted has left."""
        with self._changed:
            self._wait_for(lambda: not self._parts and not self._sending)

    def _wait_for(self, ready: Callable[[], bool]) -> None:
        self._changed.wait_for(lambda: self._failure is not None or ready())
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while (part := self._next()) is not None:
            try:
                self._send(part)
            except Exception as error:  # whatever it is: it is raised where the scan runs
                with self._changed:
                    self._failure = error
                    self._changed.notify_all()
                return

    def _next(self) -> object | None:
        with self._changed:
            self._sending = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: bool(self._parts) or self._ended)
            self._sending = bool(self._parts)
            part = self._parts.popleft() if self._parts else None
            self._changed.notify_all()
            return part
