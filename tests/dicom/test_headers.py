"""Reading the header of one file: what is DICOM, what is damaged, what is refused."""

from __future__ import annotations

import os
import pickle
import random
import socket
import struct
import zlib
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.filebase import DicomBytesIO

from viewer.dicom import values
from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import Limits
from viewer.dicom.reading import HeaderReader, read_header


def sample(name: str = "CT_small.dcm") -> Path:
    return Path(str(get_testdata_file(name, download=False)))


def kind_of_failure(path: Path | str, limits: Limits | None = None) -> str:
    with pytest.raises(HeaderError) as caught:
        read_header(str(path), limits or Limits())
    assert caught.value.message.endswith(".")
    assert caught.value.path == os.path.abspath(path)
    return caught.value.kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("zero_bytes.dcm", "not-dicom"),
        ("text_file.dcm", "not-dicom"),
        ("jpeg_renamed.dcm", "not-dicom"),
        ("only_preamble.dcm", "damaged"),
        ("random_after_dicm.dcm", "damaged"),
        ("nested_sequences.dcm", "limit"),
    ],
)
def test_bad_files_of_the_corpus_have_a_reason(corpus: Path, name: str, kind: str) -> None:
    assert kind_of_failure(corpus / "derived" / "broken" / name) == kind


@pytest.mark.parametrize(
    "name",
    [
        "derived/broken/no_preamble.dcm",
        "derived/broken/no_meta_no_preamble.dcm",
        "derived/broken/label_explicit_is_implicit.dcm",
        "derived/broken/leading_mz_polyglot.dcm",
        "derived/broken/tiff_preamble.dcm",
        "broken/no-header_implicit_mr_16bit_mono2.dcm",
        "broken/no-header_explicittwo-pass.dcm",
        "broken/CR-MONO1-10-chest",
        "broken/CTImageStorage_bad_meta.dcm",
    ],
)
def test_unusual_but_readable_files_of_the_corpus_are_read(corpus: Path, name: str) -> None:
    header = read_header(str(corpus / name))
    assert header.rows
    assert header.columns
    assert header.pixel_data_tag == 0x7FE00010


def test_deflate_bomb_behind_a_header_is_not_unpacked(corpus: Path) -> None:
    path = str(corpus / "derived" / "broken" / "deflate_bomb_512MiB.dcm")
    header = read_header(path, Limits(inflate_bytes=1 << 20))
    assert header.pixel_data_tag == 0x7FE00010
    assert header.pixel_data_offset is None


def test_endless_deflated_header_is_refused_at_the_limit(tmp_path: Path) -> None:
    content = sample("image_dfl.dcm").read_bytes()
    meta_end = 144 + struct.unpack_from("<L", content, 140)[0]
    bomb = struct.pack("<HH2sHL", 0x0009, 0x1001, b"OB", 0, 64 << 20) + bytes(64 << 20)
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    path = tmp_path / "bomb.dcm"
    # the value is stepped over, and the element after it is what must not be reached
    packed = packer.compress(bomb + struct.pack("<HH2sH", 0x0010, 0x0020, b"LO", 0))
    path.write_bytes(content[:meta_end] + packed + packer.flush())
    assert kind_of_failure(path, Limits(inflate_bytes=1 << 20)) == "limit"


def test_deflated_file_is_read() -> None:
    header = read_header(str(sample("image_dfl.dcm")))
    assert header.rows == 512
    assert header.pixel_data_tag == 0x7FE00010
    assert header.pixel_data_offset is None


