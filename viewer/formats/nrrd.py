"""NRRD files: a text header and the values, raw or gzipped. Format: teem.sourceforge.net/nrrd.

Owns the header. Axes are written fastest first: (colour,) column, row, slice.
"""

from __future__ import annotations

import gzip
from typing import BinaryIO

import numpy as np

_TYPES = {
    "u1": "uint8",
    "i1": "int8",
    "u2": "uint16",
    "i2": "int16",
    "u4": "uint32",
    "i4": "int32",
    "u8": "uint64",
    "i8": "int64",
    "f4": "float",
    "f8": "double",
}
_LEVEL = 4  # of gzip


def write_nrrd(
    file: BinaryIO,
    values: np.ndarray,
    affine_lps: np.ndarray | None,
    units: str = "",
    *,
    compress: bool = True,
) -> None:
    """Write a volume.

    Parameters
    ----------
    values : ndarray
        (slices, rows, columns), or (slices, rows, columns, 3) RGB.
    affine_lps : ndarray or None
        (4, 4), takes (slice, row, column, 1) to patient LPS mm; a shear is kept.
        None: the file says nothing of space.
    units : str
        Of the values; goes in as a key.
    """
    colour = values.ndim == 4
    sizes = values.shape[::-1]
    lines = ["NRRD0005", "# http://teem.sourceforge.net/nrrd/format.html"]
    lines += [f"type: {_TYPES[values.dtype.str[1:]]}", f"dimension: {values.ndim}"]
    if affine_lps is not None:
        lines.append("space: left-posterior-superior")
    lines.append(f"sizes: {' '.join(map(str, sizes))}")
    if affine_lps is not None:
        directions = [_vector(affine_lps[:3, axis]) for axis in (2, 1, 0)]
        lines.append(f"space directions: {' '.join([*['none'] * colour, *directions])}")
    lines.append(f"kinds: {' '.join([*['RGB-color'] * colour, *['domain'] * 3])}")
    if values.dtype.itemsize > 1:
        lines.append("endian: little")
    lines.append(f"encoding: {'gzip' if compress else 'raw'}")
    if affine_lps is not None:
        lines.append('space units: "mm" "mm" "mm"')
        lines.append(f"space origin: {_vector(affine_lps[:3, 3])}")
    if units:
        lines.append(f"value units:={_in_a_line(units)}")
    file.write(("\n".join(lines) + "\n\n").encode())
    write_values(file, values, compress=compress)


def write_values(file: BinaryIO, values: np.ndarray, *, compress: bool) -> None:
    """Write little-endian values in C order, slice by slice."""
    order = values.dtype.newbyteorder("<")
    target = gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) if compress else file
    for piece in values:
        target.write(np.ascontiguousarray(piece, order).data)
    if compress:
        target.close()


def _vector(numbers: np.ndarray) -> str:
    return f"({','.join(repr(float(number) + 0.0) for number in numbers)})"


def _in_a_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
