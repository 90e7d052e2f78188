"""The steps of a pipeline, done to a volume.

What steps there are, and what they may be given, is `export_pipeline`'s; the numbers are
`imaging.volume_resampling`'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from viewer.commands.export_pipeline import LONGEST_SIDE, Pipeline
from viewer.dicom.errors import NegatoError
from viewer.imaging.volume_resampling import (
    fitted,
    is_sheared,
    resampled,
    resampled_shape,
    spacing_of,
    straightened,
)
from viewer.workers.volumes import COLOUR_UNITS, PALETTE_UNITS, Volume

_MOST_VOXELS = 1 << 31


def processed(volume: Volume, pipeline: Pipeline) -> Volume:
    """Do the steps to a volume.

    Raises
    ------
    NegatoError
        A step cannot be done to it: it lies in no regular grid, is in colour, in another unit.
    """
    if volume.units in (COLOUR_UNITS, PALETTE_UNITS):
        raise NegatoError("A pipeline takes grey values, and these are colours.")
    state = _State(volume)
    for step in pipeline.steps:
        _DO[step.name](state, step.given)
    affine, spacing = state.affine, volume.spacing_zyx_mm
    if affine is not None and affine is not volume.affine:
        spacing = spacing_of(affine)
    return replace(
        volume, values=state.values, affine=affine, units=state.units, spacing_zyx_mm=spacing
    )


class _State:
    """A volume between two steps."""

    def __init__(self, volume: Volume) -> None:
        self.values, self.affine, self.units = volume.values, volume.affine, volume.units
        self.why_no_affine = volume.why_no_affine
        self.ends: tuple[float, float] | None = None  # of the last clip or window

    def placed(self) -> np.ndarray:
        """Give the affine, without which space means nothing."""
        if self.affine is None:
            raise NegatoError(f"{self.why_no_affine} So it cannot be resampled.")
        return self.affine


def _do_values(state: _State, given: str) -> None:
    if given == "hu" and state.units != "HU":
        raise NegatoError(f"Its values are {state.units}, not HU.")


def _do_resample(state: _State, given: dict[str, Any]) -> None:
    affine = state.placed()
    if is_sheared(affine):
        told = "The gantry was tilted; put the step straighten = {fill = -1024} before resample."
        raise NegatoError(told)
    spacing, shape = given.get("spacing_mm"), given.get("shape")
    _refuse_size(shape or resampled_shape(state.values.shape, affine, given["spacing_mm"]))
    state.values, state.affine = resampled(
        state.values,
        affine,
        spacing_zyx_mm=spacing,
        shape=shape,
        method=given.get("method", "linear"),
    )


def _do_straighten(state: _State, given: dict[str, Any]) -> None:
    state.values, state.affine = straightened(
        state.values, state.placed(), float(given.get("fill", 0))
    )


def _do_fit(state: _State, given: dict[str, Any]) -> None:
    fill = given.get("fill", 0)
    _refuse_size(given["shape"])
    if not _holds(state.values.dtype, fill):
        state.values = state.values.astype(np.result_type(np.float32, np.min_scalar_type(fill)))
    affine = np.eye(4) if state.affine is None else state.affine
    state.values, moved = fitted(state.values, affine, given["shape"], fill)
    state.affine = None if state.affine is None else moved


def _holds(dtype: np.dtype[Any], number: float) -> bool:
    if dtype.kind == "f":
        return not math.isfinite(number) or abs(number) <= float(np.finfo(dtype).max)
    span = np.iinfo(dtype)
    return float(number).is_integer() and bool(span.min <= number <= span.max)


def _refuse_size(shape: Sequence[int]) -> None:
    if max(shape) > LONGEST_SIDE or math.prod(shape) > _MOST_VOXELS:
        sides = " x ".join(f"{side:,}" for side in shape)
        raise NegatoError(f"It would have {sides} voxels, which is too much; choose fewer.")


def _do_clip(state: _State, given: Sequence[float]) -> None:
    low, high = map(float, given)
    state.values = np.clip(state.values.astype(np.float32, copy=False), low, high)
    state.ends = low, high


def _do_window(state: _State, given: Sequence[float]) -> None:
    center, width = given
    _do_clip(state, (center - width / 2, center + width / 2))


def _do_normalise(state: _State, given: str) -> None:
    values = state.values.astype(np.float32)
    if given == "unit":
        low, high = state.ends or (float(values.min()), float(values.max()))
        state.units = "0 to 1"
    else:
        low, high = float(values.mean(dtype=np.float64)), float(values.std(dtype=np.float64))
        high += low
        state.units = "z-score"
    values -= np.float32(low)
    values /= np.float32((high - low) or 1)
    state.values, state.ends = values, None


def _do_dtype(state: _State, given: str) -> None:
    dtype, values = np.dtype(given), state.values
    if dtype.kind in "iu" and values.dtype.kind == "f":
        values = np.rint(values)
    low, high = (float(end.reduce(values, axis=None)) for end in (np.fmin, np.fmax))
    fits = _holds(dtype, low) and _holds(dtype, high)
    if not fits or (dtype.kind in "iu" and np.isnan(values).any()):
        raise NegatoError(f"The values run from {low:g} to {high:g}; {given} cannot hold them.")
    state.values = values.astype(dtype)


_DO: dict[str, Callable[[_State, Any], None]] = {
    "values": _do_values,
    "straighten": _do_straighten,
    "resample": _do_resample,
    "fit": _do_fit,
    "clip": _do_clip,
    "window": _do_window,
    "normalise": _do_normalise,
    "dtype": _do_dtype,
}
