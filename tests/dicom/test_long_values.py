"""Texts of a header that are far too long are told apart, and shown by their beginning."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.uid import ImplicitVRLittleEndian

from tests.dicom import synthetic
from viewer.dicom.catalogue import CatalogueBuilder
from viewer.dicom.reading import HeaderReader, read_header

LONG = "W" * 1_000_000


def write(path: Path, **attributes: str) -> str:
    """Write a file in implicit VR, where any text may be of any length."""
    values = np.zeros((4, 4), np.uint16)
    attributes = {"SeriesInstanceUID": "1.2.3", "StudyInstanceUID": "1.2", **attributes}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of their lengths
        return synthetic.write(path, values, transfer_syntax=ImplicitVRLittleEndian, **attributes)


def test_of_a_name_of_a_megabyte_the_beginning_is_kept(tmp_path: Path) -> None:
    header = read_header(write(tmp_path / "long.dcm", PatientName=LONG))
    assert header.patient_name.startswith("W" * 1000)
    assert len(header.patient_name) < 1200
    assert "1000000 bytes" in header.patient_name


def test_a_long_text_in_an_explicit_file_is_kept_alike(tmp_path: Path) -> None:
    path = tmp_path / "long.dcm"
    synthetic.write(path, np.zeros((4, 4), np.uint16))
    dataset = dcmread(path)
    dataset[0x00081030] = DataElement(0x00081030, "UT", LONG)
    dataset.save_as(path)
    assert read_header(str(path)).study_description.startswith("W" * 1000)


def test_patients_whose_identifiers_differ_at_the_end_alone_are_kept_apart(tmp_path: Path) -> None:
    reader, builder = HeaderReader(), CatalogueBuilder()
    for end in "ab":
        path = write(tmp_path / end, PatientID=LONG + end, PatientName="Doe^Jo")
        builder.add(reader.read(path))
    again = write(tmp_path / "again", PatientID=LONG + "a", PatientName="Doe^Jo")
    builder.add(reader.read(again))
    patients = builder.snapshot().patients
    assert len(patients) == 2
    assert len({patient.id for patient in patients}) == 2


def test_a_long_text_among_short_ones_of_a_series_is_not_lost(tmp_path: Path) -> None:
    reader = HeaderReader()
    names = ("aa", "bb", "cc", "dd", "W" * 70_000, "ee")
    read = [
        reader.read(write(tmp_path / str(number), SeriesDescription=name)).series_description
        for number, name in enumerate(names)
    ]
    assert read[:4] + read[5:] == ["aa", "bb", "cc", "dd", "ee"]
    assert read[4].startswith("W" * 1000)
