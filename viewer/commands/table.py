"""``negato table``: the headers of many files as a table, a row for each file, series or study.

What was asked for, and what came of it; the work is `table_making`'s. For the window, the columns
that there are, and tables of rows that it has made itself.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
from viewer.commands.table_making import (
    Begin,
    Query,
    Rows,
    TableMaker,
    Told,
    write_rows,
)
from viewer.dicom.errors import NegatoError
from viewer.dicom.inspection.columns import (
    LEVELS,
    ColumnError,
    known_columns,
    parse_column,
    parse_columns,
    split_columns,
)
from viewer.dicom.inspection.table_conditions import parse_condition
from viewer.formats.tables import CsvWriter, Field, Numeric, TableError, writer_for
from viewer.plain_text import whole_line
from viewer.standard_streams import say

_STAGES = {"read": "read"}
_NUMERIC: dict[object, Numeric] = {"int": "int", "float": "float"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="folder, ZIP, disc, or file")
    parser.add_argument(
        "--columns",
        action="append",
        default=[],
        metavar="A,B,…",
        help="keywords (PatientID), tags (0010,0020), paths (RequestAttributesSequence[0]."
        'ScheduledProcedureStepID; [*]: of all items), private tags ((0019,"SIEMENS MR HEADER",'
        "0C)), or path, file, size, transfer_syntax, frames, instances, series, status",
    )
    parser.add_argument(
        "--level", choices=LEVELS, default="instance", help="what a row is (instance: a file)"
    )
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="CONDITION",
        help="only files for which this holds: Modality=CT, Rows>=512, SeriesDescription~axial; "
        "may be repeated, all must hold",
    )
    parser.add_argument(
        "--sort", metavar="COLUMN", help="sort the rows by this column; holds all in memory"
    )
    parser.add_argument("--descending", action="store_true", help="sort from the last to the first")
    parser.add_argument(
        "--all-files", action="store_true", help="a row also for each file that cannot be read"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        default="",
        help="a new .csv, .json, .parquet or .xlsx; without it, CSV on standard output",
    )
    parser.add_argument("--replace", action="store_true", help="replace OUT where it exists")
    parser.add_argument(
        "--list-columns",
        metavar="TEXT",
        nargs="?",
        const="",
        help="only list the columns with TEXT in their keyword or name",
    )
    configure_control(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the table. 1 where it failed, or a file that should be in it could not be read."""
    teller = _Teller(as_json=arguments.json)
    stop = threading.Event()
    told = Told()
    try:
        order = read_order(stop) if arguments.control else {"paths": arguments.paths}
        if arguments.list_columns is not None:
            return _list_columns(arguments.list_columns, as_json=arguments.json)
        begin = _writer(arguments, order)
        if "rows" in order:
            return _write_given(order, arguments, begin, teller)
        query = _query(arguments, paths_of(order))
    except (TableError, NegatoError) as error:
        teller.end("failed", told, str(error))
        return WRONG_USE
    maker = TableMaker(query, arguments.limits, teller.progress, stop.is_set, out=arguments.output)
    told = maker.told
    try:
        with signals_set(stop):
            if arguments.output:
                replace = bool(arguments.replace)
                write_rows(maker.rows(), query.fields(), arguments.output, begin, replace=replace)
            else:
                _hand_on(maker.rows(), query.fields(), begin, as_json=arguments.json)
    except Cancelled:
        teller.end("cancelled", told, "Stopped; no table was written.")
        return INTERRUPTED
    except NegatoError as error:
        teller.end("failed", told, str(error))
        return 1
    teller.end("done", told, _summary(told, query, arguments.output))
    return int(bool(told.failures) or told.was_stopped)


def _query(arguments: argparse.Namespace, paths: Sequence[str]) -> Query:
    if not paths:
        raise ColumnError("Name what the table is to be of: files, folders, archives or discs.")
    if arguments.all_files and arguments.level != "instance":
        raise ColumnError("--all-files gives rows for files; leave it out, or --level.")
    names = [name for text in arguments.columns for name in split_columns(text)]
    if arguments.columns and not names:
        raise ColumnError("--columns names none; leave it out for the usual ones.")
    out = os.path.realpath(arguments.output) if arguments.output else ""
    if out and out in map(os.path.realpath, paths):
        raise ColumnError(f"{arguments.output} is to be read as well; choose another name.")
    return Query(
        paths=tuple(paths),
        columns=parse_columns(names, arguments.level),
        level=arguments.level,
        conditions=tuple(map(parse_condition, arguments.where)),
        sort=parse_column(arguments.sort) if arguments.sort else None,
        descending=arguments.descending,
        all_files=arguments.all_files,
    )


