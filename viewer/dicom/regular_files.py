"""Opening files that came from anywhere: regular files alone, and what to say where that fails.

The one gateway: a file in an archive is opened here as any other, by a path that goes on below the
archive's. What is in archives is left to `archives`.
"""

from __future__ import annotations

import errno
import io
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
    return buffered(descriptor, status.st_size), FileVersion(status.st_size, status.st_mtime_ns)


def buffered(descriptor: int, size: int, *, closefd: bool = True) -> BinaryIO:
    """Read a file of ``size`` bytes through a buffer, asking for no memory beyond these."""
    return _Buffered(descriptor, size, closefd=closefd)


class _Buffered(io.BufferedReader):
    """A damaged length has pydicom ask for gigabytes, which Python takes before it reads."""

    def __init__(self, descriptor: int, size: int, *, closefd: bool) -> None:
        super().__init__(io.FileIO(descriptor, closefd=closefd), _BUFFER)
        self._size = size

    def read(self, size: int | None = -1, /) -> bytes:
        """Read so many bytes, fewer where the file ends."""
        if size is not None and size > _BUFFER:
            size = min(size, max(self._size - self.tell(), 0))
        return super().read(size)


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


def is_missing(path: str) -> bool:
    """Tell whether nothing is at ``path``, by what the system says alone: nothing is opened.

    What goes on below a file is taken to be there: that may be an archive, which to look into is
    for a child process. So is what the system will not tell of.
    """
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        above = os.path.abspath(path)
        while not os.path.lexists(above) and above != os.path.dirname(above):
            above = os.path.dirname(above)
        return not os.path.isfile(above)
    except OSError:
        return False
    return False


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


def is_archive(start: bytes) -> bool:
    """Tell a ZIP archive by its first bytes, where they are not the preamble of a DICOM file."""
    return start.startswith((b"PK\3\4", b"PK\5\6")) and start[128:132] != b"DICM"


def not_dicom(path: str, start: bytes) -> HeaderError:
    """Say of a file, by its first bytes, that it is no DICOM file."""
    if not start:
        return HeaderError("The file is empty; copy it again.", path, "not-dicom")
    if is_archive(start):
        told = "This is an archive; name one file in it, as in archive.zip/folder/file."
        return HeaderError(told, path, "not-dicom")
    return HeaderError("The file is not a DICOM file.", path, "not-dicom")


def system_error(path: str, error: OSError) -> HeaderError:
    """Turn what the operating system says of a file into a sentence."""
    if isinstance(error, FileNotFoundError):
        return HeaderError("There is no such file; check the path or the disc.", path, "missing")
    if isinstance(error, PermissionError):
        if sys.platform == "win32":  # which says so of a drive without a disc and of a scratch too
            told = (
                "The system refuses to read it: check whether the disc is in and clean, whether "
                "another program has it open, and whether you may read it."
            )
            return HeaderError(told, path, "unreadable")
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
