"""A small picture of a stack, windowed as its first sight will be."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage, QPixmap

from viewer.imaging.display import to_rgb32
from viewer.imaging.frame import FrameDescription
from viewer.imaging.pixel_shape import stretch_of
from viewer.imaging.voi_choice import FileVoi, chosen_voi
from viewer.ui.browser.delegate import THUMBNAIL_PX


def thumbnail(pixels: np.ndarray, description: FrameDescription) -> QPixmap:
    """Give a picture of at most `THUMBNAIL_PX` on its longer side."""
    step = max(-(-max(pixels.shape[:2]) // (2 * THUMBNAIL_PX)), 1)
    small = np.ascontiguousarray(pixels[::step, ::step])
    rgb = np.ascontiguousarray(
        to_rgb32(small, description, chosen_voi(FileVoi(0), small, description))
    )
    height, width = rgb.shape
    image = QImage(rgb.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    vertical, horizontal = stretch_of(description)
    return QPixmap.fromImage(image.copy()).scaled(
        max(round(width * horizontal / max(vertical, horizontal)), 1),
        max(round(height * vertical / max(vertical, horizontal)), 1),
    )
