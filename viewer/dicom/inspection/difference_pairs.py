"""Which frame of one series is compared with which of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from viewer.dicom.inspection.frame_places import FramePlace

_SAME_MM = 0.01
_ENOUGH = 0.5  # of the smaller series must have a partner for a key to be the right one


@dataclass(frozen=True, slots=True)
class Pairs:
    """Frames that are compared, those without a partner, and by what they were paired."""

    pairs: tuple[tuple[FramePlace, FramePlace], ...]
    only_a: tuple[FramePlace, ...] = ()
    only_b: tuple[FramePlace, ...] = ()
    by: str = ""


def paired_frames(a: Sequence[FramePlace], b: Sequence[FramePlace]) -> Pairs:
    """Pair frames by position along the normal, else by InstanceNumber, else in order."""
    if len(a) == len(b) == 1:
        return Pairs(((a[0], b[0]),))
    for by, key in (("position", _position), ("InstanceNumber", _number)):
        found = _by(a, b, key, by)
        if found is not None:
            return found
    common = min(len(a), len(b))
    pairs = tuple(zip(a[:common], b[:common], strict=True))
    return Pairs(pairs, tuple(a[common:]), tuple(b[common:]), "order")


def _position(place: FramePlace) -> Hashable:
    return None if place.position_mm is None else round(place.position_mm / _SAME_MM)


def _number(place: FramePlace) -> Hashable:
    return place.instance_number


def _by(
    a: Sequence[FramePlace],
    b: Sequence[FramePlace],
    key: Callable[[FramePlace], Hashable],
    by: str,
) -> Pairs | None:
    """Pair by a key that all have and no two of a series share; None where there is none."""
    for side in (a, b):
        counts = Counter(map(key, side))
        if None in counts or counts.most_common(1)[0][1] > 1:
            return None
    others = {key(place): place for place in b}
    pairs = tuple((place, others[key(place)]) for place in a if key(place) in others)
    if len(pairs) < _ENOUGH * min(len(a), len(b)):
        return None
    known = {key(place) for place, _ in pairs}
    only_a, only_b = (tuple(p for p in side if key(p) not in known) for side in (a, b))
    return Pairs(pairs, only_a, only_b, by)
