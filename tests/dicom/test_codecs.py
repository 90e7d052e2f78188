"""Compressed frames decode exactly, or say why not, whatever happened to them."""

from __future__ import annotations

import random
from dataclasses import replace

import imagecodecs
import numpy as np
import pytest

from tests.dicom import synthetic
from viewer.dicom.codecs import decode
from viewer.dicom.errors import PixelError
from viewer.dicom.layout import PixelLayout

VALUES = synthetic.grey()
STREAMS = synthetic.streams(VALUES)
LAYOUT = PixelLayout(*VALUES.shape, 1, "MONOCHROME2", 0, 16, 12, 11, False, 1)


@pytest.mark.parametrize("syntax", STREAMS)
def test_lossless_frames_decode_to_the_same_values(syntax: str) -> None:
    decoded = decode(STREAMS[syntax], syntax, LAYOUT)
    np.testing.assert_array_equal(decoded.samples, VALUES)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("syntax", STREAMS)
def test_truncated_frames_are_errors_not_half_pictures(syntax: str, kept: float) -> None:
    data = STREAMS[syntax]
    with pytest.raises(PixelError):
        decode(data[: int(len(data) * kept)], syntax, LAYOUT)


@pytest.mark.parametrize("syntax", [synthetic.JPEG_2000, synthetic.JPEG_LOSSLESS, synthetic.RLE])
def test_damaged_headers_are_errors_with_a_sentence(syntax: str) -> None:
    """Bytes of the headers change; what the guard lets through, decodes or is refused."""
    source = random.Random(1)
    for _ in range(60):
        data = bytearray(STREAMS[syntax])
        for _ in range(3):
            data[source.randrange(64)] = source.randrange(256)
        try:
            decoded = decode(bytes(data), syntax, LAYOUT)
        except PixelError:
            continue
        assert decoded.samples.shape == VALUES.shape


@pytest.mark.parametrize("syntax", [s for s in STREAMS if s != synthetic.RLE])
def test_a_stream_of_another_size_than_the_header_is_refused_with_both_sizes(syntax: str) -> None:
    layout = replace(LAYOUT, rows=LAYOUT.rows * 2)
    with pytest.raises(PixelError, match=r"20 × 24 pixels.*20 × 48"):
        decode(STREAMS[syntax], syntax, layout)


def test_a_stream_of_another_codec_than_the_label_decides() -> None:
    decoded = decode(STREAMS[synthetic.JPEG_LS], synthetic.JPEG_2000, LAYOUT)
    np.testing.assert_array_equal(decoded.samples, VALUES)
    assert "JPEG-LS" in decoded.warnings[0]


def test_jpeg_2000_in_a_jp2_file_decodes() -> None:
    data = imagecodecs.jpeg2k_encode(VALUES, level=0, codecformat="jp2")
    np.testing.assert_array_equal(decode(data, synthetic.JPEG_2000, LAYOUT).samples, VALUES)


def test_jpegls_without_end_marker_decodes_when_whole() -> None:
    data = STREAMS[synthetic.JPEG_LS]
    assert data.endswith(b"\xff\xd9")
    np.testing.assert_array_equal(decode(data[:-2], synthetic.JPEG_LS, LAYOUT).samples, VALUES)


@pytest.mark.parametrize("stored_as", ["rgb", "ycbcr"])
@pytest.mark.parametrize("label", ["RGB", "YBR_FULL", "YBR_FULL_422"])
def test_jpeg_colours_are_right_whatever_the_label_where_the_stream_says(
    stored_as: str, label: str
) -> None:
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 220
    data = imagecodecs.jpeg8_encode(red, level=95, colorspace="rgb", outcolorspace=stored_as)
    layout = replace(
        LAYOUT, rows=16, columns=16, samples=3, photometric=label, bits_allocated=8, bits_stored=8
    )
    decoded = decode(data, synthetic.JPEG, layout)
    assert decoded.colour == "RGB"
    assert np.abs(decoded.samples.astype(int) - red).max() <= 3
    assert bool(decoded.warnings) == ((label == "RGB") != (stored_as == "rgb"))


@pytest.mark.parametrize(
    ("syntax", "name"),
    [
        ("1.2.840.10008.1.2.4.102", "H.264"),
        ("1.2.840.10008.1.2.4.100", "MPEG-2"),
        ("1.2.3.4", "1.2.3.4"),
    ],
)
def test_what_is_not_supported_is_named(syntax: str, name: str) -> None:
    with pytest.raises(PixelError, match=name):
        decode(b"\0\0\1\xb3", syntax, LAYOUT)


def test_an_empty_frame_says_so() -> None:
    with pytest.raises(PixelError, match="empty"):
        decode(b"", synthetic.JPEG, LAYOUT)
