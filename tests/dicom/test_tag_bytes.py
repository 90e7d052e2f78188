"""The bytes of values, whole and in pieces, and what is made of them: JSON, CSA headers."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_charset_files, get_testdata_file

from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.tag_bytes import find_value, read_begin, read_extents
from viewer.dicom.tag_csa import is_csa, read_csa
from viewer.dicom.tag_json import json_of_file, json_of_rows
from viewer.dicom.tag_paths import row_named
from viewer.dicom.tags import read_tags
from viewer.dicom.value_place import ValuePlace, hex_lines, part_of


def sample(name: str) -> str:
    return str(get_testdata_file(name, download=False))


def value_of(path: str, name: str, piece: int = 1000) -> bytes:
    """Read a value as saving does: in pieces."""
    table = read_tags(path)
    row = row_named(table, name)
    assert row is not None
    place = find_value(path, row, int(table.tags[row]), DEFAULT_LIMITS)
    pieces = [
        read_extents(path, part_of(place, at, piece), place.inflated_from, DEFAULT_LIMITS).tobytes()
        for at in range(0, place.size, piece)
    ]
    return b"".join(pieces)


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "image_dfl.dcm"]
)
def test_pixel_data_come_out_byte_for_byte(name: str) -> None:
    path = sample(name)
    assert value_of(path, "PixelData") == pydicom.dcmread(path).PixelData


def test_fragments_come_one_after_the_other_without_their_heads() -> None:
    path = sample("SC_rgb_rle_2frame.dcm")
    encoded = pydicom.dcmread(path).PixelData
    fragments = list(pydicom.encaps.generate_fragments(encoded))[1:]
    table = read_tags(path)
    row = row_named(table, "PixelData")
    assert row is not None
    begin = read_begin(path, row, 0x7FE00010, 100, DEFAULT_LIMITS)
    assert begin.data == b"".join(fragments)[:100]
    assert (begin.size, begin.fragments) == (sum(map(len, fragments)), len(fragments))
    assert value_of(path, "PixelData", 333) == b"".join(fragments)


def test_values_within_sequences_are_found() -> None:
    assert value_of(sample("rtplan.dcm"), "BeamSequence[0].BeamName") == b"Field 1 "


def test_parts_of_scattered_pieces_make_up_the_whole() -> None:
    extents = np.array([[10, 3], [20, 0], [30, 5], [50, 2]])
    place = ValuePlace("OB", extents)
    offsets = [at for begin, count in extents.tolist() for at in range(begin, begin + count)]
    for count in range(1, 12):
        for begin in range(place.size):
            part = part_of(place, begin, count).tolist()
            got = [at for first, length in part for at in range(first, first + length)]
            assert got == offsets[begin : begin + count]


def test_another_file_in_its_place_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(Path(sample("CT_small.dcm")).read_bytes())
    with pytest.raises(HeaderError, match="has changed"):
        find_value(str(path), 3, 0x00100010, DEFAULT_LIMITS)


def test_a_sequence_has_no_bytes_to_save() -> None:
    path = sample("rtplan.dcm")
    table = read_tags(path)
    row = row_named(table, "BeamSequence")
    assert row is not None
    with pytest.raises(HeaderError, match="holds items"):
        find_value(path, row, int(table.tags[row]), DEFAULT_LIMITS)


def test_bytes_are_shown_with_offsets_and_what_is_readable_of_them() -> None:
    lines = hex_lines(b"DICM\0\1" + b"x" * 20, 100).splitlines()
    assert (
        lines[0] == "00000000  44 49 43 4d 00 01 78 78  78 78 78 78 78 78 78 78  DICM..xxxxxxxxxx"
    )
    assert lines[1].startswith("00000010  78")
    assert lines[-1] == "… 74 bytes more"


@pytest.mark.parametrize("name", ["CT_small.dcm", "rtplan.dcm", "reportsi.dcm", "chrH31.dcm"])
def test_json_is_what_pydicom_makes_of_the_file(name: str) -> None:
    path = str(get_charset_files(name)[0]) if name.startswith("chr") else sample(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = pydicom.dcmread(path).to_json_dict()
    found = json.loads(json_of_file(path, DEFAULT_LIMITS))
    for tag, value in expected.items():
        if value["vr"] == "FL":  # shorter here, and the same number in single precision
            assert np.array_equal(np.float32(found[tag]["Value"]), np.float32(value["Value"]))
        elif tag[4:] != "0000" and "^^^^" not in str(value):  # which is no name
            expected_value = json.loads(json.dumps(value).replace('""', "null"))  # PS3.18 F.2.5
            assert found[tag] == expected_value, tag


def test_json_of_rows_has_them_with_all_that_is_in_them() -> None:
    path = sample("rtplan.dcm")
    table = read_tags(path)
    rows = [row_named(table, name) for name in ("PatientName", "BeamSequence")]
    found = json.loads(json_of_rows(path, [row for row in rows if row is not None], DEFAULT_LIMITS))
    assert list(found) == ["00100010", "300A00B0"]
    assert found["00100010"]["Value"] == [{"Alphabetic": "Last^First^mid^pre"}]
    assert found["300A00B0"]["Value"][0]["300A00C2"]["Value"] == ["Field 1"]
    assert pydicom.Dataset.from_json(found).BeamSequence[0].BeamName == "Field 1"


def test_json_names_the_place_of_what_is_too_long_for_it() -> None:
    path = sample("SC_rgb_rle_2frame.dcm")
    pixels = json.loads(json_of_file(path, DEFAULT_LIMITS))["7FE00010"]
    assert pixels["BulkDataURI"] == Path(path).as_uri() + "#7FE00010"


def test_a_csa_header_is_read_as_names_and_values(corpus: Path) -> None:
    pytest.importorskip("nibabel")
    path = str(corpus / "lut_overlay/csa_slice_norm.dcm")
    table = read_tags(path)
    row = row_named(table, "00291010")
    assert row is not None
    assert is_csa(0x00291010, table.names[row])
    lines = read_csa(path, row, 0x00291010, DEFAULT_LIMITS).splitlines()
    assert "NumberOfImagesInMosaic: 32" in lines
    assert "AcquisitionMatrixText: 64p*64" in lines


def test_a_broken_csa_header_is_told_in_words(corpus: Path, tmp_path: Path) -> None:
    pytest.importorskip("nibabel")
    broken = tmp_path / "file"
    content = (corpus / "lut_overlay/csa_slice_norm.dcm").read_bytes()
    at = content.index(b"SV10")
    broken.write_bytes(content[: at + 8] + b"\xff" * 400 + content[at + 408 :])
    row = row_named(read_tags(str(broken)), "00291010")
    assert row is not None
    with pytest.raises(HeaderError, match="cannot be read"):
        read_csa(str(broken), row, 0x00291010, DEFAULT_LIMITS)


def test_without_nibabel_it_is_said_how_to_get_it(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.dicom.tag_csa.find_spec", lambda _name: None)
    path = str(corpus / "lut_overlay/csa_slice_norm.dcm")
    with pytest.raises(HeaderError, match="pip install nibabel"):
        read_csa(path, 0, 0x00291010, Limits())
    assert "viewer.dicom.tag_csa" in sys.modules
