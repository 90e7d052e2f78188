"""What the index of a disc says of its patients, studies and series, until their files are read.

A DICOMDIR's records may lie: what they say is announced, and whatever a header
says takes its place. Walking the records is left to `dicomdir`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from viewer.dicom import values
from viewer.dicom.patients import (
    Announced,
    Patient,
    Series,
    Study,
    place_of_patient,
    place_of_series,
    place_of_study,
    plain_name,
    without_studies,
)

Attributes = Mapping[int, bytes]  # of a record: tag, value

CHARACTER_SET = 0x00080005
_STUDY_DATE = 0x00080020
_STUDY_TIME = 0x00080030
_ACCESSION_NUMBER = 0x00080050
_MODALITY = 0x00080060
_STUDY_DESCRIPTION = 0x00081030
_SERIES_DESCRIPTION = 0x0008103E
_PATIENT_NAME = 0x00100010
_PATIENT_ID = 0x00100020
_ISSUER = 0x00100021
_BIRTH_DATE = 0x00100030
_SEX = 0x00100040
_STUDY_UID = 0x0020000D
_SERIES_UID = 0x0020000E
_SERIES_NUMBER = 0x00200011

OUTLINE_TAGS = frozenset(
    (
        *(CHARACTER_SET, _STUDY_DATE, _STUDY_TIME, _ACCESSION_NUMBER, _MODALITY),
        *(_STUDY_DESCRIPTION, _SERIES_DESCRIPTION, _PATIENT_NAME, _PATIENT_ID, _ISSUER),
        *(_BIRTH_DATE, _SEX, _STUDY_UID, _SERIES_UID, _SERIES_NUMBER),
    )
)
# Records with files that belong to no series. PS3.3 F.4
_OF_NO_SERIES = frozenset(
    ("HANGING PROTOCOL", "PALETTE", "IMPLANT", "IMPLANT ASSY", "IMPLANT GROUP", "HL7 STRUC DOC")
)
_MOST_SERIES = 1_000  # rows for more would keep the window from what can be shown
_MOST_CHARACTERS = 256


@dataclass(frozen=True, slots=True)
class Outline:
    """The patients of an index, their studies and series; every series is an announced one."""

    patients: tuple[Patient, ...] = ()

    def without_studies(self, uids: Container[Hashable]) -> Outline:
        """Leave out studies by their UIDs."""
        return Outline(without_studies(self.patients, uids))


@dataclass(frozen=True, slots=True)
class SeriesRead:
    """Says that all files were read, or found missing, that an index names for a series."""

    uid: str


def announce(
    patients: Iterable[Patient], outlines: Sequence[Outline], read: Collection[str] = ()
) -> tuple[Patient, ...]:
    """Give ``patients`` with those series of ``outlines`` that none of them has, in order.

    What is in ``patients`` stays as it is; a series is told by its UID alone,
    wherever it turned out to belong. Those whose UIDs are in ``read`` have
    nothing more to come.
    """
    joined = {(p.id, p.issuer, plain_name(p.name)): p for p in patients}
    known = {series.uid for p in joined.values() for study in p.studies for series in study.series}
    known.update(read)
    identities: dict[Hashable, tuple[str, str, str]] = {}
    for identity in joined:  # records seldom have the issuer
        identities.setdefault((identity[0], identity[2]), identity)
    for announced in (patient for outline in outlines for patient in outline.patients):
        unread = _without(announced, known)
        if unread is None:
            continue
        name = plain_name(unread.name)
        identity = identities.setdefault((unread.id, name), (unread.id, unread.issuer, name))
        patient = joined.get(identity)
        joined[identity] = unread if patient is None else _joined(patient, unread)
    return tuple(sorted(joined.values(), key=place_of_patient))


def _without(patient: Patient, known: set[str]) -> Patient | None:
    """Leave out the series that are known, and what is empty then; remember the others."""
    studies = []
    for study in patient.studies:
        series = tuple(one for one in study.series if one.uid not in known)
        known.update(one.uid for one in series)
        if series:
            studies.append(replace(study, series=series))
    return replace(patient, studies=tuple(studies)) if studies else None


def _joined(patient: Patient, announced: Patient) -> Patient:
    studies = {study.uid: study for study in patient.studies}
    for study in announced.studies:
        read = studies.get(study.uid, replace(study, series=()))
        series = sorted((*read.series, *study.series), key=place_of_series)
        studies[study.uid] = replace(read, series=tuple(series))
    in_order = sorted(studies.values(), key=place_of_study, reverse=True)
    return replace(patient, studies=tuple(in_order))


class OutlineBuilder:
    """Takes the records of an index, depth first, and gives their outline.

    Parameters
    ----------
    character_set : bytes
        (0008,0005) of the data set around the records, for those without one.
    """

    def __init__(self, character_set: bytes = b"") -> None:
        self._character_set = character_set
        self._patients: dict[Hashable, _OpenPatient] = {}
        self._series: dict[str, _OpenSeries] = {}
        self._current: _OpenSeries | None = None
        self._turn_to_patient({})

    def add(self, kind: str, attributes: Attributes, *, has_file: bool) -> str:
        """Take the next record; its type (0004,1430) says where it belongs.

        Returns
        -------
        str
            The UID of the announced series that its file belongs to, if any.
        """
        if kind == "PATIENT":
            self._turn_to_patient(attributes)
        elif kind == "STUDY":
            self._turn_to_study(attributes)
        elif kind == "SERIES":
            self._turn_to_series(attributes)
        elif kind in _OF_NO_SERIES:
            self._current = None
        elif self._current is not None and has_file:
            self._current.files += 1
            self._current.images += kind == "IMAGE"
            return self._current.value.uid
        return ""

    def outline(self) -> Outline:
        """Give the outline; without series that have no files, or no UID to know them by."""
        patients = (patient.closed() for patient in self._patients.values())
        return Outline(tuple(patient for patient in patients if patient.studies))

    def _turn_to_patient(self, attributes: Attributes) -> None:
        text = self._text_of(attributes)
        patient = Patient(
            text(_PATIENT_NAME), text(_PATIENT_ID), text(_ISSUER), text(_BIRTH_DATE), text(_SEX), ()
        )
        identity = patient.id, patient.issuer, plain_name(patient.name)
        self._patient = self._patients.setdefault(identity, _OpenPatient(patient))
        self._turn_to_study({})  # for series whose study has no record

    def _turn_to_study(self, attributes: Attributes) -> None:
        text = self._text_of(attributes)
        described = text(_STUDY_DESCRIPTION), text(_ACCESSION_NUMBER)
        study = Study(text(_STUDY_UID), text(_STUDY_DATE), text(_STUDY_TIME), *described, ())
        self._study = self._patient.studies.setdefault(study.uid, _OpenStudy(study))
        self._current = None

    def _turn_to_series(self, attributes: Attributes) -> None:
        text = self._text_of(attributes)
        uid = text(_SERIES_UID)
        self._current = self._series.get(uid)
        if self._current is None and uid and len(self._series) < _MOST_SERIES:
            number = values.integer(attributes.get(_SERIES_NUMBER, b""), b"IS")
            series = Series(uid, number, text(_MODALITY), text(_SERIES_DESCRIPTION), ())
            self._current = self._series[uid] = _OpenSeries(series)
            self._study.series.append(self._current)

    def _text_of(self, attributes: Attributes) -> Callable[[int], str]:
        character_set = attributes.get(CHARACTER_SET, self._character_set)
        encodings = values.encodings_of(values.texts(character_set))

        def text(tag: int) -> str:
            decode = values.person_name if tag == _PATIENT_NAME else values.text
            return decode(attributes.get(tag, b""), encodings)[:_MOST_CHARACTERS]

        return text


@dataclass(slots=True)
class _OpenSeries:
    """A series, its files being counted."""

    value: Series
    files: int = 0
    images: int = 0

    def closed(self) -> Series:
        return replace(self.value, announced=Announced(self.files, self.images))


@dataclass(slots=True)
class _OpenStudy:
    value: Study
    series: list[_OpenSeries] = field(default_factory=list)

    def closed(self) -> Study:
        series = sorted((one.closed() for one in self.series if one.files), key=place_of_series)
        return replace(self.value, series=tuple(series))


@dataclass(slots=True)
class _OpenPatient:
    value: Patient
    studies: dict[str, _OpenStudy] = field(default_factory=dict)

    def closed(self) -> Patient:
        closed = (study.closed() for study in self.studies.values())
        studies = [study for study in closed if study.series]
        return replace(self.value, studies=tuple(sorted(studies, key=place_of_study, reverse=True)))
