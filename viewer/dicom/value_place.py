"""Where the bytes of a value are, and how they look to people: plain values, no pydicom.

What a child process tells of a value; finding it there is `tag_bytes`'s matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer.dicom.text_column import IntArray

HEX_BYTES = 64 << 10  # of a value that are shown as bytes

_BYTES_A_LINE = 16


@dataclass(frozen=True, slots=True, eq=False)
class ValuePlace:
    """Where the bytes of a value are.

    Attributes
    ----------
    vr : str
        To read it by.
    extents : ndarray of int64, shape (pieces, 2)
        Offset and length of each piece.
    inflated_from : int
        Where the deflated data set begins in which the offsets count; -1: they count in the file.
    fragments : int
        Of encapsulated data; else 0.
    """

    vr: str
    extents: IntArray
    inflated_from: int = -1
    fragments: int = 0

    @property
    def size(self) -> int:
        """How many bytes it has in all."""
        return int(self.extents[:, 1].sum())


@dataclass(frozen=True, slots=True)
class ValueBegin:
    """The first bytes of a value, and how many it has; ``fragments`` is 0 but of encapsulated."""

    data: bytes
    size: int
    fragments: int = 0


def part_of(place: ValuePlace, begin: int, count: int) -> IntArray:
    """Give the extents of ``count`` bytes of a value from byte ``begin`` on, fewer at its end."""
    ends = np.cumsum(place.extents[:, 1])
    first = int(np.searchsorted(ends, begin, side="right"))
    last = int(np.searchsorted(ends, begin + count, side="left"))
    part = place.extents[first : last + 1].copy()
    if not len(part):
        return part
    into = begin - int(ends[first] - place.extents[first, 1])
    part[0] += (into, -into)
    beyond = int(part[:, 1].sum()) - count
    part[-1, 1] -= max(beyond, 0)
    return part


def hex_lines(data: bytes, size: int) -> str:
    """Give the beginning of a value of ``size`` bytes: offset, bytes, and what is ASCII of them."""
    lines = []
    for at in range(0, len(data), _BYTES_A_LINE):
        piece = data[at : at + _BYTES_A_LINE]
        first, second = piece[:8].hex(" "), piece[8:].hex(" ")
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in piece)
        lines.append(f"{at:08x}  {first:23}  {second:23}  {text}")
    if len(data) < size:
        lines.append(f"… {size - len(data):,} bytes more")
    return "\n".join(lines) + "\n"
