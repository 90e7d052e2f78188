"""Reduced pictures of frames whose whole ones take long: asked of children, and kept a while.

The latest few are kept, beside the budget for frames, of which they take next
to nothing. When one is asked for is chosen by `decode_service`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from viewer.dicom.errors import NegatoError
from viewer.dicom.stacks import FrameKey, Stack
from viewer.imaging.frame import FrameDescription
from viewer.workers.child_pool import ChildPool

_KEPT = 12  # of 2 or 3 MB, so that a step or two back are seen at once

Preview = tuple[np.ndarray[Any, np.dtype[Any]], FrameDescription]
"""Pixels of a smaller size, and the whole frame's description."""


class Reduction(NamedTuple):
    """A frame to be read reduced."""

    stack: Stack
    frame: int
    urgent: bool = False


class Previews:
    """Reduced pictures by frame. Any thread may call it.

    Parameters
    ----------
    pool : ChildPool
        Reads them.
    tell : callable
        Called with stack uid and index, in a worker's thread, once one is there.
    """

    def __init__(self, pool: ChildPool, tell: Callable[[str, int], None]) -> None:
        self._pool = pool
        self._tell = tell
        self._lock = threading.Lock()
        self._known: OrderedDict[FrameKey, Preview | None] = OrderedDict()  # None: there is none
        self._coming: set[FrameKey] = set()

    def get(self, key: FrameKey) -> Preview | None:
        """Give the reduced picture of a frame, where there is one."""
        with self._lock:
            return self._known.get(key)

    def knows(self, key: FrameKey) -> bool:
        """Tell whether one was asked for, whatever came of it."""
        with self._lock:
            return key in self._coming or key in self._known

    def is_coming(self, key: FrameKey) -> bool:
        """Tell whether one is on its way."""
        with self._lock:
            return key in self._coming

    def expect(self, reduction: Reduction) -> None:
        """Note that one will be asked for at once."""
        with self._lock:
            self._coming.add(reduction.stack.key(reduction.frame))

    def ask(self, reduction: Reduction, on_end: Callable[[], None]) -> None:
        """Have a child read one; ``on_end`` is called when it has, or cannot."""
        key, limits = reduction.stack.key(reduction.frame), self._pool.limits
        known = reduction.stack.header(reduction.frame)
        self._pool.submit(
            "reduce",
            (key.path, key.index, limits, known),
            timeout_s=limits.decode_seconds,
            on_done=lambda result: self._receive(reduction, result, on_end),
            urgent=reduction.urgent,
        )

    def clear(self) -> None:
        """Let all go, and what is still coming."""
        with self._lock:
            self._known.clear()
            self._coming.clear()

    def _receive(
        self,
        reduction: Reduction,
        result: Preview | NegatoError | None,
        on_end: Callable[[], None],
    ) -> None:
        """Keep one; why there is none is said by the whole frame, which is decoded next."""
        key = reduction.stack.key(reduction.frame)
        preview = result if isinstance(result, tuple) else None
        with self._lock:
            is_wanted = key in self._coming
            if is_wanted:
                self._coming.discard(key)
                self._known[key] = preview
                self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        if is_wanted and preview is not None:
            self._tell(reduction.stack.uid, reduction.frame)
        on_end()
