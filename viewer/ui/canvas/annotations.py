"""Graphic annotations drawn as vectors over the picture. PS3.3 C.10.5.

Which of them are for a frame is decided by whoever sets them; curves are
`curves`'s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPolygonF

from viewer.plain_text import plain_line
from viewer.ui.canvas import curves
from viewer.ui.canvas.ink import draw_hairlines, draw_lines, draw_text, draw_veil

if TYPE_CHECKING:
    from viewer.imaging.presentation import Annotation, Graphic, Point, Text
    from viewer.ui.canvas.camera import Pair, Sight
    from viewer.ui.canvas.curves import Points

_INK = QColor(255, 240, 120)
_POINT_PX = 5.0  # half a cross
_GAP_PX = 6.0
_BEYOND_PX = 50.0  # lines are cut this far out of sight: their ends never show
_MOST_LINES = 40  # of a text
_MOST_FINE_PX = 300_000.0  # of lines in all; a reader's drawings have some thousands
_SHARE_LEFT = {"LEFT": 0.0, "CENTER": 0.5, "RIGHT": 1.0}


@dataclass(slots=True)
class _Allowance:
    """How much of a drawing may be fine: smoothed lines with edges take 0.2 ms for 1,000 pixels."""

    left_px: float = _MOST_FINE_PX

    def covers(self, lines: list[QLineF]) -> bool:
        """Say whether there is enough left for these lines, and take it."""
        self.left_px -= sum(line.length() for line in lines)
        return self.left_px >= 0


@dataclass(frozen=True, slots=True)
class _Place:
    """Where positions go on screen; ``displayed`` is the displayed area in sight."""

    sight: Sight
    displayed: QRectF
    room: QRectF
    allowance: _Allowance

    def points(self, points: tuple[Point, ...], *, on_display: bool) -> Points:
        """Give positions or shares of the displayed area in logical pixels, (n, 2)."""
        across_down = np.asarray(points, np.float64).reshape(-1, 2)[:, ::-1]
        if on_display:
            area = self.displayed
            start, scale = (area.x(), area.y()), (area.width(), area.height())
        else:
            start, scale = self.sight.to_xy((0.0, 0.0)), self.sight.scale_rc[::-1]
        with np.errstate(over="ignore", invalid="ignore"):  # what is too far is left out later
            return across_down * scale + start

    @property
    def box(self) -> curves.Box:
        """The room with what lies just out of sight."""
        room = self.room.adjusted(-_BEYOND_PX, -_BEYOND_PX, _BEYOND_PX, _BEYOND_PX)
        return room.left(), room.top(), room.right(), room.bottom()


class AnnotationPainter:
    """Draws annotations, and keeps their image until they or the view change."""

    def __init__(self) -> None:
        self._annotations: tuple[Annotation, ...] = ()
        self._image = QImage()
        self._view: object = None

    def set_annotations(self, annotations: tuple[Annotation, ...]) -> None:
        """Take what is drawn, the first layer lowest."""
        if annotations != self._annotations:
            self._annotations = annotations
            self._image = QImage()

    def draw(
        self, painter: QPainter, sight: Sight, room: QRectF, area_rc: tuple[Pair, Pair] | None
    ) -> None:
        """Draw all layers.

        Parameters
        ----------
        room : QRectF
            The viewport in logical pixels.
        area_rc
            The displayed area, two corner pixels; None for the whole frame.
        """
        if not self._annotations:
            return
        view = sight, area_rc, painter.font().key()
        if self._image.isNull() or self._view != view:
            self._image = _transparent(sight)
            self._view = view
            over = QPainter(self._image)
            over.setFont(painter.font())
            over.setRenderHint(QPainter.RenderHint.Antialiasing)
            place = _Place(sight, _displayed(sight, room, area_rc), room, _Allowance())
            for annotation in self._annotations:
                _draw_layer(over, annotation, place)
            over.end()
        painter.drawImage(QPointF(0, 0), self._image)


def _transparent(sight: Sight) -> QImage:
    rows, columns = sight.viewport_px
    image = QImage(columns, rows, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(sight.ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _displayed(sight: Sight, room: QRectF, area_rc: tuple[Pair, Pair] | None) -> QRectF:
    """Give the part of the displayed area in sight: what is placed by shares stays in view."""
    rows, columns = sight.camera.size_rc
    first, last = area_rc or ((0, 0), (rows - 1, columns - 1))
    left, top = sight.to_xy((min(first[0], last[0]) - 0.5, min(first[1], last[1]) - 0.5))
    right, bottom = sight.to_xy((max(first[0], last[0]) + 0.5, max(first[1], last[1]) + 0.5))
    left, right = max(left, room.left()), min(right, room.right())
    top, bottom = max(top, room.top()), min(bottom, room.bottom())
    if not (left < right and top < bottom):  # also what is no number
        return room
    return QRectF(left, top, right - left, bottom - top)


def _draw_layer(painter: QPainter, annotation: Annotation, place: _Place) -> None:
    ink = QColor(*annotation.rgb) if annotation.rgb is not None else _INK
    for graphic in annotation.graphics:
        _draw_graphic(painter, graphic, place, ink)
    for text in annotation.texts:
        _draw_text(painter, text, place, ink)


def _draw_graphic(painter: QPainter, graphic: Graphic, place: _Place, ink: QColor) -> None:
    points = place.points(graphic.points, on_display=graphic.on_display)
    if not curves.within_reach(points):
        return
    if graphic.kind == "POINT":
        draw_lines(painter, [arm for x, y in points.tolist() for arm in _cross(x, y)], ink)
        return
    curve = _curve(graphic.kind, points)
    if graphic.filled:
        inside = curves.clipped_area(curve, place.box)
        draw_veil(painter, QPolygonF([QPointF(x, y) for x, y in inside.tolist()]), ink)
    lines = _segments(curve, place.box)
    draw = draw_lines if place.allowance.covers(lines) else draw_hairlines
    draw(painter, lines, ink)


def _curve(kind: str, points: Points) -> Points:
    if kind == "INTERPOLATED":
        return curves.spline(points)
    if kind == "CIRCLE" and len(points) >= 2:
        # round on the screen, where pixels have their true shape
        radius = math.hypot(*(points[1] - points[0]))
        return curves.ellipse(points[0], np.array([radius, 0.0]), np.array([0.0, radius]))
    if kind == "ELLIPSE" and len(points) >= 4:
        center = points[:4].mean(axis=0)
        return curves.ellipse(center, (points[1] - points[0]) / 2, (points[3] - points[2]) / 2)
    return points


def _draw_text(painter: QPainter, text: Text, place: _Place, ink: QColor) -> None:
    """Write a text at its box, or beside its anchor where it has none."""
    anchor = box = None
    if text.anchor is not None:
        anchor = _rectangle(place.points((text.anchor,), on_display=text.anchor_on_display))
    if text.box is not None:
        box = _rectangle(place.points(text.box, on_display=text.box_on_display))
    if box is None and anchor is not None:
        box = anchor.translated(_GAP_PX, _GAP_PX)
    lines = [plain_line(line) for line in text.text.splitlines()[:_MOST_LINES]]
    if box is None or not lines:
        return
    metrics = QFontMetricsF(painter.font())
    width = max(metrics.horizontalAdvance(line) for line in lines)
    share = _SHARE_LEFT[text.alignment]  # of what a line leaves of the box, or exceeds it by
    start = box.left() + share * (box.width() - width)
    covered = box.united(QRectF(start, box.top(), width, metrics.lineSpacing() * len(lines)))
    if anchor is not None and text.anchor_visible:
        draw_lines(painter, _leader(covered, anchor.topLeft(), place.box), ink)
    for number, line in enumerate(lines):
        left = box.left() + share * (box.width() - metrics.horizontalAdvance(line))
        baseline = box.top() + number * metrics.lineSpacing() + metrics.ascent()
        draw_text(painter, QPointF(left, baseline), line, ink)


def _rectangle(corners: Points) -> QRectF | None:
    """Give the rectangle between corners, None where they are nowhere."""
    if not curves.within_reach(corners):
        return None
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return QRectF(left, top, right - left, bottom - top)


def _leader(covered: QRectF, anchor: QPointF, box: curves.Box) -> list[QLineF]:
    """Give the line from a text's nearest edge to its anchor, with a cross there."""
    nearest = (
        min(max(anchor.x(), covered.left()), covered.right()),
        min(max(anchor.y(), covered.top()), covered.bottom()),
    )
    line = np.array([nearest, (anchor.x(), anchor.y())])
    return _segments(line, box) + _cross(anchor.x(), anchor.y())


def _cross(x: float, y: float) -> list[QLineF]:
    return [QLineF(x - _POINT_PX, y, x + _POINT_PX, y), QLineF(x, y - _POINT_PX, x, y + _POINT_PX)]


def _segments(points: Points, box: curves.Box) -> list[QLineF]:
    """Give what is in sight of a polyline."""
    return [QLineF(*ends) for ends in curves.clipped_segments(points, box).tolist()]
