"""Palettes out of data sets: plain, segmented, and supplemental to a grey image.

PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.6.19, C.7.9. Looking colours up is left to
`viewer.imaging.colour`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import items, raw_value, text, values
from viewer.dicom.errors import PixelError
from viewer.dicom.lookup_tables import Entries, all_words, descriptor, table_entries
from viewer.imaging.modality import LookupTable

_COLOURS = ("Red", "Green", "Blue")
_MOST_ENTRIES = 1 << 16
# functional groups that say PixelPresentation of a frame where the object says MIXED
_FRAME_TYPES = ("CTImageFrameTypeSequence", "MRImageFrameTypeSequence", "PETFrameTypeSequence")


def palette(
    dataset: Dataset, *, signed: bool, big_endian: bool, notes: list[str]
) -> tuple[Entries, int]:
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
        There is no palette, or nothing usable in it.
    """
    channels = [
        _channel(dataset, colour, signed=signed, big_endian=big_endian, notes=notes)
        for colour in _COLOURS
    ]
    firsts = [channel.first_mapped for channel in channels]
    ends = [channel.first_mapped + len(channel.entries) for channel in channels]
    if len(set(firsts)) > 1 or len(set(ends)) > 1:
        notes.append(
            "The red, green and blue PaletteColorLookupTableDescriptor differ; "
            "each part of the palette is used as it says."
        )
    # C.7.6.3.1.6: entries span all 16 bits; some files have 8-bit values in words all the same
    shift = 8 if any(int(channel.entries.max()) > 255 for channel in channels) else 0
    stored = np.arange(min(firsts), max(ends))
    rgb = [channel.look_up(stored, channel.entries.dtype) >> shift for channel in channels]
    return np.stack(rgb, axis=1).astype(np.uint8), min(firsts)


def supplemental_palette(
    dataset: Dataset, groups: Sequence[Dataset], *, signed: bool, big_endian: bool, notes: list[str]
) -> tuple[Entries | None, int]:
    """Read the palette that a grey image has for its stored values from ``first`` on.

    Used where PixelPresentation, of the frame or of the image, is COLOR:
    PS3.3 C.8.16.2.1.1.1. (None, 0) where there is none.
    """
    of_frame = [
        text(item, "PixelPresentation")
        for group in groups
        for keyword in _FRAME_TYPES
        for item in items(group, keyword)[:1]
    ]
    presentation = next(filter(None, of_frame), text(dataset, "PixelPresentation"))
    if presentation != "COLOR" or not values(dataset, "RedPaletteColorLookupTableDescriptor"):
        return None, 0
    try:
        return palette(dataset, signed=signed, big_endian=big_endian, notes=notes)
    except PixelError as error:
        notes.append(f"{error.message} The picture is in grey alone.")
        return None, 0


def _channel(
    dataset: Dataset, colour: str, *, signed: bool, big_endian: bool, notes: list[str]
) -> LookupTable:
    name = f"{colour}PaletteColorLookupTable"
    found = descriptor(dataset, f"{name}Descriptor", signed=signed)
    if found is None:
        raise PixelError(
            f"The image is in palette colours, but {name}Descriptor is missing or damaged."
        )
    count, first, bits = found
    data = raw_value(dataset, f"{name}Data")
    if data is not None:
        entries = table_entries(data, count, bits, big_endian=big_endian)
        if entries is None:
            entries = all_words(data, bits, big_endian=big_endian)
    else:
        segments = raw_value(dataset, f"Segmented{name}Data")
        words = None if segments is None else all_words(segments, bits, big_endian=big_endian)
        entries = None if words is None else expand_segments(words, count)
    if entries is None or not len(entries):
        raise PixelError(f"The {colour.lower()} part of the palette is missing or damaged.")
    if len(entries) < count:
        notes.append(
            f"{name}Data has {len(entries)} of {count} entries; the others are taken as 0."
        )
        entries = np.concatenate([entries, np.zeros(count - len(entries), entries.dtype)])
    return LookupTable(first, entries, bits)


def expand_segments(words: Entries, count: int) -> Entries | None:
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
    position = copied = 0
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
                    copied += 1  # an empty segment could be copied without end
                    if max(copied, len(result)) > _MOST_ENTRIES:
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
