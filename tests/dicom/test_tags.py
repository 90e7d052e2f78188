"""The tags of real, damaged and made files, as a reader of the tree would see them."""

from __future__ import annotations

import os
import pickle
import struct
import time
import warnings
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from viewer.dicom.errors import HeaderError, NegatoError, SourceError
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.tag_search import find_rows
from viewer.dicom.tags import (
    Kind,
    TagTable,
    keyword_path,
    read_tags,
    row_at,
    row_path,
    tag_text,
)
from viewer.dicom.text_column import TextColumn


def element(tag: int, vr: str, value: bytes, length: int | None = None) -> bytes:
    """Encode an explicit little endian element; ``length`` may lie."""
    length = len(value) if length is None else length
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    if vr in ("OB", "OW", "SQ", "UN", "UT"):
        return head + struct.pack("<HL", 0, length) + value
    return head + struct.pack("<H", length) + value


def item(content: bytes) -> bytes:
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(content)) + content


def part10(dataset: bytes, syntax: str = "1.2.840.10008.1.2.1") -> bytes:
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    return b"\0" * 128 + b"DICM" + element(0x00020010, "UI", uid) + dataset


def table_of(tmp_path: Path, content: bytes, limits: Limits | None = None) -> TagTable:
    path = tmp_path / "file.dcm"
    path.write_bytes(content)
    return read_tags(str(path)) if limits is None else read_tags(str(path), limits)


def row_of(table: TagTable, tag: int) -> int:
    return int(np.flatnonzero(table.tags == tag)[0])


def value_of(table: TagTable, tag: int) -> str:
    return table.values[row_of(table, tag)]


def test_file_meta_comes_first_and_uids_carry_their_names() -> None:
    table = read_tags(str(get_testdata_file("CT_small.dcm", download=False)))
    assert table.tags[0] >> 16 == 0x0002
    assert value_of(table, 0x00020010) == "1.2.840.10008.1.2.1 (Explicit VR Little Endian)"
    assert value_of(table, 0x00100010) == "CompressedSamples^CT1"
    row = row_of(table, 0x00100010)
    assert table.keywords[row] == "PatientName"
    assert table.names[row] == "Patient's Name"
    assert (table.vrs[row], table.lengths[row]) == ("PN", 22)


def test_private_tags_are_named_by_their_creator() -> None:
    table = read_tags(str(get_testdata_file("CT_small.dcm", download=False)))
    assert table.names[row_of(table, 0x00090010)] == "Private Creator"
    assert table.names[row_of(table, 0x00091001)].startswith("[GEMS_IDEN_01] ")


def test_pixel_data_are_sizes_never_content() -> None:
    table = read_tags(str(get_testdata_file("CT_small.dcm", download=False)))
    assert value_of(table, 0x7FE00010) == "<32 KiB of binary data>"
    table = read_tags(str(get_testdata_file("JPEG2000.dcm", download=False)))
    assert "of binary data in " in value_of(table, 0x7FE00010)
    assert table.lengths[row_of(table, 0x7FE00010)] == -1


def test_sequences_nest_and_have_keyword_paths() -> None:
    table = read_tags(str(get_testdata_file("rtplan.dcm", download=False)))
    row = int(find_rows(table, "ReferencedSOPInstanceUID")[0])
    path = keyword_path(table, row)
    assert path.endswith("[0].ReferencedSOPInstanceUID")
    parent = int(table.parents[row])
    assert table.names[parent] == "Item 1"
    assert table.kinds[table.parents[parent]] == Kind.SEQUENCE
    assert table.values[table.parents[parent]] == "1 item"


def test_the_beginning_of_a_file_says_that_there_is_more() -> None:
    path = str(get_testdata_file("rtplan.dcm", download=False))
    whole = read_tags(path)
    row = int(find_rows(whole, "ControlPointSequence")[0])
    begun = read_tags(path, first_rows=row + 3)
    assert whole.is_whole
    assert not begun.is_whole
    assert tuple(begun.names) == whole.names[: row + 3]
    assert begun.values[row] == ""  # how many items come is not known yet
    assert whole.values[row].endswith(" items")
    assert read_tags(path, first_rows=len(whole)).is_whole


