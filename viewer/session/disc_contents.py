"""What of the open files can go onto a disc: patients, studies and series with their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from viewer.dicom.catalogue import Catalogue, Patient, Series, Study
from viewer.dicom.patients import plain_name
from viewer.plain_text import date, person_name, plain_line

_UNREADABLE = ("damaged", "unreadable", "missing", "limit")  # in the ledger


@dataclass(frozen=True, slots=True)
class DiscPart:
    """A patient, study or series: one line of plain text; the files of a series.

    ``key`` stays the same while the catalogue grows.
    """

    key: str
    title: str
    parts: tuple[DiscPart, ...] = ()
    study_uid: str = ""
    paths: tuple[str, ...] = ()
    bytes: int = 0
    being_read: bool = False  # its files are not known yet

    def series(self) -> Iterator[DiscPart]:
        """Give the series of it, or itself where it is one."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.series()


def parts_of(catalogue: Catalogue) -> tuple[DiscPart, ...]:
    """Give the patients of a catalogue, with all that is below them."""
    return tuple(_patient(patient) for patient in catalogue.patients)


def chosen_files(series: Iterable[DiscPart]) -> tuple[tuple[str, ...], int]:
    """Give the paths of the files of these series, each once, and their bytes."""
    chosen = list(series)
    paths = dict.fromkeys(path for one in chosen for path in one.paths)
    return tuple(paths), sum(one.bytes for one in chosen)


def not_copied(catalogue: Catalogue, *, running: bool) -> str:
    """Say which files of what is open no series has: they go onto no disc. "" for none."""
    number = sum(skipped.kind in _UNREADABLE for skipped in catalogue.ledger.skipped)
    sentences = []
    if running:
        sentences.append("Files are still being read; what comes is added here.")
    if number:
        files = "1 file is" if number == 1 else f"{number:,} files are"
        sentences.append(
            f"{files} damaged or could not be read, and cannot go onto the disc: "
            "see File > Files Seen."
        )
    return " ".join(sentences)


def size_text(number: int) -> str:
    """Write a number of bytes as media have it: "1.2 GB"."""
    value = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            break
        value /= 1000
    return f"{value:,.0f} {unit}" if unit == "bytes" or value >= 100 else f"{value:,.1f} {unit}"


def _patient(patient: Patient) -> DiscPart:
    key = f"{patient.id}\0{patient.issuer}\0{plain_name(patient.name)}"
    facts = (person_name(patient.name) or "No name", plain_line(patient.id, 64))
    return DiscPart(key, _join(facts), tuple(_study(study, key) for study in patient.studies))


def _study(study: Study, above: str) -> DiscPart:
    key = f"{above}\0{study.uid}"
    facts = (date(study.date), plain_line(study.description, 120) or "Study")
    series = tuple(_series(one, key, study.uid) for one in study.series)
    return DiscPart(key, _join(facts), series, study.uid)


def _series(series: Series, above: str, study_uid: str) -> DiscPart:
    headers = {header.path: header for stack in series.stacks for header in stack.headers}
    label = series.stacks[0].label if series.stacks else ""
    description = plain_line(series.description, 120) or plain_line(label, 120) or "Series"
    number = f"{series.number}" if series.number is not None else ""
    return DiscPart(
        f"{above}\0{series.uid}",
        _join((number, plain_line(series.modality, 16), description)),
        (),
        study_uid,
        tuple(headers),
        sum(header.size for header in headers.values()),
        series.announced is not None,
    )


def _join(facts: tuple[str, ...]) -> str:
    return " · ".join(fact for fact in facts if fact)
