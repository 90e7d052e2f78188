"""`negato dump`: what a user sees in the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file

from viewer.cli import main


def sample(name: str) -> str:
    return str(get_testdata_file(name, download=False))


def test_dump_shows_nested_tags_indented(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", sample("rtplan.dcm")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "(0010,0010) PN Patient's Name: Last^First^mid^pre" in lines
    assert any(line.startswith("  Item 1") for line in lines)
    assert any(line.startswith("    (300A,") for line in lines)


def test_find_shows_matches_with_their_keyword_paths(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", sample("rtplan.dcm"), "--find", "referencedsopinstanceuid"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all("[0].ReferencedSOPInstanceUID: " in line for line in lines)


def test_finding_nothing_is_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", sample("rtplan.dcm"), "--find", "no such text"]) == 1
    assert capsys.readouterr() == ("", "negato: no tag holds that text\n")


def test_json_nests_items(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", sample("rtplan.dcm"), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["tag"] == "(0002,0000)"
    beams = next(row for row in rows if row["keyword"] == "BeamSequence")
    assert beams["vr"] == "SQ"
    assert beams["value"] == "1 item"
    assert len(beams["items"]) == 1
    assert any(row["keyword"] == "BeamName" for row in beams["items"][0])
    assert set(rows[0]) == {"tag", "keyword", "name", "vr", "length", "value"}


def test_json_matches_carry_their_paths(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", sample("rtplan.dcm"), "--find", "BeamName", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["path"] for row in rows] == ["BeamSequence[0].BeamName"]


def test_control_characters_never_reach_the_terminal(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dump", str(corpus / "derived/broken/script_in_names.dcm")]) == 0
    out = capsys.readouterr().out
    assert "<img src=x onerror=alert(1)>^%s%n" in out
    assert all(character.isprintable() or character == "\n" for character in out)


@pytest.mark.parametrize("content", [None, b"", b"this is no DICOM file, it is text"])
def test_what_cannot_be_read_is_one_line_and_exit_code_1(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    assert main(["dump", str(path)]) == 1
    out, err = capsys.readouterr()
    assert not out
    assert len(err.splitlines()) == 1
    assert str(path) in err


def test_rows_are_written_as_csv_without_formulas(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", sample("rtplan.dcm"), "--find", "BeamName", "--format", "csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Tag,Path,Name,VR,Length,Value,Readable"
    assert lines[1] == '"(300A,00C2)",BeamSequence[0].BeamName,Beam Name,LO,8,Field 1,'


def test_depth_leaves_deeper_rows_out(capsys: pytest.CaptureFixture[str]) -> None:
    counts = []
    for depth in ("0", "1", "2", "9"):
        assert main(["dump", sample("rtplan.dcm"), "--depth", depth]) == 0
        counts.append(len(capsys.readouterr().out.splitlines()))
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[2]
    assert main(["dump", sample("rtplan.dcm")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == counts[-1]


def test_single_elements_come_with_all_that_is_in_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = sample("rtplan.dcm")
    assert main(["dump", path, "--tag", "PatientName", "--tag", "300A0070"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "(0010,0010) PN PatientName: Last^First^mid^pre"
    assert lines[1].startswith("(300A,0070) SQ FractionGroupSequence")
    assert any("FractionGroupSequence[0].ReferencedBeamSequence[0]." in line for line in lines)
    assert main(["dump", path, "--tag", "NoSuch"]) == 1
    assert "There is no NoSuch" in capsys.readouterr().err


def test_values_are_readable_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    ct = sample("CT_small.dcm")
    assert main(["dump", ct, "--tag", "StudyDate", "--values", "both"]) == 0
    assert capsys.readouterr().out == "(0008,0020) DA StudyDate: 20040119  [19 Jan 2004]\n"
    assert main(["dump", ct, "--tag", "StudyDate", "--values", "readable"]) == 0
    assert capsys.readouterr().out == "(0008,0020) DA StudyDate: 19 Jan 2004\n"


def test_python_lines_are_run(capsys: pytest.CaptureFixture[str]) -> None:
    find = ["--find", "keyword:BeamName", "--format", "python"]
    assert main(["dump", sample("rtplan.dcm"), *find]) == 0
    assert eval(capsys.readouterr().out, {"pydicom": pydicom}) == "Field 1"


def test_the_dicom_json_model_is_read_by_pydicom(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", sample("rtplan.dcm"), "--format", "dicom-json"]) == 0
    dataset = pydicom.Dataset.from_json(capsys.readouterr().out)
    assert dataset.BeamSequence[0].BeamName == "Field 1"
    assert "TransferSyntaxUID" not in dataset


def test_patterns_are_found_or_told_to_be_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", sample("rtplan.dcm"), "--find", "name:/^beam name$/"]) == 0
    assert "BeamSequence[0].BeamName" in capsys.readouterr().out
    assert main(["dump", sample("rtplan.dcm"), "--find", "/(/"]) == 2
    assert "no regular expression" in capsys.readouterr().err


def test_a_value_is_saved_whole_and_never_over_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ct = sample("CT_small.dcm")
    out = tmp_path / "pixels"
    assert main(["dump", ct, "--save", "PixelData", "-o", str(out)]) == 0
    assert out.read_bytes() == pydicom.dcmread(ct).PixelData
    assert "32,768 bytes" in capsys.readouterr().out
    assert main(["dump", ct, "--save", "PatientName", "-o", str(out)]) == 1
    assert "add --replace" in capsys.readouterr().err
    assert out.stat().st_size == 32768
    assert main(["dump", ct, "--save", "PatientName", "-o", str(out), "--replace"]) == 0
    assert out.read_bytes() == b"CompressedSamples^CT1 "
    assert [file.name for file in tmp_path.iterdir()] == ["pixels"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--save", "PixelData"], 2, "needs -o"),
        (["-o", "x"], 2, "needs --save"),
        (["--save", "NoSuch", "-o", "x"], 1, "There is no NoSuch"),
        (["--save", "PixelData", "-o", "no/such/folder/x"], 1, "cannot be written"),
    ],
)
def test_wrong_ways_to_save_are_told(
    arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dump", sample("CT_small.dcm"), *arguments]) == code
    assert told in capsys.readouterr().err


def test_private_elements_are_found_with_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dump", sample("CT_small.dcm"), "--find", "tag:0019,1002"]) == 0
    assert "(0019,1002) [GEMS_ACQU_01] " in capsys.readouterr().out


def test_fragments_are_saved_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sample("SC_rgb_rle_2frame.dcm")
    assert main(["dump", path, "--save", "PixelData", "-o", str(tmp_path / "out")]) == 0
    assert "of 2 fragments, one after the other" in capsys.readouterr().out


def test_one_value_is_shown_whole_or_as_bytes(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(corpus / "lut_overlay/csa_slice_norm.dcm")
    assert main(["dump", path, "--show", "(0029,1010)"]) == 0
    assert "NumberOfImagesInMosaic: 32\n" in capsys.readouterr().out
    assert main(["dump", path, "--hex", "(0029,1010)"]) == 0
    assert capsys.readouterr().out.startswith("00000000  53 56 31 30 00 00 00 00")
    assert main(["dump", path, "--show", "StudyDate"]) == 0
    assert capsys.readouterr().out == "19000101\n1 Jan 1900\n"
