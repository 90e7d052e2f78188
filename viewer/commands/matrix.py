"""``negato matrix``: the attributes of a stack over its frames, for people, as JSON lines or CSV.

What was asked for and how it is told. The reading is `workers.matrix`'s.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from viewer.commands.chosen_stack import chosen_stack, stacks_in
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
from viewer.dicom.errors import NegatoError
from viewer.dicom.inspection.frame_places import FramePlace, as_order, from_order, places_of
from viewer.dicom.inspection.matrix import Column, MatrixPart, summary
from viewer.dicom.inspection.matrix_csv import write_csv
from viewer.dicom.tags import tag_text
from viewer.imaging.files import whole_file
from viewer.plain_text import plain_line, whole_line
from viewer.standard_streams import say
from viewer.workers.matrix import read_matrix

_AT_ONCE = 4096  # values in a line: a reader is not held up by megabytes
_STAGES = {"search": "searched", "read": "read"}
_BULK_NAMED = 5
_LONGEST = 4096  # characters of a line for people


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="folder, ZIP, disc, or file; one file alone brings the rest of its series",
    )
    parser.add_argument("--stack", metavar="UID", help="of a stack, or of a series that is one")
    parser.add_argument(
        "--varying", action="store_true", help="leave out what is the same in all frames"
    )
    parser.add_argument(
        "-o", "--output", metavar="OUT.csv", help="write a row a frame and a column an attribute"
    )
    parser.add_argument("--replace", action="store_true", help="write over a file of that name")
    configure_control(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tell or write the matrix. 1 where it failed, or a frame could not be read."""
    stop = threading.Event()
    teller = _Teller(as_json=arguments.json, control=arguments.control)
    out = os.path.abspath(arguments.output) if arguments.output else ""
    try:
        order = read_order(stop) if arguments.control else {"paths": arguments.paths}
        _refuse(paths_of(order), out, replace=arguments.replace)
    except NegatoError as error:
        teller.end("failed", str(error))
        return WRONG_USE
    try:
        with signals_set(stop):
            places = _places(arguments, order, stop, teller.progress)
            found = _read(places, arguments, stop, teller.progress)
            if out:
                _write(out, found, places, arguments)
            else:
                teller.tell(found, places, varying=arguments.varying)
    except Cancelled:
        teller.end("cancelled", "Stopped; nothing was written.")
        return INTERRUPTED
    except NegatoError as error:
        teller.end("failed", str(error))
        return 1
    teller.end("done", _message(found, out), found, places)
    return int(bool(found.unread))


def _refuse(paths: Sequence[str], out: str, *, replace: bool) -> None:
    """Say what cannot be done, before anything is."""
    if not paths:
        raise NegatoError("Name what is to be looked at: files, a folder, archive or disc.")
    if not out:
        return
    if os.path.isdir(out) or not os.path.isdir(os.path.dirname(out)):
        raise NegatoError("Name a file in a folder that is there.", out)
    if os.path.isfile(out) and not replace:
        raise NegatoError("There is such a file; name another, or add --replace.", out)


def _places(
    arguments: argparse.Namespace, order: Mapping[str, Any], stop: threading.Event, told: Progress
) -> list[FramePlace]:
    """Give the frames that the order names, else those of the stack that was chosen."""
    if "frames" in order:
        try:
            return from_order(order["frames"])
        except ValueError as error:
            raise NegatoError(str(error)) from error
    stacks = stacks_in(
        paths_of(order), arguments.limits, stop.is_set, lambda count: told.tell("search", count, 0)
    )
    return places_of(chosen_stack(stacks, arguments.stack))


def _read(
    places: Sequence[FramePlace],
    arguments: argparse.Namespace,
    stop: threading.Event,
    told: Progress,
) -> MatrixPart:
    found = read_matrix(
        places, arguments.limits, stop.is_set, lambda done, of: told.tell("read", done, of)
    )
    if found is None:
        raise Cancelled
    if len(found.unread) == len(places):
        raise NegatoError(found.unread[0][1], places[0].path)
    return found


