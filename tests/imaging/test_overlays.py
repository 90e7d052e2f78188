"""An overlay gives back the bits that were packed into it."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.imaging.overlays import OverlayPlane


@pytest.mark.parametrize("shape", [(1, 1), (3, 8), (5, 13), (7, 1)])
def test_the_mask_has_the_size_and_bits_of_the_overlay(shape):
    bits = np.random.default_rng(6).integers(0, 2, shape).astype(bool)
    mask = OverlayPlane(0x6000, *shape, np.packbits(bits, axis=1)).mask()
    assert mask.dtype == np.bool_
    assert (mask == bits).all()
