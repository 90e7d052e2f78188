"""A frame and its halvings: where large reductions start from.

Values that have no mean with others (padding, NaN, infinity) are left out.
"""

from __future__ import annotations

import math

import numpy as np

_STRIP_VALUES = 1 << 16  # so that a strip's arrays stay in the processor's cache


class Mips:
    """A frame and its halvings, each made when first asked for.

    Parameters
    ----------
    pixels : ndarray, (rows, columns) or (rows, columns, 3)
        Stored values; not copied.
    padding_range : (float, float), optional
        Stored values that are padding, both ends included.
    size_rc : (int, int), optional
        The frame's, where ``pixels`` are one of its halvings, the largest there is.
    """

    def __init__(
        self,
        pixels: np.ndarray,
        padding_range: tuple[float, float] | None = None,
        size_rc: tuple[int, int] | None = None,
    ) -> None:
        self.padding_range = padding_range
        self.size_rc = size_rc or (pixels.shape[0], pixels.shape[1])
        self.first_level = round(math.log2(max(self.size_rc) / max(*pixels.shape[:2], 1)))
        self._levels = [pixels]

    @property
    def pixels(self) -> np.ndarray:
        """The frame itself, or its largest halving."""
        return self._levels[0]

    @property
    def nbytes(self) -> int:
        """Bytes of the halvings made so far, without the frame itself."""
        return sum(level.nbytes for level in self._levels[1:])

    def level(self, number: int) -> np.ndarray:
        """Give the frame halved ``number`` times, from ``first_level`` on, sizes rounded up.

        Pixel k of level n is the mean of the pixels from k * 2**n on, as many
        as the frame has of them.
        """
        while len(self._levels) <= number - self.first_level:
            self._levels.append(_halved(self._levels[-1], self.padding_range))
        return self._levels[number - self.first_level]


def background(pixels: np.ndarray, padding_range: tuple[float, float] | None) -> np.ndarray | None:
    """Give the mask of values that must not be averaged, or None where there are none."""
    mask = None
    if pixels.dtype.kind == "f":
        mask = ~np.isfinite(pixels)
    if padding_range is not None:
        padding = (pixels >= padding_range[0]) & (pixels <= padding_range[1])
        mask = padding if mask is None else mask | padding
    return mask if mask is not None and mask.any() else None


def _halved(pixels: np.ndarray, padding_range: tuple[float, float] | None) -> np.ndarray:
    """Give the means of 2 x 2 pixels, background left out of them.

    Strip by strip: what is new to the process is the result alone, and not
    several times the frame, which costs more than the arithmetic.
    """
    rows, columns = pixels.shape[:2]
    halved = np.empty((-(-rows // 2), -(-columns // 2), *pixels.shape[2:]), pixels.dtype)
    height = 2 * max(_STRIP_VALUES // (2 * max(math.prod(pixels.shape[1:]), 1)), 1)
    for top in range(0, rows, height):
        strip = _halved_strip(pixels[top : top + height], padding_range)
        halved[top // 2 : top // 2 + len(strip)] = strip
    return halved


def _halved_strip(pixels: np.ndarray, padding_range: tuple[float, float] | None) -> np.ndarray:
    rows, columns = pixels.shape[:2]
    if rows % 2 or columns % 2:  # the last row or column repeated: the mean over what is there
        odd = ((0, rows % 2), (0, columns % 2), (0, 0))[: pixels.ndim]
        pixels = np.pad(pixels, odd, mode="edge")
    work: np.dtype = np.dtype(np.float64)
    if np.can_cast(pixels.dtype, np.int16) or pixels.dtype == np.uint16:
        work = np.dtype(np.int32)
    elif pixels.dtype == np.float32:
        work = np.dtype(np.float32)
    mask = background(pixels, padding_range) if pixels.ndim == 2 else None
    if mask is None:
        return _quartered(_sum_of_four(_quarters(pixels), work), pixels.dtype)
    count = _sum_of_four(~mask, np.dtype(np.int32))
    kept = np.where(mask, pixels.dtype.type(0), pixels)
    total = _sum_of_four(_quarters(kept), np.dtype(np.float64))
    mean = total * ((4 if pixels.dtype.kind == "f" else 1) / np.maximum(count, 1))
    return np.where(count > 0, as_stored(mean, pixels.dtype), pixels[::2, ::2])


def as_stored(mean: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Give floating-point means of stored values, overwritten, in their stored dtype."""
    if dtype.kind in "ui":
        np.rint(mean, out=mean)
        if dtype.itemsize == 8:  # the greatest integer is beyond double precision
            np.clip(mean, None, np.nextafter(float(np.iinfo(dtype).max), 0), out=mean)
    return mean.astype(dtype, copy=False)


def _quarters(pixels: np.ndarray) -> np.ndarray:
    """Give a quarter of floating-point values, whose sum of four stays finite."""
    return pixels * pixels.dtype.type(0.25) if pixels.dtype.kind == "f" else pixels


def _sum_of_four(pixels: np.ndarray, work: np.dtype) -> np.ndarray:
    pairs = np.add(pixels[::2], pixels[1::2], dtype=work)
    total: np.ndarray = pairs[:, ::2] + pairs[:, 1::2]
    return total


def _quartered(total: np.ndarray, dtype: np.dtype) -> np.ndarray:
    if total.dtype.kind == "i":
        total += 2
        total >>= 2
        return total.astype(dtype)
    if dtype.kind in "ui":
        total /= 4
    return as_stored(total, dtype)
