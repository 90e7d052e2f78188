"""Identity in places where nobody expects it, and what must be as before around them."""

from __future__ import annotations

import os
import struct

import imagecodecs
import numpy as np
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit

from tests.dicom.identities import NAME, PATIENT_ID, cleaned, named_ct, read_back, written
from viewer.dicom.deidentification.new_files import contents
from viewer.dicom.deidentification.results import Job
from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import DEFAULT_LIMITS

PICTURE = (np.arange(64 * 64) % 251).astype(np.uint8).reshape(64, 64)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "named.dcm"


def with_element(path, tag, vr, value):
    """Write a file with an element that pydicom would not write so, before the pixel data."""
    named_ct(path)
    data = path.read_bytes()
    at = data.rindex(struct.pack("<HH", 0x7FE0, 0x10) + b"OW")
    value += b" " * (len(value) % 2)
    is_long = vr in (b"OB", b"SQ", b"UR", b"UT")
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    head += struct.pack("<2xL" if is_long else "<H", len(value))
    path.write_bytes(data[:at] + head + value + data[at:])


def nested(content):
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(content)) + content


def segment(marker, content):
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def compressed(path, stream, syntax):
    ds = named_ct(path)
    ds.Rows = ds.Columns = 64
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit = 7
    ds.file_meta.TransferSyntaxUID = syntax
    ds.PixelData = encapsulate([stream])
    ds["PixelData"].is_undefined_length = True
    ds["PixelData"].VR = "OB"
    ds.save_as(path, enforce_file_format=True)


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (0x52009229, b"OB", nested(b"\x08\0\x70\x10PN\x06\0Someon")),  # a sequence as bytes
        (0x52009229, b"SQ", struct.pack("<HHL", 0xFFFE, 0xE0DD, 0) + b"for Someon"),
        (0x00280010, b"LO", b"of JANE"),  # a number by the dictionary
        (0x0008010E, b"UR", b"http://h/?q=JANE"),
        (0x00283003, b"UT", b"x" * (1 << 20) + b" JANE"),  # longer than is read
    ],
)
def test_bytes_that_hold_something_else_than_their_tag_says_are_not_copied(path, tag, vr, value):
    with_element(path, tag, vr, value)
    data = written(path, cleaned(path))
    assert b"Someon" not in data
    assert b"JANE" not in data


@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
@pytest.mark.parametrize("value", [NAME, "DOE JANE", PATIENT_ID])
def test_a_code_that_is_the_identity_is_taken_out(path, value):
    named_ct(path, BodyPartExamined=value, ManufacturerModelName=value)
    ds = read_back(path)
    assert ds.BodyPartExamined == ds.ManufacturerModelName == "REMOVED"
    assert ds.ImageType == ["ORIGINAL", "PRIMARY", "AXIAL"]


def test_a_code_that_is_one_word_of_a_name_stays(path):
    named_ct(path, PatientName="Chest^Phantom")
    assert read_back(path).BodyPartExamined == "CHEST"


def test_a_uid_that_a_device_made_of_one_of_the_standard_is_replaced(path):
    named_ct(path, FrameOfReferenceUID="1.2.840.10008.5.1.4.1.1.2.20240119.101530.7")
    assert read_back(path).FrameOfReferenceUID.startswith("2.25.")
    named_ct(path, FrameOfReferenceUID="1.2.840.10008.1.4.1.1")  # Talairach's
    assert read_back(path).FrameOfReferenceUID == "1.2.840.10008.1.4.1.1"


@pytest.mark.parametrize("marker", [0xFE, 0xE1, 0xED])
def test_comments_of_a_jpeg_picture_are_blanked_and_nothing_else(path, marker):
    stream = imagecodecs.jpeg8_encode(PICTURE)
    told = segment(marker, b"Exif\0\0for mom, 12 Elm Street")
    compressed(path, stream[:2] + told + stream[2:] + b"12 Elm", JPEGBaseline8Bit)
    before = dcmread(path)
    ds = read_back(path)
    assert b"Elm" not in ds.PixelData
    assert len(ds.PixelData) == len(before.PixelData)
    np.testing.assert_array_equal(ds.pixel_array, before.pixel_array)
    assert any("Comments" in warning for warning in cleaned(path).warnings)


def test_the_colour_profile_and_the_colour_transform_of_a_jpeg_picture_stay(path):
    stream = imagecodecs.jpeg8_encode(PICTURE)
    told = segment(0xE2, b"ICC_PROFILE\0\1\1of a profile") + segment(0xEE, b"Adobe\0d\0\0\0\0\0")
    compressed(path, stream[:2] + told + stream[2:], JPEGBaseline8Bit)
    assert told in read_back(path).PixelData


@pytest.mark.parametrize("codecformat", ["j2k", "jp2"])
def test_comments_of_a_jpeg_2000_picture_are_blanked_and_nothing_else(path, codecformat):
    stream = imagecodecs.jpeg2k_encode(PICTURE, level=0, reversible=True, codecformat=codecformat)
    at = stream.index(b"\xff\x52")
    told = segment(0x64, b"\0\1for mom, 12 Elm Street")
    stream = stream[:at] + told + stream[at:]
    if codecformat == "jp2":
        at = stream.index(b"jp2c") - 4
        (length,) = struct.unpack_from(">L", stream, at)
        length += len(told) if length else 0
        stream = stream[:at] + struct.pack(">L", length) + stream[at + 4 :]
        stream = stream[:at] + struct.pack(">L4s", 14, b"xml ") + b"12 Elm" + stream[at:]
    compressed(path, stream, JPEG2000Lossless)
    ds = read_back(path)
    assert b"Elm" not in ds.PixelData
    np.testing.assert_array_equal(ds.pixel_array, PICTURE)


def test_a_file_that_is_written_to_while_it_is_copied_is_refused(path):
    named_ct(path, Rows=256, Columns=256, PixelData=bytes(1 << 17))
    result = cleaned(path)
    status = path.stat()
    job = Job(str(path), status.st_size, status.st_mtime_ns, None, "", "", ("", "", ""))
    pieces = contents(job, result, DEFAULT_LIMITS)
    next(pieces)
    os.utime(path, (1, 1))
    with pytest.raises(HeaderError, match="changed meanwhile"):
        list(pieces)