def test_equal_texts_are_kept_once_and_found_in_every_row() -> None:
    texts = ["Straße", "needle", "", "has\0a needle", "needle", "İ"]
    column = TextColumn.of(texts)
    assert tuple(column) == tuple(texts)
    assert column[-2:] == ("needle", "İ")
    assert np.flatnonzero(column.holds("needle")).tolist() == [1, 3, 4]
    assert np.flatnonzero(column.holds("straße")).tolist() == [0]
    assert not column.holds("\0").any()
    assert not TextColumn.of([]).holds("needle").any()


def test_search_finds_tags_by_number_keyword_name_and_value() -> None:
    table = read_tags(str(get_testdata_file("CT_small.dcm", download=False)))
    row = row_of(table, 0x00100010)
    for text in (
        "0010,0010",
        "(0010,0010)",
        "00100010",
        "patientname",
        "PATIENT'S N",
        "compressedS",
    ):
        assert row in find_rows(table, text), text
    assert not len(find_rows(table, ""))
    assert not len(find_rows(table, "no such thing"))
    found = find_rows(table, "1")
    assert sorted(set(found.tolist())) == found.tolist()


def test_places_are_found_again_in_another_file() -> None:
    one = read_tags(str(get_testdata_file("rtplan.dcm", download=False)))
    for row in range(len(one)):
        assert row_at(one, row_path(one, row)) == row
    other = read_tags(str(get_testdata_file("CT_small.dcm", download=False)))
    last = row_path(one, len(one) - 1)
    assert row_at(other, last) in (None, row_of(other, 0x7FE00010))


@pytest.mark.parametrize(
    "name",
    [
        "CT_small.dcm",
        "MR_small_implicit.dcm",
        "MR_small_bigendian.dcm",
        "image_dfl.dcm",
        "rtplan.dcm",
        "rtdose.dcm",
        "UN_sequence.dcm",
        "priv_SQ.dcm",
        "nested_priv_SQ.dcm",
        "test-SR.dcm",
        "reportsi.dcm",
        "meta_missing_tsyntax.dcm",
    ],
)
def test_structure_is_the_one_pydicom_reads(name: str) -> None:
    path = get_testdata_file(name, download=False)
    if path is None:
        pytest.skip(f"this pydicom does not bring {name}")
    _assert_like_pydicom(str(path))


def test_structure_of_real_files_is_the_one_pydicom_reads(corpus: Path) -> None:
    for folder in ("charset", "multiframe", "depth_sign", "photometric"):
        for path in sorted((corpus / folder).glob("*.dcm")):
            if "too_short" not in path.name:  # pydicom gives up on it
                _assert_like_pydicom(str(path))


