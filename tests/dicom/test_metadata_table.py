"""Columns and rows of the metadata table: names to attributes, files to cells, two ways alike."""

from __future__ import annotations

import ntpath
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_files
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.dicom.synthetic import grey, write
from viewer.dicom.errors import HeaderError
from viewer.dicom.inspection.cells import LONGEST, SEPARATOR
from viewer.dicom.inspection.columns import (
    Column,
    ColumnError,
    known_columns,
    parse_column,
    parse_columns,
    split_columns,
)
from viewer.dicom.inspection.table_conditions import parse_condition
from viewer.dicom.inspection.table_levels import Levels, key_columns
from viewer.dicom.inspection.table_rows import Row, RowReader, scan
from viewer.dicom.ledger import Skipped
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.scanning import scan as scan_headers

_MANY = (
    "PatientID",
    "PatientName",
    "StudyDate",
    "ImageType",
    "SliceThickness",
    "ImagePositionPatient",
    "Rows",
    "SmallestImagePixelValue",
    "SOPInstanceUID",
    "TransferSyntaxUID",
    "MediaStorageSOPClassUID",
    "FileMetaInformationVersion",
    "0029,1010",
    "0009,0010",
    '(0019,"SIEMENS MR HEADER",0C)',
    "RequestAttributesSequence.ScheduledProcedureStepID",
    "ReferencedImageSequence[*].ReferencedSOPInstanceUID",
    "ReferencedImageSequence",
    "FrameIncrementPointer",
    "ReferringPhysicianName",
    "SpecificCharacterSet",
    "LossyImageCompressionRatio",
    "frames",
    "transfer_syntax",
    "size",
    "file",
)


def _row(path: str | Path, *columns: str) -> list[str]:
    reader = RowReader(parse_columns(columns, "instance"), DEFAULT_LIMITS)
    return reader.read(str(path)).cells.split(SEPARATOR)


def _cell(path: str | Path, column: str) -> str:
    return _row(path, column)[0]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("PatientID", "PatientID"),
        ("patientid", "PatientID"),
        ("0010,0020", "PatientID"),
        ("(0010,0020)", "PatientID"),
        ("00100020", "PatientID"),
        ("0029,1010", "0029,1010"),
        ('(0019,"SIEMENS MR HEADER",0c)', '(0019,"SIEMENS MR HEADER",0C)'),
        (
            "RequestAttributesSequence[*].ScheduledProcedureStepID",
            "RequestAttributesSequence[*].ScheduledProcedureStepID",
        ),
        ("0040,0275[1].0040,0009", "RequestAttributesSequence[1].ScheduledProcedureStepID"),
        ("PATH", "path"),
    ],
)
def test_a_column_is_named_in_several_ways(text: str, title: str) -> None:
    assert parse_column(text).title == title


def test_commas_within_tags_separate_no_columns() -> None:
    text = 'Rows, 0010,0020,(0019,"A, B",0C),RequestAttributesSequence[0].0040,0009,path'
    assert split_columns(text) == [
        "Rows",
        "0010,0020",
        '(0019,"A, B",0C)',
        "RequestAttributesSequence[0].0040,0009",
        "path",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PatientNam", "did you mean PatientName"),
        ("transfersyntax", "transfer_syntax"),
        ("Nonsense42", "There is no column Nonsense42. Name it by"),
        ("PixelData", "pixels"),
        ("FFFA,FFFA", "behind them"),
        ("", "empty"),
        ('(0018,"A",0C)', "private"),
        ("[0].Rows", "no column"),
    ],
)
def test_what_is_no_column_is_said_with_what_may_be_meant(text: str, said: str) -> None:
    with pytest.raises(ColumnError) as raised:
        parse_column(text)
    assert said in raised.value.message
    assert raised.value.message.count("\n") == 0


