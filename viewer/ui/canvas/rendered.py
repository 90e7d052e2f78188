"""A rendered picture, and the same picture moved: what stays in sight is kept.

Rendering what comes into sight is left to `renderer`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from viewer.ui.canvas.layers import Grid

_LEAST_KEPT = 0.5  # of the picture: with less, all of it is rendered anew


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """The visible part of a frame in device pixels, and where its corner goes."""

    pixels: np.ndarray  # (n, m) uint32, 0xffRRGGBB, contiguous
    row_px: int
    column_px: int

    def image(self) -> QImage:
        """Give the picture as an image over ``pixels``, which must outlive it."""
        rows, columns = self.pixels.shape
        return QImage(
            self.pixels.data, columns, rows, self.pixels.strides[0], QImage.Format.Format_RGB32
        )


def moved(
    rendered: Rendered,
    before: Grid,
    now: Grid,
    size_rc: tuple[int, int],
    render: Callable[[Grid], Rendered | None],
) -> Rendered | None:
    """Give ``rendered``, which is of the view ``before``, as it is in another view of the frame.

    Only what comes into sight is rendered, by ``render``. None where little
    or nothing of the picture stays: it must be rendered whole.
    """
    if (before.step_rc, before.shape, before.method) != (now.step_rc, now.shape, now.method):
        return None
    rows, columns = now.in_sight(size_rc)
    down, right = (new - old for new, old in zip(now.origin_px, before.origin_px, strict=True))
    kept = Rendered(rendered.pixels, rendered.row_px + down, rendered.column_px + right)
    kept_rows = _common(rows, kept.row_px, kept.pixels.shape[0])
    kept_columns = _common(columns, kept.column_px, kept.pixels.shape[1])
    shape = _length(rows), _length(columns)
    if _length(kept_rows) * _length(kept_columns) <= _LEAST_KEPT * shape[0] * shape[1]:
        return None
    picture = Rendered(np.empty(shape, np.uint32), rows.start, columns.start)
    _part(picture, kept_rows, kept_columns)[...] = _part(kept, kept_rows, kept_columns)
    for part in (
        (slice(rows.start, kept_rows.start), columns),
        (slice(kept_rows.stop, rows.stop), columns),
        (kept_rows, slice(columns.start, kept_columns.start)),
        (kept_rows, slice(kept_columns.stop, columns.stop)),
    ):
        room = _part(picture, *part)
        if not room.size:
            continue
        piece = render(now.part(*part))
        if piece is None or piece.pixels.shape != room.shape:
            return None  # the frame's edge falls on the centre of a screen pixel
        room[...] = piece.pixels
    return picture


def _length(span: slice) -> int:
    return int(span.stop - span.start)


def _common(span: slice, start: int, length: int) -> slice:
    first = max(span.start, start)
    return slice(first, max(first, min(span.stop, start + length)))


def _part(rendered: Rendered, rows: slice, columns: slice) -> np.ndarray:
    """Give a part, by its place in the viewport, as a view."""
    top, left = rendered.row_px, rendered.column_px
    return rendered.pixels[
        rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
    ]
