"""A written file opened again: whether it parses, and whether a value that is gone is still there.

All bytes of the file are gone through once, whatever the number of values: by the last four bytes
of each, looked up in a table. Where a value is found, the attribute that it stands in decides:

* a name, an identifier, a date: nowhere but in numbers, codes, enumerated values and new UIDs of
  attributes that the profile keeps, where the same characters mean something else;
* a description, a time, a private value: not outside of texts of attributes that the profile keeps;
* in binary values and pixels, values of fewer than eight bytes stand by chance, and are no finding.

Values of fewer than four bytes, or of fewer than three different ones, are not looked for at all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import numpy as np

from viewer.dicom.deidentification.cleaning import NEUTRAL
from viewer.dicom.deidentification.data_set import Element, all_elements
from viewer.dicom.deidentification.results import Refused
from viewer.dicom.deidentification.task import read_data_set
from viewer.dicom.elements import EncodingError
from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import open_version, system_error
from viewer.dicom.scanning import read_or_skip

_PIECE = 4 << 20
_LONGEST = 1024
_GRAM = 4
_BY_CHANCE = 8  # bytes
_TABLE_BITS = 20
_MIX = np.uint32(2654435761)
_TEXTS = frozenset(("LO", "SH", "ST", "LT", "UT", "UC", "PN", "AE", "UR"))
_NEUTRAL = frozenset(("CS", "DS", "IS", "AS", "UI", "DA", "DT", "TM"))
_LEAK = (
    "A value that was removed elsewhere was found in it again ({where}); it was taken away. "
    "Leave this file out, or clean it by other means."
)


class Values:
    """Values to be looked for, by their last four bytes."""

    def __init__(self, telling: Sequence[bytes], described: Sequence[bytes]) -> None:
        self._kinds = {**dict.fromkeys(described, False), **dict.fromkeys(telling, True)}
        self._ends: dict[int, list[bytes]] = {}
        for value in self._kinds:
            gram = int.from_bytes(value[-_GRAM:], "little")
            self._ends.setdefault(gram, []).append(value)
        self._grams = np.array(sorted(self._ends), np.uint32)
        self._table = np.zeros(1 << _TABLE_BITS, np.bool_)
        self._table[_hashed(self._grams)] = True

    def found_in(self, data: bytes) -> Iterator[tuple[int, bytes, bool]]:
        """Give where each value begins that is found, the value, and whether it is telling."""
        for shift in range(_GRAM):
            count = (len(data) - shift) // _GRAM
            if count <= 0:
                return
            grams = np.frombuffer(data, "<u4", count, shift)
            places = np.flatnonzero(self._table[_hashed(grams)])
            places = places[np.isin(grams[places], self._grams)]
            for place in places.tolist():
                end = place * _GRAM + shift + _GRAM
                for value in self._ends[int(grams[place])]:
                    if data.endswith(value, 0, end):
                        yield end - len(value), value, self._kinds[value]


def _hashed(grams: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return (grams * _MIX) >> np.uint32(32 - _TABLE_BITS)


def check_files(
    paths: Sequence[str], telling: Sequence[bytes], described: Sequence[bytes], limits: Limits
) -> tuple[Refused, ...]:
    """Check files that were written; give those that are not what they should be, and why."""
    wanted = Values(telling, described)
    found = []
    for path in paths:

        def check(path: str) -> Refused | None:
            return _checked(path, wanted, limits)

        told = read_or_skip(check, path, limits)
        if told is not None:
            found.append(told if isinstance(told, Refused) else Refused(path, told.reason))
    return tuple(found)


def _checked(path: str, wanted: Values, limits: Limits) -> Refused | None:
    try:
        stream, version = open_version(path, limits)
        with stream:
            reader, elements, _ = read_data_set(stream, version.size, None, "", limits)
            places = _Places(elements, in_file=type(reader.source).__name__ == "Source")
            leaks = {
                value: where
                for start, value, is_telling in _hits(stream, wanted)
                if (where := places.leaks(start, value, is_telling=is_telling))
            }
        if leaks:
            return Refused(path, _LEAK.format(where=", ".join(leaks.values())), values=tuple(leaks))
    except OSError as error:
        raise system_error(path, error) from error
    except EncodingError as error:
        raise HeaderError(f"What was written cannot be read again ({error}).", path) from error
    return None


def _hits(stream: BinaryIO, wanted: Values) -> Iterator[tuple[int, bytes, bool]]:
    stream.seek(0)
    offset, kept = 0, b""
    while piece := stream.read(_PIECE):
        data = kept + piece
        for start, value, is_telling in wanted.found_in(data):
            yield offset + start, value, is_telling
        kept = data[-_LONGEST:]
        offset += len(data) - len(kept)


class _Places:
    """What stands where in a file."""

    def __init__(self, elements: Sequence[Element], *, in_file: bool) -> None:
        plain = [one for one in all_elements(elements) if one.items is None]
        self._elements = sorted(plain, key=lambda one: one.value_at) if in_file else []
        self._starts = [one.value_at for one in self._elements]

    def leaks(self, start: int, value: bytes, *, is_telling: bool) -> str:
        """Say where a value stands that should not; "" where it may stand there."""
        at = bisect_right(self._starts, start) - 1
        if at < 0:  # its UIDs are new ones, in which any digits may stand
            is_ours = value.replace(b".", b"").isdigit() and value.count(b".") < 3
            return "file meta information" if is_telling and not is_ours else ""
        element = self._elements[at]
        where = f"({element.tag >> 16:04X},{element.tag & 0xFFFF:04X})"
        if is_telling and b"^" in value.strip(b"^") and element.vr in ("CS", *_TEXTS):
            return where  # a name of several parts is nothing else
        if element.vr in _NEUTRAL:
            is_uid = is_telling and element.vr == "UI" and value.count(b".") > 2
            return where if is_uid else ""
        if element.vr in _TEXTS:
            return where if is_telling and element.tag not in NEUTRAL else ""
        return where if len(value) >= _BY_CHANCE else ""
