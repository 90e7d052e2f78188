"""The value of an element as text, whatever its bytes are: never an exception.

Dates, times and numbers stand as written; values are joined by backslashes.
"""

from __future__ import annotations

import numpy as np
from pydicom._uid_dict import UID_dictionary
from pydicom.charset import decode_bytes

from viewer.dicom.tag_context import NUMBER_VRS
from viewer.dicom.tag_walk import Element
from viewer.dicom.tags import BINARY_VRS
from viewer.dicom.values import without_escapes

_ENCODED_VRS = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
_DELIMITERS = set(b"\\\n\r\t\f")  # each ends the reach of an escape sequence (PS3.5 6.1.2.5.3)
_NAME_DELIMITERS = set(b"\\^=")
NUMBER_TYPES = {
    "US": "u2",
    "SS": "i2",
    "UL": "u4",
    "SL": "i4",
    "FL": "f4",
    "FD": "f8",
    "UV": "u8",
    "SV": "i8",
    "AT": "u2",
}
_HEX_BYTES = 32


def value_text(element: Element) -> str:
    """Give the whole value as text; what is left out is said at its end."""
    if element.text:
        total, fragments = element.text.split("\\")
        return f"<{byte_count(int(total))} of binary data in {int(fragments):,} fragments>"
    value, vr = element.value, element.vr
    if not value:
        return ""
    if vr in BINARY_VRS:
        return _binary_text(value, element.length)
    if vr in NUMBER_VRS:
        text = _numbers_text(value, vr, little_endian=element.little_endian)
    elif vr == "UI":
        text = _uids_text(value)
    else:
        text = decoded_text(value, vr, element.context.encodings).rstrip(" \0")
    if len(value) < element.length:
        text += f"… ({len(value):,} of {element.length:,} bytes)"
    return text


def byte_count(count: int) -> str:
    """Give a size the way people read it: "512 KiB"."""
    if count < 1024:
        return f"{count} bytes"
    size = float(count)
    for unit in ("KiB", "MiB"):
        size /= 1024
        if size < 1024:
            return f"{size:.3g} {unit}" if size < 1000 else f"{size:.0f} {unit}"
    return f"{size / 1024:.3g} GiB"


def _binary_text(value: bytes, length: int) -> str:
    printable = value.rstrip(b"\0 ")
    quoted = ""
    if len(printable) > 1 and printable.isascii() and printable.decode("ascii").isprintable():
        quoted = f' "{printable.decode("ascii")}'
        quoted += '"' if len(value) == length else '…"'
    if length <= _HEX_BYTES:
        return value.hex(" ") + quoted
    return f"<{byte_count(length)} of binary data>{quoted}"


def _numbers_text(value: bytes, vr: str, *, little_endian: bool) -> str:
    dtype = np.dtype(("<" if little_endian else ">") + NUMBER_TYPES[vr])
    if len(value) % dtype.itemsize or (vr == "AT" and len(value) % 4):
        return f"⚠ {value[:256]!r}"
    numbers = np.frombuffer(value, dtype)
    if vr == "AT":
        return "\\".join(
            f"({group:04X},{element:04X})" for group, element in numbers.reshape(-1, 2)
        )
    return "\\".join(map(str, numbers))  # floats as short as tells them apart in their precision


def _uids_text(value: bytes) -> str:
    uids = (uid.strip(" \0") for uid in value.decode("latin-1").split("\\"))
    return "\\".join(
        f"{uid} ({UID_dictionary[uid][0]})" if uid in UID_dictionary else uid for uid in uids
    )


def decoded_text(value: bytes, vr: str, encodings: tuple[str, ...]) -> str:
    """Give the text of a value, in its character set; what cannot be decoded as its bytes."""
    if vr not in _ENCODED_VRS:
        return value.decode("latin-1")
    try:
        delimiters = _NAME_DELIMITERS if vr == "PN" else _DELIMITERS
        text = decode_bytes(value, list(encodings), delimiters)
    except (LookupError, ValueError, AttributeError):
        return f"⚠ {value!r}"
    return without_escapes(text) if len(encodings) > 1 else text
