"""Patients, studies and series as immutable values, and the order in which they are read.

What a series holds is left to `stacks`; how files become these values to
`catalogue`.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from viewer.dicom.image_types import is_localizer

if TYPE_CHECKING:
    from viewer.dicom.stacks import Stack


@dataclass(frozen=True, slots=True)
class Announced:
    """What a disc's index says of a series of which no file has been read yet."""

    files: int
    images: int  # of these files


@dataclass(frozen=True, slots=True)
class Series:
    """One series with its stacks. ``uid`` is "missing-..." where the files have none."""

    uid: str
    number: int | None
    modality: str
    description: str
    stacks: tuple[Stack, ...]
    announced: Announced | None = None  # then there are no stacks, and the rest is hearsay


@dataclass(frozen=True, slots=True)
class Study:
    """One study, its series in reading order. ``uid`` as in `Series`."""

    uid: str
    date: str
    time: str
    description: str
    accession_number: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient, studies newest first."""

    name: str
    id: str
    issuer: str
    birth_date: str
    sex: str
    studies: tuple[Study, ...]


def without_studies(patients: Iterable[Patient], uids: Container[Hashable]) -> tuple[Patient, ...]:
    """Leave out studies by their UIDs, and patients without any."""
    kept = (
        replace(patient, studies=tuple(one for one in patient.studies if one.uid not in uids))
        for patient in patients
    )
    return tuple(patient for patient in kept if patient.studies)


def plain_name(name: str) -> str:
    """Make names equal that differ in empty components only: "Doe^Jo", "Doe^Jo^^^"."""
    return name.rstrip("^= ")


def place_of_patient(patient: Patient) -> tuple[str, str, str]:
    """Give the key that patients are sorted by."""
    return patient.name.casefold(), patient.id, patient.issuer


def place_of_study(study: Study) -> tuple[str, str]:
    """Give the key that studies are sorted by, backwards."""
    return study.date.replace(".", ""), study.time


def place_of_series(series: Series) -> tuple[int, bool, int]:
    """Give the key that series are sorted by: images, localizers, documents; by number."""
    return _rank(series), series.number is None, series.number or 0


def _rank(series: Series) -> int:
    images = [stack for stack in series.stacks if stack.kind != "document"]
    announced = series.announced is not None and series.announced.images > 0
    if not (images or announced) or series.modality == "SEG":  # that is read over its images
        return 2
    return 1 if images and all(is_localizer(s.headers[0].image_type) for s in images) else 0
