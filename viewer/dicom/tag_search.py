r"""Search in a table of tags: what can be asked for, and the rows that are meant.

A search is parts that must all hold. ``tag:``, ``group:``, ``keyword:``, ``name:``, ``vr:``,
``value:`` and ``private:`` begin one; text before them is looked for in tag, keyword, name and
value. ``/…/`` is a regular expression, alone or after a prefix. Such a one can take for ever, and
Python does not let go meanwhile: `find_in_file` searches in a child process, under a clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.regular_files import FileVersion, system_error, version_of
from viewer.dicom.tags import FIELD_END, Kind, TagTable, read_tags
from viewer.dicom.text_column import IntArray, TextColumn

HELP = """\
text                        in tag, keyword, name or value
0018, group:0018            everything of a group; 60xx for several
tag:0018,0050               a tag; x for any digit, the end may be left out
keyword:…, name:…, value:…  in that alone
vr:DS                       of a VR; vr:DA,TM for several
private:, private:siemens   private tags, all or of a creator
/^1\\.2\\..*9$/              a regular expression, also as value:/…/
Several parts must all hold: vr:DS name:spacing"""
PATTERN_SECONDS = 5.0
PATTERN_TOO_SLOW = "This regular expression takes too long; make it simpler."

Field = Literal["", "tag", "group", "keyword", "name", "vr", "value", "private"]
_Marks = npt.NDArray[np.bool_]

_PREFIX = re.compile(r"(?:^|(?<=\s))(tag|group|keyword|name|vr|value|private):", re.IGNORECASE)
_GROUP = re.compile(r"\(?([0-9a-f]{4}),?\)?")
_MASKED = re.compile(r"\(?[0-9a-fx]{4},?[0-9a-fx]{4}\)?")
_DIGITS = re.compile(r"[0-9a-fx]{0,8}")


class SearchError(NegatoError):
    """A search that means nothing: the sentence says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a search: what a field must hold; no field: any of them."""

    field: Field
    text: str
    pattern: re.Pattern[str] | None = None


def parse(search: str) -> tuple[Part, ...]:
    """Take a search apart.

    Raises
    ------
    SearchError
        A regular expression or a tag is none.
    """
    marks = [found for found in _PREFIX.finditer(search) if not _is_pattern(search.strip())]
    ends = [found.start() for found in marks[1:]] + [len(search)]
    first = search[: marks[0].start()] if marks else search
    parts = [_part("", first.strip())] if first.strip() else []
    for found, end in zip(marks, ends, strict=False):
        field: Field = found[1].lower()  # type: ignore[assignment]  # the pattern's alternatives
        parts.append(_part(field, search[found.end() : end].strip()))
    return tuple(parts)


def has_pattern(parts: Iterable[Part]) -> bool:
    """Tell whether a search may take long: then it is for a child process."""
    return any(part.pattern is not None for part in parts)


def find_rows(table: TagTable, search: str) -> IntArray:
    """Find the rows that a search means; see `HELP`.

    Returns
    -------
    ndarray of int64
        Rising; empty where ``search`` is empty.

    Raises
    ------
    SearchError
        It means nothing.
    """
    parts = parse(search)
    if not parts:
        return np.empty(0, np.int64)
    return np.flatnonzero(np.logical_and.reduce([_marked(table, part) for part in parts]))


def find_in_file(path: str, search: str, limits: Limits = DEFAULT_LIMITS) -> IntArray:
    """Find rows as `find_rows` does, in the table of a file; meant for a child process."""
    try:
        version = version_of(path, limits)
    except OSError as error:
        raise system_error(path, error) from error
    return find_rows(_table(path, version, limits), search)


@lru_cache(maxsize=1)
def _table(path: str, _version: FileVersion, limits: Limits) -> TagTable:
    return read_tags(path, limits)  # kept for the next letter that is typed


def _is_pattern(text: str) -> bool:
    return len(text) > 2 and text[0] == text[-1] == "/"


def _part(field: Field, text: str) -> Part:
    if _is_pattern(text) and field != "group":
        try:
            return Part(field, text, re.compile(text[1:-1], re.IGNORECASE))
        except (re.error, OverflowError, RecursionError) as error:
            raise SearchError(f"This is no regular expression: {error}.") from None
    text = text.lower()
    if field in ("tag", "group") and not _DIGITS.fullmatch(_digits(text)):
        example = "tag:0018,0050 or tag:60xx,3000" if field == "tag" else "group:0018 or group:60xx"
        raise SearchError(f"A {field} has hexadecimal digits, or x for any: {example}.")
    if field == "group" and len(_digits(text)) > 4:
        raise SearchError("A group has four hexadecimal digits: group:0018.")
    return Part(field, text)


def _digits(text: str) -> str:
    return text.strip("()").replace(",", "").replace(" ", "")


def _marked(table: TagTable, part: Part) -> _Marks:
    """Mark the rows, shape (rows,), that one part means."""
    if part.pattern is not None:
        return _matching(table, part.field, part.pattern)
    text = part.text
    nothing = np.zeros(len(table), np.bool_)
    if FIELD_END in text or not (text or part.field == "private"):
        return nothing
    if part.field == "":
        return _holding(table, text)
    if part.field in ("tag", "group"):
        return _tagged(table, _digits(text))
    if part.field == "vr":
        wanted = {one.strip().upper() for one in text.split(",")}
        return table.vrs.passes(wanted.__contains__)
    if part.field == "private":
        creators = table.names.holds("private creator") & table.values.holds(text)
        named = table.names.passes(lambda name: text in name.partition("]")[0].lower())
        return _private(table) & (named | creators) if text else _private(table)
    return _column(table, part.field).holds(text)


def _holding(table: TagTable, text: str) -> _Marks:
    """Mark the rows with a text in any field, or of what it is the group or the tags."""
    group = _GROUP.fullmatch(text)
    if group is not None:
        found = _tagged(table, group[1])
        if found.any():  # else the digits may be of anything
            return found
    if _MASKED.fullmatch(text) and "x" in text:
        return _tagged(table, _digits(text))
    columns = (table.numbers, table.keywords, table.names, table.values)
    marks: _Marks = np.logical_or.reduce([column.holds(text) for column in columns])
    return marks


def _tagged(table: TagTable, digits: str) -> _Marks:
    """Mark the rows whose tag has these digits; x is any, and so are those left out."""
    padded = digits.ljust(8, "x")
    mask = int("".join("0" if digit == "x" else "f" for digit in padded), 16)
    value = int(padded.replace("x", "0"), 16)
    marks: _Marks = _in_file(table) & (table.tags & mask == value)
    return marks


def _in_file(table: TagTable) -> _Marks:
    marks: _Marks = table.kinds < Kind.ITEM
    return marks


def _column(table: TagTable, field: Field) -> TextColumn:
    return {
        "tag": table.numbers,
        "keyword": table.keywords,
        "name": table.names,
        "vr": table.vrs,
        "value": table.values,
    }[field]


def _matching(table: TagTable, field: Field, pattern: re.Pattern[str]) -> _Marks:
    """Mark the rows in which a regular expression is found: tags in both ways to write them."""

    def found(text: str) -> bool:
        return pattern.search(text) is not None

    def found_in_any(text: str) -> bool:
        return bool(text) and any(map(found, text.split(FIELD_END)))

    if field == "private":
        marks: _Marks = _private(table) & table.names.passes(found)
        return marks
    if field == "tag":
        return table.numbers.passes(found_in_any)
    if field:
        return _column(table, field).passes(found)
    anywhere = table.numbers.passes(found_in_any)
    for column in (table.keywords, table.names, table.values):
        anywhere |= column.passes(found)
    return anywhere


def _private(table: TagTable) -> _Marks:
    marks: _Marks = _in_file(table) & (table.tags >> 16 & 1 == 1)
    return marks
