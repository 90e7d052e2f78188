"""The child's half of a scan: headers leave in batches, small at first.

The first item leaves at once, so that the first image can be shown while the
rest is still being found.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from viewer.dicom.limits import Limits

_LARGEST_BATCH = 256
_BATCH_S = 0.05


def scan_batches(
    send: Callable[[object], None],
    scanner: str,
    paths: tuple[str, ...],
    limits: Limits,
    skip_paths: frozenset[str],
) -> None:
    """Run a scan and send lists of its items; a bare path names the file that may take long.

    Parameters
    ----------
    scanner : str
        "module:function" with the signature of `viewer.dicom.scanning.scan`.
    """
    module, _, name = scanner.partition(":")
    batcher = _Batcher(send)
    for item in getattr(import_module(module), name)(paths, limits, skip_paths, batcher.slow):
        batcher.add(item)
    batcher.flush()


class _Batcher:
    def __init__(self, send: Callable[[object], None]) -> None:
        self._send = send
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
        self._send(path)
        self._in_slow = True

    def flush(self) -> None:
        if self._items:
            self._send(self._items)
        self._items = []
        self._sent_at = time.monotonic()
        self._in_slow = False
