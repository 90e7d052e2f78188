"""Minified pictures against Lanczos: what the eye sees is not made up by the sampling."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.imaging.resample import Mips, sample

SIZE = 1024
LOBES = 3


def zone_plate() -> np.ndarray:
    """Give rings that get finer outwards, to two pixels a ring at the edges."""
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    return (2000 + 1000 * np.cos(np.pi * (x * x + y * y) / SIZE)).astype(np.int16)


def lanczos(pixels: np.ndarray, step: float, count: int) -> np.ndarray:
    """Reduce a square frame by Lanczos's kernel, which stops what the screen cannot show."""
    centers = (np.arange(count) + 0.5) * step - 0.5
    distance = (np.arange(len(pixels)) - centers[:, None]) / step
    share = np.sinc(distance) * np.sinc(distance / LOBES) * (np.abs(distance) < LOBES)
    share /= share.sum(axis=1, keepdims=True)
    return share @ pixels @ share.T


def error(pixels: np.ndarray, reference: np.ndarray) -> float:
    return float(np.sqrt(np.mean((pixels - reference) ** 2)))


@pytest.mark.parametrize(("method", "better"), [("smooth", 3.5), ("coarse", 2.2)])
@pytest.mark.parametrize("step", [2.0, 2.56, 3.7, 4.1, 6.1])
def test_a_minified_zone_plate_is_nearer_to_lanczos_than_to_false_rings(method, better, step):
    plate, count = zone_plate(), int(SIZE / step)
    reference = lanczos(plate.astype(float), step, count)
    seen = error(
        sample(Mips(plate), (0, 0), (step, step), (count, count), method).pixels, reference
    )
    aliased = error(
        sample(plate, (0, 0), (step, step), (count, count), "nearest").pixels, reference
    )
    assert seen < aliased / better
