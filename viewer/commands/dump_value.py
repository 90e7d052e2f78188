"""One value of a file for `negato dump`: shown whole, as bytes, or saved to a file.

Bytes go from the child that reads them to the new file in pieces, however many there are.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from typing import Any

from viewer.commands.controlled import (
    INTERRUPTED,
    WRONG_USE,
    Cancelled,
    Progress,
    paths_of,
    read_order,
    signals_set,
    write_line,
)
from viewer.commands.tag_child import TagChild, tag_child
from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import Limits
from viewer.dicom.tag_csa import is_csa
from viewer.dicom.tag_paths import row_named
from viewer.dicom.tag_readable import readable
from viewer.dicom.tags import BINARY_VRS, Kind, TagTable
from viewer.dicom.value_place import HEX_BYTES, ValuePlace, hex_lines, part_of
from viewer.imaging.files import whole_file
from viewer.plain_text import plain_lines, whole_line
from viewer.standard_streams import say

_PIECE = 8 << 20
_TASK = "viewer.dicom.tag_bytes:"


def value_text(child: TagChild, name: str) -> str:
    """Give one value whole, as text: bytes as such, where nothing can be made of them."""
    table = child.table()
    row = _row(table, name)
    tag = int(table.tags[row])
    if is_csa(tag, table.names[row]):
        try:
            text: str = child.ask(
                "viewer.dicom.tag_csa:read_csa", child.path, row, tag, child.limits
            )
        except NegatoError as error:
            say(f"negato: {whole_line(error.message)}")
        else:
            return text
    elif table.vrs[row] not in BINARY_VRS or table.kinds[row] != Kind.ELEMENT:
        form = readable(table, row)
        value = table.values[row]
        lines = plain_lines(value, max(len(value), 1))
        return f"{lines}\n{whole_line(form)}\n" if form else f"{lines}\n"
    return hex_text(child, name)


def hex_text(child: TagChild, name: str) -> str:
    """Give the first bytes of one value, with their offsets."""
    table = child.table()
    row = _row(table, name)
    arguments = child.path, row, int(table.tags[row]), HEX_BYTES, child.limits
    begin = child.ask(_TASK + "read_begin", *arguments)
    return hex_lines(begin.data, begin.size)


def save_named(child: TagChild, name: str, out: str, *, replace: bool) -> int:
    """Write the bytes of one value to a file."""
    table = child.table()
    row = _row(table, name)
    stop = threading.Event()
    with signals_set(stop):
        try:
            told = _save(child, row, int(table.tags[row]), out, stop, replace=replace)
        except Cancelled:
            say("negato: Stopped; nothing was written.")
            return INTERRUPTED
    sys.stdout.write(f"{told}\n")
    return 0


def save_ordered(limits: Limits) -> int:
    """Write the bytes of one value as the window orders: its row, its tag, and where to."""
    stop = threading.Event()
    try:
        order = read_order(stop)
        path, row, tag, out = _ordered(order)
    except NegatoError as error:
        write_line({"result": "failed", "message": error.message})
        return WRONG_USE
    code, result, message = 0, "done", ""
    try:
        with signals_set(stop), tag_child(path, limits) as child:
            progress = Progress({"save": "saved"}, as_json=True)
            message = _save(child, row, tag, out, stop, replace=True, progress=progress)
    except Cancelled:
        code, result, message = INTERRUPTED, "cancelled", "Stopped; nothing was written."
    except NegatoError as error:
        code, result, message = 1, "failed", error.message
    write_line({"result": result, "message": message})
    return code


def _ordered(order: Mapping[str, Any]) -> tuple[str, int, int, str]:
    row, tag, out = order.get("row"), order.get("tag"), order.get("output")
    paths = paths_of(order)
    if not (isinstance(row, int) and isinstance(tag, int) and isinstance(out, str) and paths):
        raise NegatoError("The first line of standard input names no value.")
    return paths[0], row, tag, out


def _row(table: TagTable, name: str) -> int:
    row = row_named(table, name)
    if row is None:
        raise NegatoError(f"There is no {name} in it; see negato dump FILE for what there is.")
    return row


def _save(
    child: TagChild,
    row: int,
    tag: int,
    out: str,
    stop: threading.Event,
    *,
    replace: bool,
    progress: Progress | None = None,
) -> str:
    """Write a value's bytes and say what they are.

    Raises
    ------
    NegatoError
        They cannot be read or written; nothing is left of them then.
    Cancelled
        ``stop`` was set.
    """
    place: ValuePlace = child.ask(_TASK + "find_value", child.path, row, tag, child.limits)
    if os.path.exists(out) and os.path.exists(child.path) and os.path.samefile(out, child.path):
        raise NegatoError("This is the file that the value is read from; choose another.", out)
    size = place.size
    try:
        with whole_file(out, replace=replace) as file:
            for begin in range(0, size, _PIECE):
                if progress is not None:
                    progress.tell("save", begin, size)
                extents = part_of(place, begin, _PIECE)
                arguments = child.path, extents, place.inflated_from, child.limits
                file.write(child.ask(_TASK + "read_extents", *arguments))
                if stop.is_set():
                    raise Cancelled
            if progress is not None:
                progress.tell("save", size, size)
    except FileExistsError:
        told = "There is such a file; name another, or add --replace."
        raise NegatoError(told, out) from None
    except OSError as error:
        reason = error.strerror or "the system refuses"
        raise NegatoError(f"It cannot be written ({reason}); choose another place.", out) from error
    if place.fragments:
        of = f" of {place.fragments:,} fragments, one after the other, without the offset table"
    else:
        of = f", as they are in the file ({place.vr})"
    return f"{size:,} bytes{of}, were saved."
