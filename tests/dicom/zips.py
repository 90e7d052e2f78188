"""ZIP archives made byte by byte, so that any number in them can lie."""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.dicom import synthetic
from viewer.dicom.errors import HeaderError, PixelError
from viewer.dicom.frames import read_frame
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Skipped
from viewer.dicom.limits import Limits
from viewer.dicom.scanning import scan

DEFLATED, STORED = 8, 0
UNIX = 3
LIMITS = Limits()


@dataclass(frozen=True)
class File:
    """A file of an archive; what is None is as it should be."""

    name: bytes
    data: bytes = b""
    method: int = DEFLATED
    size: int | None = None
    crc: int | None = None
    packed: bytes | None = None  # the bytes in the archive
    flags: int = 0
    mode: int = 0o100644
    offset: int | None = None  # as the directory says
    extra: bytes = b""  # in the directory
    local_name: bytes | None = None

    def bytes_packed(self) -> bytes:
        if self.packed is not None:
            return self.packed
        return deflated(self.data) if self.method == DEFLATED else self.data


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def a_zip(
    *files: File,
    count: int | None = None,
    directory_size: int | None = None,
    directory_offset: int | None = None,
    directory: bytes | None = None,
    before_end: bytes = b"",
    comment: bytes = b"",
) -> bytes:
    """Make an archive of ``files``; the other arguments replace what its end should say."""
    body, listing = b"", b""
    for file in files:
        packed, place = file.bytes_packed(), len(body)
        crc = zlib.crc32(file.data) if file.crc is None else file.crc
        size = len(file.data) if file.size is None else file.size
        numbers = file.method, 0, 33, crc, min(len(packed), 0xFFFFFFFF), size
        name = file.name if file.local_name is None else file.local_name
        body += struct.pack("<4s5H3L2H", b"PK\3\4", 20, file.flags, *numbers, len(name), 0)
        body += name + packed
        offset = place if file.offset is None else file.offset
        listing += struct.pack(
            "<4sBB5H3L5H2L", b"PK\1\2", 20, UNIX, 20, file.flags, *numbers, len(file.name),
            len(file.extra), 0, 0, 0, file.mode << 16, offset,
        )  # fmt: skip
        listing += file.name + file.extra
    listing = listing if directory is None else directory
    number = len(files) if count is None else count
    length = len(listing) if directory_size is None else directory_size
    offset = len(body) if directory_offset is None else directory_offset
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, number, number, length, offset, len(comment))
    return body + listing + before_end + end + comment


def write_zip(path: Path, *files: File, **changed: object) -> str:
    """Write an archive as `a_zip` makes it, and give its path."""
    path.write_bytes(a_zip(*files, **changed))  # type: ignore[arg-type]
    return str(path)


def shown(*paths: object, limits: Limits = LIMITS) -> list[str]:
    found = scan([str(path) for path in paths], limits)
    return [item.path for item in found if isinstance(item, InstanceHeader)]


def skipped(*paths: object, limits: Limits = LIMITS) -> list[Skipped]:
    found = scan([str(path) for path in paths], limits)
    return [item for item in found if isinstance(item, Skipped) and item.kind != "archive"]


def the_refusal(*paths: object, limits: Limits = LIMITS) -> Skipped:
    (only,) = skipped(*paths, limits=limits)
    return only


def a_file(name: str = "IM1", data: bytes = b"", **changed: object) -> File:
    return File(name.encode(), data, **changed)  # type: ignore[arg-type]


def read_frame_of(path: str, name: str = "IM1", limits: Limits = LIMITS) -> np.ndarray:
    """Read the frame of a member, for which any reason will do."""
    try:
        return read_frame(os.path.join(path, name), 0, limits)[0]
    except HeaderError as error:
        raise PixelError(error.message, error.path) from error


def bytes_of(folder: Path, values: np.ndarray) -> bytes:
    """Give the bytes of a file with these pixels."""
    path = folder / "made"
    synthetic.write(path, values)
    data = path.read_bytes()
    path.unlink()
    return data