def test_numbers_are_those_of_attributes_with_one_value() -> None:
    kinds = {name: parse_column(name).numeric for name in ("Rows", "SliceThickness", "size")}
    assert kinds == {"Rows": "int", "SliceThickness": "float", "size": "int"}
    assert not parse_column("PixelSpacing").numeric
    assert not parse_column("RequestAttributesSequence[*].Rows").numeric


def test_columns_are_offered_by_what_they_begin_with_and_by_name() -> None:
    assert known_columns("patientn")[0][0] == "PatientName"
    assert "SOPInstanceUID" in [title for title, _, _ in known_columns("sop instance uid")]
    assert {"path", "Rows"} <= {title for title, _, _ in known_columns()}


def test_values_are_as_a_person_expects_them(tmp_path: Path) -> None:
    item = Dataset()
    item.ScheduledProcedureStepID = "STEP"
    other = Dataset()
    other.ScheduledProcedureStepID = "OTHER"
    path = write(
        tmp_path / "a",
        grey(),
        PatientName="Müller^Jörg",
        SpecificCharacterSet="ISO_IR 100",
        StudyDate="20240131",
        StudyTime="101112.5",
        ImageType=["ORIGINAL", "PRIMARY"],
        SliceThickness="2.50",
        PixelSpacing=[0.5, 0.25],
        FrameIncrementPointer=0x00181063,
        ExposureTimeInms=1.1,
        RequestAttributesSequence=Items([item, other]),
    )
    assert _row(path, "PatientName", "StudyDate", "StudyTime", "ImageType", "SliceThickness") == [
        "Müller^Jörg",
        "2024-01-31",
        "101112.5",
        "ORIGINAL\\PRIMARY",
        "2.50",
    ]
    assert _row(path, "PixelSpacing", "FrameIncrementPointer", "ExposureTimeInms", "Rows") == [
        "0.5\\0.25",
        "(0018,1063)",
        "1.1",
        "24",
    ]
    step = "ScheduledProcedureStepID"
    names = [f"RequestAttributesSequence{item}.{step}" for item in ("", "[1]", "[*]", "[7]")]
    assert _row(path, *names) == ["STEP", "OTHER", "STEP\\OTHER", ""]
    assert _cell(path, "RequestAttributesSequence") == "2 items"
    assert _row(path, "frames", "file", "size", "status") == [
        "1",
        "a",
        str(Path(path).stat().st_size),
        "read",
    ]
    assert "Explicit VR Little Endian" in _cell(path, "transfer_syntax")


def test_a_private_element_is_found_by_its_creator_wherever_its_block_is(tmp_path: Path) -> None:
    for number, first in enumerate(("ACME 1", "OTHER")):
        path = write(tmp_path / f"{number}", grey())
        dataset = dcmread(path)
        dataset.private_block(0x0019, first, create=True).add_new(1, "LO", f"of {first}")
        if first != "ACME 1":
            dataset.private_block(0x0019, "ACME 1", create=True).add_new(1, "LO", "of the second")
        dataset.save_as(path)
    found = [_cell(tmp_path / name, '(0019,"ACME 1",01)') for name in "01"]
    assert found == ["of ACME 1", "of the second"]


def test_a_mark_between_cells_in_a_value_makes_no_cell(tmp_path: Path) -> None:
    path = write(tmp_path / "a", grey(), PatientComments=f"a{SEPARATOR}b", PatientID="7")
    assert _row(path, "PatientComments", "PatientID") == ["a\ufffdb", "7"]


def test_escapes_of_character_sets_are_no_part_of_a_name(tmp_path: Path) -> None:
    name = b"Zhang=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1"
    known = {"SpecificCharacterSet": ["", "ISO 2022 IR 58"], "PatientName": "N" * len(name)}
    path = Path(write(tmp_path / "IM1", grey(), **known))
    path.write_bytes(path.read_bytes().replace(b"N" * len(name), name))
    assert _cell(path, "PatientName") == "Zhang=\u5f20^\u5c0f"


