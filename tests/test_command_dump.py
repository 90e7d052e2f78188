"""`negato dump`: what a user sees in the terminal."""

from __future__ import annotations

import json
from pathlib import Path

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
