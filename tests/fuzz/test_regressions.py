"""What the fuzzer has found once, made by hand as small as it can be: through the whole chain."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.host import Host

EXPLICIT, IMPLICIT = b"1.2.840.10008.1.2.1", b"1.2.840.10008.1.2"
DEFLATED, JPEG_2000 = b"1.2.840.10008.1.2.1.99", b"1.2.840.10008.1.2.4.90"
_LONG = (b"OB", b"OW", b"SQ", b"UN", b"UT")


def element(tag: int, vr: bytes, value: bytes, length: int | None = None) -> bytes:
    """Give an explicit little endian element; ``length`` where it lies."""
    value += b"\0" * (len(value) % 2)
    size = len(value) if length is None else length
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr
    return head + (struct.pack("<HL", 0, size) if vr in _LONG else struct.pack("<H", size)) + value


def part10(*elements: bytes, syntax: bytes = EXPLICIT, vr: bytes = b"UI") -> bytes:
    """Give a file with preamble, its transfer syntax and these elements."""
    return bytes(128) + b"DICM" + element(0x00020010, vr, syntax) + b"".join(elements)


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


NUMBERS = b"".join(
    element(tag, b"US", struct.pack("<H", value))
    for tag, value in (
        (0x00280002, 1), (0x00280010, 4), (0x00280011, 4), (0x00280100, 8), (0x00280101, 8),
        (0x00280102, 7), (0x00280103, 0),
    )
)  # fmt: skip
PICTURE = (
    NUMBERS
    + element(0x00280004, b"CS", b"MONOCHROME2")
    + element(0x7FE00010, b"OB", bytes(range(16)))
)
ITEM_END = struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
CASES = {
    "a delimiter at the top level, where pydicom ends": part10(
        element(0x00080060, b"CS", b"CT"), b"\xfe\xff\x0d\xe0US\2\0\1\0", PICTURE
    ),
    "a transfer syntax within the data set": part10(
        element(0x00080060, b"CS", b"CT"), element(0x00020010, b"UI", IMPLICIT), PICTURE
    ),
    "a transfer syntax that is no UID": part10(PICTURE, syntax=EXPLICIT + b"\0" * 5, vr=b"FD"),
    "a transfer syntax with white space": part10(PICTURE, syntax=b"\r" + EXPLICIT),
    "a NUL within the name of a character set": part10(
        element(0x00080005, b"CS", b" \0O_IR 100"), element(0x00100010, b"PN", b"Doe"), PICTURE
    ),
    "a character set that says it is a number": part10(
        element(0x00080005, b"FL", b"ISO_IR 192"), element(0x00100010, b"PN", b"Doe"), PICTURE
    ),
    "an empty value of a VR that is none": part10(
        element(0x00280103, b"U\0", b""), element(0x7FE00010, b"OB", b"", 0xFFFFFFFF)
    ),
    "a length of the meta information that says it is a fraction": bytes(128) + b"DICM"
    + element(0x00020000, b"FD", bytes(4)) + part10(PICTURE)[132:],
    "deflated data damaged at their begin": part10(b"\xff\xff\xff\xff" * 9, syntax=DEFLATED),
    "deflated data damaged in their middle": part10(
        deflated(PICTURE * 50)[:40] + b"\xff" * 90, syntax=DEFLATED
    ),
    "dimensions without functional groups": part10(
        element(
            0x00209222,
            b"SQ",
            b"\xfe\xff\x00\xe0\x14\0\0\0" + element(0x00209165, b"AT", b"\x20\0\x57\x90")
            + element(0x00209421, b"LO", b""),
        ),
        PICTURE,
    ),
    "four gigabytes said of a value within an item": part10(
        element(
            0x00081140,
            b"SQ",
            b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + element(0x00081150, b"UN", b"", 0xFFFFFFF0),
            0xFFFFFFFF,
        )
    ),
    "the index of a disc, and no more": part10() + b"1.2.840.10008.1.3.10",
}  # fmt: skip


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    host = Host(str(tmp_path_factory.mktemp("stacks")))
    yield host
    host.close()


@pytest.mark.parametrize("name", CASES)
def test_found_once_is_answered_now(name: str, host: Host, tmp_path: Path) -> None:
    path = tmp_path / "mutant"
    path.write_bytes(CASES[name])
    assert host.run("tests.fuzz.chain:run_file", str(path), "") == []
