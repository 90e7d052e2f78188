"""Archives made to do harm, cases 18 (bombs) and 19 (names); nothing else suffers from them."""

from __future__ import annotations

import os
import stat
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from tests.dicom import synthetic
from tests.dicom.zips import (
    DEFLATED,
    LIMITS,
    STORED,
    File,
    a_file,
    a_zip,
    bytes_of,
    read_frame_of,
    shown,
    skipped,
    the_refusal,
    write_zip,
)
from viewer.dicom.errors import HeaderError
from viewer.dicom.frames import read_frame
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Skipped
from viewer.dicom.limits import Limits
from viewer.dicom.reading import read_header
from viewer.dicom.scanning import scan
from viewer.dicom.sources import find_files

VALUES = synthetic.grey(96, 80)
NOISE = np.random.default_rng(7).integers(0, 4096, (300, 300)).astype(np.uint16)  # hard to pack


@pytest.fixture
def image(tmp_path: Path) -> bytes:
    """A small image as the bytes of its file."""
    return bytes_of(tmp_path, VALUES)


@pytest.fixture
def large(tmp_path: Path) -> bytes:
    """An image of which the header is a small part."""
    return bytes_of(tmp_path, NOISE)


# -- case 18: archives made to do harm


def beside_a_good_file(tmp_path: Path, image: bytes, path: str, limits: Limits = LIMITS) -> Skipped:
    """Give why an archive is refused, having seen that another file loads."""
    (tmp_path / "good").write_bytes(image)
    found = list(scan([path, str(tmp_path / "good")], limits))
    assert [item.path for item in found if isinstance(item, InstanceHeader)] == [
        str(tmp_path / "good")
    ]
    (refusal,) = [item for item in found if isinstance(item, Skipped)]
    assert refusal.path == path
    return refusal


def test_case_18_more_files_than_the_limit_are_refused(tmp_path: Path, image: bytes) -> None:
    limits = Limits(archive_members=9)
    path = write_zip(tmp_path / "x.zip", *(a_file(f"{number}", image) for number in range(10)))
    refusal = beside_a_good_file(tmp_path, image, path, limits)
    assert (refusal.kind, refusal.reason) == (
        "limit", limits.refusal("archive_members", "It has 10 files"),
    )  # fmt: skip
    headless = Path(path).read_bytes()[:-40]
    Path(path).write_bytes(headless)
    assert beside_a_good_file(tmp_path, image, path, limits).kind == "limit"


def test_case_18_more_bytes_than_the_limit_are_refused(tmp_path: Path, image: bytes) -> None:
    limits = Limits(archive_bytes=1 << 32)
    files = [a_file(f"{number}", image, size=0xF0000000) for number in range(2)]
    path = write_zip(tmp_path / "x.zip", *files)
    refusal = beside_a_good_file(tmp_path, image, path, limits)
    assert refusal.kind == "limit"
    assert "the limit is 4 GiB" in refusal.reason


def test_case_18_files_that_overlap_are_refused(tmp_path: Path, image: bytes) -> None:
    one = a_file("1", image)
    inner = len(a_zip(one, directory=b"")) - 22 - 30
    files = [one, a_file("2", image, offset=0), a_file("3", image, offset=inner)]
    for path in (
        write_zip(tmp_path / "same.zip", *files[:2]),
        write_zip(tmp_path / "quoted.zip", files[0], files[2]),
    ):
        refusal = beside_a_good_file(tmp_path, image, path)
        assert refusal.kind == "damaged"
        assert "overlap" in refusal.reason


def test_case_18_a_member_over_the_limit_is_refused_alone(tmp_path: Path, image: bytes) -> None:
    limits = Limits(inflate_bytes=len(image) + 10)
    path = write_zip(tmp_path / "x.zip", a_file("1", image), a_file("2", image + bytes(99)))
    assert the_refusal(path, limits=limits).kind == "limit"
    assert len(shown(path, limits=limits)) == 1
    assert len(shown(path)) == 2
    with pytest.raises(HeaderError, match="inflate_bytes"):
        read_header(os.path.join(path, "2"), limits)


@pytest.mark.parametrize("method", [STORED, DEFLATED])
@pytest.mark.parametrize(("lie", "words"), [(-2, "longer|checksum"), (2, "shorter|cut short")])
def test_case_18_a_member_that_is_not_as_large_as_it_says_is_refused(
    tmp_path: Path, image: bytes, method: int, lie: int, words: str
) -> None:
    path = write_zip(
        tmp_path / "x.zip",
        a_file("1", image, size=len(image) + lie, method=method),
        a_file("2", image),
    )
    with pytest.raises(HeaderError, match=words):
        read_header(os.path.join(path, "1"))
    assert len(shown(path)) == 1


