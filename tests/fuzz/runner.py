"""A run: areas by turns until time is over, findings shrunk and kept, nothing left behind."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.areas import FILE_TASK, Area, FileArea, Inputs, areas
from tests.fuzz.findings import Execution, Finding, FindingsFolder
from tests.fuzz.seeds import Seed
from tests.fuzz.shrinking import shrunk

_SHRINK_S = 15.0


@dataclass
class Report:
    """What a run did."""

    seed: int
    seconds: float = 0.0
    executions: dict[str, int] = field(default_factory=dict)
    findings: dict[Finding, int] = field(default_factory=dict)

    @property
    def unanswered(self) -> list[Finding]:
        """Give the findings that are defects."""
        return [finding for finding in self.findings if finding.is_answer_due]

    def to_json(self) -> str:
        """Give one line for a log."""
        told = [
            {"kind": finding.kind, "where": finding.where, "times": times}
            for finding, times in self.findings.items()
        ]
        return json.dumps(
            {
                "seed": self.seed,
                "seconds": round(self.seconds, 1),
                "executions": self.executions,
                "findings": told,
            }
        )


def fuzz(
    names: Sequence[str], seeds: Sequence[Seed], *, seed: int, seconds: float,
    findings: str | None = None, task: str = FILE_TASK,
) -> Report:  # fmt: skip
    """Fuzz the areas of these names for so long.

    Parameters
    ----------
    findings : str, optional
        A folder for what is found.
    task : str
        As `areas.areas` takes it.
    """
    with _Run(names, seeds, seed, findings, task) as run:
        run.until(time.monotonic() + seconds)
    return run.report


def fuzz_once(execution: Execution, seeds: Sequence[Seed], findings: str | None = None) -> Report:
    """Run one execution again."""
    with _Run([execution.area], seeds, execution.seed, findings, FILE_TASK) as run:
        run.execute(run.areas[0], execution)
    return run.report


class _Run:
    def __init__(
        self, names: Sequence[str], seeds: Sequence[Seed], seed: int,
        findings: str | None, task: str,
    ) -> None:  # fmt: skip
        self.report = Report(seed)
        self._began = time.monotonic()
        self._findings = FindingsFolder(findings)
        self._scratch = tempfile.TemporaryDirectory(prefix="negato-fuzz-")
        self._temporary = Path(self._scratch.name) / "tmp"
        self._temporary.mkdir()
        # what the program leaves behind shows here
        self._before = os.environ.get("TMPDIR"), tempfile.tempdir
        os.environ["TMPDIR"] = tempfile.tempdir = str(self._temporary)
        self._memory = _memory_files()
        self._children = _children()
        self.areas: list[Area] = list(areas(names, seeds, Path(self._scratch.name), task))
        self._took = {area.name: 0.0 for area in self.areas}

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, *_: object) -> None:
        for area in self.areas:
            area.close()
        before, tempfile.tempdir = self._before
        os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before)
        self._look_for_leftovers()
        self._scratch.cleanup()
        self.report.seconds = time.monotonic() - self._began
        self.report.findings = dict(self._findings.counts)

    def until(self, end: float) -> None:
        """Give each area its share of the time."""
        while time.monotonic() < end:
            area = min(self.areas, key=lambda area: self._took[area.name] / area.share)
            number = self.report.executions.get(area.name, 0)
            self.execute(area, Execution(area.name, self.report.seed, number))

    def execute(self, area: Area, execution: Execution) -> None:
        """Run one input, and keep what it finds."""
        began = time.monotonic()
        inputs = area.inputs(execution)
        found = area.run(inputs, execution)
        self._took[area.name] += time.monotonic() - began
        self.report.executions[area.name] = self.report.executions.get(area.name, 0) + 1
        for finding in found:
            if self._findings.is_new(finding):
                sys.stderr.write(f"{finding.kind}: {finding.where}\n  {execution.command}\n")
                kept = self._shrunk(area, inputs, execution, finding)
                self._findings.keep(finding, execution, kept)

    def _shrunk(self, area: Area, inputs: Inputs, execution: Execution, finding: Finding) -> Inputs:
        if not isinstance(area, FileArea) or finding.kind in ("hang", "slow"):
            return inputs

        def gives_it(data: bytes) -> bool:
            again = area.run({**inputs, "mutant": data}, execution)
            return any((one.kind, one.where) == (finding.kind, finding.where) for one in again)

        if not gives_it(inputs["mutant"]):
            return inputs  # not each time: kept as it came
        seconds = _SHRINK_S if finding.is_answer_due else 0
        return {**inputs, "mutant": shrunk(inputs["mutant"], gives_it, seconds)}

    def _look_for_leftovers(self) -> None:
        left = [f"file {path}" for path in self._temporary.rglob("*")]
        left += [f"memory {place}" for place in _memory_files() - self._memory]
        left += [f"process {pid}" for pid in _children() - self._children]
        for what in left:
            self._findings.is_new(Finding("leftover", what.partition(" ")[0], what))


def _memory_files() -> set[str]:
    """Give the program's files in memory: open ones of this process, named ones of the system."""
    found = set()
    for folder in ("/proc/self/fd", "/dev/shm"):
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            path = os.path.join(folder, name)
            target = os.readlink(path) if os.path.islink(path) else name
            if "negato" in target.partition(" ")[0].rpartition("/")[2]:
                found.add(path)
    return found


def _children() -> set[int]:
    """Give the processes that this one has started and that are still there."""
    if not os.path.isdir("/proc/self/task"):
        return set()
    found: set[int] = set()
    for task in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{task}/children", encoding="ascii") as file:
                found.update(map(int, file.read().split()))
        except OSError:
            continue  # a thread that has ended meanwhile, or a system that does not tell
    return found
