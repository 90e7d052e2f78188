"""Compressed frames decode exactly, or say why not, whatever happened to them."""

from __future__ import annotations

import contextlib
import random
import sys
import zlib
from dataclasses import replace
from fractions import Fraction

import imagecodecs
import numpy as np
import pytest

from tests.dicom import synthetic
from viewer.dicom.codecs import decode
from viewer.dicom.decoded import Decoded
from viewer.dicom.errors import PixelError
from viewer.dicom.layout import PixelLayout

VALUES = synthetic.grey()
STREAMS = synthetic.streams(VALUES)
LAYOUT = PixelLayout(*VALUES.shape, 1, "MONOCHROME2", 0, 16, 12, 11, False, 1)
COLOUR = replace(LAYOUT, samples=3, photometric="RGB", bits_allocated=8, bits_stored=8, high_bit=7)


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


def _with_chroma(form: str) -> bytes:
    """Encode a red field as JPEG 2000 whose chroma has its own resolution."""
    av = pytest.importorskip("av", reason="PyAV encodes the stream of this test")
    from av.video.reformatter import ColorRange

    red = np.zeros((32, 48, 3), np.uint8)
    red[..., 0] = 220
    context = av.CodecContext.create("jpeg2000", "w")
    context.width, context.height, context.pix_fmt = 48, 32, form
    context.time_base = Fraction(1, 25)
    frame = av.VideoFrame.from_ndarray(red, format="rgb24").reformat(
        format=form, dst_colorspace=5, dst_color_range=ColorRange.JPEG
    )
    return b"".join(bytes(packet) for packet in (*context.encode(frame), *context.encode(None)))


@pytest.mark.parametrize("label", ["YBR_FULL_422", "RGB"])
@pytest.mark.parametrize("form", ["yuv422p", "yuv420p"])
def test_jpeg_2000_with_chroma_of_a_lower_resolution_becomes_rgb(form: str, label: str) -> None:
    layout = replace(COLOUR, rows=32, columns=48, photometric=label)
    decoded = decode(_with_chroma(form), "1.2.840.10008.1.2.4.91", layout)
    assert decoded.colour == "RGB"
    assert np.abs(decoded.samples.astype(int) - [220, 0, 0]).max() <= 4
    assert bool(decoded.warnings) == (label == "RGB")


def test_chroma_of_limited_range_at_a_lower_resolution_in_jpeg_2000_is_refused() -> None:
    layout = replace(COLOUR, rows=32, columns=48, photometric="YBR_PARTIAL_420")
    with pytest.raises(PixelError, match="YBR_PARTIAL_420"):
        decode(_with_chroma("yuv420p"), "1.2.840.10008.1.2.4.91", layout)


def test_rle_segments_may_be_followed_by_anything() -> None:
    data = STREAMS[synthetic.RLE]
    np.testing.assert_array_equal(decode(data + b"\x05\x00", synthetic.RLE, LAYOUT).samples, VALUES)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_floating_point_words_come_out_of_rle_and_deflated_frames(kind: type) -> None:
    values = np.linspace(-3, 1e6, 12).astype(kind).reshape(3, 4)
    bits = 8 * values.itemsize
    layout = replace(
        LAYOUT, rows=3, columns=4, bits_allocated=bits, bits_stored=bits, floating=True
    )
    packer = zlib.compressobj(wbits=-15)
    deflated = packer.compress(values.tobytes()) + packer.flush()
    decoded = decode(deflated, "1.2.840.10008.1.2.8.1", layout)
    np.testing.assert_array_equal(decoded.samples, values)
    with pytest.raises(PixelError, match="Floating point"):
        decode(STREAMS[synthetic.JPEG_LS], synthetic.JPEG_LS, layout)


def test_samples_with_more_bits_than_bits_stored_are_warned_of() -> None:
    layout = replace(LAYOUT, bits_stored=8, high_bit=7)
    assert any("BitsStored is 8" in note for note in _decoded_wide(layout).warnings)
    assert not _decoded_wide(LAYOUT).warnings


def test_words_whose_lower_bits_are_unused_are_not_warned_of() -> None:
    stream = imagecodecs.jpegls_encode(VALUES << 4)
    decoded = decode(stream, synthetic.JPEG_LS, replace(LAYOUT, high_bit=15))
    assert decoded.warnings == ()


