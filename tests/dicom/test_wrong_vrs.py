"""An element under a wrong VR means the same to the quick way to a picture and to the whole one."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from viewer.dicom.elements import LONG_VRS, SHORT_VRS, element_at
from viewer.dicom.frames import read_frame
from viewer.dicom.fullread import full_header
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.plain_description import description_from_header
from viewer.dicom.reading import read_header

SOURCE = Path(str(get_testdata_file("CT_small.dcm", download=False))).read_bytes()


def under(tag: int, vr: bytes) -> bytes:
    """Give the file with one of its elements, of a short VR, under another one."""
    position = 132
    while True:
        found, _, length, value = element_at(SOURCE, position, True)
        if found == tag:
            break
        position = value + length
    head = vr + (
        length.to_bytes(2, "little") if vr in SHORT_VRS else b"\0\0" + length.to_bytes(4, "little")
    )
    return SOURCE[: position + 4] + head + SOURCE[value:]


@pytest.mark.parametrize("tag", [0x00080005, 0x00281052, 0x00281053])
@pytest.mark.parametrize("vr", sorted(SHORT_VRS | LONG_VRS))
def test_both_ways_agree(tmp_path: Path, tag: int, vr: bytes) -> None:
    path = tmp_path / "file.dcm"
    path.write_bytes(under(tag, vr))
    header = read_header(str(path))
    with path.open("rb") as stream:
        assert (
            full_header(stream, str(path), header.size, header.mtime_ns, DEFAULT_LIMITS) == header
        )
    description = description_from_header(header, "x")
    whole = read_frame(str(path), 0)[1]
    if description is not None:  # else the whole way alone is gone
        assert description.modality == whole.modality
        assert description.warnings == whole.warnings


def test_a_character_set_under_a_wrong_vr_loses_no_file(tmp_path: Path) -> None:
    path = tmp_path / "file.dcm"
    path.write_bytes(under(0x00080005, b"US"))
    assert read_header(str(path)).specific_character_set == ("ISO_IR 100",)
    assert read_frame(str(path), 0)[0].shape == (128, 128)
