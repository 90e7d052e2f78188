"""Reading the header of one file: let the quick reader or pydicom read it.

Decides by content, never by extension, whether a file is DICOM at all. What
the header holds is `header_fields`' matter.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import BinaryIO

from viewer.dicom.elements import UNDEFINED_LENGTH, EncodingError, element_at
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.regular_files import (
    BELOW_A_FILE,
    buffered,
    not_dicom,
    open_descriptor,
    open_version,
    system_error,
)
from viewer.dicom.series_reader import SeriesReader
from viewer.dicom.shared_fields import alike, changing_values
from viewer.dicom.surroundings import START_BYTES, ReadAt, start_note, tail_note

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
        self._quick = SeriesReader(limits)

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
                return self._read(descriptor, status.st_size, status.st_mtime_ns, path)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise system_error(path, error) from error

    def _read(self, descriptor: int, size: int, mtime_ns: int, path: str) -> InstanceHeader:
        window = os.read(descriptor, _WINDOW)
        if not start_note(window):
            header = self._quick.header(path, size, mtime_ns, window)
            if header is not None and not _tail(partial(_read_at, descriptor), header):
                return header
        with buffered(descriptor, size, closefd=False) as stream:
            return self._read_on(stream, window, path, size, mtime_ns)

    def _read_member(self, path: str) -> InstanceHeader:
        """Read the header of a file in an archive.

        What is behind its pixels is left to who reads these: all before it would be unpacked.
        """
        stream, version = open_version(path, self._limits)
        window = stream.read(_WINDOW)
        header = None
        if not start_note(window):
            header = self._quick.header(path, *version, window)
        if header is None:
            header = self._read_on(stream, window, path, *version)
        return alike(header, {**changing_values(header), "in_archive": True})

    def _read_on(
        self, stream: BinaryIO, window: bytes, path: str, size: int, mtime_ns: int
    ) -> InstanceHeader:
        """Read a header of which the first bytes do not tell all."""
        if window[128:132] != b"DICM":
            check_plausible(window, size, path)
        elif size > len(window) and not start_note(window):
            stream.seek(0)
            window = stream.read(_LARGE_WINDOW)
            header = self._quick.header(path, size, mtime_ns, window)
            if header is not None and not surroundings(stream, header):
                return header
        if self._on_slow is not None:
            self._on_slow(path)
        # pydicom takes as long to load as a thousand headers to read, and few files need it
        from viewer.dicom.fullread import full_header

        stream.seek(0)
        header = full_header(stream, path, size, mtime_ns, self._limits)
        if header.needs_full_description or not surroundings(stream, header):
            return header
        return replace(header, needs_full_description=True)


def read_header(path: str, limits: Limits = DEFAULT_LIMITS) -> InstanceHeader:
    """Read the header of one file alone; as `HeaderReader.read`, the path also a relative one."""
    return HeaderReader(limits).read(os.path.abspath(path))


def surroundings(stream: BinaryIO, header: InstanceHeader, end: int = 0) -> tuple[str, ...]:
    """Say what is odd before the data set of a file and behind its pixels, if anything is.

    Parameters
    ----------
    end : int
        Where the pixel data ends; 0: where the header says so.
    """

    def read_at(position: int, count: int) -> bytes:
        stream.seek(position)
        return stream.read(count)

    notes = start_note(read_at(0, START_BYTES)), _tail(read_at, header, end)
    return tuple(filter(None, notes))


def _tail(read_at: ReadAt, header: InstanceHeader, end: int = 0) -> str:
    offset, length = header.pixel_data_offset, header.pixel_data_length
    if not end and offset is not None and length is not None:
        end = offset + length
    if not end or end >= header.size:
        return ""
    return tail_note(read_at, end, header.size, header.transfer_syntax_uid)


def _read_at(descriptor: int, position: int, count: int) -> bytes:
    os.lseek(descriptor, position, os.SEEK_SET)
    return os.read(descriptor, count)


def check_plausible(window: bytes, size: int, path: str) -> None:
    """Refuse what has no Part 10 prefix and does not look like a bare data set either."""
    if not any(
        _looks_like_data_set(window, size, explicit, order)
        for explicit, order in ((True, "<"), (False, "<"), (True, ">"))
    ):
        raise not_dicom(path, window)


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
