"""Memory that children write frames into and that the window sees as an array.

A nameless file in memory, whose handle goes to a child with each request. The
child writes to it and never maps it, so that a codec that runs wild cannot
touch the frames of others. It is sealed: nobody can shrink it under the eyes
of the window, and it is gone with the last process that holds it. Linux has
this; elsewhere results come through `transfer`.
"""

from __future__ import annotations

import mmap
import os
import sys
import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


class SharedBlock:
    """One array (n, rows, columns) of untouched pages, and the ``handle`` of its memory.

    Raises
    ------
    OSError
        If the system has no such memory, or no more of it.
    """

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        # not before: the first child is started ahead of all that takes long to load
        import numpy as np

        if sys.platform != "linux":
            raise OSError("no sealed shared memory on this system")
        import fcntl

        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        self.handle = os.memfd_create("negato-frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        weakref.finalize(self, os.close, self.handle)
        os.ftruncate(self.handle, size)
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(self.handle, fcntl.F_ADD_SEALS, seals)
        self.pixels = np.frombuffer(mmap.mmap(self.handle, size), dtype).reshape(shape)

    def offset(self, place: int) -> int:
        """Give where frame ``place`` begins, in bytes."""
        return place * int(self.pixels.strides[0])


def write_frame(handle: int, pixels: np.ndarray[Any, Any], offset: int) -> None:
    """Write a frame into the memory behind ``handle``, in a child.

    Raises
    ------
    MemoryError
        If the system has no room for it.
    """
    raw = pixels.data.cast("B")
    done = 0
    try:
        while done < len(raw):
            done += os.pwrite(handle, raw[done:], offset + done)
    except OSError as error:
        raise MemoryError from error
