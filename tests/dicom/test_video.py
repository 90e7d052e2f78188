"""Frames of videos are the right ones in the right colours, or say why not."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from tests.dicom import videos
from viewer.dicom import video
from viewer.dicom.errors import PixelError
from viewer.dicom.frames import read_frame, read_frames

COUNT = 9


@pytest.fixture(autouse=True)
def _needs_the_extra(request: pytest.FixtureRequest) -> None:
    if "without_the_extra" not in request.node.name:
        pytest.importorskip("av", reason="PyAV (the extra 'video') is not installed")


def _close(pixels: object, expected: np.ndarray) -> bool:
    """Compare the inside of both fields of colour; their border blurs."""
    assert isinstance(pixels, np.ndarray)
    assert pixels.dtype == np.uint8
    difference = np.abs(pixels.astype(int) - expected)
    middle = videos.COLUMNS // 2
    return max(difference[:, : middle - 8].max(), difference[:, middle + 8 :].max()) <= 12


@pytest.mark.parametrize("syntax", videos.SYNTAXES)
def test_each_frame_of_a_video_is_its_own_in_any_order(tmp_path: Path, syntax: str) -> None:
    stack = videos.pattern(COUNT)
    path = videos.write(tmp_path / "a", videos.encode(stack, syntax), syntax, frames=COUNT, parts=4)
    for index, pixels, description in read_frames(path, [*range(COUNT), 4, 1, 8]):
        assert _close(pixels, stack[index]), index
        assert description is not None
        assert not description.warnings
        assert "PyAV" in description.decoder
        assert syntax in description.transfer_syntax


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize(("matrix", "name"), [(1, "BT.709"), (5, "BT.601")])
def test_colours_follow_the_matrix_and_range_of_the_stream(
    tmp_path: Path, matrix: int, name: str, full_range: bool
) -> None:
    stack = videos.pattern(3)
    stream = videos.encode(stack, videos.H264, matrix=matrix, full_range=full_range)
    path = videos.write(tmp_path / "a", stream, videos.H264, frames=3)
    for index in range(3):
        pixels, description = read_frame(path, index)
        assert _close(pixels, stack[index])
    assert f"{name}, {'full' if full_range else 'limited'} range" in description.decoder


def test_a_video_shorter_than_its_header_says_shows_what_is_there(tmp_path: Path) -> None:
    stack = videos.pattern(4)
    stream = videos.encode(stack, videos.H264)
    path = videos.write(tmp_path / "a", stream, videos.H264, frames=6)
    results = [pixels for _, pixels, _ in read_frames(path, range(6))]
    assert all(_close(pixels, stack[index]) for index, pixels in enumerate(results[:4]))
    assert all(isinstance(error, PixelError) and "4 frames" in str(error) for error in results[4:])


def test_a_video_longer_than_its_header_says_is_warned_of(tmp_path: Path) -> None:
    stream = videos.encode(videos.pattern(5), videos.H264)
    path = videos.write(tmp_path / "a", stream, videos.H264, frames=3)
    pixels, description = read_frame(path, 2)
    assert _close(pixels, videos.pattern(3)[2])
    assert any("holds more" in warning for warning in description.warnings)
    assert not read_frame(path, 1)[1].warnings


def test_a_video_of_fewer_bits_than_a_video_has_is_refused(tmp_path: Path) -> None:
    stream = videos.encode(videos.pattern(2), videos.H264)
    path = videos.write(tmp_path / "a", stream, videos.H264, frames=2)
    stored = b"\x28\0\x01\x01US\2\0"
    (tmp_path / "a").write_bytes(
        (tmp_path / "a").read_bytes().replace(stored + b"\x08", stored + b"\2")
    )
    with pytest.raises(PixelError, match="BitsStored 2"):
        read_frame(path, 0)


def test_a_video_of_another_size_than_the_header_is_refused(tmp_path: Path) -> None:
    stream = videos.encode(videos.pattern(2), videos.H264)
    path = videos.write(tmp_path / "a", stream, videos.H264, frames=2)
    data = Path(path).read_bytes()
    rows = b"\x28\x00\x10\x00US\x02\x00"
    Path(path).write_bytes(data.replace(rows + b"\x30\x00", rows + b"\x40\x00"))
    with pytest.raises(PixelError, match=r"64 × 48 pixels.*64 × 64"):
        read_frame(path, 0)


def test_damage_in_a_video_spoils_the_frames_it_meets_alone(tmp_path: Path) -> None:
    mpeg2 = "1.2.840.10008.1.2.4.100"  # each frame of this pattern stands for itself
    stack = videos.pattern(COUNT)
    stream = bytearray(videos.encode(stack, mpeg2))
    middle = len(stream) // 2
    stream[middle : middle + 24] = bytes(24)
    path = videos.write(tmp_path / "a", bytes(stream), mpeg2, frames=COUNT)
    results = [pixels for _, pixels, _ in read_frames(path, range(COUNT))]
    errors = [str(error) for error in results if isinstance(error, PixelError)]
    assert 1 <= len(errors) <= 3
    assert all("damaged" in error for error in errors)
    assert _close(results[0], stack[0])
    assert _close(results[-1], stack[-1])


def test_what_no_decoder_can_go_over_ends_the_video_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import av

    path = videos.write(
        tmp_path / "a", videos.encode(videos.pattern(5), videos.H264), videos.H264, frames=5
    )
    real = video._Video._restart

    def restart(self: video._Video) -> None:
        real(self)
        whole = self._frames
        broken = av.error.InvalidDataError(1, "invalid")
        self._frames = (_raise(broken) if at == 2 else frame for at, frame in enumerate(whole))

    monkeypatch.setattr(video._Video, "_restart", restart)
    results = [pixels for _, pixels, _ in read_frames(path, range(5))]
    assert [isinstance(found, PixelError) for found in results] == [False, False, True, True, True]
    assert "after frame 2" in str(results[4])


def _raise(error: Exception) -> None:
    raise error


def test_what_is_no_video_says_so(tmp_path: Path) -> None:
    path = videos.write(tmp_path / "a", bytes(5000), videos.H264, frames=2)
    with pytest.raises(PixelError, match="video"):
        read_frame(path, 0)


def test_without_the_extra_the_message_names_it_and_the_syntax(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = videos.write(tmp_path / "a", b"\0\0\1\xb3" * 20, videos.H264, frames=2)
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(PixelError, match=r"H\.264.*PyAV.*pip install av"):
        read_frame(path, 0)
    monkeypatch.setattr(sys, "frozen", True, raising=False)  # nothing can be installed into it
    with pytest.raises(PixelError, match="this package leaves it out; use a Negato"):
        read_frame(path, 0)


def test_a_run_of_frames_is_decoded_in_one_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = videos.encode(videos.pattern(COUNT), videos.H264)
    path = videos.write(tmp_path / "a", stream, videos.H264, frames=COUNT)
    opened = []
    real = video._container
    monkeypatch.setattr(video, "_container", lambda *args: opened.append(args) or real(*args))
    list(read_frames(path, range(COUNT)))
    assert len(opened) == 1


def test_the_same_video_in_three_codecs_shows_the_same_frames(corpus: Path) -> None:
    names = ("mpeg2", "h264", "hevc")
    paths = [str(corpus / f"derived/tsyntax/video_{name}.dcm") for name in names]
    for index in (0, 5, 11):
        frames = [read_frame(path, index)[0].astype(int) for path in paths]
        assert np.abs(frames[0] - frames[1]).mean() < 3
        assert np.abs(frames[1] - frames[2]).mean() < 3
    with pytest.raises(PixelError, match="no frame 13"):
        read_frame(paths[0], 12)
