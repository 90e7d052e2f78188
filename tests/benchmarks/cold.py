"""Start with the page cache emptied of Negato's files, against the same start right after.

Dropped are Python's library, the packages, Negato and the data: what the first
start of a day has to read. The interpreter and the libraries of the desktop
stay, as other programs hold them. What another running program has mapped
cannot be dropped either, this one's own modules among it: so it loads none but
Python's, and how much stayed is a result of its own. A cache that the disc
itself has is beyond reach. The window is drawn offscreen, as in all benchmarks.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sysconfig
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import viewer
from tests.benchmarks.measuring import Goal, Result, Sample, milliseconds
from tests.benchmarks.starting import start

_LIBC = ctypes.CDLL(None, use_errno=True)
_DROPPED = Goal(worst=5.0)  # percent; more was held by somebody, and the start is not that cold


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Start with one CT file and with a folder of 500 slices."""
    if not hasattr(os, "posix_fadvise"):
        raise RuntimeError("this system cannot be told to forget files")
    count, side, rounds = (3, 32, 1) if tiny else (500, 512, 5)
    with ProcessPoolExecutor(1, get_context("spawn")) as other:
        slices = other.submit(_slices, folder, count, side).result()
    opened = {f"folder of {count}": slices[0].parent}
    if not tiny:
        opened["one CT file"] = slices[0]
    start(slices[0].parent)  # writes the byte code, and brings into memory what a start reads
    folders = map(sysconfig.get_path, ("stdlib", "purelib", "platlib"))
    program = [path for path in _files([*folders, *viewer.__path__]) if _pages_in_memory([path])]
    files = [*program, *map(str, slices)]
    os.sync()  # what is still to be written cannot be dropped
    return [
        result for name, path in opened.items() for result in _starts(name, path, files, rounds)
    ]


def _slices(folder: Path, count: int, side: int) -> list[Path]:
    from tests.benchmarks.data import slices

    return slices(folder, count, side)


def _starts(name: str, path: Path, files: Sequence[str], rounds: int) -> list[Result]:
    cold, warm, left = [], [], []
    for _ in range(rounds):
        before = _pages_in_memory(files)
        _drop(files)
        left.append(100 * _pages_in_memory(files) / before)
        cold.append(start(path))
        warm.append(start(path))
    return [
        Result(f"cold start, {name}", milliseconds(cold), "warm start", milliseconds(warm)),
        Result(f"files still in memory, {name}", Sample(tuple(left), "%"), goal=_DROPPED),
    ]


def _files(folders: Iterable[str]) -> list[str]:
    """Give the files below the folders, each once; other packages below the library are not it."""
    found: set[str] = set()
    for folder in folders:
        for at, below, names in os.walk(folder):
            below[:] = [name for name in below if name != "site-packages"]
            found.update(os.path.join(at, name) for name in names)
    return [path for path in sorted(found) if os.path.isfile(path)]


def _drop(files: Iterable[str]) -> None:
    for path in files:
        with open(path, "rb", buffering=0) as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _pages_in_memory(files: Iterable[str]) -> int:
    """Count the pages of the files that the system holds in memory."""
    return sum(_pages_of(path) for path in files if os.path.getsize(path))


def _pages_of(path: str) -> int:
    with (
        open(path, "rb", buffering=0) as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as view,
    ):
        pages = (ctypes.c_ubyte * -(-len(view) // mmap.PAGESIZE))()
        first = ctypes.c_char.from_buffer(view)
        failed = _LIBC.mincore(ctypes.byref(first), ctypes.c_size_t(len(view)), pages)
        del first  # or the view cannot be closed
    if failed:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
    return sum(page & 1 for page in pages)
