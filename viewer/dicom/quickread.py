"""The quick header reader: a walk over the first bytes of a plain Part 10 file.

It reads what nearly all files are (explicit or implicit VR, little endian, any
compression) and gives up on everything else by returning None; `fullread`
takes those. Going faster over the files of one series is `series_reader`'s
matter. PS3.10 section 7, PS3.5 section 7.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from viewer.dicom import elements, header_fields, radiopharmaceutical
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.sop_classes import is_presentation_state
from viewer.dicom.values import LONGEST_VALUE, text

# what has no place at the top level of a data set
_STRAY = header_fields.META_TAGS | {elements.ITEM, elements.ITEM_END, elements.SEQUENCE_END}
# A tag as its 4 bytes read as one little endian number: one look-up per element
_SWAPPED = {
    tag: (tag >> 16) | (tag & 0xFFFF) << 16
    for tag in header_fields.WANTED_TAGS
    | header_fields.PIXEL_TAGS
    | header_fields.DESCRIPTION_TAGS
    | {radiopharmaceutical.SEQUENCE}
    | _STRAY
}
_TAG_OF = {swapped: tag for tag, swapped in _SWAPPED.items()}
_OUT_OF_PLACE = header_fields.PIXEL_TAGS | _STRAY  # pixels: under a VR that they do not have
_EXPLICIT_HEAD = struct.Struct("<L2sH").unpack_from
_IMPLICIT_HEAD = struct.Struct("<LL").unpack_from
_LENGTH = struct.Struct("<L").unpack_from
_FIRST_GROUP = 0x0008  # the data set of a plain file starts here: no command set, nothing odd
_META_LENGTH = 0x00020000
_META_TAGS = header_fields.META_TAGS | {_META_LENGTH}
RawValues = dict[int, tuple[bytes | None, bytes]]


class _Odd(Exception):  # noqa: N818 - not a failure: the other reader's turn
    """Something that the full reader shall judge."""


@dataclass(frozen=True, slots=True)
class QuickRead:
    """What was read of one file: raw values, where the pixels are, how it is to be described."""

    found: RawValues
    pixels: header_fields.PixelPlace
    flagged: bool
    implicit: bool


def quick_read(window: bytes, size: int, depth: int = 64) -> QuickRead | None:
    """Walk all elements before the pixels.

    Parameters
    ----------
    window : bytes
        The file's first bytes (all of them if it is short).
    size : int
        Of the file.
    depth : int
        How many levels of sequences may open in one another.

    Returns
    -------
    QuickRead or None
        None where anything is odd or the window is too short.
    """
    if window[128:132] != b"DICM":
        return None
    try:
        meta, position = elements.read_meta(window, _META_TAGS)
        first_group = int.from_bytes(window[position : position + 2], "little")
        length_vr, length = meta.pop(_META_LENGTH, (b"UL", bytes(4)))
        if first_group < _FIRST_GROUP or length_vr != b"UL" or len(length) != 4:
            return None
        found: RawValues = dict(meta)
        syntax_vr, raw_syntax = found.get(header_fields.TRANSFER_SYNTAX, (None, b""))
        syntax = text(raw_syntax) if syntax_vr == b"UI" else ""
        if syntax in elements.DEFLATED or syntax == elements.EXPLICIT_BIG:
            return None
        if not syntax.replace(".", "").isdecimal():  # pydicom takes white space off
            return None
        implicit = syntax == elements.IMPLICIT_LITTLE
        walk = _walk_implicit if implicit else _walk_explicit
        pixels, flagged = walk(window, position, size, found, depth)
    except (_Odd, elements.EncodingError, struct.error):
        return None
    if not _names_character_sets(*found.get(header_fields.CHARACTER_SET, (None, b""))):
        return None
    sop_class = found.get(header_fields.SOP_CLASS) or found.get(header_fields.MEDIA_SOP_CLASS)
    if sop_class is not None and is_presentation_state(text(sop_class[1])):
        return None  # what it refers to lies in sequences
    return QuickRead(found, pixels, flagged, implicit)


def quick_header(path: str, size: int, mtime_ns: int, read: QuickRead) -> InstanceHeader:
    """Make the header of what was read; ``path``, ``size`` and ``mtime_ns`` are the file's."""
    return header_fields.build_header(
        path,
        size,
        mtime_ns,
        read.found,
        implicit=read.implicit,
        pixels=read.pixels,
        needs_full_description=read.flagged,
    )


