from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from viewer.cli import main
from viewer.workers.scan import Stopped, scan_in_child


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(get_testdata_file("CT_small.dcm", download=False), tmp_path / "a")
    shutil.copy(get_testdata_file("MR_small.dcm", download=False), tmp_path / "b")
    (tmp_path / "notes.txt").write_text("not an image")
    return tmp_path


def test_folder_is_listed_with_its_ledger(folder, capsys):
    assert main(["list", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "3 files: 2 images in 2 series, 1 not DICOM" in out
    assert "128 × 128" in out


def test_json_accounts_for_every_file(folder, capsys):
    assert main(["list", "--json", str(folder)]) == 0
    values = json.loads(capsys.readouterr().out)
    files = [
        file
        for patient in values["patients"]
        for study in patient["studies"]
        for series in study["series"]
        for stack in series["stacks"]
        for file in stack["files"]
    ]
    assert sorted(files) == [str(folder / "a"), str(folder / "b")]
    assert [s["path"] for s in values["ledger"]["skipped"]] == [str(folder / "notes.txt")]
    assert (values["ledger"]["seen"], values["ledger"]["shown"]) == (3, 2)


def test_a_missing_path_among_others_is_said_and_the_rest_listed(folder, capsys):
    assert main(["list", str(folder), str(folder / "gone")]) == 1
    captured = capsys.readouterr()
    assert "2 images" in captured.out
    assert len(captured.err.splitlines()) == 1
    assert str(folder / "gone") in captured.err


def test_a_scan_that_was_stopped_early_is_said_and_is_no_success(folder, capsys, monkeypatch):
    def stopped_early(paths, limits):
        yield from scan_in_child(paths, limits)
        yield [Stopped("The scan was stopped early.")]

    monkeypatch.setattr("viewer.commands.list.scan_in_child", stopped_early)
    assert main(["list", "--csv", str(folder)]) == 1
    captured = capsys.readouterr()
    assert "MR" in captured.out
    assert captured.err == "negato: The scan was stopped early.\n"


def fails_with_one_line(path: Path, capsys) -> str:
    assert main(["list", str(path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert str(path) in captured.err
    return captured.err


def test_a_missing_path_is_one_line(tmp_path, capsys):
    fails_with_one_line(tmp_path / "gone", capsys)


def test_an_empty_folder_is_one_line(tmp_path, capsys):
    assert "empty" in fails_with_one_line(tmp_path, capsys)


def test_a_folder_without_dicom_counts_its_files(tmp_path, capsys):
    for n in range(12):
        (tmp_path / f"{n}.txt").write_text("text")
    assert "holds 12 files, none is DICOM" in fails_with_one_line(tmp_path, capsys)


def test_a_file_that_is_no_dicom_is_one_line(tmp_path, capsys):
    file = tmp_path / "notes.txt"
    file.write_text("text")
    fails_with_one_line(file, capsys)
