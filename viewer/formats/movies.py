"""MP4 files (H.264), written frame by frame by PyAV, an optional part of the installation."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, BinaryIO

import numpy as np

from viewer.formats.missing import MissingPartError

_CLOCK = 90_000  # ticks a second
_CRF = "16"  # constant quality: grey ramps without visible bands
_MOST_SIDE = 16_384


class Mp4Writer:
    """Writes a movie.

    Parameters
    ----------
    size_rc : (int, int)
        Of every frame. Odd sides get a black line more: H.264 keeps colour at half the size.
    frames_a_second : float
        What players are told; each frame still has its own time.
    """

    def __init__(self, file: BinaryIO, size_rc: tuple[int, int], frames_a_second: float) -> None:
        av = _av()
        if max(size_rc) > _MOST_SIDE:
            raise ValueError(f"MP4 holds no more than {_MOST_SIDE:,} pixels along a side")
        self._av, self._container = av, av.open(file, "w", format="mp4")
        rate = Fraction(frames_a_second).limit_denominator(1001)
        name = "libx264" if "libx264" in av.codecs_available else "mpeg4"
        self._stream = self._container.add_stream(name, rate=rate)
        self._rows, self._columns = (side + side % 2 for side in size_rc)
        self._stream.height, self._stream.width = self._rows, self._columns
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = self._stream.codec_context.time_base = Fraction(1, _CLOCK)
        self._stream.options = {"crf": _CRF, "preset": "fast"}
        self._ticks = 0.0

    def add(self, pixels: np.ndarray, shown_ms: float) -> None:
        """Add a frame, (rows, columns) or (rows, columns, 3) uint8, and how long it is shown."""
        rows, columns = pixels.shape[:2]
        whole = np.zeros((self._rows, self._columns, 3), np.uint8)
        whole[:rows, :columns] = pixels if pixels.ndim == 3 else pixels[..., np.newaxis]
        frame = self._av.VideoFrame.from_ndarray(whole, format="rgb24")
        frame.pts, frame.time_base = round(self._ticks), Fraction(1, _CLOCK)
        self._ticks += shown_ms * _CLOCK / 1000
        self._container.mux(self._stream.encode(frame))

    def end(self) -> None:
        """Write what is still held back, and the index."""
        self._container.mux(self._stream.encode(None))
        self._container.close()


def check_movies() -> None:
    """See that movies can be written.

    Raises
    ------
    MissingPartError
        PyAV is not installed.
    """
    _av()


def _av() -> Any:
    try:
        import av
    except ImportError as error:
        raise MissingPartError("MP4", "PyAV", "av") from error
    return av
