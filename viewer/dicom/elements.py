"""The encoding of data elements: which VRs there are, how to step over one. PS3.5 section 7.

Shared by the quick header reader and the DICOMDIR reader. Knows no attribute's
meaning; values are left to `values`.
"""

from __future__ import annotations

import struct

UNDEFINED_LENGTH = 0xFFFFFFFF

# PS3.5 table 7.1-2 and 7.1-1: a 16-bit length right after the VR, or 2 reserved bytes and 32 bits
SHORT_VRS = frozenset(b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())
LONG_VRS = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
# deflated explicit little endian, and the two JPIP forms that deflate the data set as well
DEFLATED = frozenset(
    ("1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205")
)
DICOMDIR_SOP_CLASS = "1.2.840.10008.1.3.10"

ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD

LEAST_LEVEL = 16  # bytes that a sequence takes with its one item, implicit VR
_ITEM_HEAD = {"<": b"\xfe\xff\x00\xe0", ">": b"\xff\xfe\xe0\x00"}
_TAG_LENGTH = {"<": struct.Struct("<HHL").unpack_from, ">": struct.Struct(">HHL").unpack_from}
_HEAD = {"<": struct.Struct("<HH2sH").unpack_from, ">": struct.Struct(">HH2sH").unpack_from}
_LENGTH = {"<": struct.Struct("<L").unpack_from, ">": struct.Struct(">L").unpack_from}


class EncodingError(ValueError):
    """Bytes that are no data elements, or more of them than there is room for."""


class TooDeepError(EncodingError):
    """Sequences that nest more levels than are followed."""


def element_at(
    data: bytes, position: int, explicit: bool, order: str = "<"
) -> tuple[int, bytes | None, int, int]:
    """Read one element's head.

    Returns
    -------
    tag, vr, length, value_position
        ``vr`` is None for implicit VR and for items and delimiters.

    Raises
    ------
    EncodingError
        Unknown VR, or the data ends within the head.
    """
    try:
        if not explicit:
            group, element, length = _TAG_LENGTH[order](data, position)
            return group << 16 | element, None, length, position + 8
        group, element, vr, length = _HEAD[order](data, position)
        if vr in SHORT_VRS:
            return group << 16 | element, vr, length, position + 8
        if vr in LONG_VRS:
            return group << 16 | element, vr, _LENGTH[order](data, position + 8)[0], position + 12
        if group == 0xFFFE:
            return group << 16 | element, None, _LENGTH[order](data, position + 4)[0], position + 8
    except struct.error as error:
        raise EncodingError("the data ends within an element") from error
    raise EncodingError("unknown value representation")


def skip_sequence(
    data: bytes,
    position: int,
    explicit: bool,
    order: str = "<",
    depth: int = 64,
    length: int = UNDEFINED_LENGTH,
) -> int:
    """Step over a sequence; into it where its delimiter, or too many levels, are to be found.

    Parameters
    ----------
    position : int
        Where the first item starts.
    depth : int
        How many levels of sequences may open, this one among them.
    length : int
        Of the sequence.

    Returns
    -------
    int
        The position after it, and after its delimiter.

    Raises
    ------
    TooDeepError
        More levels than ``depth``.
    EncodingError
        Not an item, or the data ends within.
    """
    end = None if length == UNDEFINED_LENGTH else position + length
    if end is not None and not _may_exceed(length, depth):
        return end
    if depth <= 0:
        raise TooDeepError("sequences nested too deep")
    while end is None or position < end:
        tag, _, item_length, position = element_at(data, position, False, order)
        if tag == SEQUENCE_END:
            return position if end is None else end
        if tag != ITEM:
            raise EncodingError("a sequence holds something that is no item")
        item_end = None if item_length == UNDEFINED_LENGTH else position + item_length
        if item_end is None or _may_exceed(item_length, depth - 1):
            position = _skip_elements(data, position, item_end, explicit, order, depth)
        else:
            position = item_end
    return end


def _may_exceed(length: int, depth: int) -> bool:
    """Tell whether so many bytes have room for more levels of sequences than ``depth``."""
    return length > LEAST_LEVEL * depth


def _skip_elements(
    data: bytes, position: int, end: int | None, explicit: bool, order: str, depth: int
) -> int:
    """Step over the elements of an item, to ``end``, or to its delimiter where that is None."""
    while end is None or position < end:
        tag, vr, length, position = element_at(data, position, explicit, order)
        if tag == ITEM_END:
            return position
        if length == UNDEFINED_LENGTH and vr == b"UN":  # may be implicit within: PS3.5 6.2.2
            raise EncodingError("unknown content of undefined length")
        if length == UNDEFINED_LENGTH or holds_items(data, position, vr, order):
            explicit_within = vr == b"SQ"  # in UN all is implicit, PS3.5 6.2.2; so it is without VR
            position = skip_sequence(data, position, explicit_within, order, depth - 1, length)
        else:
            position += length
    return position


def holds_items(data: bytes, position: int, vr: bytes | None, order: str = "<") -> bool:
    """Tell whether a value of defined length is a sequence: by its VR, else by how it begins."""
    if vr not in (None, b"UN"):
        return vr == b"SQ"
    return data.startswith(_ITEM_HEAD[order], position)


def read_meta(data: bytes, wanted: frozenset[int]) -> tuple[dict[int, tuple[bytes, bytes]], int]:
    """Walk the file meta information of a Part 10 file. PS3.10 section 7.1.

    Returns
    -------
    found : dict
        Tag: (VR, value) of the wanted ones.
    position : int
        Where the data set starts.

    Raises
    ------
    EncodingError
        Not well formed, or longer than ``data``.
    """
    found: dict[int, tuple[bytes, bytes]] = {}
    position = 132
    while data[position : position + 2] == b"\x02\0":
        tag, vr, length, value = element_at(data, position, True)
        position = value + length
        if position > len(data):
            raise EncodingError("the data ends within an element")
        if tag in wanted and vr is not None:
            found[tag] = (vr, data[value:position])
    return found, position
