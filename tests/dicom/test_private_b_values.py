"""The b-value of diffusion images of makers that do not use (0018,9087)."""

from __future__ import annotations

from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from viewer.dicom.reading import read_header

SIEMENS = (0x0019, 0x0C, "SIEMENS MR HEADER", "IS", "1000")
GE = (0x0043, 0x39, "GEMS_PARM_01", "IS", ["1000001000", "8", "0", "0"])
PHILIPS = (0x2001, 0x03, "Philips Imaging DD 001", "FL", 1000.0)


def b_value(
    path: Path,
    maker: tuple[int, int, str, str, object],
    syntax: str = ExplicitVRLittleEndian,
    **changed: object,
) -> float | None:
    group, element, creator, vr, value = maker
    dataset = pydicom.dcmread(get_testdata_file("MR_small.dcm", download=False))
    block = dataset.private_block(group, creator, create=True)
    block.add_new(element, changed.pop("vr", vr), changed.pop("value", value))
    for keyword, found in changed.items():
        setattr(dataset, keyword, found)
    dataset.file_meta.TransferSyntaxUID = syntax
    pydicom.dcmwrite(path, dataset, enforce_file_format=True)
    return read_header(str(path)).b_value


@pytest.mark.parametrize("maker", [SIEMENS, GE, PHILIPS], ids=["Siemens", "GE", "Philips"])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_the_makers_b_value_is_read(tmp_path: Path, maker, syntax) -> None:
    assert b_value(tmp_path / "a.dcm", maker, syntax) == 1000.0


def test_the_standard_attribute_comes_first(tmp_path: Path) -> None:
    assert b_value(tmp_path / "a.dcm", SIEMENS, DiffusionBValue=800.0) == 800.0


def test_another_creator_in_the_same_place_says_no_b_value(tmp_path: Path) -> None:
    stranger = (0x0019, 0x0C, "SOMEBODY ELSE", "IS", "1000")
    assert b_value(tmp_path / "a.dcm", stranger) is None


@pytest.mark.parametrize("value", ["-5", "", "123456"])
def test_a_number_that_is_no_b_value_is_left_out(tmp_path: Path, value: str) -> None:
    assert b_value(tmp_path / "a.dcm", SIEMENS, value=value) is None