def test_case_18_a_bomb_is_unpacked_no_further_than_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()
    path = write_zip(tmp_path / "x.zip", a_file("1", size=1000, packed=packed))
    made = []
    inflater = zlib.decompressobj

    class Counting:
        def __init__(self, bits: int) -> None:
            self.own = inflater(bits)

        def decompress(self, data: bytes, most: int) -> bytes:
            made.append(most)
            return self.own.decompress(data, most)

        def __getattr__(self, name: str) -> object:
            return getattr(self.own, name)

    monkeypatch.setattr("viewer.dicom.member_streams.zlib.decompressobj", Counting)
    assert the_refusal(path).reason.startswith("It is longer than the archive's directory says")
    assert 0 < sum(made) <= 2000


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"directory_offset": 0xFFFFFF00}, "points outside"),
        ({"directory_size": 0x7FFFFFFF}, "points outside"),
        ({"count": 60_000}, "its number of files contradicts"),
        ({"count": 0}, "its number of files contradicts"),
        ({"directory": b"PK\1\2" * 30_000, "count": 3}, "its number of files contradicts"),
        ({"directory_offset": 0xFFFFFFFF}, "ZIP64 end record is missing"),
        ({"directory_size": 0xFFFFFFFF}, "ZIP64 end record is missing"),
        (
            {
                "directory_offset": 0xFFFFFFFF,
                "before_end": struct.pack("<4sLQL", b"PK\6\7", 0, 1 << 63, 1).rjust(99),
            },
            "ZIP64 end record is not where it should be",
        ),
        (
            {
                "directory_offset": 0xFFFFFFFF,
                "before_end": bytes(56) + struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1),
            },
            "ZIP64 end record is not where it should be",
        ),
    ],
)
def test_case_18_a_lying_end_is_told_and_nothing_read_by_it(
    tmp_path: Path, image: bytes, changed: dict[str, object], words: str
) -> None:
    """The files are found without the end record, each where the one before it ends."""
    path = write_zip(tmp_path / "x.zip", a_file("1", image), **changed)
    refusal = the_refusal(path)
    assert refusal.kind == "damaged"
    assert words in refusal.reason
    assert len(shown(path)) == 1


def zip64_end(count: int, size: int, offset: int, place: int) -> bytes:
    record = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
    return record + struct.pack("<4sLQL", b"PK\6\7", 0, place, 1)


@pytest.mark.parametrize(
    ("count", "offset", "words"), [(1, 0, ""), (1 << 40, 0, "contradicts"), (1, 1 << 50, "outside")]
)
def test_case_18_zip64_numbers_are_held_to_the_same(
    tmp_path: Path, image: bytes, count: int, offset: int, words: str
) -> None:
    plain = a_zip(a_file("1", image))
    start, end = plain.index(b"PK\1\2"), len(plain) - 22
    path = write_zip(
        tmp_path / "x.zip",
        a_file("1", image),
        count=0xFFFF,
        directory_offset=0xFFFFFFFF,
        before_end=zip64_end(count, end - start, start + offset, end),
    )
    refusals = skipped(path)
    assert [words in one.reason for one in refusals] == [True] * bool(words)
    assert len(shown(path)) == 1


@pytest.mark.parametrize(
    ("wide", "found", "words"),
    [
        (0, ["1", "2"], []),
        (1 << 62, ["2"], ["The archive's directory places it outside"]),
        (None, ["1", "2"], ["Its directory lacks the size or place of file 1"]),
    ],
)
def test_case_18_a_place_outside_of_the_archive_is_refused(
    tmp_path: Path, image: bytes, wide: int | None, found: list[str], words: list[str]
) -> None:
    """By a ZIP64 field; without the field, the directory cannot be believed at all."""
    extra = b"" if wide is None else struct.pack("<HHQ", 1, 8, wide)
    files = [a_file("1", image, offset=0xFFFFFFFF, extra=extra), a_file("2", image)]
    path = write_zip(tmp_path / "x.zip", *files)
    assert [os.path.basename(one) for one in shown(path)] == found
    assert [one.reason.split(";")[0] for one in skipped(path)] == words


# -- case 19: names that lead elsewhere

