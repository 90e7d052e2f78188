"""Why a series is split: the attributes that part its frames, and their words.

Owns what separates two frames that a reader would not scroll through as one,
and how that is said. Ordering and measuring the parts is left to `ordering`,
putting stacks together to `stacks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.image_types import image_type_key, image_type_word
from viewer.dicom.planes import group_of, orientation_of, position_of
from viewer.dicom.sop_classes import is_projection, sop_class_name
from viewer.imaging.geometry import Vector3, cross, directions, plane_name, same_orientation

# Beyond so many orientations, nearly one an image, the images turn about an axis
# (rotating projections): a reader scrolls through them as one.
_MOST_ORIENTATIONS = 6
_ECHO_TIME_NOISE_MS = 0.05
_B_VALUE_NOISE = 1.0
_SIZE_PER_CLAIMED_FRAME = 32
_CREDIBLE_FRAMES = 10_000

Directions = tuple[Vector3, Vector3]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame on its way into a stack: its file, its place there, its pose."""

    header: InstanceHeader
    header_index: int
    index: int
    position: Vector3 | None = None
    directions: Directions | None = None  # of the first frame so oriented; None: no geometry


@dataclass(frozen=True, slots=True)
class Part:
    """Frames that belong together, and the words that tell them from the rest of the series."""

    frames: tuple[Frame, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute:
    """One reason to split: the value of a frame, and the words for a value."""

    value: Callable[[Frame], Hashable]
    words: Callable[[Frame], str]


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
    known: list[Directions] = []
    by_raw: dict[tuple[float, ...], Directions | None] = {}

    def directions_of(raw: tuple[float, ...]) -> Directions | None:
        if raw not in by_raw:
            pair = directions(raw)
            if pair is not None:
                alike = next((other for other in known if same_orientation(other, pair)), None)
                if alike is None:
                    known.append(pair)
                pair = alike or pair
            by_raw[raw] = pair
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


def split_by_nature(frames: Sequence[Frame]) -> list[Part]:
    """Part frames that differ in what they are: class, size, colour, image type, orientation.

    Each multi-frame object and each projection X-ray is also a part of its own.
    """
    attributes = [_IMAGE_TYPE, _SOP_CLASS, _COLOUR, _SIZE]
    differing = [a for a in attributes if len({a.value(frame) for frame in frames}) > 1]
    orientation = _orientation(frames)
    if orientation is not None:
        differing.insert(1 if _IMAGE_TYPE in differing else 0, orientation)
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
    """Part frames of one nature by echo time, b-value, time, kernel and contrast.

    An attribute parts them only where it separates: one that takes about as
    many values as there are frames varies along the stack instead.
    """
    parts = [part]
    for attribute in (_KERNEL, _CONTRAST, _ECHO_TIME, _B_VALUE, _TEMPORAL_POSITION):
        parts = [piece for whole in parts for piece in _split(whole, attribute)]
    return parts


def size_words(header: InstanceHeader) -> str:
    """Give columns × rows."""
    known = header.rows and header.columns
    return f"{header.columns} × {header.rows}" if known else "unknown size"


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


def _order(key: Hashable) -> tuple[int, float, str]:
    """Sort numbers by size before words, what is missing first."""
    if key is None:
        return (0, 0.0, "")
    return (1, float(key), "") if isinstance(key, int | float) else (2, 0.0, str(key))


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
    """Each multi-frame object and projection X-ray apart, by InstanceNumber or by name."""
    headers = {frame.header_index: frame.header for frame in frames}
    alone = {i for i, h in headers.items() if frame_count(h) > 1 or is_projection(h)}
    if not alone or len(headers) == 1:
        return None
    words = dict(zip(headers, object_words(list(headers.values())), strict=True))
    return Attribute(
        lambda f: f.header_index if f.header_index in alone else -1,
        lambda f: words[f.header_index] if f.header_index in alone else "single images",
    )


def _colour(frame: Frame) -> str:
    if (frame.header.samples_per_pixel or 1) > 1:
        return "colour"
    palette = frame.header.photometric_interpretation.startswith("PALETTE")
    return "palette colour" if palette else "grey"


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) < 1e-3 else f"{round(value, 3):.10g}"


def _echo_time(frame: Frame) -> float | None:
    echo_time = group_of(frame.header, frame.index).echo_time
    return echo_time if echo_time is not None else frame.header.echo_time


def _b_value(frame: Frame) -> float | None:
    b_value = group_of(frame.header, frame.index).b_value
    return b_value if b_value is not None else frame.header.b_value


def _temporal_position(frame: Frame) -> int | None:
    position = group_of(frame.header, frame.index).temporal_position
    return position if position is not None else frame.header.temporal_position_identifier


def _echo_time_words(frame: Frame) -> str:
    value = _echo_time(frame)
    return "no EchoTime" if value is None else f"EchoTime {_number(value)} ms"


def _b_value_words(frame: Frame) -> str:
    value = _b_value(frame)
    return "no b-value" if value is None else f"b-value {_number(value)} s/mm²"


def _temporal_position_words(frame: Frame) -> str:
    value = _temporal_position(frame)
    return "no TemporalPosition" if value is None else f"TemporalPosition {value}"


def _kernel_words(frame: Frame) -> str:
    kernel = " ".join(frame.header.convolution_kernel)
    return f"kernel {kernel}" if kernel else "no kernel"


def _contrast_words(frame: Frame) -> str:
    agent = frame.header.contrast_bolus_agent
    return f"contrast {agent}" if agent else "no contrast"


_IMAGE_TYPE = Attribute(
    lambda frame: image_type_key(frame.header.image_type),
    lambda frame: image_type_word(frame.header.image_type),
)
_SOP_CLASS = Attribute(
    lambda frame: frame.header.sop_class_uid,
    lambda frame: sop_class_name(frame.header.sop_class_uid),
)
_COLOUR = Attribute(_colour, _colour)
_SIZE = Attribute(
    lambda frame: (frame.header.rows, frame.header.columns),
    lambda frame: size_words(frame.header),
)
_ECHO_TIME = Attribute(_echo_time, _echo_time_words)
_B_VALUE = Attribute(_b_value, _b_value_words)
_TEMPORAL_POSITION = Attribute(_temporal_position, _temporal_position_words)
_KERNEL = Attribute(lambda frame: frame.header.convolution_kernel, _kernel_words)
_CONTRAST = Attribute(lambda frame: frame.header.contrast_bolus_agent, _contrast_words)
_NOISE = {_ECHO_TIME: _ECHO_TIME_NOISE_MS, _B_VALUE: _B_VALUE_NOISE}