def _walk_explicit(
    window: bytes, position: int, size: int, found: RawValues, depth: int
) -> tuple[header_fields.PixelPlace, bool]:
    """Walk the top level, explicit VR: place of the pixels, whether more needs reading."""
    short_vrs, long_vrs, tag_of = elements.SHORT_VRS, elements.LONG_VRS, _TAG_OF
    end = len(window)
    flagged = False
    while position < end:
        key, vr, length = _EXPLICIT_HEAD(window, position)
        if vr in short_vrs:  # nearly all; what follows is for the few that matter or are long
            value = position + 8
            position = value + length
            if key in tag_of:
                flagged |= _note(tag_of[key], vr, window, value, length, found)
            continue
        if vr not in long_vrs:
            raise _Odd
        (length,) = _LENGTH(window, position + 8)
        value = position + 12
        position = value + length
        if key in tag_of:
            tag = tag_of[key]
            if tag in header_fields.PIXEL_TAGS:
                return _pixels(tag, value, length), flagged
            flagged |= _note(tag, vr, window, value, length, found)
        if length == elements.UNDEFINED_LENGTH and vr != b"SQ":
            raise _Odd
        if elements.holds_items(window, value, vr):
            position = elements.skip_sequence(window, value, vr == b"SQ", "<", depth, length)
    if position != size:
        raise _Odd
    return header_fields.PixelPlace(), flagged


def _walk_implicit(
    window: bytes, position: int, size: int, found: RawValues, depth: int
) -> tuple[header_fields.PixelPlace, bool]:
    """Walk the top level, implicit VR: place of the pixels, whether more needs reading."""
    first_vr = window[position + 4 : position + 6]
    if first_vr.isalpha() and first_vr.isupper():
        raise _Odd  # explicit under a wrong label
    tag_of = _TAG_OF
    shallow = elements.LEAST_LEVEL * depth
    end = len(window)
    flagged = False
    while position < end:
        key, length = _IMPLICIT_HEAD(window, position)
        value = position + 8
        position = value + length
        if key in tag_of:
            tag = tag_of[key]
            if tag in header_fields.PIXEL_TAGS:
                return _pixels(tag, value, length), flagged
            flagged |= _note(tag, None, window, value, length, found)
        if length == elements.UNDEFINED_LENGTH or (
            length > shallow and elements.holds_items(window, value, None)
        ):
            position = elements.skip_sequence(window, value, False, "<", depth, length)
    if position != size:
        raise _Odd
    return header_fields.PixelPlace(), flagged


def _note(
    tag: int, vr: bytes | None, window: bytes, value: int, length: int, found: RawValues
) -> bool:
    """Keep a wanted value; tell whether its mere presence asks for a full description."""
    if tag in header_fields.DESCRIPTION_TAGS:
        if tag in header_fields.FRAMES_ELSEWHERE:
            raise _Odd
        return True
    if tag in _OUT_OF_PLACE:
        raise _Odd
    if tag == radiopharmaceutical.SEQUENCE:
        _note_item(vr, window, value, length, found)
        return False
    if length > LONGEST_VALUE or value + length > len(window) or tag in found:
        raise _Odd
    found[tag] = (vr, window[value : value + length])
    if tag == header_fields.CHARACTER_SET and not _names_character_sets(*found[tag]):
        raise _Odd
    return False


def _names_character_sets(vr: bytes | None, raw: bytes) -> bool:
    return vr in (None, b"CS") and b"\0" not in raw.rstrip(b"\0 ")


def _note_item(vr: bytes | None, window: bytes, value: int, length: int, found: RawValues) -> None:
    """Keep what the first item of RadiopharmaceuticalInformationSequence says."""
    if vr not in (None, b"SQ"):
        raise _Odd
    item = radiopharmaceutical.first_item(window, value, length, explicit=vr is not None)
    found.update(radiopharmaceutical.in_item(item))


def _pixels(tag: int, value: int, length: int) -> header_fields.PixelPlace:
    return header_fields.PixelPlace(
        tag, value, None if length == elements.UNDEFINED_LENGTH else length
    )
