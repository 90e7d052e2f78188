"""The size of a JPEG XL stream is read without its codec, and checked before that runs."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest

from viewer.dicom import codecs
from viewer.dicom.errors import PixelError
from viewer.dicom.jpegxl_size import jpegxl_size
from viewer.dicom.pixel_layout import PixelLayout

JPEG_XL = "1.2.840.10008.1.2.4.110"
SIZES = [(8, 8), (24, 20), (256, 256), (1, 1), (600, 800), (1080, 1920), (300, 1), (2, 9000)]


@pytest.mark.parametrize("in_boxes", [True, False])
@pytest.mark.parametrize("size", SIZES)
def test_rows_and_columns_are_those_that_were_encoded(
    size: tuple[int, int], in_boxes: bool
) -> None:
    stream = imagecodecs.jpegxl_encode(np.zeros(size, np.uint8), usecontainer=in_boxes)

    assert jpegxl_size(stream) == size


def test_no_size_is_read_of_what_is_no_such_stream() -> None:
    stream = imagecodecs.jpegxl_encode(np.zeros((24, 20), np.uint8), usecontainer=True)

    for cut in range(60):
        assert jpegxl_size(stream[:cut]) in (None, (24, 20))
    assert jpegxl_size(b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0\0\0\0jxlc") is None


@pytest.mark.usefixtures("no_codec")
def test_a_stream_of_another_size_than_the_header_never_meets_the_codec() -> None:
    stream = imagecodecs.jpegxl_encode(np.zeros((3000, 3000), np.uint8))

    with pytest.raises(PixelError, match="3000 × 3000 pixels"):
        codecs.decode(stream, JPEG_XL, _layout(24, 20))


@pytest.fixture
def no_codec(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the codec fail whoever calls it."""
    monkeypatch.setattr(codecs.imagecodecs, "jpegxl_decode", pytest.fail)


def _layout(rows: int, columns: int) -> PixelLayout:
    return PixelLayout(rows, columns, 1, "MONOCHROME2", 0, 8, 8, 7, signed=False, frames=1)
