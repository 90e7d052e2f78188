"""Headers compared by child processes: one pair, or the pairs of two series in parts."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from queue import SimpleQueue
from typing import Any

from viewer.dicom.errors import NegatoError
from viewer.dicom.inspection.difference import (
    DIFFERING,
    OTHER_SYNTAX,
    Comparison,
    State,
    Tolerance,
    folded,
)
from viewer.dicom.inspection.difference_pairs import Pairs
from viewer.dicom.inspection.frame_places import WHOLE, FramePlace
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.workers.child_pool import ChildPool
from viewer.workers.ordered_tasks import taken

_MODULE = "viewer.dicom.inspection.difference_reader"
_PROCESSES = 2
_PAIRS_OF_A_PART = 32
_SLOWEST_BYTES_S = 20 << 20  # of a medium, for what is hashed
_MOST_CHECKED = 2  # frames that `check` decodes of a file

_Part = tuple[tuple[FramePlace, FramePlace], ...]


class StoppedError(Exception):
    """Whoever asked for the comparison wants it no more."""


def compare_pairs(
    pairs: Pairs,
    tolerance: Tolerance,
    limits: Limits = DEFAULT_LIMITS,
    is_stopped: Callable[[], bool] = lambda: False,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> tuple[Comparison, list[NegatoError]]:
    """Compare headers pair by pair.

    Returns
    -------
    Comparison, list of NegatoError
        What was found, folded; why pairs could not be compared.

    Raises
    ------
    NegatoError
        None could be compared.
    StoppedError
        ``is_stopped`` became true.
    """
    every = pairs.pairs
    waiting = {
        at: every[at : at + _PAIRS_OF_A_PART] for at in range(0, len(every), _PAIRS_OF_A_PART)
    }
    found: dict[int, Comparison] = {}
    problems: list[NegatoError] = []
    answers: SimpleQueue[tuple[int, _Part, object]] = SimpleQueue()
    processes = min(_PROCESSES, len(waiting))

    def pause() -> None:
        if is_stopped():
            raise StoppedError

    with closing(ChildPool(processes, limits, (_MODULE,))) as pool:
        pool.start()

        def submit(at: int, part: _Part) -> None:
            sides = tuple(((a.path, a.frame), (b.path, b.frame)) for a, b in part)
            pool.submit(
                f"{_MODULE}:compare",
                (sides, tolerance, limits),
                timeout_s=_patience(part, limits),
                on_done=lambda answer: answers.put((at, part, answer)),
            )

        for at, part in waiting.items():
            submit(at, part)
        expected, done = len(waiting), 0
        tell(0, len(every))
        while expected:
            at, part, answer = taken(answers, pause)
            expected -= 1
            if not isinstance(answer, Comparison) and len(part) > 1:
                half = len(part) // 2
                submit(at, part[:half])
                submit(at + half, part[half:])
                expected += 2
                continue
            done += len(part)
            tell(done, len(every))
            if isinstance(answer, Comparison):
                found[at] = answer
            else:
                problems.append(_problem(answer, part))
        if not found:
            raise problems[0]
        comparison = folded([found[at] for at in sorted(found)])
        if len(every) == 1:
            comparison = _with_pixels(comparison, every[0], pool, pause)
    return comparison, problems


def _problem(answer: object, part: _Part) -> NegatoError:
    if isinstance(answer, NegatoError):
        return answer
    return NegatoError("Reading it failed.", part[0][0].path)


def _patience(part: _Part, limits: Limits) -> float:
    """Give seconds for all that is read and hashed; what is not there is told at once."""
    size = 0
    for path in {place.path for pair in part for place in pair}:
        try:
            size += os.stat(path).st_size
        except OSError:  # in an archive, or gone: reading it says so
            continue
    return 2 * limits.header_seconds + size / _SLOWEST_BYTES_S


def _with_pixels(
    comparison: Comparison,
    pair: tuple[FramePlace, FramePlace],
    pool: ChildPool,
    pause: Callable[[], None],
) -> Comparison:
    """Decode a few frames where the pixels are encoded in two ways: they may be the same."""
    rows = comparison.told()
    place = next((at for at, row in enumerate(rows) if row.note == OTHER_SYNTAX), None)
    if place is None or any(one.frame != WHOLE for one in pair):
        return comparison
    answers: SimpleQueue[Any] = SimpleQueue()
    results = []
    for side in pair:
        limits = pool.limits
        pool.submit(
            "check",
            (side.path, False, limits),
            timeout_s=limits.header_seconds + _MOST_CHECKED * limits.decode_seconds,
            on_done=answers.put,
        )
        results.append(taken(answers, pause))
    state, note = _judged(*results)
    rows[place] = rows[place]._replace(state=state, note=note, differing=int(state in DIFFERING))
    return Comparison(tuple(map(tuple, rows)), comparison.pairs, comparison.notes)


def _judged(a: Any, b: Any) -> tuple[State, str]:
    """Give the state of pixels by what became of a `check` of both files, and a note."""
    if not (getattr(a, "last_sha256", "") and getattr(b, "last_sha256", "")):
        return "unknown", f"{OTHER_SYNTAX}: they cannot be decoded"
    of_a, of_b = ((one.frames, one.first_sha256, one.last_sha256) for one in (a, b))
    if of_a != of_b:
        return "changed", "encoded otherwise, other pixel values"
    if a.frames <= _MOST_CHECKED:
        return "equal", "encoded otherwise, the same pixel values"
    return "unknown", "encoded otherwise; the first and the last frame have the same pixel values"
