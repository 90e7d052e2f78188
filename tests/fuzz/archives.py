"""ZIP archives with damaged or lying fields, names that lead elsewhere, and bombs."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Sequence
from random import Random

from tests.fuzz.mutations import BYTE_MUTATIONS, INTERESTING, Mutation

_NAMES = (
    "IM{}", "DICOM/IM{}", "a/b/c/IM{}", "../IM{}", "/etc/IM{}", "..\\IM{}", "C:\\IM{}", "a//IM{}",
    " ", "./IM{}", "a/../../IM{}", "\u202eIM{}", "IM{}\n", "n" * 300 + "{}",
    "IM", "DICOMDIR", "d{}/",
)  # fmt: skip
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
# offset and size of each field
_FIELDS = {
    _LOCAL: ((4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)),
    _CENTRAL: ((6, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2),
               (34, 2), (38, 4), (42, 4)),
    _END: ((4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)),
}  # fmt: skip
_BOMB_BYTES = 1 << 20  # what a larger one costs is bounded by limits, not by its size
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)


def make_archive(files: Sequence[bytes], random: Random) -> bytes:
    """Pack files under names of which some lead elsewhere."""
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w") as archive:
        warnings.simplefilter("ignore")  # of names that come twice, which is meant
        for number, data in enumerate(files):
            template = random.choice(_NAMES) if random.random() < 0.4 else _NAMES[number % 3]
            info = zipfile.ZipInfo(template.format(number), (2024, 1, 2, 3, 4, 6))
            info.compress_type = random.choice(_METHODS)
            info.external_attr = random.choice((0o100644, 0o100644, 0o120777, 0o040755)) << 16
            info.create_system = 3
            archive.writestr(info, data)
        if random.random() < 0.1:
            info = zipfile.ZipInfo("bomb", (2024, 1, 2, 3, 4, 6))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[0] + bytes(_BOMB_BYTES))
    return target.getvalue()


def change_field(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Write a value into a field of one of the headers, at times into all of their kind."""
    kind = random.choice(tuple(_FIELDS))
    places = _places(data, kind)
    if not places:
        return data
    offset, size = random.choice(_FIELDS[kind])
    chosen = places if random.random() < 0.2 else [random.choice(places)]
    value = random.choice((*INTERESTING, *places, len(data), random.getrandbits(16)))
    raw = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
    for at in chosen:
        data = data[: at + offset] + raw + data[at + offset + size :]
    return data


def share_data(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Have all files of the directory begin at one place: overlapping ones are a bomb."""
    places = _places(data, _CENTRAL)
    target = random.choice((*_places(data, _LOCAL), 0))
    for at in places:
        data = data[: at + 42] + struct.pack("<L", target) + data[at + 46 :]
    return data


def drop_directory(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """End the archive before its directory, or before the end of that."""
    places = _places(data, random.choice((_CENTRAL, _END)))
    return data[: places[0]] if places else data


def repeat_directory(data: bytes, random: Random, _: Sequence[bytes]) -> bytes:
    """Have the files named several times, as the end says or not."""
    central, end = _places(data, _CENTRAL), _places(data, _END)
    if not central or not end:
        return data
    times = random.choice((1, 2, 500))
    piece = data[central[0] : end[0]] * times
    tail = bytearray(data[end[0] :])
    if len(tail) >= 16:
        count = len(central) * (times + 1) & 0xFFFF
        struct.pack_into("<HHL", tail, 8, count, count, end[0] - central[0] + len(piece))
    return data[: end[0]] + piece + bytes(tail)


def _places(data: bytes, signature: bytes) -> list[int]:
    found, at = [], data.find(signature)
    while at >= 0:
        found.append(at)
        at = data.find(signature, at + 4)
    return found


ARCHIVE_MUTATIONS: tuple[Mutation, ...] = (
    *(change_field,) * 6, share_data, drop_directory, repeat_directory, *BYTE_MUTATIONS,
)  # fmt: skip
