"""Patients, studies, series and stacks, and the ledger of every file seen.

The builder takes headers as they arrive, from one opening or several, and
rebuilds only what changed. The values and their order are in `patients`, what
they are built from in `catalogue_nodes`; what an opening takes the place of,
and what is shown of it, is left to `openings`, files that are the same to
`copies`, how a series becomes stacks to `stacks`, the ledger in words to
`ledger`, what is only announced to `outline`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viewer.dicom.catalogue_nodes import (
    Identity,
    PatientNode,
    SeriesNode,
    StudyNode,
    identity_of,
    series_key,
    study_key,
)
from viewer.dicom.copies import Copies
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Ledger, Skipped, ledger_sentence, ledger_text
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.openings import NOT_THERE_NOW, Opening
from viewer.dicom.outline import Outline, SeriesRead, announce
from viewer.dicom.patients import Patient, Series, Study, place_of_patient
from viewer.dicom.splitting import frame_count

if TYPE_CHECKING:
    from viewer.dicom.ledger import Notice
    from viewer.dicom.stacks import Stack

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

    def stacks(self) -> list[Stack]:
        """Give every stack, in reading order."""
        return [
            stack
            for patient in self.patients
            for study in patient.studies
            for series in study.series
            for stack in series.stacks
        ]


class CatalogueBuilder:
    """Takes what scans find and gives the catalogue so far, as often as asked.

    Owned by one thread, or used under a lock. Values that did not change from one snapshot to
    the next are the same objects. A multi-frame file with which ``limits.frames_in_all``
    would be exceeded is skipped: a few bytes can claim any number of frames.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self._openings: dict[int, Opening] = {0: Opening()}  # 0: of who names none
        self._frames = 0  # of multi-frame files
        self._patients: dict[Identity, PatientNode] = {}
        # what is forgotten at rest, and told again from the nodes
        self._paths: dict[str, int] = {}  # by which opening each came last
        self._by_path: dict[str, InstanceHeader] | None = None  # made where a path comes again
        self._rests = False
        self._copies = Copies()
        self._shown = 0
        self._skipped: dict[str, Skipped] = {}
        self._skipped_tuple: tuple[Skipped, ...] | None = ()
        self._notices: dict[str, int] = {}  # by which opening each came
        self._outlines: dict[int, list[Outline]] = {}
        self._read_series: set[str] = set()  # of the outlines
        self._missing_uids = 0
        self._outdated: list[InstanceHeader] = []  # still in the nodes
        self._versions = 0  # of series: one for each sweep
        self._closed: dict[Hashable, int] = {}  # studies; the latest opening then

    def begin(self, opening: int, paths: Sequence[str], limits: Limits) -> None:
        """Begin with what the user opens (absolute paths), under a number above all others."""
        self.limits = limits
        self._openings[opening] = Opening(tuple(paths))

    def add(
        self, item: InstanceHeader | Skipped | Notice | Outline | SeriesRead, opening: int = 0
    ) -> None:
        """Take one result of the scan of an opening.

        A path that came before is not counted again; where an earlier opening gave it, what is
        known of it now takes the place of what was.
        """
        if isinstance(item, InstanceHeader | Skipped):
            self._wake()
            self._take(item, opening)
        elif isinstance(item, Outline):
            self._outlines.setdefault(opening, []).append(self._without_closed(item, opening))
        elif isinstance(item, SeriesRead):
            self._read_series.add(item.uid)
        else:
            self._notices[item.text] = opening

    def end(self, opening: int, *, whole: bool = True) -> None:
        """End an opening; if its scan was ``whole``, what it found no more is no more."""
        self._outlines.pop(opening, None)
        ended = self._openings[opening]
        self._wake()
        ended.settle(self._skipped)
        if not whole:
            return
        gone = ended.gone(opening, self._paths, self._skipped, self._known)
        self._forget_skipped(gone)
        self._drop([header for path in gone if (header := self._known(path)) is not None])
        for number, earlier in list(self._openings.items()):
            if 0 < number < opening and earlier.is_settled and ended.covers(earlier):
                self._forget_opening(number)

    def close_study(self, uid: str, opening: int) -> None:
        """Take a study out, and all that is known of openings of which nothing is left then.

        What openings up to ``opening`` still find of it is left out as well.
        """
        self._wake()
        self._sweep()
        self._close(uid, opening)
        for number, outlines in self._outlines.items():
            outlines[:] = [self._without_closed(outline, number) for outline in outlines]
        dropped: list[InstanceHeader] = []
        for identity, patient in self._patients.items():
            for key, study in patient.studies.items():
                if study.uid == uid:
                    self._close(_closed_key(identity, key), opening)
                    came = (one for one in study.headers() if self._paths[one.path] <= opening)
                    dropped += came
        self._drop(dropped)
        paths = [header.path for patient in self._patients.values() for header in patient.headers()]
        for number, one in list(self._openings.items()):
            if one.is_settled and not one.has_any(paths):
                self._forget_opening(number)
                others = [other for other in self._openings.values() if other.paths]
                self._forget_skipped(
                    path
                    for path in list(self._skipped)
                    if one.reaches(path) and not any(other.reaches(path) for other in others)
                )

    def roots(self) -> tuple[str, ...]:
        """Give the paths that are open, as they were given."""
        paths = (path for opening in self._openings.values() for path in opening.paths)
        return tuple(dict.fromkeys(paths))

    def rest(self) -> None:
        """Forget what is needed of each file only while more come; `add` tells it anew."""
        self._sweep()
        self._rests = True
        self._paths, self._by_path = {}, None
        self._copies.rest()

    def first_of(self, opening: int, catalogue: Catalogue) -> tuple[Stack, int] | None:
        """Choose what to show of an opening, in a ``catalogue`` made now."""
        self._wake()
        given = self._openings.get(opening)
        if given is None:
            return None

        def came(path: str) -> bool:
            return self._paths.get(path) == opening

        originals = self._copies.originals(came)  # stand for what was opened
        return given.first(catalogue.stacks(), lambda path: came(path) or path in originals)

    def snapshot(self, *, complete: bool = True) -> Catalogue:
        """Give the catalogue so far.

        With ``complete=False`` (for display while a scan runs) a series that
        grew little since it was last built is given as it was; one that is
        only announced as that, until its opening has ended or ``complete``
        where none has begun. The ledger always counts everything.
        """
        self._sweep()
        for node in self._patients.values():
            node.refresh(complete=complete)
        if self._skipped_tuple is None:
            self._skipped_tuple = tuple(self._skipped.values())
        built = (node.value for node in self._patients.values() if node.value is not None)
        patients = tuple(sorted(built, key=place_of_patient))
        outlines = [
            outline
            for number, some in self._outlines.items()
            if number or not complete
            for outline in some
        ]
        if outlines:
            patients = announce(patients, outlines, self._read_series)
        skipped = self._skipped_tuple
        ledger = Ledger(self._shown + len(skipped), self._shown, skipped, tuple(self._notices))
        return Catalogue(patients, ledger)

    def _take(self, item: InstanceHeader | Skipped, opening: int) -> None:
        path = item.path
        before = self._paths.get(path)
        if before is not None and before >= opening:
            return
        self._paths[path] = opening
        self._copies.discard(path)
        copies: Sequence[InstanceHeader] = ()
        if isinstance(item, InstanceHeader):
            skipped = self._skipped.pop(path, None)
            if skipped is not None:
                self._skipped_tuple = None
            elif before is not None and (known := self._known(path)) is not None:
                if known == item:
                    return
                copies = self._outdate([known])
            self._add_header(item, opening)
        elif before is None or path in self._skipped:
            self._skip(item)
        elif item.kind not in NOT_THERE_NOW and (known := self._known(path)) is not None:
            copies = self._outdate([known])
            self._skip(item)
        self._take_copies(copies)

    def _take_copies(self, copies: Iterable[InstanceHeader]) -> None:
        """Take what were copies of a file that is another by now, or no more."""
        for header in copies:
            del self._skipped[header.path]
            self._skipped_tuple = None
            self._add_header(header, self._paths[header.path])

    def _skip(self, skipped: Skipped) -> None:
        self._skipped[skipped.path] = skipped
        self._skipped_tuple = None

    def _forget_skipped(self, paths: Iterable[str]) -> None:
        for path in paths:
            if self._skipped.pop(path, None) is not None:
                self._skipped_tuple = None
                self._paths.pop(path, None)
                self._copies.discard(path)

    def _forget_opening(self, number: int) -> None:
        del self._openings[number]
        self._notices = {text: of for text, of in self._notices.items() if of != number}

    def _add_header(self, header: InstanceHeader, opening: int) -> None:
        identity, key = identity_of(header), study_key(header)
        if self._closed and self._closed.get(_closed_key(identity, key), -1) >= opening:
            return
        if not self._has_room(header):
            return
        if header.sop_instance_uid and not self._keep(header, opening):
            return
        self._shown += 1
        self._frames += _counted_frames(header)
        patient = self._patients.setdefault(identity, PatientNode())
        study = patient.studies.get(key)
        if study is None:
            uid = header.study_instance_uid or self._missing_uid()
            study = patient.studies[key] = StudyNode(uid)
        series = study.series.get(of_series := series_key(header))
        if series is None:
            uid = header.series_instance_uid or self._missing_uid()
            series = study.series[of_series] = SeriesNode(uid, self._version())
        series.headers.append(header)
        study.note(header)
        patient.note(header)
        if self._by_path is not None:
            self._by_path[header.path] = header

    def _without_closed(self, outline: Outline, opening: int) -> Outline:
        uids = {uid for uid, latest in self._closed.items() if latest >= opening}
        return outline.without_studies(uids) if uids else outline

    def _version(self) -> str:
        return f"~{self._versions}" if self._versions else ""

    def _close(self, study: Hashable, opening: int) -> None:
        self._closed[study] = max(opening, self._closed.get(study, 0))

    def _has_room(self, header: InstanceHeader) -> bool:
        count = _counted_frames(header)
        if not count or self._frames + count <= self.limits.frames_in_all:
            return True
        found = f"With its {count:,} frames, {self._frames + count:,} would be open"
        self._skip(Skipped(header.path, "limit", self.limits.refusal("frames_in_all", found)))
        return False

    def _keep(self, header: InstanceHeader, opening: int) -> bool:
        """Say whether a file is to be shown: a copy of one that is shown is not.

        Another picture under the same SOPInstanceUID is against the standard
        (PS3.5 9), and must not be lost for it.
        """
        original = self._copies.original_of(header)
        if original is None:
            return True
        if original == header.path:
            self._notices[_SHARED_UID] = opening
            return True
        reason = f"Has the SOPInstanceUID and header of {original}, which is shown."
        self._skip(Skipped(header.path, "duplicate", reason))
        return False

    def _missing_uid(self) -> str:
        self._missing_uids += 1
        return f"missing-{self._missing_uids}"

    def _headers(self) -> Iterator[InstanceHeader]:
        return (header for patient in self._patients.values() for header in patient.headers())

    def _known(self, path: str) -> InstanceHeader | None:
        """Give the header of a file that is shown."""
        if self._by_path is None:
            self._sweep()
            self._by_path = {header.path: header for header in self._headers()}
        return self._by_path.get(path)

    def _wake(self) -> None:
        if not self._rests:
            return
        self._rests = False
        self._copies.wake(self._headers())
        self._paths = {header.path: 0 for header in self._headers()}
        self._paths.update(dict.fromkeys(self._skipped, 0))

    def _drop(self, headers: Sequence[InstanceHeader]) -> None:
        """Leave out files; copies of them take their places."""
        copies = self._outdate(headers)
        for header in headers:
            del self._paths[header.path]
        self._sweep()
        self._take_copies(copies)

    def _outdate(self, headers: Sequence[InstanceHeader]) -> list[InstanceHeader]:
        """Leave out what was known of files, by the next sweep; give what were copies of them."""
        self._outdated += headers
        self._shown -= len(headers)
        for header in headers:
            self._frames -= _counted_frames(header)
            if self._by_path is not None:
                self._by_path.pop(header.path, None)
        return self._copies.forget(headers)

    def _sweep(self) -> None:
        if not self._outdated:
            return
        self._versions += 1
        ids = {id(header) for header in self._outdated}
        for identity, patient in list(self._patients.items()):
            if patient.drop(ids, self._version()) and not patient.studies:
                del self._patients[identity]
        self._outdated = []


def _counted_frames(header: InstanceHeader) -> int:
    count = frame_count(header)
    return count if count > 1 else 0


def _closed_key(identity: Identity, key: Hashable) -> Hashable:
    return key if isinstance(key, str) else (identity, key)
