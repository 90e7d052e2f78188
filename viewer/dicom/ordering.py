"""The order in which the frames of a stack are read, and repeated passes over its positions.

A stack runs along its normal, in the direction in which InstanceNumber rises;
where InstanceNumber rises neither way, along the normal itself. Without
positions it runs by InstanceNumber, then by file name in natural order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from viewer.dicom.natural_order import NaturalKey, natural_key
from viewer.dicom.planes import group_of
from viewer.dicom.splitting import Frame, Part, separates, split_into
from viewer.imaging.geometry import cross, dot

# Below this correlation with the position, InstanceNumbers do not rise along a stack.
_RISING = 0.5
_SAME_POSITION_MM = 0.01


def in_reading_order(frames: Sequence[Frame]) -> tuple[Frame, ...]:
    """Put the frames of one stack in reading order."""
    by_number = _by_number(frames)
    along = positions_along(by_number)
    if along is None:
        return tuple(by_number)
    if _falls(along, by_number):
        along = [-position for position in along]
    order = sorted(range(len(by_number)), key=_places(along).__getitem__)
    return tuple(by_number[i] for i in order)


def positions_along(frames: Sequence[Frame]) -> list[float] | None:
    """Give the position (mm) of each frame along their common normal; None without geometry."""
    pair = frames[0].directions
    if pair is None or any(frame.directions is not pair for frame in frames):
        return None
    normal = cross(*pair)
    return [dot(frame.position, normal) for frame in frames if frame.position is not None]


def split_by_repeats(part: Part) -> list[Part]:
    """Part frames that pass over the same positions again and again, one part a pass.

    A pass is told by what changes from one to the next: an index of the
    functional groups, AcquisitionNumber, a time; where nothing does, by the
    order of InstanceNumber. One position alone is no stack to pass over.
    """
    along = positions_along(part.frames)
    if along is None:
        return [part]
    places = _places(along)
    counts = Counter(places)
    if len(counts) < 2 or len(counts) == len(places):
        return [part]
    for words, key in _dimensions(part.frames):
        keys = [key(frame) for frame in part.frames]
        if separates(keys) and len(set(zip(places, keys, strict=True))) == len(places):
            return split_into(part, keys, [f"{words} {value}" for value in keys])
    if len(set(counts.values())) > 1:
        return [part]
    return _split_passes(part, places, next(iter(counts.values())))


def _split_passes(part: Part, places: list[int], passes: int) -> list[Part]:
    for keyword, key in _PASS_ATTRIBUTES:
        keys = [key(frame) for frame in part.frames]
        if None in keys or len(set(zip(places, keys, strict=True))) < len(places):
            continue
        if len(set(keys)) == passes:
            return split_into(part, keys, [_pass_words(keyword, value) for value in keys])
        ranks = _ranks(places, keys)
        return split_into(part, ranks, [f"pass {rank} of {passes}, by {keyword}" for rank in ranks])
    reading = {id(frame): i for i, frame in enumerate(_by_number(part.frames))}
    ranks = _ranks(places, [reading[id(frame)] for frame in part.frames])
    return split_into(part, ranks, [f"pass {rank} of {passes}" for rank in ranks])


def _pass_words(keyword: str, value: Hashable) -> str:
    """Say the value as a reader does; TriggerTime is in ms (PS3.3 C.8.3.1)."""
    return f"{keyword} {value:g} ms" if isinstance(value, float) else f"{keyword} {value}"


def _ranks(places: list[int], keys: Sequence[Any]) -> list[int]:
    """Count the frames of each place from 1, in the order of their keys."""
    ranks = [0] * len(keys)
    seen: Counter[int] = Counter()
    for i in sorted(range(len(keys)), key=keys.__getitem__):
        seen[places[i]] += 1
        ranks[i] = seen[places[i]]
    return ranks


def _dimensions(
    frames: Sequence[Frame],
) -> list[tuple[str, Callable[[Frame], Hashable]]]:
    """List the dimensions that DimensionIndexValues counts, where every frame has them."""
    lengths = {len(group_of(f.header, f.index).dimension_index_values) for f in frames}
    if len(lengths) != 1:
        return []
    return [(f"dimension {i + 1} index", _dimension(i)) for i in range(lengths.pop())]


def _dimension(place: int) -> Callable[[Frame], Hashable]:
    return lambda f: group_of(f.header, f.index).dimension_index_values[place]


_PASS_ATTRIBUTES: tuple[tuple[str, Callable[[Frame], Hashable]], ...] = (
    ("AcquisitionNumber", lambda frame: frame.header.acquisition_number),
    ("TriggerTime", lambda frame: frame.header.trigger_time),
    ("AcquisitionTime", lambda frame: frame.header.acquisition_time or None),
    ("ContentTime", lambda frame: frame.header.content_time or None),
)


def _places(along: Sequence[float]) -> list[int]:
    """Give each position the number of its place; those within the noise of files share one."""
    places = [0] * len(along)
    order = sorted(range(len(along)), key=along.__getitem__)
    for before, i in pairwise(order):
        places[i] = places[before] + (along[i] - along[before] > _SAME_POSITION_MM)
    return places


def _falls(along: Sequence[float], frames: Sequence[Frame]) -> bool:
    """Say whether the numbers clearly fall along the normal."""
    numbered = [
        (position, number)
        for position, frame in zip(along, frames, strict=True)
        if (number := _number(frame)) is not None
    ]
    if len(numbered) < 2:
        return False
    values = np.array(numbered, dtype=np.float64)
    values -= values.mean(axis=0)
    spread = float(np.sqrt((values[:, 0] ** 2).sum() * (values[:, 1] ** 2).sum()))
    return spread > 0 and float((values[:, 0] * values[:, 1]).sum()) < -_RISING * spread


def _number(frame: Frame) -> int | None:
    """Give what numbers the frame: its place in its file's stack, else InstanceNumber."""
    place = group_of(frame.header, frame.index).in_stack_position
    if place is not None:
        return place
    return frame.index if frame.header.frame_groups else frame.header.instance_number


def _by_number(frames: Sequence[Frame]) -> list[Frame]:
    """Sort by InstanceNumber, then file name, then place in the file; missing numbers last."""
    numbers = {frame.header.instance_number for frame in frames}
    if len(numbers) == len(frames) and None not in numbers:
        return sorted(frames, key=lambda frame: frame.header.instance_number or 0)
    names = {frame.header_index: natural_key(frame.header.path) for frame in frames}

    def key(frame: Frame) -> tuple[bool, int, NaturalKey, int]:
        number = frame.header.instance_number
        return (number is None, number or 0, names[frame.header_index], frame.index)

    return sorted(frames, key=key)
