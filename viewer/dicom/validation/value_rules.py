"""What each VR allows: length, repertoire, form. PS3.5 section 6.2.

Judges the bytes of one element, as they are written. Text of VRs with extended character sets is
decoded by `characters` first.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from functools import lru_cache

from viewer.dicom.validation.findings import quoted

Problem = tuple[str, str]  # rule and sentence

# multiples of bytes that binary values come in
_WORDS = {
    **dict.fromkeys(("US", "SS", "OW"), 2),
    **dict.fromkeys(("UL", "SL", "FL", "AT", "OL", "OF"), 4),
    **dict.fromkeys(("FD", "UV", "SV", "OD", "OV"), 8),
}
_EXTENDED = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
_ONE_VALUE = frozenset(("LT", "ST", "UT", "UR"))
_LONGEST = {
    "AE": 16,
    "AS": 4,
    "CS": 16,
    "DA": 8,
    "DS": 16,
    "DT": 26,
    "IS": 12,
    "TM": 14,
    "UI": 64,
    "LO": 64,
    "LT": 10240,
    "SH": 16,
    "ST": 1024,
}
_REPERTOIRE = {
    "AE": re.compile(r"[ -\[\]-~]*"),
    "AS": re.compile(r"[0-9DWMY]*"),
    "CS": re.compile(r"[A-Z0-9_ ]*"),
    "DA": re.compile(r"[0-9]*"),
    "DS": re.compile(r"[0-9+\-eE. ]*"),
    "DT": re.compile(r"[0-9+\-. ]*"),
    "IS": re.compile(r"[0-9+\- ]*"),
    "TM": re.compile(r"[0-9. ]*"),
    "UI": re.compile(r"[0-9.]*"),
    "UR": re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=% ]*"),
}
_FORM = {
    "AS": re.compile(r"[0-9]{3}[DWMY]"),
    "DA": re.compile(r"[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"),
    "DS": re.compile(r" *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *"),
    "DT": re.compile(
        r"[0-9]{4}((0[1-9]|1[0-2])((0[1-9]|[12][0-9]|3[01])(([01][0-9]|2[0-3])([0-5][0-9]"
        r"(([0-5][0-9]|60)(\.[0-9]{1,6})?)?)?)?)?)?([+-](0[0-9]|1[0-4])[0-5][0-9])? *"
    ),
    "IS": re.compile(r" *[+-]?[0-9]+ *"),
    "TM": re.compile(r"([01][0-9]|2[0-3])([0-5][0-9](([0-5][0-9]|60)(\.[0-9]{1,6})?)?)? *"),
    "UI": re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*"),
    "UR": re.compile(r"[^ ].*"),
}
_MEANT = {
    "AS": "three digits and D, W, M or Y",
    "DA": "a date as YYYYMMDD",
    "DS": "a decimal number",
    "DT": "a date and time as YYYYMMDDHHMMSS.FFFFFF&ZZXX",
    "IS": "an integer",
    "TM": "a time as HHMMSS.FFFFFF",
    "UI": "numbers without leading zeros, with dots between",
    "UR": "an address without space before it",
}
_IS_RANGE = 1 << 31
_CONTROLS = re.compile(r"[\x00-\x1a\x1c-\x1f\x7f]")  # ESC shifts character sets
_TEXT_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")  # TAB, LF, FF, CR are allowed
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_OLD_DATE = re.compile(r"[0-9]{4}\.[0-9]{2}\.[0-9]{2}")


def word_of(vr: str) -> int:
    """Give how many bytes one value of a binary VR takes; 0 for any other."""
    return _WORDS.get(vr, 0)


def is_extended(vr: str) -> bool:
    """Tell whether SpecificCharacterSet governs a VR."""
    return vr in _EXTENDED


@lru_cache(maxsize=4096)
def problems(vr: str, value: bytes, text: str | None = None) -> tuple[Problem, ...]:
    """Find what is wrong with a value.

    Parameters
    ----------
    text : str, optional
        The value decoded, for the VRs of `is_extended`.
    """
    word = _WORDS.get(vr, 0)
    if word:
        if len(value) % word:
            told = f"{len(value):,} bytes are no whole number of {vr} values of {word} bytes."
            return (("value-length", told),)
        return ()
    if vr not in _LONGEST and vr not in _EXTENDED and vr != "UR":
        return ()
    return tuple(_of_text(vr, value, text))


def values_of(vr: str, value: bytes, text: str | None = None) -> list[str]:
    """Give the values of a text element without the padding at its end."""
    whole = value.decode("latin-1") if text is None else text
    whole = whole.rstrip("\0") if vr == "UI" else whole.rstrip("\0 ")
    if not whole:
        return []
    return [whole] if vr in _ONE_VALUE else whole.split("\\")


def _of_text(vr: str, value: bytes, text: str | None) -> Iterator[Problem]:
    padding = value[len(value.rstrip(b"\0 ")) :]
    if vr == "UI":
        if b" " in padding:
            yield "value-padding", "The UID is padded with a space; it should be a null byte."
    elif b"\0" in padding:
        yield "value-padding", f"The {vr} value is padded with a null byte; it should be a space."
    for one in values_of(vr, value, text):
        if vr in _EXTENDED:
            yield from _of_extended(vr, one)
        else:
            yield from _of_plain(vr, one.rstrip("\0") if vr == "UI" else one)


def _of_plain(vr: str, one: str) -> Iterator[Problem]:
    name = vr.lower()
    kept = one.strip(" ") if vr in ("AE", "CS") else one
    if vr == "UI":
        kept = kept.rstrip(" ")  # told as padding
    if not kept.strip(" "):
        return
    if vr == "DA" and _OLD_DATE.fullmatch(kept.rstrip(" ")):
        yield "vr-da-form", f"{quoted(kept)} is a date of the old form; write YYYYMMDD."
        return
    longest = _LONGEST.get(vr, 0)
    if longest and len(kept.rstrip(" ") if vr in ("DA", "TM", "DT") else kept) > longest:
        told = f"{quoted(kept)} has {len(kept)} characters; {vr} allows {longest}."
        yield f"vr-{name}-length", told
    allowed = _REPERTOIRE[vr]
    if not allowed.fullmatch(kept):
        wrong = sorted({c for c in kept if not allowed.fullmatch(c)})
        told = f"{quoted(kept)} has characters that {vr} does not allow: {_shown(wrong)}."
        yield f"vr-{name}-repertoire", told
        return
    form = _FORM.get(vr)
    if form is not None and not form.fullmatch(kept):
        yield f"vr-{name}-form", f"{quoted(kept)} is not {_MEANT[vr]}."
    elif vr in ("DA", "DT") and not _is_of_calendar(kept):
        yield f"vr-{name}-form", f"{quoted(kept)} is a day that its month does not have."
    elif vr == "IS" and not -_IS_RANGE <= int(kept) < _IS_RANGE:
        yield "vr-is-range", f"{quoted(kept)} does not fit into 32 bits with a sign."


def _is_of_calendar(text: str) -> bool:
    """Tell whether a month has the day of a date; what is not said of it is right."""
    found = _DAY.match(text)
    if found is None:
        return True
    year, month, day = map(int, found.groups())
    return day <= monthrange(year or 4, month)[1]


def _of_extended(vr: str, one: str) -> Iterator[Problem]:
    name = vr.lower()
    kept = one.strip(" ") if vr in ("LO", "SH") else one
    controls = _TEXT_CONTROLS if vr in ("LT", "ST", "UT") else _CONTROLS
    wrong = sorted(set(controls.findall(kept)))
    if wrong:
        rule = f"vr-{name}-repertoire"
        yield rule, f"{quoted(kept)} has characters that {vr} does not allow: {_shown(wrong)}."
    if vr == "PN":
        yield from _of_name(kept)
    elif vr in _LONGEST and len(kept) > _LONGEST[vr]:
        told = f"{quoted(kept)} has {len(kept):,} characters; {vr} allows {_LONGEST[vr]:,}."
        yield f"vr-{name}-length", told


def _of_name(one: str) -> Iterator[Problem]:
    groups = one.split("=")
    if len(groups) > 3:
        yield "vr-pn-form", f"{quoted(one)} has {len(groups)} component groups; a name has up to 3."
    for group in groups:
        if len(group) > 64:
            told = f"{quoted(group)} has {len(group)} characters; a component group has up to 64."
            yield "vr-pn-length", told
        if group.count("^") > 4:
            count = group.count("^") + 1
            yield "vr-pn-form", f"{quoted(group)} has {count} components; a name has up to 5."


def _shown(characters: list[str]) -> str:
    return ", ".join(
        c if c.isprintable() and c != " " else "space" if c == " " else f"0x{ord(c):02X}"
        for c in characters[:5]
    )
