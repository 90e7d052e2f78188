"""`negato dump`: the tags of one file, or one value of it whole.

The file is read in a child process, as everywhere. How rows look is `dump_rows`' and `tag_lines`'
matter, single values are `dump_value`'s.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable

import numpy as np

from viewer.commands.controlled import WRONG_USE
from viewer.commands.dump_rows import json_matches, json_tree, match_line, tree_line
from viewer.commands.dump_value import hex_text, save_named, save_ordered, value_text
from viewer.commands.tag_child import TagChild, tag_child
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.tag_lines import csv_lines, python_lines
from viewer.dicom.tag_paths import outermost, row_named
from viewer.dicom.tag_search import (
    HELP,
    PATTERN_SECONDS,
    PATTERN_TOO_SLOW,
    SearchError,
    find_rows,
    has_pattern,
    parse,
)
from viewer.dicom.tags import TagTable
from viewer.plain_text import json_text
from viewer.standard_streams import say

_FORMATS = ("text", "json", "csv", "dicom-json", "python")
_EPILOG = f"""what --find takes:
{HELP}

TAG is a keyword, a tag, or a path of these: BeamSequence[0].BeamName, (0029,1010)
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EPILOG.replace("%", "%%")
    parser.add_argument("file", metavar="FILE", nargs="?", help="a DICOM file")
    parser.add_argument(
        "--find",
        metavar="SEARCH",
        help="only tags that are found, with their keyword paths; exit 1 where there is none",
    )
    parser.add_argument(
        "--tag",
        metavar="TAG",
        action="append",
        dest="tags",
        help="only this element, with all that is in it; may be repeated",
    )
    parser.add_argument(
        "--depth",
        metavar="N",
        type=_depth,
        help="open sequences N levels deep; 0: none",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--format",
        choices=_FORMATS,
        default="text",
        help="dicom-json is the DICOM JSON model, python a line of pydicom for each element",
    )
    form.add_argument("--json", action="store_true", help="as --format json, with values whole")
    parser.add_argument(
        "--values",
        choices=("raw", "readable", "both"),
        default="raw",
        help="of text: values as written, or dates, ages, names and codes as people write them",
    )
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--show", metavar="TAG", help="one value whole: Siemens' CSA headers as text")
    one.add_argument("--hex", metavar="TAG", help="the bytes of one value, the first 64 KiB")
    one.add_argument("--save", metavar="TAG", help="write the bytes of one value to -o")
    parser.add_argument("-o", "--output", metavar="OUT", help="a new file, for --save")
    parser.add_argument("--replace", action="store_true", help="replace OUT where it exists")
    parser.add_argument("--control", action="store_true", help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Write what is asked for; give 1 where nothing is found."""
    if arguments.control:
        return save_ordered(arguments.limits)
    problem = _wrong_use(arguments)
    if problem:
        say(f"negato: {problem}")
        return WRONG_USE
    with tag_child(os.path.abspath(arguments.file), arguments.limits) as child:
        if arguments.save is not None:
            return save_named(child, arguments.save, arguments.output, replace=arguments.replace)
        if arguments.show is not None:
            sys.stdout.write(value_text(child, arguments.show))
            return 0
        if arguments.hex is not None:
            sys.stdout.write(hex_text(child, arguments.hex))
            return 0
        return _dump(child, arguments)


def _wrong_use(arguments: argparse.Namespace) -> str:
    if arguments.file is None:
        return "Name the file whose tags are to be shown."
    if (arguments.save is None) != (arguments.output is None):
        return "--save TAG needs -o OUT, the file to write to, and -o needs --save."
    if arguments.find is not None:
        try:
            parse(arguments.find)
        except SearchError as error:
            return error.message
    return ""


def _dump(child: TagChild, arguments: argparse.Namespace) -> int:
    table = child.table()
    form = "json" if arguments.json else arguments.format
    is_part = arguments.find is not None
    found = _found(child, table, arguments.find) if is_part else np.arange(len(table))
    if arguments.tags:
        found = found[np.isin(found, _below(table, _named(table, arguments.tags)))]
    if arguments.depth is not None:
        found = found[table.depths[found] <= 2 * arguments.depth]
    rows = found.tolist()
    if form == "dicom-json":
        sys.stdout.write(_dicom_json(child, table, rows, arguments) + "\n")
    elif form == "json":
        tree = is_part or arguments.tags
        value = json_matches(table, rows) if tree else json_tree(table, rows)
        sys.stdout.write(json_text(value, indent=1) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(table, rows, form, arguments))
    if not rows:
        say("negato: no tag holds that text" if is_part else "negato: there is no such tag")
    return 0 if rows else 1


def _lines(
    table: TagTable, rows: list[int], form: str, arguments: argparse.Namespace
) -> Iterable[str]:
    if form == "csv":
        return csv_lines(table, rows)
    if form == "python":
        return python_lines(table, rows)
    line = tree_line if arguments.find is None and not arguments.tags else match_line
    return (line(table, row, arguments.values) for row in rows)


def _dicom_json(
    child: TagChild, table: TagTable, rows: list[int], arguments: argparse.Namespace
) -> str:
    task = "viewer.dicom.tag_json:"
    if arguments.find is None and not arguments.tags and arguments.depth is None:
        whole: str = child.ask(task + "json_of_file", child.path, child.limits)
        return whole
    if arguments.depth is not None:  # else an element goes with all that is in it
        raise NegatoError("The DICOM JSON model has sequences whole: leave --depth out.")
    text: str = child.ask(task + "json_of_rows", child.path, outermost(table, rows), child.limits)
    return text


def _found(child: TagChild, table: TagTable, search: str) -> np.ndarray:
    """Search in the table; with a regular expression in the child, under a clock."""
    if not has_pattern(parse(search)):
        return find_rows(table, search)
    task = "viewer.dicom.tag_search:find_in_file"
    seconds = PATTERN_SECONDS + child.limits.header_seconds  # it reads the tags once more
    try:
        rows: np.ndarray = child.ask(task, child.path, search, child.limits, seconds=seconds)
    except PixelError as error:
        raise NegatoError(PATTERN_TOO_SLOW) from error
    return rows


def _named(table: TagTable, names: Iterable[str]) -> set[int]:
    """Give the rows with these names.

    Raises
    ------
    NegatoError
        There is none of one of them.
    """
    rows = set()
    for name in names:
        row = row_named(table, name)
        if row is None:
            raise NegatoError(f"There is no {name} in it; see negato dump FILE for what there is.")
        rows.add(row)
    return rows


def _below(table: TagTable, rows: set[int]) -> list[int]:
    """Give rows with all that is below them."""
    kept = set(rows)
    for row in range(len(table)):  # parents come first
        if int(table.parents[row]) in kept:
            kept.add(row)
    return sorted(kept)


def _depth(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise argparse.ArgumentTypeError("the depth is a number from 0 on")
    return int(text)
