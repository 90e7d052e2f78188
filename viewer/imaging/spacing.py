"""How evenly the frames of a stack lie: spacing, gaps, tilt, repeated positions.

Measured from positions alone; SliceThickness and SliceLocation say nothing of
it. Each departure from an even spacing is given as one sentence; those that
have a place among the frames are also given as marks there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viewer.imaging.geometry import Vector3

# A slice may lie this share of the spacing from its even place: files round to few decimals.
_UNEVEN_SHARE = 0.01
_NOISE_MM = 1e-3
_TILT_DEGREES = 0.1
_TILT_SHIFT_MM = 0.02
_SHIFT_MM = 0.1


@dataclass(frozen=True, slots=True)
class FrameMark:
    """One irregularity and its place: the frame (from 0) at which or after which it is."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class StackSpacing:
    """What was measured of ordered positions.

    ``spacing_mm`` is the one distance between neighbours along the normal (of
    a stack with gaps or repeated positions, the one elsewhere); None where
    there is no such one distance. ``notes`` are sentences, frames counted from
    1; ``marks`` say where, in the order of the frames: what holds for the
    stack as a whole (a tilt) has none.
    """

    regular: bool
    spacing_mm: float | None
    notes: tuple[str, ...] = ()
    marks: tuple[FrameMark, ...] = ()


def measure_spacing(positions_lps: Sequence[Vector3], normal_lps: Vector3) -> StackSpacing:
    """Measure positions (LPS, mm) that are in order along ``normal_lps`` (either way)."""
    if len(positions_lps) < 2:
        return StackSpacing(regular=False, spacing_mm=None)
    positions = np.asarray(positions_lps, dtype=np.float64)
    normal = np.asarray(normal_lps, dtype=np.float64)
    along = (positions - positions[0]) @ normal
    steps = np.abs(np.diff(along))
    apart = steps > _NOISE_MM
    if not apart.any():
        frames = "both frames" if len(positions) == 2 else f"all {len(positions)} frames"
        return StackSpacing(False, None, (f"{frames} lie at one position",))
    spacing, notes, marks = _evenness(steps, apart)
    repeated = np.flatnonzero(~apart)
    if _few(len(repeated), len(steps)):
        marks += [FrameMark(int(i) + 1, "same position as the frame before") for i in repeated]
    notes += _repeat_notes(repeated)
    sideways_notes, sideways_marks = _sideways(positions, along, normal)
    marks = sorted([*marks, *sideways_marks], key=lambda mark: mark.index)
    notes += sideways_notes
    if spacing is not None:
        spacing = round(spacing, 6)
    return StackSpacing(not notes, spacing, tuple(notes), tuple(marks))


def _evenness(
    steps: NDArray[np.float64], apart: NDArray[np.bool_]
) -> tuple[float | None, list[str], list[FrameMark]]:
    steps_apart = steps[apart]
    median = _median(steps_apart)
    gaps = np.flatnonzero(steps > 1.5 * median)
    even = apart.copy()
    even[gaps] = False
    usual = float(steps[even].mean())
    # How far each frame is from its place on a ruler that starts anew after each gap.
    off = np.abs(np.cumsum(np.where(even, steps - usual, 0.0))).max()
    if _few(len(gaps), len(steps_apart)) and off <= _UNEVEN_SHARE * usual + _NOISE_MM:
        return usual, _gap_notes(steps, gaps, usual), _gap_marks(steps, gaps, usual)
    low, high = float(steps_apart.min()), float(steps_apart.max())
    note = f"uneven spacing: {_mm(low)} to {_mm(high)} between frames"
    return None, [note], _uneven_marks(steps, apart, median)


def _median(values: NDArray[np.float64]) -> float:
    """Give the median; NumPy's own loads its masked arrays, which no first picture should await."""
    ordered, half = np.sort(values), len(values) // 2
    return float(ordered[half] + ordered[~half]) / 2


def _uneven_marks(
    steps: NDArray[np.float64], apart: NDArray[np.bool_], usual: float
) -> list[FrameMark]:
    """Mark the few odd steps, else the few places where the spacing changes."""
    noise = _UNEVEN_SHARE * usual + _NOISE_MM
    places = np.flatnonzero(apart)
    odd = places[np.abs(steps[places] - usual) > noise]
    if _few(len(odd), len(places)):
        return [_odd_mark(int(i), float(steps[i]), usual) for i in odd]
    changes = np.flatnonzero(np.abs(np.diff(steps[places])) > noise)
    if not _few(len(changes), len(places)):
        return []
    return [
        FrameMark(
            int(places[i + 1]),
            f"spacing changes here from {_mm(float(steps[places[i]]))}"
            f" to {_mm(float(steps[places[i + 1]]))}",
        )
        for i in changes
    ]


