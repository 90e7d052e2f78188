"""An element that stands twice in a header: the last one counts by both readers, and it is said."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from tests.dicom import synthetic
from viewer.dicom.checking import check_file
from viewer.dicom.frames import read_frame
from viewer.dicom.fullread import full_header
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.reading import HeaderReader, read_header

VALUES = synthetic.grey(24, 20)


def element(tag: int, vr: bytes, value: bytes) -> bytes:
    return struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr, len(value)) + value


def repeat(path: Path, *more: bytes) -> str:
    """Write a file with elements put in once more, before its pixels."""
    synthetic.write(path, VALUES, RescaleSlope=1, RescaleIntercept=0)
    data = path.read_bytes()
    at = data.rindex(b"\xe0\x7f\x10\x00OW")
    path.write_bytes(data[:at] + b"".join(more) + data[at:])
    return str(path)


@pytest.mark.parametrize(
    ("more", "name"),
    [
        (element(0x00281053, b"DS", b"2 "), "RescaleSlope (0028,1053)"),
        (element(0x00280101, b"US", b"\x10\0"), "BitsStored (0028,0101)"),
        (element(0x00100010, b"PN", b"Roe^Ann "), "PatientName (0010,0010)"),
    ],
)
def test_what_stands_twice_is_said_beside_the_picture(
    tmp_path: Path, more: bytes, name: str
) -> None:
    path = repeat(tmp_path / "a.dcm", *[more] * (2 if "Patient" in name else 1))
    _, description = read_frame(path, 0)
    assert f"{name} stands in the header more than once; the last one counts." in (
        description.warnings
    )
    assert check_file(path).status == "warning"


def test_the_last_one_counts_in_the_header_and_in_the_picture(tmp_path: Path) -> None:
    path = repeat(tmp_path / "a.dcm", element(0x00281053, b"DS", b"2 "))
    assert read_header(path).rescale_slope == 2
    _, description = read_frame(path, 0)
    assert description.modality.slope == 2


def test_a_repetition_among_the_files_of_a_series_is_not_overlooked(tmp_path: Path) -> None:
    reader = HeaderReader()
    for number in range(4):
        path = tmp_path / str(number)
        synthetic.write(
            path, VALUES, SeriesInstanceUID="1.2.3", RescaleSlope=1, InstanceNumber=number
        )
        assert not reader.read(str(path)).repeated
    odd = repeat(tmp_path / "odd", element(0x00281053, b"DS", b"2 "))
    assert reader.read(odd).repeated == (0x00281053,)


def test_elements_that_nothing_here_reads_may_stand_twice(tmp_path: Path) -> None:
    more = element(0x00300010, b"LO", b"ab")
    header = read_header(repeat(tmp_path / "a.dcm", more, more))
    assert not header.repeated
    assert np.array_equal(read_frame(header.path, 0)[0], VALUES)


def test_what_stands_twice_in_the_meta_information_is_left_to_both_readers_alike(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.dcm"
    synthetic.write(path, VALUES)
    data = path.read_bytes()
    more = element(0x00020002, b"UI", b"1.2.840.10008.5.1.4.1.1.7\0")
    length = struct.unpack_from("<I", data, 140)[0]
    end = 144 + length
    data = data[:140] + struct.pack("<I", length + len(more)) + data[144:end] + more + data[end:]
    path.write_bytes(data)
    assert not read_header(str(path)).repeated
    with path.open("rb") as stream:
        assert not full_header(stream, str(path), len(data), 0, DEFAULT_LIMITS).repeated
