"""``negato validate``: findings of files, of series and of discs; what it gives to programs."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pydicom
import pytest

from tests.dicom.test_validation import a_ct, written
from viewer.cli import main
from viewer.dicom.validation.rules import RULES

Captured = pytest.CaptureFixture[str]


def a_series(folder: Path, count: int = 5, **changes: Any) -> Path:
    """Write slices 2 mm apart, in which nothing is wrong."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        ct = a_ct()
        uid = f"1.2.3.4.{number + 10}"
        ct.SOPInstanceUID = ct.file_meta.MediaStorageSOPInstanceUID = uid
        ct.ImagePositionPatient = ["0", "0", str(2 * number)]
        for keyword, value in changes.items():
            setattr(ct, keyword, value)
        (folder / f"{number}.dcm").write_bytes(written(ct))
    return folder


def change(path: Path, **changes: Any) -> None:
    ct = pydicom.dcmread(path)
    for keyword, value in changes.items():
        setattr(ct, keyword, value)
    if "SOPInstanceUID" in changes:
        ct.file_meta.MediaStorageSOPInstanceUID = changes["SOPInstanceUID"]
    path.write_bytes(written(ct))


def lines(capsys: Captured) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def findings(capsys: Captured) -> list[dict[str, Any]]:
    return [line["finding"] for line in lines(capsys) if "finding" in line]


def rules(capsys: Captured) -> set[str]:
    return {one["rule"] for one in findings(capsys)}


def test_a_sound_series_ends_with_0(tmp_path: Path, capsys: Captured) -> None:
    assert main(["validate", str(a_series(tmp_path / "s")), "--severity", "note"]) == 0
    assert capsys.readouterr().out == "5 files checked: 0 errors, 0 warnings, 0 notes.\n"


def test_findings_are_grouped_by_file_and_counted_by_rule(tmp_path: Path, capsys: Captured) -> None:
    series = a_series(tmp_path / "s", 3)
    change(series / "1.dcm", PatientSex="W", Modality=None)
    assert main(["validate", str(series)]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0] == str(series / "1.dcm")
    assert any("attribute-empty" in line and "PS3.3 C.7.3.1" in line for line in out)
    assert "3 files checked: 2 errors, 0 warnings, 0 notes." in out
    assert sum("value-enumerated" in line for line in out) == 2  # the finding, and its count


def test_json_names_tag_place_rule_and_section(tmp_path: Path, capsys: Captured) -> None:
    series = a_series(tmp_path / "s", 1)
    change(series / "0.dcm", PatientSex="W")
    assert main(["validate", str(series), "--json"]) == 1
    told = lines(capsys)
    (one,) = (line["finding"] for line in told if "finding" in line)
    assert one == {
        "path": str(series / "0.dcm"),
        "severity": "error",
        "rule": "value-enumerated",
        "tag": "(0010,0040)",
        "where": "PatientSex",
        "sentence": 'PatientSex is "W"; it can be F, M or O.',
        "section": "PS3.3 C.7.1.1",
    }
    assert told[-1]["result"] == "done"
    assert told[-1]["rules"] == {"value-enumerated": 1}
    assert (told[-1]["files"], told[-1]["errors"]) == (1, 1)


def test_rules_can_be_ignored_and_unknown_ones_are_refused(
    tmp_path: Path, capsys: Captured
) -> None:
    series = a_series(tmp_path / "s", 1)
    change(series / "0.dcm", PatientSex="W")
    assert main(["validate", str(series), "--ignore", "value-enumerated"]) == 0
    capsys.readouterr()
    assert main(["validate", str(series), "--ignore", "nonsense"]) == 2
    assert "There is no rule 'nonsense'" in capsys.readouterr().err


