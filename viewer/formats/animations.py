"""Animated GIF and WebP from pictures that are encoded already, one after the other.

Each picture comes as a whole GIF or WebP file of its own, so that several processes can make
them; here their images are put one behind the other, and none is kept.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

_GIF_HEAD = 13  # signature and screen descriptor
_CENTISECOND_MS = 10
_FASTEST = 2  # hundredths of a second; viewers slow down what is shorter
_ANIMATED, _NO_BLENDING = 0x02, 0x02
_LONGEST_MS = 0xFFFFFF
_INTERLACED = 0x40


class GifWriter:
    """Writes an animated GIF (GIF89a) that plays on and on."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._shown_ms = self._told = 0.0
        self._is_begun = False

    def add(self, picture: bytes, shown_ms: float) -> None:
        """Add a picture, a GIF file of one image, and how long it is shown."""
        size = picture[6:10]
        if not self._is_begun:
            self._is_begun = True
            self._file.write(b"GIF89a" + size + b"\x70\x00\x00")
            self._file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
        table, descriptor, data = _parts_of_gif(picture)
        self._shown_ms += shown_ms
        # hundredths add up to the time that has passed, not to a rounded one each
        wait = max(_FASTEST, round(self._shown_ms / _CENTISECOND_MS - self._told))
        self._told += wait
        self._file.write(struct.pack("<4sHBB", b"\x21\xf9\x04\x04", min(wait, 0xFFFF), 0, 0))
        bits = (len(table) // 3).bit_length() - 2
        self._file.write(
            descriptor[:9] + bytes([0x80 | descriptor[9] & _INTERLACED | bits]) + table + data
        )

    def end(self) -> None:
        """Write what ends the file."""
        self._file.write(b"\x3b")


def _parts_of_gif(picture: bytes) -> tuple[bytes, bytes, bytes]:
    """Give the colour table, the image descriptor and the image data of a GIF of one image."""
    flags = picture[10]
    at = _GIF_HEAD + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    table = picture[_GIF_HEAD:at]
    while picture[at] == 0x21:  # extensions: a label, then blocks up to an empty one
        at = _after_blocks(picture, at + 2)
    descriptor = picture[at : at + 10]
    at += 10
    if descriptor[9] & 0x80:
        end = at + (3 << (descriptor[9] & 7) + 1)
        table, at = picture[at:end], end
    return table, descriptor, picture[at : _after_blocks(picture, at + 1)]


def _after_blocks(picture: bytes, at: int) -> int:
    while picture[at]:
        at += 1 + picture[at]
    return at + 1


class WebpWriter:
    """Writes an animated WebP (RIFF container, RFC 9649) that plays on and on."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._is_begun = False

    def add(self, picture: bytes, shown_ms: float) -> None:
        """Add a picture, a WebP file of one image, and how long it is shown."""
        width, height, image = _parts_of_webp(picture)
        sides = _three(width - 1) + _three(height - 1)
        if not self._is_begun:
            self._is_begun = True
            self._file.write(b"RIFF\0\0\0\0WEBP")
            self._file.write(_chunk(b"VP8X", bytes([_ANIMATED, 0, 0, 0]) + sides))
            self._file.write(_chunk(b"ANIM", bytes([0, 0, 0, 255, 0, 0])))
        shown = min(max(round(shown_ms), 1), _LONGEST_MS)
        head = bytes(6) + sides + _three(shown) + bytes([_NO_BLENDING])
        self._file.write(_chunk(b"ANMF", head + image))

    def end(self) -> None:
        """Write into the beginning how long the file is."""
        size = self._file.tell()
        self._file.seek(4)
        self._file.write(struct.pack("<I", size - 8))
        self._file.seek(size)


def _parts_of_webp(picture: bytes) -> tuple[int, int, bytes]:
    """Give width, height and the chunk with the image of a WebP file of one."""
    at = 12
    while picture[at : at + 4] not in (b"VP8 ", b"VP8L"):
        at += 8 + _even(struct.unpack_from("<I", picture, at + 4)[0])
    name, size = struct.unpack_from("<4sI", picture, at)
    body = picture[at + 8 : at + 8 + size]
    if name == b"VP8 ":
        width, height = struct.unpack_from("<HH", body, 6)
        width, height = width & 0x3FFF, height & 0x3FFF
    else:
        (bits,) = struct.unpack_from("<I", body, 1)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return width, height, _chunk(name, body)


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _even(size: int) -> int:
    return size + size % 2


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")
