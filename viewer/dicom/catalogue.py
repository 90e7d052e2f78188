"""Patients, studies, series and stacks, and the ledger of every file seen.

The builder takes headers as they arrive and rebuilds only what changed. The
values and their order are in `patients`; how a series becomes stacks is left
to `stacks`, the ledger in words to `ledger`, what is only announced to
`outline`.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Ledger, Skipped, ledger_sentence, ledger_text
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.outline import Outline, SeriesRead, announce
from viewer.dicom.patients import (
    Patient,
    Series,
    Study,
    place_of_patient,
    place_of_series,
    place_of_study,
    plain_name,
)
from viewer.dicom.splitting import frame_count
from viewer.dicom.stacks import build_stacks

if TYPE_CHECKING:
    from viewer.dicom.ledger import Notice

# While a scan runs, a series is rebuilt once it has grown by this share: the
# work on a growing series stays proportional to its size.
_GROWTH = 0.25
_SHARED_UID = "Files that differ share a SOPInstanceUID, which must be unique; each is shown."


__all__ = [
    "Catalogue",
    "CatalogueBuilder",
    "Ledger",
    "Patient",
    "Series",
    "Skipped",
    "Study",
    "ledger_sentence",
    "ledger_text",
]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything open, as one immutable value.

    While a scan runs, it may have series that are only announced.
    """

    patients: tuple[Patient, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)


