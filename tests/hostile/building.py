"""DICOM files byte by byte, so that they can be wrong in any way a test asks for.

Owns encodings, elements, items and the file around them. Which wrong files there are is left
to `headers_files`, `pixels_files`, `codec_files` and `display_files`.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydicom.datadict import dictionary_VR, tag_for_keyword

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
ROWS, COLUMNS = 6, 8
PIXELS = struct.pack(f"<{ROWS * COLUMNS}H", *range(ROWS * COLUMNS))
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = (b"\xfe\xff" + last for last in (b"\0\xe0", b"\r\xe0", b"\xdd\xe0"))

_LONG = frozenset("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_CODES = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "FL": "f", "FD": "d", "AT": "H"}


class Encoding(NamedTuple):
    """How a data set is written: its transfer syntax, and what that means."""

    uid: str
    explicit: bool = True
    order: str = "<"
    deflated: bool = False


IMPLICIT = Encoding("1.2.840.10008.1.2", explicit=False)
EXPLICIT = Encoding("1.2.840.10008.1.2.1")
BIG = Encoding("1.2.840.10008.1.2.2", order=">")
DEFLATED = Encoding("1.2.840.10008.1.2.1.99", deflated=True)
ENCODINGS = {"implicit": IMPLICIT, "explicit": EXPLICIT, "big": BIG, "deflated": DEFLATED}


class As(NamedTuple):
    """A value under a VR of our choice; bytes are written as they are."""

    vr: str
    value: Any


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file that is wrong in one way, and what may become of it.

    ``letters``: S ignored, R refused with a reason, H header shown and the picture gives the
    reason, V shown with a warning. O: shown, and nothing is wrong with what is shown.
    """

    case: int
    name: str
    data: bytes
    letters: str

    @property
    def key(self) -> str:
        """The case and its name: "05_cut_in_meta"."""
        return f"{self.case:02}_{self.name}"


def raw_value(vr: str, value: Any, order: str = "<") -> bytes:
    """Write a value: numbers by VR, text padded, bytes as they are."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    several = value if isinstance(value, list | tuple) else [value]
    if vr in _CODES:
        return struct.pack(f"{order}{len(several)}{_CODES[vr]}", *several)
    text = "\\".join(map(str, several)).encode()
    return text + (b"\0" if vr == "UI" else b" ") * (len(text) % 2)


def element(
    tag: int, vr: str, value: Any, encoding: Encoding = EXPLICIT, length: int | None = None
) -> bytes:
    """Write one element; ``length`` in place of the true one. A sequence takes items as bytes."""
    raw = raw_value(vr, value, encoding.order)
    order = encoding.order
    said = len(raw) if length is None else length
    head = struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF)
    if not encoding.explicit:
        return head + struct.pack(f"{order}L", said) + raw
    if vr in _LONG:
        return head + vr.encode() + b"\0\0" + struct.pack(f"{order}L", said) + raw
    return head + vr.encode() + struct.pack(f"{order}H", said & 0xFFFF) + raw


def item(content: bytes, *, defined: bool = True) -> bytes:
    """Wrap little-endian elements in an item."""
    if defined:
        return ITEM + struct.pack("<L", len(content)) + content
    return ITEM + struct.pack("<L", UNDEFINED) + content + ITEM_END + bytes(4)


def uid_of(name: str) -> str:
    """Give a UID of our own that is always the same for a name."""
    return f"2.25.{int(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(), 16)}"


def attributes_of(name: str, **changed: Any) -> dict[int, As]:
    """Give the attributes of a small grey image; None leaves one out, `As` says its VR."""
    attributes: dict[str, Any] = {
        "SOPClassUID": SECONDARY_CAPTURE,
        "SOPInstanceUID": uid_of(name),
        "Modality": "OT",
        "SeriesDescription": name,
        "PatientName": "Hostile^Made",
        "PatientID": "HOSTILE",
        "StudyInstanceUID": uid_of("study"),
        "SeriesInstanceUID": uid_of(f"series of {name}"),
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": ROWS,
        "Columns": COLUMNS,
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 0,
    } | changed
    found = {}
    for keyword, value in attributes.items():
        tag = tag_for_keyword(keyword)
        assert tag is not None, keyword
        if value is not None:
            vr = dictionary_VR(tag).split(" or ")[0]
            found[tag] = value if isinstance(value, As) else As(vr, value)
    return found


def data_set(attributes: Mapping[int, As], encoding: Encoding = EXPLICIT) -> bytes:
    """Write attributes in the order of their tags."""
    return b"".join(
        element(tag, vr, value, encoding) for tag, (vr, value) in sorted(attributes.items())
    )


def meta(syntax: str, name: str = "made") -> bytes:
    """Write the file meta information."""
    content = b"".join(
        (
            element(0x00020001, "OB", b"\0\1"),
            element(0x00020002, "UI", SECONDARY_CAPTURE),
            element(0x00020003, "UI", uid_of(name)),
            element(0x00020010, "UI", syntax),
        )
    )
    return element(0x00020000, "UL", len(content)) + content


def file_of(
    content: bytes, encoding: Encoding = EXPLICIT, *, syntax: str = "", preamble: bytes = bytes(128)
) -> bytes:
    """Put preamble and meta information before a data set, which is deflated where that is due."""
    if encoding.deflated:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        content = packer.compress(content) + packer.flush()
        content += bytes(len(content) % 2)
    return preamble.ljust(128, b"\0") + b"DICM" + meta(syntax or encoding.uid) + content


def pixel_element(
    pixels: bytes = PIXELS, encoding: Encoding = EXPLICIT, length: int | None = None
) -> bytes:
    """Write uncompressed PixelData of 16-bit words."""
    if encoding.order == ">":
        pixels = b"".join(pixels[at : at + 2][::-1] for at in range(0, len(pixels), 2))
    return element(0x7FE00010, "OW", pixels, encoding, length)


def encapsulated(fragments: Sequence[bytes], *, end: bool = True) -> bytes:
    """Write compressed PixelData, one item a fragment after an empty offset table."""
    items = b"".join(item(one + bytes(len(one) % 2)) for one in (b"", *fragments))
    head = struct.pack("<HH", 0x7FE0, 0x0010) + b"OB\0\0" + struct.pack("<L", UNDEFINED)
    return head + items + (SEQUENCE_END + bytes(4)) * end


def image(
    name: str, encoding: Encoding = EXPLICIT, *, pixels: bytes = PIXELS, **changed: Any
) -> bytes:
    """Write a small grey image, whole but for what was ``changed``."""
    content = data_set(attributes_of(name, **changed), encoding)
    return file_of(content + pixel_element(pixels, encoding), encoding)


def compressed(name: str, syntax: str, fragments: Sequence[bytes], **changed: Any) -> bytes:
    """Write a small image whose frames are compressed."""
    content = data_set(attributes_of(name, **changed)) + encapsulated(fragments)
    return file_of(content, syntax=syntax)
