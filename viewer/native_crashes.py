"""Crashes of native code in the window's process: written by `faulthandler`, found at a next start.

It writes the stacks of Python code, as files of the program and lines; no values. Nothing is
written where the system ends a process without telling it (SIGKILL).
"""

from __future__ import annotations

import faulthandler
import os
import re
import time
from typing import IO

from viewer.defects import keep, versions
from viewer.file_locks import lock

_FRAME = r'  File "(.*)", line (\d+) in (.*)'
_PACKAGES = ("site-packages", "dist-packages", "viewer")
_MOST_BYTES = 256 << 10
_PREFIX = "running-"


class CrashFile:
    """Where the native crash of this process would be written; locked while it runs.

    With "" for ``folder``, it would be written nowhere.
    """

    def __init__(self, folder: str) -> None:
        # in a container, each process may have the number of one that has crashed
        name = f"{_PREFIX}{os.getpid()}-{time.time_ns()}.txt"
        self._path = os.path.join(folder, name)
        self._file: IO[bytes] | None = None
        if not folder:
            return
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = open(handle, "r+b", buffering=0)  # open while we run
        except OSError:  # a read-only home: crashes go unreported, all else works
            return
        lock(self._file)
        faulthandler.enable(self._file)

    def close(self) -> None:
        """Say that the process ends as it should."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None
            _remove(self._path)


def collect(folder: str) -> list[str]:
    """Make reports of the crashes of processes that are no more; give their texts."""
    if not folder:
        return []
    try:
        names = sorted(name for name in os.listdir(folder) if name.startswith(_PREFIX))
    except OSError:
        return []
    texts = []
    for name in names:
        found = _take(os.path.join(folder, name))
        if found:
            text = f"{versions()}\n\nNative code crashed the window.\n{readable(found)}\n"
            keep(text, folder)
            texts.append(text)
    return texts


def readable(written: str) -> str:
    """Give what `faulthandler` has written with modules in place of files."""
    lines = []
    for line in written.splitlines():
        frame = re.match(_FRAME, line)
        lines.append(f"  {_module(frame[1])}:{frame[3]}:{frame[2]}" if frame else line)
    return "\n".join(lines)


def _module(file: str) -> str:
    """Name the module that a file of code holds, without the folders that it is installed in."""
    parts = re.split(r"[/\\]", file.removesuffix(".py"))
    for package in _PACKAGES:
        if package in parts[:-1]:
            at = len(parts) - 1 - parts[::-1].index(package)
            return ".".join(parts[at if package == "viewer" else at + 1 :])
    return parts[-1]


def _take(path: str) -> str:
    """Give what is in the file of a process that has ended, and remove it."""
    try:
        with open(path, "r+b") as file:
            if not lock(file):
                return ""
            text = file.read(_MOST_BYTES).decode("utf-8", "backslashreplace")
    except OSError:  # open in a running process, or gone
        return ""
    _remove(path)
    return text


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:  # another window was first
        return
