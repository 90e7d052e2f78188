"""Stop watches run in turn, and what they showed. What is measured is each benchmark's matter."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

StopWatch = Callable[[], float]
"""Does something and gives the seconds that it took."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured, round by round."""

    values: tuple[float, ...]
    unit: str = "ms"

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        return self.percentile(95)

    @property
    def worst(self) -> float:
        return max(self.values)

    def percentile(self, percent: float) -> float:
        """Give the nearest rank: of few rounds, the slowest."""
        return sorted(self.values)[math.ceil(percent / 100 * len(self.values)) - 1]


def milliseconds(seconds: Sequence[float]) -> Sample:
    """Give seconds as a sample in milliseconds."""
    return Sample(tuple(second * 1e3 for second in seconds))


@dataclass(frozen=True, slots=True)
class Goal:
    """What a result must hold to: bounds in its unit, a ratio to its peer; None: no such bound."""

    ratio: float | None = None  # at least
    median: float | None = None  # at most, as all that follow
    p95: float | None = None
    p99: float | None = None
    worst: float | None = None

    def words(self, unit: str) -> str:
        """Give the goal as a cell of a table."""
        parts = [] if self.ratio is None else [f"≥ {self.ratio:g}×"]
        bounds = {"": self.median, "p95 ": self.p95, "p99 ": self.p99, "worst ": self.worst}
        parts += [
            f"{name}≤ {bound:g} {unit}" for name, bound in bounds.items() if bound is not None
        ]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Result:
    """Ours, alone or beside one peer (another program's way) or limit (what none can beat)."""

    case: str
    ours: Sample
    peer_name: str = ""
    peer: Sample | None = None  # None where the peer is absent from this machine
    goal: Goal = Goal()

    @property
    def ratio(self) -> float | None:
        """How many times as fast as the peer ours is; against a limit, the share reached."""
        return None if self.peer is None else self.peer.median / self.ours.median

    @property
    def met(self) -> bool | None:
        """Whether every bound of the goal holds; None where one cannot be told and none fails."""
        held: list[bool | None] = [
            measured <= bound
            for measured, bound in (
                (self.ours.median, self.goal.median),
                (self.ours.p95, self.goal.p95),
                (self.ours.percentile(99), self.goal.p99),
                (self.ours.worst, self.goal.worst),
            )
            if bound is not None
        ]
        if self.goal.ratio is not None:
            held.append(None if self.ratio is None else self.ratio >= self.goal.ratio)
        if False in held:
            return False
        return None if None in held or not held else True


def watched(action: Callable[[], object]) -> StopWatch:
    """Give a stop watch around the whole of ``action``."""

    def seconds() -> float:
        began = time.perf_counter()
        action()
        return time.perf_counter() - began

    return seconds


def compare(
    case: str,
    ours: StopWatch,
    peers: Mapping[str, StopWatch | None],
    rounds: int,
    goals: Mapping[str, Goal] | None = None,
) -> list[Result]:
    """Run ours and its peers in turn, after one unmeasured round; every other round backwards.

    So that a load that comes and goes, or a clock that slows down, falls on
    all alike. A peer that is None is absent. Without peers there is one
    result, of ours alone, with the goal of "".
    """
    watches: dict[str, StopWatch] = {"": ours}
    watches.update({name: watch for name, watch in peers.items() if watch is not None})
    taken: dict[str, list[float]] = {name: [] for name in watches}
    for watch in watches.values():
        watch()
    for number in range(rounds):
        for name in list(watches)[:: -1 if number % 2 else 1]:
            taken[name].append(watches[name]())
    samples = {name: milliseconds(seconds) for name, seconds in taken.items()}
    return [
        Result(
            case,
            samples[""],
            name,
            samples.get(name) if name else None,
            (goals or {}).get(name, Goal()),
        )
        for name in peers or {"": None}
    ]


def as_json(result: Result) -> dict[str, Any]:
    """Give a result as plain values."""
    return {
        "case": result.case,
        "unit": result.ours.unit,
        "ours": _figures(result.ours),
        "peer_name": result.peer_name,
        "peer": None if result.peer is None else _figures(result.peer),
        "ratio": result.ratio,
        "goal": result.goal.words(result.ours.unit),
        "met": result.met,
    }


def _figures(sample: Sample) -> dict[str, float]:
    return {
        "median": sample.median,
        "p95": sample.p95,
        "worst": sample.worst,
        "rounds": len(sample.values),
    }
