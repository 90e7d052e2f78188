"""The structure of a header, walked before pydicom reads it: depth, items, elements.

pydicom calls itself for each nested sequence and keeps all that it meets. This
walk needs one buffer and a record for each open level, takes the bytes as
pydicom does (PS3.5 section 7, with its leniences) and stops at the first thing
over a limit. Where the bytes make no sense it ends: pydicom judges them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from viewer.dicom.elements import (
    DEFLATED,
    EXPLICIT_BIG,
    ITEM,
    ITEM_END,
    LONG_VRS,
    SEQUENCE_END,
    SHORT_VRS,
    UNDEFINED_LENGTH,
)
from viewer.dicom.errors import HeaderError
from viewer.dicom.header_fields import PIXEL_TAGS, TRANSFER_SYNTAX
from viewer.dicom.inflating import InflateLimitError
from viewer.dicom.limits import Limits
from viewer.dicom.values import text

_CHUNK = 64 << 10
_ROOM = 16  # a head, and what tells the encoding of an item
_SHORTEST_ITEM = 8
_SHORTEST_CUT = 4  # a tag at least; less may be padding
_NO_END = 1 << 62
_CUT = "The file ends within its header; the copy is incomplete, copy it again."
_PER_FRAME = 0x52009230  # PerFrameFunctionalGroupsSequence
_META_GROUP, _COMMAND_GROUP = 0x0002, 0x0000
_LENGTH = {"<": struct.Struct("<L").unpack_from, ">": struct.Struct(">L").unpack_from}
_IMPLICIT = {"<": struct.Struct("<HHL").unpack_from, ">": struct.Struct(">HHL").unpack_from}
_EXPLICIT = {"<": struct.Struct("<HH2sH").unpack_from, ">": struct.Struct(">HH2sH").unpack_from}


def check_structure(
    stream: BinaryIO, path: str, limits: Limits, size: int | None
) -> frozenset[int]:
    """Walk all before the pixels, and go back to where the stream was.

    Parameters
    ----------
    stream : file
        At the start of a file with or without preamble, or of an inflated data set.
    size : int or None
        Of the file; None where the data set is inflated.

    Returns
    -------
    frozenset of int
        The tags that the data set holds more than once: PS3.5 7.1 allows none.

    Raises
    ------
    HeaderError
        'limit': more, or deeper, than a limit allows; 'damaged': the file
        ends within a value.
    """
    start = stream.tell()
    walk = _Walk(stream, path, limits, size)
    try:
        walk.run()
    except (_Stop, struct.error):  # the end, or what only pydicom can judge
        pass
    finally:
        stream.seek(start)
    return frozenset(walk.repeated)


@contextmanager
def bounded_reading(path: str, limits: Limits) -> Iterator[None]:
    """Turn what pydicom meets at a bound into the sentence of that limit."""
    try:
        yield
    except RecursionError as error:  # in bytes that `check_structure` could not follow
        found = "It nests more sequences in one another than can be followed"
        raise HeaderError(limits.refusal("sequence_depth", found), path, "limit") from error
    except InflateLimitError as error:
        found = "Its deflated data set inflates to more than is read"
        raise HeaderError(limits.refusal("inflate_bytes", found), path, "limit") from error


class _Stop(Exception):  # noqa: N818 - not a failure
    """There is nothing more, or nothing that can be followed."""


@dataclass(slots=True)
class _Level:
    """An open data set or item, or an open sequence."""

    is_sequence: bool
    end: int | None  # None: closed by a delimiter
    bound: int  # the end of the file, or of the sequence of defined length around it
    implicit: bool
    per_frame: bool = False  # a sequence whose items are frames
    count: int = 0  # elements of a data set, items of a sequence

    @property
    def last(self) -> int:
        return self.bound if self.end is None else min(self.end, self.bound)


class _Walk:
    def __init__(self, stream: BinaryIO, path: str, limits: Limits, size: int | None) -> None:
        self._stream, self._path, self._limits = stream, path, limits
        self._is_inflated = size is None
        self._size = _NO_END if size is None else size
        self._base = self._position = stream.tell()
        self._data = stream.read(_CHUNK)
        self._order = "<"
        self._levels: list[_Level] = []
        self._depth = self._items = 0
        self._syntax = ""
        self._tags: set[int] = set()
        self.repeated: set[int] = set()

    def run(self) -> None:
        """Walk the file meta information, a command set, and the data set."""
        if self._is_inflated:
            self._walk()
            return
        if self._data[128:132] == b"DICM":
            self._position += 132
        self._walk(_META_GROUP)
        if self._syntax in DEFLATED:  # not where it is looked for: pydicom would inflate all of it
            raise HeaderError("The file meta information is damaged.", self._path)
        self._walk(_COMMAND_GROUP)
        if self._is_big_endian():
            self._order = ">"
        self._walk()

    def _is_big_endian(self) -> bool:
        at = self._at()
        if self._syntax:
            return self._syntax == EXPLICIT_BIG
        group = int.from_bytes(self._data[at : at + 2], "little")
        return group >= 0x0400 and not self._looks_implicit(at)

    def _walk(self, group: int | None = None) -> None:
        """Walk a data set, to the pixels or as long as its elements are of one group."""
        self._levels = [_Level(False, None, self._size, self._looks_implicit(self._at()))]
        while True:
            level = self._levels[-1]
            if self._position >= level.last:
                if len(self._levels) == 1:
                    raise _Stop
                self._close()
            elif level.is_sequence:
                self._step_item(level)
            elif not self._step_element(level, group):
                return

    def _at(self) -> int:
        """Give where in the buffer the next head is."""
        at = self._position - self._base
        if not 0 <= at <= len(self._data) - _ROOM:
            self._stream.seek(self._position)
            self._data, self._base, at = self._stream.read(_CHUNK), self._position, 0
            if len(self._data) < 8:
                if len(self._levels) == 1 and len(self._data) >= _SHORTEST_CUT:
                    raise HeaderError(_CUT, self._path)
                raise _Stop
        return at

    def _looks_implicit(self, at: int) -> bool:
        vr = self._data[at + 4 : at + 6]
        return len(vr) == 2 and not (vr.isalpha() and vr.isupper())

    def _step_item(self, sequence: _Level) -> None:
        at = self._at()
        group, element, length = _IMPLICIT[self._order](self._data, at)
        tag = group << 16 | element
        if tag == SEQUENCE_END or (tag != ITEM and sequence.end is not None):
            self._position = self._position + 8 if sequence.end is None else sequence.last
            self._close()
            return
        self._position += 8
        sequence.count += 1
        # each frame is like a file of its own
        self._items = 0 if sequence.per_frame else self._items + 1
        count = max(sequence.count, self._items)
        if count > self._limits.items_per_file:
            self._refuse("items_per_file", f"It has {count:,} sequence items or more")
        end = None if length == UNDEFINED_LENGTH else self._position + length
        implicit = sequence.implicit or self._looks_implicit(at + 8)
        self._levels.append(_Level(False, end, sequence.bound, implicit))

    def _head(self, level: _Level) -> tuple[int, bytes, int, int]:
        """Read an element's head: tag, VR (empty: implicit), length, bytes of the head."""
        at, order = self._at(), self._order
        if level.implicit:
            group, element, length = _IMPLICIT[order](self._data, at)
            return group << 16 | element, b"", length, 8
        group, element, vr, length = _EXPLICIT[order](self._data, at)
        tag = group << 16 | element
        if vr in SHORT_VRS:
            return tag, vr, length, 8
        if vr in LONG_VRS:
            return tag, vr, _LENGTH[order](self._data, at + 8)[0], 12
        if b"AA" <= vr <= b"ZZ":  # none that is known
            return tag, vr, length, 8
        return tag, b"", _LENGTH[order](self._data, at + 4)[0], 8  # some turn to implicit

    def _step_element(self, level: _Level, group: int | None) -> bool:
        """Step over an element, or into it; False where the walk is to end before it."""
        tag, vr, length, head = self._head(level)
        at_top = len(self._levels) == 1
        if at_top and (tag in PIXEL_TAGS or group not in (None, tag >> 16)):
            return False
        self._position += head
        if tag == ITEM_END:
            if at_top:
                raise _Stop
            self._close()
            return True
        if at_top and group is None:
            (self.repeated if tag in self._tags else self._tags).add(tag)
        level.count += 1
        if level.count > self._limits.elements_per_file:
            self._refuse("elements_per_file", f"It has {level.count:,} data elements or more")
        if tag == TRANSFER_SYNTAX and group == _META_GROUP:
            at = self._position - self._base
            self._syntax = text(self._data[at : at + length])
        if self._is_sequence(tag, vr, length):
            self._open(level, tag, length)
        elif length == UNDEFINED_LENGTH:
            self._skip_fragments(level)
        else:
            self._skip(level, length)
        return True

    def _is_sequence(self, tag: int, vr: bytes, length: int) -> bool:
        if vr == b"SQ":
            return True
        if vr not in (b"", b"UN") or length < _SHORTEST_ITEM or tag in PIXEL_TAGS:
            return False
        if vr and length == UNDEFINED_LENGTH:  # PS3.5 6.2.2, note 2
            return True
        at = self._at()
        group, element, _ = _IMPLICIT[self._order](self._data, at)
        return group << 16 | element in (ITEM, SEQUENCE_END)

    def _open(self, level: _Level, tag: int, length: int) -> None:
        self._depth += 1
        if self._depth > self._limits.sequence_depth:
            found = f"It nests {self._depth:,} sequences or more in one another"
            self._refuse("sequence_depth", found)
        end, bound = None, level.bound
        if length != UNDEFINED_LENGTH:
            end = self._position + length
            if end > bound:
                self._skip(level, length)
                self._depth -= 1
                return
            bound = end
        per_frame = tag == _PER_FRAME and len(self._levels) == 1
        self._levels.append(_Level(True, end, bound, level.implicit, per_frame))

    def _close(self) -> None:
        self._depth -= self._levels.pop().is_sequence

    def _skip(self, level: _Level, length: int) -> None:
        self._position += length
        if self._position > level.bound:
            if level.bound == self._size:
                raise HeaderError(_CUT, self._path)
            self._position = level.bound  # pydicom sees no more of it

    def _skip_fragments(self, level: _Level) -> None:
        """Step over encapsulated data. PS3.5 A.4."""
        count = 0
        while True:
            group, element, length = _IMPLICIT[self._order](self._data, self._at())
            self._position += 8
            tag = group << 16 | element
            if tag == SEQUENCE_END:
                return
            if tag != ITEM:
                raise _Stop
            count += 1
            if count > self._limits.fragments_per_file:
                self._refuse("fragments_per_file", f"It has {count:,} fragments or more")
            self._skip(level, length)

    def _refuse(self, name: str, found: str) -> NoReturn:
        raise HeaderError(self._limits.refusal(name, found), self._path, "limit")
