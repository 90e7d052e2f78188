"""A slow disc, simulated: reads of some files wait as they would for a CD.

Processes share one reading head, whose moves and reads take their time, and
one page cache: what was read once is there. Imported in a child where
`VARIABLE` names the folder of a disc, it makes the child's reads those of the
disc; `Disc` does so for the process that it is made in. Only reads of file
content count; names, sizes and folders are free.
"""

from __future__ import annotations

import fcntl
import io
import json
import mmap
import os
import struct
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

VARIABLE = "NEGATO_BENCHMARK_DISC"
BLOCK = 32 << 10  # read as a whole

_os = {name: getattr(os, name) for name in ("open", "read", "readv", "pread", "preadv", "fdopen")}


class Disc:
    """Makes the reads of this process those of the disc in ``folder``."""

    def __init__(self, folder: Path) -> None:
        told = json.loads((folder / "disc.json").read_text(encoding="utf-8"))
        self._bytes_per_s, self._seek_s = told["bytes_per_s"], told["seek_s"]
        self._places: dict[str, int] = told["places"]  # first block of each file
        self._opened: dict[int, str] = {}
        self._head = _os["open"](folder / "head", os.O_RDWR)
        with open(folder / "cached", "r+b") as cached:
            self._cached = mmap.mmap(cached.fileno(), 0)
        for name in _os:
            setattr(os, name, getattr(self, f"_{name}"))

    @staticmethod
    def make(folder: Path, files: Sequence[Path], bytes_per_s: float, seek_s: float) -> None:
        """Lay files on a disc one after another; nothing of them has been read."""
        places, block = {}, 0
        for file in files:
            places[str(file)] = block
            block += -(-file.stat().st_size // BLOCK)
        told = {"bytes_per_s": bytes_per_s, "seek_s": seek_s, "places": places}
        (folder / "disc.json").write_text(json.dumps(told), encoding="utf-8")
        (folder / "head").write_bytes(struct.pack("<q", -1))
        (folder / "cached").write_bytes(bytes(block))

    def eject(self) -> None:
        """Read as before."""
        for name, function in _os.items():
            setattr(os, name, function)
        self._cached.close()
        os.close(self._head)

    def wait(self, path: str, offset: int, count: int) -> None:
        """Take the time that reading bytes of a file takes."""
        first = self._places[path] + offset // BLOCK
        last = self._places[path] + -(-(offset + count) // BLOCK)
        fcntl.flock(self._head, fcntl.LOCK_EX)
        try:
            missing = [n for n in range(first, min(last, len(self._cached))) if not self._cached[n]]
            (head,) = struct.unpack("<q", os.pread(self._head, 8, 0))
            for block in missing:
                seek_s = 0.0 if block == head else self._seek_s
                time.sleep(seek_s + BLOCK / self._bytes_per_s)
                self._cached[block] = 1
                head = block + 1
            os.pwrite(self._head, struct.pack("<q", head), 0)
        finally:
            fcntl.flock(self._head, fcntl.LOCK_UN)

    def _open(self, path: Any, *arguments: Any, **options: Any) -> int:
        descriptor: int = _os["open"](path, *arguments, **options)
        self._opened.pop(descriptor, None)
        if str(path) in self._places:
            self._opened[descriptor] = str(path)
        return descriptor

    def _at(self, descriptor: int, offset: int | None, count: int) -> None:
        path = self._opened.get(descriptor)
        if path is not None:
            if offset is None:
                offset = os.lseek(descriptor, 0, os.SEEK_CUR)
            self.wait(path, offset, min(count, os.fstat(descriptor).st_size - offset))

    def _read(self, descriptor: int, count: int) -> bytes:
        self._at(descriptor, None, count)
        return bytes(_os["read"](descriptor, count))

    def _readv(self, descriptor: int, buffers: Any) -> int:
        self._at(descriptor, None, sum(memoryview(buffer).nbytes for buffer in buffers))
        return int(_os["readv"](descriptor, buffers))

    def _pread(self, descriptor: int, count: int, offset: int) -> bytes:
        self._at(descriptor, offset, count)
        return bytes(_os["pread"](descriptor, count, offset))

    def _preadv(self, descriptor: int, buffers: Any, offset: int, *flags: int) -> int:
        self._at(descriptor, offset, sum(memoryview(buffer).nbytes for buffer in buffers))
        return int(_os["preadv"](descriptor, buffers, offset, *flags))

    def _fdopen(self, descriptor: int, *arguments: Any, **options: Any) -> Any:
        path = self._opened.get(descriptor)
        if path is None:
            return _os["fdopen"](descriptor, *arguments, **options)
        raw = _SlowFile(self, path, descriptor, closefd=options.get("closefd", True))
        buffering = options.get("buffering", -1)
        return io.BufferedReader(raw, buffering if buffering > 0 else 8192) if buffering else raw


class _SlowFile(io.FileIO):
    def __init__(self, disc: Disc, path: str, descriptor: int, *, closefd: bool) -> None:
        super().__init__(descriptor, "rb", closefd=closefd)
        self._disc, self._path = disc, path

    def readinto(self, buffer: Any) -> int:
        left = os.fstat(self.fileno()).st_size - self.tell()
        self._disc.wait(self._path, self.tell(), min(memoryview(buffer).nbytes, left))
        return super().readinto(buffer) or 0


if VARIABLE in os.environ:
    Disc(Path(os.environ[VARIABLE]))
