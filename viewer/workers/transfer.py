"""How one result travels from a child to its parent: a message, and big arrays beside it.

Arrays of `BESIDE_BYTES` or more do not go through the pipe but through a
scratch file without a name, which parent and child both hold open. It is read
and written, never mapped: a child that shrinks it can do no harm, and it is
gone with the last process that holds it. Where the system has no such file,
everything goes through the pipe.
"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

BESIDE_BYTES = 1 << 16
_KEPT_SCRATCH_BYTES = 64 << 20  # pages kept for the next result; more is given back at once
NO_SCRATCH = -1


class Parcel(NamedTuple):
    """A pickled result; ``sizes`` are the bytes of each array beside it, in order."""

    pickled: bytes
    sizes: tuple[int, ...]


def open_scratch() -> int:
    """Open a nameless scratch file; `NO_SCRATCH` where the system has none."""
    if sys.platform == "win32" or not hasattr(os, "preadv"):
        return NO_SCRATCH
    if sys.platform == "linux":
        return os.memfd_create("negato", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def pack(value: object, scratch: int) -> Parcel:
    """Pickle ``value``, its big arrays into ``scratch`` from its beginning on."""
    if scratch == NO_SCRATCH:
        return Parcel(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), ())
    beside: list[memoryview] = []

    def keep_within(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if raw.nbytes < BESIDE_BYTES:
            return True
        beside.append(raw)
        return False

    pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL, buffer_callback=keep_within)
    offset = 0
    for raw in beside:
        done = 0
        while done < raw.nbytes:
            done += os.pwrite(scratch, raw[done:], offset + done)
        offset += raw.nbytes
    return Parcel(pickled, tuple(raw.nbytes for raw in beside))


def unpack(parcel: Parcel, scratch: int) -> object:
    """Give the value back; its arrays own their memory and may be kept.

    Raises
    ------
    EOFError
        If the scratch file holds less than the parcel says.
    """
    # not before: the first child is started ahead of all that takes long to load
    import numpy as np

    arrays: list[np.ndarray] = []
    offset = 0
    for size in parcel.sizes:
        array = np.empty(size, np.uint8)
        view = array.data
        done = 0
        while done < size:
            count = os.preadv(scratch, [view[done:]], offset + done)
            if not count:
                raise EOFError
            done += count
        arrays.append(array)
        offset += size
    if offset > _KEPT_SCRATCH_BYTES:
        os.ftruncate(scratch, 0)
    return pickle.loads(parcel.pickled, buffers=arrays)
