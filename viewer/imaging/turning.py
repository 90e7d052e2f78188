"""Frames turned by quarters and mirrored, with all that is said of them.

A turned frame is a frame like any other: its plane, overlays, shutter and
regions turn with its pixels, so that nothing that draws it needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from viewer.imaging.geometry import FramePlane, Vector3, frame_point_to_lps
from viewer.imaging.lengths import UltrasoundRegion
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.patient_orientation import opposite
from viewer.imaging.shutters import Shutter

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

Point = tuple[float, float]
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """First turned clockwise by ``quarters`` × 90°, then mirrored left to right.

    That is the order of ImageRotation and ImageHorizontalFlip: PS3.3 C.10.6.
    """

    quarters: int = 0  # 0 to 3
    mirrored: bool = False

    @property
    def is_none(self) -> bool:
        """Whether nothing is turned."""
        return self.quarters == 0 and not self.mirrored

    def rotated(self, quarters: int) -> Turn:
        """Turn further, clockwise as it is seen."""
        # what is mirrored already turns the other way round
        further = -quarters if self.mirrored else quarters
        return Turn((self.quarters + further) % 4, self.mirrored)

    def flipped(self, *, vertically: bool = False) -> Turn:
        """Mirror further, as it is seen: left to right, or top to bottom."""
        mirrored = Turn(self.quarters, not self.mirrored)
        return mirrored.rotated(2) if vertically else mirrored

    def size(self, size_rc: Size) -> Size:
        """Give (rows, columns) after the turn of a frame of ``size_rc``."""
        rows, columns = size_rc
        return (columns, rows) if self.quarters % 2 else size_rc

    def to_turned(self, point_rc: Point, size_rc: Size) -> Point:
        """Give where a position of the frame (of ``size_rc`` before the turn) goes."""
        row, column = point_rc
        height, width = size_rc
        for _ in range(self.quarters):
            row, column = column, height - 1 - row
            height, width = width, height
        return (row, width - 1 - column) if self.mirrored else (row, column)

    def to_frame(self, point_rc: Point, size_rc: Size) -> Point:
        """Give the position in the frame (of ``size_rc`` before the turn) seen at ``point_rc``."""
        row, column = point_rc
        height, width = self.size(size_rc)
        if self.mirrored:
            column = width - 1 - column
        for _ in range(self.quarters):
            row, column = width - 1 - column, row
            height, width = width, height
        return row, column


def turned_pixels(pixels: np.ndarray, turn: Turn) -> np.ndarray:
    """Give a view of a frame, (rows, columns) or (rows, columns, 3), turned."""
    turned = np.rot90(pixels, -turn.quarters)
    return turned[:, ::-1] if turn.mirrored else turned


def turned_description(description: FrameDescription, turn: Turn) -> FrameDescription:
    """Describe the frame after the turn: size, spacing, aspect, plane, overlays, shutter, regions.

    Patient positions of the same content stay the same.
    """
    if turn.is_none:
        return description
    size = description.rows, description.columns
    rows, columns = turn.size(size)
    plane, shutter = description.plane, description.shutter
    spacing = description.spacing_rc_mm
    return replace(
        description,
        rows=rows,
        columns=columns,
        plane=None if plane is None else _plane(plane, turn, size),
        patient_orientation=_orientation(description.patient_orientation, turn),
        spacing_rc_mm=None if spacing is None else _swapped(spacing, turn),
        pixel_aspect_rc=_swapped(description.pixel_aspect_rc, turn),
        regions=tuple(_region(region, turn, size) for region in description.regions),
        overlays=tuple(_overlay(overlay, turn, size) for overlay in description.overlays),
        shutter=None if shutter is None else _shutter(shutter, turn, size),
    )


def _swapped(pair_rc: Point, turn: Turn) -> Point:
    """Give a pair that belongs to the two axes (down, along) as it belongs to the turned ones."""
    return (pair_rc[1], pair_rc[0]) if turn.quarters % 2 else pair_rc


def _step(turn: Turn, step_rc: Point) -> tuple[int, int]:
    """Give the direction in the frame of a step to a neighbour in the turned frame."""
    size = 1, 1  # of no matter for a direction
    start, end = turn.to_frame((0, 0), size), turn.to_frame(step_rc, size)
    return int(end[0] - start[0]), int(end[1] - start[1])


def _box(box: tuple[float, ...], turn: Turn, size: Size) -> tuple[float, float, float, float]:
    """Turn (top, left, bottom, right), positions that are all included."""
    corners = turn.to_turned((box[0], box[1]), size), turn.to_turned((box[2], box[3]), size)
    rows, columns = sorted(c[0] for c in corners), sorted(c[1] for c in corners)
    return rows[0], columns[0], rows[1], columns[1]


def _plane(plane: FramePlane, turn: Turn, size: Size) -> FramePlane:
    def direction(step_rc: Point) -> Vector3:
        down, along = _step(turn, step_rc)
        r, c = plane.row_direction_lps, plane.column_direction_lps
        return (
            along * r[0] + down * c[0],
            along * r[1] + down * c[1],
            along * r[2] + down * c[2],
        )

    return FramePlane(
        frame_point_to_lps(plane, turn.to_frame((0, 0), size)),
        direction((0, 1)),
        direction((1, 0)),
        _swapped(plane.spacing_rc_mm, turn),
    )


def _orientation(letters: tuple[str, str], turn: Turn) -> tuple[str, str]:
    """Turn the letters towards which a row and a column run."""

    def towards(step_rc: Point) -> str:
        down, along = _step(turn, step_rc)
        row, column = letters
        if along:
            return row if along > 0 else opposite(row)
        return column if down > 0 else opposite(column)

    return towards((0, 1)), towards((1, 0))


def _region(region: UltrasoundRegion, turn: Turn, size: Size) -> UltrasoundRegion:
    """Turn a region; a delta is negative where values fall along the turned axis."""
    top, left, bottom, right = (int(edge) for edge in _box(region.box_rc, turn, size))
    # of the turned frame's x and y axis: its sign along, and which axis of the frame it was
    axes = []
    for step_rc in ((0, 1), (1, 0)):
        down, along = _step(turn, step_rc)
        if along:
            axes.append((along * region.delta_x, region.unit_x, region.reference_x))
        else:
            axes.append((down * region.delta_y, region.unit_y, region.reference_y))
    (delta_x, unit_x, reference_x), (delta_y, unit_y, reference_y) = axes
    point = region.reference_rc
    return replace(
        region,
        box_rc=(top, left, bottom, right),
        delta_x=delta_x,
        delta_y=delta_y,
        unit_x=unit_x,
        unit_y=unit_y,
        reference_rc=None if point is None else turn.to_turned(point, size),
        reference_x=reference_x,
        reference_y=reference_y,
    )


def _overlay(overlay: OverlayPlane, turn: Turn, size: Size) -> OverlayPlane:
    top, left = overlay.origin_rc
    box = _box((top, left, top + overlay.rows - 1, left + overlay.columns - 1), turn, size)
    mask = turned_pixels(overlay.mask(), turn)
    return replace(
        overlay,
        rows=mask.shape[0],
        columns=mask.shape[1],
        packed=np.packbits(mask, axis=1),
        origin_rc=(int(box[0]), int(box[1])),
    )


def _shutter(shutter: Shutter, turn: Turn, size: Size) -> Shutter:
    rectangle, circle, polygon = shutter.rectangle, shutter.circle, shutter.polygon
    if rectangle is not None:
        rectangle = _box(rectangle, turn, size)
    if circle is not None:
        circle = (*turn.to_turned(circle[:2], size), circle[2])
    if polygon is not None:
        polygon = tuple(turn.to_turned(vertex, size) for vertex in polygon)
    return replace(shutter, rectangle=rectangle, circle=circle, polygon=polygon)
