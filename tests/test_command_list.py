from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from tests.dicom.zips import a_file, write_zip
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
    """Give what is on standard error, where a reason is told that standard output then lacks."""
    assert main(["list", str(path)]) == 1
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1  # how many were skipped
    assert len(captured.err.splitlines()) == 1
    assert str(path) in captured.err
    return captured.err


def test_a_missing_path_is_one_line(tmp_path, capsys):
    fails_with_one_line(tmp_path / "gone", capsys)


def test_an_empty_folder_is_one_line(tmp_path, capsys):
    assert "There are no files in it" in fails_with_one_line(tmp_path, capsys)


def test_a_folder_without_dicom_counts_its_files(tmp_path, capsys):
    for n in range(12):
        (tmp_path / f"{n}.txt").write_text("text")
    assert "holds 12 files, none is DICOM" in fails_with_one_line(tmp_path, capsys)


def test_a_file_that_is_no_dicom_is_one_line(tmp_path, capsys):
    file = tmp_path / "notes.txt"
    file.write_text("text")
    fails_with_one_line(file, capsys)


@pytest.fixture
def encrypted(tmp_path: Path) -> str:
    return write_zip(tmp_path / "x.zip", a_file("IM1", flags=1), a_file("IM2", flags=1))


def test_where_nothing_can_be_shown_the_reason_of_all_is_told_once(encrypted, capsys):
    assert main(["list", encrypted]) == 1
    captured = capsys.readouterr()
    assert "3 files: 2 unreadable, 1 archive" in captured.out
    assert f"  {encrypted}/IM1: It is encrypted" in captured.out
    assert captured.err == (
        f"negato: {encrypted}: This holds 2 files, none can be shown; all for this reason: It is "
        "encrypted; unpack the archive with another program and open the folder.\n"
    )


def test_where_nothing_can_be_shown_json_and_csv_have_the_ledger(encrypted, capsys):
    assert main(["list", "--json", encrypted]) == 1
    values = json.loads(capsys.readouterr().out)
    kinds = [skipped["kind"] for skipped in values["ledger"]["skipped"]]
    assert (values["patients"], kinds) == ([], ["archive", "unreadable", "unreadable"])
    assert main(["list", "--csv", encrypted]) == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["status"] for row in rows] == kinds


def test_where_a_limit_hides_all_it_is_named(folder, capsys):
    assert main(["list", str(folder), "--limit", "elements_per_file=20"]) == 1
    captured = capsys.readouterr()
    assert "3 files: 2 over a limit, 1 not DICOM" in captured.out
    assert "none can be shown; a for this reason: " in captured.err
    assert "--limit elements_per_file=" in captured.err


def test_an_empty_archive_is_said_to_be_empty(tmp_path, capsys):
    path = tmp_path / "x.zip"
    write_zip(path)
    assert "There are no files in it" in fails_with_one_line(path, capsys)


def test_a_cut_archive_is_told_of_once(tmp_path, capsys):
    path = tmp_path / "x.zip"
    data = Path(write_zip(path, a_file("IM1", b"text" * 99))).read_bytes()
    path.write_bytes(data[:20])
    assert main(["list", str(path)]) == 1
    captured = capsys.readouterr()
    assert (captured.out + captured.err).count("Its end is missing; no file was found in it. ") == 1


def test_an_archive_in_an_archive_is_named(tmp_path, capsys):
    image = Path(get_testdata_file("CT_small.dcm", download=False)).read_bytes()
    path = write_zip(tmp_path / "x.zip", a_file("IM1", image), a_file("series/inner.zip", b"PK"))
    assert main(["list", path]) == 0
    out = capsys.readouterr().out
    assert "3 files: 1 image in 1 series, 1 unreadable, 1 archive" in out
    assert f"  {path}/series/inner.zip: An archive in an archive, left unopened; unpack" in out


def test_links_are_counted_and_the_files_themselves_shown(folder, capsys):
    (folder / "A link").symlink_to("a")
    (folder / "dangling").symlink_to("nowhere")
    assert main(["list", "--json", str(folder)]) == 0
    values = json.loads(capsys.readouterr().out)
    assert [one["path"] for one in values["ledger"]["skipped"]] == [
        str(folder / name) for name in ("A link", "dangling", "notes.txt")
    ]
    assert main(["list", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "5 files: 2 images in 2 series, 1 missing, 1 not a regular file, 1 not DICOM" in out
    assert f"  {folder}/A link: A link to a file that is looked at itself." in out
    assert f"  {folder}/dangling: A link to a file that is not there; copy that file too." in out


def test_what_leads_out_of_an_archive_is_counted_as_such(tmp_path, capsys):
    image = Path(get_testdata_file("CT_small.dcm", download=False)).read_bytes()
    path = write_zip(tmp_path / "x.zip", a_file("IM1", image), a_file("../IM2", image))
    assert main(["list", path]) == 0
    assert "1 image in 1 series, 1 outside what was opened, 1 archive" in capsys.readouterr().out
