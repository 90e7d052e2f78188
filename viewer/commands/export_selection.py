"""What of the paths is to be exported: stacks by their UIDs or series, frames by their numbers.

Owns the search and the choice; what is written of it is left to `export_writing`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from viewer.dicom.catalogue import Catalogue, CatalogueBuilder, Skipped
from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import Limits
from viewer.dicom.patients import Series, Study
from viewer.dicom.stacks import Stack
from viewer.workers.scan import Stopped, scan_in_child

_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9})?)?")
# of what was found and is not shown: no loss to who asked for images
_HARMLESS = frozenset(("not-dicom", "index", "viewer", "not-a-file", "duplicate", "archive"))


@dataclass(frozen=True, slots=True)
class Selected:
    """Frames (from 0) of a stack, and the study and series it is of; of a document, no frames."""

    study: Study
    series: Series
    stack: Stack
    frames: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What the paths hold: the selection, and files that were left out with a reason."""

    selected: tuple[Selected, ...]
    left_out: tuple[Skipped, ...]  # that could have held what was asked for
    notices: tuple[str, ...]
    was_stopped: bool  # the search, before it had seen everything


def parse_frames(text: str) -> tuple[tuple[int, int | None], ...]:
    """Read "1-20,33,40-": the first and the last of each run, from 1; None: to the end.

    Raises
    ------
    NegatoError
        It says no frames.
    """
    runs = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        first = int(match[1]) if match else 0
        last = first if match and "-" not in match[0] else None
        if match and match[2]:
            last = int(match[2])
        if not first or (last is not None and last < first):
            raise NegatoError(f"{text!r} names no frames; write them as 1-20,33, from 1 on.")
        runs.append((first, last))
    return tuple(runs)


def find(
    paths: Sequence[str],
    limits: Limits,
    progress: Callable[[int], None],
    is_stopped: Callable[[], bool],
) -> tuple[Catalogue, bool]:
    """Search the paths; tell whether the search could not go on to its end."""
    builder = CatalogueBuilder(limits)
    was_stopped, seen = False, 0
    for batch in scan_in_child(paths, limits, is_stopped):
        for item in batch:
            builder.add(item)
            was_stopped |= isinstance(item, Stopped)
        seen += len(batch)
        progress(seen)
    return builder.snapshot(), was_stopped


def select(
    catalogue: Catalogue,
    paths: Sequence[str],
    stacks: Sequence[str],
    series: Sequence[str],
    frames: str,
    *,
    was_stopped: bool,
) -> Found:
    """Choose from a catalogue; everything where nothing is named.

    Raises
    ------
    NegatoError
        A stack, series or frame is not there.
    """
    every = [
        Selected(study, one, stack, tuple(range(len(stack))))
        for patient in catalogue.patients
        for study in patient.studies
        for one in study.series
        for stack in one.stacks
    ]
    chosen = every
    if stacks or series:
        known = {one.series.uid for one in every}
        for uid in series:
            if uid not in known:
                raise NegatoError(f"There is no series {uid} in what was named.")
        by_series = [one for one in every if one.series.uid in series]
        chosen = by_series + [
            one for uid in stacks if (one := _of_uid(uid, every)) not in by_series
        ]
        chosen = list({one.stack.uid: one for one in chosen}.values())
    if frames:
        runs = parse_frames(frames)
        chosen = [_with_frames(one, runs) for one in chosen if len(one.stack)]
    named = frozenset(map(os.path.abspath, paths))
    left_out = tuple(
        one
        for one in catalogue.ledger.skipped
        if one.kind not in _HARMLESS or (one.path in named and one.kind == "not-dicom")
    )
    return Found(tuple(chosen), left_out, catalogue.ledger.notices, was_stopped)


def _of_uid(uid: str, every: Sequence[Selected]) -> Selected:
    """Find a stack by its UID, or by the frame that this names: the rest of it may be newer."""
    for one in every:
        if one.stack.uid == uid:
            return one
    for one in every:
        if uid.startswith(one.series.uid):
            keys = [one.stack.key(index) for index in range(len(one.stack))]
            if any(uid.endswith(f"/{key.path}/{key.index}") for key in keys):
                return one
    if any(one.series.uid == uid for one in every):
        raise NegatoError(f"{uid} is a series, not a stack; choose it with --series.")
    raise NegatoError(f"There is no stack {uid} in what was named.")


def _with_frames(one: Selected, runs: Sequence[tuple[int, int | None]]) -> Selected:
    count = len(one.stack)
    wanted: dict[int, None] = {}
    for first, last in runs:
        end = count if last is None else last
        if max(first, end) > count:
            there = "only frame 1" if count == 1 else f"frames 1 to {count:,}"
            told = f"There is no frame {max(first, end):,}: this stack has {there}."
            raise NegatoError(told, one.stack.key(0).path)
        wanted.update(dict.fromkeys(range(first - 1, end)))
    return Selected(one.study, one.series, one.stack, tuple(wanted))
