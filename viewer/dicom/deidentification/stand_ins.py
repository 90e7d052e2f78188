"""What stands in for a value: dummies, UIDs made by the key, dates set back. PS3.15 E.1.1, E.3.6.

Which value gets which is the matter of `cleaning`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from viewer.dicom import values
from viewer.dicom.deidentification.keys import Key
from viewer.dicom.deidentification.well_known import is_well_known

DUMMY = "REMOVED"
DUMMIES = {"DA": "19000101", "DT": "19000101000000", "TM": "000000", "AS": "000Y"}
TEXTS = frozenset(("LO", "SH", "ST", "LT", "UT", "UC", "PN", "AE"))
_NUMBERS = {"IS": b"0", "DS": b"0", "UR": b"https://removed.invalid"}
_WHOLE_DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")


def dummy(vr: str, length: int, key: Key) -> bytes:
    """Give a value that is valid for a VR; zeros of the same length for bytes."""
    if vr in DUMMIES:
        return DUMMIES[vr].encode()
    if vr == "UI":
        return key.uid(f"{length}").encode()
    if vr in _NUMBERS:
        return _NUMBERS[vr]
    return DUMMY.encode() if vr in TEXTS or vr == "CS" else bytes(length)


def mapped(before: bytes, key: Key) -> bytes:
    """Give the UIDs that stand for others; those of the standard stay."""
    uids = map(str.strip, values.text(before).split("\\"))
    return "\\".join(uid if is_well_known(uid) else key.uid(uid) for uid in uids).encode()


def shifted(vr: str, before: bytes, days: int) -> bytes:
    """Set dates back by so many days; times of the day stay."""
    if vr == "TM":
        return before.strip(b"\0 ")
    texts = [_one_shifted(text, days) for text in values.texts(before)]
    if not all(texts):  # no whole date, and so none that could be set back
        return DUMMIES.get(vr, "").encode()
    return "\\".join(texts).encode()


def encoded(text: str, encodings: Sequence[str]) -> bytes:
    """Write a text as the file does; "" where that cannot be said with certainty."""
    if text.isascii():
        return text.encode()
    try:
        return text.encode(encodings[0]) if len(encodings) == 1 else b""
    except (LookupError, ValueError):
        return b""


def _one_shifted(text: str, days: int) -> str:
    found = _WHOLE_DATE.match(text)
    if found is None:
        return ""
    try:
        day = date(*map(int, found.groups())) - timedelta(days=days)
    except (ValueError, OverflowError):
        return ""
    return f"{day:%Y%m%d}".rjust(8, "0") + text[found.end() :]
