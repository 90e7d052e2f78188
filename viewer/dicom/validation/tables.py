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
    iod: str
    is_mandatory: bool
    node: int
    evidence: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """Its name as people write it: "Image Plane"."""
        return _title(self.key)

    @property
    def section(self) -> str:
        """Where the standard describes it; of a section that is not known here, what it is on."""
        if self.key.endswith("functional-groups"):
            return "PS3.3 C.7.6.16"
        if self.key in _SECTIONS:
            return f"PS3.3 {_SECTIONS[self.key]}"
        return f"PS3.3, {self.title} Module of the {_title(self.iod)} IOD"


def _title(key: str) -> str:
    return " ".join(_WORDS.get(word, word.capitalize()) for word in key.split("-") if word)


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
    "clinical-trial-subject": "C.7.1.3",
    "general-study": "C.7.2.1",
    "patient-study": "C.7.2.2",
    "clinical-trial-study": "C.7.2.3",
    "general-series": "C.7.3.1",
    "clinical-trial-series": "C.7.3.2",
    "frame-of-reference": "C.7.4.1",
    "synchronization": "C.7.4.2",
    "general-equipment": "C.7.5.1",
    "enhanced-general-equipment": "C.7.5.2",
    "general-image": "C.7.6.1",
    "image-plane": "C.7.6.2",
    "image-pixel": "C.7.6.3",
    "contrast-bolus": "C.7.6.4",
    "enhanced-contrast-bolus": "C.7.6.4b",
    "cine": "C.7.6.5",
    "multi-frame": "C.7.6.6",
    "mask": "C.7.6.10",
    "display-shutter": "C.7.6.11",
    "device": "C.7.6.12",
    "acquisition-context": "C.7.6.14",
    "bitmap-display-shutter": "C.7.6.15",
    "multi-frame-dimension": "C.7.6.17",
    "cardiac-synchronization": "C.7.6.18.1",
    "respiratory-synchronization": "C.7.6.18.2",
    "bulk-motion-synchronization": "C.7.6.18.3",
    "specimen": "C.7.6.22",
    "floating-point-image-pixel": "C.7.6.24",
    "double-floating-point-image-pixel": "C.7.6.25",
    "palette-color-lookup-table": "C.7.9",
    "cr-series": "C.8.1.1",
    "cr-image": "C.8.1.2",
    "ct-image": "C.8.2.1",
    "mr-image": "C.8.3.1",
    "nm-pet-patient-orientation": "C.8.4.6",
    "nm-image-pixel": "C.8.4.7",
    "nm-multi-frame": "C.8.4.8",
    "nm-image": "C.8.4.9",
    "nm-isotope": "C.8.4.10",
    "nm-detector": "C.8.4.11",
    "nm-tomo-acquisition": "C.8.4.12",
    "nm-multi-gated-acquisition": "C.8.4.13",
    "nm-phase": "C.8.4.14",
    "nm-reconstruction": "C.8.4.15",
    "us-region-calibration": "C.8.5.5",
    "us-image": "C.8.5.6",
    "sc-equipment": "C.8.6.1",
    "sc-image": "C.8.6.2",
    "sc-multi-frame-image": "C.8.6.3",
    "sc-multi-frame-vector": "C.8.6.4",
    "x-ray-image": "C.8.7.1",
    "x-ray-acquisition": "C.8.7.2",
    "x-ray-collimator": "C.8.7.3",
    "x-ray-table": "C.8.7.4",
    "xa-positioner": "C.8.7.5",
    "rt-series": "C.8.8.1",
    "rt-image": "C.8.8.2",
    "rt-dose": "C.8.8.3",
    "rt-dvh": "C.8.8.4",
    "structure-set": "C.8.8.5",
    "roi-contour": "C.8.8.6",
    "rt-roi-observations": "C.8.8.8",
    "rt-general-plan": "C.8.8.9",
    "rt-patient-setup": "C.8.8.12",
    "rt-fraction-scheme": "C.8.8.13",
    "rt-beams": "C.8.8.14",
    "rt-brachy-application-setups": "C.8.8.15",
    "approval": "C.8.8.16",
    "pet-series": "C.8.9.1",
    "pet-isotope": "C.8.9.2",
    "pet-multi-gated-acquisition": "C.8.9.3",
    "pet-image": "C.8.9.4",
    "dx-series": "C.8.11.1",
    "dx-anatomy-imaged": "C.8.11.2",
    "dx-image": "C.8.11.3",
    "dx-detector": "C.8.11.4",
    "dx-positioning": "C.8.11.5",
    "mammography-series": "C.8.11.6",
    "mammography-image": "C.8.11.7",
    "intra-oral-series": "C.8.11.8",
    "intra-oral-image": "C.8.11.9",
    "vl-image": "C.8.12.1",
    "slide-coordinates": "C.8.12.2",
    "whole-slide-microscopy-series": "C.8.12.3",
    "whole-slide-microscopy-image": "C.8.12.4",
    "optical-path": "C.8.12.5",
    "enhanced-mr-image": "C.8.13.1",
    "mr-pulse-sequence": "C.8.13.4",
    "mr-series": "C.8.13.6",
    "ct-series": "C.8.15.1",
    "enhanced-ct-image": "C.8.15.2",
    "segmentation-series": "C.8.20.1",
    "segmentation-image": "C.8.20.2",
    "overlay-plane": "C.9.2",
    "displayed-area": "C.10.4",
    "graphic-annotation": "C.10.5",
    "spatial-transformation": "C.10.6",
    "graphic-layer": "C.10.7",
    "waveform-identification": "C.10.8",
    "waveform": "C.10.9",
    "waveform-annotation": "C.10.10",
    "modality-lut": "C.11.1",
    "voi-lut": "C.11.2",
    "softcopy-presentation-lut": "C.11.6",
    "overlay-activation": "C.11.7",
    "softcopy-voi-lut": "C.11.8",
    "presentation-series": "C.11.9",
    "presentation-state-identification": "C.11.10",
    "presentation-state-relationship": "C.11.11",
    "presentation-state-shutter": "C.11.12",
    "presentation-state-mask": "C.11.13",
    "icc-profile": "C.11.15",
    "sop-common": "C.12.1",
    "common-instance-reference": "C.12.2",
    "frame-extraction": "C.12.3",
    "general-reference": "C.12.4",
    "sr-document-series": "C.17.1",
    "sr-document-general": "C.17.2",
    "sr-document-content": "C.17.3",
    "key-object-document-series": "C.17.6.1",
    "key-object-document": "C.17.6.2",
    "spatial-registration-series": "C.20.1",
    "spatial-registration": "C.20.2",
    "encapsulated-document-series": "C.24.1",
    "encapsulated-document": "C.24.2",
    "file-set-identification": "F.3.2.1",
    "directory-information": "F.3.2.2",
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
            found.append(Module(key, iod, not rest, tables["modules"][key], tags))
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
