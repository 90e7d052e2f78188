"""What an index announces is in the catalogue until a header says more, and nothing wrong stays."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from pydicom.config import IGNORE
from pydicom.data import get_testdata_file
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from tests.dicom.slices import a_slice
from viewer.dicom.catalogue import (
    Catalogue,
    CatalogueBuilder,
    Patient,
    Series,
    Skipped,
    Study,
)
from viewer.dicom.dicomdir import read_dicomdir
from viewer.dicom.elements import DICOMDIR_SOP_CLASS
from viewer.dicom.outline import Outline
from viewer.dicom.patients import Announced
from viewer.dicom.scanning import scan
from viewer.dicom.sources import find_files


def records(*, kind: str, files: int = 0, **attributes: object) -> list[Dataset]:
    """Give a record and those of the images below it."""
    record = Dataset()
    record.DirectoryRecordType = kind
    for keyword, value in attributes.items():
        tag = tag_for_keyword(keyword)
        vr = dictionary_VR(tag)
        record[tag] = DataElement(tag, vr, value, validation_mode=IGNORE)
    folder = f"S{attributes.get('SeriesInstanceUID', '')}".replace(".", "_")
    images = []
    for number in range(files):
        image = Dataset()
        image.DirectoryRecordType = "IMAGE"
        image.ReferencedFileID = [folder, f"IM{number}"]
        images.append(image)
    return [record, *images]


def outline_of(tmp_path: Path, *parts: list[Dataset], **around: object) -> Outline:
    """Write an index without offsets, whose records come one after another; give its outline."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.MediaStorageSOPClassUID = DICOMDIR_SOP_CLASS
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for keyword, value in around.items():
        setattr(dataset, keyword, value)
    dataset.DirectoryRecordSequence = [record for part in parts for record in part]
    dataset.save_as(tmp_path / "DICOMDIR", enforce_file_format=True)
    return read_dicomdir(str(tmp_path / "DICOMDIR")).outline


def announced(uid: str, number: int | None = None, images: int = 3) -> Series:
    return Series(uid, number, "CT", f"said of {uid}", (), Announced(images, images))


def outline(*series: Series, study: str = "1", **patient: str) -> Outline:
    """Give the outline of one study of the patient that `a_slice` has."""
    header = a_slice(1)
    who = {"name": header.patient_name, "id": header.patient_id, "issuer": "", **patient}
    one = Study(study, "20200101", "", "said of the study", "", series)
    return Outline((Patient(**who, birth_date="", sex="", studies=(one,)),))


def so_far(*items: object, complete: bool = False) -> Catalogue:
    builder = CatalogueBuilder()
    for item in items:
        builder.add(item)
    return builder.snapshot(complete=complete)


def series_in(catalogue: Catalogue) -> list[tuple[str, bool]]:
    """Give UID, and whether it is only announced, of each series."""
    return [
        (series.uid, series.announced is not None)
        for patient in catalogue.patients
        for study in patient.studies
        for series in study.series
    ]


def test_records_say_who_and_what_is_on_a_disc() -> None:
    path = str(get_testdata_file("DICOMDIR", download=False))
    index = read_dicomdir(path)
    truth = pydicom.dcmread(path)
    kinds = [record.DirectoryRecordType for record in truth.DirectoryRecordSequence]
    found = index.outline.patients
    studies = [study for patient in found for study in patient.studies]
    series = [one for study in studies for one in study.series]
    assert len(found) == kinds.count("PATIENT")
    assert len(studies) == kinds.count("STUDY")
    assert len(series) == kinds.count("SERIES")
    assert sum(one.announced.images for one in series) == kinds.count("IMAGE")
    assert {(p.name, p.id) for p in found} == {
        (str(r.PatientName), r.PatientID)
        for r in truth.DirectoryRecordSequence
        if r.DirectoryRecordType == "PATIENT"
    }
    assert pickle.loads(pickle.dumps(index.outline)) == index.outline


@pytest.mark.parametrize("name", ["DICOMDIR-implicit", "DICOMDIR-bigEnd", "DICOMDIR-reordered"])
def test_encoding_does_not_change_what_is_announced(name: str) -> None:
    def uids(name: str) -> list[str]:
        index = read_dicomdir(str(get_testdata_file(name, download=False)))
        return sorted(
            f"{series.uid} {series.announced}"
            for patient in index.outline.patients
            for study in patient.studies
            for series in study.series
        )

    assert uids(name) == uids("DICOMDIR")


def test_texts_are_read_by_the_character_set_of_the_record_or_of_the_index(tmp_path: Path) -> None:
    found = outline_of(
        tmp_path,
        records(kind="PATIENT", PatientName="Müller^Jörg", PatientID="1"),
        records(
            kind="STUDY",
            StudyInstanceUID="1",
            SpecificCharacterSet="ISO_IR 144",
            StudyDescription="Люкceмбypг",
        ),
        records(kind="SERIES", SeriesInstanceUID="2", files=1),
        SpecificCharacterSet="ISO_IR 192",
    )
    (patient,) = found.patients
    assert patient.name == "Müller^Jörg"
    assert patient.studies[0].description == "Люкceмбypг"


