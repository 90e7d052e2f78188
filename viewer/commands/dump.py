"""`negato dump`: the tags of one file, as indented text or as JSON.

The file is read in a child process, as everywhere.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from contextlib import closing
from queue import SimpleQueue
from typing import Any

from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import Limits
from viewer.dicom.tags import Kind, TagTable, find_rows, keyword_path, tag_text
from viewer.plain_text import json_text, plain_line
from viewer.workers.child_pool import ChildPool

JsonRow = dict[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="a DICOM file")
    parser.add_argument(
        "--find",
        metavar="TEXT",
        help="only tags with TEXT in number, keyword, name or value, with their keyword paths; "
        "like grep, exit 1 where there is none",
    )
    parser.add_argument("--json", action="store_true", help="write JSON, with values whole")


def run(arguments: argparse.Namespace) -> int:
    """Write the tags; give 1 where ``--find`` finds nothing."""
    table = _read(os.path.abspath(arguments.file), arguments.limits)
    rows = (
        range(len(table)) if arguments.find is None else find_rows(table, arguments.find).tolist()
    )
    if arguments.json:
        tree = json_tree(table) if arguments.find is None else _json_matches(table, rows)
        sys.stdout.write(json_text(tree, indent=1) + "\n")
    else:
        line = tree_line if arguments.find is None else match_line
        sys.stdout.writelines(line(table, row) + "\n" for row in rows)
    if not len(rows) and arguments.find is not None:
        sys.stderr.write("negato: no tag holds that text\n")
    return 0 if len(rows) else 1


def tree_line(table: TagTable, row: int) -> str:
    """Give a row as one printable line, indented by its depth."""
    indent = "  " * int(table.depths[row])
    name, value = plain_line(table.names[row]), plain_line(table.values[row])
    kind = table.kinds[row]
    if kind == Kind.NOTE:
        return f"{indent}! {value}"
    if kind == Kind.ITEM:
        return f"{indent}{name}"
    tag = tag_text(int(table.tags[row]))
    return f"{indent}{tag} {table.vrs[row]:2} {name}: {value}".rstrip()


def match_line(table: TagTable, row: int) -> str:
    """Give a row as one printable line with its keyword path."""
    path, value = keyword_path(table, row), plain_line(table.values[row])
    if table.kinds[row] == Kind.NOTE:
        return f"! {value}"
    if table.kinds[row] == Kind.ITEM:
        return path
    tag = tag_text(int(table.tags[row]))
    return f"{tag} {table.vrs[row]:2} {path}: {value}".rstrip()


def json_tree(table: TagTable) -> list[JsonRow]:
    """Give the rows as nested values; ``items`` of a sequence is a list of lists of rows."""
    top: list[JsonRow] = []
    inside: list[list[Any]] = [top]  # at each depth: where rows go
    for row in range(len(table)):
        del inside[int(table.depths[row]) + 1 :]
        kind = table.kinds[row]
        if kind == Kind.ITEM:
            item: list[JsonRow] = []
            inside[-1].append(item)
            inside.append(item)
            continue
        value = _json_row(table, row)
        inside[-1].append(value)
        if kind == Kind.SEQUENCE:
            value["items"] = []
            inside.append(value["items"])
    return top


def _json_matches(table: TagTable, rows: Iterable[int]) -> list[JsonRow]:
    return [{"path": keyword_path(table, row), **_json_row(table, row)} for row in rows]


def _json_row(table: TagTable, row: int) -> JsonRow:
    """Give one row; a length of None is an undefined one."""
    in_file = table.kinds[row] != Kind.NOTE
    length = int(table.lengths[row])
    return {
        "tag": tag_text(int(table.tags[row])) if in_file else "",
        "keyword": table.keywords[row],
        "name": table.names[row],
        "vr": table.vrs[row],
        "length": length if length >= 0 else None,
        "value": table.values[row],
    }


def _read(path: str, limits: Limits) -> TagTable:
    results: SimpleQueue[Any] = SimpleQueue()
    with closing(ChildPool(1, limits, preload=("viewer.dicom.tag_reader",))) as pool:
        pool.start()
        seconds = limits.header_seconds
        pool.submit("tags", (path, limits), timeout_s=seconds, on_done=results.put)
        result = results.get()
    if isinstance(result, NegatoError):
        raise result
    table: TagTable = result
    return table
