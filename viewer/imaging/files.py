"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile


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
    path = os.path.realpath(path)
    handle, temporary = tempfile.mkstemp(suffix=".part", dir=os.path.dirname(path) or ".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:  # an interrupt too must leave nothing behind
        os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
