"""Raw element values to text and numbers: the rules that all header readers share.

Takes bytes as they are in the file and gives plain Python values; never
raises for bad content. What cannot be parsed is None, "" or ().
"""

from __future__ import annotations

import logging
import math
import re
import struct
import warnings
from collections.abc import Sequence
from typing import BinaryIO

# pydicom's messages quote values, which may name a patient
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)

PADDING = " \0"
_LARGEST_WHOLE = 1 << 64  # a text can hold one that no float can
LONGEST_VALUE = 1 << 16  # of an attribute in a header; of longer texts, `beginning` is kept

_DEFAULT_ENCODING = "iso8859"  # pydicom's, a superset of ISO_IR 6 that decodes every byte
# What most files have, known here: pydicom, which knows them all, takes long to load.
_COMMON_ENCODINGS = {
    (): _DEFAULT_ENCODING,
    ("",): _DEFAULT_ENCODING,
    ("ISO_IR 6",): _DEFAULT_ENCODING,
    ("ISO_IR 100",): "latin_1",
    ("ISO_IR 192",): "UTF8",
}
_ESCAPE = b"\x1b"
_ESCAPES = re.compile(r"\x1b(?:\([BJ]|\)I|-[A-Z]|\$B|\$\)[AC]|\$\(D)")

_KEPT_BEGINNING = 1 << 10
_PIECE = 1 << 20

_BINARY_FORMATS = {
    b"US": "H",
    b"SS": "h",
    b"UL": "L",
    b"SL": "l",
    b"UV": "Q",
    b"SV": "q",
    b"FL": "f",
    b"FD": "d",
}


def beginning(stream: BinaryIO, length: int) -> bytes:
    """Read a text that is too long to keep: its beginning, and a mark by which it differs.

    Else whoever has such a name or identifier would be one and the same patient.
    """
    import hashlib  # takes longer to load than most of a start

    digest, kept, left = hashlib.sha256(), b"", length
    while left and (piece := stream.read(min(left, _PIECE))):
        digest.update(piece)
        kept = kept or piece[:_KEPT_BEGINNING]
        left -= len(piece)
    return kept + f" [{length} bytes, {digest.hexdigest()[:16]}]".encode()


def encodings_of(character_set: Sequence[str]) -> list[str]:
    """Give the Python encodings of (0008,0005) Specific Character Set. PS3.3 C.12.1.1.2."""
    common = _COMMON_ENCODINGS.get(tuple(character_set))
    if common is not None:
        return [common]
    from pydicom import charset

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return list(charset.convert_encodings(list(character_set)))
        except (LookupError, ValueError):  # a name that Python's codecs refuse
            return [_DEFAULT_ENCODING]


def text(raw: bytes, encodings: Sequence[str] | None = None) -> str:
    """Decode a text value, without padding; several values stay joined by backslashes."""
    if raw.isascii() and _ESCAPE not in raw:
        return raw.decode("ascii").strip(PADDING)
    return _decode(raw, encodings).strip(PADDING)


def without_escapes(text: str) -> str:
    """Take out escape sequences of ISO 2022 that a decoder leaves standing. PS3.3 C.12.1.1.2."""
    return _ESCAPES.sub("", text)


def texts(raw: bytes, encodings: Sequence[str] | None = None) -> tuple[str, ...]:
    """Decode the values of a multi-valued text; () where there is none."""
    whole = text(raw, encodings)
    return tuple(part.strip(PADDING) for part in whole.split("\\")) if whole else ()


def person_name(raw: bytes, encodings: Sequence[str] | None = None) -> str:
    """Decode a person name, component groups joined by ``=``. PS3.5 6.2.1."""
    if raw.isascii() and _ESCAPE not in raw:
        return raw.decode("ascii").strip(PADDING)
    groups = [_decode(group, encodings, of_name=True) for group in raw.split(b"=")]
    return "=".join(groups).strip(PADDING)


def _decode(raw: bytes, encodings: Sequence[str] | None, *, of_name: bool = False) -> str:
    encodings = list(encodings or [_DEFAULT_ENCODING])
    if _ESCAPE not in raw:
        try:
            return raw.decode(encodings[0])
        except (LookupError, ValueError):  # pydicom puts a mark where a character is wrong
            return _decode_by_pydicom(raw, encodings, of_name=of_name)
    return _decode_by_pydicom(raw, encodings, of_name=of_name)


def _decode_by_pydicom(raw: bytes, encodings: list[str], *, of_name: bool) -> str:
    from pydicom import charset
    from pydicom.valuerep import PN_DELIMS, TEXT_VR_DELIMS

    delimiters = PN_DELIMS if of_name else TEXT_VR_DELIMS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return str(charset.decode_bytes(raw, encodings, delimiters))
        except (LookupError, ValueError):
            return raw.decode(_DEFAULT_ENCODING)


def numbers(raw: bytes, vr: bytes, order: str = "<") -> tuple[float, ...]:
    """Parse the values of a number; () where one of them is none, or not finite."""
    parsed = _parse(raw, vr, order, whole=False)
    return () if None in parsed else tuple(float(value) for value in parsed if value is not None)


def number(raw: bytes, vr: bytes, order: str = "<") -> float | None:
    """Parse one number; the first one where there are several."""
    parsed = _parse(raw, vr, order, whole=False)
    return float(parsed[0]) if parsed and parsed[0] is not None else None


def integers(raw: bytes, vr: bytes, order: str = "<") -> tuple[int, ...]:
    """Parse the values of a whole number; () where one of them is none."""
    parsed = _parse(raw, vr, order, whole=True)
    return () if None in parsed else tuple(int(value) for value in parsed if value is not None)


def integer(raw: bytes, vr: bytes, order: str = "<") -> int | None:
    """Parse one whole number; the first one where there are several."""
    if vr == b"US" and len(raw) == 2:  # most of them
        return int.from_bytes(raw, "little" if order == "<" else "big")
    parsed = _parse(raw, vr, order, whole=True)
    return int(parsed[0]) if parsed and parsed[0] is not None else None


def tags(raw: bytes, order: str = "<") -> tuple[int, ...]:
    """Parse the values of AT; () where the length is none of whole tags."""
    if len(raw) % 4:
        return ()
    halves = struct.unpack(f"{order}{len(raw) // 2}H", raw)
    return tuple(a << 16 | b for a, b in zip(halves[::2], halves[1::2], strict=True))


def _parse(raw: bytes, vr: bytes, order: str, whole: bool) -> list[float | int | None]:
    code = _BINARY_FORMATS.get(vr)
    if vr in (b"SQ", b"AT"):
        return []
    if code is None:
        stripped = raw.strip(b" \0")
        parse = _integer if whole else _float
        return [parse(part) for part in stripped.split(b"\\")] if stripped else []
    count, rest = divmod(len(raw), struct.calcsize(order + code))
    if rest:  # something else under this VR
        return [None]
    return [
        value if math.isfinite(value) and not (whole and _whole(value) is None) else None
        for value in struct.unpack_from(f"{order}{count}{code}", raw)
    ]


def _float(part: bytes) -> float | None:
    if b"_" in part:  # Python's digit separator, not DICOM's
        return None
    try:
        value = float(part.strip(b" \0"))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _integer(part: bytes) -> int | None:
    if b"_" in part:
        return None
    try:
        return _whole(int(part))
    except ValueError:
        value = _float(part)  # "1.0" is written by some
        return None if value is None else _whole(value)


def _whole(value: float) -> int | None:
    """Give a number as a whole one; None where it is none, or longer than any VR has them."""
    return int(value) if abs(value) < _LARGEST_WHOLE and value == int(value) else None
