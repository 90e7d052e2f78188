"""A picture with its shutter and overlays: what is laid over the 32-bit pixels of a frame.

The picture itself is `display`'s; vector graphics are drawn by the canvas,
which samples the masks given here at the resolution of the screen.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from viewer.imaging.shutters import sees, visible

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription
    from viewer.imaging.overlays import OverlayPlane
    from viewer.imaging.shutters import Shutter

Rgb = tuple[int, int, int]

# Bright but no grey: seen on black, on white, and apart from one another.
_GRAPHICS: tuple[Rgb, ...] = (
    (255, 190, 0),
    (0, 200, 220),
    (240, 90, 200),
    (110, 200, 40),
)
_REGIONS: tuple[Rgb, ...] = ((255, 80, 60), (70, 130, 255))
_OPAQUE = 255


def compose(
    picture: np.ndarray,
    description: FrameDescription,
    *,
    shutter: bool = True,
    overlays: bool = True,
    hidden_groups: Collection[int] = (),
) -> np.ndarray:
    """Lay shutter and overlays over a whole frame at one screen pixel per image pixel.

    The shutter hides the image alone: what is drawn over it stays in sight.

    Parameters
    ----------
    picture : ndarray, (rows, columns) uint32
        0xffRRGGBB, as `display.to_rgb32` gives it. Not changed.

    Returns
    -------
    ndarray, (rows, columns) uint32
        ``picture`` itself where there is nothing to lay over it.
    """
    mask = shutter_mask(description) if shutter else None
    if mask is not None and description.shutter is not None:
        picture = np.where(mask, picture, _packed(shutter_rgb(description.shutter)))
    if overlays:
        for coverage, rgb in overlay_coverage(description, hidden_groups):
            picture = lay_over(picture, coverage, rgb)
    return picture


def shutter_mask(description: FrameDescription) -> np.ndarray | None:
    """Give the pixels of a frame that its shutter leaves in sight.

    The set bits of a bitmap shutter's overlay are hidden: PS3.3 C.7.6.15.

    Returns
    -------
    ndarray, (rows, columns) bool, or None
        None where nothing is hidden.
    """
    shutter = description.shutter
    if shutter is None:
        return None
    seen = visible(shutter, description.rows, description.columns)
    for overlay in description.overlays:
        if overlay.group == shutter.bitmap_group:
            seen &= ~_in_frame(overlay, description.rows, description.columns)
    return None if seen.all() else seen


def is_in_sight(description: FrameDescription, row: int, column: int) -> bool:
    """Say of one pixel what `shutter_mask` says of all, at no cost that grows with the frame."""
    shutter = description.shutter
    return shutter is None or (
        sees(shutter, row, column)
        and not any(
            overlay.is_set(row, column)
            for overlay in description.overlays
            if overlay.group == shutter.bitmap_group
        )
    )


def shutter_rgb(shutter: Shutter) -> Rgb:
    """Give the colour that takes the place of hidden pixels."""
    if shutter.presentation_rgb is not None:
        return shutter.presentation_rgb
    grey = round(min(max(shutter.presentation_value, 0), 0xFFFF) / 257)
    return grey, grey, grey


def overlay_coverage(
    description: FrameDescription, hidden_groups: Collection[int] = ()
) -> list[tuple[np.ndarray, Rgb]]:
    """Give what each overlay of a frame covers, and in which colour it is drawn.

    Parameters
    ----------
    hidden_groups : collection of int
        Groups that are not drawn; that of a bitmap shutter never is.

    Returns
    -------
    list of (ndarray, (int, int, int))
        (rows, columns) uint8 in the size of the frame, 0 or 255, and RGB; in
        the order of drawing. Overlays wholly outside the frame are not in it.
    """
    shutter = description.shutter
    found = []
    for overlay in description.overlays:
        if overlay.group in hidden_groups:
            continue
        if shutter is not None and overlay.group == shutter.bitmap_group:
            continue
        covered = _in_frame(overlay, description.rows, description.columns)
        if covered.any():
            found.append((covered.view(np.uint8) * np.uint8(_OPAQUE), overlay_rgb(overlay)))
    return found


def overlay_rgb(overlay: OverlayPlane) -> Rgb:
    """Give the colour of an overlay: by its kind and its group."""
    colours = _REGIONS if overlay.kind == "R" else _GRAPHICS
    return colours[(overlay.group - 0x6000) // 2 % len(colours)]


def lay_over(picture: np.ndarray, coverage: np.ndarray, rgb: Rgb) -> np.ndarray:
    """Blend a colour over a picture.

    Parameters
    ----------
    picture : ndarray, (n, m) uint32
        0xffRRGGBB. Not changed.
    coverage : ndarray, (n, m) uint8
        How much of each pixel the colour covers, 0 to 255.
    rgb : (int, int, int)

    Returns
    -------
    ndarray, (n, m) uint32
        ``picture`` itself where nothing is covered.
    """
    if not coverage.any():
        return picture
    result = picture.copy(order="C")
    np.copyto(result, _packed(rgb), where=coverage == _OPAQUE)
    at = np.flatnonzero((coverage > 0) & (coverage < _OPAQUE))
    flat, alpha = result.reshape(-1), coverage.reshape(-1)[at].astype(np.uint32)
    under, blended = flat[at], np.full(at.shape, 0xFF000000, np.uint32)
    for shift, value in zip((16, 8, 0), rgb, strict=True):
        channel = (under >> np.uint32(shift)) & np.uint32(0xFF)
        mixed = channel * (_OPAQUE - alpha) + alpha * np.uint32(value) + np.uint32(_OPAQUE // 2)
        blended |= (mixed // np.uint32(_OPAQUE)) << np.uint32(shift)
    flat[at] = blended
    return result


def _packed(rgb: Rgb) -> np.uint32:
    red, green, blue = rgb
    return np.uint32(0xFF000000 | red << 16 | green << 8 | blue)


def _in_frame(overlay: OverlayPlane, rows: int, columns: int) -> np.ndarray:
    """Give the bits of an overlay as they lie in a frame, (rows, columns) bool."""
    result = np.zeros((rows, columns), np.bool_)
    top, left = overlay.origin_rc
    first_row, last_row = max(0, top), min(rows, top + overlay.rows)
    first_column, last_column = max(0, left), min(columns, left + overlay.columns)
    if first_row < last_row and first_column < last_column:
        result[first_row:last_row, first_column:last_column] = overlay.mask()[
            first_row - top : last_row - top, first_column - left : last_column - left
        ]
    return result
