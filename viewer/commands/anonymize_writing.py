"""Files de-identified: cleaned in children, written, opened again and checked.

The order of the work and what becomes of each file. Which files there are is the matter of
`anonymize_search`; how that is asked for and told, of `anonymize`; what is done to a data set, of
`viewer.dicom.deidentification`.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from viewer.commands.anonymize_search import scanned, search
from viewer.commands.anonymize_telling import (
    Outcome,
    Wanted,
    action_line,
    change_line,
    write_report,
)
from viewer.commands.controlled import Cancelled, counted
from viewer.dicom.deidentification.new_files import contents
from viewer.dicom.deidentification.results import (
    Cleaned,
    Job,
    Order,
    Refused,
    Tells,
)
from viewer.dicom.errors import HeaderError, NegatoError
from viewer.dicom.file_set_copy import NewFolder, settle, told_of_writing
from viewer.dicom.file_set_index import dicomdir
from viewer.dicom.file_set_instances import Instance
from viewer.dicom.file_set_tree import FileSetTree, Place
from viewer.dicom.portable_media import DICOMDIR
from viewer.imaging.files import free_bytes
from viewer.workers.batches import Batches

_CLEAN = "viewer.dicom.deidentification.task:deidentify"
_CHECK = "viewer.dicom.deidentification.searching:check_files"
_PRELOAD = ("viewer.dicom.deidentification.task", "viewer.dicom.deidentification.searching")
_BATCH, _CHECK_BATCH = 16, 64  # files
_LARGE_BATCH = 32 << 20  # bytes of files after which a batch is full
_RESERVE = 16 << 20
# stays where a run is killed, or the power fails
_UNCHECKED = "NOT-CHECKED.txt"
_UNCHECKED_TEXT = (
    b"What lies here was being de-identified and has not been checked yet: it may still name the "
    b"patient.\nIf no Negato is at work on it, delete this folder and begin again.\n"
)

Stage = Callable[[str, int, int], None]  # what is done, done, of how many
Line = Callable[[str, dict[str, Any]], None]  # "change", "held" or "failed", and what of it


@dataclass(slots=True)
class _Patient:
    """What is gone from the files of a patient, and which files these are."""

    telling: set[bytes] = field(default_factory=set)
    described: set[bytes] = field(default_factory=set)
    written: dict[str, Job] = field(default_factory=dict)  # by where it was written to


class Anonymizer:
    """De-identifies once.

    Parameters
    ----------
    line : callable
        Told of each change where nothing is written, and of each file that is not taken.
    is_stopped : callable
        Asked often; once it is true, nothing is left of what was written.
    """

    def __init__(
        self, wanted: Wanted, progress: Stage, line: Line, is_stopped: Callable[[], bool]
    ) -> None:
        self._wanted, self._progress, self._line = wanted, progress, line
        self._is_stopped = is_stopped
        self._folder = NewFolder(wanted.out)
        self._places: dict[str, Place] = {}  # by the path of the source
        self._patients: dict[tuple[str, ...], _Patient] = {}
        self._told: Counter[str] = Counter()
        self._reported: dict[str, dict[str, Any]] = {}  # by the path of what was written
        self._reasons: Counter[str] = Counter()  # of what was not taken
        self.outcome = Outcome(out=wanted.out, key=wanted.key.told)

    @property
    def is_clean(self) -> bool:
        """Whether what could not be finished has left nothing."""
        return self._folder.is_empty

    def run(self) -> Outcome:
        """Do it all.

        Raises
        ------
        NegatoError
            It could not be written; nothing is left of it.
        Cancelled
            The same, as was asked for.
        """
        try:
            found = search(
                self._wanted, self.outcome, self._refuse, self._progress, self._is_stopped
            )
            jobs = [job for job, _ in found]
            self._places = {job.path: place for job, place in found}
            with closing(Batches(self._wanted.limits, _PRELOAD, self._pause)) as pool:
                self._clean(pool, jobs)
                if not self._wanted.is_dry:
                    settle()
                    self._check(pool)
            if not self._wanted.is_dry:
                self._write_index()
            self._conclude()
        except OSError as error:
            self._folder.take_away()
            if self._wanted.is_dry or isinstance(error, BrokenPipeError):
                raise  # of what is told, which nobody hears
            raise told_of_writing(error) from error
        except BaseException:  # whatever ends it: half of it is none
            self._folder.take_away()
            raise
        return self.outcome

    def _pause(self) -> None:
        if self._is_stopped():
            raise Cancelled

    def _clean(self, pool: Batches, jobs: Sequence[Job]) -> None:
        self._look_for_room(jobs)
        wanted = self._wanted
        if not wanted.is_dry:
            self._folder.write((_UNCHECKED,), _UNCHECKED_TEXT)
        seconds = wanted.limits.header_seconds
        if wanted.rectangles or wanted.rules:
            seconds += wanted.limits.decode_seconds
        rest, done = (self._order(), wanted.limits), 0
        for batch, answer in pool.work(_CLEAN, _batches(jobs), rest, seconds):
            for job, one in zip(batch, _results(answer, batch[0].path), strict=True):
                self._take(job, one)
                done += 1
                self._progress("clean", done, len(jobs))

    def _order(self) -> Order:
        wanted = self._wanted
        tells: Tells = "values" if wanted.is_dry else "actions" if wanted.report else "nothing"
        return Order(
            wanted.profile, wanted.key, wanted.confirmed, wanted.rectangles, wanted.rules, tells
        )

    def _take(self, job: Job, result: Cleaned | Refused) -> None:
        if isinstance(result, Refused):
            self._refuse(result)
            return
        outcome, wanted = self.outcome, self._wanted
        outcome.files += 1
        outcome.changes += result.count
        self._told.update(result.warnings)
        if wanted.is_dry:
            for change in result.changes:
                self._line("change", change_line(job, change))
            return
        try:
            path = self._write(job, result)
        except HeaderError as error:
            outcome.files -= 1
            outcome.changes -= result.count
            self._refuse(Refused(job.path, error.message))
            return
        patient = self._patients.setdefault(job.patient, _Patient())
        patient.telling.update(result.telling)
        patient.described.update(result.described)
        patient.written[path] = job
        if wanted.report:
            self._reported[path] = {
                "file": os.path.relpath(path, wanted.out).replace(os.sep, "/"),
                "actions": [action_line(change) for change in result.changes],
                "warnings": list(result.warnings),
            }

    def _write(self, job: Job, result: Cleaned) -> str:
        with self._folder.open(*self._places[job.path].file_id) as target:
            try:
                for piece in contents(job, result, self._wanted.limits):
                    self._pause()
                    target.write(piece)
            except HeaderError:
                target.close()
                self._folder.remove(target.name)
                raise
        return target.name

    def _check(self, pool: Batches) -> None:
        """Check all files; what a value is found in is cleaned of it, and checked once more."""
        done = 0
        for patient in self._patients.values():
            jobs = dict(patient.written)
            found: list[Refused] = []
            for paths, refused in self._checked(pool, patient, list(jobs)):
                found += refused
                done += len(paths)
                self._progress("check", done, self.outcome.files)
            again = [self._cleaned_again(pool, jobs[one.path], one) for one in found]
            for _, refused in self._checked(pool, patient, list(filter(None, again))):
                for one in refused:
                    self._take_away(jobs[one.path], one)

    def _checked(
        self, pool: Batches, patient: _Patient, paths: Sequence[str]
    ) -> Iterator[tuple[Sequence[str], tuple[Refused, ...]]]:
        limits = self._wanted.limits
        rest = (tuple(patient.telling), tuple(patient.described), limits)
        batches = (
            paths[first : first + _CHECK_BATCH] for first in range(0, len(paths), _CHECK_BATCH)
        )
        for batch, answer in pool.work(_CHECK, batches, rest, limits.header_seconds):
            yield batch, _results(answer, batch[0])

    def _cleaned_again(self, pool: Batches, job: Job, refused: Refused) -> str:
        """Clean a file of values that others gave away; give where it lies, "" if nowhere."""
        if not refused.values:
            self._take_away(job, refused)
            return ""
        self._folder.remove(refused.path)
        self.outcome.files -= 1
        again = replace(job, gone=refused.values)
        rest = (self._order(), self._wanted.limits)
        for _, answer in pool.work(_CLEAN, [[again]], rest, self._wanted.limits.header_seconds):
            for one in _results(answer, job.path):
                self._take(job, one)
        return refused.path if os.path.exists(refused.path) else ""

    def _take_away(self, job: Job, refused: Refused) -> None:
        """Take a file away that was written and is not what it should be."""
        self._folder.remove(refused.path)
        self._reported.pop(refused.path, None)
        self.outcome.files -= 1
        self._refuse(Refused(job.path, refused.reason))

    def _refuse(self, refused: Refused) -> None:
        kind = "held" if refused.is_held else "failed"
        self.outcome.held += refused.is_held
        self.outcome.failed += not refused.is_held
        self._reasons[refused.reason] += 1
        self._line(kind, {"path": refused.path, "reason": refused.reason})

    def _write_index(self) -> None:
        """Write the DICOMDIR, by what the new files say."""
        if not self.outcome.files:
            raise NegatoError("Nothing is left to write: each file was held back or failed.")
        tree = FileSetTree()
        for item in scanned((self._wanted.out,), self._wanted.limits, self._is_stopped):
            if isinstance(item, Instance):
                tree.add(item)
        for place in tree.places():
            relative = os.path.relpath(place.instance.path, self._wanted.out)
            place.file_id = tuple(relative.split(os.sep))
            place.is_written = True
            self.outcome.written += 1
        if self.outcome.written != self.outcome.files:
            raise NegatoError("What was written cannot all be read again; nothing was kept.")
        records, _ = tree.records()
        self._folder.write((DICOMDIR,), dicomdir(records))
        self._folder.remove(os.path.join(self._wanted.out, _UNCHECKED))

    def _conclude(self) -> None:
        outcome, wanted = self.outcome, self._wanted
        for told, number in sorted(self._told.items()):
            outcome.warnings.append(f"{told} ({counted(number, 'file', 'files')})")
        if wanted.report and not wanted.is_dry:
            write_report(wanted, outcome, self._reasons, self._reported.values())

    def _look_for_room(self, jobs: Sequence[Job]) -> None:
        if self._wanted.is_dry:
            return
        needed = sum(job.size for job in jobs) + _RESERVE
        free = free_bytes(self._wanted.out)
        if needed > free:
            raise NegatoError(
                f"The files need {needed / 1e6:,.0f} MB, and there are {free / 1e6:,.0f} free; "
                "choose a place with more room."
            )


def _batches(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    batch: list[Job] = []
    size = 0
    for job in jobs:
        batch.append(job)
        size += job.size
        if len(batch) == _BATCH or size > _LARGE_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _results(answer: Any, path: str) -> tuple[Any, ...]:
    """Give what a child made, or the error that it ended with, as a refusal of its one file."""
    return (Refused(path, answer.message),) if isinstance(answer, NegatoError) else answer
