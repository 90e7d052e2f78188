"""The quick way to a compressed frame: one plain grey frame, by what its header told.

Spares reading the file's data set again, which takes longer than most codecs.
What turns out not to be plain is left to `frames`, which says why.
`compressed_frame` is for the parent; to decode is for a child process.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from viewer.dicom.encapsulation import group_frames, walk
from viewer.dicom.errors import NegatoError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.pixel_layout import PixelLayout
from viewer.dicom.plain_frames import PlainFrame, plain_frame
from viewer.dicom.regular_files import open_version
from viewer.dicom.surroundings import tail_note

_Array = np.ndarray[Any, np.dtype[Any]]

_SYNTAXES = frozenset(
    (
        *(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 57, 70, 80, 81, 90, 91, 201, 202, 203)),
        "1.2.840.10008.1.2.5",
    )
)
_MARKER_BYTES = 8
_LARGEST_BYTES = 8 << 20  # the codec of a larger frame takes so long that the rest is nothing


class CompressedFrame(NamedTuple):
    """A plain compressed grey frame: where its items begin, in which state of which file."""

    offset: int
    size: int
    mtime_ns: int
    transfer_syntax: str
    plain: PlainFrame


def compressed_frame(
    header: InstanceHeader, limits: Limits = DEFAULT_LIMITS
) -> CompressedFrame | None:
    """Give the small plain frame of a file, or None where another must read it."""
    syntax = header.transfer_syntax_uid
    if header.pixel_data_length is not None or syntax not in _SYNTAXES:
        return None
    plain = plain_frame(header)
    if plain is None or header.pixel_data_offset is None:
        return None
    if plain.byte_count > min(_LARGEST_BYTES, limits.frame_bytes):
        return None
    return CompressedFrame(header.pixel_data_offset, header.size, header.mtime_ns, syntax, plain)


def read_compressed(
    path: str, frame: CompressedFrame, limits: Limits = DEFAULT_LIMITS
) -> tuple[_Array, str] | None:
    """Decode a plain frame to its stored values, and say by what.

    None where anything is not as the header told, or worth a word: only what
    `frames` would give in the same way, and without a warning, is given here.
    """
    from viewer.dicom import codecs
    from viewer.dicom.samples import stored_values
    from viewer.dicom.stream_layout import layout_by_stream

    layout = _layout(frame.plain)
    try:
        data = _read(path, frame, limits)
        if data is None or layout_by_stream(layout, data) is not layout:
            return None
        decoded = codecs.decode(data, frame.transfer_syntax, layout)
    except (NegatoError, OSError):
        return None
    if decoded.warnings or decoded.colour:
        return None
    values = stored_values(
        decoded.samples, layout, precision=decoded.precision, signed=decoded.signed
    )
    return values, decoded.decoder


@lru_cache(maxsize=8)
def _layout(plain: PlainFrame) -> PixelLayout:
    word = plain.word
    return PixelLayout(
        rows=plain.rows,
        columns=plain.columns,
        samples=1,
        photometric="MONOCHROME2",  # or 1: the stored values are the same
        planar=0,
        bits_allocated=word.bits_allocated,
        bits_stored=word.bits_stored,
        high_bit=word.high_bit,
        signed=word.signed,
        frames=1,
    )


def _read(path: str, frame: CompressedFrame, limits: Limits) -> bytes | None:
    """Read the frame's stream at one go; None where the file or its items are not as told."""
    file, version = open_version(path, limits)
    with file:
        if version != (frame.size, frame.mtime_ns):
            return None
        file.seek(frame.offset)
        value = file.read(frame.size - frame.offset)
    found = walk(io.BytesIO(value), 0, len(value), limits)
    frames, notes = group_frames(found, 1)
    if found.warnings or notes or not frames:
        return None
    end = frames[0][-1].offset + frames[0][-1].length + _MARKER_BYTES
    if tail_note(lambda at, count: value[at : at + count], end, len(value), frame.transfer_syntax):
        return None
    if len(frames[0]) == 1:
        (item,) = frames[0]
        return value[item.offset : item.offset + item.length]
    return b"".join(value[item.offset : item.offset + item.length] for item in frames[0])
