"""Where the frames of encapsulated pixel data lie in the file. PS3.5 A.4.

Walks the items, trusts offset tables only where they agree with the walk, and
groups fragments into frames. Decoding is left to `codecs`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from viewer.dicom.errors import LimitError
from viewer.dicom.limits import DEFAULT_LIMITS, Limits

_ITEM, _DELIMITER = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)
_STARTS = (
    b"\xff\xd8\xff",  # JPEG, JPEG-LS: SOI
    b"\xff\x4f\xff\x51",  # JPEG 2000: SOC, SIZ
    b"\x00\x00\x00\x0cjP  ",  # JP2
    b"\xff\x0a",  # JPEG XL codestream
    b"\x00\x00\x00\x0cJXL ",  # JPEG XL container
)


@dataclass(frozen=True, slots=True)
class Fragment:
    """One item: offset of its value in the file, its length, its first bytes."""

    offset: int
    length: int
    head: bytes = b""


@dataclass(frozen=True, slots=True)
class Encapsulated:
    """The items of one pixel data element."""

    fragments: tuple[Fragment, ...]
    basic_offsets: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


def walk(file: BinaryIO, offset: int, size: int, limits: Limits = DEFAULT_LIMITS) -> Encapsulated:
    """Walk the items from ``offset`` (first byte of the value) of a file of ``size`` bytes.

    An item that runs past the end of the file keeps what is there; a missing
    sequence delimiter is noted.

    Raises
    ------
    LimitError
        There are more items than ``limits.fragments_per_file``.
    """
    fragments: list[Fragment] = []
    notes: list[str] = []
    table: tuple[int, ...] | None = None
    position = offset
    while True:
        file.seek(position)
        head = file.read(24)
        if len(head) < 8:
            notes.append("The pixel data has no end marker; the file may be cut short.")
            break
        group, element, length = struct.unpack_from("<HHL", head)
        if (group, element) != _ITEM:
            if (group, element) != _DELIMITER:
                notes.append("The items of the pixel data end without their end marker.")
            break
        start = position + 8
        if length > size - start:
            notes.append("The last item of the pixel data is cut short by the end of the file.")
            length = size - start
        if table is None and not _is_frame(head[8:24]):
            if length // 4 <= limits.fragments_per_file:
                table = _offsets(file, start, length)
            else:  # of more frames than there may be fragments
                notes.append("The offset table is too long to be one; the items were followed.")
                table = ()
        else:
            if table is None:
                notes.append("The pixel data begins without its offset table.")
                table = ()
            if len(fragments) == limits.fragments_per_file:
                found = f"Its pixel data has {len(fragments) + 1:,} fragments or more"
                raise LimitError(limits.refusal("fragments_per_file", found))
            fragments.append(Fragment(start, length, head[8 : 8 + min(16, length)]))
        position = start + length
    return Encapsulated(tuple(fragments), table or (), tuple(notes))


def _is_frame(head: bytes) -> bool:
    """Tell a first frame from the offset table that should stand there; that begins with 0."""
    if head.startswith(_STARTS):
        return True
    # the table of an RLE frame: 1 to 15 segments, the first after these 64 bytes
    return len(head) >= 8 and head[0] in range(1, 16) and head[1:8] == b"\0\0\0\x40\0\0\0"


def _offsets(file: BinaryIO, start: int, length: int) -> tuple[int, ...]:
    file.seek(start)
    return struct.unpack(f"<{length // 4}L", file.read(length // 4 * 4))


def group_frames(
    encapsulated: Encapsulated, frames: int, extended_offsets: Sequence[int] = ()
) -> tuple[tuple[tuple[Fragment, ...], ...], tuple[str, ...]]:
    """Group fragments into frames.

    Parameters
    ----------
    encapsulated : Encapsulated
        The walked items.
    frames : int
        NumberOfFrames.
    extended_offsets : sequence of int
        Extended Offset Table (7FE0,0001), empty where absent.

    Returns
    -------
    tuple
        The fragments of each frame found (fewer than ``frames`` where data is
        missing, none where they cannot be told apart), and warnings.
    """
    found = encapsulated.fragments
    notes: list[str] = []
    for table in (tuple(extended_offsets), encapsulated.basic_offsets):
        if not table:
            continue
        grouped = _by_table(found, table, frames)
        if grouped is not None:
            return grouped, ()
        notes.append("The offset table disagrees with the items; the items were followed.")
    if frames == 1:
        streams = sum(starts_stream(fragment) for fragment in found)
        if streams > 1:
            notes.append(f"The pixel data holds {streams} streams for 1 frame; the first is used.")
        return ((found,) if found else ()), tuple(notes)
    if len(found) == frames:
        return tuple((fragment,) for fragment in found), tuple(notes)
    # frames without a start of their own (RLE, deflated) take one item each, PS3.5 A.4.2
    grouped = _by_stream(found) or tuple((fragment,) for fragment in found)
    if len(grouped) > frames:
        notes.append(f"The header says {frames} frames, the pixel data holds {len(grouped)}.")
    elif len(grouped) < frames:
        notes.append(f"The header says {frames} frames, the pixel data only {len(grouped)}.")
    return grouped, tuple(notes)


def _by_table(
    found: tuple[Fragment, ...], table: tuple[int, ...], frames: int
) -> tuple[tuple[Fragment, ...], ...] | None:
    if len(table) != frames or not found or table[0] != 0:
        return None
    first = found[0].offset - 8
    index = {fragment.offset - 8 - first: at for at, fragment in enumerate(found)}
    starts = [index.get(offset, -1) for offset in table]
    if any(later <= earlier for earlier, later in zip([-1, *starts], starts, strict=False)):
        return None
    ends = [*starts[1:], len(found)]
    return tuple(found[start:end] for start, end in zip(starts, ends, strict=True))


def _by_stream(found: tuple[Fragment, ...]) -> tuple[tuple[Fragment, ...], ...]:
    groups: list[list[Fragment]] = []
    for fragment in found:
        if starts_stream(fragment):
            groups.append([fragment])
        elif groups:
            groups[-1].append(fragment)
    return tuple(tuple(group) for group in groups)


def starts_stream(fragment: Fragment) -> bool:
    """Tell whether a fragment begins like a compressed stream of a known kind."""
    return fragment.head.startswith(_STARTS)
