"""Series into stacks: ordered lists of frames that a reader scrolls as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from viewer.dicom.headers import InstanceHeader

StackKind = Literal["image", "cine", "document"]


class FrameKey(NamedTuple):
    """One frame of one file: the key of caches and requests. ``index`` counts from 0."""

    path: str
    index: int


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames of one size, orientation and kind, in reading order.

    ``frames[i]`` is a (position in ``headers``, frame index in that file) pair.
    A ``document`` (no pixels) has no frames; its files are in ``headers``.
    """

    uid: str  # stable: series UID + split key
    kind: StackKind
    headers: tuple[InstanceHeader, ...]
    frames: tuple[tuple[int, int], ...]
    split_reason: str = ""  # "EchoTime 4.6 ms"; "" where the series is one stack
    label: str = ""  # what a reader calls it, for objects without SeriesDescription
    regular: bool = False  # one spacing, no gap, no tilt, no duplicate position
    spacing_zyx_mm: tuple[float, float, float] | None = None
    geometry_notes: tuple[str, ...] = ()  # sentences: gap, uneven, tilt, duplicate position

    def __len__(self) -> int:
        return len(self.frames)

    def key(self, index: int) -> FrameKey:
        """Give the cache key of frame ``index``."""
        header, frame = self.frames[index]
        return FrameKey(self.headers[header].path, frame)

    def header(self, index: int) -> InstanceHeader:
        """Give the header of the file that holds frame ``index``."""
        return self.headers[self.frames[index][0]]
