"""A file opened for its frames: header, pixel module, and where each frame's bytes are.

Parsed once and kept for the next frames of the same file. Turning the bytes
into samples is left to `frames` and `codecs`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import BinaryIO, cast

import numpy as np
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset, read_partial
from pydicom.tag import BaseTag

from viewer.dicom import codecs
from viewer.dicom.dataset_values import text
from viewer.dicom.elements import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    read_meta,
)
from viewer.dicom.encapsulation import Encapsulated, Fragment, group_frames, walk
from viewer.dicom.errors import HeaderError, NoPixelDataError, PixelError
from viewer.dicom.header_fields import PIXEL_TAGS
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.inflating import InflatingStream
from viewer.dicom.layout import layout_of
from viewer.dicom.limits import Limits
from viewer.dicom.pixel_layout import PixelLayout
from viewer.dicom.reading import read_header, surroundings
from viewer.dicom.regular_files import (
    FileVersion,
    open_regular,
    system_error,
    version_of,
)
from viewer.dicom.sop_classes import sop_class_name
from viewer.dicom.stream_layout import layout_by_stream
from viewer.dicom.structure import bounded_reading
from viewer.dicom.tag_names import look_up
from viewer.dicom.video import is_video

_GE_PRIVATE = "1.2.840.113619.5.2"  # implicit little endian, but for the pixels
_NATIVE = frozenset((IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, *DEFLATED, _GE_PRIVATE))
_META_WINDOW = 16 << 10
_MARKER_BYTES = 8
_STREAM_WINDOW = 64 << 20


@dataclass(frozen=True, slots=True)
class PixelFile:
    """What is known of a file's frames without reading them."""

    path: str
    header: InstanceHeader
    dataset: Dataset
    layout: PixelLayout
    limits: Limits
    offset: int  # of the pixel data's value; in the inflated data set where that is deflated
    length: int  # bytes of the value that are there; 0 where encapsulated
    frames: tuple[tuple[Fragment, ...], ...] = ()  # encapsulated: what is there of each frame
    encapsulated: bool = False
    big_endian: bool = False
    swapped_bytes: bool = False  # samples of 1, 8 or 12 bits in big-endian words
    warnings: tuple[str, ...] = ()
    inflated: InflatingStream | None = None

    @property
    def transfer_syntax(self) -> str:
        """UID of the transfer syntax."""
        return self.header.transfer_syntax_uid

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open what the frames are read from."""
        if self.inflated is not None:
            yield cast(BinaryIO, self.inflated)
            return
        try:
            with open_regular(self.path, self.limits) as stream:
                yield stream
        except OSError as error:
            raise system_error(self.path, error) from error


def pixel_file(path: str, limits: Limits) -> PixelFile:
    """Open a file for its frames, or give it again while it is unchanged.

    Raises
    ------
    HeaderError, PixelError, NoPixelDataError
    """
    try:
        return _parsed(path, version_of(path, limits), limits)
    except OSError as error:
        raise system_error(path, error) from error


@lru_cache(maxsize=2)
def _parsed(path: str, _version: FileVersion, limits: Limits) -> PixelFile:
    header = read_header(path, limits)
    syntax = header.transfer_syntax_uid
    if codecs.is_on_a_server(syntax):
        raise PixelError(codecs.unsupported(syntax), path)
    if header.pixel_data_tag is None:
        name = sop_class_name(header.sop_class_uid)
        raise NoPixelDataError(f"This object holds no pixel data ({name or 'no SOP class'}).", path)
    dataset, place, inflated, held = _read_dataset(header, limits)
    layout = layout_of(dataset, header.pixel_data_tag, path, limits)
    encapsulated = codecs.is_encapsulated(syntax) or is_video(syntax)
    if encapsulated and header.pixel_data_length is None:
        return _encapsulated(header, dataset, layout, limits)
    if syntax not in _NATIVE:
        why = f"The pixel data has a length, but transfer syntax {syntax} stores items."
        raise PixelError(why if encapsulated else codecs.unsupported(syntax), path)
    if place[1] is None:
        raise PixelError(
            "The uncompressed pixel data has no length, so its end is unknown; "
            "get the file from its source again.",
            path,
        )
    big_endian = syntax in (EXPLICIT_BIG, _GE_PRIVATE)
    there = held if inflated is not None else max(0, min(place[1], header.size - place[0]))
    layout = _layout_by_length(layout, there)
    return PixelFile(
        path,
        header,
        dataset,
        layout,
        limits,
        place[0],
        there,
        big_endian=big_endian,
        swapped_bytes=big_endian
        and layout.bits_allocated in (1, 8, 12)
        and _stored_as_words(header, limits),
        warnings=(
            *_around(header, dataset, limits, 0),
            *_length_notes(layout, there, place[1]),
        ),
        inflated=inflated,
    )


def _layout_by_length(layout: PixelLayout, there: int) -> PixelLayout:
    """Take colours labelled 4:2:2 as what they are where chroma is there for each pixel."""
    if layout.photometric == "YBR_PARTIAL_420":
        raise PixelError("Uncompressed YBR_PARTIAL_420 pixels are not supported.")
    if layout.photometric != "YBR_FULL_422":
        return layout
    whole = replace(layout, photometric="YBR_FULL")
    if there < whole.native_frame_bits * layout.frames // 8:
        return layout
    note = "The header says YBR_FULL_422, the pixel data has the length of YBR_FULL: that decided."
    return replace(whole, warnings=(*layout.warnings, note))


def _length_notes(layout: PixelLayout, there: int, said: int) -> tuple[str, ...]:
    whole = 8 * there // layout.native_frame_bits
    if whole < layout.frames:
        if not whole:
            return ()  # no picture, which says why
        held = f"The pixel data holds {whole:,} of {layout.frames:,} frames"
        return (f"{held}; the file is cut short, copy it again.",)
    if there < said:
        return (
            f"The file ends {said - there:,} bytes before its pixel data should; no frame is cut.",
        )
    needed = (layout.native_frame_bits * layout.frames + 7) // 8
    if there < needed + needed % 2 + 2:
        return ()
    return (f"The pixel data is {there - needed:,} bytes longer than its header says.",)


def _around(header: InstanceHeader, dataset: Dataset, limits: Limits, end: int) -> tuple[str, ...]:
    """Say what is odd around the data set, whose pixels end at ``end``; 0: where they say so."""
    with open_regular(header.path, limits) as stream:
        notes = (*surroundings(stream, header, end), *map(_repeated, header.repeated))
    meta = getattr(dataset, "file_meta", None)
    if header.transfer_syntax_uid in DEFLATED or (meta and text(meta, "TransferSyntaxUID")):
        return notes
    return (
        *notes,
        "The header does not say its transfer syntax: the encoding was told from its elements.",
    )


def _repeated(tag: int) -> str:
    name = f"{look_up(tag).keyword} ({tag >> 16:04X},{tag & 0xFFFF:04X})"
    return f"{name} stands in the header more than once; the last one counts."


def _stored_as_words(header: InstanceHeader, limits: Limits) -> bool:
    """Tell whether 8-bit samples are in OW, whose bytes a big-endian file swaps. PS3.5 A.3."""
    if header.pixel_data_offset is None or header.transfer_syntax_uid != EXPLICIT_BIG:
        return False
    with open_regular(header.path, limits) as stream:
        stream.seek(header.pixel_data_offset - 8)
        return stream.read(2) == b"OW"


def _encapsulated(
    header: InstanceHeader, dataset: Dataset, layout: PixelLayout, limits: Limits
) -> PixelFile:
    if header.pixel_data_offset is None:
        raise PixelError("Compressed frames inside a deflated data set are not supported.")
    with open_regular(header.path, limits) as stream:
        found = walk(stream, header.pixel_data_offset, header.size, limits)
        frames: tuple[tuple[Fragment, ...], ...] = (found.fragments,)
        notes: tuple[str, ...] = ()
        if not is_video(header.transfer_syntax_uid):
            offsets = _extended_offsets(dataset, limits.fragments_per_file)
            frames, notes = group_frames(found, layout.frames, offsets)
            layout = layout_by_stream(layout, _first_stream(stream, frames))
    return PixelFile(
        header.path,
        header,
        dataset,
        layout,
        limits,
        header.pixel_data_offset,
        0,
        frames=frames,
        encapsulated=True,
        warnings=(*_around(header, dataset, limits, _end_of(found)), *found.warnings, *notes),
    )


def _end_of(found: Encapsulated) -> int:
    """Give where the end marker of the items ends; 0 where it is missing."""
    if found.warnings or not found.fragments:
        return 0
    last = found.fragments[-1]
    return last.offset + last.length + _MARKER_BYTES


def _extended_offsets(dataset: Dataset, most: int) -> tuple[int, ...]:
    table = dataset.get("ExtendedOffsetTable")
    if not isinstance(table, bytes) or len(table) // 8 > most:  # of more frames than fragments
        return ()
    return tuple(int(offset) for offset in np.frombuffer(table[: len(table) // 8 * 8], "<u8"))


def _first_stream(stream: BinaryIO, frames: tuple[tuple[Fragment, ...], ...]) -> bytes:
    """Read the first frame, of which all is needed: its end marker is looked for."""
    parts = []
    for fragment in frames[0] if frames else ():
        stream.seek(fragment.offset)
        parts.append(stream.read(min(fragment.length, _STREAM_WINDOW)))
    return b"".join(parts)


def _read_dataset(
    header: InstanceHeader, limits: Limits
) -> tuple[Dataset, tuple[int, int | None], InflatingStream | None, int]:
    """Read all before the pixels.

    Returns
    -------
    tuple
        Data set, place (offset, length) of the value, inflated data, and how
        much of the value these hold.
    """
    held = 0
    place: list[tuple[int, int | None]] = []
    inflated: InflatingStream | None = None
    with open_regular(header.path, limits) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they quote values, which may name a patient
        stream: BinaryIO = file

        def at_pixels(tag: BaseTag, _vr: str | None, length: int) -> bool:
            if int(tag) in PIXEL_TAGS:
                place.append((stream.tell(), None if length == 0xFFFFFFFF else length))
            return int(tag) in PIXEL_TAGS

        try:
            with bounded_reading(header.path, limits):
                if header.transfer_syntax_uid in DEFLATED:
                    _, position = read_meta(file.read(_META_WINDOW), frozenset())
                    file.seek(position)
                    inflated = InflatingStream(file, limits.inflate_bytes)
                    stream = cast(BinaryIO, inflated)
                    dataset = read_dataset(stream, False, True, stop_when=at_pixels)
                    offset, length = place[-1] if place else (0, None)
                    if length is not None:  # while the file is open
                        inflated.seek(offset)
                        held = len(inflated.read(length))
                else:
                    dataset = read_partial(stream, stop_when=at_pixels, force=True)
        except (OSError, MemoryError, HeaderError):
            raise
        except Exception as error:  # whatever pydicom raises on damaged content
            raise HeaderError(
                f"The header is damaged ({type(error).__name__}); "
                "get the file from its source again.",
                header.path,
            ) from error
    if not place:
        raise PixelError("The pixel data cannot be found again; the file may have changed.")
    return dataset, place[-1], inflated, held
