"""A frame sampled at screen resolution: what the canvas draws.

A smooth sample is the mean of the stored values over the area one screen
pixel covers, at least one image pixel wide: magnified that is bilinear
interpolation, minified it is area averaging, at 1:1 the pixel itself. Large
reductions start from `Mips`, so the cost follows the screen, not the frame.

Padding never mixes with data: averages leave it out while halving, and a
screen pixel that would touch both takes its nearest pixel instead.

Palette indices and other labels have no mean: sample them ``nearest``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from viewer.imaging.mips import Mips, as_stored, background

__all__ = ["Method", "Mips", "Sampled", "sample"]

Method = Literal["smooth", "nearest"]

_STRIP_VALUES = 1 << 16  # so that a strip's arrays stay in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """The part of a screen rectangle that the frame covers; all else is background.

    ``pixels`` are stored values in the frame's dtype, (n, m) or (n, m, 3), to
    be drawn at ``rows`` and ``columns`` of the screen rectangle. All are empty
    where the frame is out of sight.
    """

    pixels: np.ndarray
    rows: slice
    columns: slice


@dataclass(frozen=True, slots=True, eq=False)
class _Taps:
    """Which source pixels each screen pixel of one axis averages.

    ``index`` and ``weight`` are (taps, n): source positions and their shares,
    which sum to 1 for each screen pixel. ``weight`` is None for one tap.
    """

    index: np.ndarray  # intp
    weight: np.ndarray | None  # float32
    nearest: np.ndarray  # (n,) intp


def sample(
    source: np.ndarray | Mips,
    top_left_rc: tuple[float, float],
    pixels_per_screen_rc: tuple[float, float],
    out_shape: tuple[int, int],
    method: Method = "smooth",
) -> Sampled:
    """Sample a frame for a rectangle of screen pixels.

    Parameters
    ----------
    source : ndarray or Mips
        The frame's stored values, (rows, columns) or (rows, columns, 3); as
        `Mips` where the frame is drawn more than once or has padding.
    top_left_rc : (float, float)
        Where the upper left corner of the rectangle lies, in image pixels
        from the upper left corner of the first pixel: the centre of screen
        pixel (i, j) shows frame position ``top_left + (i + 0.5, j + 0.5) *
        pixels_per_screen - 0.5``.
    pixels_per_screen_rc : (float, float)
        Image pixels a screen pixel covers, above 0; below 1 magnifies.
    out_shape : (int, int)
        Rows and columns of the rectangle, in screen pixels.
    method : {"smooth", "nearest"}

    Returns
    -------
    Sampled
        The screen pixels whose centres lie on the frame.
    """
    mips = source if isinstance(source, Mips) else Mips(source)
    shape = mips.pixels.shape
    inside = tuple(
        _inside(top_left_rc[axis], pixels_per_screen_rc[axis], out_shape[axis], shape[axis])
        for axis in (0, 1)
    )
    number = 0
    if method == "smooth":
        number = max(0, math.floor(math.log2(min(pixels_per_screen_rc))))
    pixels = mips.level(number)
    taps = tuple(
        _taps(
            top_left_rc[axis] / 2**number,
            pixels_per_screen_rc[axis] / 2**number,
            inside[axis],
            shape[axis] / 2**number,
            method,
        )
        for axis in (0, 1)
    )
    with np.errstate(over="ignore"):  # a mean of the largest numbers may round to infinity
        sampled = _gather(pixels, taps[0], taps[1])
    if method == "smooth" and pixels.ndim == 2:
        _keep_background_apart(sampled, pixels, taps[0], taps[1], mips.padding_range)
    return Sampled(sampled, inside[0], inside[1])


def _inside(top: float, step: float, count: int, size: int) -> slice:
    """Give the screen pixels of one axis whose centres lie in [0, size)."""
    start = min(max(math.ceil(-top / step - 0.5), 0), count)
    stop = min(max(math.ceil((size - top) / step - 0.5), start), count)
    return slice(start, stop)


def _taps(top: float, step: float, screen: slice, size: float, method: Method) -> _Taps:
    """Give the shares of source pixels in each of the screen pixels.

    ``size`` is the frame's extent in source pixels, fractional where a
    halving rounded it up.
    """
    last = math.ceil(size) - 1
    centers = top + (np.arange(screen.start, screen.stop) + 0.5) * step
    nearest = np.clip(np.floor(centers), 0, last).astype(np.intp)
    if method == "nearest" or nearest.size == 0:
        return _Taps(nearest[None], None, nearest)
    half = max(1.0, step) / 2
    # snapped to 1/4096 pixel: at 1:1 rounding noise must not turn one tap into two
    low = np.rint(np.clip(centers - half, 0, size) * 4096) / 4096
    high = np.rint(np.clip(centers + half, 0, size) * 4096) / 4096
    first = np.floor(low)
    index = first + np.arange(int((np.ceil(high) - first).max()))[:, None]
    share = np.clip(np.minimum(high, index + 1) - np.maximum(low, index), 0, None)
    share /= share.sum(axis=0)
    weight = share if len(share) > 1 else None
    return _Taps(np.minimum(index, last).astype(np.intp), weight, nearest)


def _gather(pixels: np.ndarray, rows: _Taps, columns: _Taps) -> np.ndarray:
    """Average ``pixels`` with the shares of each axis, in the dtype of ``pixels``."""
    samples = 1 if pixels.ndim == 2 else pixels.shape[2]
    shape = (rows.nearest.size, columns.nearest.size, *pixels.shape[2:])
    if rows.nearest.size == 0 or columns.nearest.size == 0:
        return np.empty(shape, pixels.dtype)
    if rows.weight is None and columns.weight is None:
        return _pick(pixels, rows.index[0], columns.index[0])
    row_index, column_index = rows.index - rows.index.min(), columns.index - columns.index.min()
    # contiguous, or every take would copy it whole
    seen = np.ascontiguousarray(pixels[_span(rows.index), _span(columns.index)])
    seen = seen.reshape(seen.shape[0], -1)  # colour is a grey image thrice as wide
    if seen.dtype.kind == "f" and not (finite := np.isfinite(seen)).all():
        seen = np.where(finite, seen, seen.dtype.type(0))  # a share of 0 would spread NaN
    across = (column_index[..., None] * samples + np.arange(samples)).reshape(len(column_index), -1)
    out = np.empty((shape[0], across.shape[1]), pixels.dtype)
    work = np.dtype(np.float32 if np.can_cast(pixels.dtype, np.float32) else np.float64)
    row_weight = None if rows.weight is None else rows.weight.astype(work)
    across_weight = None
    if columns.weight is not None:
        across_weight = np.repeat(columns.weight.astype(work), samples, axis=1)
    rows_first = seen.shape[0] > shape[0]
    if not rows_first:
        seen = _average_columns(seen.astype(work), across, across_weight)
    strip = max(1, _STRIP_VALUES // seen.shape[1])
    for start in range(0, shape[0], strip):
        part = slice(start, start + strip)
        weight = None if row_weight is None else row_weight[:, part]
        mean = _average_rows(seen, row_index[:, part], weight, work)
        if rows_first:
            mean = _average_columns(mean, across, across_weight)
        out[part] = as_stored(mean, out.dtype)
    return out.reshape(shape)


def _pick(pixels: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    picked: np.ndarray = np.take(np.take(pixels, rows, axis=0), columns, axis=1)
    return picked


def _span(index: np.ndarray) -> slice:
    return slice(int(index.min()), int(index.max()) + 1)


def _average_rows(
    source: np.ndarray, index: np.ndarray, weight: np.ndarray | None, work: np.dtype
) -> np.ndarray:
    total: np.ndarray = np.take(source, index[0], axis=0).astype(work)
    if weight is None:
        return total
    total *= weight[0][:, None]
    for tap in range(1, len(index)):
        total += np.take(source, index[tap], axis=0) * weight[tap][:, None]
    return total


def _average_columns(
    source: np.ndarray, index: np.ndarray, weight: np.ndarray | None
) -> np.ndarray:
    total: np.ndarray = np.take(source, index[0], axis=1)
    if weight is None:
        return total
    total *= weight[0]
    for tap in range(1, len(index)):
        share = np.take(source, index[tap], axis=1)
        share *= weight[tap]
        total += share
    return total


def _keep_background_apart(
    sampled: np.ndarray,
    pixels: np.ndarray,
    rows: _Taps,
    columns: _Taps,
    padding_range: tuple[float, float] | None,
) -> None:
    """Give screen pixels that touch padding, NaN or infinity their nearest pixel's value."""
    if sampled.size == 0:
        return
    seen = _span(rows.index), _span(columns.index)
    mask = background(pixels[seen], padding_range)
    if mask is None:
        return
    touching = _any_tap(mask, rows, seen[0].start, axis=0)
    touching = _any_tap(touching, columns, seen[1].start, axis=1)
    np.copyto(sampled, _pick(pixels, rows.nearest, columns.nearest), where=touching)


def _any_tap(mask: np.ndarray, taps: _Taps, start: int, axis: int) -> np.ndarray:
    touched: np.ndarray = np.take(mask, taps.index[0] - start, axis=axis)
    if taps.weight is None:
        return touched
    shape = (-1, 1) if axis == 0 else (1, -1)
    touched &= (taps.weight[0] > 0).reshape(shape)
    for tap in range(1, len(taps.index)):
        more = np.take(mask, taps.index[tap] - start, axis=axis)
        touched |= more & (taps.weight[tap] > 0).reshape(shape)
    return touched
