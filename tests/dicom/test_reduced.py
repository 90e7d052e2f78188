"""Large JPEG 2000 frames are read reduced: like the whole frame, and only where that is sure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest

from tests.dicom.synthetic import HTJ2K, JPEG_2000, streams, write
from viewer.dicom import reduced
from viewer.dicom.frames import read_frame
from viewer.dicom.jpeg2000_halving import halved
from viewer.dicom.reading import read_header
from viewer.dicom.reduced import may_be_reduced, read_reduced, takes_long
from viewer.imaging.mips import Mips

ROWS, COLUMNS = 250, 203  # neither is halved without a rest
_COD, _LAYERS = b"\xff\x52", 6  # marker, and where the number of layers stands after it
_LEFT = 16  # where the first column of the picture in its grid stands


@pytest.fixture(autouse=True)
def _small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduced, "_LARGE_PIXELS", 10_000)
    monkeypatch.setattr(reduced, "_ENOUGH_PIXELS", 4_000)


def _picture(rows: int = ROWS, columns: int = COLUMNS) -> np.ndarray:
    row, column = np.mgrid[:rows, :columns]
    values = 2000 + 1500 * np.sin(row / 30) * np.cos(column / 40)
    return np.rint(values).astype(np.uint16)


def _jpeg_2000(values: np.ndarray, **options: Any) -> bytes:
    options = {"level": 0, "codecformat": "j2k", **options}
    return bytes(imagecodecs.jpeg2k_encode(values, **options))


def _file(tmp_path: Path, values: np.ndarray, stream: bytes, **attributes: Any) -> str:
    syntax = attributes.pop("transfer_syntax", JPEG_2000)
    write(tmp_path / "f", values, transfer_syntax=syntax, frames=[stream], **attributes)
    return str(tmp_path / "f")


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (JPEG_2000, _jpeg_2000),
        (JPEG_2000, lambda values: _jpeg_2000(values, reversible=False, level=60)),
        (HTJ2K, lambda values: imagecodecs.htj2k_encode(values, reversible=True)),
    ],
    ids=["reversible", "irreversible", "high-throughput"],
)
def test_a_reduced_frame_is_the_whole_one_halved(tmp_path, syntax, encode):
    path = _file(tmp_path, _picture(), encode(_picture()), transfer_syntax=syntax)
    pixels, description = read_reduced(path, 0)
    whole, of_whole = read_frame(path, 0)
    assert pixels.shape == (63, 51)
    assert pixels.dtype == whole.dtype
    assert (description.rows, description.columns) == (ROWS, COLUMNS)
    assert description.vois == of_whole.vois
    mean = Mips(whole).level(2).astype(float)
    # the halvings of the codec weigh pixels beyond the four, so they differ a little
    assert np.abs(pixels - mean)[1:-1, 1:-1].max() < 40  # a pixel beside is 50 apart


def test_a_halved_stream_is_what_a_codec_gives_that_leaves_resolutions_out():
    stream = imagecodecs.htj2k_encode(_picture(), reversible=True)
    smaller, times = halved(stream, 2)
    assert times == 2
    expected = imagecodecs.htj2k_decode(stream, skipres=2)
    assert np.array_equal(imagecodecs.htj2k_decode(smaller), expected)
    assert np.array_equal(imagecodecs.jpeg2k_decode(smaller), expected)


def test_a_colour_frame_is_reduced_in_its_colours(tmp_path):
    colours = np.stack([_picture() >> shift & 0xFF for shift in (4, 5, 6)], -1).astype(np.uint8)
    path = _file(
        tmp_path,
        colours,
        _jpeg_2000(colours, mct=False),
        SamplesPerPixel=3,
        PhotometricInterpretation="RGB",
        PlanarConfiguration=0,
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
    )
    pixels, _ = read_reduced(path, 0)
    assert pixels.shape == (63, 51, 3)
    middle = Mips(read_frame(path, 0)[0]).level(2)[10:-10, 10:-10].astype(float)
    assert np.abs(pixels[10:-10, 10:-10] - middle).mean() < 20


@pytest.mark.parametrize("syntax", [JPEG_2000, HTJ2K])
def test_white_beside_black_stays_white_where_words_have_bits_to_spare(tmp_path, syntax):
    values = np.zeros((ROWS, COLUMNS), np.uint16)
    values[60:190, 50:150] = 4095
    stream = streams(values)[syntax]
    path = _file(tmp_path, values, stream, BitsStored=12, transfer_syntax=syntax)
    pixels, _ = read_reduced(path, 0)
    assert pixels.max() == 4095
    assert pixels[18:44, 15:35].min() > 3500


@pytest.mark.parametrize("encode", [imagecodecs.htj2k_encode, _jpeg_2000])
def test_white_beside_black_stays_white_where_words_are_full(tmp_path, encode):
    values = np.zeros((ROWS, COLUMNS), np.uint16)
    values[60:190, 50:150] = 65535
    pixels, _ = read_reduced(_file(tmp_path, values, encode(values)), 0)
    assert pixels[18:44, 15:35].min() > 57000
    assert pixels[:12].max() < 8000


def test_a_sign_that_the_stream_does_not_know_is_not_averaged(tmp_path):
    values = (_picture().astype(np.int16) - 2000) & 0xFFF
    path = _file(
        tmp_path, values, _jpeg_2000(values.astype(np.uint16)), BitsStored=12, PixelRepresentation=1
    )
    assert read_reduced(path, 0) is None


def test_bits_above_the_stored_ones_are_not_averaged_into_white(tmp_path):
    values = _picture() & 0xFFF
    values[:60] |= 0x4000
    path = _file(tmp_path, values, _jpeg_2000(values), BitsStored=12)
    assert read_reduced(path, 0) is None
    assert read_frame(path, 0)[0].max() < 0x1000


def test_a_stream_without_halvings_has_no_reduced_frame(tmp_path):
    path = _file(tmp_path, _picture(), _jpeg_2000(_picture(), resolutions=1))
    assert read_reduced(path, 0) is None
    assert read_frame(path, 0)[0].shape == (ROWS, COLUMNS)


def test_a_stream_that_ends_layer_by_layer_is_left_whole():
    stream = _jpeg_2000(_picture())
    assert halved(stream, 2) is not None
    layers = stream.index(_COD) + _LAYERS
    assert halved(stream[:layers] + b"\x00\x02" + stream[layers + 2 :], 2) is None


@pytest.mark.parametrize(("left", "is_halved"), [(0, True), (3, False), (4, True), (6, False)])
def test_a_picture_that_begins_between_pixels_of_the_halving_is_left_whole(left, is_halved):
    stream = _jpeg_2000(_picture())
    shifted = stream[:_LEFT] + left.to_bytes(4) + stream[_LEFT + 4 :]
    assert (halved(shifted, 2) is not None) is is_halved


def test_no_more_halvings_are_taken_than_there_are():
    stream = _jpeg_2000(_picture(), resolutions=3)
    smaller, times = halved(stream, 5)
    assert times == 2
    assert imagecodecs.jpeg2k_decode(smaller).shape == (63, 51)


def test_what_is_cut_short_or_damaged_gives_no_picture_and_does_not_crash():
    stream = _jpeg_2000(_picture())
    for end in range(200):
        found = halved(stream[:end], 2)
        assert found is None or found[1] == 2
    rng = np.random.default_rng(1)
    for _ in range(300):
        damaged = bytearray(stream)
        damaged[rng.integers(2, 120)] = rng.integers(256)
        halved(bytes(damaged), 2)


def test_only_large_frames_of_the_codec_are_reduced(tmp_path):
    large = read_header(_file(tmp_path, _picture(), _jpeg_2000(_picture())))
    assert may_be_reduced(large)
    assert takes_long(large)
    small = _picture(20, 20)
    assert not may_be_reduced(read_header(_file(tmp_path, small, _jpeg_2000(small))))
    plain = tmp_path / "plain"
    write(plain, _picture())
    assert not may_be_reduced(read_header(str(plain)))


def test_a_reduced_frame_of_a_real_file_looks_like_its_whole(corpus, monkeypatch):
    monkeypatch.setattr(reduced, "_LARGE_PIXELS", 200_000)
    monkeypatch.setattr(reduced, "_ENOUGH_PIXELS", 60_000)
    seen = 0
    for path in sorted(corpus.rglob("*")):
        header = _header(path)
        if header is None or not may_be_reduced(header):
            continue
        found = read_reduced(str(path), 0)
        if found is None:
            continue
        whole = read_frame(str(path), 0)[0].astype(float)
        times = round(np.log2(whole.shape[0] / found[0].shape[0]))
        mean = Mips(whole).level(times)
        assert mean.shape == found[0].shape
        spread = np.ptp(whole)
        assert np.abs(found[0] - mean).mean() < 0.06 * spread, path.name
        seen += 1
    assert seen


def _header(path: Path):
    from viewer.dicom.errors import NegatoError

    if not path.is_file():
        return None
    try:
        return read_header(str(path))
    except NegatoError:
        return None
