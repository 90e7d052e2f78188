"""A DICOMDIR written: its records, and the offsets that lead from each to the next. PS3.10 8.

Explicit VR little endian, as PS3.10 8.6 has it. What the records say comes from `file_set_tree`.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from viewer import __version__
from viewer.dicom.elements import (
    DICOMDIR_SOP_CLASS,
    EXPLICIT_LITTLE,
    ITEM,
    LONG_VRS,
)

FILE_SET_ID = b"NEGATO"  # of no patient: it is what a drive is called by
IMPLEMENTATION_CLASS_UID = b"2.25.190353245417062393117207913843316423172"
_IN_USE = 0xFFFF
_RECORD_HEAD = 12 + 10 + 12  # next record, in use, lower record
_MOST_BYTES = 0xFFFFFFFE

Element = tuple[str, bytes]  # VR, value


@dataclass(slots=True)
class Record:
    """A directory record: its type, its elements by tag, and the records below it."""

    kind: str
    elements: dict[int, Element]
    lower: list[Record] = field(default_factory=list)


def element(tag: int, vr: str, value: bytes) -> bytes:
    """Encode one data element, its value padded to an even length. PS3.5 7.1.2."""
    if len(value) % 2:
        value += b"\0" if vr in ("UI", "OB", "UN") else b" "
    group, number, name = tag >> 16, tag & 0xFFFF, vr.encode()
    if name in LONG_VRS:
        return struct.pack("<HH2s2xL", group, number, name, len(value)) + value
    return struct.pack("<HH2sH", group, number, name, len(value)) + value


def file_meta(sop_class: str, sop_instance: str, transfer_syntax: str) -> bytes:
    """Give the preamble, prefix and meta information of a file. PS3.10 7.1."""
    rest = b"".join(
        (
            element(0x00020001, "OB", b"\0\1"),
            element(0x00020002, "UI", sop_class.encode("latin-1", "replace")),
            element(0x00020003, "UI", sop_instance.encode("latin-1", "replace")),
            element(0x00020010, "UI", transfer_syntax.encode("latin-1", "replace")),
            element(0x00020012, "UI", IMPLEMENTATION_CLASS_UID),
            element(0x00020013, "SH", f"NEGATO {__version__}"[:16].encode()),
        )
    )
    return bytes(128) + b"DICM" + element(0x00020000, "UL", struct.pack("<L", len(rest))) + rest


def new_uid() -> bytes:
    """Give a new UID. PS3.5 B.2."""
    return f"2.25.{uuid.uuid4().int}".encode()


def dicomdir(top: Sequence[Record]) -> bytes:
    """Encode a DICOMDIR.

    Parameters
    ----------
    top : sequence of Record
        Of patients, and of what belongs to none.

    Raises
    ------
    OverflowError
        More than 4 GiB, which no offset can tell.
    """
    head = file_meta(DICOMDIR_SOP_CLASS, new_uid().decode(), EXPLICIT_LITTLE)
    head += element(0x00041130, "CS", FILE_SET_ID)
    start = len(head) + 2 * 12 + 10 + 12  # what follows up to the first record
    bodies: list[bytes] = []
    places: dict[int, int] = {}  # offset, by the identity of the record
    flat: list[Record] = []
    position = start
    pending = list(reversed(top))
    while pending:  # depth first
        record = pending.pop()
        body = _body(record)
        flat.append(record)
        bodies.append(body)
        places[id(record)] = position
        position += 8 + _RECORD_HEAD + len(body)
        pending += reversed(record.lower)
    if position > _MOST_BYTES:
        raise OverflowError("too many records")
    following = _following(top, flat)
    first, last = (places[id(top[at])] if top else 0 for at in (0, -1))
    head += element(0x00041200, "UL", struct.pack("<L", first))
    head += element(0x00041202, "UL", struct.pack("<L", last))
    head += element(0x00041212, "US", b"\0\0")
    head += struct.pack("<HH2s2xL", 0x0004, 0x1220, b"SQ", position - start)
    parts = [head]
    for record, body in zip(flat, bodies, strict=True):
        follower = following.get(id(record))
        after = places[id(follower)] if follower is not None else 0
        lower = places[id(record.lower[0])] if record.lower else 0
        length = _RECORD_HEAD + len(body)
        parts += (
            struct.pack("<HHL", ITEM >> 16, ITEM & 0xFFFF, length),
            element(0x00041400, "UL", struct.pack("<L", after)),
            element(0x00041410, "US", struct.pack("<H", _IN_USE)),
            element(0x00041420, "UL", struct.pack("<L", lower)),
            body,
        )
    return b"".join(parts)


def _body(record: Record) -> bytes:
    elements = {0x00041430: ("CS", record.kind.encode()), **record.elements}
    return b"".join(element(tag, *elements[tag]) for tag in sorted(elements))


def _following(top: Sequence[Record], flat: Sequence[Record]) -> dict[int, Record]:
    """Map records, by identity, to those that stand beside and after them."""
    families = (top, *(record.lower for record in flat))
    return {id(one): other for family in families for one, other in pairwise(family)}
