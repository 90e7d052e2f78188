"""Opening files that came from anywhere: regular files alone, and what to say where that fails."""

from __future__ import annotations

import os
import stat
from typing import BinaryIO

from viewer.dicom.errors import HeaderError

_BUFFER = 16 << 10
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: str) -> BinaryIO:
    """Open a regular file for reading; never a device, pipe or socket, nor wait for one.

    Raises
    ------
    HeaderError
        'not-a-file'.
    OSError
        The operating system refuses.
    """
    return os.fdopen(open_descriptor(path)[0], "rb", buffering=_BUFFER)


def open_descriptor(path: str) -> tuple[int, os.stat_result]:
    """Open a regular file as `open_regular` does, without a buffer; give what it is as well."""
    # Before, since opening alone can have effects on a device; after, on what was opened
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise HeaderError("This is a folder; name one file in it.", path, "not-a-file")
    if not stat.S_ISREG(mode):
        raise HeaderError("Not a regular file, and left unopened.", path, "not-a-file")
    descriptor = os.open(path, _OPEN_FLAGS)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise HeaderError("Not a regular file, and left unopened.", path, "not-a-file")
    return descriptor, status


def system_error(path: str, error: OSError) -> HeaderError:
    """Turn what the operating system says of a file into a sentence."""
    if isinstance(error, FileNotFoundError):
        return HeaderError("There is no such file; check the path or the disc.", path, "missing")
    if isinstance(error, PermissionError):
        return HeaderError(
            "You have no permission to read it; ask its owner for access.", path, "unreadable"
        )
    return HeaderError(
        f"It cannot be read ({error.strerror or 'read error'}); check the disc or the connection.",
        path,
        "unreadable",
    )
