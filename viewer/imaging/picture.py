"""A frame as it is seen, as plain 8-bit pixels: window, shutter, overlays and turn in one go.

One pixel for each of the frame's, or more where these are not square. What the steps do is left to
`display`, `composition`, `turning` and `resample`; writing it to a file to `viewer.formats`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from viewer.imaging import display
from viewer.imaging.colour import unpack_rgb
from viewer.imaging.composition import compose
from viewer.imaging.pixel_shape import stretch_of
from viewer.imaging.resample import sample
from viewer.imaging.turning import Turn, turned_pixels

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription
    from viewer.imaging.voi import Voi


_MOST_STRETCH = 32  # what is more is no picture, and would fill the memory


def picture_of(
    pixels: np.ndarray,
    description: FrameDescription,
    voi: Voi,
    *,
    turn: Turn | None = None,
    shutter: bool = True,
    overlays: bool = True,
) -> np.ndarray:
    """Give the picture of a frame.

    Returns
    -------
    ndarray, uint8
        (rows, columns, 3) RGB, or (rows, columns) where the frame and all that lies over it
        is grey.
    """
    shown = display.to_rgb32(pixels, description, voi)
    composed = compose(shown, description, shutter=shutter, overlays=overlays)
    grey = None if display.is_colour(description) else composed.astype(np.uint8)
    if (composed is shown and description.palette_rgb is None) or grey is None:
        is_grey = grey is not None
    else:
        is_grey = np.array_equal(grey * np.uint32(0x010101) | display.BLACK, composed)
    if grey is None or not is_grey:
        return unpack_rgb(turned_pixels(composed, turn or Turn()))
    return turned_pixels(grey, turn or Turn())


def with_square_pixels(picture: np.ndarray, description: FrameDescription) -> np.ndarray:
    """Stretch a picture that is not turned, so that shapes are true where each pixel is square.

    Raises
    ------
    ValueError
        It would be larger than any that is shown.
    """
    down, across = stretch_of(description)
    rows, columns = picture.shape[:2]
    if max(down, across) > _MOST_STRETCH:
        raise ValueError(f"Its pixels are {max(down, across):,.0f} times as long as wide")
    size = round(rows * down), round(columns * across)
    if size == (rows, columns):
        return picture
    return sample(picture, (0, 0), (rows / size[0], columns / size[1]), size).pixels
