"""The findings of a validation as they come from its process, and the frames that they are of.

Runs ``negato validate`` for what is open. How findings are shown is left to the widgets.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from viewer.dicom.catalogue import Catalogue
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.stacks import Stack
from viewer.dicom.validation.rules import RULES, Severity
from viewer.plain_text import csv_cell, json_text
from viewer.session.command_job import CommandEnd, CommandJob, Told, limit_arguments, number, text

ScopeName = Literal["series", "study", "all"]
_PER_FRAME = re.compile(r"PerFrameFunctionalGroupsSequence\[(\d+)\]")
_NAMES = ("path", "severity", "rule", "tag", "where", "sentence", "section")
_FAILED = "The check could not be made: {}."


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """One finding, as the command tells it."""

    path: str
    severity: Severity
    rule: str
    tag: str  # "(0010,0010)", "" for none
    where: str
    sentence: str
    section: str

    @property
    def frame(self) -> int:
        """The frame of its file that it is of, from 0."""
        found = _PER_FRAME.match(self.where)
        return int(found[1]) if found is not None else 0


class ValidationFeed(QObject):
    """Has files checked, those of one choice at a time.

    Signals
    -------
    found
        A list of `ShownFinding`, as they come.
    progressed
        How many files were checked.
    ended
        A sentence on what came of it, and whether all went well.
    """

    found = Signal(object)
    progressed = Signal(int)
    ended = Signal(str, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: CommandJob | None = None
        self._result: Told | None = None

    @property
    def is_running(self) -> bool:
        """Whether files are being checked."""
        return self._job is not None

    def start(self, paths: Sequence[str], limits: Limits = DEFAULT_LIMITS) -> None:
        """Check files and folders; what was going on before is not told of any more."""
        self.drop()
        self._result = None
        arguments = ["validate", "--severity", "note", *limit_arguments(limits)]
        job = CommandJob(arguments, {"paths": list(paths)}, self)
        job.told.connect(self._hear)
        job.ended.connect(self._end)
        self._job = job
        job.start()

    def stop(self) -> None:
        """End the check; what was found stays."""
        if self._job is not None:
            self._job.stop()

    def drop(self) -> None:
        """End the check, and tell nothing more."""
        job, self._job = self._job, None
        if job is not None:
            job.leave()

    def _hear(self, lines: list[Told]) -> None:
        findings = [found for line in lines if (found := _finding(line)) is not None]
        if findings:
            self.found.emit(findings)
        for line in lines:
            if "result" in line:
                self._result = line
        if "stage" in lines[-1]:
            self.progressed.emit(number(lines[-1], "done"))

    def _end(self, end: CommandEnd) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.deleteLater()
        if self._result is not None:
            is_done = self._result.get("result") in ("done", "cancelled")
            self.ended.emit(text(self._result, "message"), is_done)
        else:
            self.ended.emit(_FAILED.format(end.problem or "its process ended early"), False)


def paths_of(catalogue: Catalogue, stack: Stack | None, scope: ScopeName) -> list[str]:
    """Give the files of the shown series, or of its study; none where nothing is shown."""
    if stack is None:
        return []
    for patient in catalogue.patients:
        for study in patient.studies:
            for series in study.series:
                if any(one.uid == stack.uid for one in series.stacks):
                    within = study.series if scope == "study" else (series,)
                    headers = (
                        header for one in within for part in one.stacks for header in part.headers
                    )
                    return list(dict.fromkeys(header.path for header in headers))
    return list(dict.fromkeys(header.path for header in stack.headers))


def place_of(finding: ShownFinding, stacks: Sequence[Stack]) -> tuple[Stack, int] | None:
    """Give the stack and the index of the frame that a finding is of; None where none is open."""
    for stack in stacks:
        numbers = [n for n, header in enumerate(stack.headers) if header.path == finding.path]
        if not numbers:
            continue
        for frame in dict.fromkeys((finding.frame, 0)):
            if (numbers[0], frame) in stack.frames:
                return stack, stack.frames.index((numbers[0], frame))
        return stack, 0
    return None


def as_csv(findings: Sequence[ShownFinding]) -> bytes:
    """Write findings as a table that no spreadsheet takes for formulas."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(_NAMES)
    for one in findings:
        table.writerow(csv_cell(getattr(one, name)) for name in _NAMES)
    return written.getvalue().encode()


def as_json(findings: Sequence[ShownFinding]) -> bytes:
    """Write findings as a JSON list."""
    rows = [{name: getattr(one, name) for name in _NAMES} for one in findings]
    return json_text(rows, indent=1).encode() + b"\n"


def _finding(line: Told) -> ShownFinding | None:
    told = line.get("finding")
    if not isinstance(told, dict) or told.get("rule") not in RULES:
        return None
    values = {name: text(told, name) for name in _NAMES if name != "severity"}
    return ShownFinding(severity=RULES[values["rule"]].severity, **values)
