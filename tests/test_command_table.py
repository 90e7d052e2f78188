"""The command ``negato table``: what it writes, where it refuses, what it leaves behind."""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tests.dicom.synthetic import grey, write
from viewer.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give two series, of three files and of one, and a file that is no DICOM."""
    below = tmp_path / "in"
    below.mkdir()
    for number in range(3):
        write(
            below / f"CT{number}",
            grey(),
            PatientID="7",
            PatientName="=HYPERLINK(1)",
            StudyInstanceUID="1.1",
            SeriesInstanceUID="1.2",
            SeriesDescription="axial",
            Modality="CT",
            InstanceNumber=number + 9,
            SliceThickness="2.50",
        )
    write(below / "MR", grey(), StudyInstanceUID="1.1", SeriesInstanceUID="1.3", Modality="MR")
    (below / "notes.txt").write_text("no DICOM")
    return below


def _csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_csv_goes_to_standard_output_with_the_counts_beside_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["table", str(folder), "--columns", "Modality,InstanceNumber,file"]) == 0
    told = capsys.readouterr()
    assert _csv(told.out) == [
        ["Modality", "InstanceNumber", "file"],
        ["CT", "9", "CT0"],
        ["CT", "10", "CT1"],
        ["CT", "11", "CT2"],
        ["MR", "", "MR"],
    ]
    assert "4 rows of 4 files. 1 other file not in the table: 1 not-dicom." in told.err


def test_no_cell_of_csv_is_a_formula(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", str(folder), "--columns", "PatientName"]) == 0
    assert _csv(capsys.readouterr().out)[1] == ["'=HYPERLINK(1)"]


def test_each_level_has_usual_columns(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for level, rows in (("instance", 4), ("series", 2), ("study", 1)):
        assert main(["table", str(folder), "--level", level]) == 0
        table = _csv(capsys.readouterr().out)
        assert len(table) == 1 + rows
        assert {"PatientID", "Modality", "path"} <= set(table[0])


def test_series_are_folded_and_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    columns = "Modality,InstanceNumber,SliceThickness,instances,path"
    assert main(["table", str(folder), "--level", "series", "--columns", columns]) == 0
    _, first, second = _csv(capsys.readouterr().out)
    assert first == ["CT", "9; 10; 11 (3 values)", "2.50", "3", str(folder)]
    assert second == ["MR", "", "", "1", str(folder / "MR")]


def test_rows_are_chosen_and_sorted_as_numbers(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--columns", "file", "--where", "Modality=CT", "--sort", "InstanceNumber"]
    assert main(["table", str(folder), *arguments]) == 0
    assert [row[0] for row in _csv(capsys.readouterr().out)] == ["file", "CT0", "CT1", "CT2"]
    assert main(["table", str(folder), *arguments, "--descending"]) == 0
    told = capsys.readouterr()
    assert [row[0] for row in _csv(told.out)] == ["file", "CT2", "CT1", "CT0"]
    assert "1 did not meet the conditions" in told.err


def test_files_that_cannot_be_read_are_rows_on_request(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "CT0").write_bytes((folder / "CT0").read_bytes()[:400])
    columns = ["--columns", "file,status,Modality"]
    assert main(["table", str(folder), "--all-files", *columns]) == 1
    table = _csv(capsys.readouterr().out)
    assert ["CT0", "damaged", ""] in table
    assert ["notes.txt", "not-dicom", ""] in table
    assert main(["table", str(folder), *columns]) == 1
    told = capsys.readouterr()
    assert "CT0" not in told.out
    assert f"{folder / 'CT0'}: The file ends within" in told.err


def _records(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".json":
        found: list[dict[str, Any]] = json.loads(path.read_text())
        return found
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
        return frame.astype(object).where(frame.notna(), None).to_dict("records")
    rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


@pytest.mark.parametrize("ending", ["json", "parquet", "xlsx"])
def test_numbers_are_numbers_and_texts_as_they_are(
    folder: Path, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"out.{ending}"
    columns = "PatientName,InstanceNumber,SliceThickness,file"
    assert main(["table", str(folder), "--columns", columns, "-o", str(out)]) == 0
    records = _records(out)
    assert records[0] == {
        "PatientName": "=HYPERLINK(1)",
        "InstanceNumber": 9,
        "SliceThickness": 2.5,
        "file": "CT0",
    }
    assert records[3] == {
        "PatientName": None,
        "InstanceNumber": None,
        "SliceThickness": None,
        "file": "MR",
    }
    assert "4 rows of 4 files written to" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--columns", "PatientNam"], "did you mean PatientName"),
        (["--columns", ","], "names none"),
        (["--where", "Modality"], "no condition"),
        (["--sort", "Nothing9"], "no column"),
        (["--all-files", "--level", "study"], "--all-files gives rows for files"),
        (["-o", "out.txt"], "A table ends in .csv, .json, .parquet or .xlsx"),
        (["-o", "nowhere/out.csv"], "There is no folder"),
    ],
)
def test_what_is_asked_for_wrongly_is_said_in_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["table", str(folder), *arguments]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert not told.out


def test_without_a_path_it_is_said_what_to_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table"]) == 2
    assert "Name what the table is to be of" in capsys.readouterr().err


def test_a_file_that_exists_is_replaced_only_on_request(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("mine")
    assert main(["table", str(folder), "-o", str(out)]) == 2
    assert "--replace" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert main(["table", str(folder), "-o", str(out), "--replace"]) == 0
    assert out.read_text().startswith("PatientID,")


def test_a_file_to_be_read_is_never_written_to(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = folder / "CT0.csv"
    image.write_bytes((folder / "CT0").read_bytes())
    before = image.read_bytes()
    assert main(["table", str(image), "-o", str(image), "--replace"]) == 2
    assert "is to be read as well" in capsys.readouterr().err
    assert image.read_bytes() == before


def test_a_table_within_what_is_read_is_no_file_of_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["table", str(folder), "-o", str(folder / "out.csv")]) == 0
    assert "1 other file not in the table: 1 not-dicom" in capsys.readouterr().err
    assert sorted(os.listdir(folder)) == ["CT0", "CT1", "CT2", "MR", "notes.txt", "out.csv"]


def test_of_nothing_there_is_no_table(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    out = tmp_path / "out.csv"
    assert main(["table", str(empty), "-o", str(out)]) == 1
    assert "No DICOM file was found" in capsys.readouterr().err
    assert main(["table", str(folder), "--where", "Modality=XX", "-o", str(out)]) == 1
    assert "None of the 4 files holds to the conditions" in capsys.readouterr().err
    assert main(["table", str(tmp_path / "gone"), "-o", str(out)]) == 1
    assert "gone" in capsys.readouterr().err
    assert sorted(os.listdir(tmp_path)) == ["empty", "in"]


@pytest.mark.skipif(sys.platform == "win32", reason="bounds on files are those of POSIX")
@pytest.mark.parametrize("ending", ["csv", "json", "parquet", "xlsx"])
def test_a_full_disc_leaves_nothing(folder: Path, tmp_path: Path, ending: str) -> None:
    place = tmp_path / "place"
    place.mkdir()
    command = [
        sys.executable,
        "-m",
        "viewer",
        "table",
        str(folder),
        "-o",
        str(place / f"o.{ending}"),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, preexec_fn=_small_files
    )
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert os.listdir(place) == []


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))


def test_a_missing_library_is_named_with_what_installs_it(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for ending, module in (("parquet", "pyarrow.parquet"), ("xlsx", "openpyxl")):
        monkeypatch.setitem(sys.modules, module, None)
        assert main(["table", str(folder), "-o", str(tmp_path / f"out.{ending}")]) == 2
        assert "pip install pandas pyarrow openpyxl" in capsys.readouterr().err


def test_columns_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", "--list-columns", "slicethick"]) == 0
    assert capsys.readouterr().out.split() == ["SliceThickness", "DS", "Slice", "Thickness"]
    assert main(["table", "--list-columns", "nonsense42"]) == 1


def _controlled(order: object, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    command = [sys.executable, "-m", "viewer", "table", "--control", "--json", *arguments]
    given = json.dumps(order) + "\n"
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_the_window_is_told_rows_and_the_end(folder: Path) -> None:
    code, lines = _controlled({"paths": [str(folder)]}, "--columns", "Modality,Rows")
    assert code == 0
    assert lines[0] == {
        "fields": [{"title": "Modality", "numeric": ""}, {"title": "Rows", "numeric": "int"}]
    }
    rows = [row for line in lines for row in line.get("rows", [])]
    assert rows[0] == [str(folder / "CT0"), "CT", "24"]
    assert lines[-1]["result"] == "done"
    assert [one["kind"] for one in lines[-1]["left_out"]] == ["not-dicom"]


def test_rows_of_the_window_are_written(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    order = {"paths": [], "fields": [{"title": "a", "numeric": "int"}], "rows": [["1"], ["=2"]]}
    code, lines = _controlled(order, "-o", str(out))
    assert code == 0
    assert lines[-1]["message"] == f"2 rows written to {out}."
    assert _records(out) == [{"a": 1}, {"a": "=2"}]


def test_it_can_be_stopped(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    command = [sys.executable, "-m", "viewer", "table", "--control", "--json", "-o", str(out)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    told, _ = process.communicate(json.dumps({"paths": [str(folder)]}) + "\nstop\n", timeout=60)
    end = json.loads(told.splitlines()[-1])
    assert (process.returncode, end["result"]) in ((130, "cancelled"), (0, "done"))
    assert out.exists() is (end["result"] == "done")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("ending", ["csv", "json", "parquet", "xlsx"])
def test_a_name_that_is_no_text_is_told_as_far_as_it_goes(tmp_path: Path, ending: str) -> None:
    write(tmp_path / os.fsdecode(b"a\xff.dcm"), grey())
    out = tmp_path / f"out.{ending}"
    assert main(["table", str(tmp_path), "--columns", "path", "-o", str(out)]) == 0
    assert out.stat().st_size
