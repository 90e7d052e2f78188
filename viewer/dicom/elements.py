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

_TAG_LENGTH = {"<": struct.Struct("<HHL").unpack_from, ">": struct.Struct(">HHL").unpack_from}
_HEAD = {"<": struct.Struct("<HH2sH").unpack_from, ">": struct.Struct(">HH2sH").unpack_from}
_LENGTH = {"<": struct.Struct("<L").unpack_from, ">": struct.Struct(">L").unpack_from}


class EncodingError(ValueError):
    """Bytes that are no data elements, or more of them than there is room for."""


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
    data: bytes, position: int, explicit: bool, order: str = "<", depth: int = 64
) -> int:
    """Step over the items of a sequence of undefined length, and over its delimiter.

    Parameters
    ----------
    position : int
        Where the first item starts.
    depth : int
        How many more levels of sequences may open within.

    Returns
    -------
    int
        The position after the sequence delimiter.

    Raises
    ------
    EncodingError
        Too deep, not an item, or the data ends within.
    """
    if depth <= 0:
        raise EncodingError("sequences nested too deep")
    while True:
        tag, _, length, position = element_at(data, position, False, order)
        if tag == SEQUENCE_END:
            return position
        if tag != ITEM:
            raise EncodingError("a sequence holds something that is no item")
        if length != UNDEFINED_LENGTH:
            position += length
            continue
        while True:
            tag, vr, length, position = element_at(data, position, explicit, order)
            if tag == ITEM_END:
                break
            if length != UNDEFINED_LENGTH:
                position += length
            elif vr == b"UN":  # may be implicit within: PS3.5 6.2.2
                raise EncodingError("unknown content of undefined length")
            else:
                position = skip_sequence(data, position, explicit, order, depth - 1)


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
