"""The command that de-identifies: what it writes, says, holds back, and refuses."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from tests.dicom.identities import STUDY, named_ct
from viewer.cli import main
from viewer.commands import anonymize_search, anonymize_writing
from viewer.dicom.deidentification.keys import read_key
from viewer.dicom.file_set_copy import NewFolder
from viewer.workers.scan import Stopped, scan_in_child


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Give a folder with three slices of one patient, one of which says that texts are in it."""
    folder = tmp_path / "Doe_Jane"
    folder.mkdir()
    for number in range(3):
        burned_in = "YES" if number == 2 else "NO"
        named_ct(folder / f"jane{number}.dcm", InstanceNumber=number, BurnedInAnnotation=burned_in)
    return folder


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def files(out: Path) -> list[Path]:
    return sorted(path for path in out.rglob("*") if path.is_file())


def test_the_result_carries_nothing_of_the_patient(sources, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["anonymize", str(sources), "-o", str(out)]) == 0
    told = capsys.readouterr().out
    assert f"2 files written to {out}" in told
    assert "1 file held back" in told
    assert "It says that texts are burned into its picture." in told
    assert [path.relative_to(out).as_posix() for path in files(out)] == [
        "DICOM/PT000000/ST000000/SE000000/IM000000",
        "DICOM/PT000000/ST000000/SE000000/IM000001",
        "DICOMDIR",
    ]
    for path in files(out):
        data = path.read_bytes()
        assert b"Jane" not in data
        assert b"Doe" not in data
        assert STUDY.encode() not in data
    index = dcmread(out / "DICOMDIR")
    kinds = [record.DirectoryRecordType for record in index.DirectoryRecordSequence]
    assert kinds == ["PATIENT", "STUDY", "SERIES", "IMAGE", "IMAGE"]


def test_what_is_held_back_is_taken_once_confirmed(sources, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["anonymize", str(sources), "-o", str(out), "--confirm", "burned-in"]) == 0
    assert "3 files written" in capsys.readouterr().out


def test_a_dry_run_tells_before_and_after_and_writes_nothing(sources, tmp_path, capsys):
    before = files(tmp_path)
    assert main(["anonymize", str(sources), "--dry-run", "--json"]) == 0
    told = lines(capsys)
    changes = [line["change"] for line in told if "change" in line]
    name = next(one for one in changes if one["tag"] == "(0010,0010)")
    assert name["before"] == "Doe^Jane"
    assert name["after"].startswith("N-")
    assert name["path"] == str(sources / "jane0.dcm")
    nested = next(one for one in changes if one["where"] == "ReferencedImageSequence[1]")
    assert nested["action"] == "U"
    removed = next(one for one in changes if one["name"] == "Study Description")
    assert removed["after"] is None
    assert [line["held"]["path"] for line in told if isinstance(line.get("held"), dict)] == [
        str(sources / "jane2.dcm")
    ]
    assert told[-1]["result"] == "done"
    assert told[-1]["written"] == 0
    assert files(tmp_path) == before


def test_two_runs_with_one_key_agree_and_without_they_do_not(sources, tmp_path):
    key = tmp_path / "key"
    names = []
    for number, options in enumerate((["--key-file", str(key)],) * 2 + ([],)):
        out = tmp_path / f"out{number}"
        assert main(["anonymize", str(sources), "-o", str(out), *options]) == 0
        names.append(str(dcmread(files(out)[0]).PatientID))
    assert names[0] == names[1] != names[2]
    if os.name == "posix":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_report_has_actions_and_no_original_values(sources, tmp_path):
    report = tmp_path / "report.json"
    out = tmp_path / "out"
    assert main(["anonymize", str(sources), "-o", str(out), "--report", str(report)]) == 0
    text = report.read_text()
    told = json.loads(text)
    assert [one["file"] for one in told["file_list"]] == [
        path.relative_to(out).as_posix() for path in files(out)[:2]
    ]
    actions = {one["tag"]: one["action"] for one in told["file_list"][0]["actions"]}
    assert actions["(0020,000D)"] == "U"
    assert actions["(0008,1030)"] == "X"
    assert told["held"] == 1
    assert "Jane" not in text
    assert "Doe" not in text
    assert STUDY not in text


def test_of_a_single_file_those_are_not_taken_whose_names_begin_alike(sources, tmp_path):
    shutil.copy(sources / "jane0.dcm", sources / "jane")
    out = tmp_path / "out"
    assert main(["anonymize", str(sources / "jane"), "-o", str(out)]) == 0
    assert len(files(out)) == 2  # it, and the DICOMDIR


