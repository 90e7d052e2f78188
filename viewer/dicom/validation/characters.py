"""Character sets: whether SpecificCharacterSet is sound, and text is what it says.

Decodes strictly: where that fails, text cannot be shown as it was meant. PS3.3 C.12.1.1.2,
PS3.5 6.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from viewer.dicom.validation.findings import Collector, quoted

_SET = 0x00080005
# defined term without "ISO_IR "/"ISO 2022 IR ": Python's codec, escape sequences
_TERMS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "6": ("ascii", (b"(B",)),
    "100": ("iso8859_1", (b"-A",)),
    "101": ("iso8859_2", (b"-B",)),
    "109": ("iso8859_3", (b"-C",)),
    "110": ("iso8859_4", (b"-D",)),
    "144": ("iso8859_5", (b"-L",)),
    "127": ("iso8859_6", (b"-G",)),
    "126": ("iso8859_7", (b"-F",)),
    "138": ("iso8859_8", (b"-H",)),
    "148": ("iso8859_9", (b"-M",)),
    "203": ("iso8859_15", (b"-b",)),
    "13": ("shift_jis", (b")I", b"(J")),
    "166": ("iso8859_11", (b"-T",)),
}
_MULTI_BYTE = {
    "ISO 2022 IR 87": ("iso2022_jp", (b"$B",)),
    "ISO 2022 IR 159": ("iso2022_jp_1", (b"$(D",)),
    "ISO 2022 IR 149": ("euc_kr", (b"$)C",)),
    "ISO 2022 IR 58": ("gb2312", (b"$)A",)),
}
_ALONE = {"ISO_IR 192": "utf_8", "GB18030": "gb18030", "GBK": "gbk"}
_WITHOUT_EXTENSIONS = {
    f"ISO_IR {number}": known for number, known in _TERMS.items() if number != "6"
}
_WITH_EXTENSIONS = {
    **{f"ISO 2022 IR {number}": known for number, known in _TERMS.items()},
    **_MULTI_BYTE,
}
_ESCAPE = re.compile(rb"\x1b([()\-][A-Za-z]|\$[()][A-Za-z]|\$[A-Za-z]|.?)", re.DOTALL)
_ISO_2022_JP = frozenset((b"$B", b"$(D", b"(J", b"(B"))


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """What text is decoded by; ``is_known`` is False where its terms are none."""

    codec: str = "ascii"
    escapes: tuple[tuple[bytes, str], ...] = ((b"(B", "ascii"),)
    is_known: bool = True
    is_stated: bool = False


def character_set(
    value: bytes, collector: Collector, where: str, outer: CharacterSet
) -> CharacterSet:
    """Read SpecificCharacterSet, and tell what is wrong with it."""
    terms = [one.strip() for one in value.decode("latin-1").rstrip("\0 ").split("\\")]
    if terms == [""]:
        return outer
    known = {"": _TERMS["6"], **_WITHOUT_EXTENSIONS, **_WITH_EXTENSIONS}
    unknown = [term for term in terms if term not in known and term not in _ALONE]
    if unknown:
        told = f"{quoted(unknown[0])} is no defined term of SpecificCharacterSet."
        collector.add("charset-unknown", told, tag=_SET, where=where)
        return CharacterSet(is_known=False, is_stated=True)
    if len(terms) > 1:
        odd = [term for term in terms if term in _ALONE or term in _WITHOUT_EXTENSIONS]
        if odd:
            told = f"{quoted(odd[0])} cannot stand beside other character sets."
            collector.add("charset-combination", told, tag=_SET, where=where)
            return CharacterSet(is_known=False, is_stated=True)
    if terms[0] in _MULTI_BYTE:
        told = f"{quoted(terms[0])} cannot be the first of the character sets."
        collector.add("charset-combination", told, tag=_SET, where=where)
    if terms[0] in _ALONE:
        return CharacterSet(_ALONE[terms[0]], (), is_stated=True)
    escapes = {b"(B": "ascii"}
    for term in terms:
        codec, codes = known[term]
        escapes.update(dict.fromkeys(codes, codec))
    if len(terms) == 1 and terms[0] in _WITHOUT_EXTENSIONS:
        escapes = {}
    first = known[terms[0]][0] if terms[0] not in _MULTI_BYTE else "ascii"
    return CharacterSet(first, tuple(escapes.items()), is_stated=True)


@lru_cache(maxsize=4096)
def decoded(value: bytes, by: CharacterSet) -> tuple[str, str, str]:
    """Decode a text.

    Returns
    -------
    text, rule, sentence
        The last two are "" where nothing is wrong.
    """
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii"), "", ""
    fallback = value.decode("latin-1")
    if not by.is_known:
        return fallback, "", ""
    if b"\x1b" in value and by.codec not in _ALONE.values():
        return _escaped(value, by)
    try:
        return value.decode(by.codec), "", ""
    except UnicodeDecodeError as error:
        if not by.is_stated:
            told = "The text has characters beyond ASCII, and SpecificCharacterSet is not there."
            return fallback, "charset-missing", told
        told = (
            f"The text cannot be decoded by its character set ({by.codec}): the byte "
            f"0x{value[error.start]:02X} at {error.start} makes no character."
        )
        return fallback, "charset-text", told


def _escaped(value: bytes, by: CharacterSet) -> tuple[str, str, str]:
    codecs = dict(by.escapes)
    parts: list[str] = []
    codec, at, escape = by.codec, 0, b""
    for found in _ESCAPE.finditer(value):
        piece = value[at : found.start()]
        text = _piece(piece, codec, escape)
        if text is None:
            break
        parts.append(text)
        escape, at = found[1], found.end()
        if escape not in codecs:
            told = "The text has an escape sequence of none of its character sets."
            return value.decode("latin-1"), "charset-escape", told
        codec = codecs[escape]
    text = _piece(value[at:], codec, escape)
    if text is None:
        told = f"The text after an escape sequence cannot be decoded ({codec})."
        return value.decode("latin-1"), "charset-text", told
    return "".join((*parts, text)), "", ""


def _piece(piece: bytes, codec: str, escape: bytes) -> str | None:
    """Decode what follows an escape sequence; None where it cannot be."""
    # delimiters switch back to the first set; what follows them is ASCII in all our files
    try:
        if escape in _ISO_2022_JP:
            return (b"\x1b" + escape + piece).decode("iso2022_jp_2")
        return piece.decode(codec)
    except UnicodeDecodeError:
        return None
