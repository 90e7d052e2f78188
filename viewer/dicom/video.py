"""Frames of MPEG-2, H.264 and HEVC video: one stream over all fragments of the pixel data.

Decoded by FFmpeg through PyAV, the optional extra ``video``, imported when a video is met and only
in a child process. Frames come in the order of display. A frame is found by decoding from the start
of the stream, and the next one by going on: seeking by time stamps is not frame-accurate in
elementary streams. Where the fragments lie is left to `encapsulation`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from viewer.dicom.decoded import Decoded
from viewer.dicom.encapsulation import Fragment
from viewer.dicom.errors import PixelError
from viewer.dicom.limits import Limits
from viewer.dicom.pixel_layout import PixelLayout
from viewer.dicom.regular_files import open_regular, system_error
from viewer.dicom.samples import BT_601, ybr_to_rgb
from viewer.dicom.transfer_syntaxes import transfer_syntax_name
from viewer.program import is_bundle

if TYPE_CHECKING:
    import av
    from av.video.frame import VideoFrame

_Array = np.ndarray[Any, np.dtype[Any]]

_MPEG2 = ("100", "100.1", "101", "101.1")
_H264 = tuple(f"{n}{part}" for n in range(102, 107) for part in ("", ".1"))
_CODECS = {
    **{f"1.2.840.10008.1.2.4.{n}": "mpeg2video" for n in _MPEG2},
    **{f"1.2.840.10008.1.2.4.{n}": "h264" for n in _H264},
    **{f"1.2.840.10008.1.2.4.{n}": "hevc" for n in ("107", "108")},
}
_FORMATS = {"mpeg2video": "mpegvideo", "h264": "h264", "hevc": "hevc"}  # of elementary streams
_BT_709 = (0.2126, 0.0722)
# MatrixCoefficients of ITU-T H.273, table 4: name, weights of red and blue
_MATRICES = {
    1: ("BT.709", _BT_709),
    4: ("FCC", (0.30, 0.11)),
    5: ("BT.601", BT_601),
    6: ("BT.601", BT_601),
    7: ("SMPTE 240M", (0.212, 0.087)),
    9: ("BT.2020", (0.2627, 0.0593)),
}
_UNSPECIFIED = 2
_HIGH_DEFINITION_ROWS = 720
_FULL_RANGE = 2
_BUFFER_BYTES = 1 << 20
_LEAST_BITS = 8
_HERE = "install it where Negato is installed (pip install av) and open the file again."
_WITH_PIP = "this package leaves it out; use a Negato that was installed with pip, pipx or uv."


def is_video(transfer_syntax: str) -> bool:
    """Tell whether a transfer syntax stores all frames as one video."""
    return transfer_syntax in _CODECS


def video_frame(
    path: str,
    fragments: tuple[Fragment, ...],
    transfer_syntax: str,
    layout: PixelLayout,
    index: int,
    limits: Limits,
) -> Decoded:
    """Decode one frame of a video to 8-bit RGB.

    Parameters
    ----------
    fragments : tuple of Fragment
        All that hold the stream, in order.
    index : int
        Frame, counted from 0 in the order of display.

    Raises
    ------
    PixelError
        PyAV is not installed, the stream is damaged or ends before the frame,
        or its size contradicts the header.
    """
    try:
        import av  # noqa: F401
    except ImportError as error:
        name = transfer_syntax_name(transfer_syntax)
        how = _WITH_PIP if is_bundle() else _HERE
        raise PixelError(
            f"The frames are a video, {name}, which needs PyAV, the extra 'video': {how}"
        ) from error
    if layout.samples != 3:
        raise PixelError(f"A video in {layout.photometric or 'one sample a pixel'} is impossible.")
    if layout.bits_stored < _LEAST_BITS:
        raise PixelError(
            f"A video has {_LEAST_BITS}-bit samples or deeper, the header says BitsStored "
            f"{layout.bits_stored}; get the file from its source again."
        )
    video = _opened(path, fragments, _CODECS[transfer_syntax], limits)
    frame = video.frame(index)
    if (frame.width, frame.height) != (layout.columns, layout.rows):
        raise PixelError(
            f"The video holds {frame.width} × {frame.height} pixels, "
            f"the header says {layout.columns} × {layout.rows}."
        )
    rgb, colour = _rgb(frame)
    notes = [video.note] if video.note else []
    if index == layout.frames - 1 and video.has_more():
        notes.append(f"The header says {layout.frames} frames, the video holds more.")
    return Decoded(
        rgb, "RGB", 8, decoder=f"FFmpeg {video.codec} (PyAV), {colour}", warnings=tuple(notes)
    )


@lru_cache(maxsize=1)
def _opened(path: str, fragments: tuple[Fragment, ...], codec: str, limits: Limits) -> _Video:
    return _Video(path, fragments, codec, limits)


class _Video:
    """A stream and how far it is decoded, so that a run of frames takes one pass."""

    def __init__(
        self, path: str, fragments: tuple[Fragment, ...], stated_codec: str, limits: Limits
    ) -> None:
        self._path = path
        self._limits = limits
        self._fragments = fragments
        self._stated = stated_codec
        self._frames: Iterator[VideoFrame] = iter(())
        self._last: VideoFrame | None = None
        self._ahead: VideoFrame | None = None
        self._position = -1  # of `_last`
        self._damage = ""
        self._sound = 0  # frames before the damage
        self._container: av.container.InputContainer | None = None
        self.codec = ""
        self.note = ""

    def frame(self, index: int) -> VideoFrame:
        if self._damage and index >= self._sound:
            raise PixelError(self._damage)
        if self._container is None or index < self._position:
            self._restart()
        while self._position < index:
            frame = self._next()
            if frame is None:
                held = self._position + 1
                raise PixelError(f"The video holds {held} frames: frame {index + 1} is missing.")
            self._last = frame
            self._position += 1
        if self._last is None or self._last.is_corrupt:
            raise PixelError(f"The video is damaged at frame {index + 1}.")
        return self._last

    def has_more(self) -> bool:
        try:
            self._ahead = self._next()
        except PixelError:  # damage after the last frame that was asked for
            return False
        return self._ahead is not None

    def _next(self) -> VideoFrame | None:
        import av

        if self._ahead is not None:
            frame, self._ahead = self._ahead, None
            return frame
        try:
            return next(self._frames, None)
        except av.FFmpegError as error:
            # what follows could be decoded, but frames would be lost and the rest miscounted
            self._sound = self._position + 1
            self._damage = (
                f"The video is damaged after frame {self._sound} ({type(error).__name__})."
            )
            self.close()
            raise PixelError(self._damage) from error

    def _restart(self) -> None:
        self.close()
        self._container = _container(self._path, self._fragments, self._stated, self._limits)
        if not self._container.streams.video:
            raise PixelError("The pixel data holds no video.")
        stream = self._container.streams.video[0]
        stream.thread_type = "AUTO"  # frames far from the start come in half the time
        self.codec = stream.codec_context.name
        if self.codec != self._stated:
            self.note = f"The header says {self._stated}, the stream is {self.codec}; it decided."
        self._frames = self._container.decode(stream)

    def close(self) -> None:
        self._frames, self._last, self._ahead, self._position = iter(()), None, None, -1
        if self._container is not None:
            self._container.close()
            self._container = None


def _container(
    path: str, fragments: Sequence[Fragment], codec: str, limits: Limits
) -> av.container.InputContainer:
    """Open the stream, in a container of any kind, else as the elementary stream it should be."""
    import av

    failure: Exception | None = None
    for form in (None, _FORMATS[codec]):
        try:
            reader = _FragmentReader(path, fragments, limits)
            return av.open(reader, "r", format=form, buffer_size=_BUFFER_BYTES)
        except av.FFmpegError as error:
            failure = error
    raise PixelError("The video stream is damaged: its beginning is not found.") from failure


class _FragmentReader:
    """The fragments as one file. Opened for each read: a file kept open is a disc kept in."""

    def __init__(self, path: str, fragments: Sequence[Fragment], limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._fragments = fragments
        self._size = sum(fragment.length for fragment in fragments)
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        wanted = self._size - self._position if size < 0 else size
        parts: list[bytes] = []
        start = 0  # of the fragment in the joined stream
        try:
            with open_regular(self._path, self._limits) as file:
                for fragment in self._fragments:
                    skipped = self._position - start
                    if wanted and 0 <= skipped < fragment.length:
                        file.seek(fragment.offset + skipped)
                        part = file.read(min(wanted, fragment.length - skipped))
                        parts.append(part)
                        self._position += len(part)
                        wanted -= len(part)
                    start += fragment.length
        except OSError as error:
            raise system_error(self._path, error) from error
        return b"".join(parts)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._position = max(0, offset + (0, self._position, self._size)[whence])
        return self._position

    def tell(self) -> int:
        return self._position


def _rgb(frame: VideoFrame) -> tuple[_Array, str]:
    """Convert a frame by the matrix and range that its stream states."""
    layout = frame.format
    parts = layout.components
    if len(parts) != 3 or layout.is_rgb or not layout.is_planar or parts[0].bits > 16:
        raise PixelError(f"A video of pixel format {layout.name} is not supported.")
    bits = parts[0].bits
    ybr = np.empty((frame.height, frame.width, 3), np.uint8 if bits == 8 else np.uint16)
    for channel, plane in enumerate(frame.planes):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[
            : plane.height
        ]
        samples = rows[:, : plane.width * ybr.itemsize].view(ybr.dtype)
        steps = [
            -(-whole // part) for whole, part in zip(ybr.shape[:2], samples.shape, strict=True)
        ]
        wide = samples.repeat(steps[0], 0).repeat(steps[1], 1)
        ybr[..., channel] = wide[: frame.height, : frame.width]
    partial = frame.color_range != _FULL_RANGE and not layout.name.startswith("yuvj")
    matrix, weights = _MATRICES.get(int(frame.colorspace), ("", BT_601))
    if not matrix:
        large = frame.height >= _HIGH_DEFINITION_ROWS
        matrix, weights = ("BT.709", _BT_709) if large else ("BT.601", BT_601)
        matrix += " assumed" if frame.colorspace == _UNSPECIFIED else " assumed for another matrix"
    rgb = ybr_to_rgb(ybr, bits, partial=partial, weights=weights)
    if bits > 8:
        rgb = (rgb >> (bits - 8)).astype(np.uint8)
    return rgb, f"{matrix}, {'limited' if partial else 'full'} range"
