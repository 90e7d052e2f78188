"""JPEG 2000 codestreams of smaller pictures, out of those of large ones and without decoding.

A codestream holds a picture as its halving, halved again and again, and what
each step leaves out. Where the packets of the smallest come first, a main
header that tells of a smaller picture is all it takes: decoders leave packets
alone that come after the last one they need. ITU-T T.800 Annex A, B.12.
"""

from __future__ import annotations

import struct

_SIZ, _COD, _QCD, _SOT, _SOD = 0xFF51, 0xFF52, 0xFF5C, 0xFF90, 0xFF93
_COM, _TLM, _PLT, _CRG, _CAP = 0xFF64, 0xFF55, 0xFF58, 0xFF63, 0xFF50
_IN_MAIN_HEADER = frozenset((_SIZ, _COD, _QCD, _COM, _TLM, _CRG, _CAP))
_IN_TILE_PART = frozenset((_PLT, _COM))
_LRCP, _RLCP, _RPCL = range(3)  # orders of packets
_BEFORE_LEVELS, _BEFORE_PRECINCTS = 5, 10  # bytes in a COD segment


def halved(codestream: bytes, times: int) -> tuple[bytes, int] | None:
    """Give the codestream of a picture halved ``times``, or as often as it can be.

    Parameters
    ----------
    codestream : bytes
        Whole and without JP2 boxes.

    Returns
    -------
    (bytes, int) or None
        With how often. None where the stream has no smaller picture in it, or
        keeps it in a way that is not read here. Pixel k of the smaller picture
        has the place of pixel ``k * 2**n``; its size is rounded up.
    """
    segments, tiles = _segments(codestream, 2, _SOT)
    by_marker = dict(segments)
    repeated = len(segments) - len(by_marker) - max(0, _count(segments, _COM) - 1)
    if repeated or not {_SIZ, _COD, _QCD} <= by_marker.keys() <= _IN_MAIN_HEADER:
        return None
    style, quantization = by_marker[_COD], by_marker[_QCD]
    if len(style) < _BEFORE_PRECINCTS or not quantization or not _smallest_come_first(style):
        return None
    levels = style[_BEFORE_LEVELS]
    times = min(times, levels)
    smaller_size = _smaller_size(by_marker[_SIZ], times)
    if times < 1 or smaller_size is None or not _tile_parts_are_plain(codestream, tiles):
        return None
    changed = {
        _SIZ: smaller_size,
        _COD: _smaller_style(style, levels - times),
        _QCD: _smaller_quantization(quantization, levels - times),
    }
    header = [codestream[:2]]
    for marker, found in segments:
        body = changed.get(marker, found)
        header.append(struct.pack(">HH", marker, len(body) + 2) + body)
    return b"".join((*header, codestream[tiles:])), times


def _segments(data: bytes, position: int, end_marker: int) -> tuple[list[tuple[int, bytes]], int]:
    """List (marker, body) from ``position`` to the end marker, and where that is."""
    segments = []
    while position + 4 <= len(data):
        marker, length = struct.unpack_from(">HH", data, position)
        if marker == end_marker:
            break
        segments.append((marker, data[position + 4 : position + 2 + length]))
        position += 2 + max(length, 2)
    return segments, position


def _count(segments: list[tuple[int, bytes]], marker: int) -> int:
    return sum(found == marker for found, _ in segments)


def _smallest_come_first(style: bytes) -> bool:
    """Tell whether all packets of one resolution stand before those of the next."""
    order, layers = style[1], int.from_bytes(style[2:4])
    return order in (_RLCP, _RPCL) or (order == _LRCP and layers == 1)


def _smaller_size(size: bytes, times: int) -> bytes | None:
    """Halve the grid; None where tiles, or the picture itself, would not stay where they are."""
    if len(size) < 36:
        return None
    grid = struct.unpack_from(">8L", size, 2)
    right, bottom, left, top, tile_width, tile_height, tile_left, tile_top = grid
    whole = (1 << times) - 1
    several = tile_left + tile_width < right or tile_top + tile_height < bottom
    if (left | top | tile_left | tile_top) & whole:
        return None
    if several and (tile_width | tile_height) & whole:
        return None
    halved_grid = [(value + whole) >> times for value in grid]
    return size[:2] + struct.pack(">8L", *halved_grid) + size[34:]


def _smaller_style(style: bytes, levels: int) -> bytes:
    precincts = style[_BEFORE_PRECINCTS : _BEFORE_PRECINCTS + levels + 1]  # none: the largest
    before = style[:_BEFORE_LEVELS] + bytes((levels,))
    return before + style[_BEFORE_LEVELS + 1 : _BEFORE_PRECINCTS] + precincts


def _smaller_quantization(quantization: bytes, levels: int) -> bytes:
    """Leave out the steps of bands that are left out; a derived step is that of the smallest."""
    style, bands = quantization[0] & 0x1F, 3 * levels + 1
    return quantization[: 1 + {0: bands, 1: 2}.get(style, 2 * bands)]


def _tile_parts_are_plain(data: bytes, position: int) -> bool:
    """Tell whether no tile-part has rules of its own."""
    while data[position : position + 2] == b"\xff\x90" and position + 12 <= len(data):
        segments, _ = _segments(data, position + 12, _SOD)
        if not {marker for marker, _ in segments} <= _IN_TILE_PART:
            return False
        length = struct.unpack_from(">L", data, position + 6)[0]
        if not length:  # up to the end
            break
        position += max(length, 14)
    return True
