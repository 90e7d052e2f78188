"""Text from files made safe to show, print and keep in tables, whatever it holds."""

from __future__ import annotations

import re
import unicodedata

_VISIBLE_SPACE = {"\n": "⏎", "\r": "", "\t": " "}
# Controls, formats (bidi overrides among them), surrogates, private use, unassigned, separators.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LINE_END = re.compile(r"\r\n|\r|\n")
_FORMULA_SIGNS = frozenset("=+-@")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


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


def whole_line(text: str) -> str:
    """Give ``text`` as `plain_line` does, all of it."""
    return plain_line(text, max(len(text), 1))


def plain_lines(text: str, limit: int = 1000) -> str:
    """Give ``text`` with its line ends kept and each line printable.

    What exceeds ``limit`` characters in all becomes an ellipsis.
    """
    kept = text if len(text) <= limit else text[: limit - 1] + "…"
    return "\n".join(whole_line(line) for line in _LINE_END.split(kept))


def json_text(value: object, indent: int | None = None) -> str:
    """Give ``value`` as JSON without a control character, DEL included."""
    import json  # for the commands alone: no child waits for it

    return json.dumps(value, indent=indent).replace("\x7f", "\\u007f")


def csv_cell(text: str) -> str:
    """Give ``text`` as one line that no spreadsheet takes for a formula.

    What begins like one, and is no number, gets an apostrophe before it.
    """
    line = whole_line(text)
    begins = unicodedata.normalize("NFKC", line[:16].lstrip("\ufffd \N{NO-BREAK SPACE}"))[:1]
    return f"'{line}" if begins in _FORMULA_SIGNS and not _NUMBER.fullmatch(line) else line


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
