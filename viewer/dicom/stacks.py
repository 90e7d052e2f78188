"""Series into stacks: ordered lists of frames that a reader scrolls as one.

Owns the stack and how one is put together; why frames part is left to
`splitting`, their order to `ordering`, the measuring to `viewer.imaging.spacing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from viewer.dicom.frame_attributes import Frame, image_type_of
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.image_types import is_localizer, is_projected
from viewer.dicom.ordering import in_reading_order, split_by_repeats
from viewer.dicom.planes import group_of, pixel_spacing_of
from viewer.dicom.sop_classes import sop_class_name
from viewer.dicom.splitting import (
    Part,
    frame_count,
    frames_of,
    object_words,
    split_by_acquisition,
    split_by_nature,
    without_equal_words,
)
from viewer.imaging.geometry import Vector3, cross
from viewer.imaging.spacing import FrameMark, StackSpacing, measure_spacing

_REMEMBERED_PLACES = 4096  # of the first frames of files
StackKind = Literal["image", "cine", "document"]


class FrameKey(NamedTuple):
    """One frame of one file: the key of caches and requests. ``index`` counts from 0."""

    path: str
    index: int  # type: ignore[assignment]  # the field is meant to hide tuple.index


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
    marks: tuple[FrameMark, ...] = ()  # those of them that have a place, by frame

    def __len__(self) -> int:
        return len(self.frames)

    def key(self, index: int) -> FrameKey:
        """Give the cache key of frame ``index``."""
        header, frame = self.frames[index]
        return FrameKey(self.headers[header].path, frame)

    def header(self, index: int) -> InstanceHeader:
        """Give the header of the file that holds frame ``index``."""
        return self.headers[self.frames[index][0]]


def build_stacks(series_uid: str, headers: Sequence[InstanceHeader]) -> tuple[Stack, ...]:
    """Split one series into stacks, in reading order: images, localizers, documents.

    Every header is in at least one stack; every frame in exactly one. A stack's
    ``uid`` is that of its first-listed frame: it stays while a series grows, as
    long as new headers are appended.
    """
    images = [header for header in headers if header.pixel_data_tag is not None]
    documents = [header for header in headers if header.pixel_data_tag is None]
    parts = _parts(images) if images else []
    alone = len(parts) + len(documents) == 1
    stacks = [_image_stack(series_uid, part, alone=alone) for part in parts]
    for header, words in zip(documents, object_words(documents), strict=True):
        stacks.append(_document(series_uid, header, "" if alone else words))
    return tuple(stacks)


def _parts(images: Sequence[InstanceHeader]) -> list[Part]:
    parts = []
    for nature in sorted(split_by_nature(frames_of(images)), key=_reading_place):
        for acquisition in split_by_acquisition(nature):
            parts += split_by_repeats(acquisition)
    return without_equal_words(parts)


def _reading_place(part: Part) -> tuple[int, bool, int]:
    image_type = image_type_of(part.frames[0])
    rank = 2 if is_localizer(image_type) else 1 if is_projected(image_type) else 0
    numbers = [n for frame in part.frames if (n := frame.header.instance_number) is not None]
    return (rank, not numbers, min(numbers, default=0))


def _image_stack(series_uid: str, part: Part, *, alone: bool) -> Stack:
    frames = in_reading_order(part.frames)
    places: dict[int, int] = {}
    headers: list[InstanceHeader] = []
    for frame in frames:
        if frame.header_index not in places:
            places[frame.header_index] = len(headers)
            headers.append(frame.header)
    spacing, spacing_zyx_mm = _measure(frames)
    kind = _kind(frames)
    notes = spacing.notes + _notes(frames, kind)
    return Stack(
        uid=_uid(series_uid, part.frames[0]),
        kind=kind,
        headers=tuple(headers),
        frames=_places_of(frames, places),
        split_reason="" if alone else (", ".join(part.words) or "images"),
        label="" if headers[0].series_description else sop_class_name(headers[0].sop_class_uid),
        regular=spacing.regular and spacing_zyx_mm is not None and not notes,
        spacing_zyx_mm=spacing_zyx_mm,
        geometry_notes=notes,
        marks=spacing.marks,
    )


def _places_of(frames: Sequence[Frame], places: dict[int, int]) -> tuple[tuple[int, int], ...]:
    if all(frame.index == 0 for frame in frames):  # most stacks: pairs that all of them share
        return tuple(map(_first_frame, range(len(frames))))
    return tuple((places[frame.header_index], frame.index) for frame in frames)


@lru_cache(_REMEMBERED_PLACES)
def _first_frame(header: int) -> tuple[int, int]:
    return header, 0


def _uid(series_uid: str, frame: Frame) -> str:
    return f"{series_uid}/{frame.header.path}/{frame.index}"


def _document(series_uid: str, header: InstanceHeader, words: str) -> Stack:
    name = sop_class_name(header.sop_class_uid)
    return Stack(
        uid=_uid(series_uid, Frame(header, 0, 0)),
        kind="document",
        headers=(header,),
        frames=(),
        split_reason=f"{name}, {words}" if words else "",
        label=f"{name} without pixel data" if header.rows else name,
    )


def _kind(frames: Sequence[Frame]) -> StackKind:
    """Tell a cine (frames that follow in time) from images that lie side by side in space."""
    header = frames[0].header
    if frame_count(header) <= 1 or frames[0].directions is not None:
        return "image"
    if header.sop_class_uid == _ULTRASOUND_VOLUME:
        return "image"
    if header.frame_time is None and header.modality in _SPATIAL_MODALITIES:
        return "image"
    return "cine"


# Their frames are planes, tiles or views, though no functional group says where they lie.
_SPATIAL_MODALITIES = frozenset({"CT", "MR", "RTDOSE", "SEG", "SM", "NM", "PT"})
_ULTRASOUND_VOLUME = "1.2.840.10008.5.1.4.1.1.6.2"  # in a space of its own, not the patient's


def _measure(
    frames: Sequence[Frame],
) -> tuple[StackSpacing, tuple[float, float, float] | None]:
    pair = frames[0].directions
    positions: list[Vector3] = [f.position for f in frames if f.position is not None]
    together = pair is not None and all(frame.directions is pair for frame in frames)
    if pair is None or not together or len(frames) < 2:
        return StackSpacing(regular=False, spacing_mm=None), None
    measured = measure_spacing(positions, cross(*pair))
    spacings = {pixel_spacing_of(frame.header, frame.index) for frame in frames}
    in_plane = next(iter(spacings))
    if len(spacings) > 1:
        note = "PixelSpacing differs between frames"
        return replace(measured, regular=False, notes=(*measured.notes, note)), None
    if measured.spacing_mm is None or in_plane is None:
        return measured, None
    return measured, (measured.spacing_mm, *in_plane)


def _notes(frames: Sequence[Frame], kind: StackKind) -> tuple[str, ...]:
    notes = []
    header = frames[0].header
    count = frame_count(header)
    if count < (header.number_of_frames or 1):
        notes.append(f"NumberOfFrames says {header.number_of_frames}, the file cannot hold them")
    if len(frames) > 1 and kind == "image":
        order = _order_words(frames)
        orientations = len({frame.directions for frame in frames})
        if frames[0].directions is None and header.grid_frame_offset_vector:
            notes.append(
                f"GridFrameOffsetVector does not say where the frames lie; ordered {order}"
            )
        elif frames[0].directions is None:
            notes.append(f"the frames' positions are not known; ordered {order}")
        elif orientations > 1:
            notes.append(f"the frames turn ({orientations} orientations); ordered {order}")
    return tuple(notes)


def _order_words(frames: Sequence[Frame]) -> str:
    """Say what orders frames whose positions do not."""
    if all(group_of(frame.header, frame.index).dimension_index_values for frame in frames):
        return "by DimensionIndexValues"
    return "as in the file" if frame_count(frames[0].header) > 1 else "by InstanceNumber"
