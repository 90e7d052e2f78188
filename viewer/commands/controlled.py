"""What commands share that work on many files for a while: how they are told, stopped, heard.

For people, progress on standard error and sentences; with ``--json`` a JSON object a line; with
``--control``, for the window, the order as the first line of standard input and ``stop`` as a
later one. What an order and the objects mean is each command's.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from viewer.dicom.errors import NegatoError
from viewer.plain_text import json_text

WRONG_USE, INTERRUPTED = 2, 130
_EVERY_S = 0.1  # lines on progress come no faster
_LONGEST_LINE = 64 << 20  # of paths
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Cancelled(Exception):  # noqa: N818 - not a failure
    """The user wants what was begun no more."""


def configure_control(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``, and ``--control`` for the window."""
    parser.add_argument("--json", action="store_true", help="write JSON lines")
    parser.add_argument("--control", action="store_true", help=argparse.SUPPRESS)


@contextmanager
def signals_set(stop: threading.Event) -> Iterator[None]:
    """Have what ends a program stop the work: one that ended it anywhere would leave half of it.

    What is ignored, as nohup has it, stays so.
    """
    found = (getattr(signal, name, None) for name in _ENDING)
    former = {one: signal.getsignal(one) for one in found if one is not None}
    former = {one: handler for one, handler in former.items() if handler != signal.SIG_IGN}
    for one in former:
        signal.signal(one, lambda *_: stop.set())
    try:
        yield
    finally:
        for one, handler in former.items():
            signal.signal(one, handler)


def read_order(stop: threading.Event) -> dict[str, Any]:
    """Read the order from standard input, and listen to it on: ``stop`` sets the event.

    By the descriptor, as a thread that waits in a buffer of Python keeps the process from ending.

    Raises
    ------
    NegatoError
        The first line is no JSON object.
    """
    line, rest = _line_of(b"")
    try:
        order = json.loads(line)
    except (ValueError, RecursionError):
        order = None
    if not isinstance(order, dict):
        raise NegatoError("The first line of standard input is no order.")
    threading.Thread(target=_listen, args=(stop, rest), name="control", daemon=True).start()
    return order


def paths_of(order: Mapping[str, Any]) -> list[str]:
    """Give the paths of an order.

    Raises
    ------
    NegatoError
        It has none.
    """
    paths = order.get("paths")
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise NegatoError("The first line of standard input names no paths.")
    return paths


def write_line(value: Mapping[str, Any]) -> None:
    """Write a JSON object as a line, at once."""
    sys.stdout.write(json_text(value) + "\n")
    sys.stdout.flush()


class Progress:
    """Tells how far the work is, now and then, at the beginning and at the end of each stage.

    Parameters
    ----------
    as_json : bool
        As objects ``{"stage", "done", "of"}``; else on standard error, where that is a terminal.
    words : mapping
        What was done to files at each stage, for people: "copied".
    """

    def __init__(self, words: Mapping[str, str], *, as_json: bool) -> None:
        self._words, self._as_json = words, as_json
        self._is_watched = not as_json and sys.stderr.isatty()
        self._told_at, self._stage = 0.0, ""

    def tell(self, stage: str, done: int, of: int) -> None:
        """Tell it; ``of`` is 0 where that is not known."""
        now = time.monotonic()
        if stage == self._stage and done != of and now - self._told_at < _EVERY_S:
            return
        self._told_at, self._stage = now, stage
        if self._as_json:
            write_line({"stage": stage, "done": done, "of": of})
        elif self._is_watched:
            number = f"{done:,} of {of:,}" if of else f"{done:,}"
            sys.stderr.write(f"\r\x1b[K{number} files {self._words[stage]}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take what stands on the terminal away."""
        if self._is_watched:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def counted(number: int, one: str, many: str) -> str:
    """Give a number with its noun: "1 file", "1,200 files"."""
    return f"{number:,} {one if number == 1 else many}"


def _listen(stop: threading.Event, rest: bytes) -> None:
    line = b""
    while line.strip() != b"stop":
        line, rest = _line_of(rest)
        if not line:
            return  # nobody is there who could stop it
    stop.set()


def _line_of(begun: bytes) -> tuple[bytes, bytes]:
    """Give the next line of standard input and what was read after it; b"" at the end."""
    while b"\n" not in begun and len(begun) < _LONGEST_LINE:
        more = os.read(0, 1 << 16)
        if not more:
            return begun, b""
        begun += more
    line, end, rest = begun.partition(b"\n")
    return line + end, rest
