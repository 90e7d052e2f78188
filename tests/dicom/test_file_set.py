"""A DICOMDIR says of each instance what its file says, and nothing of one patient for another."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.fileset import _FOUR_LEVEL_SOP_CLASSES, _SINGLE_LEVEL_SOP_CLASSES
from pydicom.sequence import Sequence as Items

from tests.dicom.disc_files import an_instance, file_set
from viewer.dicom.dicomdir import read_dicomdir
from viewer.dicom.file_set_index import dicomdir
from viewer.dicom.file_set_instances import Instance, scan
from viewer.dicom.file_set_records import record_type
from viewer.dicom.file_set_tree import FileSetTree
from viewer.dicom.ledger import Skipped

SR = "1.2.840.10008.5.1.4.1.1.88.11"


def records(folder: Path, sources: Path) -> tuple[Sequence[Dataset], list[str]]:
    """Write the DICOMDIR for all files in a folder; give its records as pydicom reads them."""
    tree = FileSetTree()
    for item in scan([str(sources)]):
        assert isinstance(item, Instance), item
        tree.add(item)
    for place in tree.places():
        place.is_written = True
    top, warnings = tree.records()
    (folder / "DICOMDIR").write_bytes(dicomdir(top))
    return pydicom.dcmread(folder / "DICOMDIR").DirectoryRecordSequence, warnings


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    return folder


def of_type(found: Sequence[Dataset], kind: str) -> list[Dataset]:
    return [record for record in found if record.DirectoryRecordType == kind]


@pytest.mark.parametrize(
    ("character_set", "name"),
    [
        ("ISO_IR 100", "Buc^Jérôme"),
        ("ISO_IR 144", "Люкceмбypг"),
        ("ISO_IR 192", "Wang^XiaoDong=王^小东"),
        ("GB18030", "Wang^XiaoDong=王^小东"),
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        (["ISO 2022 IR 13", "ISO 2022 IR 87"], "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"),
        (["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동"),
    ],
)
def test_names_are_kept_beside_those_of_other_character_sets(
    sources: Path, tmp_path: Path, character_set: str | list[str], name: str
) -> None:
    described = {"StudyDescription": "Ärger"} if character_set == "ISO_IR 100" else {}
    an_instance(sources / "a", SpecificCharacterSet=character_set, PatientName=name, **described)
    an_instance(sources / "b", PatientID="2", StudyInstanceUID="1.2.4", SeriesInstanceUID="1.2.4.1")
    found, warnings = records(tmp_path, sources)
    patients = of_type(found, "PATIENT")
    assert [str(one.PatientName) for one in patients] == [name, "Doe^Jo"]
    assert "SpecificCharacterSet" not in patients[1]
    assert [one.StudyDescription for one in of_type(found, "STUDY")] == [
        described.get("StudyDescription", ""),
        "",
    ]
    assert warnings == []
    outline = read_dicomdir(str(tmp_path / "DICOMDIR")).outline
    assert {patient.name for patient in outline.patients} == {name, "Doe^Jo"}


@pytest.mark.filterwarnings("ignore:The value length")
def test_texts_that_are_too_long_are_cut_in_the_index_and_said(
    sources: Path, tmp_path: Path
) -> None:
    long = "山" * 70
    an_instance(
        sources / "a",
        SpecificCharacterSet=["", "ISO 2022 IR 87"],
        PatientName="Yamada^Tarou=山田^太郎",
        PatientID=long,
    )
    found, warnings = records(tmp_path, sources)
    patient = of_type(found, "PATIENT")[0]
    assert (patient.PatientID, str(patient.PatientName)) == (long[:64], "Yamada^Tarou=山田^太郎")
    assert warnings == ["1 PATIENT record: PatientID is too long, and cut in the DICOMDIR."]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_halves_of_characters_cost_themselves_alone(sources: Path, tmp_path: Path) -> None:
    path = an_instance(
        sources / "a", SpecificCharacterSet="ISO 2022 IR 87", PatientID="Z" * 80, PatientName="Z^A"
    )
    written = path.read_bytes().replace(b"ISO 2022 IR 87", b"unicode_escape")
    path.write_bytes(written.replace(b"Z" * 7, b"\xe9\\ud800", 1))
    found, warnings = records(tmp_path, sources)
    (patient,) = of_type(found, "PATIENT")
    assert str(patient.PatientName) == "Z^A"
    assert "".join(patient.PatientID) == "é?" + "Z" * 62
    assert warnings == ["1 PATIENT record: PatientID is too long, and cut in the DICOMDIR."]


def test_what_files_lack_is_made_up_and_said(sources: Path, tmp_path: Path) -> None:
    lacking = dict.fromkeys(
        ("PatientID", "StudyID", "StudyTime", "StudyDate", "SeriesNumber", "Modality")
    )
    an_instance(sources / "a", **lacking, InstanceNumber=None, SeriesDate="20210304")
    an_instance(sources / "b", **lacking, InstanceNumber="7", SeriesDate="20210304")
    found, warnings = records(tmp_path, sources)
    patient, study, series = (of_type(found, kind)[0] for kind in ("PATIENT", "STUDY", "SERIES"))
    assert (patient.PatientID, study.StudyID) == ("NEGATO-1", "NEGATO-1")
    assert (study.StudyDate, study.StudyTime) == ("20210304", "000000")
    assert (series.SeriesNumber, series.Modality) == (1, "OT")
    assert [one.InstanceNumber for one in of_type(found, "IMAGE")] == [8, 7]
    assert len(warnings) == 7
    assert all("in the files; the DICOMDIR has one made up" in text for text in warnings)


def test_values_that_are_none_are_not_passed_on(sources: Path, tmp_path: Path) -> None:
    path = an_instance(sources / "a", StudyDate="20200102", InstanceNumber="123456")
    written = path.read_bytes().replace(b"20200102", b"20201340").replace(b"123456", b"12a456")
    path.write_bytes(written)
    found, warnings = records(tmp_path, sources)
    assert of_type(found, "STUDY")[0].StudyDate == "19000101"
    assert of_type(found, "IMAGE")[0].InstanceNumber == 1
    assert len(warnings) == 2


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_values_beyond_all_measure_cost_their_own_record_alone(
    sources: Path, tmp_path: Path
) -> None:
    beyond = 0xFFFE
    an_instance(
        sources / "a",
        SpecificCharacterSet="\\".join(["ISO 2022 IR 6"] * 4000),
        PatientName="A" * beyond,
        PatientID="1\\" * (beyond // 2),
        PatientSex="M\\" * (beyond // 2),
        StudyInstanceUID="1" * beyond,
        SeriesInstanceUID="1" * beyond,
        SeriesNumber=None,
    )
    an_instance(sources / "b", PatientID="2")
    an_instance(sources / "c", SOPInstanceUID="1" * 66, PatientID="3")
    found = list(scan([str(sources)]))
    assert [type(item) for item in found] == [Instance, Instance, Skipped]
    (sources / "c").unlink()
    read, warnings = records(tmp_path, sources)
    assert [str(one.PatientName) for one in of_type(read, "PATIENT")] == ["A" * 64, "Doe^Jo"]
    assert len(of_type(read, "IMAGE")) == 2
    assert len(warnings) >= 5


def test_patients_of_one_id_with_other_names_stay_apart(sources: Path, tmp_path: Path) -> None:
    an_instance(sources / "a", PatientName="Doe^Jo")
    an_instance(sources / "b", PatientName="Roe^Al")
    found, warnings = records(tmp_path, sources)
    assert [str(one.PatientName) for one in of_type(found, "PATIENT")] == ["Doe^Jo", "Roe^Al"]
    assert [one.PatientID for one in of_type(found, "PATIENT")] == ["1", "1"]
    assert len(of_type(found, "STUDY")) == 2  # of one UID
    assert [text.split(";")[0] for text in warnings] == [
        "1 PatientID(s) of several patients, by their names or issuers",
        "1 StudyInstanceUID(s) under several patients",
        "1 SeriesInstanceUID(s) in several studies",
    ]


def test_studies_of_nobody_are_not_made_those_of_one(sources: Path, tmp_path: Path) -> None:
    for name, study in (("a", "1.2.3"), ("b", "1.2.4")):
        an_instance(
            sources / name,
            PatientID=None,
            PatientName=None,
            StudyInstanceUID=study,
            SeriesInstanceUID=f"{study}.1",
        )
    found, _ = records(tmp_path, sources)
    assert [one.PatientID for one in of_type(found, "PATIENT")] == ["NEGATO-1", "NEGATO-2"]


def test_a_report_has_its_title_and_none_of_its_findings(sources: Path, tmp_path: Path) -> None:
    title, modifier, finding, words = Dataset(), Dataset(), Dataset(), Dataset()
    title.CodeValue, title.CodingSchemeDesignator = "18748-4", "LN"
    title.CodeMeaning = "Größenbericht"
    modifier.RelationshipType, modifier.ValueType = "HAS CONCEPT MOD", "TEXT"
    modifier.ConceptNameCodeSequence = Items([title])
    finding.RelationshipType, finding.ValueType = "CONTAINS", "TEXT"
    words.CodeValue, words.CodingSchemeDesignator, words.CodeMeaning = "1", "99", "secret"
    finding.ConceptNameCodeSequence = Items([words])
    an_instance(
        sources / "a",
        SR,
        SpecificCharacterSet="ISO_IR 100",
        Modality="SR",
        CompletionFlag="COMPLETE",
        VerificationFlag="UNVERIFIED",
        ContentDate="20200102",
        ContentTime="1011",
        ConceptNameCodeSequence=Items([title]),
        ContentSequence=Items([modifier, finding]),
    )
    found, warnings = records(tmp_path, sources)
    report = of_type(found, "SR DOCUMENT")[0]
    assert report.ConceptNameCodeSequence[0].CodeMeaning == "Größenbericht"
    assert [item.RelationshipType for item in report.ContentSequence] == ["HAS CONCEPT MOD"]
    assert warnings == []


def test_a_private_class_is_an_image_and_said(sources: Path, tmp_path: Path) -> None:
    an_instance(sources / "a", "1.3.46.670589.5.0.1")
    found, warnings = records(tmp_path, sources)
    assert len(of_type(found, "IMAGE")) == 1
    assert "private" in warnings[0]


@pytest.mark.parametrize(
    ("uid", "kind"), [*_FOUR_LEVEL_SOP_CLASSES.items(), *_SINGLE_LEVEL_SOP_CLASSES.items()]
)
def test_types_of_records_are_those_of_pydicom(uid: str, kind: str) -> None:
    assert record_type(uid) == kind


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        ("66.4", "IMAGE"),
        ("104.1", "ENCAP DOC"),
        ("481.5", "RT PLAN"),
        ("481.23", "IMAGE"),
        ("481.17", "RADIOTHERAPY"),
        ("11.8", "PRESENTATION"),
        ("9.1.4", "WAVEFORM"),
        ("91.1", "ANNOTATION"),
    ],
)
def test_types_of_records_that_pydicom_does_not_know_by_class(last: str, kind: str) -> None:
    assert record_type(f"1.2.840.10008.5.1.4.1.1.{last}") == kind


def test_an_empty_tree_makes_an_index_without_records(tmp_path: Path) -> None:
    (tmp_path / "DICOMDIR").write_bytes(dicomdir([]))
    assert read_dicomdir(str(tmp_path / "DICOMDIR")).records == ()


@pytest.mark.parametrize("folder", ["objects", "series", "charset"])
def test_the_index_of_real_files_is_read_by_others(
    corpus: Path, tmp_path: Path, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names and numbers of what is in it are those of the files, as pydicom reads both."""
    monkeypatch.setitem(pydicom.fileset._PREFIXES, "ANNOTATION", "AN")
    tree = FileSetTree()
    for item in scan([str(corpus / folder)]):
        if isinstance(item, Instance):
            tree.add(item)
    sources = set()
    for place in tree.places():
        place.is_written = True
        target = tmp_path.joinpath(*place.file_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place.instance.path, target)
        sources.add(str(target))
    (tmp_path / "DICOMDIR").write_bytes(dicomdir(tree.records()[0]))
    with file_set(tmp_path) as found:
        assert {one.path for one in found} == sources
        for one in found:
            dataset = pydicom.dcmread(one.path, stop_before_pixels=True)
            assert one.ReferencedSOPInstanceUIDInFile == dataset.SOPInstanceUID
            assert str(one.PatientName or "") == str(dataset.get("PatientName") or "")


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not there")
def test_dicom3tools_finds_no_error(sources: Path, tmp_path: Path) -> None:
    an_instance(sources / "a", AccessionNumber="A1", SpecificCharacterSet="ISO_IR 192")
    an_instance(
        sources / "b", PatientName="Ünal^A", PatientID=None, SpecificCharacterSet="ISO_IR 192"
    )
    records(tmp_path, sources)
    told = subprocess.run(
        ["dciodvfy", tmp_path / "DICOMDIR"], capture_output=True, text=True, check=False
    )
    assert "BasicDirectory" in told.stderr
    assert "Error" not in told.stderr
