"""A disc's index that leads round in circles, out of the disc, or to nothing; UIDs that lie."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.hostile.building import uid_of
from tests.hostile.discs import (
    Record,
    image_file,
    named_files,
    scanned,
    shown,
    shown_names,
    skips,
    write_index,
)
from viewer.cli import main

CYCLES = {
    "next_is_itself": [Record("PATIENT", next=0)],
    "lower_is_itself": [Record("PATIENT", lower=0)],
    "two_by_next": [Record("PATIENT", next=1), Record("PATIENT", next=0)],
    "child_is_above": [Record("PATIENT", lower=1), Record("STUDY", lower=0)],
    "image_leads_back": [*named_files("IM0")[:3], Record("IMAGE", "IM0", next=2)],
    "long": [Record("PATIENT", next=(at + 1) % 5_000) for at in range(5_000)],
    "long_below": [Record("PATIENT", lower=(at + 1) % 5_000) for at in range(5_000)],
}


@pytest.mark.parametrize("name", CYCLES)
def test_case_32_an_index_that_leads_in_a_circle_gives_way_to_the_folder(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(4):
        image_file(tmp_path / f"IM{number}")
    write_index(tmp_path, CYCLES[name])
    catalogue = scanned(tmp_path)
    assert shown_names(catalogue) == ["IM0", "IM1", "IM2", "IM3"]
    assert "circle" in catalogue.ledger.notices[0]
    assert main(["list", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "4 images in 1 series" in said
    assert "searched instead" in said


OUT_OF_THE_DISC = {
    "up": r"..\SECRET",
    "up_in_the_middle": r"IMAGES\..\..\SECRET",
    "up_with_slashes": "../SECRET",
    "absolute": "{outside}",
    "absolute_by_components": r"\{components}",
    "unc": r"\\server\share\SECRET",
    "unc_with_slashes": "//server/share/SECRET",
    "drive": r"C:\SECRET",
    "drive_alone": "C:SECRET",
    "here": r".\IM0",
    "nul": "IM0\0SECRET",
    "nul_at_the_end": "IM0\0X",
    "linked_file": "LINK",
    "linked_folder": r"LINKS\SECRET",
    "linked_twice": r"AGAIN\SECRET",
}


@pytest.mark.parametrize("name", OUT_OF_THE_DISC)
def test_case_33_a_record_that_leaves_the_disc_is_refused_and_the_others_load(
    tmp_path: Path, name: str
) -> None:
    disc = tmp_path / "disc"
    secret = image_file(tmp_path / "SECRET", PatientName="Secret^Name")
    os.utime(secret, (1, 2_000_000_000))  # a reader would be noticed: read before it was written
    for number in (0, 1):
        image_file(disc / "IMAGES" / f"IM{number}")
    if name.startswith("linked"):
        (disc / "LINK").symlink_to(secret)
        (disc / "LINKS").symlink_to(tmp_path)
        (disc / "AGAIN").symlink_to("LINKS")
    path = OUT_OF_THE_DISC[name].format(
        outside=secret, components=str(secret)[1:].replace("/", "\\")
    )
    write_index(disc, named_files(r"IMAGES\IM0", path, r"IMAGES\IM1"))
    catalogue = scanned(disc)
    inside = [header for header in shown(catalogue) if "IMAGES" in header.path]
    assert [os.path.basename(header.path) for header in inside] == ["IM0", "IM1"]
    refused = [one for one in catalogue.ledger.skipped if "left unopened" in one.reason]
    assert [one.kind for one in refused] == ["outside"]
    assert "SECRET" not in shown_names(catalogue)
    assert not [header for header in shown(catalogue) if header.patient_name == "Secret^Name"]
    assert secret.stat().st_atime == 1


def test_case_34_names_in_another_case_are_found_and_missing_ones_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image_file(tmp_path / "images" / "im0")
    image_file(tmp_path / "images" / "Im1.dcm")
    image_file(tmp_path / "images" / "im2.;1")
    write_index(tmp_path, named_files(*(rf"IMAGES\IM{number}" for number in range(4))))
    catalogue = scanned(tmp_path)
    assert shown_names(catalogue) == ["Im1.dcm", "im0", "im2.;1"]
    assert skips(catalogue) == {"DICOMDIR": "index", "IM3": "missing"}
    assert not catalogue.ledger.notices
    main(["list", str(tmp_path)])
    assert "1 missing" in capsys.readouterr().out


def test_case_34_a_disc_of_which_nothing_is_there_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_index(tmp_path, named_files(r"GONE\IM0", r"GONE\IM1"))
    assert main(["list", str(tmp_path)]) == 1
    assert "none can be shown" in capsys.readouterr().err
    assert skips(scanned(tmp_path)) == {"DICOMDIR": "index", "IM0": "missing", "IM1": "missing"}


def test_case_35_a_copy_is_a_duplicate_and_another_image_of_its_uid_is_shown_beside_it(
    tmp_path: Path,
) -> None:
    first = image_file(tmp_path / "A", InstanceNumber=1)
    shutil.copy(first, tmp_path / "B")
    image_file(tmp_path / "C", name="A", InstanceNumber=2, ImageComments="another")
    catalogue = scanned(tmp_path)
    assert shown_names(catalogue) == ["A", "C"]
    assert skips(catalogue) == {"B": "duplicate"}
    assert any("SOPInstanceUID" in notice for notice in catalogue.ledger.notices)


def test_case_35_two_patients_in_one_series_are_kept_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    series = uid_of("shared")
    for number, (name, identity) in enumerate([("Doe^Jane", "1"), ("Roe^Jim", "2")] * 2):
        image_file(
            tmp_path / f"IM{number}",
            PatientName=name,
            PatientID=identity,
            SeriesInstanceUID=series,
            InstanceNumber=number,
        )
    catalogue = scanned(tmp_path)
    assert [patient.name for patient in catalogue.patients] == ["Doe^Jane", "Roe^Jim"]
    for patient in catalogue.patients:
        (study,) = patient.studies
        (stack,) = (stack for one in study.series for stack in one.stacks)
        assert {header.patient_name for header in stack.headers} == {patient.name}
        assert len(stack) == 2
    uids = [
        stack.uid
        for patient in catalogue.patients
        for study in patient.studies
        for one in study.series
        for stack in one.stacks
    ]
    assert len(set(uids)) == 2
    main(["list", str(tmp_path)])
    said = capsys.readouterr().out
    assert said.index("Doe, Jane (1)") < said.index("Roe, Jim (2)")
