"""Why a series is split: which attributes part its frames.

Owns what separates two frames that a reader would not scroll through as one;
the values that do are those of `frame_attributes`. Ordering and measuring the
parts is left to `ordering`, putting stacks together to `stacks`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import product
from operator import add

from viewer.dicom.frame_attributes import (
    B_VALUE,
    COLOUR,
    CONTRAST,
    ECHO_TIME,
    IMAGE_TYPE,
    KERNEL,
    SIZE,
    SOP_CLASS,
    STACK_ID,
    TEMPORAL_POSITION,
    Attribute,
    Directions,
    Frame,
)
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.planes import orientation_of, position_of
from viewer.dicom.sop_classes import is_radiograph
from viewer.imaging.geometry import cross, directions, plane_name, same_orientation

# Beyond so many orientations, nearly one an image, the images turn about an axis
# (rotating projections): a reader scrolls through them as one.
_MOST_ORIENTATIONS = 6
_CELL = 0.018  # more than the ends of two unit vectors within a degree differ
_ECHO_TIME_NOISE_MS = 0.05
_B_VALUE_NOISE = 1.0
_SIZE_PER_CLAIMED_FRAME = 8
_CREDIBLE_FRAMES = 100

_NOISE = {ECHO_TIME: _ECHO_TIME_NOISE_MS, B_VALUE: _B_VALUE_NOISE}


@dataclass(frozen=True, slots=True)
class Part:
    """Frames that belong together, and the words that tell them from the rest of the series."""

    frames: tuple[Frame, ...]
    words: tuple[str, ...] = ()


def frame_count(header: InstanceHeader) -> int:
    """Give the number of frames, at least 1; no more than the file could possibly hold.

    A damaged NumberOfFrames of two thousand million must not become as many
    frames to list.
    """
    claimed = max(header.number_of_frames or 1, 1)
    return min(claimed, max(_CREDIBLE_FRAMES, header.size // _SIZE_PER_CLAIMED_FRAME))


def frames_of(headers: Sequence[InstanceHeader]) -> list[Frame]:
    """List every frame of ``headers`` (images only), with its pose.

    Orientations within one degree of each other are one: each frame gets the
    directions of the first frame so oriented.
    """
    known = _KnownDirections()
    by_raw: dict[tuple[float, ...], Directions | None] = {}

    def directions_of(raw: tuple[float, ...]) -> Directions | None:
        if raw not in by_raw:
            pair = directions(raw)
            by_raw[raw] = None if pair is None else known.first_alike(pair)
        return by_raw[raw]

    frames = []
    for header_index, header in enumerate(headers):
        for index in range(frame_count(header)):
            position = position_of(header, index)
            pair = None if position is None else directions_of(orientation_of(header, index))
            frames.append(
                Frame(header, header_index, index, position if pair is not None else None, pair)
            )
    return frames


class _KnownDirections:
    """Directions met so far, found by where they point: there may be as many as frames."""

    def __init__(self) -> None:
        self._cells: defaultdict[tuple[int, ...], list[tuple[int, Directions]]] = defaultdict(list)
        self._count = 0

    def first_alike(self, pair: Directions) -> Directions:
        """Give the first directions within one degree of ``pair``: these themselves, if none."""
        cell = tuple(math.floor(value / _CELL) for value in (pair[0][0], pair[0][1], pair[1][0]))
        alike = [
            (number, other)
            for step in product((-1, 0, 1), repeat=3)
            for number, other in self._cells.get(tuple(map(add, cell, step)), ())
            if same_orientation(other, pair)
        ]
        if alike:
            return min(alike)[1]
        self._cells[cell].append((self._count, pair))
        self._count += 1
        return pair


def split_by_nature(frames: Sequence[Frame]) -> list[Part]:
    """Part frames that differ in what they are: class, size, colour, image type, orientation.

    Each multi-frame object and each projection X-ray is also a part of its own.
    """
    attributes = [IMAGE_TYPE, SOP_CLASS, COLOUR, SIZE]
    differing = [a for a in attributes if len({a.value(frame) for frame in frames}) > 1]
    orientation = _orientation(frames)
    if orientation is not None:
        differing.insert(1 if IMAGE_TYPE in differing else 0, orientation)
    objects = _objects(frames)
    if objects is not None:
        differing.append(objects)
    groups: dict[Hashable, list[Frame]] = {}
    for frame in frames:
        groups.setdefault(tuple(a.value(frame) for a in differing), []).append(frame)
    return [
        Part(tuple(group), tuple(a.words(group[0]) for a in differing)) for group in groups.values()
    ]


def split_by_acquisition(part: Part) -> list[Part]:
    """Part frames of one nature by StackID, kernel, contrast, echo time, b-value and time.

    An attribute parts them only where it separates: one that takes about as
    many values as there are frames varies along the stack instead.
    """
    parts = [part]
    for attribute in (STACK_ID, KERNEL, CONTRAST, ECHO_TIME, B_VALUE, TEMPORAL_POSITION):
        parts = [piece for whole in parts for piece in _split(whole, attribute)]
    return parts


def object_words(headers: Sequence[InstanceHeader]) -> list[str]:
    """Give words that tell each file of a series: its InstanceNumber, where that does tell."""
    numbers = [header.instance_number for header in headers]
    if None not in numbers and len(set(numbers)) == len(numbers):
        return [f"InstanceNumber {number}" for number in numbers]
    return [f"file {i + 1} of {len(headers)}" for i in range(len(headers))]


def without_equal_words(parts: Sequence[Part]) -> list[Part]:
    """Count the parts that have the same words, so that each says something else."""
    counts = Counter(part.words for part in parts)
    seen: Counter[tuple[str, ...]] = Counter()
    result = []
    for part in parts:
        words = part.words
        seen[words] += 1
        if counts[words] > 1:
            words = (*words, f"part {seen[words]} of {counts[words]}")
        result.append(Part(part.frames, words))
    return result


def separates(values: Sequence[Hashable]) -> bool:
    """Say whether values group frames (few values, several frames each)."""
    return 1 < len(set(values)) <= len(values) / 2


def split_into(part: Part, keys: Sequence[Hashable], words: Sequence[str]) -> list[Part]:
    """Part frames by a key each, in the order of the keys; ``words`` go with the keys."""
    groups: dict[Hashable, list[int]] = {}
    for i, key in enumerate(keys):
        groups.setdefault(key, []).append(i)
    ordered = sorted(groups.items(), key=lambda item: _order(item[0]))
    return [
        Part(tuple(part.frames[i] for i in indices), (*part.words, words[indices[0]]))
        for _, indices in ordered
    ]


def _split(part: Part, attribute: Attribute) -> list[Part]:
    keys = [attribute.value(frame) for frame in part.frames]
    if attribute in _NOISE:
        keys = _without_noise(keys, _NOISE[attribute])
    if not separates(keys):
        return [part]
    return split_into(part, keys, [attribute.words(frame) for frame in part.frames])


def _without_noise(keys: Sequence[Hashable], noise: float) -> list[Hashable]:
    """Make numbers one that are no farther than ``noise`` from the next smaller one."""
    numbers = sorted({key for key in keys if isinstance(key, float)})
    merged: dict[Hashable, Hashable] = {None: None}
    for i, number in enumerate(numbers):
        close = i > 0 and number - numbers[i - 1] <= noise
        merged[number] = merged[numbers[i - 1]] if close else number
    return [merged.get(key) for key in keys]


def _order(key: Hashable) -> tuple[tuple[int, float, str], ...]:
    """Sort numbers by size before words, what is missing first; several values in turn."""
    values = key if isinstance(key, tuple) else (key,)
    return tuple(
        (0, 0.0, "")
        if value is None
        else (1, float(value), "")
        if isinstance(value, int | float)
        else (2, 0.0, str(value))
        for value in values
    )


def _orientation(frames: Sequence[Frame]) -> Attribute | None:
    distinct = {frame.directions for frame in frames}
    if len(distinct) == 1:
        return None
    if len(distinct) > _MOST_ORIENTATIONS and not separates([f.directions for f in frames]):
        return Attribute(lambda frame: frame.directions is None, _geometry_words)
    names = {pair: _orientation_name(pair) for pair in distinct}
    counts = Counter(names.values())
    for pair, name in names.items():
        if counts[name] > 1 and pair is not None:
            x, y, z = cross(*pair)
            names[pair] = f"{name}, normal ({x:.2f} {y:.2f} {z:.2f})"
    return Attribute(lambda frame: frame.directions, lambda frame: names[frame.directions])


def _orientation_name(pair: Directions | None) -> str:
    return "no position" if pair is None else plane_name(cross(*pair))


def _geometry_words(frame: Frame) -> str:
    return "no position" if frame.directions is None else "turning"


def _objects(frames: Sequence[Frame]) -> Attribute | None:
    """Each multi-frame object and projection X-ray apart, by what differs or by its number."""
    by_header: dict[int, list[Frame]] = {}
    for frame in frames:
        by_header.setdefault(frame.header_index, []).append(frame)
    headers = {i: group[0].header for i, group in by_header.items()}
    alone = {i for i, h in headers.items() if frame_count(h) > 1 or is_radiograph(h)}
    if not alone or len(headers) == 1:
        return None
    names = _differences(list(by_header.values())) or object_words(list(headers.values()))
    words = dict(zip(headers, names, strict=True))
    return Attribute(
        lambda f: f.header_index if f.header_index in alone else -1,
        lambda f: words[f.header_index] if f.header_index in alone else "single images",
    )


def _differences(objects: Sequence[Sequence[Frame]]) -> list[str]:
    """Say each object's echo time, b-value and time, where they tell them all apart; else []."""
    telling = []
    for attribute in (ECHO_TIME, B_VALUE, TEMPORAL_POSITION):
        values = [{attribute.value(frame) for frame in frames} for frames in objects]
        one_each = all(len(found) == 1 for found in values)
        if one_each and len(set.union(*values)) > 1:
            telling.append(attribute)
    words = [", ".join(a.words(frames[0]) for a in telling) for frames in objects]
    return words if len(set(words)) == len(words) else []
