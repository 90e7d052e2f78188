"""Of a native frame that is cut, the rows that are there are shown, and nothing for the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import ExplicitVRBigEndian

from tests.dicom import synthetic
from viewer.dicom.checking import check_file
from viewer.dicom.errors import PixelError
from viewer.dicom.frames import read_frame
from viewer.dicom.native_frames import native_frame
from viewer.dicom.reading import read_header
from viewer.imaging import display
from viewer.imaging.explain import explain
from viewer.imaging.frame import FrameDescription
from viewer.imaging.histogram import histogram
from viewer.imaging.voi import VoiWindow
from viewer.ui.readout import pixel_text

VALUES = synthetic.grey(24, 20) + np.uint16(7)
ROW_BYTES = 40


def cut(path: Path, missing: int, values: np.ndarray = VALUES, **attributes: object) -> str:
    synthetic.write(path, values, **attributes)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - missing])
    return str(path)


def shown(path: str, index: int = 0) -> tuple[np.ndarray, FrameDescription]:
    header = read_header(path)
    assert native_frame(header) is None, "the quick way has no words for it"
    return read_frame(path, index)


@pytest.mark.parametrize(("missing", "rows"), [(1, 23), (40, 23), (41, 22), (40 * 23, 1)])
def test_the_rows_that_are_there_are_shown_and_the_others_are_said(
    tmp_path: Path, missing: int, rows: int
) -> None:
    pixels, description = shown(cut(tmp_path / "cut.dcm", missing))
    assert np.array_equal(pixels[:rows], VALUES[:rows])
    assert description.rows_there == rows
    assert f"rows {rows + 1} to 24 are missing" in description.warnings[0]


def test_missing_rows_are_black_and_in_no_statistics(tmp_path: Path) -> None:
    pixels, description = shown(cut(tmp_path / "cut.dcm", 10 * ROW_BYTES, BitsStored=12))
    picture = display.to_rgb32(pixels, description, VoiWindow(0, 10))
    assert (picture[14:] == display.BLACK).all()
    assert (picture[:14] != display.BLACK).all()
    counted = histogram(pixels, description.modality, description.padding_range)
    assert counted.counts.sum() == 14 * 20


def test_missing_rows_have_no_value_to_read_or_explain(tmp_path: Path) -> None:
    pixels, description = shown(cut(tmp_path / "cut.dcm", 10 * ROW_BYTES))
    assert "value" in pixel_text(pixels, description, 13, 0)
    assert pixel_text(pixels, description, 14, 0) == "row 15, column 1    not in the file"
    assert explain(pixels, description, VoiWindow(0, 10), point_rc=(14.0, 0.0)).pixel_rc is None


def test_the_files_own_padding_stays_what_it_is(tmp_path: Path) -> None:
    path = cut(tmp_path / "cut.dcm", 10 * ROW_BYTES, PixelPaddingValue=7)
    pixels, description = shown(path)
    assert description.padding_range == (7, 7)
    assert (pixels[14:] == 7).all()


@pytest.mark.parametrize("syntax", [ExplicitVRBigEndian, "1.2.840.10008.1.2.1.99"])
def test_other_encodings_are_cut_alike(tmp_path: Path, syntax: str) -> None:
    path = tmp_path / "cut.dcm"
    if syntax == ExplicitVRBigEndian:
        synthetic.write(path, VALUES.byteswap(), transfer_syntax=syntax)
        path.write_bytes(path.read_bytes()[: -10 * ROW_BYTES])
    else:
        synthetic.write(path, VALUES[:14], transfer_syntax=syntax, Rows=24)
    pixels, description = shown(str(path))
    assert description.rows_there == 14
    assert np.array_equal(pixels[:14], VALUES[:14])


def test_the_last_frame_of_several_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    values = np.stack([VALUES, VALUES + 1, VALUES + 2])
    path = cut(tmp_path / "cut.dcm", 10 * ROW_BYTES, values, NumberOfFrames=3)
    assert shown(path, 1)[1].rows_there is None
    pixels, description = shown(path, 2)
    assert description.rows_there == 14
    assert np.array_equal(pixels[:14], VALUES[:14] + 2)
    cut_before = cut(tmp_path / "more.dcm", 34 * ROW_BYTES, values, NumberOfFrames=3)
    with pytest.raises(PixelError, match="cut short"):
        read_frame(cut_before, 2)


def test_where_each_value_is_taken_there_is_no_picture(tmp_path: Path) -> None:
    values = np.arange(256, dtype=np.uint8).reshape(16, 16).repeat(2, axis=0)
    with pytest.raises(PixelError, match="cut short"):
        read_frame(cut(tmp_path / "cut.dcm", 8, values), 0)


def test_colours_are_not_shown_in_part(tmp_path: Path) -> None:
    values = np.zeros((24, 20, 3), np.uint8)
    with pytest.raises(PixelError, match="cut short"):
        read_frame(cut(tmp_path / "cut.dcm", 100, values), 0)


def test_a_check_counts_a_cut_frame_as_an_error(tmp_path: Path) -> None:
    result = check_file(cut(tmp_path / "cut.dcm", 10 * ROW_BYTES))
    assert result.status == "error"
    assert "cut short" in result.message
    assert not result.first_sha256