def test_the_rules_are_listed(capsys: Captured) -> None:
    assert main(["validate", "--list-rules"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == list(RULES)


def test_nothing_named_is_wrong_use(capsys: Captured) -> None:
    assert main(["validate"]) == 2
    assert "Name what is to be checked" in capsys.readouterr().err


def test_a_file_that_is_no_dicom_alone_fails_and_among_others_is_counted(
    tmp_path: Path, capsys: Captured
) -> None:
    text = tmp_path / "a.txt"
    text.write_text("no DICOM")
    assert main(["validate", str(text)]) == 1
    assert "1 file is not DICOM." in capsys.readouterr().out
    series = a_series(tmp_path / "s", 1)
    assert main(["validate", str(text), str(series)]) == 0


def test_files_of_a_series_are_compared(tmp_path: Path, capsys: Captured) -> None:
    series = a_series(tmp_path / "s", 8)
    change(series / "1.dcm", SOPInstanceUID="1.2.3.4.10")
    change(series / "2.dcm", StudyInstanceUID="1.2.99")
    change(series / "3.dcm", FrameOfReferenceUID="1.2.98")
    change(series / "4.dcm", Modality="MR")
    change(series / "5.dcm", PatientID="other")
    change(series / "6.dcm", PatientID="usual")
    assert main(["validate", str(series), "--json"]) == 1
    assert rules(capsys) == {
        "uid-repeated",
        "uid-two-studies",
        "uid-two-patients",
        "geometry-frame-of-reference",
        "series-modality",
    }


@pytest.mark.parametrize(
    ("rule", "places"),
    [
        ("geometry-gap", [0, 2, 4, 12, 14]),
        ("geometry-same-position", [0, 2, 2, 4, 6]),
        ("geometry-spacing", [0, 3, 6, 9, 12]),
    ],
)
def test_how_slices_lie_is_measured(
    tmp_path: Path, capsys: Captured, rule: str, places: list[int]
) -> None:
    series = a_series(tmp_path / "s", SpacingBetweenSlices="2")
    for number, z in enumerate(places):
        change(series / f"{number}.dcm", ImagePositionPatient=["0", "0", str(z)])
    main(["validate", str(series), "--json", "--severity", "note"])
    assert rule in rules(capsys)


def test_a_tilted_stack_is_told(tmp_path: Path, capsys: Captured) -> None:
    series = a_series(tmp_path / "s")
    for number in range(5):
        change(series / f"{number}.dcm", ImagePositionPatient=["0", str(number), str(2 * number)])
    assert main(["validate", str(series), "--json", "--severity", "note"]) == 0
    assert rules(capsys) == {"geometry-tilt"}


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """Give a disc that Negato wrote of a sound series."""
    out = tmp_path / "disc"
    assert main(["disc", str(a_series(tmp_path / "s", 3)), "-o", str(out)]) == 0
    return out


def _images(disc: Path) -> list[Path]:
    return sorted(path for path in (disc / "DICOM").rglob("*") if path.is_file())


def test_a_disc_that_negato_wrote_is_sound(disc: Path, capsys: Captured) -> None:
    capsys.readouterr()
    assert main(["validate", str(disc), "--json"]) == 0
    assert findings(capsys) == []


def test_a_dicomdir_is_held_against_its_disc(disc: Path, capsys: Captured) -> None:
    first, second, _ = _images(disc)
    capsys.readouterr()
    shutil.copy(first, disc / "EXTRA")
    first.unlink()
    change(second, SOPInstanceUID="1.2.3.4.77")
    assert main(["validate", str(disc), "--json"]) == 1
    assert {"disc-missing", "disc-record", "disc-unnamed"} <= rules(capsys)


def test_file_ids_and_links_of_a_dicomdir_are_checked(disc: Path, capsys: Captured) -> None:
    index = disc / "DICOMDIR"
    data = index.read_bytes()
    capsys.readouterr()
    index.write_bytes(
        data.replace(b"CS\x1e\0DICOM", b"CS\x1e\0dicom").replace(b"DICOM\\", b"dicom\\")
    )
    main(["validate", str(disc), "--json"])
    assert "disc-file-id" in rules(capsys)
    at = data.index(b"\x04\0\x20\x14UL\4\0") + 8
    index.write_bytes(data[:at] + b"\x07\0\0\0" + data[at + 4 :])
    main(["validate", str(disc), "--json"])
    assert "disc-damaged" in rules(capsys)


def test_a_damaged_file_does_not_end_the_others(tmp_path: Path, capsys: Captured) -> None:
    series = a_series(tmp_path / "s", 3)
    data = (series / "1.dcm").read_bytes()
    (series / "1.dcm").write_bytes(data[:700])
    assert main(["validate", str(series), "--json"]) == 1
    told = lines(capsys)
    assert {line["finding"]["path"] for line in told if "finding" in line} == {
        str(series / "1.dcm")
    }
    assert told[-1]["files"] == 3


def test_the_window_gives_its_order_on_standard_input(tmp_path: Path, capsys: Captured) -> None:
    series = a_series(tmp_path / "s", 2)
    reading, writing = os.pipe()
    os.write(writing, json.dumps({"paths": [str(series)]}).encode() + b"\n")
    former = os.dup(0)
    os.dup2(reading, 0)
    try:
        assert main(["validate", "--control", "--json"]) == 0
    finally:
        os.close(writing)
        os.dup2(former, 0)
        os.close(former)
        os.close(reading)
    assert lines(capsys)[-1]["files"] == 2


def test_a_signal_stops_it(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    from viewer.commands import validate

    def interrupted(*_: object, **__: object) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        yield []

    monkeypatch.setattr(validate, "scan_in_child", interrupted)
    assert main(["validate", str(tmp_path)]) == 130
    assert "Stopped" in capsys.readouterr().err


def test_nothing_to_check_is_no_success(tmp_path: Path, capsys: Captured) -> None:
    assert main(["validate", str(tmp_path)]) == 1
    assert "No DICOM file was found" in capsys.readouterr().out
