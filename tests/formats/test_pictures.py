"""Pictures as files of common formats, read back by Pillow."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from viewer.formats.pictures import encode_picture
from viewer.formats.png import encode_png

RANDOM = np.random.default_rng(4)


def read(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert not image.getexif()
        return np.asarray(image)


def smooth(rows: int = 40, columns: int = 52) -> np.ndarray:
    down, across = np.mgrid[:rows, :columns]
    return ((down * 3 + across * 2) % 256).astype(np.uint8)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(4, 7), (1, 1), (33, 2)])
def test_png_holds_grey_pixels_exactly(shape, dtype):
    pixels = RANDOM.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    back = read(encode_png(pixels))
    assert back.astype(np.int64).tolist() == pixels.tolist()


def test_png_holds_colours_exactly():
    pixels = RANDOM.integers(0, 256, (5, 3, 3), np.uint8)
    assert (read(encode_png(pixels)) == pixels).all()


def test_png_takes_turned_pixels_of_any_order_of_bytes():
    pixels = RANDOM.integers(0, 65536, (6, 4), np.uint16)
    assert (read(encode_png(np.rot90(pixels))) == np.rot90(pixels)).all()
    assert (read(encode_png(pixels.astype(">u2"))) == pixels).all()


@pytest.mark.parametrize("dtype", [np.int16, np.float32, np.uint32])
def test_png_refuses_what_it_cannot_hold(dtype):
    with pytest.raises(ValueError, match="8- or 16-bit"):
        encode_png(np.zeros((2, 2), dtype))


@pytest.mark.parametrize("encoding", ["jpeg", "webp"])
def test_lossy_pictures_are_near_and_nearer_with_quality(encoding):
    pixels = smooth()
    near, far = (encode_picture(pixels, encoding, quality) for quality in (95, 10))

    def error(data: bytes) -> float:
        back = read(data)
        grey = back if back.ndim == 2 else back[..., 1]
        return float(np.abs(grey.astype(int) - pixels).mean())

    assert error(near) < 3
    assert error(near) < error(far)
    assert len(near) > len(far)


def test_webp_of_full_quality_is_exact():
    pixels = RANDOM.integers(0, 256, (9, 8, 3), np.uint8)
    assert (read(encode_picture(pixels, "webp", 100)) == pixels).all()


def test_pictures_larger_than_a_format_holds_are_refused():
    with pytest.raises(ValueError, match="no more than 16,383"):
        encode_picture(np.zeros((1, 16_384), np.uint8), "webp")
