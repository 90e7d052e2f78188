"""``negato validate``: where files depart from the standard, for people or as JSON lines.

What was asked for, and how it is told. Files are read in a child process, one after the other;
what shows only when they are compared comes in the end.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from typing import Any

from viewer.commands.controlled import (
    INTERRUPTED,
    WRONG_USE,
    Progress,
    configure_control,
    counted,
    paths_of,
    read_order,
    signals_set,
    write_line,
)
from viewer.dicom.errors import NegatoError
from viewer.dicom.ledger import Notice, Skipped
from viewer.dicom.limits import Limits
from viewer.dicom.tags import tag_text
from viewer.dicom.validation.disc import compare
from viewer.dicom.validation.findings import Checked, Collector, Finding, Identity, RecordOnDisc
from viewer.dicom.validation.rules import RULES, SEVERITIES
from viewer.dicom.validation.series import SeriesCheck
from viewer.plain_text import whole_line
from viewer.standard_streams import say
from viewer.workers.scan import Stopped, scan_in_child

_SCANNER = "viewer.dicom.validation.scanning:scan"
_NOT_DICOM = frozenset(("not-dicom", "not-a-file", "archive", "viewer", "index"))
_UNNAMED = "Name what is to be checked: files, folders, archives or discs."


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="file, folder, ZIP or disc")
    parser.add_argument(
        "--severity",
        choices=SEVERITIES,
        default="warning",
        help="tell findings from this on: errors, warnings too (as usual), or notes too",
    )
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="RULE",
        help="leave out a rule; may be repeated",
    )
    parser.add_argument("--list-rules", action="store_true", help="list the rules, and end")
    configure_control(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check the paths. 1 where there is an error, or not all was checked."""
    teller = _Teller(arguments.severity, frozenset(arguments.ignore), as_json=arguments.json)
    if arguments.list_rules:
        _list_rules(as_json=arguments.json)
        return 0
    stop = threading.Event()
    try:
        paths = paths_of(read_order(stop)) if arguments.control else arguments.paths
        _check_use(paths, arguments.ignore)
    except NegatoError as error:
        teller.end("failed", str(error))
        return WRONG_USE
    checks = Validation(paths, arguments.limits, stop)
    with signals_set(stop):
        for findings in checks.run():
            teller.tell(findings, checks.files)
    if stop.is_set():
        teller.end("cancelled", "Stopped; not all files were checked.", checks.files)
        return INTERRUPTED
    teller.end("done", teller.summary(checks), checks.files)
    return int(teller.errors > 0 or checks.was_stopped or not checks.files)


def _check_use(paths: Sequence[str], ignored: Sequence[str]) -> None:
    if not paths:
        raise NegatoError(_UNNAMED)
    unknown = [rule for rule in ignored if rule not in RULES]
    if unknown:
        told = f"There is no rule {unknown[0]!r}; negato validate --list-rules names them."
        raise NegatoError(told)


class Validation:
    """Checks what the paths hold: each file, then series and discs.

    Attributes
    ----------
    files, not_dicom : int
        How many were checked, and how many were none of ours.
    was_stopped : bool
        The search, before it had seen everything.
    """

    def __init__(self, paths: Sequence[str], limits: Limits, stop: threading.Event) -> None:
        self.files = self.not_dicom = 0
        self.was_stopped = False
        self._paths, self._limits, self._stop = tuple(paths), limits, stop
        self._named = frozenset(map(os.path.abspath, paths))
        self._series = SeriesCheck()
        self._identities: dict[str, Identity] = {}
        self._records: dict[str, tuple[RecordOnDisc, ...]] = {}  # by DICOMDIR

    def run(self) -> Iterator[Sequence[Finding]]:
        """Give the findings of each file, and at last those of several."""
        batches = scan_in_child(
            self._paths, self._limits, self._stop.is_set, _SCANNER, kinds=(Checked,)
        )
        with closing(batches):
            for batch in batches:
                for item in batch:
                    yield self._take(item)
        if not self._stop.is_set():
            yield self._compared()

    def _take(self, item: object) -> Sequence[Finding]:
        if isinstance(item, Checked):
            self.files += 1
            if item.records or os.path.basename(item.path).casefold() == "dicomdir":
                self._records[item.path] = item.records
            else:
                self._identities[item.path] = item.identity
                self._series.add(item.path, item.identity)
            return item.findings
        if isinstance(item, Skipped):
            return self._skipped(item)
        if isinstance(item, Stopped):
            self.was_stopped = True
        if isinstance(item, Notice):
            say(f"negato: {whole_line(item.text)}")
        return ()

    def _skipped(self, item: Skipped) -> Sequence[Finding]:
        if item.kind in _NOT_DICOM:
            self.not_dicom += item.kind == "not-dicom"
            return ()
        if item.kind == "missing" and item.path not in self._named:
            return ()  # the DICOMDIR that names it says so
        self.files += 1
        collector = Collector(item.path)
        is_limit = item.kind in ("limit", "outside")
        collector.add("file-not-checked" if is_limit else "file-unreadable", item.reason)
        return collector.findings

    def _compared(self) -> list[Finding]:
        """Compare files with one another, and with the DICOMDIRs nearest above them."""
        found = self._series.findings()
        below: dict[str, list[str]] = {index: [] for index in self._records}
        folders = sorted((os.path.dirname(index), index) for index in self._records)
        for path in self._identities:
            nearest = [index for folder, index in folders if path.startswith(folder + os.sep)]
            if nearest:
                below[max(nearest, key=len)].append(path)
        for index, records in self._records.items():
            found += compare(index, records, self._identities, below[index])
        return sorted(found, key=lambda one: one.path)


