"""``negato disc``: a disc of DICOM files, for people, or as JSON lines for the window.

What was asked for, and what came of it. The work is `disc_writing`'s.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections import Counter
from dataclasses import replace
from typing import Any

from viewer.commands.controlled import (
    INTERRUPTED,
    WRONG_USE,
    Cancelled,
    Progress,
    configure_control,
    counted,
    paths_of,
    read_order,
    signals_set,
    write_line,
)
from viewer.commands.disc_writing import Disc, DiscWriter, Stage
from viewer.dicom.errors import NegatoError
from viewer.dicom.file_set_copy import DiscError, refuse_place
from viewer.dicom.ledger import Skipped
from viewer.dicom.portable_viewer import Bundle, find_bundle
from viewer.plain_text import whole_line
from viewer.standard_streams import say

_LEFT = "Not all that was written could be taken away: delete what is left in {}."
_STAGES: dict[str, str] = {
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
    configure_control(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the disc. 1 where it failed, or a file was left out that should be on it."""
    teller = _Teller(as_json=arguments.json)
    stop = threading.Event()
    disc = Disc(os.path.abspath(arguments.output))
    try:
        paths = paths_of(read_order(stop)) if arguments.control else arguments.paths
        bundle = _prepared(paths, disc.path, arguments.with_viewer)
    except (NegatoError, ValueError) as error:
        teller.end("failed", disc, str(error))
        return WRONG_USE
    writer = DiscWriter(paths, disc.path, bundle, arguments.limits, teller.progress, stop.is_set)
    disc = writer.disc
    try:
        with signals_set(stop):
            writer.write()
    except Cancelled:
        told = "Stopped; nothing was left of the disc." if writer.is_clean else _LEFT
        teller.end("cancelled", disc, told.format(disc.path))
        return INTERRUPTED
    except NegatoError as error:
        told = "" if writer.is_clean else f" {_LEFT.format(disc.path)}"
        teller.end("failed", disc, f"{error}{told}")
        return 1
    teller.end("done", disc, _summary(disc))
    return int(bool(disc.failures) or disc.was_stopped)


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
        self._progress = Progress(_STAGES, as_json=as_json)

    def progress(self, stage: Stage, done: int, of: int) -> None:
        """Tell how far it is."""
        self._progress.tell(stage, done, of)

    def end(self, result: str, disc: Disc, message: str) -> None:
        """Tell what came of it; of a disc that was taken away, nothing was written."""
        self._progress.clear()
        if result != "done":
            disc = replace(disc, written=0, bytes=0)
        if self._as_json:
            write_line(_as_json(result, disc, message))
        elif result == "done":
            sys.stdout.write("".join(f"{whole_line(line)}\n" for line in _lines(disc, message)))
            for one in disc.failures:
                say(f"negato: {whole_line(_reason(one))}")
        else:
            say(f"negato: {whole_line(message)}")


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
    files = counted(disc.written, "file", "files")
    size = f"{disc.bytes / 1e6:,.1f}" if disc.bytes < 10**7 else f"{disc.bytes / 1e6:,.0f}"
    told = f"{series}, {files} written to {disc.path}, {size} MB; checked: all identical."
    if not disc.left_out:
        return told
    kinds = Counter(_KINDS.get(one.kind, one.kind) for one in disc.left_out)
    parts = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items()))
    return f"{told} {counted(len(disc.left_out), 'file', 'files')} left out: {parts}."


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