def test_a_search_that_ends_early_is_a_failure(sources, tmp_path, capsys, monkeypatch):
    def ended(*arguments, **options):
        yield from scan_in_child(*arguments, **options)
        yield [Stopped("The search ended early.")]

    monkeypatch.setattr(anonymize_search, "scan_in_child", ended)
    assert main(["anonymize", str(sources), "-o", str(tmp_path / "o"), "--dry-run"]) == 1
    assert "ended early" in capsys.readouterr().err


def test_a_report_is_refused_or_replaced_before_anything_is_done(sources, tmp_path, capsys):
    report = tmp_path / "report.json"
    report.write_text("of last year")
    out = tmp_path / "out"
    order = ["anonymize", str(sources), "-o", str(out), "--report"]
    for place in (report, tmp_path, tmp_path / "no" / "report.json"):
        assert main([*order, str(place)]) == 2
        assert str(place) in capsys.readouterr().err
    assert report.read_text() == "of last year"
    assert not out.exists()
    assert main([*order, str(report), "--replace"]) == 0
    assert "file_list" in report.read_text()


def test_rules_of_a_file_black_out_by_device(sources, tmp_path, capsys):
    rules = tmp_path / "rules.toml"
    rule = '[[rule]]\nManufacturer = "Maker"\nrectangles = [[1, 1, 2, 12]]\n'
    for number, more in enumerate(("", "confirms = true\n")):
        rules.write_text(rule + more)
        out = tmp_path / f"out{number}"
        assert main(["anonymize", str(sources), "-o", str(out), "--rules", str(rules)]) == 0
        assert f"{2 + number} files written" in capsys.readouterr().out
        assert not dcmread(files(out)[0]).pixel_array[:2].any()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ["--profile", "basic,retain-all"],
            "There is no option 'retain-all'; there are retain-uids",
        ),
        (["--profile", "full"], "A profile begins with basic"),
        (["--confirm", "everything"], "--confirm takes burned-in or structured-content"),
        (["--black-out", "1,2,3"], "No rectangle"),
        (["--rules", "missing.toml"], "The rules cannot be read"),
        (["--key-file", "bad-key"], "It holds no key"),
    ],
)
def test_wrong_use_is_one_sentence(sources, tmp_path, monkeypatch, capsys, options, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad-key").write_text("secret")
    assert main(["anonymize", str(sources), "-o", "out", *options]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_place_within_the_source_or_with_files_in_it_is_refused(sources, tmp_path, capsys):
    assert main(["anonymize", str(sources), "-o", str(sources / "out")]) == 2
    assert main(["anonymize", str(sources), "-o", str(sources)]) == 2
    assert main(["anonymize", str(sources)]) == 2
    assert main(["anonymize", "-o", str(tmp_path / "out")]) == 2
    key = str(tmp_path / "out" / "key")
    assert main(["anonymize", str(sources), "-o", str(tmp_path / "out"), "--key-file", key]) == 2
    assert not (tmp_path / "out").exists()
    assert capsys.readouterr().err.count("\n") == 5


def test_a_damaged_file_is_counted_and_the_rest_is_done(sources, tmp_path, capsys):
    whole = (sources / "jane0.dcm").read_bytes()
    (sources / "broken.dcm").write_bytes(whole[: len(whole) // 2].replace(b"Doe", b"Dae"))
    assert main(["anonymize", str(sources), "-o", str(tmp_path / "out")]) == 1
    told = capsys.readouterr()
    assert "2 files written" in told.out
    assert "1 file failed" in told.out
    assert "broken.dcm" in told.err


def test_nothing_to_write_is_a_failure_that_leaves_nothing(sources, tmp_path, capsys):
    for number in (0, 1):
        (sources / f"jane{number}.dcm").unlink()
    assert main(["anonymize", str(sources), "-o", str(tmp_path / "out")]) == 1
    assert "Nothing is left to write" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_in_which_a_value_is_found_again_is_taken_away(
    sources, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "out"

    def spoiled(self: Any, pool: Any) -> None:
        for patient in self._patients.values():
            path = next(iter(patient.written))
            with open(path, "ab") as target:  # as an element with the name in its bytes
                target.write(b"\xfc\xff\xfc\xffOB\0\0\x08\0\0\0Doe^Jane")
        check(self, pool)

    check = anonymize_writing.Anonymizer._check
    monkeypatch.setattr(anonymize_writing.Anonymizer, "_check", spoiled)
    monkeypatch.setattr(
        anonymize_writing.Anonymizer,
        "_cleaned_again",
        lambda self, _, job, refused: self._take_away(job, refused) or "",
    )
    assert main(["anonymize", str(sources), "-o", str(out)]) == 1
    told = capsys.readouterr()
    assert "found in it again ((FFFC,FFFC))" in told.err
    assert "1 file written" in told.out
    assert not any(b"Jane" in path.read_bytes() for path in files(out))


def test_a_full_disc_leaves_nothing(sources, tmp_path, monkeypatch, capsys):
    def full(*_: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(NewFolder, "open", full)
    assert main(["anonymize", str(sources), "-o", str(tmp_path / "out")]) == 1
    assert "no room" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_that_crashes_its_child_costs_itself_alone(sources, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(anonymize_writing, "_CLEAN", "tests.workers.deadly_anonymizing:deidentify")
    assert main(["anonymize", str(sources), "-o", str(tmp_path / "out")]) == 1
    told = capsys.readouterr()
    assert "jane1.dcm" in told.err
    assert "crashed" in told.err
    assert "1 file written" in told.out


def test_copies_of_a_file_are_taken_once(sources, tmp_path, capsys):
    shutil.copy(sources / "jane0.dcm", sources / "jane9.dcm")
    assert main(["anonymize", str(sources), "-o", str(tmp_path / "out")]) == 0
    assert "2 files written" in capsys.readouterr().out


def test_one_file_is_taken_without_those_beside_it(sources, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["anonymize", str(sources / "jane0.dcm"), "-o", str(out)]) == 0
    assert "1 file written" in capsys.readouterr().out


def test_odd_files_of_pydicom_are_written_so_that_they_read_as_before(tmp_path, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("MR_small_RLE.dcm", "CT_small.dcm", "image_dfl.dcm", "MR_small_bigendian.dcm"):
        shutil.copy(str(get_testdata_file(name, download=False)), folder)
    out = tmp_path / "out"
    assert main(["anonymize", str(folder), "-o", str(out), "--confirm", "burned-in"]) == 0
    before = {dcmread(path).pixel_array.astype("<i4").tobytes() for path in folder.iterdir()}
    after = [dcmread(path).pixel_array.astype("<i4").tobytes() for path in files(out / "DICOM")]
    assert len(after) == 3  # two are of one SOPInstanceUID
    assert set(after) == before
    capsys.readouterr()


def test_the_report_never_replaces_one_of_the_sources(sources, tmp_path, capsys):
    report = sources / "jane0.dcm"
    before = report.read_bytes()
    for more in ([], ["--replace"]):
        out = str(tmp_path / "out")
        given = ["anonymize", str(sources), "-o", out, "--report", str(report), *more]
        assert main(given) in (1, 2)
        assert "name another" in capsys.readouterr().err or not more
        assert report.read_bytes() == before
        assert not (tmp_path / "out").exists()


def test_where_all_is_held_back_the_reasons_are_told(sources, tmp_path, capsys):
    assert main(["anonymize", str(sources / "jane2.dcm"), "-o", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "Nothing is left to write" in told
    assert "It says that texts are burned into its picture." in told


def test_what_was_not_checked_yet_says_so(sources, tmp_path, monkeypatch):
    seen = []

    def check(self, _pool):
        seen.extend(path.name for path in files(tmp_path / "out"))

    monkeypatch.setattr(anonymize_writing.Anonymizer, "_check", check)
    assert main(["anonymize", str(sources), "-o", str(tmp_path / "out")]) == 0
    assert "NOT-CHECKED.txt" in seen
    assert "NOT-CHECKED.txt" not in [path.name for path in files(tmp_path / "out")]


def test_a_file_that_vanishes_meanwhile_fails_and_the_rest_is_written(
    sources, tmp_path, monkeypatch, capsys
):
    def contents(job, result, limits):
        if job.path.endswith("jane0.dcm"):
            os.unlink(job.path)
        return real(job, result, limits)

    real = anonymize_writing.contents
    monkeypatch.setattr(anonymize_writing, "contents", contents)
    for number in range(2):
        named_ct(
            sources / f"jane{number}.dcm",
            InstanceNumber=number,
            PixelData=bytes(1 << 17),
            Rows=256,
            Columns=256,
        )
    out = tmp_path / "out"
    assert main(["anonymize", str(sources), "-o", str(out)]) == 1
    told = capsys.readouterr()
    assert "1 file written" in told.out
    assert "1 file failed" in told.out
    assert "jane0.dcm: There is no such file" in told.err
    assert (out / "DICOMDIR").is_file()


def test_an_identifier_that_a_new_uid_holds_by_chance_is_no_finding(tmp_path, capsys):
    key_file = tmp_path / "key"
    key_file.write_text("5a" * 32)
    named_ct(tmp_path / "image.dcm", BurnedInAnnotation="NO")
    uid = str(dcmread(tmp_path / "image.dcm").SOPInstanceUID)
    digits = read_key(str(key_file), may_make=False).uid(uid)[-6:]
    named_ct(tmp_path / "image.dcm", BurnedInAnnotation="NO", SOPInstanceUID=uid, PatientID=digits)
    arguments = ["-o", str(tmp_path / "out"), "--key-file", str(key_file)]
    assert main(["anonymize", str(tmp_path / "image.dcm"), *arguments]) == 0
    assert "1 file written" in capsys.readouterr().out
