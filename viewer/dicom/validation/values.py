"""Each element against the dictionary and its VR: VR, VM, characters, form.

Walks all levels. What a single value may be is said in `value_rules`, text is decoded by
`characters`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from viewer.dicom.tags import tag_text
from viewer.dicom.validation.characters import CharacterSet, character_set, decoded
from viewer.dicom.validation.elements import PIXELS, DataSet, Element, entry_of, name_of
from viewer.dicom.validation.findings import Collector
from viewer.dicom.validation.value_rules import is_extended, problems, values_of, word_of

_CHARACTER_SET = 0x00080005
_VM = re.compile(r"([0-9]+)(?:-([0-9]+)?(n)?)?")
_NOT_COUNTED = frozenset(("SQ", "OB", "OW", "OF", "OD", "OL", "OV", "UN", "LT", "ST", "UT", "UR"))


def check_values(root: DataSet, collector: Collector, *, is_meta: bool = False) -> None:
    """Check all elements of a data set, and those of its items."""
    _check(root, collector, "", CharacterSet(), is_meta=is_meta)


def _check(
    level: DataSet, collector: Collector, prefix: str, by: CharacterSet, *, is_meta: bool = False
) -> None:
    stated = level.by_tag.get(_CHARACTER_SET)
    if stated is not None and stated.value:
        where = f"{prefix}SpecificCharacterSet"
        by = character_set(stated.value, collector, where, by)
    creators: set[tuple[int, int]] = set()
    for element in level.elements:
        where = prefix + name_of(element.tag)
        if element.tag >> 16 & 1:
            _check_private(element, creators, collector, where)
        _check_vr(element, collector, where)
        if element.value:
            _check_value(element, collector, where, by)
        for number, item in enumerate(element.items or ()):
            _check(item, collector, f"{where}[{number}].", by)


def _check_private(
    element: Element, creators: set[tuple[int, int]], collector: Collector, where: str
) -> None:
    group, number = element.tag >> 16, element.tag & 0xFFFF
    if 0x10 <= number <= 0xFF:
        if element.value and element.value.strip(b"\0 "):
            creators.add((group, number))
        return
    if number >= 0x1000 and (group, number >> 8) not in creators:
        told = (
            f"The private element {tag_text(element.tag)} has no creator that reserves its block."
        )
        collector.add("private-creator", told, tag=element.tag, where=where)


def _check_vr(element: Element, collector: Collector, where: str) -> None:
    entry = entry_of(element.tag)
    if entry is None:
        if not element.tag >> 16 & 1:
            told = f"{tag_text(element.tag)} is not in the dictionary of the standard."
            collector.add("tag-unknown", told, tag=element.tag, where=where)
        return
    if not element.is_explicit or element.tag >> 16 & 1 or element.vr == entry.vr:
        return
    if element.vr == "UN":
        told = f"It is written as UN; the dictionary says {entry.vr}."
        collector.add("vr-un", told, tag=element.tag, where=where)
    elif element.vr not in entry.vr.split(" or ") and element.tag not in PIXELS:
        told = f"It is written as {element.vr}; the dictionary says {entry.vr}."
        collector.add("vr-dictionary", told, tag=element.tag, where=where)


def _check_value(element: Element, collector: Collector, where: str, by: CharacterSet) -> None:
    value, vr, tag = element.value or b"", element.vr, element.tag
    if " or " in vr:  # implicit, and any of these is of words of two bytes
        vr = "US" if "US" in vr else "OW"
    text: str | None = None
    if is_extended(vr):
        text, rule, told = decoded(value, by)
        if rule:
            collector.add(rule, told, tag=tag, where=where)
            if rule != "charset-missing":
                return
    for rule, told in problems(vr, value, text):
        collector.add(rule, told, tag=tag, where=where)
    entry = entry_of(tag)
    if entry is None or vr in _NOT_COUNTED or tag >> 16 & 1:
        return
    word = word_of(vr)
    count = len(value) // word if word else len(values_of(vr, value, text))
    if count and not _fits(count, entry.vm):
        values = "1 value" if count == 1 else f"{count:,} values"
        told = f"It has {values}; the dictionary says {entry.vm}."
        collector.add("vm-dictionary", told, tag=tag, where=where)


@lru_cache(maxsize=1024)
def _fits(count: int, multiplicity: str) -> bool:
    """Tell whether so many values agree with a VM such as "1", "1-3", "2-n", "3-3n" or "1 or 2"."""
    for one in multiplicity.split(" or "):
        found = _VM.fullmatch(one)
        if found is None:
            return True
        least, most, endless = int(found[1]), found[2], bool(found[3])
        if "-" not in one:
            fits = count == least
        elif endless:
            fits = count >= least and count % int(most or 1) == 0
        else:
            fits = least <= count <= int(most)
        if fits:
            return True
    return False
