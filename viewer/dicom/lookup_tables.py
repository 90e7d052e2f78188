"""Lookup tables out of data sets: Modality LUT, VOI LUT, Presentation LUT.

PS3.3 C.11.1.1, C.11.2.1.1, C.11.4. And how a table's numbers lie in its
bytes, which palettes share. Applying tables is left to `viewer.imaging`.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import finite_numbers, raw_value, text, values
from viewer.imaging.modality import LookupTable

Entries = np.ndarray[Any, np.dtype[Any]]


def lookup_table(
    item: Dataset, *, signed: bool, big_endian: bool, notes: list[str] | None = None
) -> LookupTable | None:
    """Read a LUT item (LUTDescriptor, LUTData), or None where it does not hold together.

    Parameters
    ----------
    signed : bool
        Whether the values that the table maps are signed: then so is its first.
    notes : list of str, optional
        Takes a sentence where the table is not as its descriptor says.
    """
    found = descriptor(item, "LUTDescriptor", signed=signed)
    if found is None:
        return None
    count, first, bits = found
    entries = table_entries(raw_value(item, "LUTData"), count, bits, big_endian=big_endian)
    if entries is None:
        return None
    true_bits = _true_bits(entries, bits)
    if true_bits != bits and notes is not None:
        notes.append(
            f"LUTDescriptor says {bits} bits an entry, LUTData has {true_bits}; "
            f"{true_bits} are taken for full brightness."
        )
    return LookupTable(first, entries, true_bits, text(item, "LUTExplanation"))


def _true_bits(entries: Entries, stated: int) -> int:
    """Give the stated bits of an entry, or, where they cannot be true, those that are there."""
    if entries.itemsize == 1 and stated > 8:
        return 8
    used = max(1, int(entries.max()).bit_length())
    return stated if used <= stated <= 16 else used


def descriptor(item: Dataset, keyword: str, *, signed: bool) -> tuple[int, int, int] | None:
    """Give (entries, first mapped value, bits), None where unusable.

    PS3.3 C.11.1.1.1: 0 entries mean 65,536; the first mapped value is written
    as US whatever it is.
    """
    found = finite_numbers(_descriptor_values(item, keyword))
    if len(found) != 3 or not all(value.is_integer() for value in found):
        return None
    count, first, bits = (int(value) & 0xFFFF for value in found)
    if signed and first >= 1 << 15:
        first -= 1 << 16
    return count or 1 << 16, first, bits


def _descriptor_values(item: Dataset, keyword: str) -> tuple[Any, ...]:
    raw = raw_value(item, keyword)
    if isinstance(raw, bytes):  # of an unknown VR, in the byte order of nearly all files
        return struct.unpack("<3H", raw) if len(raw) == 6 else ()
    return values(item, keyword)


def table_entries(data: Any, count: int, bits: int, *, big_endian: bool) -> Entries | None:
    """Give ``count`` entries, None where there are fewer.

    Entries are one byte or one word each; in a table of up to 8 bits, and in
    one with just as many bytes as entries, they are bytes.
    """
    if data is None:
        return None
    if isinstance(data, bytes):
        by_bytes = bits <= 8 and len(data) < 2 * count  # older files have a word for each
        if by_bytes or count <= len(data) <= count + 1 < 2 * count:
            bits = 8
        else:
            bits = 16
    entries = all_words(data, bits, big_endian=big_endian)
    if entries is None:
        return None
    if len(entries) < count and bits <= 8 and len(entries) * 2 >= count:
        entries = entries.astype("<u2").view(np.uint8)  # two entries a word, in a list of words
    return entries[:count].copy() if len(entries) >= count else None


def all_words(data: Any, bits: int, *, big_endian: bool) -> Entries | None:
    """Give the bytes (``bits`` up to 8) or 16-bit words of LUT data, whatever its VR made it."""
    if isinstance(data, bytes):
        if bits <= 8:
            octets = np.frombuffer(data, np.uint8)
            # two entries a word of OW, the first in its lower byte
            pairs = octets[: len(octets) // 2 * 2].view(np.uint16)
            return pairs.byteswap().view(np.uint8) if big_endian else octets
        order = ">" if big_endian else "<"
        return np.frombuffer(data[: len(data) // 2 * 2], f"{order}u2").astype(np.uint16)
    try:
        return np.array(data, np.int64).ravel().astype(np.uint16)
    except (TypeError, ValueError, OverflowError):
        return None
