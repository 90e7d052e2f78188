"""What a presentation state draws over its images. PS3.3 C.10.5, C.10.7.

Owns vector graphics, texts and the layers they lie on. Drawing them is left to
the canvas; LineStyleSequence, TextStyleSequence and compound graphics are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import integer, items, number, numbers, text, values
from viewer.dicom.references import referenced_images
from viewer.imaging.colour import rgb_of_cielab
from viewer.imaging.presentation import Annotation, Graphic, Point, Text
from viewer.plain_text import plain_line

_Kind = Literal["POINT", "POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE"]
_Alignment = Literal["LEFT", "CENTER", "RIGHT"]
_COUNTS = {"POINT": 1, "CIRCLE": 2, "ELLIPSE": 4}  # points; of the others, two or more
_CURVES = ("POLYLINE", "INTERPOLATED")
_UNITS = ("PIXEL", "DISPLAY")
_FURTHEST = 1e6  # pixels or areas from the origin; beyond, a value is damaged
_LONGEST_TEXT = 1024  # of VR ST
_MOST_OBJECTS = 5_000
_MOST_POINTS = 50_000
_SEQUENCE = "GraphicAnnotationSequence"


@dataclass(frozen=True, slots=True)
class _Layer:
    order: int
    rgb: tuple[int, int, int] | None


def annotations_of(dataset: Dataset, notes: list[str]) -> tuple[Annotation, ...]:
    """Give what is drawn, by item of GraphicAnnotationSequence.

    Parameters
    ----------
    dataset : Dataset
        Of a presentation state.
    notes : list of str
        Takes a sentence for what cannot be drawn and is left out.
    """
    layers = {
        text(item, "GraphicLayer"): _Layer(integer(item, "GraphicLayerOrder") or 0, _rgb(item))
        for item in items(dataset, "GraphicLayerSequence")
    }
    below = _Layer(min((one.order for one in layers.values()), default=0), None)
    budget = _Budget(notes)
    found = []
    for item in items(dataset, _SEQUENCE):
        references = referenced_images(item, _SEQUENCE, notes)
        if references is None:
            continue
        name = text(item, "GraphicLayer")
        layer = layers.get(name)
        if layer is None:
            notes.append(
                f"GraphicLayer {plain_line(name)!r} is not in GraphicLayerSequence; "
                "it is drawn below the others."
            )
            layer = below
        graphics = tuple(_graphics(item, budget, notes))
        texts = tuple(_texts(item, budget, notes))
        if graphics or texts:
            found.append(
                Annotation(plain_line(name), layer.order, graphics, texts, layer.rgb, references)
            )
    return tuple(found)


@dataclass(slots=True)
class _Budget:
    """How much more may be drawn: a canvas must stay quick whatever a file asks for."""

    notes: list[str]
    objects: int = _MOST_OBJECTS
    points: int = _MOST_POINTS

    def while_any(self, items_: Sequence[Dataset]) -> Iterator[Dataset]:
        """Give items until one was too much; each takes a while to read."""
        for one in items_:
            if self.objects < 0 or self.points < 0:
                return
            yield one

    def allows(self, points: int) -> bool:
        self.objects -= 1
        self.points -= points
        if self.objects >= 0 and self.points >= 0:
            return True
        self.notes.append(f"{_SEQUENCE} holds more than this program draws; the rest is left out.")
        return False


def _rgb(layer: Dataset) -> tuple[int, int, int] | None:
    """Give the recommended colour: CIELab, else the retired RGB, else grey. C.10.7."""
    cielab = numbers(layer, "GraphicLayerRecommendedDisplayCIELabValue")
    if len(cielab) == 3:
        return rgb_of_cielab(cielab)
    p_values = numbers(layer, "GraphicLayerRecommendedDisplayRGBValue")
    if len(p_values) != 3:
        grey = number(layer, "GraphicLayerRecommendedDisplayGrayscaleValue")
        if grey is None:
            return None
        p_values = (grey, grey, grey)
    red, green, blue = (round(min(max(value, 0), 0xFFFF) / 257) for value in p_values)
    return red, green, blue


def _graphics(item: Dataset, budget: _Budget, notes: list[str]) -> Iterator[Graphic]:
    for one in budget.while_any(items(item, "GraphicObjectSequence")):
        kind = text(one, "GraphicType").upper()
        units = text(one, "GraphicAnnotationUnits").upper()
        if units not in _UNITS:
            notes.append(_wrong_units("GraphicAnnotationUnits", units, "the graphic"))
            continue
        if kind not in _COUNTS and kind not in _CURVES:
            notes.append("A graphic with an unknown GraphicType is left out.")
            continue
        data = numbers(one, "GraphicData")
        points = _points(data, units)
        if points is None or not _fits(kind, points, one):
            notes.append(f"The GraphicData of a {kind} cannot be used; it is left out.")
        elif budget.allows(len(points)):
            closed = kind not in _CURVES or points[0] == points[-1]
            filled = kind != "POINT" and closed and text(one, "GraphicFilled").upper() == "Y"
            yield Graphic(cast(_Kind, kind), points, filled, units == "DISPLAY")


def _fits(kind: str, points: Sequence[Point], item: Dataset) -> bool:
    stated = integer(item, "NumberOfGraphicPoints")
    if stated is not None and stated != len(points):
        return False  # where it was cut, the shape is not the one that was drawn
    return len(points) == _COUNTS[kind] if kind in _COUNTS else len(points) >= 2


def _points(data: Sequence[float], units: str) -> tuple[Point, ...] | None:
    """Give pairs of column and row as [row, column].

    In PIXEL units 0, 0 is the upper left corner of the first pixel (Table
    C.10-5), whose centre is the frame's 0, 0.
    """
    if len(data) % 2 or not data or max(map(abs, data)) > _FURTHEST:
        return None
    shift = 0.5 if units == "PIXEL" else 0.0
    return tuple((data[i + 1] - shift, data[i] - shift) for i in range(0, len(data), 2))


def _texts(item: Dataset, budget: _Budget, notes: list[str]) -> Iterator[Text]:
    for one in budget.while_any(items(item, "TextObjectSequence")):
        words = _plain_text(one)
        if not words:
            continue
        box_units = text(one, "BoundingBoxAnnotationUnits").upper()
        corners = [
            _place(one, keyword, box_units, "BoundingBoxAnnotationUnits", notes)
            for keyword in ("BoundingBoxTopLeftHandCorner", "BoundingBoxBottomRightHandCorner")
        ]
        anchor_units = text(one, "AnchorPointAnnotationUnits").upper()
        anchor = _place(one, "AnchorPoint", anchor_units, "AnchorPointAnnotationUnits", notes)
        box = (corners[0], corners[1]) if corners[0] and corners[1] else None
        if box is None and anchor is None:
            notes.append("A text without usable BoundingBox and AnchorPoint is left out.")
        elif budget.allows(1):
            alignment = text(one, "BoundingBoxTextHorizontalJustification").upper()
            yield Text(
                words,
                box,
                box_on_display=box_units == "DISPLAY",
                anchor=anchor,
                anchor_visible=text(one, "AnchorPointVisibility").upper() == "Y",
                anchor_on_display=anchor_units == "DISPLAY",
                alignment=cast(
                    _Alignment, alignment if alignment in ("CENTER", "RIGHT") else "LEFT"
                ),
            )


def _place(
    item: Dataset, keyword: str, units: str, units_keyword: str, notes: list[str]
) -> Point | None:
    found = numbers(item, keyword)
    if not found:
        return None
    if units not in _UNITS:
        notes.append(_wrong_units(units_keyword, units, keyword))
        return None
    points = _points(found, units)
    if points is None or len(points) != 1:
        notes.append(f"The {keyword} of a text cannot be used and is left out.")
        return None
    return points[0]


def _plain_text(item: Dataset) -> str:
    """Give UnformattedTextValue in lines, without control characters."""
    whole = "\\".join(str(value) for value in values(item, "UnformattedTextValue"))
    lines = whole[:_LONGEST_TEXT].splitlines()
    return "\n".join(
        plain_line("".join(c for c in line if c.isprintable() or c == "\t"), _LONGEST_TEXT)
        for line in lines
    ).strip()


def _wrong_units(keyword: str, units: str, what: str) -> str:
    if units == "MATRIX":
        return f"{keyword} MATRIX is not supported; {what} is left out."
    return f"{keyword} is neither PIXEL nor DISPLAY; {what} is left out."
