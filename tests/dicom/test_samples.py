"""Stored words of all kinds and colours of all models become the values that were meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from pydicom.uid import ExplicitVRBigEndian

from tests.dicom import synthetic
from viewer.dicom.errors import PixelError
from viewer.dicom.frames import decoded_frame, read_frame, read_frames
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.pixel_files import pixel_file
from viewer.dicom.samples import ybr_to_rgb

RGB = np.array(
    [[(255, 0, 0), (0, 255, 0)], [(0, 0, 255), (255, 255, 255)], [(17, 120, 203), (0, 0, 0)]],
    np.uint8,
)
# BT.601 in the words of PS3.3 C.7.6.3.1.2, from RGB
_FULL = np.array([[0.299, 0.587, 0.114], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]])
_PARTIAL = np.array(
    [[0.2568, 0.5041, 0.0979], [-0.1482, -0.2910, 0.4392], [0.4392, -0.3678, -0.0714]]
)


def _ybr(rgb: np.ndarray, matrix: np.ndarray, black: float, bits: int = 8) -> np.ndarray:
    half = 1 << (bits - 1)
    ybr = rgb.astype(float) @ matrix.T + [black, half, half]
    return np.clip(np.rint(ybr), 0, (1 << bits) - 1).astype(np.uint8 if bits == 8 else np.uint16)


def _stored(path: str, index: int = 0) -> np.ndarray:
    return decoded_frame(pixel_file(path, DEFAULT_LIMITS), index)[0]


def _packed(values: np.ndarray) -> bytes:
    """Pack 12-bit samples, two in three bytes."""
    bits = (values.reshape(-1, 1) >> np.arange(12)) & 1
    return np.packbits(bits.astype(np.uint8).reshape(-1), bitorder="little").tobytes()


@pytest.mark.parametrize("big_endian", [False, True])
def test_packed_12_bit_samples_are_unpacked(tmp_path: Path, big_endian: bool) -> None:
    """Frames of an odd number of samples begin in the middle of a byte."""
    stack = np.random.default_rng(0).integers(0, 4096, (3, 3, 5)).astype(np.uint16)
    data = _packed(stack)
    data += b"\0" * (len(data) % 2)
    if big_endian:
        data = np.frombuffer(data, "<u2").byteswap().tobytes()
    path = synthetic.write(
        tmp_path / "a",
        stack,
        transfer_syntax=ExplicitVRBigEndian if big_endian else "1.2.840.10008.1.2.1",
        BitsAllocated=12,
        BitsStored=12,
        HighBit=11,
        NumberOfFrames=3,
    )
    file = Path(path).read_bytes()
    Path(path).write_bytes(_with_pixels(file, stack.tobytes(), data, big_endian))
    for index, pixels, description in read_frames(path, range(3)):
        np.testing.assert_array_equal(pixels, stack[index])
        assert description is not None
        assert description.stored_as == "12 of 12 bits, high bit 11, unsigned"


def _with_pixels(file: bytes, old: bytes, new: bytes, big_endian: bool) -> bytes:
    """Exchange the value of pixel data, which `synthetic.write` makes of whole words."""
    order = "big" if big_endian else "little"
    at = file.rindex(old)
    return file[: at - 4] + len(new).to_bytes(4, order) + new


def test_signed_packed_12_bit_samples_keep_their_sign(tmp_path: Path) -> None:
    values = np.array([[-2048, -1], [0, 2047]], np.int16)
    path = synthetic.write(
        tmp_path / "a", values, BitsAllocated=12, BitsStored=12, HighBit=11, PixelRepresentation=1
    )
    file = Path(path).read_bytes()
    packed = _packed(values.view(np.uint16) & 0xFFF)
    Path(path).write_bytes(_with_pixels(file, values.tobytes(), packed, big_endian=False))
    pixels, _ = read_frame(path, 0)
    np.testing.assert_array_equal(pixels, values)


def test_an_acr_nema_image_of_packed_samples_reads(corpus: Path) -> None:
    pixels, description = read_frame(str(corpus / "broken/GH340.dcm"), 0)
    assert pixels.shape == (256, 256)
    assert pixels.max() <= 4095
    # neighbours are alike: the samples are not shifted against one another
    assert np.abs(np.diff(pixels.astype(int), axis=1)).mean() < pixels.std() / 2
    assert any("ACR-NEMA" in warning for warning in description.warnings)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64"])
def test_words_of_each_size_and_sign_read(tmp_path: Path, dtype: str) -> None:
    limits = np.iinfo(dtype)
    values = np.array([[limits.min, limits.max], [1, limits.max // 3]], dtype)
    pixels, description = read_frame(synthetic.write(tmp_path / "a", values), 0)
    np.testing.assert_array_equal(pixels, values)
    bits = limits.bits
    sign = "signed" if limits.min else "unsigned"
    assert description.stored_as == f"{bits} of {bits} bits, high bit {bits - 1}, {sign}"
    assert description.decoder.startswith("none")


@pytest.mark.parametrize(("dtype", "keyword"), [("f4", "Float"), ("f8", "DoubleFloat")])
def test_floating_point_pixels_read(tmp_path: Path, dtype: str, keyword: str) -> None:
    values = np.array([[-1.5, 0], [1e-7, 3e5]], dtype)
    path = synthetic.write(tmp_path / "a", np.zeros((2, 2), np.uint16))
    import pydicom

    dataset = pydicom.dcmread(path)
    del dataset.PixelData
    setattr(dataset, f"{keyword}PixelData", values.tobytes())
    dataset.BitsAllocated = 8 * values.itemsize
    dataset.save_as(path)
    pixels, description = read_frame(path, 0)
    np.testing.assert_array_equal(pixels, values)
    assert description.stored_as == f"{8 * values.itemsize}-bit floating point"


def test_another_word_size_is_refused_by_its_name(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path / "a", np.zeros((2, 2), np.uint16), BitsAllocated=24)
    with pytest.raises(PixelError, match="BitsAllocated 24"):
        read_frame(path, 0)


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize(("label", "matrix"), [("YBR_FULL", _FULL), ("YBR_PARTIAL", _PARTIAL)])
def test_ybr_of_any_depth_becomes_rgb(bits: int, label: str, matrix: np.ndarray) -> None:
    scale = ((1 << bits) - 1) / 255
    rgb = np.rint(RGB * scale)
    black = 16 << (bits - 8) if label == "YBR_PARTIAL" else 0
    if label == "YBR_PARTIAL":  # its black and white are those of 8 bits, shifted
        matrix = matrix * (255 * (1 << (bits - 8)) / ((1 << bits) - 1))
    ybr = _ybr(rgb, matrix, black, bits)
    result = ybr_to_rgb(ybr, bits, partial=label == "YBR_PARTIAL")
    assert np.abs(result.astype(float) - rgb).max() <= 2 * scale


def _colour(path: Path, samples: np.ndarray, photometric: str, **attributes: Any) -> str:
    return synthetic.write(path, samples, PhotometricInterpretation=photometric, **attributes)


def test_16_bit_ybr_shows_its_high_bytes(tmp_path: Path) -> None:
    ybr = _ybr(RGB * 257.0, _FULL, 0, 16)
    path = _colour(tmp_path / "a", ybr, "YBR_FULL")
    assert _stored(path).dtype == np.uint16
    pixels, _ = read_frame(path, 0)
    assert np.abs(pixels.astype(int) - RGB).max() <= 1


def test_ybr_of_limited_range_is_stretched(tmp_path: Path) -> None:
    wide = RGB.repeat(2, axis=1)  # two neighbours share their chroma
    ybr = _ybr(wide, _PARTIAL, 16)
    pairs = np.stack([ybr[:, 0::2, 0], ybr[:, 1::2, 0], ybr[:, 0::2, 1], ybr[:, 0::2, 2]], axis=-1)
    path = _colour(tmp_path / "a", ybr, "YBR_PARTIAL_422")
    file = Path(path).read_bytes()
    Path(path).write_bytes(_with_pixels(file, ybr.tobytes(), pairs.tobytes(), big_endian=False))
    assert np.abs(read_frame(path, 0)[0].astype(int) - wide).max() <= 2


def test_chroma_for_each_pixel_under_a_label_of_422_is_taken_as_it_is(tmp_path: Path) -> None:
    ybr = _ybr(RGB, _FULL, 0)
    pixels, description = read_frame(_colour(tmp_path / "a", ybr, "YBR_FULL_422"), 0)
    assert np.abs(pixels.astype(int) - RGB).max() <= 2
    assert any("YBR_FULL_422" in warning for warning in description.warnings)


@pytest.mark.parametrize("label", ["YBR_RCT", "YBR_ICT"])
def test_a_label_that_only_codecs_know_means_rgb_outside_of_them(
    tmp_path: Path, label: str
) -> None:
    pixels, description = read_frame(_colour(tmp_path / "a", RGB, label), 0)
    np.testing.assert_array_equal(pixels, RGB)
    assert any(label in warning for warning in description.warnings)


@pytest.mark.parametrize("label", ["ARGB", "CMYK"])
def test_retired_colours_of_four_samples_are_named(tmp_path: Path, label: str) -> None:
    path = _colour(tmp_path / "a", RGB, label, SamplesPerPixel=4)
    with pytest.raises(PixelError, match=f"{label} is retired"):
        read_frame(path, 0)


@pytest.mark.parametrize("label", ["HSV", "YBR_PARTIAL_420"])
def test_colours_that_cannot_be_converted_are_named(tmp_path: Path, label: str) -> None:
    with pytest.raises(PixelError, match=label):
        read_frame(_colour(tmp_path / "a", RGB, label), 0)


def test_few_bits_of_colour_fill_the_range_of_the_screen(tmp_path: Path) -> None:
    samples = np.array([[(0, 1, 31), (31, 31, 31)]], np.uint8)
    pixels, _ = read_frame(_colour(tmp_path / "a", samples, "RGB", BitsStored=5), 0)
    np.testing.assert_array_equal(pixels, [[(0, 8, 255), (255, 255, 255)]])


def test_32_bit_colours_show_their_high_byte(tmp_path: Path) -> None:
    samples = RGB.astype(np.uint32) << 24
    pixels, _ = read_frame(_colour(tmp_path / "a", samples, "RGB"), 0)
    np.testing.assert_array_equal(pixels, RGB)


def test_limited_range_in_jpeg_is_stretched_where_the_stream_does_not_say(tmp_path: Path) -> None:
    plain = np.tile(np.array(RGB[2, 0]), (16, 16, 1))
    ybr = _ybr(plain, _PARTIAL, 16)
    stream = imagecodecs.jpeg8_encode(ybr, level=100, colorspace="ycbcr", outcolorspace="ycbcr")
    for data, label, exact in (
        (_without_jfif(stream), "YBR_PARTIAL_422", True),
        (stream, "YBR_PARTIAL_422", False),
        (_without_jfif(stream), "YBR_FULL_422", False),
    ):
        path = _colour(tmp_path / "a", plain, label, transfer_syntax=synthetic.JPEG, frames=[data])
        worst = np.abs(read_frame(path, 0)[0].astype(int) - plain).max()
        assert (worst <= 3) == exact


def _without_jfif(data: bytes) -> bytes:
    length = int.from_bytes(data[4:6], "big")
    assert data[2:4] == b"\xff\xe0"
    return data[:2] + data[4 + length :]
