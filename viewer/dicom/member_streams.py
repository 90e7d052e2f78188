"""A file in a ZIP archive as a stream, unpacked in memory and only as far as it is read.

Holds it to what the archive's directory says of it: no byte more than its size, none of the file
behind it, and its checksum where it was read to the end. Which file that is, is `archives`' matter.
"""

from __future__ import annotations

import io
import os
import zlib
from functools import partial
from typing import BinaryIO

from viewer.dicom.errors import HeaderError
from viewer.dicom.inflating import Inflater
from viewer.dicom.regular_files import FileVersion, open_descriptor
from viewer.dicom.zip_directory import LOCAL, LOCAL_SIGNATURE, Entry

STORED, DEFLATED = 0, 8
_CHUNK = 64 << 10
_STEP = 16 << 10  # unpacked at the least: many read a few bytes at a time
_ADVICE = "copy the archive again."


class Unpacked:
    """What is unpacked of a member so far; more of it when that is wanted.

    Parameters
    ----------
    path : str
        Of the member, for errors.
    archive, version
        Path of the archive, and what it was when its directory was read.
    """

    def __init__(self, path: str, archive: str, version: FileVersion, entry: Entry) -> None:
        self.path = path
        self.size = entry.size
        self.data = bytearray()
        self.failed = False
        self._archive = archive
        self._version = version
        self._entry = entry
        self._inflater = Inflater() if entry.method == DEFLATED else None
        self._at = 0  # in the archive: of what is read next; 0 before the place is known
        self._left = entry.packed
        self._whole = False

    def fill(self, end: int) -> None:
        """Unpack up to ``end``.

        Raises
        ------
        HeaderError
            The member is damaged, or the archive is another by now.
        """
        # a short rest is read along: only where all of it is read is there a checksum to compare
        end = self.size if end + _CHUNK > self.size else end
        if self._whole or (end <= len(self.data) and end < self.size):
            return
        end = min(max(end, len(self.data) + _STEP), self.size)
        if self.failed:
            raise self._error("It is damaged")
        try:
            self._fill(end)
        except (HeaderError, OSError):
            self.failed = True
            raise
        except zlib.error as error:
            self.failed = True
            raise self._error("Its compressed data is damaged") from error

    def _fill(self, end: int) -> None:
        descriptor, status = open_descriptor(self._archive)
        with os.fdopen(descriptor, "rb", buffering=0) as source:
            if FileVersion(status.st_size, status.st_mtime_ns) != self._version:
                raise HeaderError(
                    "The archive has changed since it was opened; open it again.", self.path
                )
            if not self._at:
                self._at = self._place(source)
            source.seek(self._at)
            while len(self.data) < end:
                piece = self._more(source, end - len(self.data))
                if not piece:
                    raise self._error("It is shorter than the archive's directory says")
                self.data += piece
            if len(self.data) == self.size:
                self._finish(source)
            self._at = source.tell()

    def _place(self, source: BinaryIO) -> int:
        """Find the first packed byte: how long the local header is, it alone says."""
        entry = self._entry
        source.seek(entry.offset)
        head = source.read(LOCAL.size)
        if len(head) == LOCAL.size and head.startswith(LOCAL_SIGNATURE):
            _, _, _, method, _, _, _, _, _, name_length, extra_length = LOCAL.unpack(head)
            if method == entry.method and source.read(name_length) == entry.name:
                return int(entry.offset + LOCAL.size + name_length + extra_length)
        raise self._error("It is not where the archive's directory says")

    def _more(self, source: BinaryIO, wanted: int) -> bytes:
        """Unpack some more bytes, at most ``wanted``."""
        most = min(wanted, _CHUNK)
        if self._inflater is None:
            piece = self._packed(source, most)
        else:
            piece = self._inflater.portion(partial(self._packed, source, _CHUNK), most)
        if piece or (self._inflater is not None and self._inflater.at_end):
            return piece
        raise self._error("The archive ends within it" if self._left else "It is cut short")

    def _packed(self, source: BinaryIO, most: int) -> bytes:
        piece = source.read(min(most, self._left))
        self._left -= len(piece)
        return piece

    def _finish(self, source: BinaryIO) -> None:
        """Check that the member ends where all its bytes are there, and is what it was."""
        while self._inflater is not None and not self._inflater.at_end:
            if self._more(source, 1):
                raise self._error("It is longer than the archive's directory says")
        if zlib.crc32(self.data) != self._entry.crc:
            raise self._error("Its checksum (CRC-32) is wrong")
        self._whole = True

    def _error(self, what: str) -> HeaderError:
        return HeaderError(f"{what}; {_ADVICE}", self.path)


class MemberStream(io.RawIOBase):
    """Read-only, seekable view on a member."""

    def __init__(self, unpacked: Unpacked) -> None:
        super().__init__()
        self._unpacked = unpacked
        self._position = 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be moved in."""
        return True

    def tell(self) -> int:
        """Give the position."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; beyond the end as well, where there is nothing to read."""
        start = (0, self._position, self._unpacked.size)[whence]
        self._position = max(0, start + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Read ``size`` bytes, fewer at the end.

        Raises
        ------
        HeaderError
            As `Unpacked.fill`.
        """
        unpacked = self._unpacked
        end = unpacked.size if size < 0 else min(self._position + size, unpacked.size)
        if end < self._position:
            return b""
        unpacked.fill(end)
        data = bytes(memoryview(unpacked.data)[self._position : end])
        self._position += len(data)
        return data
