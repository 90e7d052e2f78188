"""Values the way people write them, to stand beside the raw ones: dates, ages, names, codes.

What is no such value has no readable form; the raw one then stands alone.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from viewer.dicom.tags import Kind, TagTable

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{4})(\.?)(\d\d)\2(\d\d)")
_TIME = re.compile(r"(\d\d)(\d\d)(?:(\d\d)(\.\d{1,6})?)?")
_DATE_TIME = re.compile(r"(\d{4})(\d\d)?(\d\d)?(\d{4}(?:\d\d(?:\.\d{1,6})?)?|\d\d)?([+-]\d{4})?")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)")
_AGE = re.compile(r"(\d{3})([DWMY])")
_UNITS = {"D": "day", "W": "week", "M": "month", "Y": "year"}
_CODE_KEYWORDS = ("CodeValue", "LongCodeValue", "URNCodeValue")
_TIMEZONE = 0x00080201


def readable(table: TagTable, row: int) -> str:
    """Give a row's value in readable form; empty where that would say nothing more."""
    kind = table.kinds[row]
    if kind == Kind.ITEM:
        return code_text(table, row)
    if kind == Kind.SEQUENCE:
        items = table.children_of(row)
        return code_text(table, int(items[0])) if len(items) == 1 else ""
    if kind == Kind.NOTE:
        return ""
    value = table.values[row]
    if table.tags[row] == _TIMEZONE:
        return _zone(value.strip())
    return readable_value(table.vrs[row], value)


def readable_value(vr: str, value: str) -> str:
    """Give a value of DA, TM, DT, AS or PN in readable form, else "".

    Of several values each is given; one that is no date and so on stands as it is.
    """
    form = _FORMS.get(vr)
    if form is None or not value or len(value) > 4096:
        return ""
    values = value.split("\\")
    texts = [form(one.strip()) or one for one in values]
    return "" if texts == values else "; ".join(texts)


def code_text(table: TagTable, item: int) -> str:
    """Give an item of codes as "meaning (value, scheme)", PS3.3 table 8.8-1; else ""."""
    found: dict[str, str] = {}
    for row in table.children_of(item).tolist():
        keyword = table.keywords[row]
        if keyword in (*_CODE_KEYWORDS, "CodeMeaning", "CodingSchemeDesignator"):
            found.setdefault(keyword, table.values[row].strip())
    value = next((found[keyword] for keyword in _CODE_KEYWORDS if found.get(keyword)), "")
    meaning = found.get("CodeMeaning", "")
    if not value or not meaning:
        return ""
    scheme = found.get("CodingSchemeDesignator", "")
    return f"{meaning} ({value}, {scheme})" if scheme else f"{meaning} ({value})"


def _date(text: str) -> str:
    """Write "20190312", or the older "2019.03.12", as "12 Mar 2019"."""
    found = _DATE.fullmatch(text)
    return _day(found[1], found[3], found[4]) if found else ""


def _day(year: str, month: str, day: str) -> str:
    try:
        date = datetime.date(int(year), int(month), int(day))
    except ValueError:
        return ""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year:04}"


def _time(text: str) -> str:
    """Write "140322.500000" as "14:03:22.5"."""
    found = _TIME.fullmatch(text)
    if found is None or found[1] > "23" or found[2] > "59" or (found[3] or "") > "60":
        return ""
    hours_minutes = f"{found[1]}:{found[2]}"
    if found[3] is None:
        return hours_minutes
    return f"{hours_minutes}:{found[3]}{(found[4] or '').rstrip('0').rstrip('.')}"


def _date_time(text: str) -> str:
    """Write "20190312140322.5+0100" as "12 Mar 2019, 14:03:22.5 (UTC+1)"."""
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return ""
    year, month, day, time, offset = found.groups()
    zone = _zone(offset) if offset else ""
    if offset and not zone:
        return ""
    if day is not None:
        shown = _day(year, month, day)
    else:
        known = month is not None and "01" <= month <= "12"
        shown = f"{_MONTHS[int(month) - 1]} {year}" if known else "" if month else year
    if time is not None:
        clock = _time(time) or (f"{time} h" if len(time) == 2 and time < "24" else "")
        shown = f"{shown}, {clock}" if shown and clock else ""
    return f"{shown} ({zone})" if shown and zone else shown


def _zone(text: str) -> str:
    """Write "+0100" as "UTC+1", "-0330" as "UTC-3:30"."""
    found = _OFFSET.fullmatch(text)
    if found is None or found[2] > "14" or found[3] > "59":
        return ""
    minutes = "" if found[3] == "00" else f":{found[3]}"
    return f"UTC{found[1]}{int(found[2])}{minutes}"


def _age(text: str) -> str:
    """Write "045Y" as "45 years"."""
    found = _AGE.fullmatch(text)
    if found is None:
        return ""
    number, unit = int(found[1]), _UNITS[found[2]]
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _person(text: str) -> str:
    """Write "Doe^John^Adam^Dr^MD" as "Doe, John Adam (Dr, MD)"; its other scripts follow it."""
    groups = [_name_group(group) for group in text.split("=")]
    return " = ".join(group for group in groups if group)


def _name_group(text: str) -> str:
    parts = [part.strip() for part in text.split("^")]
    family, given, middle, prefix, suffix = (*parts, *[""] * 5)[:5]
    if len(parts) > 5:
        return text
    name = ", ".join(filter(None, (family, " ".join(filter(None, (given, middle))))))
    titles = ", ".join(filter(None, (prefix, suffix)))
    return f"{name} ({titles})".strip() if titles else name


_FORMS: dict[str, Callable[[str], str]] = {
    "DA": _date,
    "TM": _time,
    "DT": _date_time,
    "AS": _age,
    "PN": _person,
}
