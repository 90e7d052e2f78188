"""Where the elements of a DICOM file are, as far as they can be followed.

For mutations: a tolerant walk that gives what it found when it meets nonsense.
It shares no code with the program, whose walks are what is tested.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_LONG_VRS = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN"))
_LONG_TOO = frozenset((b"UR", b"UT", b"UV"))
_UNDEFINED = 0xFFFFFFFF
_MOST_SPANS = 3_000
_MOST_DEPTH = 12
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PIXEL_DATA = 0x7FE00010


@dataclass(frozen=True, slots=True)
class Span:
    """One element or item: ``data[start:value]`` is its head, ``data[value:end]`` its value."""

    start: int
    value: int
    end: int
    tag: int
    vr: bytes  # empty where implicit, or an item
    order: str  # "<" or ">"
    in_pixels: bool = False  # a fragment

    @property
    def length_field(self) -> tuple[int, int]:
        """Give where the length is written, and in how many bytes."""
        size = 2 if self.vr and self.value - self.start == 8 else 4
        return self.value - size, size


def walk(data: bytes) -> list[Span]:
    """List the elements of a file at all levels, in order; fewer where it cannot be followed."""
    spans: list[Span] = []
    position, syntax = 0, ""
    try:
        if data[128:132] == b"DICM":
            position = _meta(data, 132, spans)
        for span in spans:
            if span.tag == 0x00020010:
                syntax = data[span.value : span.end].rstrip(b"\0 ").decode("latin-1")
        if syntax.startswith("1.2.840.10008.1.2.1.99"):
            return spans
        order = ">" if syntax == "1.2.840.10008.1.2.2" else "<"
        explicit = syntax != "1.2.840.10008.1.2"
        if not syntax:
            explicit = data[position + 4 : position + 6].isalpha()
        _level(data, position, len(data), spans, (explicit, order), 0)
    except (struct.error, IndexError):
        pass  # the file is damaged already: what was found will do
    return spans


def without_sequences(data: bytes) -> bytes:
    """Give a file without the sequences of its top level."""
    kept, done, last = [], 0, 0
    for span in walk(data):
        if span.start < last:
            continue  # within the one before
        last = span.end
        item = data[span.value : span.value + 4] == struct.pack(span.order + "HH", 0xFFFE, 0xE000)
        if span.tag != PIXEL_DATA and (span.vr == b"SQ" or item):
            kept.append(data[done : span.start])
            done = span.end
    return b"".join((*kept, data[done:]))


def _meta(data: bytes, position: int, spans: list[Span]) -> int:
    while data[position : position + 2] == b"\x02\0":
        span = _head(data, position, (True, "<"))
        if span.end > len(data):
            break
        spans.append(span)
        position = span.end
    return position


def _head(data: bytes, position: int, coding: tuple[bool, str]) -> Span:
    explicit, order = coding
    group, element = struct.unpack_from(order + "HH", data, position)
    tag = group << 16 | element
    if group == 0xFFFE or not explicit:
        (length,) = struct.unpack_from(order + "L", data, position + 4)
        vr, value = b"", position + 8
    else:
        vr = bytes(data[position + 4 : position + 6])
        if vr in _LONG_VRS or vr in _LONG_TOO:
            (length,) = struct.unpack_from(order + "L", data, position + 8)
            value = position + 12
        else:
            (length,) = struct.unpack_from(order + "H", data, position + 6)
            value = position + 8
    return Span(
        position, value, _UNDEFINED if length == _UNDEFINED else value + length, tag, vr, order
    )


def _level(
    data: bytes,
    position: int,
    end: int,
    spans: list[Span],
    coding: tuple[bool, str],
    depth: int,
    tag: int = 0,
) -> int:
    """Walk one data set, or the items of one sequence; give where it ends."""
    while position + 8 <= end and len(spans) < _MOST_SPANS:
        span = _head(data, position, coding)
        if span.tag in (ITEM_END, SEQUENCE_END):
            return span.value
        undefined = span.end == _UNDEFINED
        if not undefined and span.end > end:
            return end
        place = len(spans)
        spans.append(span)
        below = span.vr == b"SQ" or span.tag == ITEM or undefined
        after = span.end
        if below and tag != PIXEL_DATA and depth < _MOST_DEPTH:
            inner = end if undefined else span.end
            after = _level(data, span.value, inner, spans, coding, depth + 1, span.tag)
            after = after if undefined else span.end
        if after == _UNDEFINED:
            return end
        spans[place] = Span(
            span.start, span.value, after, span.tag, span.vr, span.order, tag == PIXEL_DATA
        )
        position = after
    return position
