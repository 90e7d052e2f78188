"""The instances of a file-set in their order: patients, studies, series, and where each file lies.

Gives each instance its file ID, and in the end the records of those that were written. What the
standard wants a record to have and a file lacks is made up here, and said; patients, studies and
series that contradict each other stay apart, and that is said too.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from viewer.dicom import values
from viewer.dicom.file_set_index import Element, Record, new_uid
from viewer.dicom.file_set_instances import Instance
from viewer.dicom.file_set_keys import fitting, needs_character_set, shortened
from viewer.dicom.file_set_records import KEYS, OF_NO_PATIENT, TAGS, Key
from viewer.dicom.outline import CHARACTER_SET

FOLDER = "DICOM"
_STANDARD_UIDS = "1.2.840.10008."
_PREFIXES = {"PATIENT": "PT", "STUDY": "ST", "SERIES": "SE"}
# where neither the file nor another one tells
_MADE_UP = {
    "DA": b"19000101",
    "TM": b"000000",
    "Modality": b"OT",
    "ContentLabel": b"UNNAMED",
    "CompletionFlag": b"PARTIAL",
    "VerificationFlag": b"UNVERIFIED",
}
_Makers = Mapping[str, Callable[[], bytes]]  # by keyword, or by VR
_Said = Counter[tuple[str, str]]  # type of record, and what is to be said of so many


@dataclass(slots=True)
class Place:
    """Where an instance goes: its file ID on the disc. ``is_written`` once it is there."""

    instance: Instance
    file_id: tuple[str, ...]
    is_written: bool = False


@dataclass(slots=True)
class _Group:
    """A patient, a study or a series: what its files say of it, and what is below."""

    folder: tuple[str, ...]
    values: dict[int, bytes] = field(default_factory=dict)
    groups: dict[Hashable, _Group] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)

    def below(self, identity: Hashable, prefix: str) -> _Group:
        """Give the group in this one that has an identity, a new one where there is none."""
        group = self.groups.get(identity)
        if group is None:
            group = _Group((*self.folder, f"{prefix}{len(self.groups):06}"))
            self.groups[identity] = group
        return group

    def all_places(self) -> Iterator[Place]:
        yield from self.places
        for group in self.groups.values():
            yield from group.all_places()

    def written(self) -> list[_Group]:
        """Give the groups of which something was written."""
        return [one for one in self.groups.values() if any(p.is_written for p in one.all_places())]

    def value(self, keyword: str) -> bytes:
        return self.values.get(TAGS[keyword], b"")


class FileSetTree:
    """Takes the instances of a file-set one by one, then gives their places, then the records."""

    def __init__(self) -> None:
        self._root = _Group((FOLDER,))

    def add(self, instance: Instance) -> None:
        """Give an instance its place."""
        group, prefix = self._root, "OT"
        if instance.record_type not in OF_NO_PATIENT:
            prefix = "IM"
            for level, identity in _identities(instance):
                group = group.below(identity, _PREFIXES[level])
                tags = (CHARACTER_SET, *(key.tag for key in KEYS[level]))
                own = {tag: instance.values[tag] for tag in tags if tag in instance.values}
                if len(own) > len(group.values):  # the file that says most of it
                    group.values = own
        file_id = (*group.folder, f"{prefix}{len(group.places):06}")
        group.places.append(Place(instance, file_id))

    def places(self) -> Iterator[Place]:
        """Give all places in the order of their file IDs."""
        return self._root.all_places()

    def record_count(self) -> int:
        """Say how many records there will be at most."""
        pending, number = [self._root], 0
        while pending:
            group = pending.pop()
            number += len(group.places) + len(group.groups)
            pending += group.groups.values()
        return number

    def records(self) -> tuple[list[Record], list[str]]:
        """Give the records of what was written, and sentences on what is odd about them."""
        said: _Said = Counter()
        top = _leaves(self._root, said, {})
        patients = self._root.written()
        names = _names("PatientID", patients)
        for patient in patients:
            record = _record("PATIENT", patient.values, said, {"PatientID": names})
            record.lower = _studies(patient, said)
            top.append(record)
        told = [
            f"{number:,} {kind} {'record' if number == 1 else 'records'}: {what}"
            for (kind, what), number in said.items()
        ]
        return top, [*_contradictions(patients), *told]


def _identities(instance: Instance) -> tuple[tuple[str, Hashable], ...]:
    """Tell patients, studies and series apart as the catalogue does.

    But for studies of nobody: an index that has one patient for them says that they are of one.
    """
    date, modality = (instance.values.get(TAGS[name]) for name in ("StudyDate", "Modality"))
    study = instance.study_uid or ("no UID", date)
    return (
        ("PATIENT", instance.patient if any(instance.patient) else study),
        ("STUDY", study),
        ("SERIES", instance.series_uid or (os.path.dirname(instance.path), modality)),
    )


def _studies(patient: _Group, said: _Said) -> list[Record]:
    studies = patient.written()
    names = _names("StudyID", studies)
    records = []
    for study in studies:
        series = study.written()
        makers = {
            "StudyID": names,
            "DA": _first_of(series, "SeriesDate"),
            "TM": _first_of(series, "SeriesTime"),
        }
        record = _record("STUDY", study.values, said, makers)
        date, time = (record.elements[TAGS[name]][1] for name in ("StudyDate", "StudyTime"))
        numbers = _numbers("SeriesNumber", (one.values for one in series))
        for one in series:
            below = _record("SERIES", one.values, said, {"SeriesNumber": numbers})
            below.lower = _leaves(
                one, said, {"DA": partial(bytes, date), "TM": partial(bytes, time)}
            )
            record.lower.append(below)
        records.append(record)
    return records


def _leaves(group: _Group, said: _Said, makers: _Makers) -> list[Record]:
    """Give the records of instances. PS3.3 F.3.2.2, table F.3-3."""
    written = [place for place in group.places if place.is_written]
    numbers = _numbers("InstanceNumber", (place.instance.values for place in written))
    records = []
    for place in written:
        instance = place.instance
        kind = instance.record_type
        if not instance.sop_class_uid.startswith(_STANDARD_UIDS):
            said[kind, "the SOP class is private; an IMAGE record names it all the same."] += 1
        record = _record(kind, instance.values, said, {**makers, "InstanceNumber": numbers})
        record.elements |= {
            0x00041500: ("CS", "\\".join(place.file_id).encode()),
            0x00041510: ("UI", instance.sop_class_uid.encode("latin-1", "replace")),
            0x00041511: ("UI", instance.sop_instance_uid.encode("latin-1", "replace")),
            0x00041512: ("UI", instance.transfer_syntax_uid.encode("latin-1", "replace")),
        }
        records.append(record)
    return records


def _record(kind: str, found: Mapping[int, bytes], said: _Said, makers: _Makers) -> Record:
    """Make a record of values; those of type 1 that there are not are made up."""
    keys = KEYS[kind]
    fit = {key.tag: fitting(key, found[key.tag]) for key in keys if key.tag in found}
    fit, cut = shortened(keys, {**fit, CHARACTER_SET: found.get(CHARACTER_SET, b"")})
    for key in cut:
        said[kind, f"{key.keyword} is too long, and cut in the DICOMDIR."] += 1
    elements: dict[int, Element] = {}
    for key in keys:
        value = fit.get(key.tag, b"")
        if not value and (key.type == 1 or key.tag in found):
            value = _made_up(key, makers) if key.type == 1 else b""
            how = "the DICOMDIR has one made up" if value else "the DICOMDIR has none"
            valid = "valid " if key.tag in found else ""
            said[kind, f"no {valid}{key.keyword} in the files; {how}."] += 1
        if value or key.type != 3:
            elements[key.tag] = key.vr, value
    if needs_character_set(elements.values()) and fit[CHARACTER_SET]:
        elements[CHARACTER_SET] = "CS", fit[CHARACTER_SET]
    return Record(kind, elements)


def _made_up(key: Key, makers: _Makers) -> bytes:
    make = makers.get(key.keyword) or makers.get(key.vr)
    if make is None and key.vr == "UI":
        make = new_uid
    value = fitting(key, make()) if make is not None else b""
    return value or _MADE_UP.get(key.keyword) or _MADE_UP.get(key.vr, b"")


def _names(keyword: str, groups: Iterable[_Group]) -> Callable[[], bytes]:
    """Give what makes up names that none of the groups has."""
    known = {group.value(keyword) for group in groups}
    names = (name for number in count(1) if (name := b"NEGATO-%d" % number) not in known)
    return lambda: next(names)


def _numbers(keyword: str, found: Iterable[Mapping[int, bytes]]) -> Callable[[], bytes]:
    """Give what makes up numbers beyond all that there are."""
    known = (values.integer(one.get(TAGS[keyword], b""), b"IS") or 0 for one in found)
    numbers = count(max(known, default=0) + 1)
    return lambda: b"%d" % next(numbers)


def _first_of(groups: Iterable[_Group], keyword: str) -> Callable[[], bytes]:
    return lambda: next(filter(None, (group.value(keyword) for group in groups)), b"")


def _contradictions(patients: list[_Group]) -> Iterator[str]:
    """Say what has one identifier and is not one: it stays apart."""
    studies = [(uid, study) for one in patients for uid, study in one.groups.items()]
    series = [(uid, group) for _, study in studies for uid, group in study.groups.items()]
    ids = Counter(one.value("PatientID") for one in patients if one.value("PatientID"))
    for number, what in (
        (_repeated(ids), "PatientID(s) of several patients, by their names or issuers"),
        (
            _repeated(Counter(uid for uid, _ in studies if isinstance(uid, str))),
            "StudyInstanceUID(s) under several patients",
        ),
        (
            _repeated(Counter(uid for uid, _ in series if isinstance(uid, str))),
            "SeriesInstanceUID(s) in several studies",
        ),
    ):
        if number:
            yield f"{number:,} {what}; they stay apart on the disc, as in the files."


def _repeated(counts: Counter[bytes] | Counter[str]) -> int:
    return sum(number > 1 for number in counts.values())
