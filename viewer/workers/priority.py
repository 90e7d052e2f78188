"""Which frame is worked on next: arithmetic on positions and states, nothing else.

The frame on screen comes first, then its neighbours, those ahead in scroll
direction before those behind, then thumbnails, then the rest of the stack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

EMPTY, PENDING, READY, FAILED = range(4)  # states of a frame
NEAR_FRAMES = 16  # this many ahead, half as many behind, go before thumbnails
_NEAR_COST = 2 * NEAR_FRAMES

IntArray = np.ndarray[Any, np.dtype[np.int64]]
BoolArray = np.ndarray[Any, np.dtype[np.bool_]]
StateArray = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True)
class View:
    """One viewport: states (n,) of its frames, those asked about (n,), and where it is.

    ``reach`` is how many frames the memory has room for.
    """

    states: StateArray
    wanted: BoolArray
    index: int
    direction: int
    reach: int


class Next(NamedTuple):
    """Frame ``frame`` of view number ``view``, at ``cost`` from what is on screen."""

    cost: int
    view: int
    frame: int


def costs(count: int, index: int, direction: int) -> IntArray:
    """Give each of ``count`` frames its distance from ``index``, all different.

    0 for the frame itself; a frame behind costs twice what one ahead does.
    """
    ahead = (np.arange(count) - index) * (1 if direction >= 0 else -1)
    return np.where(ahead >= 0, 2 * ahead, -4 * ahead + 1)


def within_reach(count: int, index: int, direction: int, reach: int) -> BoolArray:
    """Mark the ``reach`` frames of least cost: those worth their memory."""
    if reach >= count:
        return np.ones(count, np.bool_)
    cost = costs(count, index, direction)
    marked: BoolArray = cost <= np.partition(cost, max(reach, 1) - 1)[max(reach, 1) - 1]
    return marked


def order(view: View) -> IntArray:
    """Give the frames of ``view`` that are still to be done, the next one first."""
    count = len(view.states)
    to_do = (view.states == EMPTY) & view.wanted
    to_do &= within_reach(count, view.index, view.direction, view.reach)
    frames = np.flatnonzero(to_do)
    return frames[np.argsort(costs(count, view.index, view.direction)[frames])]


def next_frame(views: Sequence[View]) -> Next | None:
    """Choose the frame of least cost in all views; the earlier view where they are equal."""
    best: Next | None = None
    for number, view in enumerate(views):
        frames = order(view)
        if len(frames):
            frame = int(frames[0])
            cost = int(costs(len(view.states), view.index, view.direction)[frame])
            candidate = Next(cost, number, frame)
            best = candidate if best is None else min(best, candidate)
    return best


def before_thumbnails(choice: Next | None) -> bool:
    """Tell whether ``choice`` is near enough to what is on screen to go before thumbnails."""
    return choice is not None and choice.cost <= _NEAR_COST
