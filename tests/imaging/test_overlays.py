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


def test_one_bit_is_found_at_its_place_in_the_frame_and_none_beside_the_plane():
    bits = np.random.default_rng(6).integers(0, 2, (5, 13)).astype(bool)
    plane = OverlayPlane(0x6000, 5, 13, np.packbits(bits, axis=1), origin_rc=(-2, 4))
    found = [[plane.is_set(row, column) for column in range(4, 17)] for row in range(-2, 3)]
    assert found == bits.tolist()
    around = [(-3, 4), (3, 4), (0, 3), (0, 17)]
    assert not any(plane.is_set(row, column) for row, column in around)
