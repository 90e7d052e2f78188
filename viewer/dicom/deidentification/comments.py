"""Comments within compressed pictures: where they stand, so that they can be written as blanks.

What is told of a codestream before its first scan or tile: COM and APPn of JPEG and JPEG-LS
(ISO 10918-1 B.2.4), COM of JPEG 2000 (ISO 15444-1 A.9.2), boxes of text and Exif around them.
Nothing changes its length, so that offset tables stay true. The streams of videos are not looked
into.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from viewer.dicom.deidentification.data_set import Element, Source
from viewer.dicom.elements import EncodingError

Span = tuple[int, int]  # offset and length

_ITEM = 8  # bytes of the tag and the length of a fragment
_JPEG, _JPEG_2000 = b"\xff\xd8", b"\xff\x4f"
_BOXES = (b"\0\0\0\x0cjP  ", b"\0\0\0\x0cJXL ")
_COMMENT, _SCAN, _END = 0xFE, 0xDA, 0xD9
_APPS = frozenset(range(0xE1, 0xF0)) - {0xE8, 0xEE}  # SPIFF and Adobe tell of the colours
_COLOURS = b"ICC_PROFILE"
_COMMENT_2000, _TILE_2000 = 0x64, 0x90
_TOLD = frozenset((b"uuid", b"xml ", b"uinf", b"Exif", b"jumb", b"brob"))
_TAIL = 4096


def comments_of(source: Source, element: Element, order: str) -> tuple[Span, ...]:
    """Give the places of comments in encapsulated pixel data, in order; of native data none."""
    if source.bytes_at(element.value_at - 4, 4) != b"\xff" * 4:
        return ()
    found: list[Span] = []
    position, is_table = element.value_at, True
    while position + _ITEM <= element.end - _ITEM:
        (length,) = struct.unpack(f"{order}L", source.bytes_at(position + 4, 4))
        position += _ITEM
        if not is_table:
            found += _of_stream(source, position, position + length)
        position, is_table = position + length, False
    return tuple(found)


def _of_stream(source: Source, start: int, end: int) -> Iterator[Span]:
    head = source.bytes_at(start, min(8, end - start))
    if head.startswith(_JPEG):
        yield from _of_jpeg(source, start + 2, end)
        yield from _behind(source, start, end)
    elif head.startswith(_JPEG_2000):
        yield from _of_jpeg_2000(source, start + 2, end)
        yield from _behind(source, start, end)
    elif head in _BOXES:
        yield from _of_boxes(source, start, end)


def _segments(source: Source, position: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Give marker, place and length of what each segment holds."""
    while position + 4 <= end:
        sign, marker, length = struct.unpack(">BBH", source.bytes_at(position, 4))
        if sign != 0xFF or length < 2 or position + 2 + length > end:
            return
        yield marker, position + 4, length - 2
        position += 2 + length


def _of_jpeg(source: Source, position: int, end: int) -> Iterator[Span]:
    for marker, at, length in _segments(source, position, end):
        if marker in (_SCAN, _END):
            return
        is_told = marker == _COMMENT or (
            marker in _APPS and not source.bytes_at(at, min(length, 11)).startswith(_COLOURS)
        )
        if is_told and length:
            yield at, length


def _of_jpeg_2000(source: Source, position: int, end: int) -> Iterator[Span]:
    for marker, at, length in _segments(source, position, end):
        if marker == _TILE_2000:
            return
        if marker == _COMMENT_2000 and length > 2:  # behind what kind of comment it is
            yield at + 2, length - 2


def _of_boxes(source: Source, position: int, end: int) -> Iterator[Span]:
    while position + 8 <= end:
        length, kind = struct.unpack(">L4s", source.bytes_at(position, 8))
        if kind == b"jp2c":
            yield from _of_jpeg_2000(source, position + 10, end)
        if length < 8 or position + length > end:
            return
        if kind in _TOLD:
            yield position + 8, length - 8
        position += length


def _behind(source: Source, start: int, end: int) -> Iterator[Span]:
    """Give what is put behind the end of a stream."""
    first = max(start, end - _TAIL)
    try:
        tail = source.bytes_at(first, end - first)
    except EncodingError:
        return
    last = tail.rfind(bytes((0xFF, _END)))
    rest = tail[last + 2 :]
    if last >= 0 and rest.strip(b"\0") and b"\xff" not in rest:
        yield first + last + 2, len(rest)
