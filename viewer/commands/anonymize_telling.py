"""What is asked of de-identification, and what is told of it: numbers, changes, the report.

How it is done is the matter of `anonymize_writing`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.dicom.deidentification.keys import Key
from viewer.dicom.deidentification.profile import Profile, edition
from viewer.dicom.deidentification.results import Change, Job, Rectangle, Rule
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.tags import tag_text
from viewer.imaging.files import write_whole


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; ``out`` is absolute, and "" where nothing is written."""

    paths: tuple[str, ...]
    out: str
    profile: Profile
    key: Key
    confirmed: frozenset[str] = frozenset()
    rectangles: tuple[Rectangle, ...] = ()
    rules: tuple[Rule, ...] = ()
    report: str = ""
    is_dry: bool = False
    limits: Limits = DEFAULT_LIMITS


@dataclass(slots=True)
class Outcome:
    """What came of it: numbers of files and changes, and what there is to say."""

    out: str = ""
    key: str = ""
    files: int = 0
    written: int = 0
    held: int = 0
    failed: int = 0
    changes: int = 0
    warnings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Give it for the last line."""
        names = ("out", "key", "files", "written", "held", "failed", "changes", "warnings")
        return {name: getattr(self, name) for name in names}


def write_report(
    wanted: Wanted, outcome: Outcome, reasons: Mapping[str, int], files: Iterable[dict[str, Any]]
) -> None:
    """Write the report: what was done with each file, and nothing of what it held before."""
    content = {
        "profile": ["basic", *wanted.profile.options],
        "edition": edition(),
        "note": "Without original values or paths, which would tell who is who.",
        **{name: value for name, value in outcome.as_json().items() if name not in ("key", "out")},
        "reasons": dict(reasons),
        "file_list": list(files),
    }
    write_whole(wanted.report, json.dumps(content, indent=1).encode())


def change_line(job: Job, change: Change) -> dict[str, Any]:
    """Give a change with its values before and after."""
    return {
        "path": job.path,
        "sop_instance_uid": job.sop_instance_uid,
        **action_line(change),
        "before": change.before,
        "after": change.after,
    }


def action_line(change: Change) -> dict[str, Any]:
    """Give what was done to which element, without its values."""
    return {
        "tag": tag_text(change.tag),
        "name": change.name,
        "where": ".".join(change.where),
        "action": change.action,
    }
