"""Patients, studies and series while a catalogue is built: mutable nodes over frozen values.

A node knows its headers, and makes its value anew only where they changed. Which headers come
and go is `catalogue`'s matter.
"""

from __future__ import annotations

import os
from collections.abc import Container, Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.patients import (
    Patient,
    Series,
    Study,
    place_of_series,
    place_of_study,
    plain_name,
)
from viewer.dicom.stacks import build_stacks

# While a scan runs, a series is rebuilt once it has grown by this share: the
# work on a growing series stays proportional to its size.
_GROWTH = 0.25
Identity = tuple[str, str, str]


def identity_of(header: InstanceHeader) -> Identity:
    """Tell patients apart."""
    return (header.patient_id, header.issuer_of_patient_id, plain_name(header.patient_name))


def study_key(header: InstanceHeader) -> Hashable:
    """Tell the studies of a patient apart; without a UID, by date."""
    return header.study_instance_uid or ("no UID", header.study_date)


def series_key(header: InstanceHeader) -> Hashable:
    """Tell series apart; without a UID, by folder and modality."""
    return header.series_instance_uid or (os.path.dirname(header.path), header.modality)


@dataclass(slots=True)
class SeriesNode:
    """The headers of a series in order of arrival, and what was last built of them."""

    uid: str
    version: str = ""  # another one once a file has left: what is cached of it may come again
    headers: list[InstanceHeader] = field(default_factory=list)
    built: int = 0
    value: Series | None = None
    is_stale: bool = False

    def drop(self, ids: Container[int], version: str) -> bool:
        """Leave out headers by their `id`; tell whether there were any."""
        kept = [header for header in self.headers if id(header) not in ids]
        if len(kept) == len(self.headers):
            return False
        self.headers, self.version, self.is_stale = kept, version, True
        return True

    def refresh(self, *, complete: bool) -> bool:
        """Make the value anew where it changed; a series that grew little only if ``complete``."""
        grown = len(self.headers) - self.built
        if not self.is_stale and (not grown or (not complete and grown < self.built * _GROWTH)):
            return False
        self.built, self.is_stale = len(self.headers), False
        number = next((h.series_number for h in self.headers if h.series_number is not None), None)
        self.value = Series(
            self.uid,
            number,
            _first(h.modality for h in self.headers),
            _first(h.series_description for h in self.headers),
            build_stacks(self.uid + self.version, self.headers),
        )
        return True

    def reading_place(self) -> tuple[tuple[int, bool, int], bool, str]:
        """Give the place of a series that was built; where several share it, by their time."""
        assert self.value is not None
        first = self.headers[0]
        time = (first.series_date or first.study_date) + (first.series_time or first.content_time)
        return (place_of_series(self.value), not time, time)


@dataclass(slots=True)
class StudyNode:
    """The series of a study, and the first text that its files give of it."""

    uid: str
    series: dict[Hashable, SeriesNode] = field(default_factory=dict)
    date: str = ""
    time: str = ""
    description: str = ""
    accession_number: str = ""
    value: Study | None = None
    is_stale: bool = False

    def headers(self) -> Iterator[InstanceHeader]:
        """Give the headers of all series."""
        return (header for node in self.series.values() for header in node.headers)

    def drop(self, ids: Container[int], version: str) -> bool:
        """Leave out headers by their `id`, and series without any; tell whether there were."""
        dropped = [node.drop(ids, version) for node in self.series.values()]
        if not any(dropped):
            return False
        self.is_stale = True
        self.series = {key: node for key, node in self.series.items() if node.headers}
        self.date = self.time = self.description = self.accession_number = ""
        for header in self.headers():
            self.note(header)
        return True

    def note(self, header: InstanceHeader) -> None:
        """Take the text that is not known yet."""
        self.date = self.date or header.study_date
        self.time = self.time or header.study_time
        self.description = self.description or header.study_description
        self.accession_number = self.accession_number or header.accession_number

    def refresh(self, *, complete: bool) -> bool:
        """Make the value anew where it changed; a series that grew little only if ``complete``."""
        # Two steps, because any() alone would stop at the first that changed.
        changed = [node.refresh(complete=complete) for node in self.series.values()]
        if not self.is_stale and not any(changed):
            return False
        self.is_stale = False
        built = (node for node in self.series.values() if node.value is not None)
        nodes = sorted(built, key=SeriesNode.reading_place)
        self.value = Study(
            self.uid,
            self.date,
            self.time,
            self.description,
            self.accession_number,
            tuple(node.value for node in nodes if node.value is not None),
        )
        return True


@dataclass(slots=True)
class PatientNode:
    """The studies of a patient, and the first text that its files give of them."""

    studies: dict[Hashable, StudyNode] = field(default_factory=dict)
    first: InstanceHeader | None = None
    birth_date: str = ""
    sex: str = ""
    value: Patient | None = None
    is_stale: bool = False

    def headers(self) -> Iterator[InstanceHeader]:
        """Give the headers of all studies."""
        return (header for node in self.studies.values() for header in node.headers())

    def drop(self, ids: Container[int], version: str) -> bool:
        """Leave out headers by their `id`, and studies without any; tell whether there were."""
        dropped = [node.drop(ids, version) for node in self.studies.values()]
        if not any(dropped):
            return False
        self.is_stale = True
        self.studies = {key: node for key, node in self.studies.items() if node.series}
        self.first, self.birth_date, self.sex = None, "", ""
        for header in self.headers():
            self.note(header)
        return True

    def note(self, header: InstanceHeader) -> None:
        """Take the text that is not known yet."""
        self.first = self.first or header
        self.birth_date = self.birth_date or header.patient_birth_date
        self.sex = self.sex or header.patient_sex

    def refresh(self, *, complete: bool) -> bool:
        """Make the value anew where it changed; a series that grew little only if ``complete``."""
        changed = [node.refresh(complete=complete) for node in self.studies.values()]
        first = self.first
        if first is None or not (self.is_stale or any(changed)):
            return False
        self.is_stale = False
        studies = [node.value for node in self.studies.values() if node.value is not None]
        studies.sort(key=place_of_study, reverse=True)
        self.value = Patient(
            first.patient_name,
            first.patient_id,
            first.issuer_of_patient_id,
            self.birth_date,
            self.sex,
            tuple(studies),
        )
        return True


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
