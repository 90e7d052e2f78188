"""Values of interest: windows and VOI LUTs, automatic windows. PS3.3 C.11.2.

`apply` is the exact reference: everything shown on screen comes from it, over
whole images or, for 8- and 16-bit frames, over a table (see `display`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from viewer.imaging.modality import LookupTable, ModalityTransform
from viewer.imaging.modality import apply as to_modality_values

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

VoiFunction = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]

_SAMPLED_PIXELS = 65_536
_LOW, _HIGH = 0.005, 0.995  # quantiles
_LARGEST = 8e307  # the width between two ends must stay finite

_Grey = tuple[np.ndarray, ModalityTransform, tuple[float, float] | None]


@dataclass(frozen=True, slots=True)
class VoiWindow:
    """A window in modality units. PS3.3 C.11.2.1.2."""

    center: float
    width: float
    function: VoiFunction = "LINEAR"
    explanation: str = ""
    source: str = field(default="", compare=False)  # "WindowCenter (0028,1050), value 2"


@dataclass(frozen=True, slots=True)
class VoiLut:
    """A VOI LUT over modality values. PS3.3 C.11.2.1.1."""

    table: LookupTable
    explanation: str = ""
    source: str = field(default="", compare=False)  # "VOILUTSequence (0028,3010), item 1"


Voi = VoiWindow | VoiLut


def is_usable(voi: Voi) -> bool:
    """Whether a VOI has a meaning: a finite window wider than nothing, a table with entries."""
    if isinstance(voi, VoiLut):
        return len(voi.table.entries) > 0 and voi.table.bits > 0
    return math.isfinite(voi.center) and math.isfinite(voi.width) and voi.width > 0


def apply(voi: Voi, modality_values: np.ndarray) -> np.ndarray:
    """Map modality values to brightness, 0 (darkest) to 1, before presentation.

    LINEAR, LINEAR_EXACT and SIGMOID are the formulas of PS3.3 C.11.2.1.2.1 to
    C.11.2.1.3.2; a LINEAR window narrower than 1, which the standard forbids,
    is taken as LINEAR_EXACT, and a window without width as a step at its
    centre. NaN stays NaN.

    Parameters
    ----------
    voi : Voi
    modality_values : ndarray of float32 or float64

    Returns
    -------
    ndarray of float64
        A new array of the same shape: double precision throughout, so that
        neither a narrow window far from 0 nor a huge one goes wrong.
    """
    if isinstance(voi, VoiLut):
        brightness = voi.table.look_up(modality_values, np.dtype(np.float64))
        brightness /= (1 << voi.table.bits) - 1
        return _clip_to_unit(brightness)
    center, width = voi.center, voi.width
    if voi.function == "LINEAR" and width >= 1:
        center, width = center - 0.5, width - 1
    if width <= 0:
        return _step(modality_values, center)
    with np.errstate(over="ignore"):  # far outside the window: infinite, and clipped below
        brightness = np.subtract(modality_values, center, dtype=np.float64)
        brightness /= width
    if voi.function == "SIGMOID":
        return _logistic(brightness)
    brightness += 0.5
    return _clip_to_unit(brightness)


def auto_window(
    pixels: np.ndarray,
    modality: ModalityTransform,
    padding_range: tuple[float, float] | None = None,
) -> VoiWindow:
    """Give a window over nearly all modality values of a frame.

    It spans the 0.5 to 99.5 % quantiles of at most 65,536 evenly spaced
    pixels, without padding and non-finite values; the whole range where those
    two coincide. For a constant frame it spans from 0 to its value, for one of
    zeros or without any value from 0 to 1: empty is black, a full mask white.

    Parameters
    ----------
    pixels : ndarray, (rows, columns)
        Stored values.
    modality : ModalityTransform
    padding_range : (float, float), optional
        Stored values that are padding, both ends included.

    Returns
    -------
    VoiWindow
        In modality units, LINEAR_EXACT: its edges are the ends of that range.
    """
    return _window_over(((pixels, modality, padding_range),), "of the frame's values")


def series_window(frames: Sequence[tuple[np.ndarray, FrameDescription]]) -> VoiWindow:
    """Give one window over nearly all modality values of several frames, as `auto_window` does.

    Each frame counts with its own modality transform and padding, and with
    as many pixels as the others; those in colour are left out.

    Parameters
    ----------
    frames : sequence of (pixels, description)
        Stored values, (rows, columns) each.
    """
    grey = tuple(
        (_grey_part(pixels, description), description.modality, description.padding_range)
        for pixels, description in frames
        if pixels.ndim == 2
    )
    return _window_over(grey, "of the series' values")


def default_voi(description: FrameDescription, pixels: np.ndarray) -> Voi:
    """Give the file's first usable VOI, else an automatic window.

    Parameters
    ----------
    description : FrameDescription
    pixels : ndarray, (rows, columns)
        Stored values; looked at only where the file has no VOI.
    """
    for voi in description.vois:
        if is_usable(voi):
            return voi
    return frame_window(pixels, description)


def frame_window(pixels: np.ndarray, description: FrameDescription) -> VoiWindow:
    """Give the automatic window of a grey frame; what a supplemental palette colours is left out.

    Parameters
    ----------
    pixels : ndarray, (rows, columns)
        Stored values.
    """
    grey = _grey_part(pixels, description)
    return auto_window(grey, description.modality, description.padding_range)


def evenly_spaced(pixels: np.ndarray, at_most: int) -> np.ndarray:
    """Give a view of every n-th pixel in both directions, about ``at_most`` of them."""
    step = max(1, math.ceil(math.sqrt(pixels.size / at_most)))
    return pixels[::step, ::step]


def _window_over(grey: Sequence[_Grey], of_what: str) -> VoiWindow:
    share = _SAMPLED_PIXELS // max(1, len(grey))
    low, high = _robust_range(
        [_meaningful(evenly_spaced(frame[0], share), frame[1], frame[2]) for frame in grey]
    )
    source = f"automatic: {_LOW:.1%} to {_HIGH:.1%} {of_what}, without padding"
    if low == high:  # sparse or constant: a few pixels may matter, look at every one
        found = [values for frame in grey if (values := _meaningful(*frame)).size]
        if not found:
            return VoiWindow(0.5, 1.0, "LINEAR_EXACT", source="automatic: there are no values")
        low = min(float(values.min()) for values in found)
        high = max(float(values.max()) for values in found)
        source = f"automatic: all {of_what}, without padding"
    if low == high:
        low, high = min(low, 0.0), max(high, 0.0) or float(low == 0)
        source = f"automatic: all {of_what} are the same"
    low, high = max(low, -_LARGEST), min(high, _LARGEST)
    return VoiWindow(low + (high - low) / 2, high - low, "LINEAR_EXACT", source=source)


def _grey_part(pixels: np.ndarray, description: FrameDescription) -> np.ndarray:
    """Leave out what a supplemental palette colours; still of two axes."""
    if description.palette_rgb is None:
        return pixels
    return pixels[pixels < description.palette_first][np.newaxis]


def _meaningful(
    stored: np.ndarray, modality: ModalityTransform, padding_range: tuple[float, float] | None
) -> np.ndarray:
    if padding_range is not None:
        low, high = padding_range
        stored = stored[(stored < low) | (stored > high)]
    values = to_modality_values(modality, stored)
    finite: np.ndarray = values[np.isfinite(values)]
    return finite


def _robust_range(parts: Sequence[np.ndarray]) -> tuple[float, float]:
    values = np.concatenate(parts) if parts else np.empty(0)
    if values.size == 0:
        return 0.0, 0.0
    low, high = np.quantile(values, (_LOW, _HIGH), method="nearest")
    return float(low), float(high)


def _clip_to_unit(brightness: np.ndarray) -> np.ndarray:
    np.clip(brightness, 0, 1, out=brightness)
    return brightness


def _step(values: np.ndarray, edge: float) -> np.ndarray:
    brightness: np.ndarray = (values > edge).astype(np.float64)
    brightness[np.isnan(values)] = np.nan
    return brightness


def _logistic(scaled: np.ndarray) -> np.ndarray:
    np.clip(scaled, -20, 20, out=scaled)  # beyond, exp overflows and nothing is seen
    scaled *= -4
    np.exp(scaled, out=scaled)
    scaled += 1
    np.reciprocal(scaled, out=scaled)
    return scaled
