"""What ICC profile an image brings along, in words. It is noted, not applied.

PS3.3 C.11.15; the profile's layout is ISO 15076-1, 7.2 and 7.3.
"""

from __future__ import annotations

from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import items, raw_value
from viewer.plain_text import plain_line

_HEADER = 128  # bytes before the tag table
_MOST_TAGS = 100
_LONGEST = 80  # characters of a description


def icc_profile_words(dataset: Dataset) -> str:
    """Say which ICC profile the image has, "" where it has none.

    Found at the top of the data set, or in the first optical path of a
    microscope's image.
    """
    for place in (dataset, *items(dataset, "OpticalPathSequence")[:1]):
        data = raw_value(place, "ICCProfile")
        if isinstance(data, bytes) and data:
            name = profile_description(data)
            return f"ICC profile{f' {name}' if name else ''}, {len(data)} bytes, not applied"
    return ""


def profile_description(data: bytes) -> str:
    """Give the description of a profile as one plain line, "" where it cannot be read."""
    if data[36:40] != b"acsp":
        return ""
    count = int.from_bytes(data[_HEADER : _HEADER + 4], "big")
    for at in range(min(count, _MOST_TAGS)):
        entry = data[_HEADER + 4 + 12 * at : _HEADER + 16 + 12 * at]
        if entry[:4] == b"desc":
            start, size = (int.from_bytes(entry[i : i + 4], "big") for i in (4, 8))
            return plain_line(_text(data[start : start + size]).strip(" \0"), _LONGEST)
    return ""


def _text(tag: bytes) -> str:
    """Read textDescriptionType of version 2, or multiLocalizedUnicodeType of version 4."""
    if tag[:4] == b"desc":
        length = int.from_bytes(tag[8:12], "big")
        return tag[12 : 12 + min(length, 4 * _LONGEST)].decode("ascii", "replace")
    if tag[:4] == b"mluc":
        length, offset = (int.from_bytes(tag[i : i + 4], "big") for i in (20, 24))
        raw = tag[offset : offset + min(length, 8 * _LONGEST)]
        return raw.decode("utf-16-be", "replace")
    return ""