class CatalogueBuilder:
    """Takes what a scan finds and gives the catalogue so far, as often as asked.

    Owned by one thread. Values that did not change from one snapshot to the
    next are the same objects. A multi-frame file with which ``limits.frames_in_all``
    would be exceeded is skipped: a few bytes can claim any number of frames.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._frames = 0  # of multi-frame files
        self._patients: dict[tuple[str, str, str], _PatientNode] = {}
        self._paths: set[str] = set()
        self._first: dict[str, InstanceHeader] = {}  # of each SOPInstanceUID
        self._shared: dict[InstanceHeader, str] = {}  # of shared ones: header without place, path
        self._shown = 0
        self._skipped: list[Skipped] = []
        self._skipped_tuple: tuple[Skipped, ...] = ()
        self._notices: dict[str, None] = {}
        self._outlines: list[Outline] = []
        self._read_series: set[str] = set()  # of the outlines
        self._missing_uids = 0

    def add(self, item: InstanceHeader | Skipped | Notice | Outline | SeriesRead) -> None:
        """Take one result of the scan. A path that came before is not counted again."""
        if isinstance(item, InstanceHeader):
            self._add_header(item)
        elif isinstance(item, Skipped):
            if item.path not in self._paths:
                self._skip(item)
        elif isinstance(item, Outline):
            self._outlines.append(item)
        elif isinstance(item, SeriesRead):
            self._read_series.add(item.uid)
        else:
            self._notices[item.text] = None

    def snapshot(self, *, complete: bool = True) -> Catalogue:
        """Give the catalogue so far.

        With ``complete=False`` (for display while a scan runs) a series that
        grew little since it was last built is given as it was, and one that is
        only announced as that; the ledger always counts everything.
        """
        for node in self._patients.values():
            node.refresh(complete=complete)
        if len(self._skipped_tuple) != len(self._skipped):
            self._skipped_tuple = tuple(self._skipped)
        built = (node.value for node in self._patients.values() if node.value is not None)
        patients = tuple(sorted(built, key=place_of_patient))
        if self._outlines and not complete:
            patients = announce(patients, self._outlines, self._read_series)
        skipped = self._skipped_tuple
        ledger = Ledger(self._shown + len(skipped), self._shown, skipped, tuple(self._notices))
        return Catalogue(patients, ledger)

    def _skip(self, skipped: Skipped) -> None:
        self._paths.add(skipped.path)
        self._skipped.append(skipped)

    def _add_header(self, header: InstanceHeader) -> None:
        if header.path in self._paths:
            return
        if not self._has_room(header) or (header.sop_instance_uid and not self._keep(header)):
            return
        self._paths.add(header.path)
        self._shown += 1
        identity = (header.patient_id, header.issuer_of_patient_id, plain_name(header.patient_name))
        patient = self._patients.setdefault(identity, _PatientNode())
        study = patient.studies.get(study_key := _study_key(header))
        if study is None:
            uid = header.study_instance_uid or self._missing_uid()
            study = patient.studies[study_key] = _StudyNode(uid)
        series = study.series.get(series_key := _series_key(header))
        if series is None:
            uid = header.series_instance_uid or self._missing_uid()
            series = study.series[series_key] = _SeriesNode(uid)
        series.headers.append(header)
        study.note(header)
        patient.note(header)

    def _has_room(self, header: InstanceHeader) -> bool:
        count = frame_count(header)
        if count == 1:
            return True
        if self._frames + count > self._limits.frames_in_all:
            found = f"With its {count:,} frames, {self._frames + count:,} would be open"
            self._skip(Skipped(header.path, "limit", self._limits.refusal("frames_in_all", found)))
            return False
        self._frames += count
        return True

    def _keep(self, header: InstanceHeader) -> bool:
        """Say whether a file is to be shown: a copy of one that is shown is not.

        Another picture under the same SOPInstanceUID is against the standard
        (PS3.5 9), and must not be lost for it.
        """
        first = self._first.setdefault(header.sop_instance_uid, header)
        if first is header:
            return True
        self._shared.setdefault(_without_place(first), first.path)
        other = self._shared.setdefault(_without_place(header), header.path)
        if other != header.path:
            reason = f"Has the SOPInstanceUID and header of {other}, which is shown."
            self._skip(Skipped(header.path, "duplicate", reason))
            return False
        self._notices[_SHARED_UID] = None
        return True

    def _missing_uid(self) -> str:
        self._missing_uids += 1
        return f"missing-{self._missing_uids}"


def _without_place(header: InstanceHeader) -> InstanceHeader:
    return replace(header, path="", mtime_ns=0, in_archive=False)


def _study_key(header: InstanceHeader) -> Hashable:
    return header.study_instance_uid or ("no UID", header.study_date)


def _series_key(header: InstanceHeader) -> Hashable:
    """Tell series apart; without a UID, by folder and modality."""
    return header.series_instance_uid or (os.path.dirname(header.path), header.modality)


@dataclass(slots=True)
class _SeriesNode:
    """The headers of a series in order of arrival, and what was last built of them."""

    uid: str
    headers: list[InstanceHeader] = field(default_factory=list)
    built: int = 0
    value: Series | None = None

    def refresh(self, *, complete: bool) -> bool:
        grown = len(self.headers) - self.built
        if not grown or (not complete and grown < self.built * _GROWTH):
            return False
        self.built = len(self.headers)
        number = next((h.series_number for h in self.headers if h.series_number is not None), None)
        self.value = Series(
            self.uid,
            number,
            _first(h.modality for h in self.headers),
            _first(h.series_description for h in self.headers),
            build_stacks(self.uid, self.headers),
        )
        return True

    def reading_place(self) -> tuple[tuple[int, bool, int], bool, str]:
        """Give the place of a series that was built; where several share it, by their time."""
        assert self.value is not None
        first = self.headers[0]
        time = (first.series_date or first.study_date) + (first.series_time or first.content_time)
        return (place_of_series(self.value), not time, time)


@dataclass(slots=True)
class _StudyNode:
    """The series of a study, and the first text that its files give of it."""

    uid: str
    series: dict[Hashable, _SeriesNode] = field(default_factory=dict)
    date: str = ""
    time: str = ""
    description: str = ""
    accession_number: str = ""
    value: Study | None = None

    def note(self, header: InstanceHeader) -> None:
        self.date = self.date or header.study_date
        self.time = self.time or header.study_time
        self.description = self.description or header.study_description
        self.accession_number = self.accession_number or header.accession_number

    def refresh(self, *, complete: bool) -> bool:
        # Two steps, because any() alone would stop at the first that changed.
        changed = [node.refresh(complete=complete) for node in self.series.values()]
        if not any(changed):
            return False
        built = (node for node in self.series.values() if node.value is not None)
        nodes = sorted(built, key=_SeriesNode.reading_place)
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
class _PatientNode:
    """The studies of a patient, and the first text that its files give of them."""

    studies: dict[Hashable, _StudyNode] = field(default_factory=dict)
    first: InstanceHeader | None = None
    birth_date: str = ""
    sex: str = ""
    value: Patient | None = None

    def note(self, header: InstanceHeader) -> None:
        self.first = self.first or header
        self.birth_date = self.birth_date or header.patient_birth_date
        self.sex = self.sex or header.patient_sex

    def refresh(self, *, complete: bool) -> bool:
        changed = [node.refresh(complete=complete) for node in self.studies.values()]
        first = self.first
        if first is None or not any(changed):
            return False
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