@pytest.mark.parametrize("codec", ["jpegls", "jpeg2k"])
def test_white_beyond_white_of_lossy_streams_stays_white(codec: str) -> None:
    rows, columns = np.indices((64, 64))
    board = np.where((rows // 8 + columns // 8) % 2, 4090, 0).astype(np.uint16)
    board[::3, ::5] ^= 5  # 4095 among others
    if codec == "jpegls":
        stream, syntax, error = imagecodecs.jpegls_encode(board, level=3), "81", 3
    else:
        stream = imagecodecs.jpeg2k_encode(board, level=60, codecformat="j2k")
        syntax, error = "91", 300
    layout = replace(LAYOUT, rows=64, columns=64)
    decoded = decode(stream, f"1.2.840.10008.1.2.4.{syntax}", layout)
    assert decoded.samples.max() == 4095
    assert np.abs(decoded.samples.astype(int) - board).max() <= error
    assert any("values above 4095 are taken as 4095" in note for note in decoded.warnings)


def _decoded_wide(layout: PixelLayout) -> Decoded:
    return decode(STREAMS[synthetic.JPEG_2000], synthetic.JPEG_2000, layout)


@pytest.mark.parametrize("syntax", ["51", "53", "55", "57"])
def test_old_jpeg_syntaxes_decode_what_their_stream_is(syntax: str) -> None:
    data = STREAMS[synthetic.JPEG_LOSSLESS]
    decoded = decode(data, f"1.2.840.10008.1.2.4.{syntax}", LAYOUT)
    np.testing.assert_array_equal(decoded.samples, VALUES)
    assert decoded.decoder == "libjpeg-turbo (imagecodecs)"


def test_a_stream_of_all_frames_as_components_is_named() -> None:
    stack = np.stack([VALUES] * 4, axis=-1)
    data = imagecodecs.jpeg2k_encode(stack, level=0, codecformat="j2k", mct=False)
    with pytest.raises(PixelError, match="Part 2"):
        decode(data, "1.2.840.10008.1.2.4.92", replace(LAYOUT, frames=4))


@pytest.mark.parametrize("number", ["94", "95", "204", "205"])
def test_pixels_on_a_server_are_said_to_be_there(number: str) -> None:
    with pytest.raises(PixelError, match="on a server"):
        decode(b"http", f"1.2.840.10008.1.2.4.{number}", LAYOUT)


@pytest.mark.parametrize(
    ("syntax", "name"),
    [
        ("1.2.840.10008.1.2.7.1", "SMPTE ST 2110"),
        ("1.2.840.10008.1.2.6.2", "XML"),
        ("1.2.3.4", "1.2.3.4"),
    ],
)
def test_what_is_not_supported_is_named(syntax: str, name: str) -> None:
    with pytest.raises(PixelError, match=name):
        decode(b"\0\0\1\xb3", syntax, LAYOUT)


def test_an_empty_frame_says_so() -> None:
    with pytest.raises(PixelError, match="empty"):
        decode(b"", synthetic.JPEG, LAYOUT)


def test_an_error_that_the_codec_goes_on_from_is_no_picture(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """OpenJPH meets damage in the middle of a stream, and gives what it has as a whole frame."""
    data = STREAMS[synthetic.HTJ2K]
    places = range(len(data) // 4, len(data) - 2)
    damaged = [data[:at] + bytes([data[at] ^ 0x7F]) + data[at + 1 :] for at in places]
    ignored: list[bytes] = []
    for stream in damaged:
        with monkeypatch.context() as patch, contextlib.suppress(imagecodecs.Htj2kError):
            patch.setattr(sys, "excepthook", lambda *_: None)
            patch.setattr(sys, "unraisablehook", lambda _, stream=stream: ignored.append(stream))
            imagecodecs.htj2k_decode(stream)
    assert ignored
    capfd.readouterr()
    for stream in ignored:
        with pytest.raises(PixelError, match="HTJ2K stream is damaged"):
            decode(stream, synthetic.HTJ2K, LAYOUT)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("bits", [8, 12])
@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_jpeg_stream_without_its_last_pixels_is_no_picture_though_it_has_its_end_marker(
    lossless: bool, bits: int, samples: int, kept: float
) -> None:
    noise = np.random.default_rng(4).integers(0, 1 << bits, (48, 64, samples))
    values = noise.squeeze().astype(np.uint8 if bits == 8 else np.uint16)
    data = imagecodecs.jpeg8_encode(
        values, level=90, lossless=lossless, bitspersample=bits, colorspace=None
    )
    photometric = "MONOCHROME2" if samples == 1 else "RGB" if lossless else "YBR_FULL"
    layout = PixelLayout(
        48, 64, samples, photometric, 0, 8 if bits == 8 else 16, bits, bits - 1, False, 1
    )
    assert decode(data, synthetic.JPEG, layout).samples.shape == values.shape
    with pytest.raises(PixelError, match=r"cut short|damaged"):
        decode(data[: int(len(data) * kept)] + b"\xff\xd9", synthetic.JPEG, layout)


def test_a_jpeg_stream_that_ends_in_one_value_is_whole() -> None:
    values = np.zeros((48, 64), np.uint8)
    values[:20] = 200
    layout = replace(COLOUR, rows=48, columns=64, samples=1, photometric="MONOCHROME2")
    for data in (
        imagecodecs.jpeg8_encode(values, level=95),
        imagecodecs.jpeg8_encode(values, level=95)[:-2] + b"\xff\xff\xff\xd9\0",
        imagecodecs.jpeg8_encode(values, lossless=True),
    ):
        decoded = decode(data, synthetic.JPEG, layout)
        assert np.abs(decoded.samples.astype(int) - values).max() <= 2