def test_a_long_text_is_cut_and_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a", grey(), TextValue="x" * 40_000)
    assert _cell(path, "TextValue") == "x" * LONGEST + "… (40,000 characters)"


def _files(paths: Sequence[Path]) -> list[str]:
    return [str(path) for path in paths if path.is_file()]


def _assert_all_ways_agree(paths: Sequence[str]) -> int:
    """Compare the reader that remembers with a new one a file, and with the walk over all of it."""
    columns = parse_columns(_MANY, "instance")
    remembering, read = RowReader(columns, DEFAULT_LIMITS), 0
    for path in paths:
        results: list[object] = []
        fresh = RowReader(columns, DEFAULT_LIMITS)
        for way in (remembering.read, fresh.read, fresh._read_wholly):
            try:
                results.append(way(path))
            except HeaderError as error:
                results.append(error.kind)
        assert results[0] == results[1] == results[2], path
        read += isinstance(results[0], Row)
    return read


def test_all_ways_to_read_a_file_agree_on_pydicoms_files() -> None:
    paths = [path for path in get_testdata_files() if Path(path).is_file()]
    assert _assert_all_ways_agree(paths) > 30


def test_all_ways_to_read_a_file_agree_on_real_files(corpus: Path) -> None:
    folders = ("mr_localizer_3plane", "siemens_xa60", "objects", "broken", "derived")
    paths = [path for path in sorted(corpus.rglob("*")) if set(path.parts) & set(folders)]
    assert _assert_all_ways_agree(_files(paths)) > 100


def test_cells_are_what_pydicom_reads(corpus: Path) -> None:
    names = ("PatientID", "Modality", "SeriesInstanceUID", "InstanceNumber", "Rows", "ImageType")
    compared = 0
    for path in _files(sorted((corpus / "objects").rglob("*.dcm"))):
        try:
            cells = _row(path, *names)
        except HeaderError:
            continue
        dataset = dcmread(path, stop_before_pixels=True, force=True)
        for name, cell in zip(names, cells, strict=True):
            value = dataset.get(name)
            several = value if isinstance(value, list) or hasattr(value, "append") else [value]
            assert cell == "\\".join("" if one is None else str(one).strip() for one in several)
            compared += 1
    assert compared > 100


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_other_encodings_give_the_same_cells(tmp_path: Path, syntax: str) -> None:
    plain, other = tmp_path / "plain", tmp_path / "other"
    given = {"PatientID": "7", "SliceThickness": "2", "SmallestImagePixelValue": 3}
    write(plain, grey(), **given)
    write(other, grey(), transfer_syntax=syntax, **given)
    names = ("PatientID", "SliceThickness", "SmallestImagePixelValue", "Rows", "frames")
    assert _row(other, *names) == _row(plain, *names) == ["7", "2", "3", "24", "1"]


def test_files_of_a_series_keep_their_own_values(tmp_path: Path) -> None:
    for number in range(6):
        write(
            tmp_path / f"{number}",
            grey(),
            SeriesInstanceUID="1.2",
            InstanceNumber=number,
            ImagePositionPatient=["0", "0", str(number)],
            PatientName="Same^One" if number < 4 else "Other^Name",
        )
    reader = RowReader(
        parse_columns(
            ("InstanceNumber", "ImagePositionPatient", "PatientName", "file"), "instance"
        ),
        DEFAULT_LIMITS,
    )
    found = [reader.read(str(tmp_path / f"{n}")).cells.split(SEPARATOR) for n in range(6)]
    names = ["Same^One"] * 4 + ["Other^Name"] * 2
    assert found == [[str(n), f"0\\0\\{n}", names[n], str(n)] for n in range(6)]


