"""What stands around a data set that should not: a program before it, bytes behind its pixels.

Says what is there in one sentence each. A picture is shown all the same, and what to do about it
is left to the reader of the sentence. PS3.10 7.1, PS3.15 7.
"""

from __future__ import annotations

from collections.abc import Callable

from viewer.dicom.elements import (
    EXPLICIT_BIG,
    IMPLICIT_LITTLE,
    UNDEFINED_LENGTH,
    EncodingError,
    element_at,
)

START_BYTES = 132
_PREFIX = b"DICM"
# first bytes of what an operating system would run
_PROGRAMS = {
    b"MZ": "a Windows program",
    b"\x7fELF": "a Linux program",
    b"\xcf\xfa\xed\xfe": "a macOS program",
    b"\xce\xfa\xed\xfe": "a macOS program",
    b"\xca\xfe\xba\xbe": "a program",
    b"#!": "a script",
}
_STARTS = tuple(_PROGRAMS)
_PIXEL_DATA = 0x7FE00010
_MOST_ELEMENTS = 1000  # behind the pixels; in true files there are one or two
_LONGEST_HEAD = 12

ReadAt = Callable[[int, int], bytes]  # offset and number of bytes, fewer at the end of the file


def start_note(first: bytes) -> str:
    """Say what is odd about the first bytes of a file; "" where nothing is."""
    if first[128:START_BYTES] != _PREFIX:
        return "The file begins without the preamble and prefix of DICOM; it was read as it is."
    if not first.startswith(_STARTS):
        return ""
    what = next(name for start, name in _PROGRAMS.items() if first.startswith(start))
    return (
        f"The preamble of the file begins like {what}, which could be run under another file name; "
        "do not pass the file on, and ask its source about it."
    )


def tail_note(read_at: ReadAt, end: int, size: int, transfer_syntax: str) -> str:
    """Say what is odd about the bytes behind the pixel data; "" for data elements, and for none.

    Parameters
    ----------
    end : int
        Where the pixel data ends.
    size : int
        Of the file.
    """
    position, last = end, _PIXEL_DATA
    order = ">" if transfer_syntax == EXPLICIT_BIG else "<"
    for _ in range(_MOST_ELEMENTS):
        if position == size:
            return ""
        head = read_at(position, _LONGEST_HEAD)
        try:
            tag, _, length, value = element_at(head, 0, transfer_syntax != IMPLICIT_LITTLE, order)
        except EncodingError:
            break
        if tag <= last or position + value + length > size:
            if tag > last and length == UNDEFINED_LENGTH:
                return ""  # a sequence: where it ends is of no use here
            break
        position, last = position + value + length, tag
    more = "1 byte" if size - end == 1 else f"{size - end:,} bytes"
    return f"The file goes on for {more} behind its pixel data, without a meaning; ignored."
