"""Bytes of a file read forwards in bounded memory, plain or inflated on the way.

Knows nothing of DICOM elements: that is `tag_walk`.
"""

from __future__ import annotations

import os
import zlib
from typing import BinaryIO

_CHUNK = 64 << 10


class InflateLimitError(ValueError):
    """The inflated bytes exceed the limit."""


class ByteReader:
    """A forward reader with look-ahead.

    Parameters
    ----------
    file : BinaryIO
        A regular file opened without buffering needs; read from where it stands.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer = b""
        self._at = 0
        self._base = file.tell()
        self._inflate: zlib._Decompress | None = None
        self._inflate_limit = 0
        self._inflated = 0

    @property
    def position(self) -> int:
        """The offset of the next byte: in the file, or in the inflated stream."""
        return self._base + self._at

    def peek(self, count: int) -> bytes:
        """Give up to ``count`` of the next bytes without taking them."""
        end = self._at + count
        if end > len(self._buffer):
            self._fill(count)
            end = self._at + count
        return self._buffer[self._at : end]

    def take(self, count: int) -> bytes:
        """Take up to ``count`` bytes; fewer at the end of the file."""
        data = self.peek(count)
        self._at += len(data)
        return data

    def skip(self, count: int) -> int:
        """Pass over ``count`` bytes and give how many there were."""
        held = min(count, len(self._buffer) - self._at)
        self._at += held
        left = count - held
        if not left:
            return count
        if self._inflate is None:
            size = os.fstat(self._file.fileno()).st_size
            step = max(0, min(left, size - self.position))
            self._base = self._file.seek(self.position + step)
            self._buffer, self._at = b"", 0
            return held + step
        while left and (chunk := self.take(min(left, _CHUNK))):
            left -= len(chunk)
        return count - left

    def inflate_rest(self, limit: int) -> None:
        """Treat the rest as one raw deflate stream (PS3.5 A.5) of at most ``limit`` bytes."""
        self._file.seek(self.position)
        self._base, self._buffer, self._at = self.position, b"", 0
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._inflate_limit = limit

    def _fill(self, count: int) -> None:
        pieces = [self._buffer[self._at :]]
        self._base, self._at = self.position, 0
        have = len(pieces[0])
        while have < count and (piece := self._next_chunk()):
            pieces.append(piece)
            have += len(piece)
        self._buffer = b"".join(pieces)

    def _next_chunk(self) -> bytes:
        if self._inflate is None:
            return self._file.read(_CHUNK)
        piece = b""
        while not piece and not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._file.read(_CHUNK)
            piece = self._inflate.decompress(packed, _CHUNK)
            if not packed and not piece:
                break
        self._inflated += len(piece)
        if self._inflated > self._inflate_limit:
            raise InflateLimitError(self._inflate_limit)
        return piece
