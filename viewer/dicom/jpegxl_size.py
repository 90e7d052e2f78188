"""The size that a JPEG XL stream says it has, read before the codec makes room for it.

ISO/IEC 18181-1 annex D.2, and 18181-2 for the boxes around. All else of the stream is the
codec's matter: unlike others, it tells of streams that are cut.
"""

from __future__ import annotations

from viewer.dicom.codestreams import boxes

_SIGNATURE = b"\xff\x0a"
_NUMBER_BYTES = {b"jxlc": 0, b"jxlp": 4}  # boxes of the whole stream, or of a numbered part
_LONGEST = 16  # bytes that a size can take, and some
_BITS = (9, 13, 18, 30)  # of a side, by its selector
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # columns to rows


def jpegxl_size(data: bytes) -> tuple[int, int] | None:
    """Give rows and columns before any turn that the stream asks for; None where it says none."""
    stream = _codestream(data)
    if stream[:2] != _SIGNATURE or len(stream) < _LONGEST:
        return None
    bits = _Bits(stream[2:])
    in_eighths = bits.take(1) == 1
    rows = bits.side(in_eighths=in_eighths)
    ratio = bits.take(3)
    if not ratio:
        return rows, bits.side(in_eighths=in_eighths)
    wide, high = _RATIOS[ratio - 1]
    return rows, rows * wide // high


def _codestream(data: bytes) -> bytes:
    """Give the first bytes of the codestream, out of the boxes where it is in such."""
    if data[:2] == _SIGNATURE:
        return data[:_LONGEST]
    for kind, start, _ in boxes(data):
        if kind in _NUMBER_BYTES:
            first = start + _NUMBER_BYTES[kind]
            return data[first : first + _LONGEST]
    return b""


class _Bits:
    """The bits of some bytes, the lowest of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._left = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        """Take a number of so many bits."""
        value = self._left & ((1 << count) - 1)
        self._left >>= count
        return value

    def side(self, *, in_eighths: bool) -> int:
        """Take the length of a side."""
        if in_eighths:
            return 8 * (self.take(5) + 1)
        return self.take(_BITS[self.take(2)]) + 1
