"""How fast the frames of a file are meant to be played. PS3.3 C.7.6.5.

Owns which attribute says it. Playing is left to the viewport.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from viewer.dicom.headers import InstanceHeader

# Beyond these a value is no rate that anyone plays at: a unit mistaken, a damaged number.
_SHORTEST_MS = 1.0
_LONGEST_MS = 60_000.0
_DEFAULT_MS = 1000.0 / 15.0
_FRAME_TIME_VECTOR = 0x00181065
_SWEEPING = 1


@dataclass(frozen=True, slots=True)
class CineRate:
    """How long each frame is shown.

    ``intervals_ms`` is one interval for all frames, or one for each step from
    a frame to the next (one fewer than frames). ``source`` is the keyword of
    the attribute that says so, "" for the usual 15 frames a second where no
    attribute does. ``to_and_fro`` plays backwards at the end instead of
    starting anew.
    """

    intervals_ms: tuple[float, ...] = (_DEFAULT_MS,)
    source: str = ""
    to_and_fro: bool = False


def cine_rate(header: InstanceHeader) -> CineRate:
    """Give the rate of a file: the one recommended for display, else the one of acquisition.

    FrameTimeVector counts before FrameTime where FrameIncrementPointer names
    it, or where it stands alone. What is not a sensible time is passed over.
    """
    to_and_fro = header.preferred_playback_sequencing == _SWEEPING
    times = [
        ("RecommendedDisplayFrameRate", _of_rate(header.recommended_display_frame_rate)),
        ("CineRate", _of_rate(header.cine_rate)),
        ("FrameTime", _sensible((header.frame_time,))),
        ("FrameTimeVector", _of_vector(header)),
    ]
    if _FRAME_TIME_VECTOR in header.frame_increment_pointer:
        times[2:] = times[:1:-1]
    for source, intervals in times:
        if intervals:
            return CineRate(intervals, source, to_and_fro)
    return CineRate(to_and_fro=to_and_fro)


def _of_rate(frames_per_second: float | None) -> tuple[float, ...]:
    if frames_per_second is None or not frames_per_second > 0:
        return ()
    return _sensible((1000.0 / frames_per_second,))


def _of_vector(header: InstanceHeader) -> tuple[float, ...]:
    """Give the steps between frames: the first value is that before the first frame."""
    vector = header.frame_time_vector
    return _sensible(vector[1:]) if len(vector) == header.number_of_frames else ()


def _sensible(intervals_ms: tuple[float | None, ...]) -> tuple[float, ...]:
    """Give the intervals; none of them where one is no time to show a frame for."""
    known = tuple(ms for ms in intervals_ms if ms is not None and math.isfinite(ms))
    sensible = all(_SHORTEST_MS <= ms <= _LONGEST_MS for ms in known)
    return known if sensible and len(known) == len(intervals_ms) else ()