def test_every_file_is_a_row_or_has_a_reason_as_in_the_catalogue(corpus: Path) -> None:
    paths = [str(corpus / "broken"), str(corpus / "cd")]
    columns = parse_columns(("PatientID",), "instance")
    rows = list(scan(paths, DEFAULT_LIMITS, frozenset(), None, columns))
    headers = list(scan_headers(paths, DEFAULT_LIMITS))
    ours = {item.path: item for item in rows if isinstance(item, Row | Skipped)}
    for item in headers:
        if isinstance(item, Skipped):
            assert ours[item.path] == item
        elif hasattr(item, "path"):
            assert isinstance(ours[item.path], Row)


def test_rows_are_folded_into_series_and_counted() -> None:
    columns = parse_columns(("Modality", "InstanceNumber", "instances", "frames", "path"), "series")
    assert [column.title for column in key_columns("series")] == [
        "StudyInstanceUID",
        "SeriesInstanceUID",
    ]
    levels = Levels(columns, "series")
    for number in range(5):
        levels.add(f"/s/{number}", ["CT", str(number), "1", "2", f"/s/{number}", "1.1", "1.2"])
    levels.add("/s/x", ["MR", "", "1", "1", "/s/x", "1.1", "1.3"])
    assert list(levels.rows()) == [
        ("/s/0", ["CT", "0; 1; 2 … (5 values)", "5", "10", "/s"]),
        ("/s/x", ["MR", "", "1", "1", "/s/x"]),
    ]


def test_files_of_a_series_on_several_drives_have_no_folder_in_common(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os.path, "commonpath", ntpath.commonpath)
    levels = Levels(parse_columns(("path", "instances"), "series"), "series")
    for path in (r"C:\s\1", r"C:\s\2", r"D:\s\3", r"D:\s\4"):
        levels.add(path, [path, "1", "1.1", "1.2"])
    assert list(levels.rows()) == [(r"C:\s\1", ["", "4"])]


def test_files_without_uids_are_rows_of_their_own() -> None:
    levels = Levels(parse_columns(("Modality", "series"), "study"), "study")
    for number in range(2):
        levels.add(f"/{number}", ["CT", "1", "", ""])
    assert len(list(levels.rows())) == 2


@pytest.mark.parametrize(
    ("condition", "cell", "holds"),
    [
        ("Modality=CT", "CT", True),
        ("Modality!=CT", "CT", False),
        ("ImageType=PRIMARY", "ORIGINAL\\PRIMARY", True),
        ("SliceThickness=5", "5.0", True),
        ("SliceThickness<=2", "10", False),
        ("Rows>=512", "1024", True),
        ("Rows>=512", "", False),
        ("SeriesDescription~axial", "T1 AXIAL", True),
        ("StudyDate>=20240101", "2024-01-31", True),
        ("StudyDate<2024-01-31", "2024-01-31", False),
        ("PatientID=", "", True),
        ("PixelSpacing<2", "0.5\\0.5", True),
        ("PixelSpacing<2", "10\\10", False),
    ],
)
def test_a_condition_holds_as_it_reads(condition: str, cell: str, holds: bool) -> None:
    assert parse_condition(condition).holds(cell) is holds


def test_what_is_no_condition_is_said() -> None:
    with pytest.raises(ColumnError, match="no condition"):
        parse_condition("Modality")
    with pytest.raises(ColumnError, match="did you mean Modality"):
        parse_condition("Modalit=CT")


def test_a_repeated_attribute_is_read_alike_by_all_ways(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write(path, np.zeros((4, 4), np.uint8), PatientID="FIRST ")
    content = path.read_bytes()
    at = content.index(b"\x10\x00\x20\x00LO")
    element = content[at : at + 14]
    path.write_bytes(
        content[:at] + element + element.replace(b"FIRST", b"OTHER") + content[at + 14 :]
    )
    assert _assert_all_ways_agree([str(path)]) == 1


def test_columns_are_plain_values_that_can_cross_to_a_child() -> None:
    import pickle

    columns = parse_columns(_MANY, "instance")
    assert pickle.loads(pickle.dumps(columns)) == columns
    assert all(isinstance(column, Column) for column in columns)
