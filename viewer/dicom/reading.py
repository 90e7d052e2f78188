"""Reading the header of one file: let the quick reader or pydicom read it.

Decides by content, never by extension, whether a file is DICOM at all. What
the header holds is `header_fields`' matter.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

from viewer.dicom.elements import UNDEFINED_LENGTH, EncodingError, element_at
from viewer.dicom.errors import HeaderError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.regular_files import (
    BELOW_A_FILE,
    open_descriptor,
    open_version,
    system_error,
)
from viewer.dicom.series_reader import SeriesReader
from viewer.dicom.shared_fields import alike, changing_values

_WINDOW = 16 << 10
_LARGE_WINDOW = 256 << 10  # tried once, before pydicom: private elements make some headers long


class HeaderReader:
    """Reads the headers of one file after another; quickest where they are of one series.

    Not to be shared between threads.

    Parameters
    ----------
    on_slow : callable, optional
        Called with the path before pydicom takes a file that the quick reader
        leaves: what happens to the process from here on is this file's doing.
    """

    def __init__(
        self, limits: Limits = DEFAULT_LIMITS, on_slow: Callable[[str], None] | None = None
    ) -> None:
        self._limits = limits
        self._on_slow = on_slow
        self._quick = SeriesReader()

    def read(self, path: str) -> InstanceHeader:
        """Read the header of one file.

        Parameters
        ----------
        path : str
            Absolute; of a regular file, of a symbolic link to one, or of a file in an archive.

        Raises
        ------
        HeaderError
            With kind 'missing', 'unreadable', 'not-a-file', 'not-dicom',
            'damaged' or 'limit'.
        """
        try:
            try:
                descriptor, status = open_descriptor(path)
            except BELOW_A_FILE:
                return self._read_member(path)
            try:
                version = status.st_size, status.st_mtime_ns
                header = self._quick_header(partial(os.read, descriptor), path, *version)
                if header is not None:
                    return header
                os.lseek(descriptor, 0, os.SEEK_SET)
                with os.fdopen(descriptor, "rb", closefd=False) as stream:
                    return self._full_header(stream, path, *version)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise system_error(path, error) from error

    def _read_member(self, path: str) -> InstanceHeader:
        """Read the header of a file in an archive."""
        stream, version = open_version(path, self._limits)
        header = self._quick_header(stream.read, path, *version)
        if header is None:
            stream.seek(0)
            header = self._full_header(stream, path, *version)
        return alike(header, {**changing_values(header), "in_archive": True})

    def _quick_header(
        self, read: Callable[[int], bytes], path: str, size: int, mtime_ns: int
    ) -> InstanceHeader | None:
        """Read a plain header; ``read`` gives some of the next bytes, b"" at the end."""
        window = _first_bytes(read, b"", min(size, _WINDOW))
        header = self._quick.header(path, size, mtime_ns, window)
        if header is not None:
            return header
        if window[128:132] != b"DICM":
            _check_plausible(window, size, path)
        elif size > _WINDOW:
            window = _first_bytes(read, window, min(size, _LARGE_WINDOW))
            return self._quick.header(path, size, mtime_ns, window)
        return None

    def _full_header(self, stream: BinaryIO, path: str, size: int, mtime_ns: int) -> InstanceHeader:
        if self._on_slow is not None:
            self._on_slow(path)
        # pydicom takes as long to load as a thousand headers to read, and few files need it
        from viewer.dicom.fullread import full_header

        return full_header(stream, path, size, mtime_ns, self._limits)


def read_header(path: str, limits: Limits = DEFAULT_LIMITS) -> InstanceHeader:
    """Read the header of one file alone; as `HeaderReader.read`, the path also a relative one."""
    return HeaderReader(limits).read(os.path.abspath(path))


def _first_bytes(read: Callable[[int], bytes], start: bytes, count: int) -> bytes:
    """Read on to ``count`` bytes; fewer where the file ends, by now, before them."""
    while len(start) < count and (more := read(count - len(start))):
        start += more
    return start


def _check_plausible(window: bytes, size: int, path: str) -> None:
    """Refuse what has no Part 10 prefix and does not look like a bare data set either."""
    if not size:
        raise HeaderError("The file is empty; copy it again.", path, "not-dicom")
    if not any(
        _looks_like_data_set(window, size, explicit, order)
        for explicit, order in ((True, "<"), (False, "<"), (True, ">"))
    ):
        raise HeaderError("The file is not a DICOM file.", path, "not-dicom")


def _looks_like_data_set(window: bytes, size: int, explicit: bool, order: str) -> bool:
    """Tell whether the bytes start with a few data elements in order, from group 2 or 8 on."""
    position = last = 0
    for count in range(4):
        if count and position >= len(window):
            return position <= size
        try:
            tag, _, length, position = element_at(window, position, explicit, order)
        except EncodingError:
            return False
        if not count and tag >> 16 not in (0x0002, 0x0008):
            return False
        if count and tag <= last:
            return False
        if length == UNDEFINED_LENGTH:
            return count > 0
        if tag >> 16 > 0x0002 and last and last >> 16 == 0x0002:
            return True  # past the meta information, the encoding changes
        last = tag
        position += length
        if position > size:
            return False
    return True
