"""``negato disc``: a disc of DICOM files, for people, or as JSON lines for the window.

What was asked for, and what came of it. The work is `disc_writing`'s.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from viewer.commands.disc_writing import Cancelled, Disc, DiscWriter, Stage
from viewer.dicom.errors import NegatoError
from viewer.dicom.file_set_copy import DiscError, refuse_place
from viewer.dicom.ledger import Skipped
from viewer.dicom.portable_viewer import Bundle, find_bundle
from viewer.plain_text import json_text, whole_line
from viewer.standard_streams import say

_WRONG_USE, _INTERRUPTED = 2, 130
_EVERY_S = 0.1  # lines on progress come no faster
_LONGEST_LINE = 64 << 20  # of paths
_ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_LEFT = "Not all that was written could be taken away: delete what is left in {}."
_STAGES: dict[Stage, str] = {
    "search": "searched",
    "copy": "copied",
    "viewer": "copied of the viewer",
    "check": "checked",
}
_KINDS = {
    "not-dicom": "not DICOM",
    "duplicate": "with the SOPInstanceUID of another",
    "index": "index of another disc",
    "viewer": "viewer of another disc",
    "not-a-file": "not a regular file",
    "outside": "outside what was named",
    "limit": "over a limit",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="folder, ZIP, disc, or file; one file alone brings the rest of its series",
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="a new folder, or an empty one"
    )
    parser.add_argument(
        "--with-viewer",
        nargs="?",
        const="",
        metavar="BUNDLE_FOLDER",
        help="put a viewer on the disc: this program, or the bundle in a folder",
    )
    parser.add_argument("--json", action="store_true", help="write JSON lines")
    parser.add_argument("--control", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Write the disc. 1 where it failed, or a file was left out that should be on it."""
    teller = _Teller(as_json=arguments.json)
    stop = threading.Event()
    disc = Disc(os.path.abspath(arguments.output))
    try:
        paths = _controlled(stop) if arguments.control else arguments.paths
        bundle = _prepared(paths, disc.path, arguments.with_viewer)
    except (NegatoError, ValueError) as error:
        teller.end("failed", disc, str(error))
        return _WRONG_USE
    writer = DiscWriter(paths, disc.path, bundle, arguments.limits, teller.progress, stop.is_set)
    disc = writer.disc
    try:
        with _signals_set(stop):
            writer.write()
    except Cancelled:
        told = "Stopped; nothing was left of the disc." if writer.is_clean else _LEFT
        teller.end("cancelled", disc, told.format(disc.path))
        return _INTERRUPTED
    except NegatoError as error:
        told = "" if writer.is_clean else f" {_LEFT.format(disc.path)}"
        teller.end("failed", disc, f"{error}{told}")
        return 1
    teller.end("done", disc, _summary(disc))
    return int(bool(disc.failures) or disc.was_stopped)


@contextmanager
def _signals_set(stop: threading.Event) -> Iterator[None]:
    """Have what ends a program stop the work: one that ended it anywhere would leave half a disc.

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


def _prepared(paths: list[str], out: str, viewer: str | None) -> Bundle | None:
    if not paths:
        raise DiscError("Name what is to be written: files, folders, archives or discs.")
    refuse_place(out, paths)
    bundle = None if viewer is None else find_bundle(viewer)
    if bundle is not None:
        refuse_place(out, [bundle.root])
    return bundle


class _Teller:
    """Tells of the work while it is done, and of what came of it."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._is_watched = not as_json and sys.stderr.isatty()
        self._told_at, self._stage = 0.0, ""

    def progress(self, stage: Stage, done: int, of: int) -> None:
        """Tell how far it is, now and then, and at the beginning and end of each stage."""
        now = time.monotonic()
        if stage == self._stage and done != of and now - self._told_at < _EVERY_S:
            return
        self._told_at, self._stage = now, stage
        if self._as_json:
            _write_line({"stage": stage, "done": done, "of": of})
        elif self._is_watched:
            number = f"{done:,} of {of:,}" if of else f"{done:,}"
            sys.stderr.write(f"\r\x1b[K{number} files {_STAGES[stage]}")
            sys.stderr.flush()

    def end(self, result: str, disc: Disc, message: str) -> None:
        """Tell what came of it; of a disc that was taken away, nothing was written."""
        if self._is_watched:
            sys.stderr.write("\r\x1b[K")
        if result != "done":
            disc = replace(disc, written=0, bytes=0)
        if self._as_json:
            _write_line(_as_json(result, disc, message))
        elif result == "done":
            sys.stdout.write("".join(f"{whole_line(line)}\n" for line in _lines(disc, message)))
            for one in disc.failures:
                say(f"negato: {whole_line(_reason(one))}")
        else:
            say(f"negato: {whole_line(message)}")


def _write_line(value: dict[str, Any]) -> None:
    sys.stdout.write(json_text(value) + "\n")
    sys.stdout.flush()


def _as_json(result: str, disc: Disc, message: str) -> dict[str, Any]:
    return {
        "result": result,
        "written": disc.written,
        "bytes": disc.bytes,
        "left_out": [
            {"path": one.path, "reason": one.reason, "kind": one.kind} for one in disc.left_out
        ],
        "warnings": disc.warnings,
        "message": message,
    }


def _summary(disc: Disc) -> str:
    series = f"{disc.series:,} series"
    files = _counted(disc.written, "file", "files")
    size = f"{disc.bytes / 1e6:,.1f}" if disc.bytes < 10**7 else f"{disc.bytes / 1e6:,.0f}"
    told = f"{series}, {files} written to {disc.path}, {size} MB; checked: all identical."
    if not disc.left_out:
        return told
    kinds = Counter(_KINDS.get(one.kind, one.kind) for one in disc.left_out)
    parts = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items()))
    return f"{told} {_counted(len(disc.left_out), 'file', 'files')} left out: {parts}."


def _lines(disc: Disc, message: str) -> list[str]:
    # of what is no DICOM file the number says enough; what failed goes to standard error
    untold = {*disc.failures, *(one for one in disc.left_out if one.kind == "not-dicom")}
    return [
        message,
        *(f"  {_reason(one)}" for one in disc.left_out if one not in untold),
        *(f"Note: {text}" for text in disc.warnings),
    ]


def _reason(one: Skipped) -> str:
    return f"{one.path}: {one.reason}"


def _controlled(stop: threading.Event) -> list[str]:
    """Read from standard input what is to be written, and listen to it on.

    By the descriptor, as a thread that waits in a buffer of Python keeps the process from ending.
    """
    line, rest = _line_of(b"")
    try:
        paths = json.loads(line)["paths"]
        assert all(isinstance(path, str) for path in paths)
    except (ValueError, KeyError, TypeError, AssertionError):
        raise DiscError("The first line of standard input names no paths.") from None
    threading.Thread(target=_listen, args=(stop, rest), name="control", daemon=True).start()
    return list(paths)


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


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
