"""Display shutters: which part of a frame is to be seen. PS3.3 C.7.6.11, C.7.6.15.

Reading them from a file is left to `viewer.dicom.shutters`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

# Pixels: closer than this to an edge is on it, whatever the rounding of the arithmetic.
_ON_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Shutter:
    """Shapes whose common inside is seen; all else takes ``presentation_value``.

    Positions are frame positions [row, column] from 0 at the centre of the
    first pixel; the pixels on an edge are seen. None where there is no such
    shape.
    """

    rectangle: tuple[float, float, float, float] | None = None  # top, left, bottom, right
    circle: tuple[float, float, float] | None = None  # centre row, centre column, radius
    polygon: tuple[tuple[float, float], ...] | None = None  # vertices
    bitmap_group: int | None = None  # the overlay whose set bits are hidden: C.7.6.15
    presentation_value: int = 0  # P-value 0 (black) to 65,535 (white)
    presentation_rgb: tuple[int, int, int] | None = None  # 0 to 255 each; wins over the value
    source: str = ""


def visible(shutter: Shutter, rows: int, columns: int) -> np.ndarray:
    """Give the pixels that the shapes leave in sight, (rows, columns) bool.

    A pixel is in sight when its centre is inside every shape or on its edge.
    The bits of a bitmap shutter are left to `composition`.
    """
    seen = np.ones((rows, columns), np.bool_)
    row, column = np.ogrid[:rows, :columns]
    if shutter.rectangle is not None:
        top, left, bottom, right = shutter.rectangle
        seen &= (row >= top) & (row <= bottom) & (column >= left) & (column <= right)
    if shutter.circle is not None:
        center_row, center_column, radius = shutter.circle
        # half the width of the circle in each row, so that no array of squares is needed
        squared = radius**2 - (row - center_row) ** 2
        half = np.where(squared < 0, -1, np.sqrt(np.maximum(squared, 0)) + _ON_EDGE)
        seen &= np.abs(column - center_column) <= half
    if shutter.polygon is not None:
        seen &= _inside(np.asarray(shutter.polygon, np.float64), rows, columns)
    return seen


def sees(shutter: Shutter, row: int, column: int) -> bool:
    """Say whether the shapes leave one pixel in sight, as `visible` does of a whole frame."""
    rectangle, circle = shutter.rectangle, shutter.circle
    if rectangle is not None:
        top, left, bottom, right = rectangle
        rectangle = top - row, left - column, bottom - row, right - column
    if circle is not None:
        circle = circle[0] - row, circle[1] - column, circle[2]
    here = replace(shutter, rectangle=rectangle, circle=circle, polygon=None)
    if not visible(here, 1, 1)[0, 0]:
        return False
    polygon = shutter.polygon
    return polygon is None or _is_inside(np.asarray(polygon, np.float64), row, column)


def _is_inside(vertices: np.ndarray, row: int, column: int) -> bool:
    """Say of one pixel what `_inside` says of all, over all edges at once: there may be many."""
    starts = vertices - (row, column)
    ends = np.roll(starts, -1, axis=0)
    # each edge from its upper end on, along a row from the left: one line, one arithmetic
    later = (starts[:, 0] > ends[:, 0]) | (
        (starts[:, 0] == ends[:, 0]) & (starts[:, 1] > ends[:, 1])
    )
    starts, ends = np.where(later[:, None], ends, starts), np.where(later[:, None], starts, ends)
    met = (starts[:, 0] <= 0) & (ends[:, 0] >= 0)
    (top, left), (bottom, right) = starts[met].T, ends[met].T
    level = top == bottom
    if (level & (left <= 0) & (right >= 0)).any():
        return True
    top, left, bottom, right = (side[~level] for side in (top, left, bottom, right))
    crossing = left - top * ((right - left) / (bottom - top))
    on_edge = (np.abs(crossing) < _ON_EDGE).any()
    # a vertex on the row belongs to the edge below it, so that it counts once
    return bool(on_edge or np.count_nonzero((crossing <= 0) & (bottom > 0)) % 2)


def _inside(vertices: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Fill a polygon by the even-odd rule, its edges included.

    ``vertices`` are (n, 2): row, column. Each edge toggles the pixels right
    of where it crosses their row: the running exclusive-or of the crossings is
    the inside.
    """
    toggles = np.zeros((rows, columns + 1), np.bool_)
    edges = np.zeros((rows, columns), np.bool_)
    following = np.roll(vertices, -1, axis=0)
    top = np.minimum(vertices[:, 0], following[:, 0])
    bottom = np.maximum(vertices[:, 0], following[:, 0])
    met = (top <= rows - 1) & (bottom >= 0)
    for start, end in zip(vertices[met], following[met], strict=True):
        _cross(toggles, start, end)
        _draw(edges, start, end)
    inside: np.ndarray = np.logical_xor.accumulate(toggles, axis=1)[:, :columns] | edges
    return inside


def _cross(toggles: np.ndarray, start: np.ndarray, end: np.ndarray) -> None:
    """Toggle the first pixel right of an edge in each row that it crosses."""
    (top, top_column), (bottom, bottom_column) = sorted((tuple(start), tuple(end)))
    height, width = toggles.shape
    # a vertex on a row belongs to the edge below it, so that it counts once
    first, last = max(0, math.ceil(top)), min(height, math.ceil(bottom))
    if first >= last:
        return
    rows = np.arange(first, last)
    crossing = top_column + (rows - top) * ((bottom_column - top_column) / (bottom - top))
    columns = np.clip(np.ceil(crossing), 0, width - 1).astype(np.intp)
    toggles[rows, columns] ^= True


def _draw(edges: np.ndarray, start: np.ndarray, end: np.ndarray) -> None:
    """Set the pixels whose centre an edge meets: the even-odd rule misses those at its right."""
    (top, top_column), (bottom, bottom_column) = sorted((tuple(start), tuple(end)))
    height, width = edges.shape
    first, last = max(0, math.ceil(top)), min(height - 1, math.floor(bottom))
    if first > last:
        return
    if top == bottom:
        left, right = max(0, math.ceil(top_column)), math.floor(bottom_column)
        edges[first, left : max(0, right + 1)] = True
        return
    rows = np.arange(first, last + 1)
    columns = top_column + (rows - top) * ((bottom_column - top_column) / (bottom - top))
    nearest = np.rint(columns)
    met = (np.abs(columns - nearest) < _ON_EDGE) & (nearest >= 0) & (nearest < width)
    edges[rows[met], nearest[met].astype(np.intp)] = True