def _write(
    out: str, found: MatrixPart, places: Sequence[FramePlace], arguments: argparse.Namespace
) -> None:
    if any(os.path.realpath(place.path) == os.path.realpath(out) for place in places):
        raise NegatoError("This is one of the files that are read; name another.", out)
    try:
        with whole_file(out, replace=arguments.replace) as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            write_csv(text, found, places, varying=arguments.varying)
            text.flush()
            text.detach()
    except FileExistsError as error:
        raise NegatoError("There is such a file by now; name another.", out) from error
    except OSError as error:
        why = error.strerror or "write error"
        raise NegatoError(f"It cannot be written ({why}); choose another place.", out) from error


class _Teller:
    """Tells of the work while it is done, of the matrix, and of what came of it."""

    def __init__(self, *, as_json: bool, control: bool) -> None:
        self._as_json, self._control = as_json, control
        self.progress = Progress(_STAGES, as_json=as_json)

    def tell(self, found: MatrixPart, places: Sequence[FramePlace], *, varying: bool) -> None:
        """Tell every attribute."""
        self.progress.clear()
        columns = [one for one in found.columns if one.varies or not varying]
        if self._as_json:
            if not self._control:  # else who gave the order knows them
                for at in range(0, len(places), _AT_ONCE):
                    write_line({"from": at, "frames": as_order(places[at : at + _AT_ONCE])})
            for column in columns:
                _write_column(column)
            return
        changing = [column for column in columns if column.varies]
        lines = [f"Varying over {counted(len(places), 'frame', 'frames')}:"]
        lines += [f"  {_head(one)}: {summary(one.vr, one.values)}" for one in changing]
        if not varying:
            lines.append("The same in all frames:")
            lines += [
                f"  {_head(one)}: {one.values[0] or ''}".rstrip()
                for one in columns
                if not one.varies
            ]
        sys.stdout.writelines(f"{plain_line(line, _LONGEST)}\n" for line in lines)

    def end(
        self,
        result: str,
        message: str,
        found: MatrixPart | None = None,
        places: Sequence[FramePlace] = (),
    ) -> None:
        """Tell what came of it."""
        self.progress.clear()
        unread = found.unread if found is not None else ()
        if self._as_json:
            write_line(
                {
                    "result": result,
                    "message": message,
                    "left_out": list(found.bulk) if found is not None else [],
                    "unread": [{"frame": at, "reason": reason} for at, reason in unread],
                }
            )
            return
        if result == "done":
            sys.stdout.write(f"{whole_line(message)}\n")
        else:
            for line in message.split("\n"):
                say(f"negato: {whole_line(line)}" if line == message else whole_line(line))
        for at, reason in unread:
            say(f"negato: {whole_line(places[at].path)}: {reason}")


def _write_column(column: Column) -> None:
    """Write an attribute as JSON; the values of very many frames in lines of their own."""
    values = column.values
    told: dict[str, Any] = {
        "path": column.path,
        "tag": tag_text(column.tag),
        "vr": column.vr,
        "name": column.name,
        "grouped": column.grouped,
        "varies": column.varies,
    }
    if column.varies:
        told["summary"] = summary(column.vr, values)
        told["values"] = values[:_AT_ONCE]
    else:
        told["value"] = values[0]
    write_line({"column": told})
    for at in range(_AT_ONCE, len(values), _AT_ONCE):
        more = {"path": column.path, "grouped": column.grouped, "from": at}
        write_line({"more": {**more, "values": values[at : at + _AT_ONCE]}})


def _head(column: Column) -> str:
    path = f"{column.path} {column.name}" if column.tag >> 16 & 1 else column.path
    return f"{tag_text(column.tag)} {column.vr:2} {path}"


def _message(found: MatrixPart, out: str) -> str:
    varying = sum(column.varies for column in found.columns)
    told = f"{counted(found.frames, 'frame', 'frames')}, {len(found.columns):,} attributes, "
    told += f"{varying:,} of them varying{f'; written to {out}' if out else ''}."
    if found.bulk:
        names = ", ".join(found.bulk[:_BULK_NAMED])
        more = len(found.bulk) - _BULK_NAMED
        told += f" Left out as bulk: {names}{f' and {more:,} more' if more > 0 else ''}."
    if found.unread:
        told += f" {counted(len(found.unread), 'frame', 'frames')} could not be read."
    return told
