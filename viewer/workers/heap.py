"""The memory that the C library keeps for later, in the window's process; where that is glibc.

Each thread gets a heap of its own there, of which a free end is never given back: after 200 series
the window kept 40 MB more than with one heap for all, and still grew.
"""

from __future__ import annotations

import ctypes
import sys

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h


def share_one_heap() -> None:
    """Have all threads that are started from now on share one heap."""
    _call("mallopt", _ARENA_MAX, 1)


def give_back() -> None:
    """Give back to the system what is kept for later."""
    _call("malloc_trim", 0)


def _call(name: str, *numbers: int) -> None:
    if sys.platform == "linux":
        function = getattr(ctypes.CDLL(None), name, None)  # other C libraries have none
        if function is not None:
            function(*numbers)
