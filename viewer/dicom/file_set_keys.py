"""The keys of a directory record made fit for its VR, and found where a file lacks them.

The files are never changed: what differs from them is in the DICOMDIR alone, and said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from viewer.dicom import values
from viewer.dicom.file_set_records import Key
from viewer.dicom.outline import CHARACTER_SET

UTF_8 = b"ISO_IR 192"
_TIME = re.compile(rb"(?:[01][0-9]|2[0-3])(?:[0-5][0-9](?:(?:[0-5][0-9]|60)(?:\.[0-9]{1,6})?)?)?")
_DATE_TIME = re.compile(rb"[0-9]{4,14}(?:\.[0-9]{1,6})?(?:[+-][0-9]{4})?")
_DATE = re.compile(rb"([0-9]{4})(\.?)([0-9]{2})\2([0-9]{2})")  # with stops before DICOM 3
_CODE = re.compile(rb"[A-Z0-9 _]{1,16}(?:\\[A-Z0-9 _]{0,16})*")
_NUMBER = re.compile(rb"[+-]?[0-9]{1,10}")
_MOST_CHARACTERS = {"SH": 16, "LO": 64, "ST": 1024}
_MOST_IN_GROUP = 64  # of each component group of a PN
_MOST_BYTES = {"UI": 64, "CS": 256, "US": 64, "UL": 64}  # several values for what may have them
_LARGEST = 1 << 31
_NO_TEXT = ("US", "UL")  # a sequence may hold some


def fitting(key: Key, raw: bytes) -> bytes:
    """Give a value as its VR has it; b"" where it is none of that VR. PS3.5 6.2.

    Texts that are too long are the matter of `shortened`.
    """
    if len(raw) > _MOST_BYTES.get(key.vr, len(raw)):
        return b""
    if key.vr == "DA":
        return _date(raw)
    if key.vr == "IS":
        number = values.integer(raw, b"IS")
        if number is None or not -_LARGEST <= number < _LARGEST:
            return b""
        return raw if _NUMBER.fullmatch(raw) else str(number).encode()
    if key.vr == "CS":
        upper = raw.upper()
        return upper if _CODE.fullmatch(upper) else b""
    if key.vr == "TM":
        raw = raw.replace(b":", b"")  # as it was written before DICOM 3
    pattern = {"TM": _TIME, "DT": _DATE_TIME}.get(key.vr)
    return raw if pattern is None or pattern.fullmatch(raw) else b""


def _date(raw: bytes) -> bytes:
    found = _DATE.fullmatch(raw)
    if found is None:
        return b""
    try:
        date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return b""
    return found[1] + found[3] + found[4]


def shortened(
    keys: Sequence[Key], found: Mapping[int, bytes]
) -> tuple[dict[int, bytes], list[Key]]:
    """Cut texts that are longer than their VR allows; give which they were as well.

    Where those are not ASCII, all texts are put into UTF-8: to cut within an escape sequence would
    have the rest read as other characters.
    """
    encodings = values.encodings_of(values.texts(found.get(CHARACTER_SET, b"")))
    cut = [key for key in keys if key.tag in found and _is_long(key, found[key.tag], encodings)]
    if not cut:
        return dict(found), []
    result = dict(found)
    if not all(_is_plain(found[key.tag]) for key in cut):
        for key in keys:
            if key.tag in found and key.vr in (*_MOST_CHARACTERS, "PN"):
                result[key.tag] = _in_utf_8(_text(key, found[key.tag], encodings))
        result[CHARACTER_SET] = UTF_8
        encodings = values.encodings_of((UTF_8.decode(),))
    for key in cut:
        result[key.tag] = _in_utf_8(_cut(key, _text(key, result[key.tag], encodings)))
    return result, cut


def needs_character_set(elements: Iterable[tuple[str, bytes]]) -> bool:
    """Tell whether a record of these VRs and values holds text that is not ASCII."""
    return any(vr not in _NO_TEXT and not _is_plain(value) for vr, value in elements)


def _is_plain(raw: bytes) -> bool:
    return raw.isascii() and b"\x1b" not in raw


def _text(key: Key, raw: bytes, encodings: list[str]) -> str:
    decode: Callable[[bytes, list[str]], str]
    decode = values.person_name if key.vr == "PN" else values.text
    return decode(raw, encodings)


def _in_utf_8(text: str) -> bytes:
    return text.encode("utf-8", "replace")  # codecs of Python that a file names may give halves


def _is_long(key: Key, raw: bytes, encodings: list[str]) -> bool:
    most = _MOST_CHARACTERS.get(key.vr, _MOST_IN_GROUP)
    if len(raw) <= most or key.vr not in (*_MOST_CHARACTERS, "PN"):
        return False
    text = _text(key, raw, encodings)
    return _cut(key, text) != text


def _cut(key: Key, text: str) -> str:
    if key.vr == "PN":
        groups = text.split("=")[:3]
        return "=".join(group[:_MOST_IN_GROUP].rstrip() for group in groups)
    return text[: _MOST_CHARACTERS[key.vr]].rstrip()