def _assert_like_pydicom(path: str) -> None:
    table = read_tags(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(path, force=True)
        expected = _flat(dataset.file_meta, 0) + _flat(dataset, 0)
    in_file = table.kinds != Kind.NOTE
    found = zip(table.depths[in_file].tolist(), table.tags[in_file].tolist(), strict=True)
    assert sorted(found) == sorted(expected), path


def _flat(dataset: pydicom.Dataset, depth: int) -> list[tuple[int, int]]:
    rows = []
    for one in dataset:
        rows.append((depth, int(one.tag)))
        if one.VR == "SQ":
            for inner in one.value:
                rows.append((depth + 1, 0xFFFEE000))
                rows += _flat(inner, depth + 2)
    return rows


def test_every_file_gives_tags_or_a_sentence(corpus: Path) -> None:
    began = time.monotonic()
    for folder in ("broken", "derived", "charset", "objects", "lut_overlay", "tsyntax", "cd"):
        for parent, _, names in os.walk(corpus / folder):
            for name in names:
                _assert_readable(os.path.join(parent, name))
    assert time.monotonic() - began < 60


def _assert_readable(path: str) -> None:
    failure: NegatoError | None = None
    try:
        table = read_tags(path)
    except NegatoError as error:
        failure = error
    if failure is None:
        assert len(table)
        assert (table.parents < np.arange(len(table))).all()
    else:
        assert failure.path == path
        assert failure.message.endswith(".")


@pytest.mark.parametrize(
    ("name", "tag", "text"),
    [
        ("charset/encoding_utf8.dcm", 0x00081090, "Õncêntrå MæstørPlàñ"),
        ("charset/encoding_iso8859-1.dcm", 0x00081090, "Õncêntrå MæstørPlàñ"),
        ("charset/chrGB2312.dcm", 0x00100010, "Zhang^XiaoDong=张^小东="),
        ("derived/broken/script_in_names.dcm", 0x00100010, "<img src=x onerror=alert(1)>^%s%n"),
        ("derived/broken/ds_text.dcm", 0x00281051, "abc"),
        ("derived/broken/date_bad.dcm", 0x00080020, "20201340"),
    ],
)
def test_text_is_decoded_and_otherwise_left_as_written(
    corpus: Path, name: str, tag: int, text: str
) -> None:
    assert value_of(read_tags(str(corpus / name)), tag) == text


def test_long_text_is_there_whole(corpus: Path) -> None:
    table = read_tags(str(corpus / "derived/broken/long_text.dcm"))
    assert max(map(len, table.values)) >= 100_000


@pytest.mark.parametrize(
    ("name", "note"),
    [
        (
            "nested_sequences.dcm",
            DEFAULT_LIMITS.refusal("sequence_depth", "Deeper levels are not shown"),
        ),
        ("truncated_mid_pixels.dcm", "The file ends inside this value: 16,384 of 32,768 bytes."),
        ("trailing_garbage.dcm", "What follows the pixel data is no DICOM element."),
        ("no_sequence_delimiter.dcm", "The fragments have no end mark."),
        ("charset_unknown.dcm", "Unknown encoding 'ISO_IR 999'"),
    ],
)
def test_damage_is_said_beside_what_could_be_read(corpus: Path, name: str, note: str) -> None:
    table = read_tags(str(corpus / "derived/broken" / name))
    assert any(text.startswith(note) for text in table.notes)
    assert "Note" in table.names
    assert (table.kinds == Kind.ELEMENT).any() or name == "nested_sequences.dcm"


@pytest.mark.parametrize(
    "name", ["zero_bytes.dcm", "text_file.dcm", "jpeg_renamed.dcm", "only_preamble.dcm",
             "random_after_dicm.dcm"],
)  # fmt: skip
def test_what_is_no_dicom_is_refused_in_a_sentence(corpus: Path, name: str) -> None:
    with pytest.raises(HeaderError, match=r"\.$"):
        read_tags(str(corpus / "derived/broken" / name))


def test_missing_files_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    else:
        (tmp_path / "pipe").mkdir()
    for path, kind in (("none", "missing"), (".", "not-a-file"), ("pipe", "not-a-file")):
        with pytest.raises(SourceError) as caught:
            read_tags(str(tmp_path / path))
        assert caught.value.kind == kind


def test_numbers_of_all_kinds_are_joined_by_backslashes(tmp_path: Path) -> None:
    content = (
        element(0x00180020, "FL", struct.pack("<2f", 68.47, -45))
        + element(0x00189087, "FD", struct.pack("<d", 0.1))
        + element(0x00209165, "AT", struct.pack("<2H", 0x18, 0x9087))
        + element(0x00280010, "US", struct.pack("<2H", 1, 65535))
    )
    table = table_of(tmp_path, part10(content))
    assert table.values[1:] == ("68.47\\-45.0", "0.1", "(0018,9087)", "1\\65535")


def test_values_that_cannot_be_converted_show_their_bytes_marked(tmp_path: Path) -> None:
    table = table_of(tmp_path, part10(element(0x00280010, "US", b"\1\2\3")))
    assert table.values[1] == "⚠ b'\\x01\\x02\\x03'"


def test_small_binary_values_are_hexadecimal(tmp_path: Path) -> None:
    table = table_of(tmp_path, part10(element(0x00091001, "UN", b"\1\xff")))
    assert table.values[1] == "01 ff"


def test_the_signedness_of_pixels_decides_implicit_ambiguous_values(tmp_path: Path) -> None:
    def implicit(tag: int, value: bytes) -> bytes:
        return struct.pack("<HHL", tag >> 16, tag & 0xFFFF, len(value)) + value

    for signed, text in ((1, "-2"), (0, "65534")):
        content = implicit(0x00280103, bytes([signed, 0])) + implicit(0x00280120, b"\xfe\xff")
        table = table_of(tmp_path, part10(content, "1.2.840.10008.1.2"))
        assert (table.vrs[-1], table.values[-1]) == ("SS" if signed else "US", text)


def test_private_creators_do_not_reach_out_of_their_item(tmp_path: Path) -> None:
    inner = element(0x00090010, "LO", b"ACME") + element(0x00091001, "UN", b"\1\0")
    sequence = element(0x00081140, "SQ", item(inner) + item(element(0x00091001, "UN", b"\1\0")))
    table = table_of(tmp_path, part10(sequence))
    names = [name for name, tag in zip(table.names, table.tags, strict=True) if tag == 0x00091001]
    assert names == ["[ACME]", "Private, without creator"]


def test_too_many_elements_are_cut_with_a_note(tmp_path: Path) -> None:
    content = element(0x00081150, "UI", b"1.2.3\0") * 50
    limits = Limits(elements_per_file=20)
    table = table_of(tmp_path, part10(content), limits)
    assert len(table) == 1 + 20 + 1
    found = "More elements are not shown"
    assert table.notes == (limits.refusal("elements_per_file", found),)


def test_inflating_stops_at_the_limit(tmp_path: Path) -> None:
    content = element(0x00100020, "LO", b"ID") + element(0x7FE00010, "OB", bytes(4_000_000))
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(content) + packer.flush()
    file = part10(packed, "1.2.840.10008.1.2.1.99")
    assert value_of(table_of(tmp_path, file), 0x7FE00010) == "<3.81 MiB of binary data>"
    limits = Limits(inflate_bytes=1_000_000)
    table = table_of(tmp_path, file, limits)
    assert value_of(table, 0x00100020) == "ID"
    found = "The rest is not read: it inflates to more"
    assert table.notes == (limits.refusal("inflate_bytes", found),)


def test_a_length_beyond_the_file_costs_no_memory(tmp_path: Path) -> None:
    content = element(0x00100020, "LO", b"ID") + element(0x00204000, "UT", b"abc", 0xFFFFFFF0)
    table = table_of(tmp_path, part10(content))
    assert table.values[1] == "ID"
    assert table.notes == ("The file ends inside this value: 3 of 4,294,967,280 bytes.",)


def test_a_large_table_is_quick_to_search_and_small_to_send(tmp_path: Path) -> None:
    one = element(0x00081150, "UI", b"1.2.3\0") + element(0x00081155, "UI", b"1.2.4\0")
    table = table_of(tmp_path, part10(element(0x00081140, "SQ", item(one) * 16_000)))
    assert len(table) > 48_000
    began = time.perf_counter()
    assert len(find_rows(table, "item 15999")) == 1
    assert len(find_rows(table, "1.2.4")) == 16_000
    assert time.perf_counter() - began < 0.2  # 10 ms each on an idle machine
    again = pickle.loads(pickle.dumps(table))
    assert tuple(again.values) == tuple(table.values)
    assert (again.parents == table.parents).all()


def test_tags_are_written_in_capital_hexadecimal() -> None:
    assert tag_text(0x7FE00010) == "(7FE0,0010)"
