"""What a de-identified data set says of itself. PS3.15 E.1.1, PS3.3 C.12.1.1 and C.7.1.1."""

from __future__ import annotations

from bisect import insort
from operator import attrgetter

from viewer import __version__
from viewer.dicom.deidentification.data_set import Element
from viewer.dicom.deidentification.profile import CLEAN_PIXELS, Profile, edition

_REMOVED, _METHOD, _METHOD_CODES = 0x00120062, 0x00120063, 0x00120064
_BURNED_IN, _TEMPORAL = 0x00280301, 0x00280303
_LONGEST = 64  # characters of a value of LO
_tag = attrgetter("tag")


def state(
    elements: list[Element], profile: Profile, *, former_dates: str, is_blacked_out: bool
) -> list[Element]:
    """Give a data set with the statements, in the order of tags.

    Parameters
    ----------
    former_dates : str
        What it says of its dates so far: those of a file that had them changed stay so.
    """
    dates = profile.dates
    if dates == "UNMODIFIED" and former_dates in ("MODIFIED", "REMOVED"):
        dates = former_dates
    codes = [*profile.codes, *([CLEAN_PIXELS] if is_blacked_out else [])]
    method = [f"Negato {__version__}, PS3.15 {edition()}", *(meaning for _, meaning in codes)]
    added = [
        text(_REMOVED, "CS", "YES"),
        text(_METHOD, "LO", "\\".join(one[:_LONGEST] for one in method)),
        _sequence(_METHOD_CODES, codes),
        text(_TEMPORAL, "CS", dates),
    ]
    if is_blacked_out:
        added.append(text(_BURNED_IN, "CS", "NO"))
    return replaced(elements, added)


def replaced(elements: list[Element], added: list[Element]) -> list[Element]:
    """Give a data set with elements put in, in the place of those with their tags."""
    tags = {one.tag for one in added}
    result = [one for one in elements if one.tag not in tags]
    for one in added:
        insort(result, one, key=_tag)
    return result


def text(tag: int, vr: str, value: str) -> Element:
    """Make an element of a text."""
    return Element(tag, vr, 0, 0, 0, new=value.encode(), is_changed=True)


def _sequence(tag: int, codes: list[tuple[str, str]]) -> Element:
    items = [
        [
            text(0x00080100, "SH", value),
            text(0x00080102, "SH", "DCM"),
            text(0x00080104, "LO", meaning[:_LONGEST]),
        ]
        for value, meaning in codes
    ]
    return Element(tag, "SQ", 0, 0, 0, items=items, is_changed=True)
