"""The directory of a ZIP archive out of its raw bytes. PKWARE APPNOTE 4.3 to 4.5.

Trusts no number: counts, sizes and places are checked against the archive, the limits and one
another. Where the directory is lost, the files are found by the headers that stand before them.
What the names mean is left to `archives`, what is in the files to `member_streams`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise
from operator import attrgetter
from typing import BinaryIO, NamedTuple

from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import Limits

LOCAL = struct.Struct("<4s5H3L2H")
LOCAL_SIGNATURE = b"PK\x03\x04"
END_SIGNATURE = b"PK\x05\x06"
CUT = -1  # as the size of a file that the archive ends in
_CENTRAL = struct.Struct("<4sBB5H3L5H2L")
_CENTRAL_SIGNATURE = b"PK\x01\x02"
_END = struct.Struct("<4s4HLLH")
_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQHHLLQQQQ")
_DESCRIPTORS = (struct.Struct("<4sLLL"), struct.Struct("<4sLQQ"))
_DESCRIPTOR_SIGNATURE = b"PK\x07\x08"
_LONGEST_COMMENT = 0xFFFF
_SATURATED = 0xFFFFFFFF  # the number is in the ZIP64 record, or field, instead
_SATURATED_COUNT = 0xFFFF
_HAS_DESCRIPTOR = 1 << 3
_UNIX = (3, 19)  # hosts whose attributes are those of Unix
_NEEDED_BYTES = 4096  # the most that the directory needs for a file, names and fields included
_PIECE = 1 << 20


class Entry(NamedTuple):
    """What an archive's directory says of one file."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int  # bytes in the archive
    size: int  # bytes unpacked, or CUT
    offset: int  # of its local header
    mode: int = 0  # as of Unix; 0 where unknown


class Directory(NamedTuple):
    """The files of an archive, which all end before ``files_end``.

    ``damage`` says why they were found without the archive's directory.
    """

    entries: list[Entry]
    files_end: int
    damage: str = ""


class _DamageError(Exception):
    """The directory cannot serve; the message says why, as the begin of a sentence."""


class _End(NamedTuple):
    """The end record: how many files, and where their directory is."""

    files: int
    size: int
    offset: int


def read_directory(stream: BinaryIO, path: str, size: int, limits: Limits) -> Directory:
    """Read the directory of an archive.

    Parameters
    ----------
    stream : file
        Of the archive; ``path`` and ``size`` are its own.

    Raises
    ------
    HeaderError
        'limit', or 'damaged' where it is made to do harm.
    """
    damage, files_end = "", size
    try:
        end = _end_record(stream, size)
        _check_count(end.files, path, limits)
        entries, files_end = list(_central(stream, end)), end.offset
    except _DamageError as error:
        damage, entries = str(error), []
        for entry in _found_in_place(stream, size):
            entries.append(entry)
            _check_count(len(entries), path, limits)
    total = sum(entry.size for entry in entries)
    if total > limits.archive_bytes:
        found = f"Unpacked it has {total:,} bytes"
        raise HeaderError(limits.refusal("archive_bytes", found), path, "limit")
    by_place = sorted(entries, key=attrgetter("offset"))
    if any(least_end(one) > other.offset for one, other in pairwise(by_place)):
        raise HeaderError(
            "Its files overlap one another, as in an archive made to do harm; left unopened.", path
        )
    return Directory(entries, files_end, damage)


def least_end(entry: Entry) -> int:
    """Give where a file ends at least: what else its local header has is known there alone."""
    return entry.offset + LOCAL.size + len(entry.name) + entry.packed


def _check_count(count: int, path: str, limits: Limits) -> None:
    if count > limits.archive_members:
        raise HeaderError(
            limits.refusal("archive_members", f"It has {count:,} files"), path, "limit"
        )


def _end_record(stream: BinaryIO, size: int) -> _End:
    """Find the end record, and check that there is room for the directory that it tells of."""
    start = max(0, size - _END.size - _LONGEST_COMMENT)
    stream.seek(start)
    tail = stream.read(size - start)
    at = tail.rfind(END_SIGNATURE)
    while at >= 0 and not _comment_fits(tail, at):
        at = tail.rfind(END_SIGNATURE, 0, at)
    if at < 0:
        raise _DamageError("Its end is missing")
    _, disk, first_disk, _, count, length, offset, _ = _END.unpack_from(tail, at)
    place = start + at
    if _SATURATED in (length, offset) or count == _SATURATED_COUNT:
        found = _end_record_64(stream, place)
        if found is not None:
            (count, length, offset), place, disk = found, place - _LOCATOR.size - _END_64.size, 0
        elif _SATURATED in (length, offset):
            raise _DamageError("Its ZIP64 end record is missing")
    elif disk or first_disk:
        raise _DamageError("It is one of several parts of an archive")
    if offset + length > place:
        raise _DamageError("Its end record points outside of it")
    if not _CENTRAL.size * count <= length <= _NEEDED_BYTES * count:
        raise _DamageError("Its directory has a size that its number of files contradicts")
    return _End(count, length, offset)


