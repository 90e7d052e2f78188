"""Writing a file whole or not at all, and whether there is room."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO


def write_whole(path: str, data: bytes) -> None:
    """Write a file; one that exists is replaced only by the complete new one.

    Symbolic links are followed; pipes and devices are written to, never replaced.

    Raises
    ------
    OSError
        If it cannot be written; the folder is then as it was.
    """
    if os.path.exists(path) and not os.path.isfile(path):  # /dev/stdout leads to no path at all
        with open(path, "wb") as device:
            device.write(data)
        return
    with whole_file(path) as file:
        file.write(data)


@contextmanager
def whole_file(path: str, *, replace: bool = True) -> Iterator[BinaryIO]:
    """Give a file to write, which is at ``path`` once the block has ended without an error.

    Parameters
    ----------
    replace : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    OSError
        If it cannot be written, a FileExistsError if it must not be; the folder is as it was.
    """
    path = os.path.realpath(path)
    handle, temporary = tempfile.mkstemp(suffix=".part", dir=os.path.dirname(path) or ".")
    os.close(handle)
    try:
        with open(temporary, "w+b") as file:
            yield file
        os.chmod(temporary, 0o666 & ~_umask())
        (os.replace if replace else _rename)(temporary, path)
    except BaseException:  # an interrupt too must leave nothing behind
        os.unlink(temporary)
        raise


def free_bytes(folder: str) -> int:
    """Say how much room there is where a folder is, or is to be made."""
    above = os.path.abspath(folder)
    while not os.path.isdir(above):
        above = os.path.dirname(above)
    return shutil.disk_usage(above).free


def _rename(temporary: str, path: str) -> None:
    """Give a file its name, unless there is one of that name."""
    if sys.platform == "win32":
        os.rename(temporary, path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError(17, "there is a file of that name", path) from None
        os.replace(temporary, path)
    else:
        os.unlink(temporary)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
