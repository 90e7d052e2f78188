"""What presentation states draw is read, and what cannot be drawn is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pydicom
import pytest

from tests.dicom.states import (
    CT,
    Read,
    a_state,
    item,
    uid_of,
    write,
)
from viewer.dicom.presentation_states import read_state
from viewer.imaging.presentation import PresentationState


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Give a function that reads a state with these attributes back from its file."""

    def written_and_read(**attributes: Any) -> PresentationState:
        return read_state(write(a_state(CT, **attributes), tmp_path / "state.dcm"))

    return written_and_read


def graphic(**attributes: Any) -> pydicom.Dataset:
    usual = {
        "GraphicAnnotationUnits": "PIXEL",
        "GraphicDimensions": 2,
        "NumberOfGraphicPoints": 2,
        "GraphicData": [1.0, 1.0, 5.0, 5.0],
        "GraphicType": "POLYLINE",
    }
    return item(**{**usual, **attributes})


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"GraphicAnnotationUnits": "MATRIX"}, "MATRIX is not supported"),
        ({"GraphicAnnotationUnits": "MM"}, "neither PIXEL nor DISPLAY"),
        ({"GraphicType": "SPIRAL"}, "unknown GraphicType"),
        ({"GraphicData": [1.0, 1.0, 5.0]}, "GraphicData of a POLYLINE"),
        ({"GraphicData": [1.0, float("nan"), 5.0, 5.0]}, "GraphicData of a POLYLINE"),
        ({"GraphicData": [1.0, 1e30, 5.0, 5.0]}, "GraphicData of a POLYLINE"),
        ({"GraphicData": None}, "GraphicData of a POLYLINE"),
        ({"NumberOfGraphicPoints": 7}, "GraphicData of a POLYLINE"),
        ({"GraphicType": "ELLIPSE"}, "GraphicData of a ELLIPSE"),
    ],
)
def test_a_graphic_that_cannot_be_drawn_is_left_out_with_a_sentence(
    attributes: dict[str, Any], said: str, read: Read
) -> None:
    state = read(
        GraphicLayerSequence=[item(GraphicLayer="L", GraphicLayerOrder=1)],
        GraphicAnnotationSequence=[
            item(GraphicLayer="L", GraphicObjectSequence=[graphic(**attributes), graphic()])
        ],
    )
    (annotation,) = state.annotations
    assert len(annotation.graphics) == 1
    (warning,) = state.warnings
    assert said in warning


def test_only_closed_shapes_are_filled(read: Read) -> None:
    triangle = [1.0, 1.0, 5.0, 5.0, 5.0, 1.0]
    state = read(
        GraphicLayerSequence=[item(GraphicLayer="L", GraphicLayerOrder=1)],
        GraphicAnnotationSequence=[
            item(
                GraphicLayer="L",
                GraphicObjectSequence=[
                    graphic(GraphicData=data, NumberOfGraphicPoints=count, GraphicFilled="Y")
                    for data, count in ((triangle, 3), ([*triangle, 1.0, 1.0], 4))
                ],
            )
        ],
    )
    assert [one.filled for one in state.annotations[0].graphics] == [False, True]


def test_layers_lie_in_their_order_and_have_their_grey(
    read: Read,
) -> None:
    state = read(
        GraphicLayerSequence=[
            item(
                GraphicLayer="UPPER",
                GraphicLayerOrder=2,
                GraphicLayerRecommendedDisplayGrayscaleValue=0xFFFF,
            ),
            item(GraphicLayer="LOWER", GraphicLayerOrder=1),
        ],
        GraphicAnnotationSequence=[
            item(GraphicLayer=layer, GraphicObjectSequence=[graphic()])
            for layer in ("UPPER", "LOWER")
        ],
    )
    found = state.annotations_for(uid_of(CT), 0)
    assert [(one.layer, one.rgb) for one in found] == [("LOWER", None), ("UPPER", (255, 255, 255))]


def test_texts_are_plain_and_anchored(read: Read) -> None:
    state = read(
        GraphicLayerSequence=[item(GraphicLayer="L", GraphicLayerOrder=1)],
        GraphicAnnotationSequence=[
            item(
                GraphicLayer="L",
                TextObjectSequence=[
                    item(
                        UnformattedTextValue="a\x07b\r\n<b>c</b>\u202e",
                        AnchorPointAnnotationUnits="PIXEL",
                        AnchorPoint=[8.5, 4.5],
                        AnchorPointVisibility="Y",
                    ),
                    item(UnformattedTextValue="nowhere"),
                ],
            )
        ],
        SpecificCharacterSet="ISO_IR 192",
    )
    (text,) = state.annotations[0].texts
    assert text.text == "ab\n<b>c</b>"
    assert (text.anchor, text.anchor_visible, text.box) == ((4.0, 8.0), True, None)
    assert any("nowhere" not in w and "AnchorPoint" in w for w in state.warnings)


@pytest.mark.parametrize(("graphics", "points"), [(6_000, 1), (8, 8_000)])
def test_more_than_a_canvas_can_draw_is_left_out_with_a_sentence(
    graphics: int, points: int, read: Read
) -> None:
    kind = "POINT" if points == 1 else "POLYLINE"
    data = [float(at % 50) for at in range(2 * points)]
    shape = graphic(GraphicType=kind, NumberOfGraphicPoints=points, GraphicData=data)
    layer = item(GraphicLayer="A", GraphicObjectSequence=[shape] * graphics)
    state = read(
        GraphicLayerSequence=[item(GraphicLayer="A", GraphicLayerOrder=1)],
        GraphicAnnotationSequence=[layer],
    )
    drawn = [one for annotation in state.annotations for one in annotation.graphics]
    assert 0 < len(drawn) < graphics
    assert sum(len(one.points) for one in drawn) <= 50_000
    assert any("more than this program draws" in sentence for sentence in state.warnings)
