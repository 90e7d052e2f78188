"""Which frames are looked at, and where each lies: values that the window and the commands share.

What is in them is read elsewhere (`matrix_reader`, `difference_files`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from viewer.dicom.planes import orientation_of, position_of
from viewer.dicom.stacks import Stack
from viewer.imaging.geometry import cross, directions, dot

WHOLE = -1
_MOST_FRAMES = 2_000_000


@dataclass(frozen=True, slots=True)
class FramePlace:
    """One frame of a stack.

    Attributes
    ----------
    path : str
        The file.
    frame : int
        Which of its frames, from 0; `WHOLE` is the file, whose frames have no headers of their own.
    position_mm : float or None
        Of the first pixel's centre along the normal of the stack's first frame (LPS).
    instance_number : int or None
    """

    path: str
    frame: int = 0
    position_mm: float | None = None
    instance_number: int | None = None


def places_of(stack: Stack) -> list[FramePlace]:
    """Give the frames of a stack, in reading order; of one without pictures, its files."""
    if not stack.frames:
        return [FramePlace(one.path, 0, None, one.instance_number) for one in stack.headers]
    first, first_frame = stack.frames[0]
    pair = directions(orientation_of(stack.headers[first], first_frame))
    normal = cross(*pair) if pair is not None else None
    found = []
    for header_index, frame in stack.frames:
        header = stack.headers[header_index]
        point = position_of(header, frame) if normal is not None else None
        along = dot(point, normal) if point is not None and normal is not None else None
        found.append(FramePlace(header.path, frame, along, header.instance_number))
    return found


def headers_of(stack: Stack) -> list[FramePlace]:
    """Give the headers of a stack: of files whose frames have none of their own, one for a file."""
    grouped = {header.path for header in stack.headers if header.frame_groups}
    found: dict[tuple[str, int], FramePlace] = {}
    for place in places_of(stack):
        frame = place.frame if place.path in grouped else WHOLE
        found.setdefault((place.path, frame), replace(place, frame=frame))
    return list(found.values())


def as_order(places: Sequence[FramePlace]) -> list[dict[str, Any]]:
    """Give frames as JSON has them, for an order."""
    names = FramePlace.__slots__  # `asdict` copies each value: ten times as long
    return [{name: getattr(one, name) for name in names} for one in places]


def from_order(found: object) -> list[FramePlace]:
    """Take frames as `as_order` gives them.

    Raises
    ------
    ValueError
        They are something else.
    """
    if not isinstance(found, list) or not 0 < len(found) <= _MOST_FRAMES:
        raise ValueError("The order names no frames.")
    return [_place(one) for one in found]


def _place(found: object) -> FramePlace:
    if isinstance(found, Mapping):
        path, frame = found.get("path"), found.get("frame", 0)
        along, number = found.get("position_mm"), found.get("instance_number")
        if isinstance(path, str) and type(frame) is int and frame >= WHOLE:
            position = float(along) if isinstance(along, int | float) else None
            return FramePlace(
                path,
                frame,
                position if position is None or math.isfinite(position) else None,
                number if type(number) is int else None,
            )
    raise ValueError("The order names something that is no frame.")
