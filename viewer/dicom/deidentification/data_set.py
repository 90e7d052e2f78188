"""A data set as a tree of elements that know their bytes in the file, and as bytes again.

What is not changed is written as it was read, byte for byte; large values are never read, but
copied by where they lie. What is changed, and to what, is the matter of `cleaning`. PS3.5 7.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO, Literal

from pydicom.datadict import dictionary_VR

from viewer.dicom.elements import (
    ITEM,
    ITEM_END,
    LONG_VRS,
    SEQUENCE_END,
    UNDEFINED_LENGTH,
    EncodingError,
    TooDeepError,
    element_at,
    holds_items,
)
from viewer.dicom.limits import Limits

LARGE = 64 << 10  # bytes of a value that is copied by its place
_WINDOW = 256 << 10
_HEAD = 12
_OF_TWO = {"US or SS": "US", "US or OW": "OW", "OB or OW": "OW", "US or SS or OW": "OW", "NONE": ""}

Piece = bytes | tuple[int, int]  # as it is, or offset and length in the source


class Source:
    """The bytes of a data set, read in windows.

    Parameters
    ----------
    size : int
        Where it ends.
    """

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self.size = stream, size
        self._start, self._data = 0, b""

    def window(self, position: int, length: int) -> tuple[bytes, int]:
        """Give bytes that hold so many from ``position`` on, and where in them that is."""
        at = position - self._start
        if at < 0 or at + length > len(self._data):
            self._stream.seek(position)
            self._data = self._stream.read(max(length, _WINDOW))
            self._start, at = position, 0
        return self._data, at

    def bytes_at(self, position: int, length: int) -> bytes:
        """Give so many bytes.

        Raises
        ------
        EncodingError
            The file ends before.
        """
        if length > LARGE:  # not to be kept
            self._stream.seek(position)
            data = self._stream.read(length)
        else:
            window, at = self.window(position, length)
            data = window[at : at + length]
        if len(data) < length:
            raise EncodingError("the data ends within a value")
        return data


@dataclass(slots=True)
class Element:
    """An element: where it lies, the items that it holds, and what is to be written instead."""

    tag: int
    vr: str
    start: int
    value_at: int
    length: int  # of the value, with the delimiter where that ends it
    items: list[list[Element]] | None = None
    new: bytes | None = None
    is_changed: bool = False
    end: int = 0
    blanked: tuple[tuple[int, int], ...] = ()  # places in the source to be written as blanks


class Reader:
    """Reads the elements of a data set.

    Parameters
    ----------
    explicit, order : bool, str
        The encoding; ``order`` as `struct` has it.
    """

    def __init__(
        self, source: Source, explicit: bool, order: Literal["<", ">"], limits: Limits
    ) -> None:
        self.source, self.explicit, self.order = source, explicit, order
        self._limits = limits

    def read(self, position: int) -> list[Element]:
        """Read all from ``position`` to the end.

        Raises
        ------
        EncodingError
            The bytes are no elements, or end within one.
        """
        return self._elements(position, self.source.size, self.explicit, 0)[0]

    def value(self, element: Element) -> bytes:
        """Give the value of an element, as it is in the file or as it is to be."""
        if element.new is not None:
            return element.new
        return self.source.bytes_at(element.value_at, element.length)

    def _elements(
        self, position: int, end: int | None, explicit: bool, depth: int
    ) -> tuple[list[Element], int]:
        if depth > self._limits.sequence_depth:
            raise TooDeepError("sequences nested too deep")
        found: list[Element] = []
        last = self.source.size if end is None else end
        while position < last:
            start = position
            if depth == 0 and last - start < 8:  # padding of the file
                break
            data, at = self.source.window(start, min(_HEAD, last - start))
            tag, vr, length, value = element_at(data, at, explicit, self.order)
            position = start + value - at
            if tag == ITEM_END and depth:
                return found, position
            name = vr.decode() if vr is not None else _vr_of(tag)
            element = Element(tag, name, start, position, length)
            position = self._take(element, vr, explicit, depth, last)
            element.end = position
            found.append(element)
            if len(found) > self._limits.elements_per_file:
                raise EncodingError("too many elements")
        if position > last or (end is None and depth):
            raise EncodingError("the data ends within an element")
        return found, position

    def _take(
        self, element: Element, vr: bytes | None, explicit: bool, depth: int, last: int
    ) -> int:
        """Read the items of an element, or step over its value; give where it ends."""
        position, length = element.value_at, element.length
        is_undefined = length == UNDEFINED_LENGTH
        if is_undefined and vr in (b"OB", b"OW"):
            end = self._after_fragments(position)
        elif is_undefined or self._holds_items(element, vr):
            within = explicit and vr != b"UN"  # PS3.5 6.2.2
            until = None if is_undefined else position + length
            end = self._take_items(element, until, within, depth + 1)
            element.vr = "SQ"
        else:
            end = position + length
        if end > last:
            raise EncodingError("the data ends within a value")
        element.length = end - position
        return end

    def _holds_items(self, element: Element, vr: bytes | None) -> bool:
        if vr == b"SQ" or element.vr == "SQ":
            return True
        if vr not in (None, b"UN") or (vr is None and element.vr not in ("UN", "")):
            return False
        data, at = self.source.window(element.value_at, min(8, element.length))
        return element.length >= 8 and holds_items(data, at, vr, self.order)

    def _take_items(self, element: Element, until: int | None, explicit: bool, depth: int) -> int:
        position = element.value_at
        items = element.items = []
        while until is None or position < until:
            data, at = self.source.window(position, 8)
            tag, _, length, value = element_at(data, at, False, self.order)
            position += value - at
            if tag == SEQUENCE_END:
                if until is None:
                    return position
                element.is_changed = position != until  # what lies behind its end is not copied
                return until
            if tag != ITEM:
                raise EncodingError("a sequence holds something that is no item")
            end = None if length == UNDEFINED_LENGTH else position + length
            elements, position = self._elements(position, end, explicit, depth)
            items.append(elements)
            if len(items) > self._limits.items_per_file:
                raise EncodingError("too many items")
        return position

    def _after_fragments(self, position: int) -> int:
        while True:
            data, at = self.source.window(position, 8)
            tag, _, length, _ = element_at(data, at, False, self.order)
            position += 8
            if tag == SEQUENCE_END:
                return position
            if tag != ITEM or length == UNDEFINED_LENGTH or position + length > self.source.size:
                raise EncodingError("the pixel data is cut short")
            position += length


class Writer:
    """Gives elements as bytes, and as places of the source where they are large."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def pieces(self, elements: Iterable[Element]) -> Iterator[Piece]:
        """Give the pieces of a data set, in order."""
        explicit, source = self._reader.explicit, self._reader.source
        for element in elements:
            if not element.is_changed:
                size = element.end - element.start
                if element.blanked:
                    yield from _around(element)
                elif size <= LARGE:
                    yield source.bytes_at(element.start, size)
                else:
                    yield element.start, size
            elif element.items is not None:
                yield self._sequence(element, explicit)
            else:
                yield self._whole(element.tag, element.vr, element.new or b"", explicit)

    def _sequence(self, element: Element, explicit: bool) -> bytes:
        parts = []
        # a sequence in UN is implicit within, PS3.5 6.2.2; written anew it is one of the data set
        for item in element.items or ():
            content = b"".join(self._inner(one, explicit) for one in item)
            parts += [self._pack("HHL", ITEM >> 16, ITEM & 0xFFFF, len(content)), content]
        return self._whole(element.tag, "SQ", b"".join(parts), explicit)

    def _inner(self, element: Element, explicit: bool) -> bytes:
        if element.items is not None:
            return self._sequence(element, explicit)
        return self._whole(element.tag, element.vr, self._reader.value(element), explicit)

    def _whole(self, tag: int, vr: str, value: bytes, explicit: bool) -> bytes:
        if len(value) % 2:
            value += b"\0" if vr in ("UI", "OB", "UN", "") else b" "
        group, number, name = tag >> 16, tag & 0xFFFF, (vr or "UN").encode()
        if not explicit:
            return self._pack("HHL", group, number, len(value)) + value
        if name not in LONG_VRS and len(value) > 0xFFFF:
            name = b"UN"  # PS3.5 6.2.2
        if name in LONG_VRS:
            return self._pack("HH2s2xL", group, number, name, len(value)) + value
        return self._pack("HH2sH", group, number, name, len(value)) + value

    def _pack(self, form: str, *values: object) -> bytes:
        return struct.pack(self._reader.order + form, *values)


def _around(element: Element) -> Iterator[Piece]:
    position = element.start
    for start, size in element.blanked:
        yield position, start - position
        yield b" " * size
        position = start + size
    yield position, element.end - position


def all_elements(elements: Iterable[Element]) -> Iterator[Element]:
    """Give elements and those of all items below, each before what it holds."""
    for element in elements:
        yield element
        for item in element.items or ():
            yield from all_elements(item)


def vr_in_dictionary(tag: int) -> str:
    """Give the VR of a tag by the standard's dictionary; "" for a tag that it has not."""
    return _vr_of(tag) if not tag >> 16 & 1 else ""


@cache
def _vr_of(tag: int) -> str:
    if tag >> 16 & 1:
        return "LO" if 0x10 <= tag & 0xFFFF <= 0xFF else "UN"
    if not tag & 0xFFFF:
        return "UL"
    try:
        vr = dictionary_VR(tag)
    except KeyError:
        return ""
    return _OF_TWO.get(vr, vr)
