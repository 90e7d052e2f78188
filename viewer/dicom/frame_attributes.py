"""What frames of a series are told apart by: the value of a frame, and its words.

Owns where each value comes from (functional groups first, then the top of the
header) and how it is said. Which of them part a series is left to `splitting`
and `ordering`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.image_types import image_type_key, image_type_word
from viewer.dicom.planes import group_of
from viewer.dicom.sop_classes import sop_class_name
from viewer.imaging.geometry import Vector3

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
class Attribute:
    """One reason to split: the value of a frame, and the words for a value."""

    value: Callable[[Frame], Hashable]
    words: Callable[[Frame], str]


def size_words(header: InstanceHeader) -> str:
    """Give columns × rows."""
    known = header.rows and header.columns
    return f"{header.columns} × {header.rows}" if known else "unknown size"


def image_type_of(frame: Frame) -> tuple[str, ...]:
    """Give FrameType of the frame, else ImageType of its file."""
    return group_of(frame.header, frame.index).frame_type or frame.header.image_type


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
    return "no DiffusionBValue" if value is None else f"DiffusionBValue {_number(value)} s/mm²"


def _temporal_position_words(frame: Frame) -> str:
    value = _temporal_position(frame)
    in_group = group_of(frame.header, frame.index).temporal_position is not None
    keyword = "TemporalPositionIndex" if in_group else "TemporalPositionIdentifier"
    return f"no {keyword}" if value is None else f"{keyword} {value}"


def _stack_id(frame: Frame) -> str:
    return group_of(frame.header, frame.index).stack_id


def _stack_id_words(frame: Frame) -> str:
    return f"StackID {_stack_id(frame)}" if _stack_id(frame) else "no StackID"


def _kernel_words(frame: Frame) -> str:
    kernel = " ".join(frame.header.convolution_kernel)
    return f"kernel {kernel}" if kernel else "no kernel"


def _contrast_words(frame: Frame) -> str:
    agent = frame.header.contrast_bolus_agent
    return f"contrast {agent}" if agent else "no contrast"


IMAGE_TYPE = Attribute(
    lambda frame: image_type_key(image_type_of(frame)),
    lambda frame: image_type_word(image_type_of(frame)),
)
SOP_CLASS = Attribute(
    lambda frame: frame.header.sop_class_uid,
    lambda frame: sop_class_name(frame.header.sop_class_uid),
)
COLOUR = Attribute(_colour, _colour)
SIZE = Attribute(
    lambda frame: (frame.header.rows, frame.header.columns),
    lambda frame: size_words(frame.header),
)
ECHO_TIME = Attribute(_echo_time, _echo_time_words)
B_VALUE = Attribute(_b_value, _b_value_words)
TEMPORAL_POSITION = Attribute(_temporal_position, _temporal_position_words)
KERNEL = Attribute(lambda frame: frame.header.convolution_kernel, _kernel_words)
CONTRAST = Attribute(lambda frame: frame.header.contrast_bolus_agent, _contrast_words)
STACK_ID = Attribute(_stack_id, _stack_id_words)
