"""The header of each frame of a file as pieces of bytes: one element each, none decoded.

The frames of a series share most of their elements byte for byte, which is told by comparing
memory. A frame of an enhanced object has the elements at the top, the macros that all frames
share and those of its own item (PS3.3 C.7.6.16). What is not plain little endian is left to
`tag_reader`'s walk; what the bytes say, to `matrix_cells`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from viewer.dicom import elements
from viewer.dicom.elements import (
    DEFLATED,
    EXPLICIT_BIG,
    ITEM,
    ITEM_END,
    LONG_VRS,
    SEQUENCE_END,
    SHORT_VRS,
    UNDEFINED_LENGTH,
    EncodingError,
)
from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import open_regular

GROUPED = 1 << 32  # set in the key of what functional groups hold
SHARED_GROUPS, FRAME_GROUPS = 0x52009229, 0x52009230
PIXEL_DATA = frozenset((0x7FE00008, 0x7FE00009, 0x7FE00010))
_TRANSFER_SYNTAX = 0x00020010
_META_GROUP = 0x0002
_START = 132
_FIRST_WINDOW, _GROWTH, _LARGEST_WINDOW = 16 << 10, 4, 256 << 20
_HEAD = struct.Struct("<HH2sH").unpack_from
_LENGTH = struct.Struct("<L").unpack_from

Pieces = dict[int, bytes]  # by tag, and GROUPED where it is of functional groups


class OddError(Exception):
    """The file is not plain enough to be cut into pieces."""


@dataclass(frozen=True, slots=True)
class FileHeader:
    """The pieces of a file: at the top, and of each frame that was asked for.

    Attributes
    ----------
    explicit : bool
        Whether elements below the meta information have a VR.
    frames : tuple of dict
        In the order asked for; what is the same for all is the same object.
    has_pixels : bool
    """

    explicit: bool
    frames: tuple[Pieces, ...]
    has_pixels: bool


def read_pieces(path: str, frames: Sequence[int], limits: Limits) -> FileHeader:
    """Read the header of a file up to its pixel data, for frames (from 0) of it.

    Raises
    ------
    OddError
        It is not plain little endian; `tag_reader` can read it.
    HeaderError, OSError
        It cannot be read at all.
    """
    with open_regular(path, limits) as stream:
        window = stream.read(_FIRST_WINDOW)
        while True:
            found, problem = None, None
            try:
                found = _top_of(window, limits.sequence_depth)
            except (EncodingError, struct.error) as error:
                problem = error
            if found is not None and found[2]:
                break
            more = b""
            if len(window) < _LARGEST_WINDOW:
                more = stream.read(len(window) * (_GROWTH - 1))
            if not more and found is not None:
                break
            if not more:
                raise OddError from problem
            window += more
    top, explicit, has_pixels = found
    try:
        frame_pieces = tuple(_of_frames(top, frames, explicit, limits))
    except (EncodingError, struct.error) as error:
        raise OddError from error
    return FileHeader(explicit, frame_pieces, has_pixels)


def _top_of(window: bytes, depth: int) -> tuple[Pieces, bool, bool]:
    """Cut the top level of a file; an EncodingError may mean that there is more to read."""
    if window[128:_START] != b"DICM":
        raise OddError
    pieces: Pieces = {}
    position = _START
    while window[position : position + 2] == b"\x02\0":
        tag, _, length, value = elements.element_at(window, position, True)
        if length == UNDEFINED_LENGTH or value + length > len(window):
            raise EncodingError("the data ends within an element")
        pieces[tag] = window[position : value + length]
        position = value + length
    syntax = pieces.get(_TRANSFER_SYNTAX, b"")[8:].strip(b" \0").decode("latin-1")
    if syntax in DEFLATED or syntax in ("", EXPLICIT_BIG):
        raise OddError
    explicit = window[position + 4 : position + 6].isalpha()
    _, has_pixels = _cut(window, position, None, explicit, depth, pieces)
    return pieces, explicit, has_pixels


def _cut(
    data: bytes,
    position: int,
    end: int | None,
    explicit: bool,
    depth: int,
    pieces: Pieces,
    mark: int = 0,
) -> tuple[int, bool]:
    """Cut elements up to ``end``, a delimiter or the pixel data; tell where, and if these came."""
    size = len(data)
    while position < size if end is None else position < end:
        group, element, vr, length = _HEAD(data, position)
        tag = group << 16 | element
        value = position + 8
        if not explicit or group == 0xFFFE:
            (length,) = _LENGTH(data, position + 4)
        elif vr in LONG_VRS:
            (length,) = _LENGTH(data, position + 8)
            value = position + 12
        elif vr not in SHORT_VRS:
            raise EncodingError("unknown value representation")
        if group == 2 and not mark:
            raise OddError  # of the file meta, by its group: it has no place here
        if tag in PIXEL_DATA and not mark:
            return position, True
        if tag == ITEM_END and mark:
            return value, False
        if length == UNDEFINED_LENGTH:
            within = explicit and vr == b"SQ"
            after = elements.skip_sequence(data, value, within, "<", depth)
        else:
            after = value + length
        if after > size:
            raise EncodingError("the data ends within an element")
        pieces[tag | mark] = data[position:after]
        position = after
    return position, False


def _of_frames(
    top: Pieces, frames: Sequence[int], explicit: bool, limits: Limits
) -> Iterator[Pieces]:
    """Give the pieces of each frame; its own item wins over what is shared."""
    shared, own = top.pop(SHARED_GROUPS, None), top.pop(FRAME_GROUPS, None)
    common = dict(top)
    for pieces in _items(shared, explicit, limits):
        common.update(pieces)
    items = list(_items(own, explicit, limits))
    for frame in frames:
        yield {**common, **items[frame]} if frame < len(items) else common


def _items(sequence: bytes | None, explicit: bool, limits: Limits) -> Iterator[Pieces]:
    """Cut the items of a sequence into their elements."""
    if sequence is None:
        return
    _, vr, length, position = elements.element_at(sequence, 0, explicit)
    if explicit and vr != b"SQ":
        raise EncodingError("functional groups are no sequence")
    count = 0
    while position < len(sequence):
        tag, _, length, position = elements.element_at(sequence, position, False)
        if tag == SEQUENCE_END:
            return
        if tag != ITEM:
            raise EncodingError("a sequence holds something that is no item")
        count += 1
        if count > limits.frames_per_file:
            raise HeaderError(limits.refusal("frames_per_file", f"It has {count:,} frames"))
        end = None if length == UNDEFINED_LENGTH else position + length
        pieces: Pieces = {}
        position, _ = _cut(
            sequence, position, end, explicit, limits.sequence_depth - 1, pieces, GROUPED
        )
        yield pieces
