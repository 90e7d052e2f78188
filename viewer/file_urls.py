"""`file:` URLs, as file managers and other programs pass them, into paths of this system."""

from __future__ import annotations

import os
import sys

_SCHEME = "file:/"


def is_file_url(given: str) -> bool:
    """Tell a URL from a path."""
    return given[: len(_SCHEME)].casefold() == _SCHEME


def path_of(url: str) -> str:
    """Give the path that a `file:` URL names, whatever bytes its name is of.

    ``#`` and ``?`` are taken for characters of the name: no file has parts or is asked for.

    Raises
    ------
    ValueError
        With a sentence: the URL names no file of this computer.
    """
    rest = url[len("file:") :]
    host, path = "", rest
    if rest.startswith("//"):
        host, _, path = rest[2:].partition("/")
        path = f"/{path}"
    if sys.platform == "win32":
        return _path_on_windows(url, host, path)
    if host.casefold() not in ("", "localhost", os.uname().nodename.casefold()):
        raise ValueError(
            f"{url}: This file is on another computer ({host}); copy it here, or connect to its "
            "folder and open it there."
        )
    from urllib.parse import unquote_to_bytes  # no start without a URL waits for it

    name = unquote_to_bytes(path.encode("utf-8", "surrogateescape"))
    if b"\0" in name:
        raise ValueError(f"{url}: No file can have this name; check the address.")
    return os.fsdecode(name)


def _path_on_windows(url: str, host: str, path: str) -> str:
    """Give the path on a drive, or of a share where there is a host."""
    from urllib.parse import unquote

    name = unquote(path)
    if "\0" in name:
        raise ValueError(f"{url}: No file can have this name; check the address.")
    if host.casefold() not in ("", "localhost"):
        return os.path.normpath(f"//{host}{name}")
    drive = name[1:3]
    return os.path.normpath(name[1:] if drive[1:] in (":", "|") else name).replace("|", ":", 1)
