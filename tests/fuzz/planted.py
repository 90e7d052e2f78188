"""Defects planted to see that the fuzzer finds such ones. Tasks as `chain.run_file` is one."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

Send = Callable[[object], None]


def fail_without_modality(send: Send, path: str, _sibling: str) -> None:
    """Raise for a file in which no element says CS "CT"."""
    send("looking for CT")
    if b"CS\2\0CT" not in Path(path).read_bytes():
        raise KeyError("CT")


def die(send: Send, path: str, _sibling: str) -> None:
    """End as a codec ends that writes where it must not."""
    send("dying")
    if len(Path(path).read_bytes()) % 2:
        os.kill(os.getpid(), signal.SIGSEGV)


def hang(send: Send, path: str, _sibling: str) -> None:
    """Never end."""
    send("hanging")
    while len(Path(path).read_bytes()) % 2:
        time.sleep(0.01)


def leave_a_file(send: Send, _path: str, _sibling: str) -> None:
    """Leave something in the folder of temporary files."""
    send("leaving")
    Path(tempfile.gettempdir(), "left").touch()


def grow(send: Send, path: str, _sibling: str) -> None:
    """Ask for more memory than there is."""
    send("growing")
    if len(Path(path).read_bytes()) % 2:
        sys.stdout.write(f"{len(bytearray(4 << 30))}")