def test_big_endian_without_meta_is_read(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(sample("MR_small_bigendian.dcm"))
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = False, False
    pydicom.filewriter.write_dataset(buffer, dataset)
    path = tmp_path / "bare"
    path.write_bytes(buffer.getvalue())
    header = read_header(str(path))
    assert (header.rows, header.columns) == (dataset.Rows, dataset.Columns)
    assert header.transfer_syntax_uid == "1.2.840.10008.1.2.2"


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small_bigendian.dcm", "image_dfl.dcm"])
def test_truncated_header_is_damaged(tmp_path: Path, name: str) -> None:
    content = sample(name).read_bytes()
    pixels = read_header(str(sample(name))).pixel_data_offset
    path = tmp_path / "cut.dcm"
    path.write_bytes(content[: 400 if pixels is None else pixels - 13])
    assert kind_of_failure(path) == "damaged"


def test_truncated_pixels_leave_the_header_readable(tmp_path: Path) -> None:
    path = tmp_path / "cut.dcm"
    path.write_bytes(sample().read_bytes()[:-3000])
    assert read_header(str(path)).rows == 128


def test_file_without_class_and_identifiers_is_still_an_instance(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(sample())
    for keyword in ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID"):
        delattr(dataset, keyword)
    path = tmp_path / "bare.dcm"
    dataset.save_as(path)
    header = read_header(str(path))
    assert header.series_instance_uid == ""
    assert header.sop_class_uid == dataset.file_meta.MediaStorageSOPClassUID


def test_element_limit_is_kept(tmp_path: Path) -> None:
    path = sample("MR_small_bigendian.dcm")
    assert kind_of_failure(path, Limits(elements_per_file=5)) == "limit"


def test_missing_file_and_things_that_are_no_files(tmp_path: Path) -> None:
    assert kind_of_failure(tmp_path / "none.dcm") == "missing"
    assert kind_of_failure(tmp_path) == "not-a-file"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert kind_of_failure(pipe) == "not-a-file"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        assert kind_of_failure(tmp_path / "socket") == "not-a-file"
    assert kind_of_failure("/dev/zero") == "not-a-file"


def test_unreadable_file_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert kind_of_failure(sample()) == "unreadable"


def test_link_to_a_file_is_read(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(sample())
    assert read_header(str(link)).rows == 128


def test_slow_files_are_announced_and_quick_ones_are_not() -> None:
    announced: list[str] = []
    reader = HeaderReader(on_slow=announced.append)
    reader.read(str(sample()))
    assert announced == []
    slow = str(sample("MR_small_bigendian.dcm"))
    reader.read(slow)
    assert announced == [slow]


def test_values_survive_the_way_between_processes(tmp_path: Path) -> None:
    header = read_header(str(sample()))
    assert pickle.loads(pickle.dumps(header)) == header
    with pytest.raises(HeaderError) as caught:
        read_header(str(tmp_path / "none"))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.path, copy.kind, copy.message) == (
        caught.value.path,
        caught.value.kind,
        caught.value.message,
    )


def test_names_are_decoded_by_their_character_set() -> None:
    assert "^" in read_header(str(sample("CT_small.dcm"))).patient_name
    encodings = values.encodings_of(("", "ISO 2022 IR 87"))
    raw = b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B"
    assert values.person_name(raw, encodings) == "Yamada^Tarou=山田^太郎"
    assert values.text(b"M\xfcller ", values.encodings_of(("ISO_IR 100",))) == "Müller"
    assert values.text(b"M\xfcller", values.encodings_of(("ISO_IR 192",))) == "M\ufffdller"
    assert values.text(b"M\xfcller", values.encodings_of(("NO SUCH SET",))) == "Müller"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"40.5\\80 ", (40.5, 80.0)),
        (b"1e3", (1000.0,)),
        (b"40,5\\80", ()),
        (b"NaN\\1", ()),
        (b"inf", ()),
        (b"abc", ()),
        (b"1_0", ()),
        (b"", ()),
        (b"1\\\\2", ()),
    ],
)
def test_decimal_strings_parse_whole_or_not_at_all(raw: bytes, expected: tuple[float]) -> None:
    assert values.numbers(raw, b"DS") == expected


def test_integer_strings_forgive_a_decimal_point_and_nothing_else() -> None:
    assert values.integer(b"1.0", b"IS") == 1
    assert values.integer(b" 12 ", b"IS") == 12
    assert values.integer(b"-1", b"IS") == -1
    assert values.integer(b"1.5", b"IS") is None
    assert values.integer(b"1e999", b"IS") is None
    assert values.integer(b"", b"US") is None
    assert values.integer(b"\x01\x00", b"US") == 1
    assert values.integer(b"\x00\x01", b"US", ">") == 1
    assert values.number(struct.pack("<d", float("nan")), b"FD") is None


@pytest.mark.parametrize("digits", [b"9" * 4000, b"-" + b"1" * 400, b"1e300"])
def test_numbers_longer_than_any_vr_has_are_none(digits: bytes) -> None:
    assert values.integer(digits, b"IS") is None
    assert values.integers(b"1\\" + digits, b"IS") == ()


def test_padding_value_is_signed_as_the_pixels_are(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(sample())
    dataset.PixelRepresentation = 1
    dataset["PixelPaddingValue"].VR = "US"
    dataset["PixelPaddingValue"].value = 63536
    path = tmp_path / "padded.dcm"
    dataset.save_as(path)
    assert read_header(str(path)).pixel_padding_value == -2000


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small_bigendian.dcm", "image_dfl.dcm"])
def test_damaged_bytes_end_in_a_header_or_a_typed_error(tmp_path: Path, name: str) -> None:
    chance = random.Random(20)
    content = sample(name).read_bytes()[:8000]
    path = tmp_path / "damaged.dcm"
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(132, 3000)] = chance.choice((0, 1, 255))
        path.write_bytes(damaged)
        try:
            header = read_header(str(path))
        except HeaderError:
            continue
        assert header.size == len(damaged)


def test_character_sets_that_no_codec_knows_still_give_text() -> None:
    assert values.text(b"M\xfcller", values.encodings_of(("ISO_IR\x00100",))) == "Müller"
