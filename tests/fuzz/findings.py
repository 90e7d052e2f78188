"""What a run may find, and where it is kept."""

from __future__ import annotations

import hashlib
import json
import re
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal[
    "exception",  # ours, where a NegatoError or an answer was due
    "death",  # of a process, in our own code
    "hang",  # of our own code
    "slow",  # our own code took longer than a small file may
    "memory",  # our own code asked for more than a small file may
    "drop",  # a file neither shown nor in the ledger
    "disagreement",  # of two ways that must give the same
    "escape",  # something outside of what was opened was named to be read
    "leftover",  # a process or file after the end
    "contained",  # a codec crashed or hung in its child: as promised
]
_NUMBERS = re.compile(r"\d+")
_SENTENCES: tuple[tuple[str, Kind], ...] = (
    ("Negato failed|check failed|Reading this failed", "exception"),
    ("(header|tags|file) crashed|helper process failed", "death"),
    ("(header|tags|file) took (too long|longer)", "hang"),
    ("more memory than|not enough memory", "memory"),
    ("Decoding (crashed|took too long)", "contained"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; ``where`` tells it from others, whatever file it was found with."""

    kind: Kind
    where: str
    detail: str = ""

    @property
    def is_answer_due(self) -> bool:
        """Whether this is a defect, and not a promise kept."""
        return self.kind != "contained"


@dataclass(frozen=True, slots=True)
class Execution:
    """What was run: everything that makes it again."""

    area: str
    seed: int
    number: int

    @property
    def command(self) -> str:
        """Give the command that runs it again, alone."""
        return f"python -m tests.fuzz --only {self.area} --seed {self.seed} --number {self.number}"


class FindingsFolder:
    """Keeps each finding once, with the bytes that give it."""

    def __init__(self, folder: str | None) -> None:
        self._folder = Path(folder) if folder else None
        self.counts: dict[Finding, int] = {}
        self._by_where: dict[tuple[str, str], Finding] = {}

    def is_new(self, finding: Finding) -> bool:
        """Count a finding, and tell whether it is the first of its kind and place."""
        key = (finding.kind, finding.where)
        first = self._by_where.setdefault(key, finding)
        self.counts[first] = self.counts.get(first, 0) + 1
        return self.counts[first] == 1

    def keep(self, finding: Finding, execution: Execution, inputs: dict[str, bytes]) -> None:
        """Write a finding and its files."""
        if self._folder is None:
            return
        digest = hashlib.sha256(f"{finding.kind} {finding.where}".encode()).hexdigest()[:8]
        place = self._folder / f"{finding.kind}-{digest}"
        place.mkdir(parents=True, exist_ok=True)
        for name, data in inputs.items():
            (place / name).write_bytes(data)
        told = {
            "kind": finding.kind,
            "where": finding.where,
            "detail": finding.detail,
            "command": execution.command,
        }
        (place / "finding.json").write_text(json.dumps(told, indent=1) + "\n")


def of_exception(error: BaseException, step: str) -> Finding:
    """Make a finding of an exception: its type, and the innermost places of our code."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/viewer/" in frame.filename]
    place = _places((frame.filename, frame.name) for frame in (*ours[-2:], *frames[-1:]))
    kind: Kind = "memory" if isinstance(error, MemoryError) else "exception"
    what = f"{type(error).__name__}"
    if isinstance(error, RuntimeError) and not frames:  # told, not raised
        what = _NUMBERS.sub("N", str(error))[:200]
    detail = "".join(traceback.format_exception(error))
    return Finding(kind, f"{step}: {what} in {place}", detail[-6000:])


def of_sentence(sentence: str, step: str) -> Finding | None:
    """Make a finding of a sentence that speaks of a defect of ours, or of a lost child."""
    for pattern, kind in _SENTENCES:
        if re.search(pattern, sentence):
            return Finding(kind, f"{step}: {_NUMBERS.sub('N', sentence)}", sentence)
    return None


def of_stack(kind: Kind, stack: str, step: str) -> Finding:
    """Make a finding of a dead or hanging child's stack, as faulthandler writes it."""
    main = stack.rpartition("most recent call first")[2]
    found = re.findall(r'File "([^"]+)", line \d+ in (\S+)', main)
    native = bool(found) and found[0][0].endswith(("codecs.py", "video.py"))
    deep = "/imagecodecs/" in main or "/av/" in main or any(n == "_run" for _, n in found[:2])
    contained = native or deep
    place = _places(reversed(found[:3]))
    return Finding("contained" if contained else kind, f"{step}: {kind} in {place}", stack[-6000:])


def _places(frames: Iterable[tuple[str, str]]) -> str:
    return " > ".join(dict.fromkeys(f"{Path(file).stem}.{name}" for file, name in frames))
