"""Stop watches run in turn, and what they showed. What is measured is each benchmark's matter."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

StopWatch = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Timing:
    """The seconds that each round took."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        """The nearest rank: of few rounds, the slowest."""
        return sorted(self.seconds)[math.ceil(0.95 * len(self.seconds)) - 1]


@dataclass(frozen=True, slots=True)
class Result:
    """Ours beside one peer (another program's way) or limit (what no program can beat)."""

    case: str
    ours: Timing
    peer_name: str
    peer: Timing | None  # None where the peer is absent from this machine
    goal: float | None = None  # the ratio aimed at, where there is one

    @property
    def ratio(self) -> float | None:
        """How many times as fast as the peer ours is; against a limit, the share reached."""
        return None if self.peer is None else self.peer.median / self.ours.median


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
    goals: Mapping[str, float] | None = None,
) -> list[Result]:
    """Run ours and its peers in turn, after one unmeasured round; every other round backwards.

    So that a load that comes and goes, or a clock that slows down, falls on
    all alike. A peer that is None is absent.
    """
    watches: dict[str, StopWatch] = {"": ours}
    watches.update({name: watch for name, watch in peers.items() if watch is not None})
    taken: dict[str, list[float]] = {name: [] for name in watches}
    for watch in watches.values():
        watch()
    for number in range(rounds):
        for name in list(watches)[:: -1 if number % 2 else 1]:
            taken[name].append(watches[name]())
    timings = {name: Timing(tuple(seconds)) for name, seconds in taken.items()}
    return [
        Result(case, timings[""], name, timings.get(name), (goals or {}).get(name))
        for name in peers
    ]


def as_json(result: Result) -> dict[str, Any]:
    """Give a result as plain values, in milliseconds."""
    return {
        "case": result.case,
        "ours": _figures(result.ours),
        "peer_name": result.peer_name,
        "peer": None if result.peer is None else _figures(result.peer),
        "ratio": result.ratio,
        "goal": result.goal,
    }


def _figures(timing: Timing) -> dict[str, float]:
    return {
        "median_ms": timing.median * 1e3,
        "p95_ms": timing.p95 * 1e3,
        "rounds": len(timing.seconds),
    }
