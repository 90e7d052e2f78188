"""A data set as it is written: each element with its VR, its length, its place and its bytes.

What is parsed, and what the dictionary says of it. The parsing is `parsing`'s.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import lru_cache

from pydicom import datadict

from viewer.dicom.tags import tag_text

PIXEL_DATA = 0x7FE00010
PIXELS = frozenset((0x7FE00008, 0x7FE00009, PIXEL_DATA))
SHARED_GROUPS, PER_FRAME_GROUPS = 0x52009229, 0x52009230


@dataclass(frozen=True, slots=True)
class Entry:
    """What the dictionary says of a tag. PS3.6."""

    vr: str  # "US or SS" where it depends
    vm: str
    keyword: str


@dataclass(slots=True)
class Element:
    """One data element; ``vr`` is that of the dictionary where none is written."""

    tag: int
    vr: str
    is_explicit: bool
    length: int | None  # None: undefined
    offset: int  # of the value
    value: bytes | None = None  # None where it is long, or has items
    items: list[DataSet] | None = None
    fragments: tuple[tuple[int, int, bytes], ...] | None = None  # offset, length, first bytes


@dataclass(slots=True)
class DataSet:
    """The elements of a data set or of an item, in the order of the file."""

    order: str = "<"  # of bytes, as `struct` has it
    start: int = 0  # of an item, where its tag is in the file
    elements: list[Element] = field(default_factory=list)
    by_tag: dict[int, Element] = field(default_factory=dict)

    def get(self, keyword: str) -> Element | None:
        """Give an element by its keyword."""
        return self.by_tag.get(tag_of(keyword))

    def has(self, keyword: str) -> bool:
        """Tell whether it has an element, perhaps an empty one."""
        return tag_of(keyword) in self.by_tag

    def texts(self, keyword: str) -> tuple[str, ...]:
        """Give the values of a text without padding; none where it is empty or absent."""
        element = self.get(keyword)
        if element is None or not element.value:
            return ()
        text = element.value.decode("latin-1").rstrip("\0 ")
        return tuple(part.strip() for part in text.split("\\")) if text else ()

    def text(self, keyword: str) -> str:
        """Give the first value of a text; "" where there is none."""
        return next(iter(self.texts(keyword)), "")

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """Give the numbers of an element; none where one of them is none."""
        element = self.get(keyword)
        if element is None or not element.value:
            return ()
        kind = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}.get(element.vr)
        if kind is None and element.vr in ("US or SS", "US or OW", "US or SS or OW", "UN"):
            kind = "H"
        try:
            if kind is not None:
                view = memoryview(element.value)[
                    : len(element.value) // _SIZES[kind] * _SIZES[kind]
                ]
                return tuple(float(one) for (one,) in struct.iter_unpack(self.order + kind, view))
            return tuple(float(part) for part in self.texts(keyword))
        except ValueError:
            return ()

    def number(self, keyword: str) -> float | None:
        """Give the first number of an element."""
        return next(iter(self.numbers(keyword)), None)

    def whole(self, keyword: str) -> int | None:
        """Give the first number of an element where it is a whole one."""
        number = self.number(keyword)
        return int(number) if number is not None and number == number // 1 else None

    def items(self, keyword: str) -> list[DataSet]:
        """Give the items of a sequence; none where it is absent."""
        element = self.get(keyword)
        return (element.items or []) if element is not None else []


_SIZES = {"H": 2, "h": 2, "I": 4, "i": 4, "f": 4, "d": 8}


@lru_cache(maxsize=8192)
def entry_of(tag: int) -> Entry | None:
    """Give what the dictionary says of a tag, repeating groups included; None for nothing."""
    if tag & 0xFFFF == 0 and tag >> 16 > 2:
        return Entry("UL", "1", "")
    if tag >> 16 & 1:
        return Entry("LO", "1", "") if 0x10 <= tag & 0xFFFF <= 0xFF else None
    try:
        vr, vm, _, _, keyword = datadict.get_entry(tag)
    except KeyError:
        return None
    return Entry(vr, vm, keyword)


@lru_cache(maxsize=4096)
def tag_of(keyword: str) -> int:
    """Give the tag of a keyword; -1 where there is none, as of repeating groups."""
    tag = datadict.tag_for_keyword(keyword)
    return -1 if tag is None else int(tag)


def name_of(tag: int) -> str:
    """Give the keyword of a tag, else its number, as keyword paths have it."""
    entry = entry_of(tag)
    return (entry.keyword if entry is not None else "") or tag_text(tag)
