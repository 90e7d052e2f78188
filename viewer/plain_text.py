"""Text from files made safe to show on one line, whatever it holds."""

from __future__ import annotations

import unicodedata

_VISIBLE_SPACE = {"\n": "⏎", "\r": "", "\t": " "}
# Controls, formats (bidi overrides among them), surrogates, private use, unassigned, separators.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain_line(text: str, limit: int = 256) -> str:
    """Give ``text`` as one printable line.

    Line ends become a visible mark, controls and bidirectional formatting
    characters a replacement character, and what exceeds ``limit`` characters
    an ellipsis.
    """
    elided = text if len(text) <= limit else text[: limit - 1] + "…"
    if elided.isascii() and elided.isprintable():
        return elided
    return "".join(_safe(character) for character in elided)


def person_name(text: str) -> str:
    """Give a DICOM person name (PS3.5 6.2.1) the way people write it: "Family, Given".

    The alphabetic group is used where it has content, else the ideographic one.
    """
    group = next((part for part in text.split("=") if part.strip("^ ")), "")
    family, *rest = (part.strip() for part in group.split("^"))
    given = " ".join(part for part in rest if part)
    return plain_line(", ".join(part for part in (family, given) if part))


def date(text: str) -> str:
    """Give a DICOM date as ISO 8601, or as it is where it is no date."""
    if len(text) == 8 and text.isascii() and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return plain_line(text)


def _safe(character: str) -> str:
    if character in _VISIBLE_SPACE:
        return _VISIBLE_SPACE[character]
    return "\ufffd" if unicodedata.category(character) in _UNSAFE_CATEGORIES else character
