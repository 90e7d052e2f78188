"""Streams are understood, and doubted, before a codec sees them."""

from __future__ import annotations

import struct

import pytest

from tests.dicom import synthetic
from viewer.dicom.codestreams import (
    family_of,
    jpeg2000_codestream,
    jpeg2000_info,
    jpeg_info,
    rle_segments,
)
from viewer.dicom.errors import PixelError

STREAMS = synthetic.streams(synthetic.grey())


@pytest.mark.parametrize(
    ("syntax", "family"),
    [
        (synthetic.JPEG_LOSSLESS, "jpeg"),
        (synthetic.JPEG_LS, "jpeg-ls"),
        (synthetic.JPEG_2000, "jpeg2000"),
        (synthetic.HTJ2K, "htj2k"),
        (synthetic.JPEG_XL, "jpeg-xl"),
        (synthetic.RLE, ""),
    ],
)
def test_the_first_bytes_tell_the_codec(syntax: str, family: str) -> None:
    assert family_of(STREAMS[syntax]) == family


def test_sizes_are_read_from_the_stream() -> None:
    for info in (
        jpeg_info(STREAMS[synthetic.JPEG_LOSSLESS]),
        jpeg_info(STREAMS[synthetic.JPEG_LS]),
        jpeg2000_info(jpeg2000_codestream(STREAMS[synthetic.JPEG_2000])),
        jpeg2000_info(STREAMS[synthetic.HTJ2K]),
    ):
        assert (info.rows, info.columns, info.components) == (24, 20, 1)
        assert info.lossless


@pytest.mark.parametrize("length", range(0, 60, 4))
def test_header_stumps_are_errors(length: int) -> None:
    for read, syntax in ((jpeg_info, synthetic.JPEG_LS), (jpeg2000_info, synthetic.JPEG_2000)):
        with pytest.raises(PixelError):
            read(STREAMS[syntax][:length])


@pytest.mark.parametrize(
    "table",
    [
        (15, *range(64, 79)),  # another number of segments
        (2, 64, 9999),  # outside
        (2, 100, 80),  # backwards
        (2, 0, 70),  # inside the table
    ],
)
def test_rle_tables_that_lie_are_refused(table: tuple[int, ...]) -> None:
    data = struct.pack("<16L", *table, *[0] * (16 - len(table))) + bytes(100)
    with pytest.raises(PixelError, match="RLE"):
        rle_segments(data, 2)


def test_what_only_looks_like_the_marker_of_htj2k_is_none() -> None:
    stream = STREAMS[synthetic.JPEG_2000]
    assert family_of(stream) == "jpeg2000"
    # a comment, of binary content, behind SIZ: T.800 A.9.2
    first = 4 + int.from_bytes(stream[4:6], "big")
    comment = b"\xff\x64\x00\x06\x00\x00\xff\x50"
    assert family_of(stream[:first] + comment + stream[first:]) == "jpeg2000"
    assert family_of(STREAMS[synthetic.HTJ2K]) == "htj2k"
