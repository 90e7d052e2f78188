"""Opening files that came from anywhere: regular files alone, and what to say where that fails.

The one gateway: a file in an archive is opened here as any other, by a path that goes on below the
archive's. What is in archives is left to `archives`.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import BinaryIO, NamedTuple

from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import DEFAULT_LIMITS, Limits

_BUFFER = 16 << 10
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
# what the system says of a path that goes on below a file
BELOW_A_FILE = FileNotFoundError if sys.platform == "win32" else NotADirectoryError


class FileVersion(NamedTuple):
    """What tells a file from one that took its place."""

    size: int
    mtime_ns: int


def open_regular(path: str, limits: Limits = DEFAULT_LIMITS) -> BinaryIO:
    """Open a regular file, or one in an archive, for reading.

    Never a device, pipe or socket, nor waits for one. In a child process alone, as archives are
    unpacked there.

    Raises
    ------
    HeaderError
        'not-a-file'; for a file in an archive, what is wrong with either.
    OSError
        The operating system refuses.
    """
    return open_version(path, limits)[0]


def open_version(path: str, limits: Limits = DEFAULT_LIMITS) -> tuple[BinaryIO, FileVersion]:
    """Open a file as `open_regular` does, and tell which version of it that is."""
    try:
        descriptor, status = open_descriptor(path)
    except BELOW_A_FILE:
        from viewer.dicom.archives import open_member

        member = open_member(path, limits)
        if member is None:
            raise
        return member
    stream = os.fdopen(descriptor, "rb", buffering=_BUFFER)
    return stream, FileVersion(status.st_size, status.st_mtime_ns)


def version_of(path: str, limits: Limits = DEFAULT_LIMITS) -> FileVersion:
    """Tell which version of a file there is, without opening it.

    Raises
    ------
    HeaderError
        Of a file in an archive: what is wrong with either.
    OSError
        The operating system refuses.
    """
    try:
        status = os.stat(path)
    except BELOW_A_FILE:
        from viewer.dicom.archives import member_version

        version = member_version(path, limits)
        if version is None:
            raise
        return version
    return FileVersion(status.st_size, status.st_mtime_ns)


def open_descriptor(path: str) -> tuple[int, os.stat_result]:
    """Open a regular file of the file system, without a buffer; give what it is as well."""
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
    if error.errno == errno.ENAMETOOLONG:
        return HeaderError(
            "Its path is longer than the system takes; move its folder further up.",
            path,
            "unreadable",
        )
    return HeaderError(
        f"It cannot be read ({error.strerror or 'read error'}); check the disc or the connection.",
        path,
        "unreadable",
    )