def _few(irregular: int, steps: int) -> bool:
    """Say whether so many places are the exception; more are how the stack is as a whole."""
    return 4 * irregular <= steps


def _gap_notes(steps: NDArray[np.float64], gaps: NDArray[np.intp], usual: float) -> list[str]:
    if not len(gaps):
        return []
    widest = int(gaps[int(np.argmax(steps[gaps]))])
    where = f"{_mm(float(steps[widest]))} after frame {widest + 1}; elsewhere {_mm(usual)}"
    return [f"gap of {where}" if len(gaps) == 1 else f"{len(gaps)} gaps, the widest {where}"]


def _gap_marks(steps: NDArray[np.float64], gaps: NDArray[np.intp], usual: float) -> list[FrameMark]:
    return [
        FrameMark(int(i), f"gap of {_mm(float(steps[i]))} after this frame; elsewhere {_mm(usual)}")
        for i in gaps
    ]


def _odd_mark(index: int, step: float, usual: float) -> FrameMark:
    kind = "gap of" if step > 1.5 * usual else "spacing"
    return FrameMark(index, f"{kind} {_mm(step)} after this frame; elsewhere {_mm(usual)}")


def _repeat_notes(repeated: NDArray[np.intp]) -> list[str]:
    if not len(repeated):
        return []
    first = int(repeated[0]) + 1
    pair = f"frames {first} and {first + 1}"
    if len(repeated) == 1:
        return [f"{pair} lie at the same position"]
    return [
        f"{len(repeated)} frames repeat the position of the one before, the first of them {pair}"
    ]


def _sideways(
    positions: NDArray[np.float64], along: NDArray[np.float64], normal: NDArray[np.float64]
) -> tuple[list[str], list[FrameMark]]:
    """Find a tilt (each frame shifted by the same amount) and uneven shifts within the plane."""
    shift = positions - positions[0] - np.outer(along, normal)
    jumps = _jumps(shift, along)
    lengths = np.linalg.norm(jumps, axis=1)
    jumped = np.flatnonzero(lengths)
    marks = [
        FrameMark(int(i) + 1, f"shifted sideways by {_mm(float(lengths[i]))} from the frame before")
        for i in jumped
    ]
    shift[1:] -= np.cumsum(jumps, axis=0)
    end = shift[-1]
    sideways, length = float(np.linalg.norm(end)), float(abs(along[-1]))
    angle = math.degrees(math.atan2(sideways, length))
    notes = []
    if angle > _TILT_DEGREES and sideways > _TILT_SHIFT_MM:
        notes.append(f"tilted by {angle:.1f}°: each frame is shifted against the one before")
    else:
        end = np.zeros(3)
    share = along / along[-1] if along[-1] else np.zeros_like(along)
    off = np.linalg.norm(shift - np.outer(share, end), axis=1).max()
    if off <= _SHIFT_MM + length * math.tan(math.radians(_TILT_DEGREES)):
        off = 0.0
    most = max(float(off), float(lengths.max(initial=0.0)))
    if most:
        notes.append(f"frames are shifted sideways against each other by up to {_mm(most)}")
    return notes, marks


def _jumps(shift: NDArray[np.float64], along: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give what each step shifts beyond the usual shift of a step: zeros where that is little.

    Zeros throughout where most steps do: then no single place is to blame.
    """
    steps, shifts = np.diff(along), np.diff(shift, axis=0)
    apart = np.abs(steps) > _NOISE_MM
    rate = np.median(shifts[apart] / steps[apart, None], axis=0)
    beyond: NDArray[np.float64] = shifts - np.outer(steps, rate)
    beyond[np.linalg.norm(beyond, axis=1) <= _SHIFT_MM] = 0.0
    return beyond if _few(int(beyond.any(axis=1).sum()), len(steps)) else np.zeros_like(beyond)


def _mm(value: float) -> str:
    """Write a length as a reader does: 2.5 mm, 0.625 mm, 5.0 mm."""
    text = f"{value:.3f}".rstrip("0")
    return f"{text}0 mm" if text.endswith(".") else f"{text} mm"
