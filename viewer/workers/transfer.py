"""How one result travels from a child to its parent: a message, and big arrays beside it.

A message is bytes, bounded and read without waiting (`MessageReader`): a child
may send half of one, one without end, or none. What its pickle may hold is
`replies`' matter.

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
import select
import struct
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from viewer.dicom.limits import Limits
from viewer.workers.replies import dump, load

if sys.platform == "win32":
    from multiprocessing.connection import PipeConnection

    PipeEnd = PipeConnection
else:
    from multiprocessing.connection import Connection

    PipeEnd = Connection

if TYPE_CHECKING:
    import pickle

    import numpy as np

BESIDE_BYTES = 1 << 16
_KEPT_SCRATCH_BYTES = 64 << 20  # pages kept for the next result; more is given back at once
_REGIONS = 3  # besides that of `pack`, where the file begins
_REGION_BYTES = 1 << 32  # no result is as large, and what is not written takes no memory
NO_SCRATCH = -1
KINDS = ("ready", "part", "done")
_HEAD = struct.Struct("!BI")  # kind, number of sizes
_LENGTH = struct.Struct("!Q")  # of a message, before it
_FRAMES, _LEAST_MOST = 4, 256 << 20
_MOST_HEAD = 1 << 20  # of a message, before its pickle
_PIECE_BYTES = 1 << 18  # read at a time; a pipe holds less


def most_bytes(limits: Limits) -> int:
    """Give how many bytes one result may take: of a message, and of the arrays beside it."""
    return max(_FRAMES * limits.frame_bytes, _LEAST_MOST)


@dataclass(frozen=True, slots=True)
class Beside:
    """Pixels in the scratch file."""

    offset: int
    size: int


def send(connection: PipeEnd[Any, Any], message: bytes) -> None:
    """Send a message, in a child."""
    if sys.platform == "win32":
        connection.send_bytes(message)  # whole or not at all
        return
    parts = [memoryview(_LENGTH.pack(len(message))), memoryview(message)]
    while parts:
        sent = os.writev(connection.fileno(), parts)
        while parts and sent >= parts[0].nbytes:
            sent -= parts.pop(0).nbytes
        if parts:
            parts[0] = parts[0][sent:]


class MessageReader:
    """Takes messages off a pipe, of no more than ``most`` bytes, and waits for none."""

    def __init__(self, connection: PipeEnd[Any, Any], most: int) -> None:
        self._connection = connection
        self._most = most
        self._length = 0  # of the message that is coming; 0 while that is still to come
        self._come = bytearray()
        if sys.platform != "win32":
            self._poll = select.poll()
            self._poll.register(connection.fileno(), select.POLLIN)

    def read(self) -> bytes | bytearray | None:
        """Give the next message; None while it is not there as a whole.

        Raises
        ------
        EOFError, OSError
            Who sends is gone, or wants to send more.
        """
        if sys.platform == "win32":
            return self._connection.recv_bytes(self._most) if self._connection.poll() else None
        while self._poll.poll(0):
            wanted = (self._length or _LENGTH.size) - len(self._come)
            # no room is made for what was only announced
            piece = os.read(self._connection.fileno(), min(wanted, _PIECE_BYTES))
            if not piece:
                raise EOFError
            self._come += piece
            if len(piece) < wanted:
                continue
            come, self._come = self._come, bytearray()
            if self._length:
                self._length = 0
                return come
            (self._length,) = _LENGTH.unpack(come)
            if not 0 < self._length <= self._most + _MOST_HEAD:
                raise EOFError
        return None


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
    try:
        _read(scratch, view, beside.offset)
    except OSError as error:  # no such place
        raise EOFError from error


def open_scratch() -> int:
    """Open a nameless scratch file; `NO_SCRATCH` where the system has none."""
    if sys.platform == "win32" or not hasattr(os, "preadv"):
        return NO_SCRATCH
    if sys.platform == "linux":
        return os.memfd_create("negato", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def pack(kind: str, value: object, scratch: int, most: int) -> bytes:
    """Make the message of a result, its big arrays into ``scratch`` from its beginning on.

    Raises
    ------
    MemoryError
        The result takes more than ``most`` bytes.
    """
    beside: list[memoryview] = []

    def keep_within(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if raw.nbytes < BESIDE_BYTES:
            return True
        beside.append(raw)
        return False

    pickled = dump(value, None if scratch == NO_SCRATCH else keep_within)
    sizes = [raw.nbytes for raw in beside]
    if max(len(pickled), sum(sizes)) > most:
        raise MemoryError
    offset = 0
    for raw in beside:
        _write(scratch, raw, offset)
        offset += raw.nbytes
    head = _HEAD.pack(KINDS.index(kind), len(sizes)) + struct.pack(f"!{len(sizes)}Q", *sizes)
    return head + pickled


def unpack(message: bytes | bytearray, scratch: int, most: int) -> tuple[str, object]:
    """Give kind and value back; its arrays own their memory and may be kept.

    Raises
    ------
    Exception
        Of any kind, where it makes no sense, or takes more than ``most``.
    """
    kind, count = _HEAD.unpack_from(message)
    sizes = struct.unpack_from(f"!{count}Q", message, _HEAD.size)
    if sum(sizes) > most:
        raise EOFError
    arrays: list[np.ndarray] = []
    offset = 0
    if sizes:  # not before: the first child is started ahead of all that takes long to load
        import numpy as np

        for size in sizes:
            arrays.append(np.empty(size, np.uint8))
            _read(scratch, arrays[-1].data, offset)
            offset += size
    if offset > _KEPT_SCRATCH_BYTES:
        os.ftruncate(scratch, 0)
    return KINDS[kind], load(message[_HEAD.size + 8 * count :], arrays)


def _write(scratch: int, raw: memoryview, offset: int) -> None:
    if sys.platform == "win32":
        raise OSError("no scratch file")
    done = 0
    while done < raw.nbytes:
        done += os.pwrite(scratch, raw[done:], offset + done)


def _read(scratch: int, view: memoryview, offset: int) -> None:
    if sys.platform == "win32":
        raise OSError("no scratch file")
    done = 0
    while done < view.nbytes:
        count = os.preadv(scratch, [view[done:]], offset + done)
        if not count:
            raise EOFError
        done += count
