"""What SUV needs of a PET file beside the attributes at its top level.

The first item of RadiopharmaceuticalInformationSequence (PS3.3 C.8.9.2) and
private attributes of two makers. The header readers find the values, `suv`
uses them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from viewer.dicom import elements, values
from viewer.dicom.headers import Radiopharmaceutical

SEQUENCE = 0x00540016
ITEM_TAGS = frozenset((0x00181072, 0x00181074, 0x00181075, 0x00181078))

RawValues = Mapping[int, tuple[bytes | None, bytes]]

_PHILIPS = (0x7053, b"Philips PET Private Group")
_GE = (0x0009, b"GEMS_PETD_01")
_BLOCKS = range(0x10, 0x100)  # of private elements, each named by its creator: PS3.5 7.8.1
# private attributes by maker: element within the block, usual VR, field
_PRIVATE: tuple[tuple[tuple[int, bytes], dict[int, tuple[bytes, str]]], ...] = (
    (_PHILIPS, {0x00: (b"DS", "philips_suv_factor"), 0x09: (b"DS", "philips_activity_factor")}),
    (_GE, {0x0D: (b"DT", "ge_scan_date_time")}),
)
PRIVATE_TAGS = frozenset(
    group << 16 | element
    for (group, _), attributes in _PRIVATE
    for block in _BLOCKS
    for element in (block, *(block << 8 | last for last in attributes))
)


def in_item(raw_values: RawValues) -> dict[int, tuple[bytes | None, bytes]]:
    """Mark values of the sequence's item, so that they stand beside those of the top level."""
    return {SEQUENCE << 32 | tag: raw_values[tag] for tag in ITEM_TAGS if tag in raw_values}


def first_item(
    window: bytes, position: int, length: int, explicit: bool
) -> dict[int, tuple[bytes | None, bytes]]:
    """Read the `ITEM_TAGS` of the sequence's first item. Little endian; PS3.5 7.5.

    Parameters
    ----------
    window : bytes
        The file's first bytes.
    position, length : int
        Of the sequence's value; ``length`` may be undefined.

    Raises
    ------
    EncodingError
        Not well formed, or not whole within ``window``.
    """
    end = len(window) if length == elements.UNDEFINED_LENGTH else position + length
    if position >= end:
        return {}
    tag, _, item_length, position = elements.element_at(window, position, False)
    if tag == elements.SEQUENCE_END:
        return {}
    if tag != elements.ITEM:
        raise elements.EncodingError("a sequence holds something that is no item")
    delimited = item_length == elements.UNDEFINED_LENGTH
    item_end = end if delimited else position + item_length
    found: dict[int, tuple[bytes | None, bytes]] = {}
    while position < item_end:
        tag, vr, length, value = elements.element_at(window, position, explicit)
        if tag == elements.ITEM_END:
            break
        if length != elements.UNDEFINED_LENGTH:
            position = value + length
        elif vr == b"UN":
            raise elements.EncodingError("unknown content of undefined length")
        else:
            position = elements.skip_sequence(window, value, explicit)
        if tag in ITEM_TAGS:
            found[tag] = (vr, window[value:position])
    if position > item_end or item_end > end or end > len(window):
        raise elements.EncodingError("an item ends beyond its sequence")
    return found


def radiopharmaceutical(raw_values: RawValues, order: str) -> Radiopharmaceutical | None:
    """Make sense of the values that the readers found; None where there is none.

    Parameters
    ----------
    raw_values : mapping
        Top level and, as `in_item` marks them, the sequence's first item.
    order : str
        Byte order, as `struct` writes it.
    """

    def number(tag: int) -> float | None:
        vr, raw = raw_values.get(SEQUENCE << 32 | tag, (None, b""))
        return values.number(raw, b"DS" if vr in (None, b"UN") else vr, order)

    def text(tag: int) -> str:
        return values.text(raw_values.get(SEQUENCE << 32 | tag, (None, b""))[1])

    found = Radiopharmaceutical(
        start_time=text(0x00181072),
        start_date_time=text(0x00181078),
        total_dose_bq=number(0x00181074),
        half_life_s=number(0x00181075),
        **_private_fields(raw_values, order),
    )
    return None if found == Radiopharmaceutical() else found


def _private_fields(raw_values: RawValues, order: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for (group, creator), attributes in _PRIVATE:
        block = next(
            (
                tag & 0xFF
                for tag, (_, raw) in raw_values.items()
                if tag >> 8 == group << 8 and raw.strip(b" \0") == creator
            ),
            None,
        )
        if block is None:
            continue
        for element, (usual_vr, name) in attributes.items():
            vr, raw = raw_values.get(group << 16 | block << 8 | element, (None, b""))
            if usual_vr == b"DT":
                fields[name] = values.text(raw)
            else:
                known = usual_vr if vr is None or vr == b"UN" else vr
                fields[name] = values.number(raw, known, order)
    return fields
