"""Whether a lossless JPEG stream holds the flat end that its picture has.

Most slices end in padding or air without noise, pixel after pixel the same. A
whole stream has a code for each of them, that of difference 0, one after the
other up to its end; one that is cut short has none for those that the decoder
made up. Telling so takes a look at the end of the stream, and not a second
decode. Streams of other forms than most are left to `jpeg_completeness`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from viewer.dicom.codestreams import jpeg_segments

_Array = np.ndarray[Any, np.dtype[Any]]
_SOF3, _DHT, _SOS, _DRI = 0xC3, 0xC4, 0xDA, 0xDD
_LEFT = b"\x01"  # predictor 1, ITU-T T.81 Table H.1
_ROWS = 16  # looked at in one go
_DIFFERENT = 6  # pixels before the flat end: enough that no other end has their codes
_NO_FURTHER_BITS = 16  # category of the difference 32768: H.1.2.2
_PADDING_BITS = 7  # most, all 1, that fill the last byte: F.1.2.3


def holds_flat_end(data: bytes, end: int, samples: _Array) -> bool:
    """Tell whether the codes before ``end`` are those of the equal pixels that ``samples`` ends in.

    And, before them, of the last few pixels that differ: the decoder may have
    made up a flat end that begins elsewhere than that of the stream.

    Parameters
    ----------
    end : int
        Where the entropy-coded bytes of ``data`` end.
    samples : ndarray, (rows, columns)
        What the stream was decoded to.

    Returns
    -------
    bool
        False also where it cannot be told in this way.
    """
    found = _table_and_scan(data) if samples.ndim == 2 else None
    if found is None:
        return False
    table, scan = found
    expected = _last_codes(samples, table)
    if expected is None:
        return False
    needed = len(expected)
    start = max(end - 2 * (needed // 8 + 2), scan)  # each byte may be followed by a stuffed zero
    if start > scan and data[start - 1] == 0xFF:
        start += 1
    tail = np.frombuffer(data[start:end].replace(b"\xff\x00", b"\xff"), np.uint8)
    bits = np.unpackbits(tail)
    for padding in range(_PADDING_BITS + 1):
        stop = len(bits) - padding
        if stop < needed or not bits[stop:].all():
            return False
        if np.array_equal(bits[stop - needed : stop], expected):
            return True
    return False


def _last_codes(samples: _Array, table: bytes) -> _Array | None:
    """Give the bits of the flat end and of a few pixels before it; None where there are none."""
    flat = _unchanged_at_the_end(samples)
    first = samples.size - flat - _DIFFERENT
    if first < samples.shape[1]:  # in the first row others are predicted otherwise
        return None
    before = [
        _bits(_difference(samples, place), table) for place in range(first, first + _DIFFERENT)
    ]
    none = _bits(0, table)
    if none is None or any(bits is None for bits in before):
        return None
    return np.array([bit for bits in before for bit in bits or ()] + none * flat, np.uint8)


def _difference(samples: _Array, place: int) -> int:
    """Give a pixel's difference from the one to the left, or above at the left. T.81 H.1.2."""
    row, column = divmod(place, samples.shape[1])
    predicted = samples[row, column - 1] if column else samples[row - 1, 0]
    return (int(samples[row, column]) - int(predicted) + 0x8000) % 0x10000 - 0x8000


def _bits(difference: int, table: bytes) -> list[int] | None:
    """Give the code of a difference and its further bits; None if the table has no such code."""
    category = abs(difference).bit_length()
    code = _code_of(category, table)
    if code is None or category == _NO_FURTHER_BITS:
        return code
    further = difference if difference > 0 else difference + (1 << category) - 1
    return code + [further >> shift & 1 for shift in reversed(range(category))]


def _table_and_scan(data: bytes) -> tuple[bytes, int] | None:
    """Give the table that the scan uses, and where its codes begin.

    None for streams with restarts, several components, or another predictor.
    """
    tables: dict[int, bytes] = {}
    frame = 0
    for marker, start, stop in jpeg_segments(data):
        segment = data[start:stop]
        if marker == _DRI:
            return None
        if marker == _DHT:
            tables |= _tables(segment)
        elif 0xC0 <= marker <= 0xCF:
            frame = marker
        elif marker == _SOS:
            if frame != _SOF3 or len(segment) < 6 or segment[0] != 1 or segment[3:4] != _LEFT:
                return None
            table = tables.get(segment[2] >> 4)
            return None if table is None else (table, stop)
    return None


def _tables(segment: bytes) -> dict[int, bytes]:
    """Give the tables of differences by number: 16 counts, then the symbols. T.81 B.2.4.2."""
    tables = {}
    at = 0
    while at + 17 <= len(segment):
        size = 16 + sum(segment[at + 1 : at + 17])
        if segment[at] < 16:  # of class 0
            tables[segment[at]] = segment[at + 1 : at + 1 + size]
        at += 1 + size
    return tables


def _code_of(symbol: int, table: bytes) -> list[int] | None:
    """Give the bits of a symbol's code, as T.81 Annex C makes it; None if it has none."""
    code, at = 0, 16
    for length, count in enumerate(table[:16], 1):
        place = table[at : at + count].find(symbol)
        if place >= 0:
            return [code + place >> shift & 1 for shift in reversed(range(length))]
        code, at = code + count << 1, at + count
    return None


def _unchanged_at_the_end(samples: _Array) -> int:
    """Count the last pixels that are as predicted: as the one to the left, or above at the left."""
    count = 0
    for bottom in range(len(samples), 0, -_ROWS):
        top = max(bottom - _ROWS, 0)
        block = samples[top:bottom]
        same = np.empty(block.shape, np.bool_)
        np.equal(block[:, 1:], block[:, :-1], out=same[:, 1:])
        np.equal(block[1:, 0], block[:-1, 0], out=same[1:, 0])
        same[0, 0] = top > 0 and block[0, 0] == samples[top - 1, 0]
        if not same.all():
            return count + int(np.argmin(same.reshape(-1)[::-1]))
        count += same.size
    return count
