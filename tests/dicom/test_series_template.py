"""Headers read by what their series shares are those that every element walked gives."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import ImplicitVRLittleEndian

from viewer.dicom.errors import HeaderError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.reading import HeaderReader, read_header
from viewer.resources import resource

_WINDOW_CENTER = b"\x28\0\x50\x10DS\x02\0"  # tag, VR, length
CT = str(get_testdata_file("CT_small.dcm", download=False))


def told(read, path: str) -> InstanceHeader | tuple[str, str]:
    try:
        return read(path)
    except HeaderError as error:
        return error.kind, error.message


def unequal(paths: list[str]) -> list[str]:
    """Read files one after another and each alone; give those that differ."""
    reader = HeaderReader()
    return [path for path in paths if told(reader.read, path) != told(read_header, path)]


def files_below(root: Path) -> list[str]:
    return [os.path.join(folder, n) for folder, _, names in os.walk(root) for n in sorted(names)]


@pytest.fixture
def series(tmp_path: Path):
    """Give a function that writes a slice of one series with changes, and its path."""

    def write(number: int, **changes: object) -> str:
        dataset = dcmread(CT)
        dataset.InstanceNumber = number
        dataset.SOPInstanceUID = f"1.2.3.{number}"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.ImagePositionPatient = [0, 0, number * 2.5]
        for keyword, value in changes.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)
        path = tmp_path / f"{number}.dcm"
        dataset.save_as(path)
        return str(path)

    return write


def test_a_series_is_read_as_file_by_file(series) -> None:
    assert unequal([series(n) for n in range(1, 9)]) == []


def test_files_of_a_series_are_not_walked_again(series, monkeypatch) -> None:
    paths = [series(n) for n in (1, 2, 3, 4, 5)]
    reader = HeaderReader()
    for path in paths[:3]:
        reader.read(path)

    def walk(*_: object) -> None:
        pytest.fail("walked")

    monkeypatch.setattr("viewer.dicom.series_reader.quick_read", walk)
    assert [reader.read(path).instance_number for path in paths[3:]] == [4, 5]
    assert reader.read(paths[4]).image_position_patient == (0.0, 0.0, 12.5)


def test_an_implicit_series_is_read_as_file_by_file_and_not_walked(series, monkeypatch) -> None:
    paths = [series(n, SliceLocation=n) for n in range(1, 7)]
    for path in paths:
        dataset = dcmread(path)
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        dataset.save_as(path, implicit_vr=True, little_endian=True)
    assert unequal(paths) == []
    reader = HeaderReader()
    for path in paths[:3]:
        reader.read(path)
    monkeypatch.setattr("viewer.dicom.series_reader.quick_read", lambda *_: pytest.fail("walked"))
    read = [reader.read(path) for path in paths[3:]]
    assert [header.slice_location for header in read] == [4.0, 5.0, 6.0]
    assert {header.transfer_syntax_uid for header in read} == {ImplicitVRLittleEndian}


def test_values_that_cannot_be_read_are_flagged_in_their_file_alone(series) -> None:
    paths = [series(n, WindowCenter=f"{40 + n}") for n in range(1, 9)]
    for number in (2, 4):  # before and after the series is known
        path = Path(paths[number])
        value = f"{41 + number}".encode()
        path.write_bytes(path.read_bytes().replace(_WINDOW_CENTER + value, _WINDOW_CENTER + b"X "))
    assert unequal(paths) == []
    reader = HeaderReader()
    flags = [reader.read(path).needs_full_description for path in paths]
    assert [n for n, flag in enumerate(flags) if flag] == [2, 4]


@pytest.mark.parametrize(
    "change",
    [
        {"SeriesDescription": "other"},
        {"PatientName": "Müller^Jürgen"},
        {"SpecificCharacterSet": "ISO_IR 192", "PatientName": "Ωmega"},
        {"PixelRepresentation": 0, "PixelPaddingValue": 24},
        {"RescaleSlope": None},
        {"RescaleIntercept": "-1024.5"},
        {"WindowCenter": [40, 300], "WindowWidth": [400, 2000]},
        {"SliceThickness": ""},
        {"SeriesInstanceUID": "1.2.99"},
        {"Rows": 64, "PixelData": bytes(64 * 128 * 2)},
        {"VOILUTSequence": [Dataset()]},
        {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.4"},
    ],
)
def test_a_file_that_differs_is_read_as_it_is(series, change: dict[str, object]) -> None:
    odd = series(5, **change)
    paths = [series(1), series(2), series(3), odd, series(6), odd, series(7), series(8)]
    assert unequal(paths) == []


def test_of_an_element_that_comes_twice_the_last_one_counts(series) -> None:
    paths = []
    for number in range(1, 6):
        path = Path(series(number, InstitutionName="AAAA", SeriesDescription="BBBB"))
        data = path.read_bytes().replace(b"AAAA", f"A{number:03}".encode())
        # the institution's element under the tag of the series' description
        data = data.replace(b"\x08\0\x80\0LO", b"\x08\0\x3e\x10LO")
        path.write_bytes(data)
        paths.append(str(path))
    assert unequal(paths) == []


def test_sequences_that_differ_are_stepped_over(series) -> None:
    def reference(uid: str) -> list[Dataset]:
        item = Dataset()
        item.ReferencedSOPInstanceUID = uid
        item.is_undefined_length_sequence_item = True
        return [item]

    paths = [
        series(n, ReferencedImageSequence=reference("1.2." + "3" * n), SliceLocation=n)
        for n in range(1, 7)
    ]
    assert unequal(paths) == []


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(at=st.integers(128, 4000), value=st.integers(0, 255), cut=st.none() | st.integers(100, 5000))
def test_damage_in_a_file_of_the_series_is_not_overlooked(
    series, tmp_path: Path, at: int, value: int, cut: int | None
) -> None:
    paths = [series(n) for n in (1, 2, 3)]
    data = bytearray(Path(paths[2]).read_bytes())
    data[at] = value
    damaged = tmp_path / "damaged.dcm"
    damaged.write_bytes(data[:cut])
    assert unequal([*paths, str(damaged), paths[0]]) == []


def test_the_sample_is_read_alike_whatever_came_before() -> None:
    paths = files_below(resource("sample"))
    assert unequal(paths) == []
    assert unequal(paths[::-1]) == []
    assert unequal([*paths[::7], *paths[::3], *paths]) == []


def test_real_files_are_read_alike_whatever_came_before(corpus: Path) -> None:
    assert unequal(files_below(corpus)) == []


def test_a_copy_of_the_last_file_keeps_its_own_path(series, tmp_path: Path) -> None:
    paths = [series(n) for n in (1, 2, 3, 4)]
    copy = str(shutil.copy(paths[3], tmp_path / "copy.dcm"))
    reader = HeaderReader()
    headers = [reader.read(path) for path in (*paths, copy)]
    assert headers[-1].path == copy
    assert headers[-1].sop_instance_uid == headers[-2].sop_instance_uid
