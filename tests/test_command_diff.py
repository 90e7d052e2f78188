"""`negato diff`: exit codes, what people and programs are told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.data import get_testdata_file

from tests.dicom.enhanced_files import write_enhanced, write_series
from viewer.cli import main


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str]:
    """Give two files that differ in KVP and in a UID."""
    (one,) = write_series(tmp_path, 1)
    dataset = pydicom.dcmread(one)
    dataset.KVP = "80"
    dataset.StudyInstanceUID = "1.2.78"
    dataset.save_as(tmp_path / "other")
    return str(one), str(tmp_path / "other")


def rows(text: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    told = [json.loads(line) for line in text.splitlines()]
    return [line["row"] for line in told if "row" in line], told[-1]


def test_a_difference_is_said_with_exit_code_1(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *pair]) == 1
    out = capsys.readouterr().out
    assert "~ (0018,0060) DS KVP: 120  →  80" in out
    assert "2 differences" in out
    assert "\x1b" not in out


def test_no_difference_is_exit_code_0(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(pair[0], tmp_path / "copy")
    assert main(["diff", pair[0], str(tmp_path / "copy")]) == 0
    assert capsys.readouterr().out.startswith("No differences")


def test_what_is_ignored_or_within_the_tolerance_does_not_count(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *pair, "--ignore", "uids", "--tolerance", "50"]) == 0
    assert "1 ignored, 1 equal as numbers" in capsys.readouterr().out
    assert main(["diff", *pair, "--ignore", "uids", "--tolerance", "50%"]) == 0
    assert main(["diff", *pair, "--ignore", "uids", "--tolerance", "10%"]) == 1


def test_json_says_each_difference_on_a_line(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *pair, "--json"]) == 1
    found, end = rows(capsys.readouterr().out)
    assert {row["path"]: row["subject"] for row in found} == {"KVP": "", "StudyInstanceUID": "uids"}
    assert (end["result"], end["differs"]) == ("done", True)
    assert main(["diff", *pair, "--json", "--all"]) == 1
    assert len(rows(capsys.readouterr().out)[0]) > 20


def test_two_series_are_folded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_series(tmp_path / "a", 4)
    write_series(tmp_path / "b", 3, StationName="CT2")
    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "b"), "--ignore", "meta,uids"]) == 1
    out = capsys.readouterr().out
    assert "+ (0008,1010) SH StationName: CT2  (in all 3 frames, the same way)" in out
    assert f"! Only in A: {tmp_path / 'a' / 'IM003'}" in out
    assert "paired by position; 1 only in A" in out


def test_many_frames_of_one_side_alone_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path / "a", 9)
    write_series(tmp_path / "b", 3)
    pair = [str(tmp_path / "a"), str(tmp_path / "b"), "--ignore", "meta,uids"]
    assert main(["diff", *pair]) == main(["diff", *pair, "--json"])
    out = capsys.readouterr().out
    assert f"! Only in A: {tmp_path / 'a' / 'IM003'} and 5 others\n" in out
    assert out.count('"note": "Only in A') == 6


def test_private_elements_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, other = get_testdata_file("CT_small.dcm"), tmp_path / "other.dcm"
    ds = pydicom.dcmread(path)
    ds[0x00191002].value = 1
    ds.save_as(other)
    assert main(["diff", path, str(other)]) == 1
    assert "(0019,1002) [GEMS_ACQU_01] " in capsys.readouterr().out


def test_frames_of_an_enhanced_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write_enhanced(tmp_path / "e"))
    assert main(["diff", path, path, "--frames", "1", "1"]) == 0
    assert main(["diff", path, path, "--frames", "1", "2"]) == 1
    assert "ExposureInmAs: 50.0  →  51.0" in capsys.readouterr().out
    assert main(["diff", path, path, "--frames", "1", "9"]) == 2
    assert "It has no frame 9; it has 4." in capsys.readouterr().err


def test_pixels_of_another_encoding_are_decoded(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus / "multiframe"
    names = ("emri_small.dcm", "emri_small_RLE.dcm")
    assert main(["diff", *(str(folder / name) for name in names)]) == 1
    assert "the first and the last frame have the same pixel values" in capsys.readouterr().out


@pytest.mark.parametrize(
    "more",
    [
        [],
        ["{a}"],
        ["{a}", "/nowhere"],
        ["{a}", "{text}"],
        ["{a}", "{b}", "--ignore", "all"],
        ["{a}", "{b}", "--tolerance", "much"],
        ["{a}", "{b}", "--frames", "0", "1"],
    ],
)
def test_wrong_use_and_unreadable_files_are_exit_code_2(
    pair: tuple[str, str], tmp_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text").write_text("hello")
    names = {"a": pair[0], "b": pair[1], "text": str(tmp_path / "text")}
    arguments = ["diff", *(one.format(**names) for one in more)]
    try:
        code: object = main(arguments)
    except SystemExit as end:  # of argparse
        code = end.code
    assert code == 2
    assert capsys.readouterr().err.strip()
