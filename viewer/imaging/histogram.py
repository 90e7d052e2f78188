"""The distribution of a frame's values, for the window controls."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from viewer.imaging.modality import ModalityTransform
from viewer.imaging.modality import apply as to_modality_values
from viewer.imaging.voi import evenly_spaced

_SAMPLED_PIXELS = 1 << 18
_LARGEST = 8e307  # the distance between two values must stay finite


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts of pixels between edges in modality units.

    ``edges`` (n + 1,) rise; ``counts`` (n,) are of the pixels looked at, so
    their proportions matter, not their sum. Both are empty where a frame has
    no value besides padding.
    """

    edges: np.ndarray  # (n + 1,) float64
    counts: np.ndarray  # (n,) int64


def histogram(
    pixels: np.ndarray,
    modality: ModalityTransform,
    padding_range: tuple[float, float] | None = None,
    bins: int = 256,
) -> Histogram:
    """Count the modality values of a frame, without padding, NaN and infinities.

    Parameters
    ----------
    pixels : ndarray, (rows, columns)
        Stored values. Of more than 262,144, evenly spaced ones are counted.
    modality : ModalityTransform
    padding_range : (float, float), optional
        Stored values that are padding, both ends included.
    bins : int
        The most bins wanted. Rescaled integers get bins of a whole number of
        stored values each, so that none is emptier by arithmetic alone.
    """
    sample = evenly_spaced(pixels, _SAMPLED_PIXELS)
    if sample.dtype.kind in "ui" and sample.dtype.itemsize <= 2:
        stored, counts = _count_small_integers(sample)
    else:
        stored, counts = sample.ravel(), None
    if padding_range is not None:
        kept = (stored < padding_range[0]) | (stored > padding_range[1])
        stored, counts = stored[kept], None if counts is None else counts[kept]
    if counts is not None and modality.lut is None and modality.slope != 0 and stored.size:
        whole = _by_whole_values(stored, counts, modality, bins)
        if whole is not None:
            return whole
    values = to_modality_values(modality, stored)
    finite = np.isfinite(values)
    if not finite.any():
        return Histogram(np.empty(0), np.empty(0, np.int64))
    weights = None if counts is None else counts[finite]
    values = np.clip(values[finite], -_LARGEST, _LARGEST)
    low, high, bins = _binned(float(values.min()), float(values.max()), bins)
    summed, edges = np.histogram(values, bins, (low, high), weights=weights)
    return Histogram(edges, summed.astype(np.int64))


def _binned(low: float, high: float, bins: int) -> tuple[float, float, int]:
    """Give the ends and number of bins, no more than there are numbers between the ends."""
    step = 2 * math.ulp(max(abs(low), abs(high)))
    if low == high:
        half = max(0.5, step)
        return low - half, high + half, 1
    return low, high, max(1, min(bins, int((high - low) / step)))


def _count_small_integers(sample: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the stored values that occur, rising, as int64, and how often each does."""
    unsigned = np.ascontiguousarray(sample).view(f"u{sample.dtype.itemsize}")
    counts = np.bincount(unsigned.ravel())
    occurring = np.flatnonzero(counts)
    stored = occurring.astype(unsigned.dtype).view(sample.dtype).astype(np.int64)
    order = np.argsort(stored)
    return stored[order], counts[occurring][order]


def _by_whole_values(
    stored: np.ndarray, counts: np.ndarray, modality: ModalityTransform, bins: int
) -> Histogram | None:
    """Give bins of whole stored values; None where double precision cannot tell their edges."""
    first, last = int(stored[0]), int(stored[-1])
    values_per_bin = math.ceil((last - first + 1) / bins)
    used = math.ceil((last - first + 1) / values_per_bin)
    summed = np.bincount((stored - first) // values_per_bin, counts, used).astype(np.int64)
    edges = first - 0.5 + np.arange(used + 1) * float(values_per_bin)
    with np.errstate(over="ignore"):
        edges = edges * modality.slope + modality.intercept
    if not (np.isfinite(edges).all() and np.diff(edges).all()):
        return None
    if modality.slope < 0:
        edges, summed = edges[::-1], summed[::-1]
    return Histogram(edges, summed)
