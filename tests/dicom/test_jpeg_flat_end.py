"""The end of a lossless JPEG stream tells whether the flat end of its picture is its own."""

from __future__ import annotations

import random
from functools import partial
from unittest import mock

import imagecodecs
import numpy as np
import pytest

from viewer.dicom.jpeg_completeness import ends_early
from viewer.dicom.jpeg_flat_end import holds_flat_end

_END = b"\xff\xd9"
_PADDING = 24  # rows and columns of one value around the noise


def _picture(bits: int, padding_value: int = 0) -> np.ndarray:
    noise = np.random.default_rng(bits).integers(0, 1 << bits, (60, 80))
    dtype = np.uint8 if bits == 8 else np.uint16
    return np.pad(noise, _PADDING, constant_values=padding_value).astype(dtype)


def _stream(picture: np.ndarray, predictor: int = 1) -> bytes:
    bits = 8 if picture.dtype == np.uint8 else 16
    return bytes(
        imagecodecs.jpeg8_encode(picture, lossless=True, predictor=predictor, bitspersample=bits)
    )


def _end(stream: bytes) -> int:
    end = stream.rfind(_END)
    while stream[end - 1] == 0xFF:
        end -= 1
    return end


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("padding_value", [0, 200])
def test_a_whole_stream_is_told_without_another_decode(bits: int, padding_value: int) -> None:
    picture = _picture(bits, padding_value)
    stream = _stream(picture)
    decoded = imagecodecs.jpeg8_decode(stream)
    assert np.array_equal(decoded, picture)
    again = mock.Mock(side_effect=AssertionError("decoded again"))
    assert not ends_early(stream, decoded, again)


def test_a_stream_cut_anywhere_is_not_taken_for_whole() -> None:
    chance = random.Random(7)
    picture = _picture(12)
    stream = _stream(picture)
    end = _end(stream)
    told = 0
    for _ in range(400):
        cut = chance.choice((chance.randrange(end // 4, end), chance.randrange(end - 60, end)))
        short = stream[:cut].removesuffix(b"\xff")
        decoded = imagecodecs.jpeg8_decode(short + _END)
        whole = holds_flat_end(short + _END, len(short), decoded)
        assert not whole or np.array_equal(decoded, picture)
        told += not whole
    assert told > 300


def test_a_flat_end_that_the_decoder_made_up_elsewhere_is_noticed() -> None:
    """The stream ends in flat rows of its own; those made up after it are of another value."""
    picture = _picture(12, padding_value=900)
    stream = _stream(picture)
    for missing in range(1, 60):
        short = stream[: _end(stream) - missing].removesuffix(b"\xff")
        decoded = imagecodecs.jpeg8_decode(short + _END)
        assert np.array_equal(decoded, picture) or not holds_flat_end(
            short + _END, len(short), decoded
        )


@pytest.mark.parametrize("predictor", [2, 4, 7])
def test_other_predictors_are_told_by_another_decode(predictor: int) -> None:
    picture = _picture(16)
    stream = _stream(picture, predictor)
    decoded = imagecodecs.jpeg8_decode(stream)
    assert not holds_flat_end(stream, _end(stream), decoded)
    assert not ends_early(stream, decoded, partial(imagecodecs.jpeg8_decode))


def test_a_picture_of_one_value_is_left_to_another_decode() -> None:
    picture = np.full((40, 50), 7, np.uint16)
    stream = _stream(picture)
    assert not holds_flat_end(stream, _end(stream), picture)
    assert not ends_early(stream, picture, imagecodecs.jpeg8_decode)


def test_colour_is_left_to_another_decode() -> None:
    picture = np.zeros((40, 50, 3), np.uint8)
    stream = bytes(imagecodecs.jpeg8_encode(picture, lossless=True))
    decoded = imagecodecs.jpeg8_decode(stream)
    assert not holds_flat_end(stream, _end(stream), decoded)
