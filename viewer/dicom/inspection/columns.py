"""The columns of a metadata table: what a user writes for one, and what that means.

A column is a keyword (``PatientID``), a tag (``0010,0010``, ``(0010,0010)``, ``00100010``), a
private tag with its creator (``(0019,"SIEMENS MR HEADER",0C)``), a path of these into sequences
(``RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose``), or one of `COMPUTED`. Of a
sequence without a number in brackets the first item counts, ``[*]`` stands for all of them; items
are counted from 0, as pydicom does. Nothing behind the pixels is read. Values are the matter of
`cells`, rows that of `table_rows`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from viewer.dicom.errors import NegatoError
from viewer.dicom.header_fields import PIXEL_TAGS

Level = Literal["instance", "series", "study"]
LEVELS: tuple[Level, ...] = ("instance", "series", "study")
Numeric = Literal["", "int", "float"]
EVERY_ITEM = -1

# what is found out, rather than read: name and kind of number
COMPUTED: dict[str, Numeric] = {
    "path": "",
    "file": "",
    "size": "int",
    "transfer_syntax": "",
    "frames": "int",
    "instances": "int",
    "series": "int",
    "status": "",
}
DEFAULT_COLUMNS: dict[Level, tuple[str, ...]] = {
    "instance": (
        "PatientID",
        "PatientName",
        "StudyDate",
        "StudyDescription",
        "Modality",
        "SeriesNumber",
        "SeriesDescription",
        "InstanceNumber",
        "Rows",
        "Columns",
        "frames",
        "path",
    ),
    "series": (
        "PatientID",
        "PatientName",
        "StudyDate",
        "StudyDescription",
        "Modality",
        "SeriesNumber",
        "SeriesDescription",
        "SliceThickness",
        "Rows",
        "Columns",
        "instances",
        "frames",
        "path",
    ),
    "study": (
        "PatientID",
        "PatientName",
        "StudyDate",
        "StudyDescription",
        "AccessionNumber",
        "Modality",
        "series",
        "instances",
        "frames",
        "path",
    ),
}
_WHOLE_VRS = frozenset(("IS", "US", "SS", "UL", "SL", "UV", "SV", "US or SS"))
_REAL_VRS = frozenset(("DS", "FL", "FD"))
_HEX = r"[0-9A-Fa-f]"
_TAG = re.compile(rf"\(?({_HEX}{{4}}),? ?({_HEX}{{4}})\)?")
_PRIVATE = re.compile(rf'\(({_HEX}{{4}}), ?"([^"]{{1,64}})", ?({_HEX}{{2}})\)')
_STEP = re.compile(r"(.+?)(?:\[(\d{1,6}|\*)\])?")
# a step, to the dot behind it: in quotation marks there may be others
_STEPS = re.compile(r'(?:"[^"]*"|[^."])+')
_LISTED = re.compile(
    rf'(?:"[^"]*"|\((?:"[^"]*"|[^()"])*\)|(?<![0-9A-Za-z]){_HEX}{{4}},{_HEX}{{4}}(?![0-9A-Za-z])|[^,])+'
)
_HOW = (
    "Name it by keyword (PatientID), tag (0010,0020), path (RequestAttributesSequence[0]."
    'ScheduledProcedureStepID) or private tag ((0019,"SIEMENS MR HEADER",0C)).'
)


class ColumnError(NegatoError):
    """What was written names no column."""


@dataclass(frozen=True, slots=True)
class Step:
    """One attribute on the way into sequences.

    ``tag`` of a private one with a ``creator`` has no block yet: (gggg,00ee). ``item`` is the one
    to go on in, `EVERY_ITEM` for all.
    """

    tag: int
    creator: str = ""
    item: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``title`` as it was written, with the case of the dictionary.

    Either ``computed`` is one of `COMPUTED`, or ``steps`` lead to an attribute, of which ``vr`` is
    what the dictionary says ("US or SS"; "" where it knows none). ``numeric`` tells the kind of
    number of attributes with one value.
    """

    title: str
    steps: tuple[Step, ...] = ()
    computed: str = ""
    vr: str = ""
    numeric: Numeric = ""


def split_columns(text: str) -> list[str]:
    """Give the columns of a list with commas, those within tags left alone."""
    return [part.strip() for part in _LISTED.findall(text) if part.strip()]


