"""Patients, studies, series and stacks, built from headers as they arrive; the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from viewer.dicom.errors import SkipKind
from viewer.dicom.stacks import Stack


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not shown, and why (one plain sentence)."""

    path: str
    kind: SkipKind
    reason: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every file seen: shown in a stack, or skipped with its reason."""

    seen: int = 0
    shown: int = 0
    skipped: tuple[Skipped, ...] = ()
    notices: tuple[str, ...] = ()  # sentences about the whole: "DICOMDIR damaged, folder scanned"


@dataclass(frozen=True, slots=True)
class Series:
    """One series with its stacks."""

    uid: str
    number: int | None
    modality: str
    description: str
    stacks: tuple[Stack, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One study, its series in reading order."""

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


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything open, as one immutable value."""

    patients: tuple[Patient, ...] = ()
    ledger: Ledger = Ledger()
