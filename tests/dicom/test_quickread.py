"""The quick header reader gives what pydicom gives, or leaves the file to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file

from viewer.dicom.errors import HeaderError
from viewer.dicom.fullread import full_header
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.series_reader import SeriesReader

WINDOW = 16 << 10


def quick(path: str) -> InstanceHeader | None:
    with Path(path).open("rb") as stream:
        return SeriesReader().header(path, Path(path).stat().st_size, 0, stream.read(WINDOW))


def full(path: str) -> InstanceHeader:
    with Path(path).open("rb") as stream:
        return full_header(stream, path, Path(path).stat().st_size, 0, DEFAULT_LIMITS)


def files_below(root: Path) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        yield from (os.path.join(folder, name) for name in names)


def disagreements(root: Path) -> tuple[list[str], int, int]:
    """Compare both readers: files that differ, files read quickly, Part 10 files."""
    different, quickly, part10 = [], 0, 0
    for path in files_below(root):
        with Path(path).open("rb") as stream:
            part10 += stream.read(132)[128:] == b"DICM"
        header = quick(path)
        if header is None:
            continue
        quickly += 1
        try:
            if full(path) != header:
                different.append(path)
        except HeaderError as error:
            different.append(str(error))
    return different, quickly, part10


def test_both_readers_agree_on_the_corpus(corpus: Path) -> None:
    different, quickly, part10 = disagreements(corpus)
    assert different == []
    assert quickly >= 0.7 * part10


def test_both_readers_agree_on_the_test_files_of_pydicom() -> None:
    different, quickly, _ = disagreements(Path(pydicom.__file__).parent / "data" / "test_files")
    assert different == []
    assert quickly > 50


def test_values_are_those_that_pydicom_converts() -> None:
    path = str(get_testdata_file("CT_small.dcm", download=False))
    header = quick(path)
    dataset = pydicom.dcmread(path)
    assert header is not None
    assert header.patient_name == str(dataset.PatientName)
    assert header.series_instance_uid == dataset.SeriesInstanceUID
    assert header.image_position_patient == tuple(map(float, dataset.ImagePositionPatient))
    assert (header.rows, header.columns) == (dataset.Rows, dataset.Columns)
    assert header.rescale_intercept == float(dataset.RescaleIntercept)
    assert header.pixel_padding_value == dataset.PixelPaddingValue


def test_pixel_bytes_are_where_the_header_says() -> None:
    path = str(get_testdata_file("CT_small.dcm", download=False))
    header = quick(path)
    assert header is not None
    assert header.pixel_data_offset is not None
    assert header.pixel_data_length is not None
    content = Path(path).read_bytes()
    end = header.pixel_data_offset + header.pixel_data_length
    assert content[header.pixel_data_offset : end] == pydicom.dcmread(path).PixelData


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("MR_small_bigendian.dcm", "big endian"),
        ("image_dfl.dcm", "deflated"),
        ("no_meta.dcm", "no prefix"),
    ],
)
def test_odd_files_are_left_to_the_full_reader(name: str, why: str) -> None:
    assert quick(str(get_testdata_file(name, download=False))) is None, why


def test_a_tag_within_a_sequence_is_not_taken_for_the_file_s_own(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    item = pydicom.Dataset()
    item.SeriesInstanceUID = "1.2.3"
    item.Rows = 7
    dataset.ReferencedSeriesSequence = [item]
    for undefined in (False, True):
        dataset["ReferencedSeriesSequence"].is_undefined_length = undefined
        item.is_undefined_length_sequence_item = undefined
        path = str(tmp_path / f"{undefined}.dcm")
        dataset.save_as(path)
        header = quick(path)
        assert header is not None
        assert header.series_instance_uid == dataset.SeriesInstanceUID
        assert header.rows == dataset.Rows


def test_functional_groups_are_left_to_the_full_reader(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    dataset.SharedFunctionalGroupsSequence = [pydicom.Dataset()]
    path = str(tmp_path / "frames.dcm")
    dataset.save_as(path)
    assert quick(path) is None
    assert full(path).needs_full_description


def test_a_header_beyond_the_window_is_left_to_others(tmp_path: Path) -> None:
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    dataset.add_new(0x00091001, "OB", bytes(2 * WINDOW))
    path = str(tmp_path / "long.dcm")
    dataset.save_as(path)
    assert quick(path) is None
