"""How evenly the frames of a stack lie: spacing, gaps, tilt, repeated positions.

Measured from positions alone; SliceThickness and SliceLocation say nothing of
it. Each departure from an even spacing is given as one sentence.
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
class StackSpacing:
    """What was measured of ordered positions.

    ``spacing_mm`` is the one distance between neighbours along the normal (of
    a stack with gaps or repeated positions, the one elsewhere); None where
    there is no such one distance. ``notes`` are sentences, frames counted from 1.
    """

    regular: bool
    spacing_mm: float | None
    notes: tuple[str, ...] = ()


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
    spacing, notes = _evenness(steps, apart)
    notes += _repeats(apart)
    notes += _sideways(positions, along, normal)
    if spacing is not None:
        spacing = round(spacing, 6)
    return StackSpacing(not notes, spacing, tuple(notes))


def _evenness(
    steps: NDArray[np.float64], apart: NDArray[np.bool_]
) -> tuple[float | None, list[str]]:
    steps_apart = steps[apart]
    gaps = np.flatnonzero(steps > 1.5 * float(np.median(steps_apart)))
    even = apart.copy()
    even[gaps] = False
    usual = float(steps[even].mean())
    # How far each frame is from its place on a ruler that starts anew after each gap.
    off = np.abs(np.cumsum(np.where(even, steps - usual, 0.0))).max()
    if 4 * len(gaps) <= len(steps_apart) and off <= _UNEVEN_SHARE * usual + _NOISE_MM:
        return usual, _gap_notes(steps, gaps, usual)
    low, high = float(steps_apart.min()), float(steps_apart.max())
    return None, [f"uneven spacing: {_mm(low)} to {_mm(high)} between frames"]


def _gap_notes(steps: NDArray[np.float64], gaps: NDArray[np.intp], usual: float) -> list[str]:
    if not len(gaps):
        return []
    widest = int(gaps[int(np.argmax(steps[gaps]))])
    where = f"{_mm(float(steps[widest]))} after frame {widest + 1}; elsewhere {_mm(usual)}"
    return [f"gap of {where}" if len(gaps) == 1 else f"{len(gaps)} gaps, the widest {where}"]


def _repeats(apart: NDArray[np.bool_]) -> list[str]:
    repeated = np.flatnonzero(~apart)
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
) -> list[str]:
    """Find a tilt (each frame shifted by the same amount) and uneven shifts within the plane."""
    shift = positions - positions[0] - np.outer(along, normal)
    end = shift[-1]
    sideways, length = float(np.linalg.norm(end)), float(abs(along[-1]))
    angle = math.degrees(math.atan2(sideways, length))
    notes = []
    if angle > _TILT_DEGREES and sideways > _TILT_SHIFT_MM:
        notes.append(f"tilted by {angle:.1f}°: each frame is shifted against the one before")
    else:
        end = np.zeros(3)
    share = along / along[-1] if along[-1] else np.zeros_like(along)
    off = float(np.linalg.norm(shift - np.outer(share, end), axis=1).max())
    if off > _SHIFT_MM + length * math.tan(math.radians(_TILT_DEGREES)):
        notes.append(f"frames are shifted sideways against each other by up to {_mm(off)}")
    return notes


def _mm(value: float) -> str:
    """Write a length as a reader does: 2.5 mm, 0.625 mm, 5.0 mm."""
    text = f"{value:.3f}".rstrip("0")
    return f"{text}0 mm" if text.endswith(".") else f"{text} mm"
