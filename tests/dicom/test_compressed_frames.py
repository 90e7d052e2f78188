"""The quick way to a compressed frame gives what the whole way gives, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from tests.dicom import synthetic
from viewer.dicom.compressed_frames import compressed_frame, read_compressed
from viewer.dicom.errors import HeaderError, PixelError
from viewer.dicom.frames import read_frame
from viewer.dicom.plain_description import description_from_header
from viewer.dicom.reading import read_header

VALUES = synthetic.grey()
STREAMS = synthetic.streams(VALUES)
SYNTAXES = [syntax for syntax in STREAMS if syntax != synthetic.JPEG_XL]


def compressed(path: Path, syntax: str, stream: bytes | None = None, **attributes) -> str:
    return synthetic.write(
        path,
        VALUES,
        transfer_syntax=syntax,
        frames=[STREAMS[syntax] if stream is None else stream],
        **attributes,
    )


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("representation", [0, 1])
def test_pixels_and_description_are_those_of_the_whole_way(
    tmp_path: Path, syntax: str, representation: int
) -> None:
    path = compressed(
        tmp_path / "a", syntax, BitsStored=12, HighBit=11, PixelRepresentation=representation
    )
    header = read_header(path)
    frame = compressed_frame(header)
    assert frame is not None
    found = read_compressed(path, frame)
    pixels, description = read_frame(path, 0)
    if found is None:  # the whole way has something to say
        assert description.warnings
        return
    assert found[0].dtype == pixels.dtype
    np.testing.assert_array_equal(found[0], pixels)
    assert description_from_header(header, found[1]) == description


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_damaged_stream_is_left_to_the_whole_way(tmp_path: Path, syntax: str) -> None:
    path = compressed(tmp_path / "a", syntax, STREAMS[syntax][: len(STREAMS[syntax]) // 2])
    frame = compressed_frame(read_header(path))
    assert frame is not None
    assert read_compressed(path, frame) is None


def test_a_file_that_has_changed_since_its_header_was_read_is_left(tmp_path: Path) -> None:
    path = compressed(tmp_path / "a", synthetic.JPEG_LOSSLESS)
    frame = compressed_frame(read_header(path))
    assert frame is not None
    os.utime(path, ns=(1, 1))
    assert read_compressed(path, frame) is None


@pytest.mark.parametrize(
    "attributes",
    [{"NumberOfFrames": 2}, {"PhotometricInterpretation": "PALETTE COLOR"}, {"RescaleSlope": 2}],
)
def test_files_that_are_not_plain_are_left_to_the_whole_way(tmp_path: Path, attributes) -> None:
    path = compressed(tmp_path / "a", synthetic.JPEG_LOSSLESS, **attributes)
    assert compressed_frame(read_header(path)) is None


def test_a_file_with_an_extended_offset_table_is_left_to_the_whole_way(tmp_path: Path) -> None:
    # which tells where the table does not agree with the items
    table = b"\x08" + bytes(7)
    path = compressed(
        tmp_path / "a", synthetic.JPEG_LOSSLESS, ExtendedOffsetTable=table, NumberOfFrames=1
    )
    assert compressed_frame(read_header(path)) is None


@pytest.mark.parametrize(
    "attributes",
    [
        {"RescaleSlope": 2, "RescaleIntercept": 0, "RescaleType": ["HU", "US"]},
        {"VOILUTFunction": ["SIGMOID", "LINEAR"], "WindowCenter": 40, "WindowWidth": 400},
        {"PresentationLUTShape": ["INVERSE", "IDENTITY"]},
        {"VOILUTFunction": "OTHER", "PresentationLUTShape": "OTHER", "PixelSpacing": [0, 0]},
    ],
)
def test_of_several_texts_the_first_counts_and_warnings_come_in_one_order(
    tmp_path: Path, attributes
) -> None:
    path = compressed(tmp_path / "a", synthetic.JPEG_LOSSLESS, **attributes)
    header = read_header(path)
    frame = compressed_frame(header)
    assert frame is not None
    found = read_compressed(path, frame)
    assert found is not None
    assert description_from_header(header, found[1]) == read_frame(path, 0)[1]


@pytest.mark.parametrize(
    ("representation", "vr", "value"), [(1, "US", 63536), (0, "SS", -2000), (0, "US", 63536)]
)
def test_padding_has_the_sign_of_the_pixels_both_ways(
    tmp_path: Path, representation: int, vr: str, value: int
) -> None:
    path = compressed(
        tmp_path / "a",
        synthetic.JPEG_LOSSLESS,
        BitsStored=12,
        HighBit=15,
        PixelRepresentation=representation,
    )
    dataset = dcmread(path)
    dataset.add_new("PixelPaddingValue", vr, value)
    dataset.save_as(path)
    quick, whole = description_from_header(read_header(path)), read_frame(path, 0)[1]
    assert quick is not None
    assert quick.padding_range == whole.padding_range
    assert [text for text in quick.warnings if "Padding" in text] == [
        text for text in whole.warnings if "Padding" in text
    ]


def test_compressed_corpus_files_come_alike_both_ways(corpus: Path) -> None:
    compared = 0
    for file in sorted(corpus.rglob("*.dcm")):
        try:
            header = read_header(str(file))
            frame = compressed_frame(header)
            found = read_compressed(str(file), frame) if frame is not None else None
        except HeaderError:
            continue
        if found is None:
            continue
        try:
            pixels, description = read_frame(str(file), 0)
        except PixelError:
            pytest.fail(f"the whole way refuses {file}")
        np.testing.assert_array_equal(found[0], pixels)
        assert description_from_header(header, found[1]) == description, file
        compared += 1
    assert compared > 10
