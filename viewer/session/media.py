"""Media that can be taken out: where they are mounted, and whether what is open is still there.

What is asked of the system is the presence of a path, in a thread and seldom: no file of a medium
is held open, and nothing is read from it.
"""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from viewer.plain_text import plain_line

PERIOD_S = 3.0
_OPTICAL = ("iso9660", "udf")
_MEDIA = ("/run/media/", "/media/")


def removable_media() -> list[str]:
    """Give the places of media that are mounted, discs first; touches none of them."""
    if sys.platform == "win32":
        return _drives()
    if sys.platform == "darwin":
        return [f"/Volumes/{name}" for name in os.listdir("/Volumes")]
    try:
        with open("/proc/mounts", "rb") as file:
            return _mounted(file.read())
    except OSError:  # another Unix
        return []


def _mounted(table: bytes) -> list[str]:
    found = []
    for line in table.splitlines():
        _, place, kind, *_ = line.split(b" ")
        path = os.fsdecode(_unescaped(place))
        is_disc = kind.decode("ascii", "replace") in _OPTICAL
        if is_disc or path.startswith(_MEDIA):
            found.append((not is_disc, path))
    return [path for _, path in sorted(found)]


def _unescaped(place: bytes) -> bytes:
    """Undo what the system does to spaces, tabs, line ends and backslashes."""
    for code in (b"\\040", b"\\011", b"\\012", b"\\134"):
        place = place.replace(code, bytes([int(code[1:], 8)]))
    return place


def _drives() -> list[str]:
    if sys.platform != "win32":
        return []
    import ctypes

    kinds = {f"{chr(65 + n)}:\\": ctypes.windll.kernel32.GetDriveTypeW for n in range(26)}
    told = {drive: ask(drive) for drive, ask in kinds.items()}
    return [drive for kind in (5, 2) for drive, found in told.items() if found == kind]


@dataclass(slots=True)
class _Root:
    """A folder that is open, as it was when it was there."""

    path: str
    device: int | None  # none of one that was gone when it was looked at first
    sample: str = ""  # a file of it

    def is_there(self) -> bool:
        """Tell whether the folder is there, and not only the place where it was mounted."""
        try:
            device = os.stat(self.path).st_dev
        except OSError:
            return False
        return device == self.device or os.path.lexists(self.sample)


class MediaWatch:
    """Looks every few seconds whether what is open is still there.

    Parameters
    ----------
    tell : callable
        Gets the roots that are gone now and those that are back, in the watch's thread.
    """

    def __init__(self, tell: Callable[[list[str], list[str]], None], period_s: float = 0.0) -> None:
        self._tell = tell
        self._period_s = period_s or PERIOD_S
        self._samples: dict[str, str] = {}
        self._end: threading.Event | None = None

    def watch(self, samples: dict[str, str]) -> None:
        """Look after these roots, each with a file of it; after none while there are none."""
        self._samples = samples
        if samples and self._end is None:
            self._end = threading.Event()
            watch = threading.Thread(
                target=self._run, args=(self._end,), name="media-watch", daemon=True
            )
            watch.start()
        elif not samples and self._end is not None:
            self._end.set()
            self._end = None

    def close(self) -> None:
        """End; who is asking a medium that does not answer is not waited for."""
        self.watch({})

    def _run(self, end: threading.Event) -> None:
        known: dict[str, _Root] = {}
        gone: set[str] = set()
        while not end.is_set():
            samples = self._samples
            known = {path: root for path, root in known.items() if path in samples}
            lost: list[str] = []
            back: list[str] = []
            for path, sample in samples.items():
                root = known[path] = known.get(path) or _root(path, sample)
                if root.is_there() == (path in gone):
                    (back if path in gone else lost).append(path)
            gone = (gone & samples.keys()) - set(back) | set(lost)
            if (lost or back) and not end.is_set():
                self._tell(lost, back)
            end.wait(self._period_s)


def _root(path: str, sample: str) -> _Root:
    """Take down what a root is; it was there, but may be gone before the first look at it."""
    try:
        found = os.stat(path)
    except OSError:
        return _Root(path, None, sample)
    # of a medium that is gone, the folder may be left in which it was mounted
    is_there = not stat.S_ISDIR(found.st_mode) or os.path.lexists(sample)
    return _Root(path, found.st_dev if is_there else None, sample)


def gone_sentence(roots: Sequence[str]) -> str:
    """Say that what was opened is not there any more."""
    more = f" and {len(roots) - 1} more are" if len(roots) > 1 else " is"
    return (
        f"{plain_line(roots[0])}{more} gone: a medium was taken out, or a folder moved. What is "
        "loaded stays readable; the rest goes on once it is back."
    )
