"""The order in which the frames of a stack are read, and repeated passes over its positions.

A stack runs along its normal, in the direction in which InstanceNumber rises;
where InstanceNumber rises neither way, along the normal itself. Without
positions it runs by InstanceNumber, then by file name in natural order, within a
file by DimensionIndexValues.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from viewer.dicom.frame_attributes import Frame
from viewer.dicom.natural_order import NaturalKey, natural_key
from viewer.dicom.planes import SPATIAL_DIMENSIONS, group_of
from viewer.dicom.splitting import Part, separates, split_into
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
    by_dimensions = _split_by_dimensions(part, places)
    if by_dimensions:
        return by_dimensions
    passes = max(counts.values())
    by_attribute = _split_by_attribute(part, places, passes)
    if by_attribute:
        return by_attribute
    return [part] if len(set(counts.values())) > 1 else _split_by_rank(part, places, passes)


def _split_by_dimensions(part: Part, places: list[int]) -> list[Part]:
    """Part frames by one dimension, or by all that vary; [] where they do not part the passes."""
    dimensions = [d for d in _dimensions(part.frames) if d.varies_at(places, part.frames)]
    for chosen in [*((dimension,) for dimension in dimensions), tuple(dimensions)]:
        keys = [tuple(d.index(frame) for d in chosen) for frame in part.frames]
        parts = separates(keys) or any(d.name == _SEGMENT for d in chosen)
        if parts and len(set(zip(places, keys, strict=True))) == len(places):
            words = [", ".join(d.words(frame) for d in chosen) for frame in part.frames]
            return split_into(part, keys, words)
    return []


def _split_by_attribute(part: Part, places: list[int], passes: int) -> list[Part]:
    """Part frames by what has one value a pass; [] where nothing has."""
    for keyword, value, words in _PASS_ATTRIBUTES:
        keys = [value(frame) for frame in part.frames]
        groups = Counter(keys)
        once_a_place = len(set(zip(places, keys, strict=True))) == len(places)
        if None in groups or len(groups) != passes or not once_a_place or 1 in groups.values():
            continue
        said = [f"{keyword} {words(key)}" if key != () else f"no {keyword}" for key in keys]
        return split_into(part, _by_first(keys, _reading_places(part)), said)
    return []


def _split_by_rank(part: Part, places: list[int], passes: int) -> list[Part]:
    """Part frames by the order in which they came to each place."""
    for keyword, value, _ in _PASS_ATTRIBUTES[1:]:
        keys = [value(frame) for frame in part.frames]
        if None not in keys and len(set(zip(places, keys, strict=True))) == len(places):
            ranks = _ranks(places, keys)
            said = [f"pass {rank} of {passes}, by {keyword}" for rank in ranks]
            return split_into(part, ranks, said)
    ranks = _ranks(places, _reading_places(part))
    return split_into(part, ranks, [f"pass {rank} of {passes}" for rank in ranks])


def _reading_places(part: Part) -> list[int]:
    """Give each frame its number in the order of InstanceNumber and file name."""
    reading = {id(frame): i for i, frame in enumerate(_by_number(part.frames))}
    return [reading[id(frame)] for frame in part.frames]


def _by_first(keys: Sequence[Hashable], numbers: Sequence[int]) -> Sequence[Hashable]:
    """Replace keys that have no order of their own by the lowest number that they have."""
    if not isinstance(keys[0], tuple):
        return keys
    lowest: dict[Hashable, int] = {}
    for key, number in zip(keys, numbers, strict=True):
        lowest[key] = min(number, lowest.get(key, number))
    return [lowest[key] for key in keys]


def _ranks(places: list[int], keys: Sequence[Any]) -> list[int]:
    """Count the frames of each place from 1, in the order of their keys."""
    ranks = [0] * len(keys)
    seen: Counter[int] = Counter()
    for i in sorted(range(len(keys)), key=keys.__getitem__):
        seen[places[i]] += 1
        ranks[i] = seen[places[i]]
    return ranks


@dataclass(frozen=True, slots=True)
class _Dimension:
    """One place of DimensionIndexValues, and the name of what it counts ("": not said)."""

    place: int
    name: str

    def index(self, frame: Frame) -> int:
        return group_of(frame.header, frame.index).dimension_index_values[self.place]

    def words(self, frame: Frame) -> str:
        values = group_of(frame.header, frame.index).dimension_values
        value = values[self.place] if self.place < len(values) else ""
        name = self.name or f"dimension {self.place + 1} index"
        return f"{name} {value or self.index(frame)}"

    def varies_at(self, places: Sequence[int], frames: Sequence[Frame]) -> bool:
        """Say whether it tells frames apart that lie at one place."""
        if self.name in SPATIAL_DIMENSIONS:
            return False
        at_places = {(i, self.index(f)) for i, f in zip(places, frames, strict=True)}
        return len(at_places) > len(set(places))


def _dimensions(frames: Sequence[Frame]) -> list[_Dimension]:
    """List the dimensions that DimensionIndexValues counts, where every frame has them."""
    lengths = {len(group_of(f.header, f.index).dimension_index_values) for f in frames}
    if len(lengths) != 1:
        return []
    (count,) = lengths
    names = frames[0].header.dimensions
    if len(names) != count or any(frame.header.dimensions != names for frame in frames):
        names = ("",) * count
    return [_Dimension(i, name) for i, name in enumerate(names)]


def _diffusion_direction(frame: Frame) -> Hashable:
    group = group_of(frame.header, frame.index)
    return group.diffusion_gradient_orientation or frame.header.diffusion_gradient_orientation


def _milliseconds(value: Any) -> str:
    return f"{value:g} ms"


def _direction(value: Any) -> str:
    return f"({' '.join(f'{part:.3g}' for part in value)})"


_SEGMENT = "ReferencedSegmentNumber"
_PASS_ATTRIBUTES: tuple[
    tuple[str, Callable[[Frame], Hashable], Callable[[Any], str]],
    ...,
] = (
    ("DiffusionGradientOrientation", _diffusion_direction, _direction),  # has no order
    (
        "NominalCardiacTriggerDelayTime",
        lambda f: group_of(f.header, f.index).nominal_cardiac_trigger_delay_time,
        _milliseconds,
    ),
    ("AcquisitionNumber", lambda frame: frame.header.acquisition_number, str),
    ("TriggerTime", lambda frame: frame.header.trigger_time, _milliseconds),
    ("AcquisitionTime", lambda frame: frame.header.acquisition_time or None, str),
    ("ContentTime", lambda frame: frame.header.content_time or None, str),
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
    group = group_of(frame.header, frame.index)
    if group.in_stack_position is not None:
        return group.in_stack_position
    if not frame.header.frame_groups:
        return frame.header.instance_number
    for name, index in zip(frame.header.dimensions, group.dimension_index_values, strict=False):
        if name == "ImagePositionPatient":
            return index
    return None


def _by_number(frames: Sequence[Frame]) -> list[Frame]:
    """Sort by InstanceNumber, then file name, then what counts the frames; missing numbers last."""
    numbers = {frame.header.instance_number for frame in frames}
    if len(numbers) == len(frames) and None not in numbers:
        return sorted(frames, key=lambda frame: frame.header.instance_number or 0)
    names = {frame.header_index: natural_key(frame.header.path) for frame in frames}

    def key(frame: Frame) -> tuple[bool, int, NaturalKey, tuple[int, ...], int, int]:
        number = frame.header.instance_number
        group = group_of(frame.header, frame.index)
        return (
            number is None,
            number or 0,
            names[frame.header_index],
            group.dimension_index_values,
            group.temporal_position or 0,
            frame.index,
        )

    return sorted(frames, key=key)
