"""What is done with each attribute: PS3.15 Table E.1-1 with the options that were chosen.

Tables and their reading alone; what an action does with a value is the matter of `cleaning`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from viewer.dicom.errors import NegatoError
from viewer.resources import resource

# By option: the code of CID 7050 and its meaning
OPTIONS: dict[str, tuple[str, str]] = {
    "retain-uids": ("113110", "Retain UIDs Option"),
    "retain-full-dates": ("113106", "Retain Longitudinal Temporal Information Full Dates Option"),
    "retain-modified-dates": (
        "113107",
        "Retain Longitudinal Temporal Information Modified Dates Option",
    ),
    "retain-patient-characteristics": ("113108", "Retain Patient Characteristics Option"),
    "retain-device": ("113109", "Retain Device Identity Option"),
    "retain-institution": ("113112", "Retain Institution Identity Option"),
    "clean-descriptors": ("113105", "Clean Descriptors Option"),
    "clean-graphics": ("113103", "Clean Graphics Option"),
    "retain-safe-private": ("113111", "Retain Safe Private Option"),
}
BASIC = ("113100", "Basic Application Confidentiality Profile")
CLEAN_PIXELS = ("113101", "Clean Pixel Data Option")
# The alternative that is valid whatever type the attribute has in the module: an empty value is
# one for type 2, a made-up one for all. PS3.15 E.3, note on compound actions
_ALWAYS_VALID = {"X/Z": "Z", "X/D": "D", "Z/D": "D", "X/Z/D": "D", "X/Z/U*": "U"}
# PresentationCreationDate and -Time: the table removes them, and states need a value. C.11.10
_NEEDED = frozenset((0x00700082, 0x00700083))
_CURVES, _OVERLAYS = 0x50, 0x60


@dataclass(frozen=True, slots=True)
class Profile:
    """The Basic Profile with ``options``, in the order of `OPTIONS`."""

    options: tuple[str, ...] = ()

    def has(self, option: str) -> bool:
        """Tell whether an option was chosen."""
        return option in self.options

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """Give the codes of CID 7050, with their meanings."""
        return (BASIC, *(OPTIONS[option] for option in self.options))

    @property
    def dates(self) -> str:
        """Give (0028,0303) LongitudinalTemporalInformationModified."""
        if self.has("retain-full-dates"):
            return "UNMODIFIED"
        return "MODIFIED" if self.has("retain-modified-dates") else "REMOVED"


def profile_of(text: str) -> Profile:
    """Read ``basic[,OPTION...]``.

    Raises
    ------
    NegatoError
        There is no such option, or two exclude each other.
    """
    first, *options = [part.strip() for part in text.split(",")]
    if first != "basic":
        raise NegatoError("A profile begins with basic: --profile basic[,OPTION...].")
    unknown = next((option for option in options if option not in OPTIONS), None)
    if unknown is not None:
        raise NegatoError(f"There is no option {unknown!r}; there are {', '.join(OPTIONS)}.")
    if {"retain-full-dates", "retain-modified-dates"} <= set(options):
        raise NegatoError("Dates are kept or shifted: name one of the two options alone.")
    return Profile(tuple(option for option in OPTIONS if option in options))


def actions(profile: Profile) -> Mapping[int, str]:
    """Give the action of each attribute of the table: X, Z, D, U, K or C, by tag.

    Repeating groups stand under 0x50000000 and 0x60003000, 0x60004000.
    """
    return _actions(profile.options)


@cache
def _actions(options: tuple[str, ...]) -> dict[int, str]:
    found = {}
    for tag, row in _table()["attributes"].items():
        chosen = {row[option] for option in options if option in row}
        action = next((one for one in ("K", "C", "X") if one in chosen), row["basic"])
        number = int(tag.replace("xx,xxxx", "00,0000").replace("xx", "00").replace(",", ""), 16)
        is_needed = action == "X" and number in _NEEDED
        found[number] = "D" if is_needed else _ALWAYS_VALID.get(action, action)
    return found


def is_graphics_group(tag: int) -> bool:
    """Tell an element of a curve or an overlay. PS3.3 C.9.2, C.10.2 (retired)."""
    return tag >> 24 in (_CURVES, _OVERLAYS) and not tag >> 16 & 1


@cache
def descriptors() -> frozenset[int]:
    """Give the tags of descriptions: those that Clean Descriptors has cleaned."""
    rows = _table()["attributes"].items()
    return frozenset(_number(tag) for tag, row in rows if "clean-descriptors" in row)


@cache
def safe_private() -> frozenset[tuple[str, int, int]]:
    """Give the private elements known to be safe: creator, group, element of the block."""
    return frozenset(
        (creator, *(int(part, 16) for part in place.split(",")))
        for creator, places in _table()["safe_private"].items()
        for place in places
    )


def edition() -> str:
    """Give the edition of the standard that the actions are of."""
    return str(_table()["edition"]).split()[0]


def _number(tag: str) -> int:
    return int(tag.replace(",", ""), 16)


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(resource("deidentification.json").read_text("utf-8"))
    return table
