"""Headers that would cost too much are refused by the limit's own sentence, by either reader."""

from __future__ import annotations

import io
import struct
import zlib
from itertools import count
from pathlib import Path

import pytest

from viewer.dicom.errors import HeaderError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS, LIMIT_TITLES, Limits
from viewer.dicom.pixel_files import pixel_file
from viewer.dicom.reading import HeaderReader, read_header
from viewer.dicom.structure import check_structure

EXPLICIT, IMPLICIT, DEFLATED = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1.99"
UNDEFINED = 0xFFFFFFFF
ITEM_END, SEQUENCE_END = b"\xfe\xff\x0d\xe0\0\0\0\0", b"\xfe\xff\xdd\xe0\0\0\0\0"
SEQUENCE, PER_FRAME = 0x0040A730, 0x52009230
_UIDS = count(1)


def element(
    tag: int, vr: str, value: bytes, length: int | None = None, *, implicit: bool = False
) -> bytes:
    """Encode a little endian element; ``length`` may lie."""
    value += bytes(len(value) % 2)
    size = len(value) if length is None else length
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    if implicit:
        return head + struct.pack("<L", size) + value
    if vr in ("SQ", "OB", "OW", "UN"):
        return head + vr.encode() + struct.pack("<HL", 0, size) + value
    return head + vr.encode() + struct.pack("<H", size) + value


def item(content: bytes = b"", *, defined: bool = True) -> bytes:
    if defined:
        return b"\xfe\xff\x00\xe0" + struct.pack("<L", len(content)) + content
    return b"\xfe\xff\x00\xe0" + struct.pack("<L", UNDEFINED) + content + ITEM_END


def sequence(
    content: bytes, tag: int = SEQUENCE, *, defined: bool = True, implicit: bool = False
) -> bytes:
    if defined:
        return element(tag, "SQ", content, implicit=implicit)
    return element(tag, "SQ", content + SEQUENCE_END, UNDEFINED, implicit=implicit)


def nested(depth: int, *, defined: bool, implicit: bool = False) -> bytes:
    content = b""
    for _ in range(depth):
        content = sequence(item(content, defined=defined), defined=defined, implicit=implicit)
    return content


def file_of(inserted: bytes, syntax: str = EXPLICIT) -> bytes:
    """Put elements into a small grey image, of a series of its own."""
    implicit = syntax == IMPLICIT

    def one(tag: int, vr: str, value: bytes) -> bytes:
        return element(tag, vr, value, implicit=implicit)

    uid = f"1.2.3.{next(_UIDS)}".encode()
    content = one(0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.7") + one(0x00080018, "UI", uid)
    content += one(0x0020000D, "UI", b"1.2.4") + one(0x0020000E, "UI", b"1.2.5")
    content += one(0x00280002, "US", b"\1\0") + one(0x00280004, "CS", b"MONOCHROME2 ")
    for tag, value in ((0x10, 2), (0x11, 2), (0x100, 8), (0x101, 8), (0x102, 7), (0x103, 0)):
        content += one(0x00280000 | tag, "US", struct.pack("<H", value))
    content += inserted + one(0x7FE00010, "OB", b"\1\2\3\4")
    if syntax == DEFLATED:
        packer = zlib.compressobj(wbits=-15)
        content = packer.compress(content) + packer.flush()
    return bytes(128) + b"DICM" + element(0x00020010, "UI", syntax.encode()) + content


def header_of(tmp_path: Path, content: bytes, limits: Limits = DEFAULT_LIMITS) -> InstanceHeader:
    path = tmp_path / "file.dcm"
    path.write_bytes(content)
    return read_header(str(path), limits)


def refusal_of(tmp_path: Path, content: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    with pytest.raises(HeaderError) as caught:
        header_of(tmp_path, content, limits)
    assert caught.value.kind == "limit"
    return caught.value.message


@pytest.mark.parametrize("defined", [True, False])
@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, DEFLATED])
def test_sequences_nest_to_the_limit_and_no_deeper(
    tmp_path: Path, syntax: str, defined: bool
) -> None:
    implicit = syntax == IMPLICIT
    fits = nested(64, defined=defined, implicit=implicit)
    assert header_of(tmp_path, file_of(fits, syntax)).rows == 2
    deeper = nested(65, defined=defined, implicit=implicit)
    found = "It nests 65 sequences or more in one another"
    assert refusal_of(tmp_path, file_of(deeper, syntax)) == DEFAULT_LIMITS.refusal(
        "sequence_depth", found
    )


@pytest.mark.parametrize("depth", [1000, 10_000])
@pytest.mark.parametrize("defined", [True, False])
def test_no_depth_is_too_much_to_refuse(tmp_path: Path, depth: int, defined: bool) -> None:
    assert "sequence_depth" in refusal_of(tmp_path, file_of(nested(depth, defined=defined)))


def test_depth_hides_neither_behind_a_defined_length_nor_in_an_unknown_vr(tmp_path: Path) -> None:
    mixed = nested(40, defined=False)
    for _ in range(25):
        mixed = sequence(item(mixed))
    assert "sequence_depth" in refusal_of(tmp_path, file_of(mixed))
    unknown = element(0x00411001, "UN", item(nested(70, defined=True, implicit=True)))
    assert "sequence_depth" in refusal_of(tmp_path, file_of(unknown))


