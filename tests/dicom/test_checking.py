"""Every file ends in one result, whatever it is."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file

from tests.dicom import synthetic
from viewer.dicom.checking import check_file

VALUES = synthetic.grey()
FIELDS = (
    "path status message transfer_syntax photometric frames rows columns samples dtype "
    "first_sha256 last_sha256 decoder"
).split()


def test_a_good_file_is_ok_with_hashes_of_its_first_and_last_frame(tmp_path: Path) -> None:
    stack = np.stack([VALUES, VALUES // 3, VALUES // 2])
    result = check_file(synthetic.write(tmp_path / "a", stack, NumberOfFrames=3))
    assert (result.status, result.message, result.dtype) == ("ok", "", "uint16")
    assert (result.frames, result.rows, result.columns, result.samples) == (3, 24, 20, 1)
    assert result.first_sha256 == hashlib.sha256(stack[0].tobytes()).hexdigest()
    assert result.last_sha256 == hashlib.sha256(stack[2].tobytes()).hexdigest()
    assert list(result.to_json()) == FIELDS


def test_a_damaged_frame_in_the_middle_is_found_when_all_are_decoded(tmp_path: Path) -> None:
    good = synthetic.streams(VALUES)[synthetic.JPEG_LS]
    frames = [good, good[:60], good]
    path = synthetic.write(
        tmp_path / "a",
        np.stack([VALUES] * 3),
        transfer_syntax=synthetic.JPEG_LS,
        frames=frames,
        NumberOfFrames=3,
    )
    assert check_file(path).status == "ok"
    result = check_file(path, all_frames=True)
    assert result.status == "error"
    assert result.first_sha256 == result.last_sha256 != ""


def test_a_truncated_file_is_an_error_that_keeps_the_first_hash(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "a", np.stack([VALUES, VALUES]), NumberOfFrames=2)
    os.truncate(path, os.path.getsize(path) - 10)
    result = check_file(path)
    assert result.status == "error"
    assert "cut short" in result.message
    assert result.first_sha256
    assert not result.last_sha256


def test_frames_that_a_header_makes_up_are_counted_without_being_tried(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "a", np.stack([VALUES] * 2), NumberOfFrames=2_000_000_000)
    result = check_file(path, all_frames=True)
    assert result.status == "error"
    assert result.first_sha256
    assert "1,999,999,998 of 2,000,000,000 frames fail" in result.message


def test_the_decoder_is_said(tmp_path: Path) -> None:
    assert check_file(synthetic.write(tmp_path / "a", VALUES)).decoder.startswith("none")
    syntax = synthetic.JPEG_LS
    frames = [synthetic.streams(VALUES)[syntax]]
    path = synthetic.write(tmp_path / "b", VALUES, transfer_syntax=syntax, frames=frames)
    assert "CharLS" in check_file(path).decoder


def test_a_doubtful_file_is_a_warning(tmp_path: Path) -> None:
    result = check_file(synthetic.write(tmp_path / "a", VALUES, RescaleSlope="0"))
    assert result.status == "warning"
    assert "RescaleSlope" in result.message


def test_what_must_not_be_shown_is_an_error_though_its_values_are_known(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "a", VALUES, PhotometricInterpretation="FOO")
    result = check_file(path)
    assert result.status == "error"
    assert "FOO" in result.message
    assert result.first_sha256


def test_other_files_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("a letter")
    (tmp_path / "empty").touch()
    report = str(get_testdata_file("reportsi.dcm", download=False))
    assert check_file(str(tmp_path / "text")).status == "not-dicom"
    assert check_file(str(tmp_path / "empty")).status == "not-dicom"
    assert check_file(str(tmp_path / "absent")).status == "error"
    assert check_file(str(tmp_path)).status == "error"
    assert check_file(report).status == "no-pixels"


@pytest.mark.parametrize("seed", range(40))
def test_damage_anywhere_in_a_file_never_raises(tmp_path: Path, seed: int) -> None:
    source = np.random.default_rng(seed)
    path = Path(synthetic.write(tmp_path / "a", VALUES, RescaleSlope="1", WindowCenter="40"))
    data = bytearray(path.read_bytes())
    for at in source.integers(132, len(data) - VALUES.nbytes, 6):
        data[at] = source.integers(0, 256)
    path.write_bytes(data)
    result = check_file(str(path))
    assert result.message or result.status == "ok"
    assert "Negato failed" not in result.message
