"""`negato matrix`: what varies over a series, for people, as JSON lines and as CSV."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from pydicom.data import get_testdata_file

from tests.dicom.enhanced_files import write_enhanced, write_series
from viewer.cli import main


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_people_see_what_varies_and_what_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path)
    assert main(["matrix", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    varying, _, same = out.partition("The same in all frames:")
    assert "IS XRayTubeCurrent: 100 to 140, 5 different" in varying
    assert "DS KVP: 120" in same
    assert "Left out as bulk: PixelData." in same


def test_private_attributes_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["matrix", get_testdata_file("CT_small.dcm")]) == 0
    assert "(0019,1024) [GEMS_ACQU_01] Mid Scan Time" in capsys.readouterr().out


def test_json_has_a_line_for_each_attribute(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path)
    assert main(["matrix", str(tmp_path), "--json", "--varying"]) == 0
    told = lines(capsys.readouterr().out)
    frames = next(line["frames"] for line in told if "frames" in line)
    assert [frame["position_mm"] for frame in frames] == [0, 2, 4, 6, 8]
    columns = {line["column"]["path"]: line["column"] for line in told if "column" in line}
    assert columns["XRayTubeCurrent"]["values"] == ["100", "110", "120", "130", "140"]
    assert "KVP" not in columns
    assert told[-1]["result"] == "done"
    assert told[-1]["left_out"] == ["PixelData"]


def test_frames_of_one_file_that_two_children_read_keep_their_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_enhanced(tmp_path / "e")
    assert main(["matrix", str(path), "--json"]) == 0
    told = lines(capsys.readouterr().out)
    columns = {line["column"]["path"]: line["column"] for line in told if "column" in line}
    exposure = columns["CTExposureSequence[0].ExposureInmAs"]
    assert exposure["values"] == ["50.0", "51.0", "52.0", "53.0"]
    assert columns["PixelMeasuresSequence[0].SliceThickness"]["value"] == "3.0"


def test_csv_has_a_row_for_each_frame_and_no_formulas(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path / "s", StationName="=1+2")
    out = tmp_path / "out.csv"
    assert main(["matrix", str(tmp_path / "s"), "-o", str(out)]) == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert [row["XRayTubeCurrent"] for row in rows] == ["100", "110", "120", "130", "140"]
    assert {row["StationName"] for row in rows} == {"'=1+2"}
    assert {row["KVP"] for row in rows} == {"120"}
    assert str(out) in capsys.readouterr().out


def test_a_file_that_is_there_is_written_over_on_request_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path / "s")
    out = tmp_path / "out.csv"
    out.write_text("mine")
    assert main(["matrix", str(tmp_path / "s"), "-o", str(out)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert main(["matrix", str(tmp_path / "s"), "-o", str(out), "--replace"]) == 0
    assert out.read_text("utf-8-sig").startswith("Frame,")


def test_a_source_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_series(tmp_path)[0]
    before = path.read_bytes()
    assert main(["matrix", str(tmp_path), "-o", str(path), "--replace"]) == 1
    assert "one of the files that are read" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_one_of_several_stacks_is_to_be_chosen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path / "a")
    write_enhanced(
        tmp_path / "b", SeriesInstanceUID="1.2.88", SOPInstanceUID="1.2.99", PatientName="Doe^Jane"
    )
    assert main(["matrix", str(tmp_path)]) == 1
    assert "--stack" in capsys.readouterr().err
    assert main(["matrix", str(tmp_path), "--stack", "1.2.88", "--varying"]) == 0
    assert "CTExposureSequence[0].ExposureInmAs: 50 to 53" in capsys.readouterr().out
    assert main(["matrix", str(tmp_path), "--stack", "1.2.3"]) == 1
    assert "There is no stack 1.2.3" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["matrix"], ["matrix", "x", "-o", "/nowhere/x.csv"]])
def test_wrong_use_is_one_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_nothing_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text").write_text("hello")
    assert main(["matrix", str(tmp_path), "--json"]) == 1
    (told,) = [line for line in lines(capsys.readouterr().out) if "result" in line]
    assert told["result"] == "failed"
    assert told["message"]


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_series(tmp_path)
    (tmp_path / "cut.dcm").write_bytes(bytes(128) + b"DICM" + b"\x02\0\0\0")
    assert main(["matrix", str(tmp_path)]) == 0
    assert "cut.dcm" in capsys.readouterr().err