def test_files_of_a_series_are_looked_into_each(tmp_path: Path) -> None:
    reader = HeaderReader()
    path = tmp_path / "file.dcm"
    for text in (b"one ", b"two ", b"three "):
        path.write_bytes(file_of(sequence(item(element(0x00080104, "LO", text * 400)))))
        assert reader.read(str(path)).rows == 2
    path.write_bytes(file_of(nested(65, defined=True)))
    with pytest.raises(HeaderError) as caught:
        reader.read(str(path))
    assert caught.value.kind == "limit"


@pytest.mark.parametrize("defined", [True, False])
def test_the_deepest_limit_that_can_be_set_is_one_that_can_be_read(
    tmp_path: Path, defined: bool
) -> None:
    most = LIMIT_TITLES["sequence_depth"].most
    limits = Limits(sequence_depth=most)
    assert header_of(tmp_path, file_of(nested(most, defined=defined)), limits).rows == 2
    assert pixel_file(str(tmp_path / "file.dcm"), limits).layout.rows == 2


def test_depth_in_bytes_that_cannot_be_followed_is_still_a_sentence(tmp_path: Path) -> None:
    noise = element(0x00091002, "OB", b"no items here " + SEQUENCE_END, UNDEFINED)
    message = refusal_of(tmp_path, file_of(noise + nested(1000, defined=False)))
    assert "sequence_depth" in message


@pytest.mark.parametrize("syntax", [EXPLICIT, DEFLATED])
@pytest.mark.parametrize("defined", [True, False])
def test_empty_items_are_counted(tmp_path: Path, syntax: str, defined: bool) -> None:
    limits = Limits(items_per_file=50)
    assert header_of(tmp_path, file_of(sequence(item() * 50, defined=defined), syntax), limits)
    more = file_of(sequence(item() * 51, defined=defined), syntax)
    found = "It has 51 sequence items or more"
    assert refusal_of(tmp_path, more, limits) == limits.refusal("items_per_file", found)


def test_items_of_all_sequences_count_together(tmp_path: Path) -> None:
    content = sequence(item(sequence(item() * 30)) + item(sequence(item() * 30)))
    assert "items_per_file" in refusal_of(tmp_path, file_of(content), Limits(items_per_file=50))


def test_items_within_frames_count_for_each_frame(tmp_path: Path) -> None:
    limits = Limits(items_per_file=50)
    frame = item(sequence(item() * 10))
    many = file_of(sequence(frame * 40, PER_FRAME))
    assert len(header_of(tmp_path, many, limits).frame_groups) == 40
    assert "items_per_file" in refusal_of(
        tmp_path, file_of(sequence(frame * 51, PER_FRAME)), limits
    )


def test_millions_of_items_are_refused_by_default(tmp_path: Path) -> None:
    found = refusal_of(tmp_path, file_of(sequence(item() * 2_000_000)))
    assert found == DEFAULT_LIMITS.refusal(
        "items_per_file", "It has 100,001 sequence items or more"
    )


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, DEFLATED])
def test_elements_are_counted_at_the_top_and_in_items(tmp_path: Path, syntax: str) -> None:
    limits, implicit = Limits(elements_per_file=30), syntax == IMPLICIT
    some = b"".join(
        element(0x00410010 + number, "LO", b"x ", implicit=implicit) for number in range(30)
    )
    found = "It has 31 data elements or more"
    sentence = limits.refusal("elements_per_file", found)
    assert refusal_of(tmp_path, file_of(some, syntax), limits) == sentence
    within = sequence(item(some), implicit=implicit)
    assert header_of(tmp_path, file_of(within, syntax), limits).rows == 2
    more = element(0x00420010, "LO", b"x ", implicit=implicit)
    within = sequence(item(some + more), implicit=implicit)
    assert refusal_of(tmp_path, file_of(within, syntax), limits) == sentence


@pytest.mark.parametrize("defined", [True, False])
def test_a_value_of_four_gigabytes_within_a_sequence_costs_no_memory(
    tmp_path: Path, defined: bool
) -> None:
    lie = element(0x00420011, "OB", b"abcd", 0xFFFFFFF0)
    content = file_of(sequence(item(lie, defined=defined), defined=defined))
    if defined:  # the sequence has its end: what is wrong in it is its own
        assert header_of(tmp_path, content).rows == 2
        return
    with pytest.raises(HeaderError) as caught:
        header_of(tmp_path, content)
    assert (caught.value.kind, "ends within" in caught.value.message) == ("damaged", True)


def test_a_deflated_data_set_stops_inflating_at_the_limit(tmp_path: Path) -> None:
    limits = Limits(inflate_bytes=1 << 20)
    bomb = file_of(element(0x00420011, "OB", bytes(1 << 22)), DEFLATED)
    assert "inflate_bytes" in refusal_of(tmp_path, bomb, limits)


def test_pixels_in_items_alone_are_no_pixels_and_no_harm(tmp_path: Path) -> None:
    fragments = item(b"") + item(b"\xff\xd8\xff\xd9") + SEQUENCE_END
    icon = item(element(0x7FE00010, "OB", fragments, UNDEFINED))
    header = header_of(tmp_path, file_of(sequence(icon, 0x00880200)))
    assert header.pixel_data_length == 4
    limits = Limits(fragments_per_file=1)
    assert "fragments_per_file" in refusal_of(
        tmp_path, file_of(sequence(icon, 0x00880200, defined=False)), limits
    )


def test_the_stream_is_left_where_it_was() -> None:
    stream = io.BytesIO(file_of(nested(3, defined=False)))
    check_structure(stream, "file", DEFAULT_LIMITS, len(stream.getvalue()))
    assert stream.tell() == 0
