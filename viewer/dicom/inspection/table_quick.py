"""Some elements of a plain Part 10 file picked from its first bytes: quick rows of tables.

As `quickread`, and as strict: None is given for everything odd, and for all that the caller has to
judge. What was picked is bytes; cells are the matter of `cells`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from viewer.dicom import elements, header_fields
from viewer.dicom.values import LONGEST_VALUE, text

_STRAY = header_fields.META_TAGS | {elements.ITEM, elements.ITEM_END, elements.SEQUENCE_END}
_HEAD = struct.Struct("<HH2sH").unpack_from
_IMPLICIT_HEAD = struct.Struct("<HHL").unpack_from
_LENGTH = struct.Struct("<L").unpack_from
_FIRST_GROUP = 0x0008

SERIES_UID, NUMBER_OF_FRAMES = 0x0020000E, 0x00280008  # always among what is picked


@dataclass(frozen=True, slots=True)
class Picked:
    """What was picked of one file.

    Attributes
    ----------
    values : dict
        By tag: VR as written (None: implicit) and bytes, of the meta information as well.
    slices : bytes
        The elements that are to be walked into, whole, in their order.
    pixels_at : int or None
        Where the value of the pixels starts; None where there are none.
    """

    values: dict[int, tuple[bytes | None, bytes]]
    slices: bytes
    implicit: bool
    pixels_at: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be picked: values of the top level, elements to be walked into.

    ``groups`` are private ones of which all is to be walked, as creators say what is what.
    """

    meta: frozenset[int]
    values: frozenset[int]
    walked: frozenset[int]
    groups: frozenset[int]


class _Odd(Exception):  # noqa: N818 - not a failure: the other reader's turn
    """Something that the full reader shall judge."""


def pick(window: bytes, size: int, wanted: Wanted, depth: int) -> Picked | None:
    """Pick from the first bytes of a file of ``size`` bytes; ``depth`` of sequences in another."""
    if window[128:132] != b"DICM":
        return None
    try:
        meta, position = elements.read_meta(window, wanted.meta | header_fields.META_TAGS)
        syntax_vr, raw_syntax = meta.get(header_fields.TRANSFER_SYNTAX, (b"", b""))
        syntax = text(raw_syntax) if syntax_vr == b"UI" else ""
        if not syntax.replace(".", "").isdecimal() or syntax == elements.EXPLICIT_BIG:
            return None
        if syntax in elements.DEFLATED:
            return None
        if int.from_bytes(window[position : position + 2], "little") < _FIRST_GROUP:
            return None
        implicit = syntax == elements.IMPLICIT_LITTLE
        walk = _Walk(window, size, wanted, depth, implicit=implicit)
        pixels_at = walk.run(position)
    except (_Odd, elements.EncodingError, struct.error):
        return None
    return Picked({**meta, **walk.values}, b"".join(walk.slices), implicit, pixels_at)


class _Walk:
    """The walk over the top level, to the pixels or the end."""

    def __init__(
        self, window: bytes, size: int, wanted: Wanted, depth: int, *, implicit: bool
    ) -> None:
        self.values: dict[int, tuple[bytes | None, bytes]] = {}
        self.slices: list[bytes] = []
        self._window, self._size, self._depth = window, size, depth
        self._wanted = wanted
        self._implicit = implicit
        self._shallow = elements.LEAST_LEVEL * depth
        self._matters = wanted.values | wanted.walked | header_fields.PIXEL_TAGS | _STRAY

    def run(self, position: int) -> int | None:
        """Walk, and give where the value of the pixels starts, if there are any."""
        window, end = self._window, len(self._window)
        matters, groups = self._matters, self._wanted.groups
        implicit, short_vrs, long_vrs = self._implicit, elements.SHORT_VRS, elements.LONG_VRS
        if implicit and window[position + 4 : position + 6].isalpha():
            raise _Odd  # explicit under a wrong label, perhaps
        vr: bytes | None = None
        while position < end:
            start = position
            if implicit:
                group, element, length = _IMPLICIT_HEAD(window, position)
                value = position + 8
            else:
                group, element, vr, length = _HEAD(window, position)
                value = position + 8
                if vr not in short_vrs:
                    if vr not in long_vrs:
                        raise _Odd
                    (length,) = _LENGTH(window, position + 8)
                    value = position + 12
            tag = group << 16 | element
            if tag in header_fields.PIXEL_TAGS:
                return value
            position = value + length
            if vr is None or vr in long_vrs:
                position = self._after(vr, value, length, position)
            if tag in matters or group in groups:
                self._note(tag, vr, start, value, position)
        if position != self._size:
            raise _Odd
        return None

    def _after(self, vr: bytes | None, value: int, length: int, position: int) -> int:
        """Give where the next element starts, behind one that may be a sequence."""
        if length == elements.UNDEFINED_LENGTH:
            if vr not in (None, b"SQ"):
                raise _Odd
        elif length <= self._shallow or not elements.holds_items(self._window, value, vr):
            return position
        explicit = vr == b"SQ"
        return elements.skip_sequence(self._window, value, explicit, "<", self._depth, length)

    def _note(self, tag: int, vr: bytes | None, start: int, value: int, end: int) -> None:
        if tag in _STRAY or end > len(self._window) or tag in self.values:
            raise _Odd
        if tag in self._wanted.walked or tag >> 16 in self._wanted.groups:
            self.slices.append(self._window[start:end])
        if tag in self._wanted.values:
            if vr in (b"UN", b"SQ") or end - value > LONGEST_VALUE:
                raise _Odd
            self.values[tag] = vr, self._window[value:end]
