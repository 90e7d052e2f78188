"""What a presentation state draws and shows of a frame, for the frame after a turn.

Shares of the displayed area stay what they are: they speak of what is seen.
"""

from __future__ import annotations

from dataclasses import replace

from viewer.imaging.presentation import Annotation, DisplayedArea, Graphic, Point, Text
from viewer.imaging.turning import Size, Turn


def turned_annotation(annotation: Annotation, turn: Turn, size_rc: Size) -> Annotation:
    """Give an annotation over a frame, of ``size_rc`` before the turn, as the turn has it."""
    if turn.is_none:
        return annotation
    return replace(
        annotation,
        graphics=tuple(_graphic(one, turn, size_rc) for one in annotation.graphics),
        texts=tuple(_text(one, turn, size_rc) for one in annotation.texts),
    )


def turned_area(area: DisplayedArea, turn: Turn, size_rc: Size) -> DisplayedArea:
    """Give a displayed area of a frame, of ``size_rc`` before the turn, as the turn has it."""
    corners = [turn.to_turned(c, size_rc) for c in (area.top_left_rc, area.bottom_right_rc)]
    rows, columns = zip(*corners, strict=True)
    return replace(
        area,
        top_left_rc=(min(rows), min(columns)),
        bottom_right_rc=(max(rows), max(columns)),
    )


def _graphic(graphic: Graphic, turn: Turn, size_rc: Size) -> Graphic:
    if graphic.on_display:
        return graphic
    return replace(graphic, points=tuple(turn.to_turned(p, size_rc) for p in graphic.points))


def _text(text: Text, turn: Turn, size_rc: Size) -> Text:
    box, anchor = text.box, text.anchor
    if box is not None and not text.box_on_display:
        box = _box(turn.to_turned(box[0], size_rc), turn.to_turned(box[1], size_rc))
    if anchor is not None and not text.anchor_on_display:
        anchor = turn.to_turned(anchor, size_rc)
    return replace(text, box=box, anchor=anchor)


def _box(a: Point, b: Point) -> tuple[Point, Point]:
    """Give the upper left and the lower right corner."""
    return (min(a[0], b[0]), min(a[1], b[1])), (max(a[0], b[0]), max(a[1], b[1]))