def _comment_fits(tail: bytes, at: int) -> bool:
    return (
        at + _END.size <= len(tail) and _END.unpack_from(tail, at)[-1] <= len(tail) - at - _END.size
    )


def _end_record_64(stream: BinaryIO, place: int) -> _End | None:
    """Read the ZIP64 end record that ends, with its locator, at ``place``; None without one."""
    if place < _LOCATOR.size + _END_64.size:
        return None
    stream.seek(place - _LOCATOR.size)
    signature, _, offset, _ = _LOCATOR.unpack(stream.read(_LOCATOR.size))
    if signature != b"PK\x06\x07":
        return None
    if offset != place - _LOCATOR.size - _END_64.size:
        raise _DamageError("Its ZIP64 end record is not where it should be")
    stream.seek(offset)
    signature, _, _, _, disk, first_disk, _, count, length, start = _END_64.unpack(
        stream.read(_END_64.size)
    )
    if signature != b"PK\x06\x06" or disk or first_disk:
        raise _DamageError("Its ZIP64 end record is damaged")
    return _End(count, length, start)


def _central(stream: BinaryIO, end: _End) -> Iterator[Entry]:
    """Read the central directory, which must have the size and the count of the end record."""
    stream.seek(end.offset)
    left = end.size
    for number in range(1, end.files + 1):
        head = stream.read(_CENTRAL.size)
        left -= _CENTRAL.size
        if left < 0 or len(head) < _CENTRAL.size or not head.startswith(_CENTRAL_SIGNATURE):
            raise _DamageError(f"Its directory is damaged at file {number:,}")
        (_, _, host, _, flags, method, _, _, crc, packed, size, name_length, extra_length,
         comment_length, _, _, attributes, offset) = _CENTRAL.unpack(head)  # fmt: skip
        left -= name_length + extra_length + comment_length
        if left < 0:
            raise _DamageError(f"Its directory is damaged at file {number:,}")
        name, extra = stream.read(name_length), stream.read(extra_length)
        stream.read(comment_length)
        if _SATURATED in (packed, size, offset):
            size, packed, offset = _wide(extra, (size, packed, offset), number)
        mode = attributes >> 16 if host in _UNIX else 0
        yield Entry(name, flags, method, crc, packed, size, offset, mode)
    if left:
        raise _DamageError("Its directory is longer than its number of files")


def _wide(extra: bytes, numbers: tuple[int, ...], number: int) -> list[int]:
    """Give the numbers of a file, those that are saturated out of its ZIP64 field."""
    at = 0
    field = b""
    while at + 4 <= len(extra) and not field:
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
        at += 4 + length
    found = list(numbers)
    for place, value in enumerate(numbers):
        if value == _SATURATED:
            if len(field) < 8:
                raise _DamageError(f"Its directory lacks the size or place of file {number:,}")
            found[place], field = int.from_bytes(field[:8], "little"), field[8:]
    return found


def _found_in_place(stream: BinaryIO, size: int) -> Iterator[Entry]:
    """Find files by their local headers, as far as one follows upon the other."""
    at = 0
    for number in range(1, size // LOCAL.size + 1):
        stream.seek(at)
        head = stream.read(LOCAL.size)
        if len(head) < LOCAL.size or not head.startswith(LOCAL_SIGNATURE):
            return
        _, _, flags, method, _, _, crc, packed, length, name_length, extra_length = LOCAL.unpack(
            head
        )
        name, extra = stream.read(name_length), stream.read(extra_length)
        data = at + LOCAL.size + name_length + extra_length
        end = data + packed
        if _SATURATED in (packed, length):
            try:
                length, packed = _wide(extra, (length, packed), number)
            except _DamageError:
                length = CUT
            end = data + packed
        elif flags & _HAS_DESCRIPTOR and not packed:
            crc, packed, length, end = _descriptor(stream, data, size)
        whole = length != CUT and end <= size
        yield Entry(name, flags, method, crc, packed if whole else max(0, size - data), length, at)
        if not whole:
            return
        at = end


def _descriptor(stream: BinaryIO, data: int, size: int) -> tuple[int, int, int, int]:
    """Find the descriptor behind a file of unknown size: checksum, both sizes, where it ends."""
    at = data  # of the window in the archive
    stream.seek(at)
    window = b""
    while piece := stream.read(_PIECE):
        window += piece
        found = window.find(_DESCRIPTOR_SIGNATURE)
        while found >= 0:
            for form in _DESCRIPTORS:
                if found + form.size <= len(window):
                    _, crc, packed, length = form.unpack_from(window, found)
                    if packed == at + found - data:
                        return crc, packed, length, at + found + form.size
            found = window.find(_DESCRIPTOR_SIGNATURE, found + 1)
        kept = window[1 - _DESCRIPTORS[-1].size :]
        at += len(window) - len(kept)
        window = kept
    return 0, 0, CUT, size
