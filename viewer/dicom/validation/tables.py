"""The attributes that each IOD requires, from ``resources/iods.json``. PS3.3 A and C.

Loaded when the first file is checked. What becomes of a requirement is judged by `required`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, cast

from viewer.dicom.validation.elements import tag_of
from viewer.resources import resource

Type = Literal["1", "1C", "2", "2C", "3"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One attribute of a module or of the items of a sequence."""

    tag: int
    keyword: str
    type: Type
    node: int | None  # what its items require; of `requirements`


@dataclass(frozen=True, slots=True)
class Module:
    """A module of an IOD; ``evidence`` are its own attributes where it need not be there."""

    key: str
    is_mandatory: bool
    node: int
    evidence: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """Its name as people write it: "Image Plane"."""
        return _TITLES.get(self.key) or " ".join(
            _WORDS.get(word, word.capitalize()) for word in self.key.split("-")
        )


# where attributes of a module are met without it: PixelSpacing of a projection
_EVIDENCE = {"image-plane": ["ImagePositionPatient", "ImageOrientationPatient"]}
_WORDS = {
    word: word.upper()
    for word in "ct mr cr us pet nm dx rt sop voi lut sc xa xrf icc sr ecg ivus oct nb".split()
}
_TITLES = {"voi-lut": "VOI LUT", "sop-common": "SOP Common", "us-image": "US Image"}


def iod_of(sop_class_uid: str) -> str | None:
    """Give the IOD of a SOP Class; None where the tables have none."""
    return cast("str | None", _tables()["classes"].get(sop_class_uid))


@lru_cache(maxsize=64)
def modules_of(iod: str) -> tuple[Module, ...]:
    """Give the modules of an IOD, those that need not be there with their evidence."""
    tables = _tables()
    found = []
    for told in tables["iods"][iod]:
        key, *rest = told.split(" ")
        keywords = (_EVIDENCE.get(key) or rest[1:] or tables["evidence"][key]) if rest else []
        tags = tuple(tag for tag in map(tag_of, keywords) if tag >= 0)
        if not rest or tags:
            found.append(Module(key, not rest, tables["modules"][key], tags))
    return tuple(found)


@lru_cache(maxsize=2048)
def requirements(node: int) -> tuple[Requirement, ...]:
    """Give what a data set or an item must have."""
    found = []
    for keyword, told in _tables()["nodes"][node].items():
        kind, _, below = told.partition(" ")
        tag = tag_of(keyword)
        if tag >= 0:  # of repeating groups there is more than one
            found.append(Requirement(tag, keyword, kind, int(below) if below else None))
    return tuple(found)


@cache
def _tables() -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(resource("iods.json").read_text("utf-8")))
