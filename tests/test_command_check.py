"""``negato check``: a line for every file, whatever happens to it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.dicom import synthetic
from viewer.cli import main

VALUES = synthetic.grey()


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    folder = tmp_path / "disc"
    folder.mkdir()
    for number in range(1, 4):
        synthetic.write(folder / f"good{number}.dcm", VALUES // number)
    (folder / "readme.txt").write_text("not an image")
    return folder


def _json(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_file_gets_a_line_in_order(disc: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(disc), "--json"]) == 0
    results = _json(capsys)
    assert [os.path.basename(str(result["path"])) for result in results] == [
        "good1.dcm",
        "good2.dcm",
        "good3.dcm",
        "readme.txt",
    ]
    assert [result["status"] for result in results] == ["ok", "ok", "ok", "not-dicom"]


def test_a_damaged_file_makes_the_exit_code_1(
    disc: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = disc / "good2.dcm"
    os.truncate(damaged, damaged.stat().st_size - 10)
    assert main(["check", str(disc)]) == 1
    output = capsys.readouterr()
    assert "cut short" in output.out
    assert output.err == "4 files: 1 error, 1 not-dicom, 2 ok\n"


def test_one_file_is_checked_without_its_neighbours(
    disc: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--json", str(disc / "good1.dcm")]) == 0
    assert len(_json(capsys)) == 1


def test_a_single_file_that_is_no_dicom_fails(disc: Path) -> None:
    assert main(["check", str(disc / "readme.txt")]) == 1


def test_a_missing_path_and_an_empty_folder_fail_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path / "absent")]) == 1
    (tmp_path / "empty").mkdir()
    assert main(["check", str(tmp_path / "empty")]) == 1
    assert "no file to check" in capsys.readouterr().err


def test_a_file_that_kills_its_decoder_costs_one_line(
    disc: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One task dies on purpose: the child is killed while it has the second file."""
    from viewer.workers import child_pool

    request = child_pool.Request

    def deadly(task: str, arguments: tuple[object, ...], **how: bool) -> child_pool.Request:
        if str(arguments[0]).endswith("good2.dcm"):
            return request("os:_exit", (3,))
        return request(task, arguments, **how)

    monkeypatch.setattr(child_pool, "Request", deadly)
    assert main(["check", str(disc), "--json"]) == 1
    statuses = [result["status"] for result in _json(capsys)]
    assert statuses == ["ok", "error", "ok", "not-dicom"]


def test_what_an_index_holds_is_read_in_a_child(
    disc: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from viewer.dicom import scanning, sources

    def read_here(*_: object) -> None:
        raise AssertionError("the index was read in this process")

    monkeypatch.setattr(sources, "read_dicomdir", read_here)
    monkeypatch.setattr(scanning, "find_files", read_here)
    (disc / "DICOMDIR").write_bytes(b"no index at all")
    assert main(["check", str(disc), "--json"]) == 0
    output = capsys.readouterr()
    lines = [json.loads(line) for line in output.out.splitlines()]
    assert [(os.path.basename(line["path"]), line["status"]) for line in lines] == [
        ("DICOMDIR", "no-pixels"),
        ("good1.dcm", "ok"),
        ("good2.dcm", "ok"),
        ("good3.dcm", "ok"),
        ("readme.txt", "not-dicom"),
    ]
    assert "The whole folder was searched instead" in output.err


def test_files_that_could_not_be_looked_for_are_an_error(
    disc: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from viewer.commands import check

    monkeypatch.setattr(check, "_FILES", "tests.workers.fake_scans:ends_before_it_begins")
    assert main(["check", str(disc), "--json"]) == 1
    (line,) = _json(capsys)
    assert line["status"] == "error"
    assert "stopped early" in str(line["message"])
