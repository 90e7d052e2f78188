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
    configure_control,
    counted,
    paths_of,
    read_order,
    signals_set,
    write_line,
)
from viewer.commands.export_looks import AskedWindow
from viewer.commands.export_names import FIELDS, name_pattern
from viewer.commands.export_plan import SEEN_FORMATS, SUFFIXES, VOLUME_FORMATS, plan, refuse_out
from viewer.commands.export_selection import Found, find, parse_frames, select
from viewer.commands.export_writing import Exporter, ExportOrder, Written
from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import Limits
from viewer.dicom.rendering import Look, Values
from viewer.formats.missing import MissingPartError
from viewer.imaging.turning import Turn
from viewer.plain_text import whole_line
from viewer.standard_streams import say

_STAGES = {"search": "searched", "write": "frames written"}
_ENCODINGS = {"png": "png", "jpeg": "jpeg", "gif": "gif", "webp": "webp"}
_MOST_NOTES = 20
_MOST_FPS = 1000


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG
    parser.add_argument("paths", nargs="*", metavar="PATH", help="file, folder, ZIP or disc")
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="a folder; or a file, for one alone"
    )
    parser.add_argument(
        "--format",
        choices=sorted(SUFFIXES),
        help="png, jpeg: a file a frame; tiff (pages), gif, webp, mp4, npy, npz, nifti, nrrd: a "
        "file a stack; dicom: the files as they are",
    )
    _configure_selection(parser)
    _configure_look(parser)
    _configure_files(parser)
    configure_control(parser)


def _configure_selection(parser: argparse.ArgumentParser) -> None:
    chosen = parser.add_argument_group("what of it (all, if not said)")
    chosen.add_argument(
        "--stack", action="append", default=[], metavar="UID", help="may be repeated"
    )
    chosen.add_argument(
        "--series", action="append", default=[], metavar="UID", help="may be repeated"
    )
    chosen.add_argument("--frames", default="", metavar="1-20,33", help="of each stack, from 1 on")


def _configure_look(parser: argparse.ArgumentParser) -> None:
    look = parser.add_argument_group("values and look")
    values = look.add_mutually_exclusive_group()
    values.add_argument(
        "--values",
        choices=("seen", "stored", "modality"),
        help="seen: 8 bit, through the window, as on screen at one pixel each; stored: as in the "
        "file; modality: rescaled (CT: HU). If not said: seen for pictures and movies, stored for "
        "tiff, modality for arrays",
    )
    values.add_argument(
        "--raw", action="store_const", const="stored", dest="values", help="--values stored"
    )
    window = look.add_mutually_exclusive_group()
    window.add_argument(
        "--window",
        nargs=2,
        type=float,
        metavar=("C", "W"),
        help="centre and width in modality units (CT: HU); if not said, the file's first, else "
        "one for all frames of the stack, as the window shows it",
    )
    window.add_argument("--voi", type=int, metavar="N", help="the file's N-th window or VOI table")
    window.add_argument("--preset", default="", metavar="NAME", help="for CT: Lung, Bone...")
    look.add_argument("--invert", action="store_true", help="low values bright")
    look.add_argument("--turn", type=int, choices=(0, 90, 180, 270), default=0, help="clockwise")
    look.add_argument("--mirror", action="store_true", help="left to right, after the turn")
    look.add_argument("--no-overlays", action="store_true", help="leave out the file's overlays")
    look.add_argument(
        "--no-shutter", action="store_true", help="show what the file's display shutter hides"
    )


def _configure_files(parser: argparse.ArgumentParser) -> None:
    files = parser.add_argument_group("files")
    files.add_argument(
        "--name", metavar="PATTERN", help="names without their ending; fields are listed below"
    )
    files.add_argument("--replace", action="store_true", help="replace files that are there")
    files.add_argument(
        "--quality", type=int, default=90, metavar="N", help="of jpeg and webp, 1 to 100 (90)"
    )
    files.add_argument(
        "--fps",
        type=float,
        metavar="N",
        help="of gif, webp, mp4; if not said, what the file says, else 15",
    )
    files.add_argument(
        "--uncompressed", action="store_true", help="tiff, npz, nifti (.nii), nrrd: quick, large"
    )
    files.add_argument("--dry-run", action="store_true", help="tell the files, and write none")


_EPILOG = (
    "fields of --name, with a width for numbers as in {frame:04}:\n"
    + "".join(f"  {{{name}}}: {text}\n" for name, text in FIELDS.items())
    + "Nothing of the patient is in a name unless you ask for it."
)


def run(arguments: argparse.Namespace) -> int:
    """Export. 1 where anything that was asked for was not written."""
    teller = _Teller(as_json=arguments.json, out=os.path.abspath(arguments.output))
    stop = threading.Event()
    try:
        asked = read_order(stop) if arguments.control else None
        paths = paths_of(asked) if asked is not None else arguments.paths
        stacks, series, frames = _selection(arguments, asked or {})
        order = _order(arguments)
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
                found.selected, arguments.output, order.form, pattern, replace=order.replace
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


def _order(arguments: argparse.Namespace) -> ExportOrder:
    form: str = arguments.format
    if not form:
        raise NegatoError(f"Say in which format with --format: {', '.join(sorted(SUFFIXES))}.")
    values: Values = arguments.values or _usual_values(form)
    if values == "seen" and form in VOLUME_FORMATS:
        raise NegatoError(f"{form} holds values, not pictures; use --values modality or stored.")
    if values != "seen" and form in SEEN_FORMATS and form != "png":
        raise NegatoError(f"{form} holds pictures of 8 bit; for other values, use png or tiff.")
    if values == "modality" and form == "png":
        raise NegatoError("PNG holds no modality values; use tiff, or an array.")
    if not 1 <= arguments.quality <= 100:
        raise NegatoError("The quality is a number from 1 to 100.")
    if arguments.fps is not None and not 0 < arguments.fps <= _MOST_FPS:
        raise NegatoError("Frames a second are more than 0 and at most 1,000.")
    if form == "mp4":
        from viewer.formats.movies import check_movies

        check_movies()
    if form == "nifti":
        from viewer.formats.nifti import check_nifti

        check_nifti()
    window = AskedWindow(
        None if arguments.window is None else tuple(arguments.window),
        arguments.voi,
        arguments.preset,
    )
    window.check()
    look = Look(
        values=values,
        encoding=_ENCODINGS.get(form, ""),  # type: ignore[arg-type]
        inverted=arguments.invert,
        turn=Turn(arguments.turn // 90, arguments.mirror),
        shutter=not arguments.no_shutter,
        overlays=not arguments.no_overlays,
        quality=arguments.quality,
    )
    return ExportOrder(
        form, look, window, arguments.fps, not arguments.uncompressed, arguments.replace
    )


def _usual_values(form: str) -> Values:
    if form in SEEN_FORMATS:
        return "seen"
    return "stored" if form == "tiff" else "modality"


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
