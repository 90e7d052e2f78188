"""One picture as a file of a common format. Nothing but pixels goes into it.

Files of several pictures are `animations`, `movies` and `tiff`; PNG is written by `png`.
"""

from __future__ import annotations

import io
from typing import Literal

import numpy as np

from viewer.formats.png import encode_png

Encoding = Literal["png", "jpeg", "gif", "webp"]
MOST_PIXELS: dict[Encoding, int] = {"jpeg": 65_535, "gif": 65_535, "webp": 16_383}  # along a side


def encode_picture(pixels: np.ndarray, encoding: Encoding, quality: int = 90) -> bytes:
    """Give the bytes of a file.

    Parameters
    ----------
    pixels : ndarray
        (rows, columns) or (rows, columns, 3) uint8; for PNG also (rows, columns) uint16.
    quality : int
        1 to 100, of JPEG and WebP; WebP is lossless with 100.

    Raises
    ------
    ValueError
        The format cannot hold these pixels; the message says why.
    """
    if encoding == "png":
        return encode_png(pixels)
    if max(pixels.shape[:2]) > MOST_PIXELS[encoding]:
        raise ValueError(f"{encoding.upper()} holds no more than {MOST_PIXELS[encoding]:,} pixels")
    from PIL import Image

    image, out = Image.fromarray(np.ascontiguousarray(pixels)), io.BytesIO()
    if encoding == "jpeg":
        image.save(out, "JPEG", quality=quality, subsampling=0)
    elif encoding == "gif":
        image.save(out, "GIF", interlace=0)
    else:
        image.save(out, "WEBP", quality=quality, lossless=quality == 100, method=2)
    return out.getvalue()
