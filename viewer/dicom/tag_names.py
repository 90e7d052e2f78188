"""What the dictionaries of pydicom say of a tag, and the encodings of a character set."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from pydicom.charset import convert_encodings
from pydicom.datadict import get_entry, get_private_entry

DEFAULT_ENCODINGS: tuple[str, ...] = ("iso8859",)


class TagEntry(NamedTuple):
    """VR (perhaps "US or SS"), keyword and name of a tag."""

    vr: str
    keyword: str
    name: str


@lru_cache(maxsize=8192)
def look_up(tag: int, creator: str = "") -> TagEntry:
    """Give the dictionary's entry, VR "UN" where there is none.

    Parameters
    ----------
    tag : int
    creator : str
        The private creator of the tag's block; empty for standard tags.
    """
    if tag >> 16 & 1:
        return _look_up_private(tag, creator)
    try:
        vr, _, name, _, keyword = get_entry(tag)
    except KeyError:
        if not tag & 0xFFFF:
            return TagEntry("UL", "", "Group Length")
        return TagEntry("UN", "", "Unknown")
    return TagEntry(vr, keyword, name)


def encodings_of(character_set: bytes) -> tuple[str, ...]:
    """Give Python's codecs for a SpecificCharacterSet (0008,0005); warns of unknown terms."""
    # Python raises for a NUL within a name, where it is to be unknown
    text = character_set.decode("latin-1").replace("\0", " ")
    terms = [term.strip(" ") for term in text.split("\\")]
    return tuple(convert_encodings(terms))


def _look_up_private(tag: int, creator: str) -> TagEntry:
    element = tag & 0xFFFF
    if not element:
        return TagEntry("UL", "", "Group Length")
    if 0x10 <= element <= 0xFF:
        return TagEntry("LO", "", "Private Creator")
    if not creator:
        return TagEntry("UN", "", "Private, without creator")
    try:
        vr, _, name, _ = get_private_entry(tag, creator)
    except KeyError:
        return TagEntry("UN", "", f"[{creator}]")
    return TagEntry(vr, "", f"[{creator}] {name}")
