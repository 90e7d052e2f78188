"""Graphic annotations drawn as vectors over the picture. PS3.3 C.10.5.

Which of them are for a frame is decided by whoever sets them; curves are
`curves`'s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPolygonF

from viewer.plain_text import plain_line
from viewer.ui.canvas import curves
from viewer.ui.canvas.ink import draw_path, draw_text

if TYPE_CHECKING:
    from viewer.imaging.presentation import Annotation, Graphic, Point, Text
    from viewer.ui.canvas.camera import Pair, Sight
    from viewer.ui.canvas.curves import Points

_INK = QColor(255, 240, 120)
_POINT_PX = 5.0  # half a cross
_GAP_PX = 6.0
_BEYOND_PX = 50.0  # lines are cut this far out of sight: their ends never show
_MOST_LINES = 40  # of a text


@dataclass(frozen=True, slots=True)
class _Line:
    path: QPainterPath
    fill: QPainterPath
    ink: QColor


@dataclass(frozen=True, slots=True)
class _Words:
    baseline: QPointF
    text: str
    ink: QColor


@dataclass(frozen=True, slots=True)
class _Place:
    """Where positions go on screen; ``displayed`` is the displayed area in sight."""

    sight: Sight
    displayed: QRectF
    room: QRectF

    def points(self, points: tuple[Point, ...], on_display: bool) -> Points:
        """Give positions or shares of the displayed area in logical pixels, (n, 2)."""
        down_across = np.asarray(points, np.float64).reshape(-1, 2)
        if on_display:
            area = self.displayed
            return down_across[:, ::-1] * (area.width(), area.height()) + (area.x(), area.y())
        x, y = self.sight.to_xy((0.0, 0.0))
        down, across = self.sight.scale_rc
        return down_across[:, ::-1] * (across, down) + (x, y)

    @property
    def box(self) -> curves.Box:
        """The room with what lies just out of sight."""
        room = self.room.adjusted(-_BEYOND_PX, -_BEYOND_PX, _BEYOND_PX, _BEYOND_PX)
        return room.left(), room.top(), room.right(), room.bottom()


class AnnotationPainter:
    """Draws annotations; what it draws is kept until they or the view change."""

    def __init__(self) -> None:
        self._annotations: tuple[Annotation, ...] = ()
        self._drawn: list[_Line | _Words] = []
        self._drawn_for: object = None

    def set_annotations(self, annotations: tuple[Annotation, ...]) -> None:
        """Take what is drawn, the first layer lowest."""
        self._annotations = annotations
        self._drawn_for = None

    def draw(
        self, painter: QPainter, sight: Sight, room: QRectF, area_rc: tuple[Pair, Pair] | None
    ) -> None:
        """Draw all layers, within ``room``.

        Parameters
        ----------
        area_rc
            The displayed area, two corner pixels; None for the whole frame.
        """
        if not self._annotations:
            return
        metrics = QFontMetricsF(painter.font())
        view = sight, room, area_rc, painter.font().key()
        if self._drawn_for != view:
            place = _Place(sight, _displayed(sight, room, area_rc), room)
            self._drawn = []
            for annotation in self._annotations:
                self._drawn += _layer(annotation, place, metrics)
            self._drawn_for = view
        painter.save()
        painter.setClipRect(room)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing
        )
        for drawn in self._drawn:
            if isinstance(drawn, _Line):
                draw_path(painter, drawn.path, drawn.ink, fill=drawn.fill)
            else:
                draw_text(painter, drawn.baseline, drawn.text, drawn.ink)
        painter.restore()


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


def _layer(annotation: Annotation, place: _Place, metrics: QFontMetricsF) -> list[_Line | _Words]:
    ink = QColor(*annotation.rgb) if annotation.rgb is not None else _INK
    drawn: list[_Line | _Words] = []
    for graphic in annotation.graphics:
        path, fill = _graphic(graphic, place)
        if not path.isEmpty():
            drawn.append(_Line(path, fill, ink))
    for text in annotation.texts:
        drawn += _text(text, place, metrics, ink)
    return drawn


def _graphic(graphic: Graphic, place: _Place) -> tuple[QPainterPath, QPainterPath]:
    """Give the outline and the filled area of a graphic, both empty where it cannot be drawn."""
    path, fill = QPainterPath(), QPainterPath()
    points = place.points(graphic.points, graphic.on_display)
    if not curves.within_reach(points):
        return path, fill
    if graphic.kind == "POINT":
        for x, y in points:
            _cross(path, QPointF(x, y), place.box)
        return path, fill
    line = _curve(graphic.kind, points)
    for piece in curves.clipped_line(line, place.box):
        path.addPolygon(_polygon(piece))
    if graphic.filled:
        fill.addPolygon(_polygon(curves.clipped_area(line, place.box)))
        fill.closeSubpath()
    return path, fill


def _curve(kind: str, points: Points) -> Points:
    if kind == "INTERPOLATED":
        return curves.spline(points)
    if kind == "CIRCLE" and len(points) >= 2:
        # a circle on the screen, as its pixels are drawn in their true shape
        radius = math.hypot(*(points[1] - points[0]))
        return curves.ellipse(points[0], np.array([radius, 0.0]), np.array([0.0, radius]))
    if kind == "ELLIPSE" and len(points) >= 4:
        center = points[:4].mean(axis=0)
        return curves.ellipse(center, (points[1] - points[0]) / 2, (points[3] - points[2]) / 2)
    return points


def _text(text: Text, place: _Place, metrics: QFontMetricsF, ink: QColor) -> list[_Line | _Words]:
    """Give a text at its box, or beside its anchor where it has none."""
    anchor = box = None
    if text.anchor is not None:
        anchor = _rectangle(place.points((text.anchor,), text.anchor_on_display))
    if text.box is not None:
        box = _rectangle(place.points(text.box, text.box_on_display))
    if box is None and anchor is not None:
        box = anchor.translated(_GAP_PX, _GAP_PX)
    lines = [plain_line(line) for line in text.text.splitlines()[:_MOST_LINES]]
    if box is None or not lines:
        return []
    drawn: list[_Line | _Words] = []
    covered = box
    for number, line in enumerate(lines):
        width = metrics.horizontalAdvance(line)
        left = {
            "LEFT": box.left(),
            "CENTER": box.center().x() - width / 2,
            "RIGHT": box.right() - width,
        }[text.alignment]
        top = box.top() + number * metrics.lineSpacing()
        covered = covered.united(QRectF(left, top, width, metrics.height()))
        drawn.append(_Words(QPointF(left, top + metrics.ascent()), line, ink))
    if anchor is not None and text.anchor_visible:
        drawn.insert(0, _Line(_leader(covered, anchor.topLeft(), place.box), QPainterPath(), ink))
    return drawn if covered.intersects(place.room) or anchor is not None else []


def _rectangle(corners: Points) -> QRectF | None:
    """Give the rectangle between corners, None where they are nowhere."""
    if not curves.within_reach(corners):
        return None
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return QRectF(left, top, right - left, bottom - top)


def _leader(covered: QRectF, anchor: QPointF, box: curves.Box) -> QPainterPath:
    """Give the line from a text's nearest edge to its anchor, and a cross there."""
    path = QPainterPath()
    nearest = (
        min(max(anchor.x(), covered.left()), covered.right()),
        min(max(anchor.y(), covered.top()), covered.bottom()),
    )
    for piece in curves.clipped_line(np.array([nearest, (anchor.x(), anchor.y())]), box):
        path.addPolygon(_polygon(piece))
    _cross(path, anchor, box)
    return path


def _cross(path: QPainterPath, at: QPointF, box: curves.Box) -> None:
    if box[0] <= at.x() <= box[2] and box[1] <= at.y() <= box[3]:
        for arm in (QPointF(_POINT_PX, 0), QPointF(0, _POINT_PX)):
            path.moveTo(at - arm)
            path.lineTo(at + arm)


def _polygon(points: Points) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])
