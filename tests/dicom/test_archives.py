"""ZIP archives open like folders; what is wrong with one harms nothing else."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.dicom import states, synthetic
from tests.dicom.zips import (
    DEFLATED,
    LIMITS,
    STORED,
    File,
    a_file,
    a_zip,
    bytes_of,
    deflated,
    read_frame_of,
    shown,
    skipped,
    the_refusal,
    write_zip,
)
from viewer.cli import main
from viewer.dicom.compressed_frames import compressed_frame, read_compressed
from viewer.dicom.errors import PixelError
from viewer.dicom.frames import native_frame, read_frame
from viewer.dicom.ledger import Skipped
from viewer.dicom.presentation_states import read_state
from viewer.dicom.reading import read_header
from viewer.dicom.scanning import scan
from viewer.dicom.source_files import SourceFile
from viewer.dicom.sources import find_files
from viewer.dicom.tags import Kind, read_tags

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


# -- like a folder


@pytest.mark.parametrize("method", [STORED, DEFLATED])
def test_a_study_in_an_archive_is_read_like_one_in_a_folder(tmp_path: Path, method: int) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    with zipfile.ZipFile(tmp_path / "study.zip", "w", method) as made:
        for number in range(1, 12):
            synthetic.write(folder / f"IM{number}", VALUES // number, InstanceNumber=number)
            made.write(folder / f"IM{number}", f"IM{number}")
    in_zip, in_folder = shown(tmp_path / "study.zip"), shown(folder)
    assert [os.path.relpath(path, tmp_path / "study.zip") for path in in_zip] == [
        os.path.relpath(path, folder) for path in in_folder
    ]
    for inside, outside in zip(in_zip, in_folder, strict=True):
        header, same = read_header(inside), read_header(outside)
        assert header.in_archive
        assert replace(header, path="", mtime_ns=0) == replace(
            same, path="", mtime_ns=0, in_archive=True
        )
        (pixels, seen), (expected, told) = read_frame(inside, 0), read_frame(outside, 0)
        np.testing.assert_array_equal(pixels, expected)
        assert seen == told
        assert list(read_tags(inside, LIMITS).values) == list(read_tags(outside, LIMITS).values)


def test_files_come_in_natural_order_those_of_a_folder_before_its_sub_folders(
    tmp_path: Path,
) -> None:
    names = ["b/2", "IM10", "b/10", "im2", "a/x/1", "IM1", "a/1", "b/"]
    path = write_zip(tmp_path / "x.zip", *(a_file(name) for name in names))
    found = [item.path for item in find_files([path]) if isinstance(item, SourceFile)]
    relative = [os.path.relpath(item, path) for item in found]
    assert relative == ["IM1", "im2", "IM10", "a/1", "a/x/1", "b/2", "b/10"]


def test_an_archive_in_a_folder_is_looked_into_and_each_file_counted(
    tmp_path: Path, image: bytes
) -> None:
    write_zip(tmp_path / "Study.ZIP", a_file("IM1", image), a_file("notes.txt", b"some words"))
    (tmp_path / "alone").write_bytes(image + b"\0\0")
    found = list(scan([str(tmp_path)]))
    kinds = [item.kind if isinstance(item, Skipped) else "shown" for item in found]
    assert sorted(kinds) == ["archive", "not-dicom", "shown", "shown"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [("a/1", ["a/1"]), ("a", ["a/1", "a/2", "a/x/3"]), ("a/x", ["a/x/3"]), ("b/1", [])],
)
def test_a_path_within_an_archive_names_a_file_or_a_folder(
    tmp_path: Path, image: bytes, asked: str, given: list[str]
) -> None:
    files = [a_file(name, image) for name in ("a/1", "a/2", "a/x/3")]
    path = write_zip(tmp_path / "x.zip", *files)
    found = list(find_files([os.path.join(path, asked)]))
    assert [item.path for item in found if isinstance(item, SourceFile)] == [
        os.path.join(path, name) for name in given
    ]
    assert [item.kind for item in found if isinstance(item, Skipped)] == ["missing"] * (not given)


def test_a_file_is_an_archive_by_its_first_bytes(tmp_path: Path, image: bytes) -> None:
    write_zip(tmp_path / "no extension", a_file("IM1", image))
    assert shown(tmp_path / "no extension") == [str(tmp_path / "no extension" / "IM1")]
    (tmp_path / "dicom.zip").write_bytes(b"PK\3\4" + image[4:])
    assert shown(tmp_path / "dicom.zip") == [str(tmp_path / "dicom.zip")]
    (tmp_path / "words.zip").write_bytes(b"no archive, only its name")
    assert the_refusal(tmp_path / "words.zip").kind == "not-dicom"


def test_a_folder_named_like_an_archive_is_a_folder(tmp_path: Path, image: bytes) -> None:
    (tmp_path / "x.zip").mkdir()
    (tmp_path / "x.zip" / "IM1").write_bytes(image)
    (tmp_path / "x.zip" / "link").symlink_to(tmp_path / "x.zip")
    assert shown(tmp_path / "x.zip") == [str(tmp_path / "x.zip" / "IM1")]


def test_a_dicomdir_in_an_archive_is_counted_as_an_index(tmp_path: Path, image: bytes) -> None:
    path = write_zip(tmp_path / "x.zip", a_file("DICOMDIR", b"?"), a_file("A/IM1", image))
    assert the_refusal(path).kind == "index"
    assert len(shown(path)) == 1


def test_an_empty_archive_holds_nothing(tmp_path: Path) -> None:
    (only,) = scan([write_zip(tmp_path / "x.zip")])
    assert isinstance(only, Skipped)
    assert only.kind == "archive"


def test_the_frames_of_a_member_are_unpacked_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = np.stack([VALUES // number for number in range(1, 9)])
    synthetic.write(tmp_path / "made", frames, NumberOfFrames=8)
    path = write_zip(tmp_path / "x.zip", a_file("IM1", (tmp_path / "made").read_bytes()))
    begun = []
    inflater = zlib.decompressobj

    def counted(*arguments: int) -> object:
        begun.append(arguments)
        return inflater(*arguments)

    monkeypatch.setattr("viewer.dicom.member_streams.zlib.decompressobj", counted)
    for index in (0, 7, 3, 4):
        np.testing.assert_array_equal(
            read_frame(os.path.join(path, "IM1"), index)[0], frames[index]
        )
    assert len(begun) == 1


@pytest.mark.parametrize("syntax", [synthetic.JPEG_LS, synthetic.JPEG_2000, synthetic.RLE])
def test_compressed_frames_are_decoded_as_from_a_file(tmp_path: Path, syntax: str) -> None:
    stream = synthetic.streams(VALUES)[syntax]
    synthetic.write(
        tmp_path / "made", VALUES, transfer_syntax=syntax, frames=[stream], BitsStored=12
    )
    path = write_zip(tmp_path / "x.zip", a_file("IM1", (tmp_path / "made").read_bytes()))
    header = read_header(os.path.join(path, "IM1"))
    np.testing.assert_array_equal(read_frame(header.path, 0)[0], VALUES)
    frame = compressed_frame(header)
    assert frame is not None
    quickly = read_compressed(header.path, frame)
    assert quickly is not None
    np.testing.assert_array_equal(quickly[0], VALUES)


def test_a_deflated_data_set_in_an_archive_is_read(tmp_path: Path) -> None:
    synthetic.write(tmp_path / "made", VALUES, transfer_syntax="1.2.840.10008.1.2.1.99")
    path = write_zip(tmp_path / "x.zip", a_file("IM1", (tmp_path / "made").read_bytes()))
    np.testing.assert_array_equal(read_frame(os.path.join(path, "IM1"), 0)[0], VALUES)


def test_a_presentation_state_in_an_archive_is_read(tmp_path: Path) -> None:
    file = states.write(states.a_drawn_state(), tmp_path / "state")
    path = write_zip(tmp_path / "x.zip", a_file("PR1", Path(file).read_bytes()))
    assert read_state(os.path.join(path, "PR1")) == read_state(str(file))


def test_the_parent_leaves_members_to_its_children(tmp_path: Path, image: bytes) -> None:
    (tmp_path / "plain").write_bytes(image)
    path = write_zip(tmp_path / "x.zip", a_file("IM1", image, method=STORED))
    assert native_frame(read_header(str(tmp_path / "plain"))) is not None
    assert native_frame(read_header(os.path.join(path, "IM1"))) is None


def test_a_header_is_read_without_unpacking_the_rest(tmp_path: Path, large: bytes) -> None:
    packed = bytearray(deflated(large))
    packed[len(packed) // 2 :] = b"\xff" * (len(packed) - len(packed) // 2)
    path = write_zip(tmp_path / "x.zip", a_file("IM1", large, packed=bytes(packed)))
    assert len(shown(path)) == 1
    with pytest.raises(PixelError, match="copy the archive again"):
        read_frame_of(path)


def test_an_archive_replaced_while_open_is_noticed(tmp_path: Path, large: bytes) -> None:
    path = write_zip(tmp_path / "x.zip", a_file("IM1", large))
    header = read_header(os.path.join(path, "IM1"))
    write_zip(tmp_path / "x.zip", a_file("IM1", large), a_file("IM2", large))
    os.utime(path, ns=(0, header.mtime_ns))
    again = read_header(os.path.join(path, "IM1"))
    assert again.mtime_ns != header.mtime_ns
    os.remove(path)
    with pytest.raises(PixelError, match="no such file"):
        read_frame_of(path)


def test_scanning_an_archive_loads_nothing_that_takes_long(tmp_path: Path, image: bytes) -> None:
    path = write_zip(tmp_path / "x.zip", a_file("IM1", image), a_file("IM2", image))
    program = (
        "import sys; from viewer.dicom.scanning import scan; print(len(list(scan(sys.argv[1:]))),"
        "*{'pydicom', 'numpy', 'zipfile', 'json', 'hashlib'} & sys.modules.keys())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["3"]


# -- the commands


def test_the_commands_take_archives_and_their_files(
    tmp_path: Path,
    image: bytes,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_zip(tmp_path / "x.zip", a_file("A/IM1", image))
    member = os.path.join(path, "A", "IM1")
    for arguments in (["list", path], ["check", path], ["list", member], ["check", member]):
        assert main(arguments) == 0
        assert "80" in capsys.readouterr().out
    assert main(["dump", member, "--find", "Modality"]) == 0
    assert "OT" in capsys.readouterr().out
    assert main(["explain", member]) == 0
    assert main(["render", member]) == 0
    assert (tmp_path / "IM1.png").exists()
    for command in ("dump", "render", "explain"):
        assert main([command, path]) == 1
        assert "This is an archive; name one file in it" in capsys.readouterr().err


def test_a_picture_does_not_replace_the_archive_it_is_from(
    tmp_path: Path, image: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_zip(tmp_path / "x.zip", a_file("IM1", image))
    before = Path(path).read_bytes()
    assert main(["render", os.path.join(path, "IM1"), "-o", path]) == 1
    assert "replace" in capsys.readouterr().err
    assert Path(path).read_bytes() == before


# -- damage


def test_of_a_cut_archive_what_is_there_is_shown(tmp_path: Path, large: bytes) -> None:
    whole = a_zip(*(a_file(f"IM{number}", large) for number in range(1, 4)))
    (tmp_path / "x.zip").write_bytes(whole[: len(whole) * 4 // 5])
    path = str(tmp_path / "x.zip")
    assert [os.path.basename(one) for one in shown(path)] == ["IM1", "IM2", "IM3"]
    assert "Its end is missing; 3 files were found in it all the same" in the_refusal(path).reason
    read_frame_of(path, "IM2")
    with pytest.raises(PixelError, match="It is cut short"):
        read_frame_of(path, "IM3")


def test_of_a_cut_archive_that_was_streamed_what_is_there_is_shown(
    tmp_path: Path, large: bytes
) -> None:
    """Writers that cannot go back put sizes behind each file, and nowhere else but at the end."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:  # type: ignore[call-overload]
        for name in ("IM1", "IM2", "IM3"):
            made.writestr(name, large)
    (tmp_path / "x.zip").write_bytes(pipe.data[: len(pipe.data) * 4 // 5])
    path = str(tmp_path / "x.zip")
    assert [os.path.basename(one) for one in shown(path)] == ["IM1", "IM2"]
    assert [os.path.basename(one.path) for one in skipped(path)] == ["x.zip", "IM3"]
    read_frame_of(path, "IM2")


@pytest.mark.parametrize("method", [STORED, DEFLATED])
def test_a_wrong_checksum_is_the_reason_instead_of_the_picture(
    tmp_path: Path, large: bytes, method: int
) -> None:
    path = write_zip(
        tmp_path / "x.zip",
        a_file("IM1", large, crc=1, method=method),
        a_file("IM2", large + b"\0\0", method=method),
    )
    assert len(shown(path)) == 2
    for _ in range(2):
        with pytest.raises(PixelError, match=r"Its checksum .* is wrong"):
            read_frame_of(path)
    header = read_header(os.path.join(path, "IM1"))
    table = read_tags(header.path, LIMITS)
    assert "Modality" in table.keywords
    assert [table.values[row] for row in range(len(table)) if table.kinds[row] == Kind.NOTE]
    frame = compressed_frame(header)
    assert frame is None or read_compressed(header.path, frame) is None
    read_frame_of(path, "IM2")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data, at: data[:at] + b"\xa5" * 20 + data[at + 20 :],
        lambda data, at: data[: at + 60] + b"\xa5" * 60 + data[at + 120 :],
    ],
    ids=["first", "later"],
)
def test_garbage_in_the_directory_is_told_and_the_files_are_shown(
    tmp_path: Path, image: bytes, spoil: Callable[[bytes, int], bytes]
) -> None:
    data = a_zip(*(a_file(f"IM{number}", image + b"\0\0" * number) for number in range(1, 4)))
    (tmp_path / "x.zip").write_bytes(spoil(data, data.index(b"PK\1\2")))
    assert len(shown(tmp_path / "x.zip")) == 3
    assert "Its directory is damaged at file" in the_refusal(tmp_path / "x.zip").reason


@pytest.mark.parametrize(
    ("file", "kind", "words"),
    [
        ({"flags": 1}, "unreadable", "encrypted"),
        ({"method": 9, "packed": b"x" * 99}, "unreadable", "Deflate64, which is not supported"),
        ({"method": 99, "packed": b"x" * 99}, "unreadable", "method 99"),
        ({"name": b"more.zip"}, "unreadable", "An archive in an archive, left unopened"),
        ({"local_name": b"other"}, "damaged", "not where the archive's directory says"),
        ({"packed": b""}, "damaged", "cut short"),
        ({"packed": b"\xff" * 50}, "damaged", "compressed data is damaged"),
        ({"data": b""}, "not-dicom", "empty"),
    ],
)
def test_what_cannot_be_unpacked_is_listed_and_the_rest_loads(
    tmp_path: Path, image: bytes, file: dict[str, object], kind: str, words: str
) -> None:
    bad = File(**{"name": b"bad", "data": image[:-4], **file})  # type: ignore[arg-type]
    path = write_zip(tmp_path / "x.zip", bad, a_file("IM2", image))
    refusal = the_refusal(path)
    assert refusal.kind == kind
    assert words in refusal.reason
    assert [os.path.basename(one) for one in shown(path)] == ["IM2"]
