"""Shutters are read from images, functional groups and presentation states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from viewer.dicom.frames import read_frame
from viewer.dicom.shutters import shutter_of
from viewer.imaging.shutters import Shutter, visible

RECTANGLE = {
    "ShutterShape": "RECTANGULAR",
    "ShutterUpperHorizontalEdge": 2,
    "ShutterLowerHorizontalEdge": 5,
    "ShutterLeftVerticalEdge": 3,
    "ShutterRightVerticalEdge": 8,
}
ATTRIBUTES = [
    *RECTANGLE,
    "CenterOfCircularShutter",
    "RadiusOfCircularShutter",
    "VerticesOfThePolygonalShutter",
    "ShutterOverlayGroup",
    "ShutterPresentationValue",
    "ShutterPresentationColorCIELabValue",
]


def with_attributes(**attributes) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def read(dataset: Dataset, *groups: Dataset) -> tuple[Shutter | None, list[str]]:
    notes: list[str] = []
    return shutter_of(dataset, groups, notes), notes


def test_positions_count_from_0_and_edges_are_in_sight():
    shutter, notes = read(with_attributes(**RECTANGLE))
    assert not notes
    assert shutter is not None
    assert shutter.rectangle == (1, 2, 4, 7)
    assert shutter.source == "ShutterShape (0018,1600) RECTANGULAR"
    seen = visible(shutter, 10, 10)
    assert seen[1:5, 2:8].all()
    assert seen.sum() == 4 * 6


def test_a_data_set_without_a_shutter_has_none():
    assert read(Dataset()) == (None, [])
    assert read(with_attributes(ShutterShape="")) == (None, [])


def test_several_shapes_are_combined():
    dataset = with_attributes(
        **RECTANGLE | {"ShutterShape": ["RECTANGULAR", "CIRCULAR", "POLYGONAL"]},
        CenterOfCircularShutter=[5, 6],
        RadiusOfCircularShutter=4,
        VerticesOfThePolygonalShutter=[1, 1, 1, 9, 9, 9, 9, 1],
        ShutterPresentationValue=0xFFFF,
    )
    shutter, notes = read(dataset)
    assert not notes
    assert shutter is not None
    assert shutter.circle == (4, 5, 4)
    assert shutter.polygon == ((0, 0), (0, 8), (8, 8), (8, 0))
    assert shutter.rectangle == (1, 2, 4, 7)
    assert shutter.presentation_value == 0xFFFF
    assert shutter.presentation_rgb is None


def test_the_shutter_of_a_frame_comes_before_that_of_the_data_set():
    own = with_attributes(
        FrameDisplayShutterSequence=[
            with_attributes(
                ShutterShape="CIRCULAR", CenterOfCircularShutter=[1, 1], RadiusOfCircularShutter=2
            )
        ]
    )
    shutter, _ = read(with_attributes(**RECTANGLE), own)
    assert shutter is not None
    assert shutter.circle == (0, 0, 2)
    assert shutter.rectangle is None


def test_a_bitmap_shutter_names_its_overlay():
    dataset = with_attributes(ShutterShape="BITMAP", ShutterOverlayGroup=0x6002)
    dataset.add_new(0x60020010, "US", 4)
    shutter, notes = read(dataset)
    assert not notes
    assert shutter is not None
    assert shutter.bitmap_group == 0x6002


def test_a_colour_is_read_as_cielab():
    shutter, _ = read(
        with_attributes(**RECTANGLE, ShutterPresentationColorCIELabValue=[0xFFFF, 0x8080, 0x8080])
    )
    assert shutter is not None
    assert shutter.presentation_rgb == (255, 255, 255)


def test_a_bitmap_shutter_without_its_overlay_is_left_out_and_said():
    dataset = with_attributes(ShutterShape="BITMAP", ShutterOverlayGroup=0x6002)
    shutter, [note] = read(dataset)
    assert shutter is None
    assert "ShutterOverlayGroup" in note


@pytest.mark.parametrize(
    ("attributes", "keyword"),
    [
        (RECTANGLE | {"ShutterLeftVerticalEdge": None}, "VerticalEdge"),
        (RECTANGLE | {"ShutterLeftVerticalEdge": 9}, "VerticalEdge"),
        (RECTANGLE | {"ShutterLowerHorizontalEdge": 1}, "HorizontalEdge"),
        ({"ShutterShape": "RECTANGULAR"}, "HorizontalEdge"),
        ({"ShutterShape": "CIRCULAR"}, "CenterOfCircularShutter"),
        (
            {
                "ShutterShape": "CIRCULAR",
                "CenterOfCircularShutter": [3, 3],
                "RadiusOfCircularShutter": 0,
            },
            "RadiusOfCircularShutter",
        ),
        (
            {"ShutterShape": "POLYGONAL", "VerticesOfThePolygonalShutter": [1, 1, 5]},
            "VerticesOfThePolygonalShutter",
        ),
        ({"ShutterShape": "BITMAP", "ShutterOverlayGroup": 0x5400}, "ShutterOverlayGroup"),
        ({"ShutterShape": "HEXAGONAL"}, "ShutterShape"),
    ],
)
def test_a_damaged_shape_is_left_out_and_said(attributes, keyword):
    shutter, [note] = read(with_attributes(**attributes))
    assert shutter is None
    assert keyword in note
    assert "left out" in note
    assert "HEXAGONAL" not in note


def test_one_damaged_shape_leaves_the_others():
    shutter, notes = read(
        with_attributes(**RECTANGLE | {"ShutterShape": ["RECTANGULAR", "CIRCULAR"]})
    )
    assert shutter is not None
    assert shutter.rectangle == (1, 2, 4, 7)
    assert shutter.circle is None
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("vr", "value"),
    [
        ("LO", b"here\\there"),
        ("UN", b"\xff\xfe"),
        ("DS", b"1e300\\1e300"),
        ("DS", b"nan\\1 "),
        ("IS", b"1.5\\"),
        ("SQ", b"\0\1\2"),
    ],
)
def test_values_that_are_no_positions_are_said(vr, value):
    dataset = with_attributes(ShutterShape="CIRCULAR", RadiusOfCircularShutter=4)
    tag = Tag("CenterOfCircularShutter")
    dataset[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)
    shutter, notes = read(dataset)
    assert shutter is None
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("name", "rectangle"),
    [
        (
            "broken/explicit_with_private_sequence_having_undefined_length_and_implicit_encoding.dcm",
            (117, 0, 906, 1023),
        ),
        ("lut_overlay/OutOfBoundsOverlay.dcm", (-1, -1, 787, 1317)),  # edges "0" in the file
    ],
)
def test_real_files(corpus, name, rectangle):
    _, description = read_frame(str(corpus / name), 0)
    shutter = description.shutter
    assert shutter is not None
    assert not [warning for warning in description.warnings if "Shutter" in warning]
    assert shutter.rectangle == rectangle


@given(
    st.dictionaries(
        st.sampled_from(ATTRIBUTES),
        st.tuples(
            st.sampled_from(["IS", "DS", "US", "CS", "UN", "SQ", "FD"]),
            st.binary(max_size=9) | st.sampled_from([b"5 ", b"3\\4", b"1\\1\\9\\1\\5\\8", b"1e39"]),
        ),
    )
)
def test_no_content_of_a_shutter_stops_a_picture(elements):
    dataset = with_attributes(ShutterShape=["RECTANGULAR", "CIRCULAR", "POLYGONAL", "BITMAP"])
    for keyword, (vr, value) in elements.items():
        tag = Tag(keyword)
        dataset[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)
    shutter, _ = read(dataset)
    if shutter is not None:
        assert visible(shutter, 6, 7).shape == (6, 7)
        assert 0 <= shutter.presentation_value <= 0xFFFF
