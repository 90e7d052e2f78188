"""Media on which reaching a file takes as long as reading it: CDs, far network folders.

On these, a scan reads each file to its end once its header is told. Its frames
are then in the system's memory when they are wanted, and the head need not
come back for them: files lie on a disc in the order of their names, in which
they are scanned. What is read here is kept by the system alone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

from viewer.dicom.errors import HeaderError
from viewer.dicom.regular_files import open_descriptor

_SLOW_S = 0.03  # that a header keeps one waiting; a hard disk takes a third of it
_SLOW_FILES = 3  # in sequence, before the medium counts as slow
_JUDGED_FILES = 64  # the first ones; by then a medium has shown what it is
_LARGEST_BYTES = 64 << 20  # of a file: what is larger is hardly ever looked at whole
_TOTAL_BYTES = 1 << 30  # more than a CD holds, and less than most systems keep
_LONGEST_S = 8.0  # for a file: who waits for the next header must not think the scan dead
_PIECE_BYTES = 256 << 10  # what is wanted on screen waits for no more than one

_Result = TypeVar("_Result")


class Medium:
    """Judges a medium by how long headers take, and reads files on where it is slow."""

    def __init__(self) -> None:
        self._judged = self._slow_files = 0
        self._left = _TOTAL_BYTES

    @property
    def is_slow(self) -> bool:
        """Whether it has shown itself to be slow."""
        return self._slow_files >= _SLOW_FILES

    def timed(self, read: Callable[[str], _Result], path: str) -> _Result:
        """Give what ``read`` makes of a file; what it computes meanwhile does not count."""
        if self.is_slow or self._judged >= _JUDGED_FILES:
            return read(path)
        began, worked = time.perf_counter(), time.process_time()
        result = read(path)
        waited_s = time.perf_counter() - began - (time.process_time() - worked)
        self._judged += 1
        self._slow_files = self._slow_files + 1 if waited_s > _SLOW_S else 0
        return result

    def read_on(self, path: str) -> None:
        """Read all of a file, where the medium is slow."""
        if not self.is_slow:
            return
        try:
            descriptor, status = open_descriptor(path)
        except (OSError, HeaderError):
            return  # gone since its header was read; whoever wants its frames is told why
        try:
            if status.st_size <= min(_LARGEST_BYTES, self._left):
                self._left -= status.st_size
                latest = time.perf_counter() + _LONGEST_S
                while os.read(descriptor, _PIECE_BYTES) and time.perf_counter() < latest:
                    pass
        except OSError:
            return  # as above
        finally:
            os.close(descriptor)
