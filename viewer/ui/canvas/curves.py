"""Curves on the screen as polylines, clipped before anything is drawn.

All points are (n, 2) float64, (x, y) in logical pixels. Files may put them
anywhere: what is far off the screen is cut off here, so that painting costs
what is seen and never meets numbers that it cannot take.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Box = tuple[float, float, float, float]  # left, top, right, bottom

_FARTHEST_PX = 1e8  # a polyline through farther points is not exact to a pixel any more
_FLATNESS_PX = 0.2
_FEWEST_STEPS, _MOST_STEPS = 24, 20_000  # of an ellipse
_PIXELS_PER_STEP, _MOST_SPLINE_STEPS = 3.0, 24  # of a spline, from point to point
_MOST_SPLINE_POINTS = 50_000  # those between included


def within_reach(points: Points) -> bool:
    """Say whether all points are numbers, and near enough to draw."""
    return bool(points.size and np.all(np.abs(points) <= _FARTHEST_PX))  # NaN is not


def ellipse(center: Points, first_axis: Points, second_axis: Points) -> Points:
    """Give a closed ellipse from its centre and two conjugate half axes, each (2,)."""
    radius = math.hypot(*first_axis) + math.hypot(*second_axis)
    steps = math.ceil(math.pi * math.sqrt(radius / (2 * _FLATNESS_PX))) if radius else 0
    angles = np.linspace(0, 2 * math.pi, min(max(steps, _FEWEST_STEPS), _MOST_STEPS) + 1)
    return center + np.outer(np.cos(angles), first_axis) + np.outer(np.sin(angles), second_axis)


def spline(points: Points) -> Points:
    """Give the Catmull-Rom spline through points; closed where it ends at its start."""
    if len(points) < 3:
        return points
    closed = np.array_equal(points[0], points[-1])
    before, after = (points[-2], points[1]) if closed else (points[0], points[-1])
    padded = np.concatenate([before[None], points, after[None]])
    tangents = (padded[2:] - padded[:-2]) / 2
    starts, ends = points[:-1, None], points[1:, None]
    longest = np.hypot(*(points[1:] - points[:-1]).T).max()
    most = min(_MOST_SPLINE_STEPS, max(_MOST_SPLINE_POINTS // len(points), 1))
    steps = min(max(math.ceil(longest / _PIXELS_PER_STEP), 1), most)
    t = (np.arange(steps) / steps)[:, None]
    between = (
        (2 * t**3 - 3 * t**2 + 1) * starts
        + (t**3 - 2 * t**2 + t) * tangents[:-1, None]
        + (3 * t**2 - 2 * t**3) * ends
        + (t**3 - t**2) * tangents[1:, None]
    )
    return np.concatenate([between.reshape(-1, 2), points[-1:]])


def clipped_segments(points: Points, box: Box) -> Points:
    """Cut the segments of a polyline to a box, after Liang and Barsky.

    Returns
    -------
    ndarray, (n, 4)
        x, y of the start and of the end of what is left of each.
    """
    starts, along = points[:-1], points[1:] - points[:-1]
    enter, leave = np.zeros(len(starts)), np.ones(len(starts))
    for axis, bound, sign in _sides(box):
        depth, change = sign * (starts[:, axis] - bound), sign * along[:, axis]
        at = -depth / np.where(change == 0, 1, change)
        np.maximum(enter, at, out=enter, where=change > 0)
        np.minimum(leave, at, out=leave, where=change < 0)
        leave[(change == 0) & (depth < 0)] = -1
    seen = enter <= leave
    first = starts[seen] + enter[seen, None] * along[seen]
    last = starts[seen] + leave[seen, None] * along[seen]
    return np.concatenate([first, last], axis=1)


def clipped_area(points: Points, box: Box) -> Points:
    """Cut a closed polygon to a box, after Sutherland and Hodgman; empty where none is left."""
    for axis, bound, sign in _sides(box):
        if not len(points):
            break
        following = np.roll(points, -1, axis=0)
        depth = sign * (points[:, axis] - bound)
        next_depth = sign * (following[:, axis] - bound)
        inside, next_inside = depth >= 0, next_depth >= 0
        crossing = inside != next_inside
        share = np.where(crossing, depth, 0) / np.where(crossing, depth - next_depth, 1)
        meeting = points + share[:, None] * (following - points)
        both = np.stack([points, meeting], axis=1).reshape(-1, 2)
        points = both[np.stack([inside, crossing], axis=1).reshape(-1)]
    return points


def _sides(box: Box) -> tuple[tuple[int, float, int], ...]:
    left, top, right, bottom = box
    return (0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)
