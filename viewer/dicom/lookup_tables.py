"""Lookup tables out of data sets: Modality LUT, VOI LUT, palettes.

PS3.3 C.11.1, C.11.2, C.7.6.3.1.5, C.7.9. Applying them is left to
`viewer.imaging`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import raw_value, text, values
from viewer.dicom.errors import PixelError
from viewer.imaging.modality import LookupTable

_Array = np.ndarray[Any, np.dtype[Any]]
_COLOURS = ("Red", "Green", "Blue")
_MOST_ENTRIES = 1 << 16


def lookup_table(item: Dataset, *, signed: bool, big_endian: bool) -> LookupTable | None:
    """Read a LUT item (LUTDescriptor, LUTData), or None where it does not hold together.

    Parameters
    ----------
    signed : bool
        Whether the values that the table maps are signed: then so is its first.
    """
    descriptor = _descriptor(item, "LUTDescriptor", signed=signed)
    if descriptor is None:
        return None
    count, first, bits = descriptor
    entries = _words(raw_value(item, "LUTData"), count, bits, big_endian=big_endian)
    if entries is None or not 1 <= bits <= 16:
        return None
    return LookupTable(first, entries, bits, text(item, "LUTExplanation"))


def palette(dataset: Dataset, *, signed: bool, big_endian: bool) -> tuple[_Array, int]:
    """Read the palette of a PALETTE COLOR image.

    Returns
    -------
    entries : ndarray
        (n, 3) uint8 RGB.
    first : int
        The stored value that takes the first entry.

    Raises
    ------
    PixelError
        There is no whole palette.
    """
    channels = []
    firsts = set()
    for colour in _COLOURS:
        name = f"{colour}PaletteColorLookupTable"
        descriptor = _descriptor(dataset, f"{name}Descriptor", signed=signed)
        if descriptor is None:
            raise PixelError("The image is in palette colours, but the palette is missing.")
        count, first, bits = descriptor
        data = raw_value(dataset, f"{name}Data")
        if data is not None:
            entries = _words(data, count, bits, big_endian=big_endian)
        else:
            segments = raw_value(dataset, f"Segmented{name}Data")
            words = None if segments is None else _all_words(segments, bits, big_endian=big_endian)
            entries = None if words is None else expand_segments(words, count)
        if entries is None:
            raise PixelError(f"The {colour.lower()} part of the palette is missing or too short.")
        channels.append(_to_8_bit(entries, bits))
        firsts.add(first)
    if len({len(channel) for channel in channels}) > 1 or len(firsts) > 1:
        raise PixelError("The red, green and blue parts of the palette differ in size.")
    return np.stack(channels, axis=1), firsts.pop()


def expand_segments(words: _Array, count: int) -> _Array | None:
    """Expand a segmented palette. PS3.3 C.7.9.2.

    Parameters
    ----------
    words : ndarray
        The segmented data, of the entries' width.
    count : int
        Entries that the table must have; None is given where it has fewer.
    """
    stream = words.tolist()
    result: list[int] = []
    starts = []
    position = 0
    try:
        while position + 1 < len(stream) and len(result) < count:
            starts.append(position)
            opcode, length = stream[position], stream[position + 1]
            if opcode in (0, 1):
                position = _segment(stream, position, result)
            elif opcode == 2:  # copy `length` segments from a byte offset, two words wide
                at = _indirect_position(stream, position, words.itemsize)
                position += 2 + 4 // words.itemsize
                for _ in range(length):
                    if at >= starts[-1] or stream[at] not in (0, 1):
                        return None
                    at = _segment(stream, at, result)
                    if len(result) > _MOST_ENTRIES:
                        return None
            else:
                return None
    except IndexError:
        return None
    return np.array(result[:count], words.dtype) if len(result) >= count else None


def _segment(stream: list[int], position: int, result: list[int]) -> int:
    """Append one discrete (0) or linear (1) segment and give the position after it."""
    opcode, length = stream[position], stream[position + 1]
    position += 2
    if opcode == 0:
        if position + length > len(stream):
            raise IndexError
        result.extend(stream[position : position + length])
        return position + length
    start, end = result[-1], stream[position]
    result.extend(round(start + (end - start) * step / length) for step in range(1, length + 1))
    return position + 1


def _indirect_position(stream: list[int], position: int, width: int) -> int:
    parts = stream[position + 2 : position + 2 + 4 // width]
    offset = sum(part << (8 * width * at) for at, part in enumerate(parts))
    return offset // width


def _descriptor(item: Dataset, keyword: str, *, signed: bool) -> tuple[int, int, int] | None:
    """Give (entries, first mapped value, bits). PS3.3 C.11.1.1.1: 0 entries mean 65,536."""
    found = values(item, keyword)
    if len(found) != 3 or not all(isinstance(value, int) for value in found):
        return None
    count, first, bits = found
    count &= 0xFFFF
    if signed and first >= 1 << 15:
        first -= 1 << 16
    elif not signed and first < 0:
        first += 1 << 16
    return count or 1 << 16, first, bits


def _all_words(data: Any, bits: int, *, big_endian: bool) -> _Array | None:
    if isinstance(data, bytes):
        if bits <= 8:
            return np.frombuffer(data, np.uint8)
        order = ">" if big_endian else "<"
        return np.frombuffer(data[: len(data) // 2 * 2], f"{order}u2").astype(np.uint16)
    try:
        return np.array(data, np.int64).ravel().astype(np.uint16)
    except (TypeError, ValueError, OverflowError):
        return None


def _words(data: Any, count: int, bits: int, *, big_endian: bool) -> _Array | None:
    """Give ``count`` entries; 8-bit ones may be one or two bytes wide in the file."""
    if data is None:
        return None
    if isinstance(data, bytes) and bits <= 8 and len(data) >= 2 * count:
        bits = 16  # one entry a word, as older files have it
    entries = _all_words(data, bits, big_endian=big_endian)
    if entries is None:
        return None
    if len(entries) < count and bits <= 8 and len(entries) * 2 >= count:
        entries = entries.astype("<u2").view(np.uint8)  # two entries a word
    return entries[:count].copy() if len(entries) >= count else None


def _to_8_bit(entries: _Array, bits: int) -> _Array:
    """Give the high byte of 16-bit entries; those in the low byte alone stay."""
    if bits > 8 and int(entries.max()) > 255:
        return (entries >> 8).astype(np.uint8)
    return entries.astype(np.uint8)