def parse_column(text: str) -> Column:
    """Give the column that a user names.

    Raises
    ------
    ColumnError
        There is none; the sentence says which ones come near.
    """
    if text.lower() in COMPUTED:
        name = text.lower()
        return Column(name, computed=name, numeric=COMPUTED[name])
    steps, titles = [], []
    vr = vm = ""
    for part in _STEPS.findall(text):
        step, title, vr, vm = _step(part, text)
        steps.append(step)
        titles.append(title)
    if not steps:
        raise ColumnError(f"A column is empty. {_HOW}")
    if steps[0].tag >= min(PIXEL_TAGS):
        raise ColumnError(
            f"{text} is the pixels, or lies behind them, where no table reads; "
            "negato dump shows what is there."
        )
    return Column(".".join(titles), tuple(steps), vr=vr, numeric=_numeric(steps, vr, vm))


def parse_columns(texts: Sequence[str], level: Level) -> tuple[Column, ...]:
    """Give the columns of a table, those of the level where none are named; each once."""
    found = map(parse_column, texts or DEFAULT_COLUMNS[level])
    return tuple({column.title: column for column in found}.values())


def known_columns(beginning: str = "") -> list[tuple[str, str, str]]:
    """Give title, VR and name of the columns that hold ``beginning``: those first that begin so."""
    from pydicom.datadict import get_entry, keyword_dict

    needle = beginning.casefold()
    every = [(name, "", "computed") for name in COMPUTED]
    for keyword, tag in sorted(keyword_dict.items()):
        if keyword and 0x00020000 <= tag < min(PIXEL_TAGS):
            vr, _, name, *_ = get_entry(tag)
            every.append((keyword, vr, name))
    found = [one for one in every if needle in f"{one[0]} {one[2]}".casefold()]
    return sorted(found, key=lambda one: not one[0].casefold().startswith(needle))


def _step(part: str, whole: str) -> tuple[Step, str, str, str]:
    """Give the step, its title, and VR and VM as the dictionary has them."""
    from pydicom.datadict import dictionary_VM, dictionary_VR, keyword_for_tag

    matched = _STEP.fullmatch(part.strip())
    if matched is None:
        raise ColumnError(f"{whole} has a part without a name. {_HOW}")
    name, number = matched[1].strip(), matched[2]
    item = EVERY_ITEM if number == "*" else int(number or 0)
    suffix = f"[{number}]" if number else ""
    if private := _PRIVATE.fullmatch(name):
        group, creator, element = int(private[1], 16), private[2], int(private[3], 16)
        if not group % 2:
            raise ColumnError(f"{name} has a creator, and its group is none of private ones.")
        title = f'({group:04X},"{creator}",{element:02X}){suffix}'
        return Step(group << 16 | element, creator, item), title, "", ""
    tag = _tag_of(name)
    if tag is None:
        raise ColumnError(_unknown(name))
    title = keyword_for_tag(tag) or f"{tag >> 16:04X},{tag & 0xFFFF:04X}"
    try:
        return Step(tag, item=item), title + suffix, dictionary_VR(tag), dictionary_VM(tag)
    except KeyError:
        return Step(tag, item=item), title + suffix, "", ""


def _tag_of(name: str) -> int | None:
    from pydicom.datadict import keyword_dict

    if matched := _TAG.fullmatch(name):
        return int(matched[1] + matched[2], 16)
    if name in keyword_dict:
        return keyword_dict[name]
    folded = name.casefold()
    return next((tag for word, tag in keyword_dict.items() if word.casefold() == folded), None)


def _unknown(name: str) -> str:
    from pydicom.datadict import keyword_dict

    words = {word.casefold(): word for word in (*keyword_dict, *COMPUTED)}
    near = [words[one] for one in get_close_matches(name.casefold(), words, 3, 0.6)]
    if near:
        return f"There is no column {name}; did you mean {' or '.join(near)}?"
    return f"There is no column {name}. {_HOW}"


def _numeric(steps: Sequence[Step], vr: str, vm: str) -> Numeric:
    """Tell what kind of number a column holds: one with several values holds texts."""
    if vm != "1" or any(step.item == EVERY_ITEM for step in steps[:-1]):
        return ""
    return "int" if vr in _WHOLE_VRS else "float" if vr in _REAL_VRS else ""
