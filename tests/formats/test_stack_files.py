"""Files of several pictures, read back by other libraries: GIF, WebP, TIFF, MP4."""

from __future__ import annotations

import io

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageSequence

from viewer.formats.animations import GifWriter, WebpWriter
from viewer.formats.pictures import encode_picture
from viewer.formats.tiff import TiffWriter

RANDOM = np.random.default_rng(7)


def pictures(count: int = 4, shape: tuple[int, ...] = (20, 31)) -> list[np.ndarray]:
    return [RANDOM.integers(0, 256, shape, np.uint8) for _ in range(count)]


def frames_of(data: bytes) -> tuple[list[np.ndarray], list[int]]:
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["loop"] == 0
        read = [
            (np.asarray(frame.convert("RGB")), frame.info["duration"])
            for frame in ImageSequence.Iterator(image)
        ]
    return [frame for frame, _ in read], [shown for _, shown in read]


def as_rgb(picture: np.ndarray) -> np.ndarray:
    return picture if picture.ndim == 3 else np.repeat(picture[..., np.newaxis], 3, 2)


def test_gif_holds_grey_frames_exactly_and_their_times_add_up():
    given, out = pictures(), io.BytesIO()
    writer = GifWriter(out)
    for picture in given:
        writer.add(encode_picture(picture, "gif"), 1000 / 15)
    writer.end()
    frames, shown = frames_of(out.getvalue())
    assert all((a == as_rgb(b)).all() for a, b in zip(frames, given, strict=True))
    assert shown == [70, 60, 70, 70]


def test_gif_takes_colours_as_far_as_a_table_of_256_goes():
    flat = np.zeros((12, 9, 3), np.uint8)
    flat[:6] = (200, 10, 30)
    flat[6:, 4:] = (0, 120, 255)
    out = io.BytesIO()
    writer = GifWriter(out)
    writer.add(encode_picture(flat, "gif"), 100)
    writer.add(encode_picture(flat[::-1], "gif"), 100)
    writer.end()
    frames, _ = frames_of(out.getvalue())
    assert (frames[0] == flat).all()
    assert (frames[1] == flat[::-1]).all()


@pytest.mark.parametrize("shape", [(20, 31), (15, 8, 3)])
def test_webp_of_full_quality_holds_frames_exactly(shape):
    given, out = pictures(3, shape), io.BytesIO()
    writer = WebpWriter(out)
    for picture in given:
        writer.add(encode_picture(picture, "webp", 100), 40)
    writer.end()
    frames, shown = frames_of(out.getvalue())
    assert all((a == as_rgb(b)).all() for a, b in zip(frames, given, strict=True))
    assert shown == [40, 40, 40]


def test_lossy_webp_is_read_with_its_size_and_near():
    smooth = np.add.outer(np.arange(33), np.arange(50)).astype(np.uint8) * 2
    out = io.BytesIO()
    writer = WebpWriter(out)
    for _ in range(2):
        writer.add(encode_picture(smooth, "webp", 90), 500)
    writer.end()
    frames, shown = frames_of(out.getvalue())
    assert shown == [500, 500]
    assert np.abs(frames[1].astype(int) - as_rgb(smooth)).mean() < 3


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.float32])
@pytest.mark.parametrize("compress", [True, False])
def test_tiff_holds_pages_exactly(dtype, compress):
    given = [(RANDOM.random((17, 9)) * 200 - (dtype != np.uint8)).astype(dtype) for _ in range(3)]
    out = io.BytesIO()
    writer = TiffWriter(out, expected_bytes=1, spacing_rc_mm=(0.5, 0.25), compress=compress)
    for page in given:
        writer.add(page)
    writer.end()
    out.seek(0)
    with tifffile.TiffFile(out) as file:
        assert len(file.pages) == 3
        assert all((a.asarray() == b).all() for a, b in zip(file.pages, given, strict=True))
        assert file.pages[0].dtype == dtype
        across, down = (file.pages[0].tags[f"{axis}Resolution"].value for axis in "XY")
        assert (across[0] / across[1], down[0] / down[1]) == (40, 20)
        assert "Software" not in file.pages[0].tags


def test_tiff_of_colours_is_read_by_pillow():
    (given,), out = pictures(1, (6, 5, 3)), io.BytesIO()
    writer = TiffWriter(out, expected_bytes=1)
    writer.add(given)
    writer.end()
    with Image.open(io.BytesIO(out.getvalue())) as image:
        assert (np.asarray(image) == given).all()


def test_a_tiff_that_would_not_fit_4_gib_is_a_bigtiff():
    out = io.BytesIO()
    writer = TiffWriter(out, expected_bytes=5 << 30)
    writer.add(np.zeros((2, 2), np.uint8))
    writer.end()
    out.seek(0)
    with tifffile.TiffFile(out) as file:
        assert file.is_bigtiff


def test_mp4_holds_the_frames_and_their_time():
    av = pytest.importorskip("av")
    from viewer.formats.movies import Mp4Writer

    levels, out = [20, 128, 230, 60], io.BytesIO()
    writer = Mp4Writer(out, (31, 45), 10.0)
    for level in levels:
        writer.add(np.full((31, 45), level, np.uint8), 100)
    writer.end()
    out.seek(0)
    with av.open(out) as file:
        frames = list(file.decode(video=0))
    assert [round(frame.time, 3) for frame in frames] == [0, 0.1, 0.2, 0.3]
    read = [frame.to_ndarray(format="gray") for frame in frames]
    assert read[0].shape == (32, 46)
    for level, frame in zip(levels, read, strict=True):
        assert (
            abs(int(np.median(frame[:30, :44])) - (16 + level * 219 / 255)) < 4
            or abs(int(np.median(frame[:30, :44])) - level) < 4
        )
