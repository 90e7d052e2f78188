"""Elements of a file in the DICOM JSON model, PS3.18 annex F. For a child process.

Values are read by their bytes, not by what a table shows. Long ones, and encapsulated pixel data,
stay in the file and are named by its address.
"""

from __future__ import annotations

import base64
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import open_regular, system_error
from viewer.dicom.tag_context import NUMBER_VRS
from viewer.dicom.tag_reader import walk_elements
from viewer.dicom.tag_values import NUMBER_TYPES, decoded_text
from viewer.dicom.tag_walk import Element
from viewer.dicom.tags import BINARY_VRS, Kind
from viewer.plain_text import json_text

Item = dict[str, Any]  # a data set: tags as eight digits, and what each is

_INLINE_BYTES = 1 << 20  # of one value
_IN_ALL = 64 << 20  # of the text
_TOO_LONG = "This is too long for JSON: copy or dump less of the file, or save single values."
_ONE_VALUE = frozenset({"LT", "ST", "UT", "UR"})  # a backslash means nothing in them
_WORD_BYTES = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
_INTEGER = re.compile(r"[+-]?[0-9]{1,12}")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NAME_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def json_of_rows(path: str, rows: Sequence[int], limits: Limits) -> str:
    """Give rows of the file's `TagTable` as JSON, with what is below them.

    Elements of one data set make one object. Rows of several data sets, and several items, make a
    list of objects. None of ``rows`` is below another: what is below a row goes with it.
    """
    wanted = set(rows)
    data_sets: dict[int, Item] = {}  # by the row of the item that they are of
    for row, parent, _, holder, key in _walked(path, limits):
        if row not in wanted:
            continue
        if key:
            data_sets.setdefault(parent, {})[key] = holder[key]
        else:
            data_sets[row] = holder
    found = list(data_sets.values())
    return _text(found[0] if len(found) == 1 else found)


def json_of_file(path: str, limits: Limits) -> str:
    """Give a data set as JSON, without file meta information and group lengths: PS3.18 F.2."""
    top: Item = {}
    for _, _, element, holder, key in _walked(path, limits):
        if not element.depth and key:
            top = holder
    return _text({key: value for key, value in top.items() if _belongs(int(key, 16))})


def _belongs(tag: int) -> bool:
    return tag >> 16 > 0x0002 and bool(tag & 0xFFFF)


class _Walked(NamedTuple):
    """A row, what it belongs to, and where its value was put: an item has no key."""

    row: int
    parent: int
    element: Element
    holder: Item
    key: str


def _walked(path: str, limits: Limits) -> Iterator[_Walked]:
    """Yield each row; what is below it is in its value once the walk is beyond it."""
    uri = Path(path).absolute().as_uri() if path else ""
    top: Item = {}
    # at each depth: the data set, or the items of a sequence, and the row that it is of
    data_sets: list[tuple[Item, int]] = [(top, -1)]
    sequences: list[list[Item]] = []
    left = _IN_ALL
    for row, element in enumerate(_elements(path, limits)):
        level = element.depth // 2
        if element.kind == Kind.NOTE:
            continue
        if element.kind == Kind.ITEM:
            item: Item = {}
            del sequences[level + 1 :], data_sets[level + 1 :]
            sequences[level].append(item)
            data_sets.append((item, row))
            yield _Walked(row, -1, element, item, "")
            continue
        del data_sets[level + 1 :], sequences[level:]
        holder, parent = data_sets[level]
        key = f"{element.tag:08X}"
        if element.kind == Kind.SEQUENCE:
            items: list[Item] = []
            holder[key] = {"vr": "SQ", "Value": items}
            sequences.append(items)
        else:
            holder[key] = _value(element, f"{uri}#{key}")
            left -= len(element.value)
        left -= 32
        if left < 0:
            raise HeaderError(_TOO_LONG, path)
        yield _Walked(row, parent, element, holder, key)


def _elements(path: str, limits: Limits) -> Iterator[Element]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the table has what pydicom remarks
        try:
            with open_regular(path, limits) as file:
                yield from walk_elements(file, path, limits, whole_bytes=_INLINE_BYTES)
        except OSError as error:
            raise system_error(path, error) from error


def _text(value: Item | list[Item]) -> str:
    return json_text(value, indent=1)


def _value(element: Element, uri: str) -> Item:
    """Give what an element is: its VR, and its value in one of the three forms, if any."""
    vr, value = element.vr, element.value
    if element.fragments or len(value) < element.length:
        return {"vr": vr, "BulkDataURI": uri}
    if not value:
        return {"vr": vr}
    if vr in BINARY_VRS:
        if not element.little_endian and vr in _WORD_BYTES and not len(value) % _WORD_BYTES[vr]:
            value = np.frombuffer(value, f"u{_WORD_BYTES[vr]}").byteswap().tobytes()
        return {"vr": vr, "InlineBinary": base64.b64encode(value).decode("ascii")}
    values = list(_values(element))
    return {"vr": vr, "Value": values} if any(one is not None for one in values) else {"vr": vr}


def _values(element: Element) -> Iterable[Any]:
    vr = element.vr
    if vr in NUMBER_VRS:
        return _numbers(element)
    text = decoded_text(element.value, vr, element.context.encodings).rstrip(" \0")
    if vr in _ONE_VALUE:
        return [text or None]
    texts = [one.strip(" \0") for one in text.split("\\")]
    if vr == "PN":
        return [_name(one) for one in texts]
    if vr in ("IS", "DS"):
        return [_number(one, _INTEGER if vr == "IS" else _DECIMAL) for one in texts]
    return [one or None for one in texts]


def _numbers(element: Element) -> Iterable[Any]:
    """Give binary numbers; bytes that are none stand as text, as nothing else tells of them."""
    dtype = np.dtype(("<" if element.little_endian else ">") + NUMBER_TYPES[element.vr])
    size = dtype.itemsize * (2 if element.vr == "AT" else 1)
    if len(element.value) % size:
        return [element.value.hex(" ")]
    numbers = np.frombuffer(element.value, dtype)
    if element.vr == "AT":
        return [f"{group:04X}{number:04X}" for group, number in numbers.reshape(-1, 2)]
    if dtype.kind == "f":
        # the shortest text that tells a float of its precision from its neighbours
        return [float(str(one)) if np.isfinite(one) else str(one) for one in numbers]
    values: list[int] = numbers.tolist()
    return values


def _number(text: str, form: re.Pattern[str]) -> int | float | str | None:
    """Give a number string as a number where it is one, else as it is written: F.2.2."""
    if not form.fullmatch(text):
        return text or None
    if form is _INTEGER:
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else text


def _name(text: str) -> Item | None:
    groups = zip(_NAME_GROUPS, text.split("="), strict=False)
    return {name: group.rstrip("^ ") for name, group in groups if group.strip("^ ")} or None