NAMES = [
    "../outside", "../../../../outside", "a/../../outside", "/outside", "//server/share/outside",
    "\\\\server\\share\\outside", "..\\outside", "C:\\outside", "C:outside", "a//outside",
    "a\0b", "", ".", "a/../outside", "x" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_case_19_a_name_that_leads_elsewhere_is_listed_and_left_unopened(
    tmp_path: Path, image: bytes, name: str
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "outside").write_bytes(image)
    path = write_zip(tmp_path / "sub" / "x.zip", a_file(name, image), a_file("IM2", image[:-2]))
    before = sorted(tmp_path.rglob("*"))
    refusal = the_refusal(path)
    assert refusal.kind == "outside"
    told = {"": "has no name", ".": "has no name", "x" * 2000: "longer than 1,024 bytes"}
    assert told.get(name, "leads to no place in the archive") in refusal.reason
    assert not os.path.exists(refusal.path.replace("\0", ""))
    assert shown(path) == [os.path.join(path, "IM2")]
    assert sorted(tmp_path.rglob("*")) == before


def test_case_19_an_absolute_name_is_not_that_file(tmp_path: Path, image: bytes) -> None:
    (tmp_path / "outside").write_bytes(image)
    path = write_zip(tmp_path / "x.zip", a_file(str(tmp_path / "outside"), image))
    assert the_refusal(path).kind == "outside"
    assert shown(path) == []


@pytest.mark.parametrize(
    "mode", [stat.S_IFLNK | 0o777, stat.S_IFCHR | 0o600, stat.S_IFIFO | 0o600, stat.S_IFSOCK]
)
def test_case_19_links_and_devices_are_not_followed(
    tmp_path: Path, image: bytes, mode: int
) -> None:
    (tmp_path / "secret").write_bytes(image)
    target = str(tmp_path / "secret").encode()
    path = write_zip(tmp_path / "x.zip", a_file("IM1", target, mode=mode), a_file("IM2", image))
    refusal = the_refusal(path)
    assert (refusal.path, refusal.kind) == (os.path.join(path, "IM1"), "not-a-file")
    assert shown(path) == [os.path.join(path, "IM2")]
    with pytest.raises(HeaderError, match="not followed"):
        read_header(os.path.join(path, "IM1"))


def test_case_19_of_two_files_with_one_name_the_first_is_read(
    tmp_path: Path, image: bytes, large: bytes
) -> None:
    path = write_zip(
        tmp_path / "x.zip",
        a_file("IM1", image),
        a_file("IM1", large),
        a_file("./IM1", large),
        a_file("IM1", large),
    )
    assert shown(path) == [os.path.join(path, "IM1")]
    assert [one.kind for one in skipped(path)] == ["duplicate"] * 3
    assert len({one.path for one in skipped(path)}) == 3
    assert read_frame_of(path).shape == VALUES.shape


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Thorax/Bröse 1".encode(), "Thorax/Bröse 1"),
        (b"Br\x94se", "Bröse"),
        (b"A\\B\\IM1", "A/B/IM1"),
        (b"new\nline", "new\nline"),
        (b"x" * 255, "x" * 255),
    ],
)
def test_case_19_odd_names_that_stay_inside_are_read(
    tmp_path: Path, image: bytes, name: bytes, read: str
) -> None:
    path = write_zip(tmp_path / "x.zip", File(name, image))
    member = os.path.join(path, *read.split("/"))
    assert shown(path) == [member]
    np.testing.assert_array_equal(read_frame(member, 0)[0], VALUES)


def test_case_19_no_path_in_an_archive_is_one_of_the_file_system(
    tmp_path: Path, image: bytes
) -> None:
    (tmp_path / "outside").write_bytes(image)
    path = write_zip(tmp_path / "x.zip", a_file("../outside", image), a_file("IM1", image))
    for name in ("IM1", "../outside", "IM1/../../outside"):
        with pytest.raises(NotADirectoryError):
            os.stat(f"{path}/{name}")
    for name in ("../outside", "IM1/../../outside", "IM1/x"):
        with pytest.raises(HeaderError, match="no such file"):
            read_frame(f"{path}/{name}", 0)


def test_a_path_within_what_only_begins_like_an_archive_is_told(tmp_path: Path) -> None:
    path = tmp_path / "study.zip"
    path.write_bytes(b"PK\3\4")

    (found,) = find_files([str(path / "IM0")])

    assert isinstance(found, Skipped)
    assert found.kind == "unreadable"
