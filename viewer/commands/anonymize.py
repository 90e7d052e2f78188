"""``negato anonymize``: files without what tells who the patient is, for people, or as JSON lines.

    negato anonymize PATH... -o OUT [--profile basic[,OPTION...]] [--key-file FILE]
                     [--confirm burned-in,structured-content] [--black-out ROW,COLUMN,ROWS,COLUMNS]
                     [--rules FILE.toml] [--report FILE.json] [--replace] [--dry-run] [--json]
                     [--control]

OPTION is one of ``profile.OPTIONS``. OUT is a new folder or an empty one, and gets a DICOMDIR and
DICOM/...; with ``--dry-run`` it is not needed, and nothing is written. ``--control`` takes the
order {"paths": [...]} from standard input, and all else from the options.

JSON lines: {"stage": "search"|"clean"|"check", "done", "of"} as it goes;
{"change": {"path", "sop_instance_uid", "tag", "name", "where", "action", "before", "after"}} with
``--dry-run`` (``tag`` as "(0010,0010)", ``where`` the sequences around it or "", ``after`` null
where it is removed); {"held": {"path", "reason"}} for what is held back, {"failed": {"path",
"reason"}} for what cannot be taken; at the end {"result": "done"|"cancelled"|"failed", "message",
"out", "files", "written", "held", "failed", "changes", "warnings": [...], "key": what was used},
where "held" and "failed" are numbers.

Exit code 1 where a file failed, or nothing is left to write. The work is `anonymize_writing`'s.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from typing import Any

from viewer.commands.anonymize_telling import Outcome, Wanted
from viewer.commands.anonymize_writing import Anonymizer
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
from viewer.dicom.deidentification.black_out import read_rules, rectangle_of
from viewer.dicom.deidentification.keys import read_key
from viewer.dicom.deidentification.profile import OPTIONS, profile_of
from viewer.dicom.errors import NegatoError
from viewer.dicom.file_set_copy import refuse_place
from viewer.plain_text import whole_line
from viewer.standard_streams import say

_STAGES = {"search": "searched", "clean": "de-identified", "check": "checked"}
_CONFIRMABLE = ("burned-in", "structured-content")
_LEFT = "Not all that was written could be taken away: delete what is left in {}."


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="folder, ZIP, disc, or file")
    parser.add_argument("-o", "--output", metavar="OUT", help="a new folder, or an empty one")
    parser.add_argument(
        "--profile",
        default="basic",
        metavar="basic[,OPTION...]",
        help=f"what is done, by PS3.15 Annex E; options: {', '.join(OPTIONS)}",
    )
    parser.add_argument(
        "--key-file",
        metavar="FILE",
        help="secret that pseudonyms, UIDs and shifts of dates are made with, so that two runs "
        "agree; made where it is not there",
    )
    parser.add_argument(
        "--confirm",
        default="",
        metavar="WHAT",
        help="take what is held back as well: burned-in (texts may stand in the picture), "
        "structured-content (reports, with their texts removed)",
    )
    parser.add_argument(
        "--black-out",
        action="append",
        default=[],
        metavar="ROW,COLUMN,ROWS,COLUMNS",
        help="rectangle of all pictures to be blacked out, counted from 1; may be repeated",
    )
    parser.add_argument(
        "--rules",
        metavar="FILE.toml",
        help="rectangles by device; confirms = true takes its pictures",
    )
    parser.add_argument("--report", metavar="FILE.json", help="write what was done with each file")
    parser.add_argument("--replace", action="store_true", help="replace the report if it exists")
    parser.add_argument("--dry-run", action="store_true", help="write nothing; tell each change")
    configure_control(parser)


def run(arguments: argparse.Namespace) -> int:
    """De-identify. 1 where a file failed, or nothing was left to write."""
    teller = _Teller(as_json=arguments.json)
    stop = threading.Event()
    try:
        paths = paths_of(read_order(stop)) if arguments.control else arguments.paths
        wanted = _wanted(arguments, paths)
    except (NegatoError, ValueError) as error:
        teller.end("failed", Outcome(), str(error))
        return WRONG_USE
    anonymizer = Anonymizer(wanted, teller.progress, teller.line, stop.is_set)
    outcome = anonymizer.outcome
    try:
        with signals_set(stop):
            anonymizer.run()
    except Cancelled:
        told = "Stopped; nothing was left of it." if anonymizer.is_clean else _LEFT
        teller.end("cancelled", outcome, told.format(wanted.out))
        return INTERRUPTED
    except NegatoError as error:
        told = "" if anonymizer.is_clean else f" {_LEFT.format(wanted.out)}"
        teller.end("failed", outcome, f"{error}{told}")
        return 1
    teller.end("done", outcome, _summary(outcome, wanted))
    return int(bool(outcome.failed))


def _wanted(arguments: argparse.Namespace, paths: list[str]) -> Wanted:
    """Read what was asked for.

    Raises
    ------
    NegatoError
        It cannot be done so, with what to do.
    """
    if not paths:
        raise NegatoError("Name what is to be de-identified: files, folders, archives or discs.")
    if not arguments.output and not arguments.dry_run:
        raise NegatoError("Name the folder to write to with -o OUT, or look first with --dry-run.")
    out = os.path.abspath(arguments.output) if arguments.output else ""
    profile = profile_of(arguments.profile)
    confirmed = frozenset(filter(None, arguments.confirm.split(",")))
    if not confirmed <= set(_CONFIRMABLE):
        raise NegatoError(f"--confirm takes {' or '.join(_CONFIRMABLE)}.")
    if not arguments.dry_run:
        refuse_place(out, paths)
        for beside in (arguments.key_file, arguments.report):
            if beside and os.path.realpath(beside).startswith(os.path.join(out, "")):
                raise NegatoError("This file would lie among the results; name another place.")
        if arguments.report:
            _refuse_report(arguments.report, replace=arguments.replace)
    rectangles = tuple(map(rectangle_of, arguments.black_out))
    rules = read_rules(arguments.rules) if arguments.rules else ()
    return Wanted(
        paths=tuple(paths),
        out=out,
        profile=profile,
        key=read_key(arguments.key_file, may_make=not arguments.dry_run),
        confirmed=confirmed,
        rectangles=rectangles,
        rules=rules,
        report=os.path.abspath(arguments.report) if arguments.report else "",
        is_dry=arguments.dry_run,
        limits=arguments.limits,
    )


def _refuse_report(path: str, *, replace: bool) -> None:
    """Say why a report cannot be written, before anything is."""
    if os.path.isdir(path) or not os.path.isdir(os.path.dirname(os.path.abspath(path))):
        raise NegatoError("Name a file for the report, in a folder that is there.", path)
    if os.path.lexists(path) and not replace:
        told = "There is such a report; choose another place, or replace it with --replace."
        raise NegatoError(told, path)


class _Teller:
    """Tells of the work while it is done, and of what came of it."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._progress = Progress(_STAGES, as_json=as_json)
        self._held: dict[str, list[str]] = {}  # paths by reason

    def progress(self, stage: str, done: int, of: int) -> None:
        """Tell how far it is."""
        self._progress.tell(stage, done, of)

    def line(self, kind: str, value: dict[str, Any]) -> None:
        """Tell of one change, or of one file."""
        if self._as_json:
            write_line({kind: value})
            return
        self._progress.clear()
        if kind == "change":
            sys.stdout.write(f"{whole_line(_change(value))}\n")
        elif kind == "failed":
            say(f"negato: {whole_line(value['path'])}: {whole_line(value['reason'])}")
        else:
            self._held.setdefault(value["reason"], []).append(value["path"])

    def end(self, result: str, outcome: Outcome, message: str) -> None:
        """Tell what came of it; of what was taken away, nothing was written."""
        self._progress.clear()
        if self._as_json:
            written = outcome.written if result == "done" else 0
            told = {"result": result, "message": message, **outcome.as_json(), "written": written}
            write_line(told)
            return
        held = [_held(reason, paths) for reason, paths in self._held.items()]
        if result == "done":
            lines = (message, *held, *(f"Note: {text}" for text in outcome.warnings))
            sys.stdout.write("".join(f"{whole_line(line)}\n" for line in lines))
        else:
            for line in (f"negato: {message}", *held):
                say(whole_line(line))


def _held(reason: str, paths: list[str]) -> str:
    others = f" and {counted(len(paths) - 1, 'other', 'others')}" if len(paths) > 1 else ""
    return f"  Held back: {paths[0]}{others}: {reason}"


def _change(change: dict[str, Any]) -> str:
    where = f"{change['where']}." if change["where"] else ""
    after = "-> removed" if change["after"] is None else f"-> {change['after'] or '(empty)'}"
    return (
        f"{change['path']}: {change['tag']} {where}{change['name']} [{change['action']}] "
        f"{change['before']} {after}"
    )


def _summary(outcome: Outcome, wanted: Wanted) -> str:
    changes = counted(outcome.changes, "change", "changes")
    if wanted.is_dry:
        done = f"{counted(outcome.files, 'file', 'files')} would have {changes}; nothing written."
    else:
        files = counted(outcome.written, "file", "files")
        done = f"{files} written to {wanted.out}, {changes}; each opened again and checked."
    parts = [done]
    if outcome.held:
        parts.append(f"{counted(outcome.held, 'file', 'files')} held back.")
    if outcome.failed:
        parts.append(f"{counted(outcome.failed, 'file', 'files')} failed.")
    return " ".join([*parts, f"Key: {outcome.key}."])
