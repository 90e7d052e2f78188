"""Reading the header of one file: let the quick reader or pydicom read it.

Decides by content, never by extension, whether a file is DICOM at all. What
the header holds is `header_fields`' matter.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from viewer.dicom.elements import UNDEFINED_LENGTH, EncodingError, element_at
from viewer.dicom.errors import HeaderError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.regular_files import open_descriptor, system_error
from viewer.dicom.series_reader import SeriesReader

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
            Absolute; of a regular file, or of a symbolic link to one.

        Raises
        ------
        HeaderError
            With kind 'missing', 'unreadable', 'not-a-file', 'not-dicom',
            'damaged' or 'limit'.
        """
        try:
            descriptor, status = open_descriptor(path)
            try:
                return self._read(descriptor, status, path)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise system_error(path, error) from error

    def _read(self, descriptor: int, status: os.stat_result, path: str) -> InstanceHeader:
        size, mtime_ns = status.st_size, status.st_mtime_ns
        window = _first_bytes(descriptor, b"", min(size, _WINDOW))
        header = self._quick.header(path, size, mtime_ns, window)
        if header is not None:
            return header
        if window[128:132] != b"DICM":
            _check_plausible(window, size, path)
        elif size > _WINDOW:
            window = _first_bytes(descriptor, window, min(size, _LARGE_WINDOW))
            header = self._quick.header(path, size, mtime_ns, window)
            if header is not None:
                return header
        if self._on_slow is not None:
            self._on_slow(path)
        # pydicom takes as long to load as a thousand headers to read, and few files need it
        from viewer.dicom.fullread import full_header

        os.lseek(descriptor, 0, os.SEEK_SET)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            return full_header(stream, path, size, mtime_ns, self._limits)


def read_header(path: str, limits: Limits = DEFAULT_LIMITS) -> InstanceHeader:
    """Read the header of one file alone; as `HeaderReader.read`, the path also a relative one."""
    return HeaderReader(limits).read(os.path.abspath(path))


def _first_bytes(descriptor: int, read: bytes, count: int) -> bytes:
    """Read on to ``count`` bytes; fewer where the file ends, by now, before them."""
    while len(read) < count and (more := os.read(descriptor, count - len(read))):
        read += more
    return read


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
