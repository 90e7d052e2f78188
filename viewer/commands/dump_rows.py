"""Rows of a tag table written for a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from viewer.dicom.tag_readable import readable
from viewer.dicom.tags import Kind, TagTable, keyword_path, tag_text
from viewer.plain_text import plain_line

JsonRow = dict[str, Any]
Values = Literal["raw", "readable", "both"]


def tree_line(table: TagTable, row: int, values: Values = "raw") -> str:
    """Give a row as one printable line, indented by its depth."""
    indent = "  " * int(table.depths[row])
    name, value = plain_line(table.names[row]), shown_value(table, row, values)
    kind = table.kinds[row]
    if kind == Kind.NOTE:
        return f"{indent}! {value}"
    if kind == Kind.ITEM:
        return f"{indent}{name}: {value}" if value else f"{indent}{name}"
    tag = tag_text(int(table.tags[row]))
    return f"{indent}{tag} {table.vrs[row]:2} {name}: {value}".rstrip()


def match_line(table: TagTable, row: int, values: Values = "raw") -> str:
    """Give a row as one printable line with its keyword path."""
    path, value = keyword_path(table, row), shown_value(table, row, values)
    if table.kinds[row] == Kind.NOTE:
        return f"! {value}"
    if table.kinds[row] == Kind.ITEM:
        return f"{path}: {value}" if value else path
    tag = int(table.tags[row])
    if tag >> 16 & 1:  # its path has no keyword
        path = f"{path} {plain_line(table.names[row])}"
    return f"{tag_text(tag)} {table.vrs[row]:2} {path}: {value}".rstrip()


def shown_value(table: TagTable, row: int, values: Values) -> str:
    """Give a row's value as one line: as it is written, in readable form, or both."""
    raw = plain_line(table.values[row])
    form = plain_line(readable(table, row)) if values != "raw" else ""
    if values == "both" and form and raw:
        return f"{raw}  [{form}]"
    return form or raw


def json_tree(table: TagTable, rows: Iterable[int]) -> list[JsonRow]:
    """Give rows as nested values; ``items`` of a sequence is a list of lists of rows.

    ``rows`` are in tree order, each with all that it is in.
    """
    top: list[JsonRow] = []
    inside: list[list[Any]] = [top]  # at each depth: where rows go
    for row in rows:
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


def json_matches(table: TagTable, rows: Iterable[int]) -> list[JsonRow]:
    """Give rows one by one, each with its path."""
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
