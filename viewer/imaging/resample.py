"""A frame sampled at screen resolution: what the canvas draws.

A smooth sample is the mean of the stored values over the area one screen
pixel covers, at least one image pixel wide: magnified that is bilinear
interpolation, minified it is area averaging, at 1:1 the pixel itself. Large
reductions start from `Mips`, so the cost follows the screen, not the frame.

Padding never mixes with data: averages leave it out while halving, and a
screen pixel that would touch both takes its nearest pixel instead.

Palette indices and other labels have no mean: sample them ``nearest``. What
moves too fast to be looked at may be sampled ``coarse``: nearest, but from the
halving that comes closest, so that a reduction still does not flicker.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from viewer.imaging.mips import Mips, as_stored, background

__all__ = ["Method", "Mips", "Sampled", "in_sight", "sample"]

Method = Literal["smooth", "coarse", "nearest"]

_STRIP_VALUES = 1 << 16  # so that a strip's arrays stay in the processor's cache
_TIE = 1e-9  # of a pixel: rounding noise must not decide between two that are as near
_VIEWS_KEPT = 16  # axes of views: those of a frame and what lies over it, smooth and nearest


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
    method : {"smooth", "coarse", "nearest"}

    Returns
    -------
    Sampled
        The screen pixels whose centres lie on the frame.
    """
    mips = source if isinstance(source, Mips) else Mips(source)
    shape = mips.size_rc
    inside = in_sight(top_left_rc, pixels_per_screen_rc, out_shape, shape)
    number = max(_halvings(min(pixels_per_screen_rc), method), mips.first_level)
    pixels = mips.level(number)
    taps = tuple(
        _taps(
            top_left_rc[axis] / 2**number,
            pixels_per_screen_rc[axis] / 2**number,
            (inside[axis].start, inside[axis].stop),
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


def _halvings(step: float, method: Method) -> int:
    """Give which halving to sample: the last that is not too small, or the one of nearest size."""
    if method == "nearest":
        return 0
    exact = math.log2(step)
    return max(0, math.floor(exact) if method == "smooth" else round(exact))


def in_sight(
    top_left_rc: tuple[float, float],
    pixels_per_screen_rc: tuple[float, float],
    out_shape: tuple[int, int],
    size_rc: tuple[int, ...],
) -> tuple[slice, slice]:
    """Give the rows and columns of screen pixels whose centres lie on a frame; see `sample`."""
    rows, columns = (
        _inside(*axis)
        for axis in zip(top_left_rc, pixels_per_screen_rc, out_shape, size_rc, strict=True)
    )
    return rows, columns


def _inside(top: float, step: float, count: int, size: int) -> slice:
    """Give the screen pixels of one axis whose centres lie in [0, size)."""
    start = min(max(math.ceil(-top / step - 0.5), 0), count)
    stop = min(max(math.ceil((size - top) / step - 0.5), start), count)
    return slice(start, stop)


@lru_cache(_VIEWS_KEPT)  # while one scrolls, frame after frame is seen in the same view
def _taps(top: float, step: float, screen: tuple[int, int], size: float, method: Method) -> _Taps:
    """Give the shares of source pixels in each of the screen pixels, from one to before another.

    ``size`` is the frame's extent in source pixels, fractional where a
    halving rounded it up.
    """
    last = math.ceil(size) - 1
    centers = top + (np.arange(*screen) + 0.5) * step
    nearest = np.clip(np.floor(centers + _TIE), 0, last).astype(np.intp)
    if method != "smooth" or nearest.size == 0:
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
    seen = pixels[_span(rows.index), _span(columns.index)]
    seen = seen.reshape(seen.shape[0], -1)  # colour is a grey image thrice as wide
    work = np.dtype(np.float32 if np.can_cast(pixels.dtype, np.float32) else np.float64)
    down = _Mean(rows.index - rows.index.min(), rows.weight, work)
    across = _Mean(columns.index - columns.index.min(), columns.weight, work, samples)
    out = np.empty((shape[0], across.count), pixels.dtype)
    rows_first = seen.shape[0] > shape[0]
    strip = max(1, _STRIP_VALUES // max(seen.shape[1], across.count))
    if not rows_first:
        wide = np.empty((seen.shape[0], across.count), work)
        for start in range(0, len(wide), strip):
            part = slice(start, start + strip)
            across.of_columns(_as_numbers(seen[part], work), wide[part])
    room = np.empty((strip, seen.shape[1] if rows_first else across.count), work)
    mean = np.empty((strip, across.count), work) if rows_first else room
    for start in range(0, shape[0], strip):
        part = slice(start, min(start + strip, shape[0]))
        count = part.stop - start
        if rows_first:
            first, stop = down.reach(part)
            down.of_rows(_as_numbers(seen[first:stop], work), room[:count], part, first)
            across.of_columns(room[:count], mean[:count])
        else:
            down.of_rows(wide, room[:count], part)
        out[part] = as_stored(mean[:count], out.dtype)
    return out.reshape(shape)


class _Mean:
    """Averages along one axis with the shares of `_Taps`, into arrays that are there already.

    New arrays of this size would cost more than what is computed: the system
    clears their pages.
    """

    def __init__(
        self, index: np.ndarray, weight: np.ndarray | None, work: np.dtype, samples: int = 1
    ) -> None:
        if samples > 1:
            index = (index[..., None] * samples + np.arange(samples)).reshape(len(index), -1)
            weight = None if weight is None else np.repeat(weight, samples, axis=1)
        self._index = index
        self._weight = None if weight is None else weight.astype(work)
        self._room = np.empty(0, work)

    @property
    def count(self) -> int:
        """How many means there are."""
        return int(self._index.shape[1])

    def reach(self, part: slice) -> tuple[int, int]:
        """Give the first source pixel of some means, and the one after the last."""
        index = self._index[:, part]
        return int(index.min()), int(index.max()) + 1

    def of_rows(self, source: np.ndarray, out: np.ndarray, part: slice, first: int = 0) -> None:
        """Average rows of ``source``, which starts with row ``first``."""
        weight = None if self._weight is None else self._weight[:, part, None]
        self._mix(source, self._index[:, part] - first, weight, out, 0)

    def of_columns(self, source: np.ndarray, out: np.ndarray) -> None:
        """Average columns of ``source``."""
        self._mix(source, self._index, self._weight, out, 1)

    def _mix(
        self,
        source: np.ndarray,
        index: np.ndarray,
        weight: np.ndarray | None,
        out: np.ndarray,
        axis: int,
    ) -> None:
        # every index is within: to clip is to check nothing, and to write straight to ``out``
        np.take(source, index[0], axis=axis, out=out, mode="clip")
        if weight is None:
            return
        out *= weight[0]
        if self._room.size < out.size:
            self._room = np.empty(out.size, out.dtype)
        share = self._room[: out.size].reshape(out.shape)
        for tap in range(1, len(index)):
            np.take(source, index[tap], axis=axis, out=share, mode="clip")
            share *= weight[tap]
            out += share


def _as_numbers(stored: np.ndarray, work: np.dtype) -> np.ndarray:
    """Give stored values as a new array to compute with, 0 for NaN and infinity."""
    numbers = stored.astype(work)
    if stored.dtype.kind == "f" and not (finite := np.isfinite(numbers)).all():
        numbers[~finite] = 0  # a share of 0 would spread NaN
    return numbers


def _pick(pixels: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    picked: np.ndarray = np.take(np.take(pixels, rows, axis=0), columns, axis=1)
    return picked


def _span(index: np.ndarray) -> slice:
    return slice(int(index.min()), int(index.max()) + 1)


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
