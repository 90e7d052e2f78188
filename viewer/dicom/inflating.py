"""A deflated data set as a stream that inflates only as far as it is read. PS3.5 A.5.

Bounds what a file of a few kilobytes may make of itself in memory.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

_CHUNK = 1 << 16


class InflateLimitError(Exception):
    """The data set inflates to more than is allowed."""


class Inflater:
    """Inflates raw deflate in portions of bounded size."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)

    @property
    def at_end(self) -> bool:
        """Whether the end mark of the deflated data has been met."""
        return self._inflater.eof

    def portion(self, more: Callable[[], bytes], most: int) -> bytes:
        """Inflate up to ``most`` bytes; none where all that ``more`` gives is used up.

        Raises
        ------
        zlib.error
            The deflated bytes are damaged.
        """
        while not self.at_end:
            # what all is taken of may still owe some bytes: one more call gives them
            packed = self._inflater.unconsumed_tail or more()
            inflated = self._inflater.decompress(packed, most)
            if inflated or not packed:
                return inflated
        return b""


class InflatingStream(io.RawIOBase):
    """Read-only, seekable view on what a raw deflate stream holds.

    Parameters
    ----------
    source : file
        Positioned at the first deflated byte.
    limit : int
        Most bytes that may be inflated.
    """

    def __init__(self, source: BinaryIO, limit: int) -> None:
        super().__init__()
        self._inflated = bytearray()
        self._source = source
        self._limit = limit
        self._position = 0
        self._inflater = Inflater()
        self._damage: zlib.error | None = None

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be moved in."""
        return True

    def tell(self) -> int:
        """Give the position within the inflated data."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; from the start or from here, not from the end, which is not known."""
        if whence not in (io.SEEK_SET, io.SEEK_CUR):
            raise io.UnsupportedOperation("the end of an inflating stream is not known")
        self._position = max(0, offset + (self._position if whence else 0))
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Read ``size`` inflated bytes, fewer at the end.

        Raises
        ------
        InflateLimitError
            More than the limit would have to be inflated.
        zlib.error
            The deflated bytes are damaged.
        """
        end = self._limit + 1 if size < 0 else self._position + size
        if self._damage is not None and end > len(self._inflated):
            raise self._damage  # again: what follows it is not the end
        while len(self._inflated) < end:
            try:
                portion = self._inflater.portion(partial(self._source.read, _CHUNK), _CHUNK)
            except zlib.error as error:
                self._damage = error
                raise
            if not portion:
                break
            self._inflated += portion
            if len(self._inflated) > self._limit:
                raise InflateLimitError
        data = bytes(self._inflated[self._position : end])
        self._position += len(data)
        return data
