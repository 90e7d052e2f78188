"""A minimal PNG writer: 8-bit grey or RGB, without a picture library."""

from __future__ import annotations

import struct
import zlib

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY, _RGB = 0, 2


def encode_png(pixels: np.ndarray) -> bytes:
    """Give the bytes of a PNG file (ISO/IEC 15948) of a picture."""
    rows, columns = pixels.shape[:2]
    samples = 1 if pixels.ndim == 2 else pixels.shape[2]
    if pixels.dtype != np.uint8 or samples not in (1, 3):
        raise ValueError("a PNG is written from 8-bit grey or RGB pixels")
    lines = np.zeros((rows, 1 + columns * samples), np.uint8)  # each line: filter type 0, samples
    lines[:, 1:] = pixels.reshape(rows, -1)
    kind = _GREY if samples == 1 else _RGB
    header = struct.pack(">IIBBBBB", columns, rows, 8, kind, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
