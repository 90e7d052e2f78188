"""How two headers differ, element by element, item by item."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.dicom.enhanced_files import item, write_enhanced, write_series
from viewer.dicom.errors import HeaderError
from viewer.dicom.inspection.difference import Comparison, DifferenceRow, Tolerance, folded
from viewer.dicom.inspection.difference_pairs import paired_frames
from viewer.dicom.inspection.difference_reader import compare
from viewer.dicom.inspection.frame_places import WHOLE, FramePlace
from viewer.dicom.limits import DEFAULT_LIMITS


def compared(
    a: Path, b: Path, frames: tuple[int, int] = (WHOLE, WHOLE), tolerance: Tolerance | None = None
) -> Comparison:
    pairs = [((str(a), frames[0]), (str(b), frames[1]))]
    return compare(pairs, tolerance or Tolerance(), DEFAULT_LIMITS)


def differing(comparison: Comparison) -> dict[str, DifferenceRow]:
    return {row.path: row for row in comparison.told() if row.counts()}


def changed(path: Path, to: Path, **attributes: Any) -> Path:
    """Write a copy with other attributes; None: without them."""
    dataset = pydicom.dcmread(path)
    for keyword, value in attributes.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    dataset.save_as(to)
    return to


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return write_series(tmp_path / "original", 1, StudyDate="20240101")[0]


def test_a_copy_does_not_differ(original: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(original.read_bytes())
    found = compared(original, copy)
    assert not differing(found)
    assert {row.state for row in found.told()} == {"equal"}


def test_added_removed_and_changed(original: Path, tmp_path: Path) -> None:
    other = changed(original, tmp_path / "o", KVP="80", StudyDate=None, BodyPartExamined="HEAD")
    found = {
        path: (row.state, row.a, row.b)
        for path, row in differing(compared(original, other)).items()
    }
    assert found == {
        "KVP": ("changed", "120", "80"),
        "StudyDate": ("removed", "20240101", ""),
        "BodyPartExamined": ("added", "", "HEAD"),
    }


def test_subjects_that_can_be_ignored(original: Path, tmp_path: Path) -> None:
    other = changed(original, tmp_path / "o", StudyDate="20240102", StudyInstanceUID="1.2.77")
    found = {path: row.subject for path, row in differing(compared(original, other)).items()}
    assert found == {"StudyDate": "dates", "StudyInstanceUID": "uids"}
    rows = compared(original, other).told()
    assert not [row for row in rows if row.counts({"uids", "dates"})]


def test_another_sop_class_is_more_than_a_uid(original: Path, tmp_path: Path) -> None:
    other = changed(original, tmp_path / "o", SOPClassUID="1.2.840.10008.5.1.4.1.1.4")
    assert differing(compared(original, other))["SOPClassUID"].subject == ""


@pytest.mark.parametrize(
    ("tolerance", "differs"),
    [
        (Tolerance(), True),
        (Tolerance(absolute=0.01), True),
        (Tolerance(absolute=0.03), False),
        (Tolerance(relative=0.0003), False),
    ],
)
def test_numbers_within_the_tolerance_are_equal(
    original: Path, tmp_path: Path, tolerance: Tolerance, differs: bool
) -> None:
    other = changed(original, tmp_path / "o", KVP="120.02")
    found = compared(original, other, tolerance=tolerance)
    assert ("KVP" in differing(found)) is differs
    assert differs or {row.path: row.state for row in found.told()}["KVP"] == "near"


def test_nothing_finite_is_near_what_is_not() -> None:
    tolerance = Tolerance(absolute=1, relative=0.5)
    assert tolerance.holds(math.inf, math.inf)
    assert not tolerance.holds(math.inf, 1)
    assert not tolerance.holds(-math.inf, math.inf)


def test_a_number_written_otherwise_is_the_same(original: Path, tmp_path: Path) -> None:
    other = changed(original, tmp_path / "o", KVP="1.2E2")
    assert not differing(compared(original, other))


def test_texts_are_compared_not_their_bytes(tmp_path: Path) -> None:
    one = write_series(tmp_path / "a", 1, SpecificCharacterSet="ISO_IR 100", StationName="Gerät")
    other = write_series(tmp_path / "b", 1, SpecificCharacterSet="ISO_IR 192", StationName="Gerät")
    assert set(differing(compared(one[0], other[0]))) <= {
        "SpecificCharacterSet",
        "MediaStorageSOPInstanceUID",
        "FileMetaInformationGroupLength",
    }


def test_private_elements_are_aligned_by_their_creator(original: Path, tmp_path: Path) -> None:
    paths = []
    for name, creators in (("a", ("ONE", "TWO")), ("b", ("TWO", "ONE"))):
        dataset = pydicom.dcmread(original)
        for creator in creators:
            dataset.private_block(0x0011, creator, create=True).add_new(1, "LO", f"of {creator}")
        dataset.save_as(tmp_path / name)
        paths.append(tmp_path / name)
    assert not differing(compared(*paths))


def test_bulk_is_compared_to_its_last_byte(original: Path, tmp_path: Path) -> None:
    values = bytearray(range(256)) * 40
    paths = []
    for name in ("a", "b"):
        dataset = pydicom.dcmread(original)
        dataset.private_block(0x0011, "ONE", create=True).add_new(1, "OB", bytes(values))
        dataset.save_as(tmp_path / name)
        paths.append(tmp_path / name)
        values[-1] ^= 1
    (row,) = differing(compared(*paths)).values()
    assert row.path == "(0011,1001)"
    assert row.a != row.b
    assert len(row.a) < 200


def test_another_vr_is_a_difference(original: Path, tmp_path: Path) -> None:
    dataset = pydicom.dcmread(original)
    dataset["KVP"].VR = "IS"
    dataset.save_as(tmp_path / "o")
    row = differing(compared(original, tmp_path / "o"))["KVP"]
    assert (row.vr, row.note) == ("DS/IS", "the VR alone differs")


def _codes(*values: str) -> list[Dataset]:
    return [
        item(CodeValue=value, CodingSchemeDesignator="99X", CodeMeaning=f"The {value}")
        for value in values
    ]


def test_items_are_aligned_by_what_they_are_about(tmp_path: Path) -> None:
    (one,) = write_series(tmp_path / "a", 1, ProcedureCodeSequence=_codes("A", "B", "C"))
    codes = _codes("B", "C", "D")
    codes[1].CodeMeaning = "Another C"
    other = changed(one, tmp_path / "b", ProcedureCodeSequence=codes)
    found = differing(compared(one, other))
    meanings = [row for row in found.values() if row.state == "changed"]
    assert [(row.a, row.b) for row in meanings] == [("The C", "Another C")]
    assert {row.a for row in found.values() if row.state == "removed"} == {"A", "99X", "The A"}
    assert {row.b for row in found.values() if row.state == "added"} == {"D", "99X", "The D"}


def test_items_without_a_name_are_aligned_by_likeness(tmp_path: Path) -> None:
    items = [item(Manufacturer=f"M{n}", DeviceSerialNumber=f"S{n}") for n in range(3)]
    (one,) = write_series(tmp_path / "a", 1, ContributingEquipmentSequence=items)
    less = [item(Manufacturer="M1", DeviceSerialNumber="new"), items[2]]
    other = changed(one, tmp_path / "b", ContributingEquipmentSequence=less)
    found = differing(compared(one, other))
    assert [(row.a, row.b) for row in found.values() if row.state == "changed"] == [("S1", "new")]
    assert {row.a for row in found.values() if row.state == "removed"} == {"M0", "S0"}


def test_frames_of_an_enhanced_object(tmp_path: Path) -> None:
    path = write_enhanced(tmp_path / "e")
    found = {path.rpartition(".")[2] for path in differing(compared(path, path, (0, 2)))}
    assert found == {
        "InStackPositionNumber",
        "DimensionIndexValues",
        "ImagePositionPatient",
        "ExposureInmAs",
    }
    with pytest.raises(HeaderError, match="It has no frame 9; it has 4"):
        compared(path, path, (0, 8))


def test_functional_groups_are_aligned_by_their_dimensions(tmp_path: Path) -> None:
    one = write_enhanced(tmp_path / "a", 4)
    dataset = pydicom.dcmread(one)
    del dataset.PerFrameFunctionalGroupsSequence[0]
    dataset.save_as(tmp_path / "b")
    found = differing(compared(one, tmp_path / "b"))
    assert {row.state for row in found.values()} == {"removed"}


def test_other_byte_order_is_no_difference_of_values(corpus: Path) -> None:
    names = ("emri_small.dcm", "emri_small_big_endian.dcm")
    plain, big = (corpus / "multiframe" / name for name in names)
    found = compared(plain, big)
    assert set(differing(found)) == {
        "TransferSyntaxUID",
        "ImplementationClassUID",
        "ImplementationVersionName",
    }
    states = {row.path: row.state for row in found.told()}
    assert states["PixelData"] == "unknown"


def test_pairs_are_folded(tmp_path: Path) -> None:
    a = write_series(tmp_path / "a", 3)
    b = write_series(tmp_path / "b", 3, StationName="CT2")
    changed(b[1], b[1], KVP="80")
    pairs = [((str(x), WHOLE), (str(y), WHOLE)) for x, y in zip(a, b, strict=True)]
    whole = compare(pairs, Tolerance(), DEFAULT_LIMITS)
    found = differing(whole)
    assert (found["StationName"].differing, found["StationName"].alike) == (3, True)
    assert (found["KVP"].differing, found["KVP"].of, found["KVP"].a) == (1, 3, "120")
    parts = [compare([pair], Tolerance(), DEFAULT_LIMITS) for pair in pairs]
    assert folded([folded(parts[:2]), parts[2]]) == whole


def test_frames_are_paired_by_position_then_by_number_then_in_order() -> None:
    a = [FramePlace("a", at, 2.0 * at, at) for at in range(4)]
    b = [FramePlace("b", at, 2.0 * at, 9 - at) for at in (3, 2, 1)]
    found = paired_frames(a, b)
    assert found.by == "position"
    assert [(x.frame, y.frame) for x, y in found.pairs] == [(1, 1), (2, 2), (3, 3)]
    assert [one.frame for one in found.only_a] == [0]
    far = [FramePlace("b", at, 500.0 + at, at) for at in range(4)]
    assert paired_frames(a, far).by == "InstanceNumber"
    assert paired_frames(a, [FramePlace("b", 0), FramePlace("b", 1)]).by == "order"


def test_a_file_that_is_none_is_said(tmp_path: Path, original: Path) -> None:
    other = tmp_path / "text"
    other.write_text("hello")
    with pytest.raises(HeaderError, match="not a DICOM file"):
        compared(original, other)
