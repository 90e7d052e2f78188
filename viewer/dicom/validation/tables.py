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
        return " ".join(_WORDS.get(word, word.capitalize()) for word in self.key.split("-"))

    @property
    def section(self) -> str:
        """Where the standard describes it, as closely as is known."""
        if self.key.endswith("functional-groups"):
            return "PS3.3 C.7.6.16"
        return f"PS3.3 {_SECTIONS.get(self.key, 'C')}"


# where attributes of a module are met without it: PixelSpacing of a projection
_EVIDENCE = {"image-plane": ["ImagePositionPatient", "ImageOrientationPatient"]}
_WORDS = {
    word: word.upper()
    for word in "ct mr cr us pet nm dx rt sop voi lut sc xa xrf icc sr ecg ivus oct nb".split()
}
_WORDS["of"] = "of"
# sections of PS3.3 on the modules that most files have
_SECTIONS = {
    "patient": "C.7.1.1",
    "general-study": "C.7.2.1",
    "patient-study": "C.7.2.2",
    "general-series": "C.7.3.1",
    "frame-of-reference": "C.7.4.1",
    "general-equipment": "C.7.5.1",
    "enhanced-general-equipment": "C.7.5.2",
    "general-image": "C.7.6.1",
    "image-plane": "C.7.6.2",
    "image-pixel": "C.7.6.3",
    "contrast-bolus": "C.7.6.4",
    "cine": "C.7.6.5",
    "multi-frame": "C.7.6.6",
    "display-shutter": "C.7.6.11",
    "device": "C.7.6.12",
    "acquisition-context": "C.7.6.14",
    "multi-frame-dimension": "C.7.6.17",
    "specimen": "C.7.6.22",
    "cr-series": "C.8.1.1",
    "cr-image": "C.8.1.2",
    "ct-image": "C.8.2.1",
    "mr-image": "C.8.3.1",
    "nm-pet-patient-orientation": "C.8.4.6",
    "us-image": "C.8.5.6",
    "sc-equipment": "C.8.6.1",
    "sc-image": "C.8.6.2",
    "x-ray-image": "C.8.7.1",
    "rt-image": "C.8.8.2",
    "rt-dose": "C.8.8.3",
    "structure-set": "C.8.8.5",
    "roi-contour": "C.8.8.6",
    "rt-roi-observations": "C.8.8.8",
    "pet-series": "C.8.9.1",
    "pet-isotope": "C.8.9.2",
    "pet-image": "C.8.9.4",
    "dx-series": "C.8.11.1",
    "dx-image": "C.8.11.3",
    "segmentation-image": "C.8.20.2",
    "overlay-plane": "C.9.2",
    "modality-lut": "C.11.1",
    "voi-lut": "C.11.2",
    "sop-common": "C.12.1",
    "common-instance-reference": "C.12.2",
    "sr-document-series": "C.17.1",
    "sr-document-general": "C.17.2",
    "sr-document-content": "C.17.3",
    "basic-directory": "F.3",
}


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