def _writer(arguments: argparse.Namespace, order: Mapping[str, Any]) -> Begin:
    """Give what writes the table, having looked whether it may."""
    out = arguments.output
    if not out:
        if "rows" in order:
            raise TableError("The order holds rows, and no file to write them to.")
        return CsvWriter
    begin = writer_for(out)
    if os.path.isdir(out):
        raise TableError(f"{out} is a folder; name a file in it.")
    if os.path.lexists(out) and not arguments.replace:
        raise TableError(f"{out} exists; choose another name, or add --replace.")
    folder = os.path.dirname(os.path.abspath(out))
    if not os.path.isdir(folder):
        raise TableError(f"There is no folder {folder}; make it, or choose another place.")
    return begin


def _hand_on(
    pieces: Iterator[Rows], fields: Sequence[Field], begin: Begin, *, as_json: bool
) -> None:
    """Write rows to standard output as they come."""
    if as_json:
        told = [{"title": field.title, "numeric": field.numeric} for field in fields]
        write_line({"fields": told})
        for piece in pieces:
            write_line({"rows": [[path, *cells] for path, cells in piece]})
        return
    writer = None
    sys.stdout.flush()
    for piece in pieces:
        writer = writer or begin(sys.stdout.buffer, fields)
        writer.write([cells for _, cells in piece])
        sys.stdout.buffer.flush()


def _write_given(
    order: Mapping[str, Any], arguments: argparse.Namespace, begin: Begin, teller: _Teller
) -> int:
    """Write rows that the order brings along."""
    fields = [
        Field(str(one.get("title")), _NUMERIC.get(one.get("numeric"), ""))
        for one in order.get("fields", ())
    ]
    rows: Rows = [("", [str(cell) for cell in row]) for row in order["rows"]]
    told = Told(rows=len(rows))
    if not rows:
        teller.end("failed", told, "There is no row to write.")
        return 1
    try:
        write_rows(iter([rows]), fields, arguments.output, begin, replace=bool(arguments.replace))
    except NegatoError as error:
        teller.end("failed", told, str(error))
        return 1
    teller.end("done", told, f"{counted(len(rows), 'row', 'rows')} written to {arguments.output}.")
    return 0


def _list_columns(text: str, *, as_json: bool) -> int:
    found = known_columns(text)
    if as_json:
        write_line({"columns": found})
        write_line({"result": "done", "message": ""})
    else:
        lines = (f"{title:40}{vr:9}{name}\n" for title, vr, name in found)
        sys.stdout.write("".join(lines))
    if not found and not as_json:
        say(f"negato: No column has {whole_line(text)} in its keyword or name.")
    return int(not found)


class _Teller:
    """Tells of the work while it is done, and of what came of it."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._progress = Progress(_STAGES, as_json=as_json)

    def progress(self, files: int) -> None:
        """Tell how many files were seen."""
        self._progress.tell("read", files, 0)

    def end(self, result: str, told: Told, message: str) -> None:
        """Tell what came of it; on standard error, as the table may be on the other."""
        self._progress.clear()
        if self._as_json:
            write_line(
                {
                    "result": result,
                    "row_count": told.rows,
                    "files": told.files,
                    "left_out": [
                        {"path": one.path, "reason": one.reason, "kind": one.kind}
                        for one in told.left_out
                    ],
                    "warnings": told.warnings,
                    "message": message,
                }
            )
            return
        if result == "done":
            for text in told.warnings:
                say(f"negato: Note: {whole_line(text)}")
            for one in told.failures:
                say(f"negato: {whole_line(f'{one.path}: {one.reason}')}")
            say(whole_line(message))
        else:
            say(f"negato: {whole_line(message)}")


def _summary(told: Told, query: Query, out: str) -> str:
    rows = counted(told.rows, "row", "rows")
    told_of = f"{rows} of {counted(told.files, 'file', 'files')}"
    words = f"{told_of} written to {out}." if out else f"{told_of}."
    if told.excluded:
        words += f" {told.excluded:,} did not meet the conditions."
    if told.left_out:
        kinds = Counter(one.kind for one in told.left_out)
        parts = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items()))
        verb = "told of in rows" if query.all_files else "not in the table"
        words += f" {counted(len(told.left_out), 'other file', 'other files')} {verb}: {parts}."
    return words