class _Teller:
    """Tells what was found, of a file at a time, and counts."""

    def __init__(self, severity: str, ignored: frozenset[str], *, as_json: bool) -> None:
        self._told = frozenset(SEVERITIES[: SEVERITIES.index(severity) + 1])
        self._ignored, self._as_json = ignored, as_json
        self._progress = Progress({"check": "checked"}, as_json=as_json)
        self._by_rule: Counter[str] = Counter()

    @property
    def errors(self) -> int:
        """How many errors were found."""
        return self._of("error")

    def tell(self, findings: Iterable[Finding], files: int) -> None:
        """Tell findings, those of a file together."""
        kept = [one for one in findings if one.rule not in self._ignored]
        self._by_rule.update(one.rule for one in kept)
        kept = [one for one in kept if one.severity in self._told]
        if self._as_json:
            for one in kept:
                write_line({"finding": _as_json(one)})
        elif kept:
            self._progress.clear()
            for path, of_file in groupby(kept, key=lambda one: one.path):
                lines = [path, *map(_line, of_file)]
                sys.stdout.write("".join(f"{whole_line(line)}\n" for line in lines))
        self._progress.tell("check", files, 0)

    def end(self, result: str, message: str, files: int = 0) -> None:
        """Tell what came of it."""
        self._progress.clear()
        if self._as_json:
            totals = {f"{severity}s": self._of(severity) for severity in SEVERITIES}
            told = {"result": result, "message": message, "files": files, **totals}
            write_line({**told, "rules": dict(self._by_rule.most_common())})
        elif result == "done":
            sys.stdout.write(message + "\n")
        else:
            say(f"negato: {whole_line(message)}")

    def summary(self, checks: Validation) -> str:
        """Say how much was found, and of which rules."""
        numbers = [counted(self._of(one), one, f"{one}s") for one in SEVERITIES]
        told = f"{counted(checks.files, 'file', 'files')} checked: {', '.join(numbers)}."
        if not checks.files:
            told = "No DICOM file was found; name files, folders, archives or discs that hold some."
        if checks.not_dicom:
            told += f" {counted(checks.not_dicom, 'file is', 'files are')} not DICOM."
        if checks.was_stopped:
            told += " The search was stopped early; not all files were checked."
        if self._as_json:
            return told
        ordered = sorted(
            self._by_rule.items(), key=lambda of: (SEVERITIES.index(RULES[of[0]].severity), -of[1])
        )
        rows = (
            f"  {count:8,}  {RULES[rule].severity:8}  {rule:28}  {RULES[rule].title}"
            for rule, count in ordered
        )
        return "\n".join((told, *rows))

    def _of(self, severity: str) -> int:
        return sum(
            count for rule, count in self._by_rule.items() if RULES[rule].severity == severity
        )


def _line(one: Finding) -> str:
    place = f"{one.where}: " if one.where and not one.sentence.startswith(one.where) else ""
    return f"  {one.severity:8}{one.rule:24}  {place}{one.sentence} [{one.section}]"


def _as_json(one: Finding) -> dict[str, Any]:
    return {
        "path": one.path,
        "severity": one.severity,
        "rule": one.rule,
        "tag": None if one.tag is None else tag_text(one.tag),
        "where": one.where,
        "sentence": one.sentence,
        "section": one.section,
    }


def _list_rules(*, as_json: bool) -> None:
    for name, rule in RULES.items():
        if as_json:
            told = {"name": name, "severity": rule.severity}
            write_line({"rule": {**told, "section": rule.section, "title": rule.title}})
        else:
            sys.stdout.write(f"{name:28}{rule.severity:9}{rule.section:22}{rule.title}\n")
