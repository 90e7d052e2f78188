"""A picture with its shutter and overlays: what is laid over the 32-bit pixels of a frame.

The picture itself is `display`'s; vector graphics are drawn by the canvas.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription


def compose(
    picture: np.ndarray,
    description: FrameDescription,
    *,
    shutter: bool = True,
    overlays: bool = True,
    hidden_groups: Collection[int] = (),
) -> np.ndarray:
    """Lay shutter and overlays over a whole frame at one screen pixel per image pixel.

    Parameters
    ----------
    picture : ndarray, (rows, columns) uint32
        0xffRRGGBB, as `display.to_rgb32` gives it. Not changed.

    Returns
    -------
    ndarray, (rows, columns) uint32
        ``picture`` itself where there is nothing to lay over it.
    """
    raise NotImplementedError
