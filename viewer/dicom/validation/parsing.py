"""From bytes to elements, with a finding for each departure from PS3.5 section 7.

Goes on after a departure where the bytes still tell how, and stops where they do not: what was
parsed until then is given. Within the limits on what a file may cost; long values are left in the
file. What values mean is left to the other modules.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from viewer.dicom.elements import (
    ITEM,
    ITEM_END,
    LONG_VRS,
    SEQUENCE_END,
    SHORT_VRS,
    UNDEFINED_LENGTH,
)
from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import Limits
from viewer.dicom.tags import tag_text
from viewer.dicom.validation.elements import PIXELS, DataSet, Element, entry_of, name_of
from viewer.dicom.validation.findings import Collector

_CHUNK = 64 << 10
_LONGEST_TEXT, _LONGEST_BINARY = 1 << 20, 4 << 10
_TEXTS = frozenset("AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT".split())
_KNOWN = SHORT_VRS | LONG_VRS
_MAY_BE_UNDEFINED = frozenset(("SQ", "UN"))
_TRAILING_PADDING = 0xFFFCFFFC
_INVALID_GROUPS = frozenset((0x0001, 0x0003, 0x0005, 0x0007, 0xFFFF))


def is_text(vr: str) -> bool:
    """Tell whether values of a VR are characters."""
    return vr in _TEXTS


class Damage(Exception):  # noqa: N818 - the end of what can be parsed, already told
    """Nothing more can be made of the bytes."""


class Parser:
    """Parses one stream.

    Parameters
    ----------
    size : int or None
        Of the stream; None where it is inflated as it is read.
    """

    def __init__(
        self, stream: BinaryIO, size: int | None, collector: Collector, limits: Limits
    ) -> None:
        self._stream, self._collector, self._limits = stream, collector, limits
        self.size = (1 << 62) if size is None else size
        self.position = 0
        self._base, self._data = 0, b""
        self._items = 0

    def peek(self, count: int) -> bytes:
        """Give the next bytes, fewer at the end."""
        at = self.position - self._base
        if not 0 <= at <= len(self._data) - count:
            self._stream.seek(self.position)
            self._base, self._data, at = self.position, self._stream.read(max(_CHUNK, count)), 0
        return self._data[at : at + count]

    def data_set(self, *, explicit: bool, order: str) -> DataSet:
        """Parse from here to the end, as far as that goes."""
        found = DataSet(order)
        try:
            self._fill(found, explicit, self.size, "", 0)
        except Damage:
            pass
        return found

    def meta(self) -> DataSet:
        """Parse the file meta information: the elements of group 0002."""
        found = DataSet("<")
        try:
            while self.peek(2) == b"\x02\0":
                self._element(found, True, self.size, "", 0)
        except Damage:
            pass
        return found

    def _fill(
        self, into: DataSet, explicit: bool, end: int | None, prefix: str, depth: int
    ) -> None:
        """Parse the elements of a data set, to ``end``, or to its delimiter where that is None."""
        is_root = not depth
        last = 0
        while end is None or self.position < end:
            head = self.peek(8)
            if len(head) < 8:
                if not head and is_root:
                    return
                if is_root and not head.strip(b"\0"):
                    self._trailing(len(head))
                    return
                self._cut(prefix)
            tag = self._tag(head, into.order)
            if tag >> 16 == 0xFFFE:
                if self._delimiter(tag, head, into.order, end, prefix):
                    return
                continue
            if is_root and self._is_padding(tag, head):
                return
            element = self._element(into, explicit, end, prefix, depth)
            if element.tag <= last:
                self._out_of_order(element.tag, last, prefix + name_of(element.tag), into)
            last = max(last, element.tag)

    def _tag(self, head: bytes, order: str) -> int:
        group, number = struct.unpack(order + "HH", head[:4])
        return int(group << 16 | number)

    def _delimiter(self, tag: int, head: bytes, order: str, end: int | None, prefix: str) -> bool:
        """Step over a delimiter; tell whether it is the end of the item."""
        (length,) = struct.unpack(order + "L", head[4:8])
        where = prefix.rstrip(".")
        self.position += 8
        if tag == ITEM_END and end is None:
            if length:
                told = f"An item delimiter has the length {length}, not 0."
                self._collector.add("structure-delimiter", told, where=where)
            return True
        told = f"{tag_text(tag)} stands where a data element should."
        self._collector.add("structure-delimiter", told, tag=tag, where=where)
        if length == UNDEFINED_LENGTH or tag == ITEM:
            raise Damage
        return False

    def _out_of_order(self, tag: int, last: int, where: str, within: DataSet) -> None:
        count = sum(other.tag == tag for other in within.elements)
        if count > 1:
            told = f"{tag_text(tag)} is there {count} times in one data set."
            self._collector.add("structure-duplicate", told, tag=tag, where=where)
        else:
            told = f"{tag_text(tag)} comes after {tag_text(last)}; tags must rise."
            self._collector.add("structure-order", told, tag=tag, where=where)

    def _element(
        self, into: DataSet, explicit: bool, end: int | None, prefix: str, depth: int
    ) -> Element:
        if len(into.elements) >= self._limits.elements_per_file:
            found = f"It has {len(into.elements) + 1:,} data elements or more"
            raise HeaderError(
                self._limits.refusal("elements_per_file", found), self._collector.path, "limit"
            )
        element = self._head(into.order, explicit, prefix)
        into.elements.append(element)
        into.by_tag.setdefault(element.tag, element)
        where = prefix + name_of(element.tag)
        self._judge_group(element, where, depth)
        self.position = element.offset
        if element.length is None:
            self._undefined(element, into.order, where, depth)
        elif element.length > (self.size if end is None else end) - element.offset:
            self._too_long(element, end, where)
        elif element.vr == "SQ":
            self._sequence(element, into.order, where, depth)
        else:
            self._value(element, where)
        return element

    def _head(self, order: str, explicit: bool, prefix: str) -> Element:
        head = self.peek(12)
        if len(head) < 8:
            self._cut(prefix)
        group, number = struct.unpack(order + "HH", head[:4])
        tag, vr = group << 16 | number, head[4:6]
        entry = entry_of(tag)
        usual = entry.vr if entry is not None else "UN"
        where = prefix + name_of(tag)
        if not explicit or not (vr.isalpha() and vr.isupper()):
            if explicit:
                told = f"{tag_text(tag)} is written without VR in a data set with explicit VRs."
                self._collector.add("vr-missing", told, tag=tag, where=where)
            (length,) = struct.unpack(order + "L", head[4:8])
            return self._made(tag, usual, False, length, self.position + 8)
        if vr in LONG_VRS:
            if len(head) < 12:
                self._cut(where)
            (length,) = struct.unpack(order + "L", head[8:12])
            return self._made(tag, vr.decode(), True, length, self.position + 12)
        if vr not in SHORT_VRS:
            told = f"The VR {vr.decode()} of {tag_text(tag)} is none of the standard."
            self._collector.add("vr-unknown", told, tag=tag, where=where)
        (length,) = struct.unpack(order + "H", head[6:8])
        return self._made(tag, vr.decode(), True, length, self.position + 8)

    def _made(self, tag: int, vr: str, explicit: bool, length: int, offset: int) -> Element:
        return Element(tag, vr, explicit, None if length == UNDEFINED_LENGTH else length, offset)

    def _judge_group(self, element: Element, where: str, depth: int) -> None:
        tag = element.tag
        group, number = tag >> 16, tag & 0xFFFF
        if group in _INVALID_GROUPS or (group == 0 and self.position):
            told = f"Group {group:04X} has no place in a data set."
            self._collector.add("group-invalid", told, tag=tag, where=where)
        if group > 2 and number == 0:
            told = f"The group length {tag_text(tag)} is retired; leave it out."
            self._collector.add("group-length", told, tag=tag, where=where)
        if depth and group in (0x0002, 0x0000):
            told = f"{tag_text(tag)} is for the file, not for an item."
            self._collector.add("group-invalid", told, tag=tag, where=where)

    def _value(self, element: Element, where: str) -> None:
        length = element.length or 0
        if length % 2:
            told = f"The value has an odd length, {length:,}."
            self._collector.add("length-odd", told, tag=element.tag, where=where)
        longest = _LONGEST_TEXT if element.vr in _TEXTS else _LONGEST_BINARY
        if length <= longest:
            element.value = self.peek(length)
            if len(element.value) < length:
                self._cut(where, element.tag)
        self.position = element.offset + length

    def _too_long(self, element: Element, end: int | None, where: str) -> None:
        length = element.length or 0
        if end is None or end >= self.size:
            self._cut(where, element.tag)
        told = f"The value of {length:,} bytes goes on beyond the item that it is in."
        self._collector.add("structure-item", told, tag=element.tag, where=where)
        self.position = end or self.size

    def _undefined(self, element: Element, order: str, where: str, depth: int) -> None:
        if (element.tag in PIXELS and not depth) or (
            element.is_explicit and element.vr in ("OB", "OW")
        ):
            self._fragments(element, order, where)
            return
        if element.is_explicit and element.vr not in _MAY_BE_UNDEFINED:
            told = f"A value with the VR {element.vr} must say its length."
            self._collector.add("length-undefined", told, tag=element.tag, where=where)
        self._sequence(element, order, where, depth)

    def _sequence(self, element: Element, order: str, where: str, depth: int) -> None:
        if depth >= self._limits.sequence_depth:
            found = f"It nests {depth + 1:,} sequences or more in one another"
            raise HeaderError(
                self._limits.refusal("sequence_depth", found), self._collector.path, "limit"
            )
        element.items = []
        explicit = element.is_explicit and element.vr != "UN"
        # UN of undefined length is implicit little endian within: PS3.5 6.2.2, note 2
        order = order if explicit or not element.is_explicit else "<"
        end = None if element.length is None else self.position + element.length
        while end is None or self.position < end:
            head = self.peek(8)
            if len(head) < 8:
                self._cut(where, element.tag)
            group, number, length = struct.unpack(order + "HHL", head)
            tag = group << 16 | number
            if tag == SEQUENCE_END:
                self.position += 8
                if end is not None:
                    told = "A sequence that says its length has a delimiter besides."
                    self._collector.add("structure-delimiter", told, tag=element.tag, where=where)
                    continue
                return
            if tag != ITEM:
                told = f"{tag_text(tag)} stands where an item should."
                self._collector.add("structure-item", told, tag=element.tag, where=where)
                if end is None:
                    raise Damage
                self.position = end
                return
            self.position += 8
            self._item(element.items, explicit, order, length, end, where, depth)

    def _item(
        self,
        items: list[DataSet],
        explicit: bool,
        order: str,
        length: int,
        end: int | None,
        where: str,
        depth: int,
    ) -> None:
        self._items += 1
        if self._items > self._limits.items_per_file + self._limits.frames_per_file:
            found = f"It has {self._items:,} sequence items or more"
            raise HeaderError(
                self._limits.refusal("items_per_file", found), self._collector.path, "limit"
            )
        place = f"{where}[{len(items)}]"
        item_end = None if length == UNDEFINED_LENGTH else self.position + length
        if item_end is not None and item_end > (self.size if end is None else end):
            if end is None or end >= self.size:
                self._cut(place)
            told = f"An item of {length:,} bytes goes on beyond its sequence."
            self._collector.add("structure-item", told, where=place)
            item_end = end
        item = DataSet(order, self.position - 8)
        items.append(item)
        self._fill(item, explicit, item_end, place + ".", depth + 1)

    def _fragments(self, element: Element, order: str, where: str) -> None:
        found: list[tuple[int, int, bytes]] = []
        while True:
            head = self.peek(24)
            if len(head) < 8:
                told = "The pixel data ends without its sequence delimiter."
                self._collector.add("fragments-delimiter", told, tag=element.tag, where=where)
                break
            group, number, length = struct.unpack(order + "HHL", head[:8])
            tag = group << 16 | number
            if tag != ITEM:
                if tag == SEQUENCE_END:
                    self.position += 8
                else:
                    told = f"{tag_text(tag)} stands where a fragment or the delimiter should."
                    self._collector.add("fragments-delimiter", told, tag=element.tag, where=where)
                break
            if len(found) > self._limits.fragments_per_file:
                told = f"It has {len(found):,} fragments or more"
                raise HeaderError(
                    self._limits.refusal("fragments_per_file", told), self._collector.path, "limit"
                )
            if length % 2 and length != UNDEFINED_LENGTH:
                told = f"Fragment {len(found)} has an odd length, {length:,}."
                self._collector.add("length-odd", told, tag=element.tag, where=where)
            found.append((self.position + 8, length, head[8 : 8 + min(16, length)]))
            if length > self.size - self.position - 8:
                self._cut(where, element.tag, found, element)
            self.position += 8 + length
        element.fragments = tuple(found)
        if found and len(self.peek(8)) < 8 and self.position > self.size:
            self.position = self.size

    def _is_padding(self, tag: int, head: bytes) -> bool:
        """Tell what follows the data set, and whether it is padding or anything else."""
        if tag == _TRAILING_PADDING:
            return True
        if head == bytes(8):
            self._trailing(max(self.size - self.position, 8))
            return True
        return False

    def _trailing(self, count: int) -> None:
        more = f"{count:,} null bytes" if count < 1 << 50 else "Null bytes"
        self._collector.add("structure-trailing", f"{more} follow the data set.")

    def _cut(
        self,
        where: str,
        tag: int | None = None,
        found: list[tuple[int, int, bytes]] | None = None,
        element: Element | None = None,
    ) -> None:
        if element is not None:
            element.fragments = tuple(found or ())
        told = "The file ends within this element; the copy is incomplete, copy it again."
        self._collector.add("structure-cut", told, tag=tag, where=where.rstrip("."))
        raise Damage
