"""``negato export``: pictures, movies, arrays and copies of what is chosen.

For people, or as JSON lines for programs and the window. With ``--control`` the order comes as
the first line of standard input: ``{"paths": [...], "stacks": [stack UIDs], "series": [UIDs],
"frames": "1-20,33"}``, of which only ``paths`` must be there; everything else is said by the
options; a later line ``stop`` stops it. The lines are:

- ``{"stage": "search", "done": files, "of": 0}``, then ``{"stage": "write", "done": frames,
  "of": frames}``
- ``{"planned": {"path", "frames"}}`` for each file, with ``--dry-run`` alone
- ``{"written": {"path", "frames", "bytes"}}`` for each file that is complete
- ``{"failed": {"path", "frame", "reason"}}`` for each source that was not written: ``frame``
  counts from 1 in its stack and is null where it is all of them
- at the end ``{"result": "done"|"cancelled"|"failed", "message", "out", "files", "frames",
  "bytes", "failed", "notes": [...]}``, the counts of what is there

What is written stays when it is stopped; nothing is ever half there. The work is done by
`export_selection`, `export_plan` and `export_writing`.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Sequence
from typing import Any

from viewer.commands.controlled import (
    INTERRUPTED,
    WRONG_USE,
    Cancelled,
    Progress,
    counted,
    paths_of,
    read_order,
    signals_set,
    write_line,
)
from viewer.commands.export_manifest import MANIFESTS
from viewer.commands.export_names import name_pattern
from viewer.commands.export_options import configure, order_of
from viewer.commands.export_plan import plan, refuse_existing, refuse_out
from viewer.commands.export_selection import Found, find, parse_frames, select
from viewer.commands.export_writing import Exporter, Written
from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import Limits
from viewer.formats.missing import MissingPartError
from viewer.plain_text import whole_line
from viewer.standard_streams import say

_STAGES = {"search": "searched", "write": "frames written"}
_MOST_NOTES = 20

__all__ = ["configure", "run"]


def run(arguments: argparse.Namespace) -> int:
    """Export. 1 where anything that was asked for was not written."""
    teller = _Teller(as_json=arguments.json, out=os.path.abspath(arguments.output))
    stop = threading.Event()
    try:
        asked = read_order(stop) if arguments.control else None
        paths = paths_of(asked) if asked is not None else arguments.paths
        stacks, series, frames = _selection(arguments, asked or {})
        order = order_of(arguments)
        pattern = name_pattern(arguments.name) if arguments.name else None
        refuse_out(teller.out, paths, order.form)
    except (NegatoError, MissingPartError) as error:
        teller.end("failed", Written(), str(error))
        return WRONG_USE
    exporter = Exporter(order, arguments.limits, teller.write, teller.tell, stop.is_set)
    try:
        with signals_set(stop):
            found = _found(paths, arguments.limits, teller, stop, (stacks, series, frames))
            targets = plan(
                found.selected,
                arguments.output,
                order.form,
                order.suffix,
                pattern,
                replace=order.replace,
            )
            if order.pipeline is not None:
                refuse_existing(
                    [os.path.join(os.path.dirname(targets[0].path), name) for name in MANIFESTS],
                    replace=order.replace,
                )
            if arguments.dry_run:
                teller.planned(targets)
                return 0
            exporter.write(targets)
    except Cancelled:
        files = counted(exporter.written.files, "file", "files")
        teller.end("cancelled", exporter.written, f"Stopped; {files} complete, none half written.")
        return INTERRUPTED
    except NegatoError as error:
        teller.end("failed", exporter.written, str(error))
        return 1
    return _ended(teller, exporter.written, found)


def _ended(teller: _Teller, written: Written, found: Found) -> int:
    for one in found.left_out:
        teller.tell({"failed": {"path": one.path, "frame": None, "reason": one.reason}})
    failed = len(written.failed) + len(found.left_out)
    if not written.files:
        teller.end("failed", written, "Nothing could be written.", failed)
        return 1
    files = counted(written.files, "file", "files")
    size = f"{written.bytes / 1e6:,.1f}" if written.bytes < 10**7 else f"{written.bytes / 1e6:,.0f}"
    frames = counted(written.frames, "frame", "frames")
    told = f"{files} with {frames} written to {teller.out}, {size} MB."
    if failed:
        told += f" Not written: {failed:,}, each with its reason."
    teller.end("done", written, told, failed)
    return int(bool(failed) or found.was_stopped)


def _selection(
    arguments: argparse.Namespace, asked: dict[str, Any]
) -> tuple[Sequence[str], Sequence[str], str]:
    """Give stacks, series and frames, of the order where it names some."""
    stacks, series = asked.get("stacks", arguments.stack), asked.get("series", arguments.series)
    frames = asked.get("frames", arguments.frames) or ""
    for uids in (stacks, series):
        if not isinstance(uids, list) or not all(isinstance(uid, str) for uid in uids):
            raise NegatoError("The first line of standard input names no stacks.")
    if not isinstance(frames, str):
        raise NegatoError("The first line of standard input names no frames.")
    if frames:
        parse_frames(frames)
    return stacks, series, frames


def _found(
    paths: Sequence[str],
    limits: Limits,
    teller: _Teller,
    stop: threading.Event,
    chosen: tuple[Sequence[str], Sequence[str], str],
) -> Found:
    catalogue, was_stopped = find(paths, limits, teller.search, stop.is_set)
    if stop.is_set():
        raise Cancelled
    return select(catalogue, paths, *chosen, was_stopped=was_stopped)


class _Teller:
    """Tells of the work while it is done, and of what came of it."""

    def __init__(self, *, as_json: bool, out: str) -> None:
        self.out = out
        self._as_json = as_json
        self._progress = Progress(_STAGES, as_json=as_json)

    def search(self, files: int) -> None:
        """Tell how many files were seen."""
        self._progress.tell("search", files, 0)

    def write(self, done: int, of: int) -> None:
        """Tell how many frames are written."""
        self._progress.tell("write", done, of)

    def tell(self, line: dict[str, Any]) -> None:
        """Tell what became of a file."""
        if self._as_json:
            write_line(line)
        elif "failed" in line:
            self._progress.clear()
            failed = line["failed"]
            frame = f" frame {failed['frame']:,}" if failed["frame"] is not None else ""
            say(f"negato: {whole_line(failed['path'])}{frame}: {whole_line(failed['reason'])}")

    def planned(self, targets: Sequence[Any]) -> None:
        """Tell which files would be written."""
        self._progress.clear()
        for target in targets:
            if self._as_json:
                write_line({"planned": {"path": target.path, "frames": len(target.frames)}})
            else:
                sys.stdout.write(f"{whole_line(target.path)}\n")
        files = counted(len(targets), "file", "files")
        self.end("done", Written(), f"{files} would be written to {self.out}; none was.")

    def end(self, result: str, written: Written, message: str, failed: int | None = None) -> None:
        """Tell what came of it."""
        self._progress.clear()
        notes = [
            f"{text} ({counted(number, 'file', 'files')})" if number > 1 else text
            for text, number in written.notes.items()
        ]
        if self._as_json:
            write_line(
                {
                    "result": result,
                    "message": message,
                    "out": self.out,
                    "files": written.files,
                    "frames": written.frames,
                    "bytes": written.bytes,
                    "failed": len(written.failed) if failed is None else failed,
                    "notes": notes,
                }
            )
        elif result == "done":
            sys.stdout.write(f"{whole_line(message)}\n")
            for note in notes[:_MOST_NOTES]:
                sys.stdout.write(f"Note: {whole_line(note)}\n")
        else:
            say(f"negato: {whole_line(message)}")