def test_records_with_missing_keys_or_huge_texts_announce_what_they_can(tmp_path: Path) -> None:
    found = outline_of(
        tmp_path,
        records(kind="SERIES", SeriesInstanceUID="1.1", files=2),  # of no study, of nobody
        records(kind="PATIENT", PatientName="x" * 60_000),
        records(kind="SERIES", SeriesInstanceUID="1.2", SeriesNumber=None, files=1),
        records(kind="STUDY"),
        records(kind="SERIES", files=4),  # no UID: nobody could tell when it has been read
        records(kind="SERIES", SeriesInstanceUID="1.3"),  # no files
        records(kind="SERIES", SeriesInstanceUID="1.1", files=1),  # said before
        records(kind="PALETTE"),
        records(kind="IMAGE", ReferencedFileID="ALONE"),
    )
    series = [s for p in found.patients for study in p.studies for s in study.series]
    assert [(s.uid, s.announced.files) for s in series] == [("1.1", 3), ("1.2", 1)]
    assert all(len(patient.name) < 1_000 for patient in found.patients)


def test_no_more_is_announced_than_the_window_can_show_soon(tmp_path: Path) -> None:
    many = [records(kind="SERIES", SeriesInstanceUID=f"1.{n}", files=1) for n in range(1_500)]
    found = outline_of(tmp_path, records(kind="PATIENT", PatientID="1"), *many)
    assert len(found.patients[0].studies[0].series) == 1_000


def test_a_series_is_announced_until_its_first_header_comes() -> None:
    told = outline(announced("1.1", 1), announced("1.2", 2))
    before = so_far(told)
    assert series_in(before) == [("1.1", True), ("1.2", True)]
    assert before.ledger.seen == 0
    header = a_slice(1, study_instance_uid="1", series_instance_uid="1.2", series_number=2)
    after = so_far(told, header)
    assert series_in(after) == [("1.1", True), ("1.2", False)]
    assert len(after.patients) == 1
    assert after.patients[0].studies[0].description == header.study_description


def test_what_a_header_says_replaces_what_the_index_said() -> None:
    told = outline(announced("1.1", 1), announced("1.2", 9))
    header = a_slice(
        1,
        study_instance_uid="other",
        series_instance_uid="1.2",
        series_number=0,
        patient_name="Another",
    )
    catalogue = so_far(told, header)
    assert sorted(series_in(catalogue)) == [("1.1", True), ("1.2", False)]
    (read,) = (p for p in catalogue.patients if p.name == "Another")
    assert [study.uid for study in read.studies] == ["other"]


def test_nothing_is_announced_once_the_scan_has_ended() -> None:
    told = outline(announced("1.1"), announced("1.2"))
    header = a_slice(1, series_instance_uid="1.1")
    assert series_in(so_far(told, header, complete=True)) == [("1.1", False)]
    assert so_far(told, complete=True).patients == ()


def test_announced_series_lie_among_the_others_by_number_and_documents_last() -> None:
    document = replace(announced("1.0", 0), modality="SR", announced=Announced(2, 0))
    told = outline(document, announced("1.1", 1), announced("1.3", 3), announced("1.4"))
    headers = [
        a_slice(n, study_instance_uid="1", series_instance_uid=f"1.{n}", series_number=n)
        for n in (2, 5)
    ]
    found = [uid for uid, _ in series_in(so_far(told, *headers))]
    assert found == ["1.1", "1.2", "1.3", "1.5", "1.4", "1.0"]


def test_patients_are_joined_though_the_index_knows_no_issuer_and_names_end_otherwise() -> None:
    header = a_slice(
        1,
        patient_name="Doe^Jo^^^",
        issuer_of_patient_id="CLINIC",
        study_instance_uid="1",
        series_instance_uid="1.1",
    )
    told = outline(announced("1.2"), name="Doe^Jo", id=header.patient_id)
    (patient,) = so_far(told, header).patients
    assert (patient.name, patient.issuer) == ("Doe^Jo^^^", "CLINIC")
    assert len(patient.studies[0].series) == 2


def test_two_indexes_announce_a_series_once() -> None:
    told = outline(announced("1.1"))
    assert series_in(so_far(told, outline(announced("1.1"), announced("1.2")), told)) == [
        ("1.1", True),
        ("1.2", True),
    ]


def test_a_disc_is_announced_before_its_first_file_and_a_damaged_index_announces_nothing(
    corpus: Path,
) -> None:
    for case in ("good", "truncated_dicomdir", "offset_loop"):
        found = list(find_files([str(corpus / "derived" / "dicomdir" / case)]))
        assert isinstance(found[1], Outline) == (case == "good")
        assert sum(isinstance(item, Outline) for item in found) == (case == "good")


def test_a_series_is_no_longer_announced_once_its_files_turned_out_missing(tmp_path: Path) -> None:
    outline_of(
        tmp_path,
        records(kind="PATIENT", PatientID="1"),
        records(kind="SERIES", SeriesInstanceUID="1.1", files=2),
        records(kind="SERIES", SeriesInstanceUID="1.2", files=1),
    )
    items = list(find_files([str(tmp_path)]))
    assert {uid for uid, _ in series_in(so_far(*items[:3]))} == {"1.1", "1.2"}
    assert series_in(so_far(*items)) == []


def test_nothing_of_a_real_disc_stays_announced(corpus: Path, tmp_path: Path) -> None:
    shutil.copytree(corpus / "derived" / "dicomdir" / "good", tmp_path / "disc")
    for root in (tmp_path / "disc", corpus / "cd" / "siemens_xa60"):
        _, first, *items = scan([str(root)])
        said = {uid for uid, _ in series_in(so_far(first))}
        assert said
        read = series_in(so_far(first, *items))
        assert not any(only_announced for _, only_announced in read)
        missing = sum(isinstance(item, Skipped) and item.kind == "missing" for item in items)
        assert len(said - {uid for uid, _ in read}) == missing  # of series of one file
