"""What the headers of a series have in common, so that only the rest is read anew.

The files of a series differ in a handful of elements (instance UID, position,
times); all between them is the same, byte for byte. A `SeriesTemplate` keeps
those runs of bytes and what was read of them; a file that has exactly the
same runs is told by as many comparisons of memory, and gives the same header
as if every element had been walked. Little endian alone; any other file, and
any that differs elsewhere, is left to `quickread`'s walk.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from viewer.dicom import elements
from viewer.dicom.elements import LONG_VRS, SHORT_VRS, UNDEFINED_LENGTH

_PREFIX = 128  # "DICM", after the preamble
_START = 132  # from here on, elements
_HEAD = struct.Struct("<HH2sH").unpack_from
_SHORT_LENGTH = struct.Struct("<H").unpack_from
_LONG_LENGTH = struct.Struct("<L").unpack_from
_MOST_VARYING = 64  # beyond, files have little in common
_META_GROUP = 0x0002  # always explicit


@dataclass(frozen=True, slots=True)
class Element:
    """Where one element of the top level is in a window: head, value, end."""

    tag: int
    vr: bytes | None  # None: implicit
    start: int
    value: int
    end: int
    open_ended: bool = False  # a sequence of undefined length


@dataclass(frozen=True, slots=True)
class Gap:
    """An element that differs between files; the run before it ends with its tag and VR."""

    tag: int
    vr: bytes | None
    short: bool
    open_ended: bool


@dataclass(frozen=True, slots=True)
class SeriesTemplate:
    """``runs[i]`` stands before ``gaps[i]``; the last run ends where the pixels' value starts."""

    runs: tuple[bytes, ...]
    gaps: tuple[Gap, ...]
    depth: int = 64  # how many levels of sequences may open in one another

    def match(self, window: bytes) -> tuple[list[tuple[int, int]], int] | None:
        """Find the values of the gaps in a file's first bytes.

        Returns
        -------
        gaps, end
            (start, end) of the value in each gap, and where the last run
            ends; None where the file is another.
        """
        position, found, size = _PREFIX, [], len(window)
        for run, gap in zip(self.runs, self.gaps, strict=False):
            if not window.startswith(run, position):
                return None
            position += len(run)
            if gap.open_ended:
                start = position
                try:
                    position = _after_sequence(window, start, gap.vr, self.depth)
                except elements.EncodingError:
                    return None
            else:
                width, length_at = (2, _SHORT_LENGTH) if gap.short else (4, _LONG_LENGTH)
                if position + width > size:
                    return None
                start = position + width
                position = start + length_at(window, position)[0]
                if position - start > elements.LEAST_LEVEL * self.depth and elements.holds_items(
                    window, start, gap.vr
                ):
                    return None  # it may nest too deep: the walk looks
            if position > size:
                return None
            found.append((start, position))
        last = self.runs[-1]
        return (found, position + len(last)) if window.startswith(last, position) else None


def elements_of(
    window: bytes, stop: int, *, implicit: bool, depth: int = 64
) -> list[Element] | None:
    """List the elements before ``stop``, where the pixels' value starts; None for anything odd."""
    position, found = _START, []
    while position < stop:
        if position + 12 > len(window):
            return None
        group, element, written_vr, length = _HEAD(window, position)
        vr: bytes | None = written_vr
        value = position + 8
        if implicit and group > _META_GROUP:
            vr = None
            (length,) = _LONG_LENGTH(window, position + 4)
        elif vr in LONG_VRS:
            (length,) = _LONG_LENGTH(window, position + 8)
            value = position + 12
        elif vr not in SHORT_VRS:
            return None
        open_ended = length == UNDEFINED_LENGTH and value < stop
        if open_ended:
            try:
                end = _after_sequence(window, value, vr, depth)
            except elements.EncodingError:
                return None
        else:
            end = min(value + length, stop) if value == stop else value + length
        found.append(Element(group << 16 | element, vr, position, value, end, open_ended))
        position = end
    return found if position == stop else None


def _after_sequence(window: bytes, start: int, vr: bytes | None, depth: int) -> int:
    return elements.skip_sequence(window, start, vr is not None, depth=depth)


def template_of(
    window: bytes, listed: list[Element], differing: frozenset[int], depth: int = 64
) -> SeriesTemplate | None:
    """Make a template of a file, whose elements at the places ``differing`` are its gaps."""
    if len(differing) > _MOST_VARYING or len(listed) - 1 in differing:
        return None
    runs, gaps, cursor = [], [], _PREFIX
    for place in sorted(differing):
        element = listed[place]
        short = element.vr in SHORT_VRS
        head = element.value if element.open_ended else element.value - (2 if short else 4)
        runs.append(window[cursor:head])
        gaps.append(Gap(element.tag, element.vr, short, element.open_ended))
        cursor = element.end
    return SeriesTemplate((*runs, window[cursor : listed[-1].end]), tuple(gaps), depth)


def differences(
    window: bytes, listed: list[Element], other: bytes, others: list[Element]
) -> frozenset[int] | None:
    """Give the places of the elements that two files do not share; None for other elements."""
    if len(listed) != len(others):
        return None
    found = []
    for place, (a, b) in enumerate(zip(listed, others, strict=True)):
        if (a.tag, a.vr, a.open_ended) != (b.tag, b.vr, b.open_ended):
            return None
        if window[a.start : a.end] != other[b.start : b.end]:
            found.append(place)
    return frozenset(found)
