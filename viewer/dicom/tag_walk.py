"""Walk the structure of a data set (PS3.5 section 7): elements, sequences, items.

Iterative, in bounded memory, forwards only: nesting and lengths that lie cost
nothing. What the values mean is left to `tag_values`, the rows to `tag_reader`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from viewer.dicom.byte_reader import ByteReader
from viewer.dicom.elements import (
    ITEM,
    ITEM_END,
    LONG_VRS,
    SEQUENCE_END,
    SHORT_VRS,
    UNDEFINED_LENGTH,
)
from viewer.dicom.errors import HeaderError
from viewer.dicom.inflating import InflateLimitError
from viewer.dicom.limits import Limits
from viewer.dicom.tag_context import NUMBER_VRS, DatasetContext
from viewer.dicom.tag_names import look_up
from viewer.dicom.tags import BINARY_VRS, Kind

_PIXEL_DATA = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})

_NO_ELEMENT = "What follows the pixel data is no DICOM element."

_BINARY_BYTES = 64  # of a bulk value: enough to show how it begins
_NUMBER_BYTES = 64 << 10
_TEXT_BYTES = 1 << 20
_TEXT_BYTES_OVER_BUDGET = 4096
_TEXT_BUDGET = 16 << 20  # for all values of a file together


class Element(NamedTuple):
    """One thing met on the walk; ``value`` may be only the beginning of it."""

    kind: Kind
    depth: int
    tag: int = 0
    stored_vr: str = ""  # as written; empty: implicit
    vr: str = ""  # to read the value by
    length: int = 0  # bytes; -1: undefined
    value: bytes = b""
    text: str = ""  # of a note; of a sequence; sizes of encapsulated data
    little_endian: bool = True
    context: DatasetContext = DatasetContext()
    offset: int = -1  # of the value, in what is read; -1: of encapsulated data, items and notes
    fragments: Sequence[tuple[int, int]] = ()  # offset and length, the offset table first


class _DamageError(Exception):
    """Reading cannot go on; the message is the note to leave."""


@dataclass(slots=True)
class _Level:
    """An open data set (or item) or an open sequence."""

    is_sequence: bool
    end: int | None  # None: closed by a delimiter, or by the end of the file
    implicit: bool
    little_endian: bool
    context: DatasetContext
    name: str = ""
    items: int = 0
    last_tag: int = 0
    past_pixels: bool = False


class Walk:
    """One walk over one reader.

    Parameters
    ----------
    whole_bytes : int, optional
        Values of up to so many bytes are kept whole, of longer ones their beginning; else as
        much as a table shows.
    """

    def __init__(self, reader: ByteReader, limits: Limits, whole_bytes: int | None = None) -> None:
        self._reader = reader
        self._whole_bytes = whole_bytes
        self.whole = 0  # elements that were read to their end
        self._limits = limits
        self._deepest = 2 * limits.sequence_depth  # in rows: sequence and item alternate
        self._levels: list[_Level] = []
        self._count = 0
        self._text_left = _TEXT_BUDGET

    def file_meta(self) -> Iterator[Element]:
        """Yield the elements of group 0002: always explicit, little endian (PS3.10 7.1)."""
        self._levels = [_Level(False, None, False, True, DatasetContext())]
        while self._reader.peek(2) == b"\x02\x00":
            try:
                yield from self._step_element()
            except _DamageError as damage:
                yield self._note(str(damage))
                return

    def dataset(self, *, implicit: bool, little_endian: bool) -> Iterator[Element]:
        """Yield what follows, to the end of the file, or to where it cannot be read on."""
        self._levels = [_Level(False, None, implicit, little_endian, DatasetContext())]
        try:
            while self._levels:
                level = self._levels[-1]
                if level.end is not None and self._reader.position >= level.end:
                    if self._reader.position > level.end:
                        yield self._note(f"{level.name} is longer than its length says.")
                    self._levels.pop()
                elif level.is_sequence:
                    yield from self._step_item()
                else:
                    yield from self._step_element()
        except _DamageError as damage:
            yield self._note(str(damage))
        except InflateLimitError:
            found = "The rest is not read: it inflates to more"
            yield self._note(self._limits.refusal("inflate_bytes", found))
        except zlib.error:
            yield self._note("The rest is not read: the compressed data are damaged.")
        except HeaderError as error:  # of the archive that the file is in
            yield self._note(f"The rest is not read: {error.message}")

    def _note(self, text: str) -> Element:
        depth = min(len(self._levels) - 1, self._deepest)
        return Element(Kind.NOTE, max(0, depth), text=text)

    def _header(self, level: _Level) -> tuple[int, str, int]:
        """Take an element's header: tag, VR as written, length; items have no VR."""
        endian = "<" if level.little_endian else ">"
        head = self._reader.take(8)
        if len(head) < 8:
            raise _DamageError("The file ends inside the header of an element.")
        group, element, length = struct.unpack(endian + "HHL", head)
        tag = group << 16 | element
        vr = head[4:6]
        if level.implicit or level.is_sequence or group == 0xFFFE:
            return tag, "", length
        if vr in LONG_VRS:
            rest = self._reader.take(4)
            if len(rest) < 4:
                raise _DamageError("The file ends inside the header of an element.")
            return tag, vr.decode("ascii"), struct.unpack(endian + "L", rest)[0]
        if vr in SHORT_VRS or (vr.isalpha() and vr.isupper()):
            return tag, vr.decode("ascii"), struct.unpack(endian + "H", head[6:])[0]
        return tag, "", length  # some writers turn to implicit in mid-file

    def _step_item(self) -> Iterator[Element]:
        level = self._levels[-1]
        if not self._reader.peek(1):
            raise _DamageError(f"The file ends inside {level.name}.")
        tag, _, length = self._header(level)
        if tag == SEQUENCE_END:
            self._levels.pop()
            return
        if tag != ITEM:
            if level.end is None:
                raise _DamageError(
                    f"{level.name} holds something that is no item: the rest is lost."
                )
            yield self._note(f"{level.name} holds something that is no item.")
            self._reader.skip(max(0, level.end - self._reader.position))
            return
        level.items += 1
        self._count_one()
        depth = len(self._levels) - 1
        if depth <= self._deepest:
            yield Element(Kind.ITEM, depth, ITEM, length=_signed(length))
        implicit = level.implicit or not _looks_explicit(self._reader.peek(6))
        self._levels.append(
            _Level(
                False,
                None if length == UNDEFINED_LENGTH else self._reader.position + length,
                implicit,
                level.little_endian,
                level.context.child(),
                f"item {level.items} of {level.name}",
            )
        )

    def _step_element(self) -> Iterator[Element]:
        level = self._levels[-1]
        if self._at_end(level):
            self._levels.pop()
            return
        tag, stored_vr, length = self._header(level)
        if tag in (ITEM_END, SEQUENCE_END) and len(self._levels) > 1:
            self._levels.pop()
            if tag == SEQUENCE_END:  # the item's own delimiter was left out
                self._levels.pop()
            return
        if not tag and not length:
            raise _DamageError("Zero bytes stand where an element should: the rest is lost.")
        if len(self._levels) == 1:
            level.past_pixels = level.past_pixels or level.last_tag in _PIXEL_DATA
            level.last_tag = tag
            if level.past_pixels and tag < min(_PIXEL_DATA):
                raise _DamageError(_NO_ELEMENT)
        self._count_one()
        vr = level.context.reading_vr(tag, stored_vr, length)
        if self._is_sequence(tag, stored_vr, vr, length, level):
            yield from self._open_sequence(tag, stored_vr, length, level)
        elif length == UNDEFINED_LENGTH:
            yield from self._fragments(tag, stored_vr, vr, level)
        else:
            yield from self._value(tag, stored_vr, vr, length, level)

    def _at_end(self, level: _Level) -> bool:
        """Tell whether nothing is left; raise where something should be."""
        left = self._reader.peek(8)
        if len(self._levels) == 1 and len(left) < 8 and not any(left):
            return True
        if not left:
            raise _DamageError(f"The file ends inside {level.name}.")
        return False

    def _count_one(self) -> None:
        self._count += 1
        if self._count > self._limits.elements_per_file:
            found = "More elements are not shown"
            raise _DamageError(self._limits.refusal("elements_per_file", found))

    def _is_sequence(self, tag: int, stored_vr: str, vr: str, length: int, level: _Level) -> bool:
        if vr == "SQ":
            return True
        if length != UNDEFINED_LENGTH or tag in _PIXEL_DATA:
            return False
        if stored_vr == "UN":  # PS3.5 6.2.2, note 2
            return True
        item = b"\xfe\xff\x00\xe0" if level.little_endian else b"\xff\xfe\xe0\x00"
        return vr == "UN" and self._reader.peek(4) == item

    def _open_sequence(
        self, tag: int, stored_vr: str, length: int, level: _Level
    ) -> Iterator[Element]:
        depth = len(self._levels) - 1
        if depth <= self._deepest:
            cut = depth == self._deepest and length
            text = "items not shown" if cut else ""
            yield Element(
                Kind.SEQUENCE,
                depth,
                tag,
                stored_vr,
                "SQ",
                _signed(length),
                text=text,
                context=level.context,
            )
            if cut:
                found = "Deeper levels are not shown"
                yield self._note(self._limits.refusal("sequence_depth", found))
        self._levels.append(
            _Level(
                True,
                None if length == UNDEFINED_LENGTH else self._reader.position + length,
                level.implicit,
                level.little_endian,
                level.context,
                look_up(tag, level.context.creator(tag)).name,
            )
        )

    def _value(
        self, tag: int, stored_vr: str, vr: str, length: int, level: _Level
    ) -> Iterator[Element]:
        wanted = min(length, self._value_bytes(vr, length))
        offset = self._reader.position
        value = self._reader.take(wanted)
        there = len(value)
        if there == wanted < length:
            there += self._reader.skip(length - wanted)
        if there < length and level.past_pixels:
            raise _DamageError(_NO_ELEMENT)
        level.context.learn(tag, value)
        depth = len(self._levels) - 1
        if depth <= self._deepest:
            self._text_left -= wanted
            yield Element(
                Kind.ELEMENT,
                depth,
                tag,
                stored_vr,
                vr,
                length,
                value,
                little_endian=level.little_endian,
                context=level.context,
                offset=offset,
            )
        if there < length:
            raise _DamageError(f"The file ends inside this value: {there:,} of {length:,} bytes.")
        self.whole += 1

    def _value_bytes(self, vr: str, length: int) -> int:
        if self._whole_bytes is not None and length <= self._whole_bytes:
            return length
        if vr in BINARY_VRS:
            return _BINARY_BYTES
        if self._text_left <= 0:
            return _TEXT_BYTES_OVER_BUDGET
        return _NUMBER_BYTES if vr in NUMBER_VRS else _TEXT_BYTES

    def _fragments(self, tag: int, stored_vr: str, vr: str, level: _Level) -> Iterator[Element]:
        """Pass over encapsulated data (PS3.5 A.4): an offset table and fragments."""
        total, problem = 0, ""
        fragments: list[tuple[int, int]] = []
        unpack = struct.Struct("<HHL" if level.little_endian else ">HHL").unpack
        while True:
            head = self._reader.take(8)
            group, element, length = unpack(head) if len(head) == 8 else (0, 0, 0)
            found = group << 16 | element
            if found != ITEM:
                break
            offset = self._reader.position
            there = self._reader.skip(length)
            fragments.append((offset, there))
            total += there
            if there < length:
                problem = "The file ends inside the last fragment."
                break
            if len(fragments) > self._limits.fragments_per_file:
                problem = self._limits.refusal("fragments_per_file", "More fragments are not read")
                break
        if not problem and found != SEQUENCE_END:
            problem = (
                "The fragments have no end mark."
                if len(head) < 8
                else "A value of undefined length holds no items: the rest is lost."
            )
        text = f"{total}\\{max(0, len(fragments) - 1)}"
        depth = len(self._levels) - 1
        if depth <= self._deepest:
            yield Element(
                Kind.ELEMENT,
                depth,
                tag,
                stored_vr,
                vr,
                -1,
                text=text,
                little_endian=level.little_endian,
                context=level.context,
                fragments=fragments,
            )
        if problem:
            raise _DamageError(problem)


def _looks_explicit(head: bytes) -> bool:
    """Tell by the place of the VR; too short to tell counts as explicit."""
    return len(head) < 6 or (head[4:6].isalpha() and head[4:6].isupper())


def _signed(length: int) -> int:
    return -1 if length == UNDEFINED_LENGTH else length
