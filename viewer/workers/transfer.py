"""How one result travels from a child to its parent: a message, and big arrays beside it.

Arrays of `BESIDE_BYTES` or more do not go through the pipe but through a
scratch file without a name, which parent and child both hold open. It is read
and written, never mapped: a child that shrinks it can do no harm, and it is
gone with the last process that holds it. Where the system has no such file,
everything goes through the pipe.

The pixels of many small frames lie beside the message in the same way, but as
`Beside` values, for the parent to read to where they belong. Three results of
this kind may be under way at a time, in turn in as many regions of the file: one
that the parent reads, one in the pipe, and one that the child works on.
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
_REGIONS = 3  # besides that of `pack`, where the file begins
_REGION_BYTES = 1 << 32  # no result is as large, and what is not written takes no memory
NO_SCRATCH = -1


class Parcel(NamedTuple):
    """A pickled result; ``sizes`` are the bytes of each array beside it, in order."""

    pickled: bytes
    sizes: tuple[int, ...]


class Beside(NamedTuple):
    """Pixels in the scratch file."""

    offset: int
    size: int


class BesideWriter:
    """Writes pixels into the scratch file, in a child: one after the other, result by result."""

    def __init__(self, scratch: int) -> None:
        self._scratch = scratch
        self._results = 0
        self._end = 0

    def begin(self) -> None:
        """Begin a result; that of `_REGIONS` before has been read by now."""
        self._results += 1
        self._end = _REGION_BYTES * (1 + self._results % _REGIONS)

    def write(self, pixels: np.ndarray) -> np.ndarray | Beside:
        """Write pixels and say where; where there is no such file, give them back."""
        if self._scratch == NO_SCRATCH:
            return pixels
        raw = pixels.data.cast("B")
        _write(self._scratch, raw, self._end)
        self._end += raw.nbytes
        return Beside(self._end - raw.nbytes, raw.nbytes)


def read_beside(scratch: int, beside: Beside, target: np.ndarray) -> None:
    """Read pixels to where they belong.

    Raises
    ------
    EOFError
        If the scratch file holds less, or ``target`` is of another size.
    """
    view = target.data.cast("B")
    if beside.size != view.nbytes:
        raise EOFError
    _read(scratch, view, beside.offset)


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
        _write(scratch, raw, offset)
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
        _read(scratch, array.data, offset)
        arrays.append(array)
        offset += size
    if offset > _KEPT_SCRATCH_BYTES:
        os.ftruncate(scratch, 0)
    return pickle.loads(parcel.pickled, buffers=arrays)


def _write(scratch: int, raw: memoryview, offset: int) -> None:
    done = 0
    while done < raw.nbytes:
        done += os.pwrite(scratch, raw[done:], offset + done)


def _read(scratch: int, view: memoryview, offset: int) -> None:
    done = 0
    while done < view.nbytes:
        count = os.preadv(scratch, [view[done:]], offset + done)
        if not count:
            raise EOFError
        done += count
