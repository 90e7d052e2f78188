"""Where an element is, in words: paths of keywords that are read, and Python that reaches it."""

from __future__ import annotations

import os
import re

from viewer.dicom.tags import Kind, TagTable

_STEP = re.compile(
    r"(\([0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\)|[0-9A-Fa-f]{4},?[0-9A-Fa-f]{4}|\w+)(?:\[(\d+)\])?"
)
_FILE_META = 0x0002
_REPEATED = "  # there are several of this tag here: pydicom keeps the last"
_REPEATING = ((0x5000, 0x50FF), (0x6000, 0x60FF), (0x7F00, 0x7FDF))  # groups


def row_named(table: TagTable, path: str) -> int | None:
    """Find the row at a path as `keyword_path` gives them, or None.

    A step is a keyword or a tag, "BeamName", "(300A,00C2)" or "300A00C2", in a sequence with the
    number of the item from 0: "BeamSequence[0].BeamName". Without a number the first item is meant.
    """
    row: int | None = -1
    for at, step in enumerate(path.strip().split(".")):
        found = _STEP.fullmatch(step.strip())
        if found is None or row is None:
            return None
        if at and table.kinds[row] == Kind.SEQUENCE:
            row = _item(table, row, 0)
        row = None if row is None else _element(table, row, found[1])
        if row is not None and found[2] is not None:
            row = _item(table, row, int(found[2]))
    return row


def outermost(table: TagTable, rows: list[int]) -> list[int]:
    """Give those of ``rows`` that are not below another of them, rising; notes are left out."""
    wanted = set(rows)
    kept = []
    for row in sorted(wanted):
        above = int(table.parents[row])
        while above >= 0 and above not in wanted:
            above = int(table.parents[above])
        if above < 0 and table.kinds[row] != Kind.NOTE:
            kept.append(row)
    return kept


def python_line(table: TagTable, row: int) -> str:
    """Give the Python expression that reads an element with pydicom, an item as a Dataset."""
    steps: list[str] = []
    at = row
    while at >= 0:
        steps.append(_python_step(table, at))
        at = int(table.parents[at])
    source = python_source(table.path, has_meta=bool(len(table)) and table.tags[0] >> 16 == 2)
    line = source + "".join(reversed(steps))
    if table.kinds[row] == Kind.ITEM:
        return line
    return f"{line}.value{_REPEATED if _is_repeated(table, row) else ''}"


def python_source(path: str, *, has_meta: bool = True) -> str:
    """Give the Python expression that reads a file with pydicom, also one in a ZIP archive."""
    archive = path
    while archive and not os.path.lexists(archive) and archive != os.path.dirname(archive):
        archive = os.path.dirname(archive)
    force = "" if has_meta else ", force=True"
    if archive != path and os.path.isfile(archive):
        member = os.path.relpath(path, archive).replace(os.sep, "/")
        return f"pydicom.dcmread(zipfile.ZipFile({archive!r}).open({member!r}){force})"
    return f"pydicom.dcmread({path!r}{force})"


def _is_repeated(table: TagTable, row: int) -> bool:
    """Tell whether the same tag comes again in the data set of a row."""
    around = table.children_of(int(table.parents[row]))
    return bool((table.tags[around] == table.tags[row]).sum() > 1)


def _element(table: TagTable, above: int, name: str) -> int | None:
    """Find an element of a data set by keyword or tag."""
    digits = name.strip("()").replace(",", "")
    tag = int(digits, 16) if len(digits) == 8 and _is_hexadecimal(digits) else -1
    for row in table.children_of(above).tolist():
        named = table.keywords[row].lower() == name.lower() if table.keywords[row] else False
        if table.kinds[row] < Kind.ITEM and (named or table.tags[row] == tag):
            return int(row)
    return None


def _is_hexadecimal(text: str) -> bool:
    return all(digit in "0123456789abcdefABCDEF" for digit in text)


def _item(table: TagTable, sequence: int, number: int) -> int | None:
    for row in table.children_of(sequence).tolist():
        if table.kinds[row] == Kind.ITEM and table.ordinals[row] == number:
            return int(row)
    return None


def _python_step(table: TagTable, row: int) -> str:
    if table.kinds[row] == Kind.ITEM:
        return f"[{table.ordinals[row]}]"
    tag = int(table.tags[row])
    group, element = tag >> 16, tag & 0xFFFF
    if group == _FILE_META:
        return f'.file_meta["{table.keywords[row]}"]' if table.keywords[row] else _by_number(tag)
    creator = _creator(table, row) if group & 1 and element >= 0x1000 else ""
    if creator:
        return f".private_block(0x{group:04X}, {creator!r})[0x{element & 0xFF:02X}]"
    if table.keywords[row] and not _is_repeating(group, element):
        return f'["{table.keywords[row]}"]'
    return _by_number(tag)


def _by_number(tag: int) -> str:
    meta = ".file_meta" if tag >> 16 == _FILE_META else ""
    return f"{meta}[0x{tag >> 16:04X}, 0x{tag & 0xFFFF:04X}]"


def _is_repeating(group: int, element: int) -> bool:
    """Tell whether a keyword is of more than one tag: PS3.6 has them as (60xx,3000)."""
    return (
        any(first <= group <= last for first, last in _REPEATING)
        or (group == 0x0020 and 0x3100 <= element <= 0x31FF)
        or (group == 0x0028 and 0x0400 <= element < 0x0900)
        or group in (0x1000, 0x1010)
    )


def _creator(table: TagTable, row: int) -> str:
    """Give the private creator as pydicom knows it; "" where it does not lead to this block."""
    tag, above = int(table.tags[row]), int(table.parents[row])
    wanted = (tag >> 16 << 16) | (tag >> 8 & 0xFF)
    creators = [
        (int(table.tags[one]), table.values[one])
        for one in table.children_of(above).tolist()
        if table.tags[one] >> 16 == tag >> 16
        and 0x10 <= table.tags[one] & 0xFFFF <= 0xFF
        and table.vrs[one] != "UN"  # bytes to pydicom
    ]
    name = next((name for one, name in creators if one == wanted), "")
    # where two blocks have one creator, it leads to the first
    alone = [one for one, other in creators if other == name] == [wanted]
    is_plain = name.isascii() and name.isprintable() and "\\" not in name
    return name if alone and is_plain and name == name.strip() else ""
