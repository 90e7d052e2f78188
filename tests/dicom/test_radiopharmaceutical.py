"""What PET files say of their tracer, read alike by both header readers."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.dicom.test_quickread import full, quick
from viewer.dicom.headers import InstanceHeader, Radiopharmaceutical

EXPECTED = Radiopharmaceutical(
    start_time="120000.00",
    start_date_time="20200101120000.00",
    total_dose_bq=3.5e8,
    half_life_s=6586.2,
)
IN_BOTH_LENGTHS = pytest.mark.parametrize("undefined", [False, True])


def a_pet(*, undefined: bool = False, items: int = 1) -> Dataset:
    """Make a PET file of a CT, with codes nested in the item before and after what counts."""
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    dataset.Modality = "PT"
    tracers = []
    for number in range(items):
        item = Dataset()
        item.Radiopharmaceutical = "FDG"
        item.RadiopharmaceuticalStartTime = "120000.00"
        item.RadiopharmaceuticalStartDateTime = "20200101120000.00"
        item.RadionuclideTotalDose = "350000000" if number == 0 else "1"
        item.RadionuclideHalfLife = "6586.2"
        code = Dataset()
        code.CodeMeaning = "18F"
        code.RadionuclideTotalDose = "2"
        item.ProcedureCodeSequence = [code]
        item.RadionuclideCodeSequence = [code]
        for keyword in ("ProcedureCodeSequence", "RadionuclideCodeSequence"):
            item[keyword].is_undefined_length = undefined
        code.is_undefined_length_sequence_item = undefined
        item.is_undefined_length_sequence_item = undefined
        tracers.append(item)
    dataset.RadiopharmaceuticalInformationSequence = tracers
    dataset["RadiopharmaceuticalInformationSequence"].is_undefined_length = undefined
    return dataset


def save(dataset: Dataset, path: Path, syntax: str = ExplicitVRLittleEndian) -> str:
    implicit = syntax == ImplicitVRLittleEndian
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(path, implicit_vr=implicit, little_endian=syntax != ExplicitVRBigEndian)
    return str(path)


def read(path: str) -> InstanceHeader:
    """Read with both readers, which must agree."""
    header = quick(path)
    assert header is not None
    assert header == full(path)
    return header


@IN_BOTH_LENGTHS
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("items", [1, 2])
def test_the_first_item_is_read_in_every_encoding(
    tmp_path: Path, syntax: str, undefined: bool, items: int
) -> None:
    path = save(a_pet(undefined=undefined, items=items), tmp_path / "pet.dcm", syntax)
    assert read(path).radiopharmaceutical == EXPECTED


def test_big_endian_is_left_to_the_full_reader(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(get_testdata_file("MR_small_bigendian.dcm", download=False))
    dataset.Modality = "PT"
    dataset.RadiopharmaceuticalInformationSequence = a_pet()[
        "RadiopharmaceuticalInformationSequence"
    ].value
    path = save(dataset, tmp_path / "pet.dcm", ExplicitVRBigEndian)
    assert quick(path) is None
    assert full(path).radiopharmaceutical == EXPECTED


@IN_BOTH_LENGTHS
def test_an_empty_sequence_says_nothing(tmp_path: Path, undefined: bool) -> None:
    assert read(save(a_pet(undefined=undefined, items=0), tmp_path / "pet.dcm")) is not None
    assert read(str(tmp_path / "pet.dcm")).radiopharmaceutical is None


def test_other_modalities_do_not_ask(tmp_path: Path) -> None:
    dataset = a_pet()
    dataset.Modality = "CT"
    assert read(save(dataset, tmp_path / "ct.dcm")).radiopharmaceutical is None


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
@pytest.mark.parametrize("vr", ["DS", "UN"])
@pytest.mark.parametrize("first_block", [0x10, 0x42])
def test_factors_of_philips_are_found_by_their_creator(
    tmp_path: Path, syntax: str, vr: str, first_block: int
) -> None:
    dataset = a_pet()
    dataset.add_new(0x70530000 | first_block, "LO", "Philips PET Private Group")
    block = first_block << 8
    factors = {0x00: "0.000587", 0x09: "2.5"}
    for element, value in factors.items():
        raw = value.encode() + b" " * (len(value) % 2)
        dataset.add_new(0x70530000 | block | element, vr, raw if vr == "UN" else value)
    found = read(save(dataset, tmp_path / "pet.dcm", syntax)).radiopharmaceutical
    assert found == replace(EXPECTED, philips_suv_factor=0.000587, philips_activity_factor=2.5)


def test_private_elements_of_another_creator_are_not_taken(tmp_path: Path) -> None:
    dataset = a_pet()
    dataset.add_new(0x70530010, "LO", "Somebody Else")
    dataset.add_new(0x70531000, "DS", "0.5")
    assert read(save(dataset, tmp_path / "pet.dcm")).radiopharmaceutical == EXPECTED


def test_the_scan_time_of_ge_is_read(corpus: Path) -> None:
    found = read(str(corpus / "broken" / "GH184.dcm")).radiopharmaceutical
    assert found is not None
    assert found.ge_scan_date_time == "20141023110036.00"
    assert found.total_dose_bq == 474592928


@pytest.mark.parametrize("cut", range(0, 60, 4))
def test_a_damaged_item_leaves_the_rest_of_the_header(tmp_path: Path, cut: int) -> None:
    path = Path(save(a_pet(), tmp_path / "pet.dcm"))
    content = bytearray(path.read_bytes())
    start = content.index(struct.pack("<HH2s", 0x0054, 0x0016, b"SQ")) + 12
    content[start + cut : start + cut + 4] = b"\xff\x01\xff\x7f"
    path.write_bytes(content)
    header = quick(str(path)) or full(str(path))
    assert header == full(str(path))
    assert header.rows == 128


@pytest.mark.parametrize("value", ["", "none", "1_0", "1e999"])
def test_a_number_that_is_none_is_absent(tmp_path: Path, value: str) -> None:
    path = Path(save(a_pet(), tmp_path / "pet.dcm"))
    padded = value.encode().ljust(len("350000000 "))
    path.write_bytes(path.read_bytes().replace(b"350000000 ", padded))
    found = read(str(path)).radiopharmaceutical
    assert found == replace(EXPECTED, total_dose_bq=None)
