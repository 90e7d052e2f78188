"""Bytes of a file read forwards, with look-ahead, in bounded memory.

Knows nothing of DICOM elements: that is `tag_walk`.
"""

from __future__ import annotations

import io
from typing import BinaryIO

_CHUNK = 64 << 10


class ByteReader:
    """A forward reader with look-ahead.

    Parameters
    ----------
    file : file
        Read from where it stands.
    size : int or None
        Where it ends; None where only reading tells.
    """

    def __init__(self, file: BinaryIO | io.RawIOBase, size: int | None) -> None:
        self._file = file
        self._size = size
        self._buffer = b""
        self._at = 0
        self._base = file.tell()

    @property
    def position(self) -> int:
        """The offset of the next byte."""
        return self._base + self._at

    def peek(self, count: int) -> bytes:
        """Give up to ``count`` of the next bytes without taking them."""
        if self._at + count > len(self._buffer):
            self._fill(count)
        return self._buffer[self._at : self._at + count]

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
        if self._size is not None:
            step = max(0, min(left, self._size - self.position))
            self._base = self._file.seek(self.position + step)
            self._buffer, self._at = b"", 0
            return held + step
        while left and (chunk := self.take(min(left, _CHUNK))):
            left -= len(chunk)
        return count - left

    def _fill(self, count: int) -> None:
        pieces = [self._buffer[self._at :]]
        self._base, self._at = self.position, 0
        have = len(pieces[0])
        while have < count and (piece := self._file.read(max(_CHUNK, count - have))):
            pieces.append(piece)
            have += len(piece)
        self._buffer = b"".join(pieces)
