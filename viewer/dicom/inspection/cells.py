"""One value of an element as the cell of a table: text without padding, backslashes between values.

A date is ISO 8601 where it is one, else as written; all other text stands as written. Numbers are
as short as tells them apart in their precision. Bytes that are no text are in hexadecimal, or
counted. Loads neither pydicom nor NumPy where a file needs none.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from viewer.dicom import values
from viewer.plain_text import date

LONGEST = 32_000  # characters of a cell: a spreadsheet takes 32,767
SEPARATOR = "\x1f"  # of the cells of a row: no text of DICOM holds it
_HEX_BYTES = 32
_BINARY = frozenset((b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UN"))
_SINGLE = frozenset((b"LT", b"ST", b"UT", b"UR"))  # where a backslash is one
_FORMATS = {
    b"US": "H",
    b"SS": "h",
    b"UL": "L",
    b"SL": "l",
    b"UV": "Q",
    b"SV": "q",
    b"FL": "f",
    b"FD": "d",
}


def cell_of(
    vr: bytes, raw: bytes, length: int, order: str = "<", encodings: Sequence[str] | None = None
) -> str:
    """Give the cell.

    Parameters
    ----------
    vr : bytes
        To read it by.
    raw : bytes
        The value, or the beginning of a long one.
    length : int
        Of the whole value, in bytes; -1 where it is not said.
    order : str
        "<" or ">".
    encodings : sequence of str, optional
        Python's names of the character sets.
    """
    if not raw:
        return ""
    if vr in _FORMATS:
        text = _numbers(vr, raw, length, order)
    elif vr in _BINARY:
        text = _bytes(raw, length)
    elif vr == b"AT":
        found = values.tags(raw, order)
        text = "\\".join(f"({tag >> 16:04X},{tag & 0xFFFF:04X})" for tag in found)
    elif vr in _SINGLE:
        text = values.text(raw, encodings)
    elif vr == b"PN":
        text = values.person_name(raw, encodings)
    elif vr == b"DA":
        text = "\\".join(map(_date, values.texts(raw)))
    else:
        text = values.text(raw, encodings)
        if "\\" in text:
            text = "\\".join(part.strip(values.PADDING) for part in text.split("\\"))
    if "\x1b" in text and encodings and len(encodings) > 1:
        text = values.without_escapes(text)
    return shortened(text)


def shortened(text: str) -> str:
    """Give a text that goes into a cell, and holds no mark between cells."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text):,} characters)"
    return text.replace(SEPARATOR, "\ufffd") if SEPARATOR in text else text


def _date(text: str) -> str:
    """Give ISO 8601 of a day, also one with dots as ACR-NEMA had it."""
    digits = text.replace(".", "")
    return date(digits) if len(digits) == 8 and digits.isdigit() else text


def _numbers(vr: bytes, raw: bytes, length: int, order: str) -> str:
    code = _FORMATS[vr]
    count, rest = divmod(len(raw), struct.calcsize(order + code))
    if rest and len(raw) == length:
        return _bytes(raw, length)  # something else under this VR
    found = struct.unpack_from(f"{order}{count}{code}", raw)
    if code == "f":
        return "\\".join(map(_single, found))
    return "\\".join(map(str, found))


def _single(value: float) -> str:
    """Give a number of 32 bits with as few digits as tell it from its neighbours."""
    for digits in range(6, 9):
        text = f"{value:.{digits}g}"
        if struct.pack("<f", float(text)) == struct.pack("<f", value):
            return str(float(text))
    return str(float(f"{value:.9g}"))


def _bytes(raw: bytes, length: int) -> str:
    stripped = raw.rstrip(b"\0 ")
    if len(raw) == length and len(stripped) > 1 and stripped.isascii():
        text = stripped.decode("ascii")
        if text.isprintable():
            return text
    if 0 <= length <= _HEX_BYTES:
        return raw.hex(" ")
    return "<binary data>" if length < 0 else f"<{length:,} bytes>"
