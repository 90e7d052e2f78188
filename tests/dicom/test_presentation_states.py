"""Presentation states are read whole, damaged ones as far as they go."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import highdicom
import numpy as np
import pydicom
import pytest
from highdicom.pr import GrayscaleSoftcopyPresentationState, SoftcopyVOILUTTransformation
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from tests.dicom.states import (
    CT,
    HU,
    WINDOW,
    Read,
    a_state,
    area_item,
    curve,
    image_item,
    item,
    picture,
    uid_of,
    write,
)
from viewer.dicom.errors import HeaderError, PresentationStateError
from viewer.dicom.frames import read_frame
from viewer.dicom.presentation_states import read_state
from viewer.dicom.reading import read_header
from viewer.imaging.presentation import ImageReference, PresentationState, presented
from viewer.imaging.voi import VoiLut, VoiWindow


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Give a function that reads a state with these attributes back from its file."""

    def written_and_read(**attributes: Any) -> PresentationState:
        return read_state(write(a_state(CT, **attributes), tmp_path / "state.dcm"))

    return written_and_read


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_every_encoding_reads_the_same(syntax: str, tmp_path: Path, read: Read) -> None:
    attributes = {
        **HU,
        "ContentLabel": "LUNG",
        "SoftcopyVOILUTSequence": [item(VOILUTSequence=[curve(300, -500, 12, "SS")])],
        "GraphicAnnotationSequence": [
            item(
                GraphicLayer="L",
                GraphicObjectSequence=[
                    item(
                        GraphicAnnotationUnits="PIXEL",
                        GraphicDimensions=2,
                        NumberOfGraphicPoints=1,
                        GraphicData=[2.5, 1.5],
                        GraphicType="POINT",
                    )
                ],
            )
        ],
        "GraphicLayerSequence": [item(GraphicLayer="L", GraphicLayerOrder=1)],
    }
    state = a_state(CT, **attributes)
    plain = read_state(write(state, tmp_path / "plain.dcm"))
    state.file_meta.TransferSyntaxUID = syntax
    path = tmp_path / "other.dcm"
    state.save_as(path, enforce_file_format=True)
    assert read_state(str(path)) == plain
    references = read_header(str(path)).references
    assert [reference.sop_instance_uid for reference in references] == [uid_of(CT)]
    assert plain.label == "LUNG"
    assert plain.annotations[0].graphics[0].points == ((1.0, 2.0),)


def test_the_header_knows_what_the_state_is_for_whatever_its_length(tmp_path: Path) -> None:
    state = a_state(CT)
    images = [
        item(
            ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2",
            ReferencedSOPInstanceUID=f"1.2.826.0.1.3680043.8.498.{at}",
            ReferencedFrameNumber=[1, 3],
        )
        for at in range(2000)
    ]
    series = [item(SeriesInstanceUID="1.2.3", ReferencedImageSequence=images)]
    state.ReferencedSeriesSequence = series
    for undefined in (False, True):
        state["ReferencedSeriesSequence"].is_undefined_length = undefined
        header = read_header(write(state, tmp_path / f"{undefined}.dcm"))
        assert len(header.references) == 2000
        last = header.references[-1]
        assert last.series_instance_uid == "1.2.3"
        assert last.sop_instance_uid == "1.2.826.0.1.3680043.8.498.1999"
        assert last.frames == (1, 3)
        assert header.content_label == "TEST"


def test_a_state_made_by_highdicom_is_understood(tmp_path: Path) -> None:
    image = pydicom.dcmread(CT)
    annotation = highdicom.pr.GraphicAnnotation(
        referenced_images=[image],
        graphic_layer=(
            layer := highdicom.pr.GraphicLayer("FINDING", order=3, display_color=_red())
        ),
        graphic_objects=[
            highdicom.pr.GraphicObject(
                highdicom.pr.GraphicTypeValues.CIRCLE,
                np.array([[10.5, 20.5], [15.5, 20.5]]),
                units="PIXEL",
                is_filled=True,
            )
        ],
        text_objects=[
            highdicom.pr.TextObject(
                "one\r\ntwo", units="DISPLAY", bounding_box=(0.1, 0.2, 0.5, 0.3)
            )
        ],
    )
    state = GrayscaleSoftcopyPresentationState(
        referenced_images=[image],
        series_instance_uid=highdicom.UID(),
        series_number=5,
        sop_instance_uid=highdicom.UID(),
        instance_number=1,
        manufacturer="M",
        manufacturer_model_name="M",
        software_versions="1",
        device_serial_number="1",
        content_label="FINDINGS",
        content_creator_name="Roe^Ann",
        graphic_annotations=[annotation],
        graphic_layers=[layer],
        voi_lut_transformations=[
            SoftcopyVOILUTTransformation(
                window_center=[40.0, -600.0],
                window_width=[400.0, 1500.0],
                window_explanation=["SOFT", "LUNG"],
            )
        ],
    )
    path = str(tmp_path / "state.dcm")
    state.save_as(path)
    found = read_state(path)
    assert (found.label, found.creator) == ("FINDINGS", "Roe, Ann")
    assert found.images == (ImageReference(image.SOPInstanceUID),)
    windows = [
        (voi.center, voi.width, voi.explanation)
        for voi in found.vois[0].vois
        if isinstance(voi, VoiWindow)
    ]
    assert windows == [(40.0, 400.0, "SOFT"), (-600.0, 1500.0, "LUNG")]
    (drawn,) = found.annotations
    assert (drawn.layer, drawn.order) == ("FINDING", 3)
    assert drawn.rgb is not None
    assert max(abs(a - b) for a, b in zip(drawn.rgb, (255, 0, 0), strict=True)) <= 3
    (circle,) = drawn.graphics
    # highdicom's 10.5, 20.5 is the centre of the 11th pixel of the 21st row
    assert (circle.kind, circle.points, circle.filled) == (
        "CIRCLE",
        ((20.0, 10.0), (20.0, 15.0)),
        True,
    )
    (text,) = drawn.texts
    assert text.text == "one\ntwo"
    assert text.box is not None
    assert np.allclose(text.box, ((0.2, 0.1), (0.3, 0.5)))
    assert text.box_on_display
    assert found.warnings == ()


def _red() -> highdicom.color.CIELabColor:
    return highdicom.color.CIELabColor(54.29, 80.81, 69.89)


def test_the_real_annotation_begins_at_the_upper_left_corner_of_the_first_pixel(
    corpus: Path,
) -> None:
    state = read_state(str(corpus / "objects" / "misc" / "gsps_annotation.dcm"))
    (annotation,) = state.annotations_for("2.25.1435004099", 0)
    assert annotation.graphics[0].points == ((-0.5, -0.5), (0.5, 0.5))
    assert state.annotations_for("1.2.3", 0) == ()


def test_windows_hold_for_the_frames_that_they_name(read: Read) -> None:
    image = pydicom.dcmread(CT)
    state = read(
        SoftcopyVOILUTSequence=[
            item(
                WindowCenter=1,
                WindowWidth=2,
                ReferencedImageSequence=[image_item(image, ReferencedFrameNumber=[2, 3])],
            ),
            item(
                WindowCenter=10,
                WindowWidth=20,
                ReferencedImageSequence=[image_item(image, ReferencedFrameNumber=1)],
            ),
        ]
    )
    _, description = read_frame(CT, 0)
    centers = [
        voi.center
        for frame in range(3)
        for voi in presented(description, state, image.SOPInstanceUID, frame).vois
        if isinstance(voi, VoiWindow)
    ]
    assert centers == [10.0, 1.0, 1.0]
    assert "SoftcopyVOILUTSequence item 2" in state.vois[1].vois[0].source


def test_a_table_that_begins_below_zero_is_read_as_such(
    read: Read,
) -> None:
    first = 0x10000 - 500
    state = read(**HU, SoftcopyVOILUTSequence=[item(VOILUTSequence=[curve(1500, first, 12, "US")])])
    (table,) = state.vois[0].vois
    assert isinstance(table, VoiLut)
    assert table.table.first_mapped == -500


@pytest.mark.parametrize(
    ("degrees", "flip", "quarters", "mirrored"),
    [(0, "N", 0, False), (90, "N", 1, False), (180, "Y", 2, True), (270, "Y", 3, True)],
)
def test_turns_are_read(degrees: int, flip: str, quarters: int, mirrored: bool, read: Read) -> None:
    turn = read(ImageRotation=degrees, ImageHorizontalFlip=flip).turn
    assert (turn.quarters, turn.mirrored) == (quarters, mirrored)


def test_displayed_areas_are_read_from_either_corner(
    read: Read,
) -> None:
    image = pydicom.dcmread(CT)
    state = read(
        DisplayedAreaSelectionSequence=[
            area_item(
                image,
                DisplayedAreaTopLeftHandCorner=[100, 11],  # as it is once turned
                DisplayedAreaBottomRightHandCorner=[21, 60],
                PresentationSizeMode="MAGNIFY",
                PresentationPixelMagnificationRatio=2.0,
            )
        ]
    )
    area = state.area_for(image.SOPInstanceUID, 0)
    assert area is not None
    assert (area.top_left_rc, area.bottom_right_rc) == ((10.0, 20.0), (59.0, 99.0))
    assert (area.mode, area.magnification, area.aspect_rc) == ("MAGNIFY", 2.0, (1.0, 1.0))


def test_true_size_without_a_spacing_is_scaled_to_fit_and_said(
    read: Read,
) -> None:
    image = pydicom.dcmread(CT)
    state = read(
        DisplayedAreaSelectionSequence=[area_item(image, PresentationSizeMode="TRUE SIZE")]
    )
    assert state.areas[0].mode == "SCALE TO FIT"
    assert any("PresentationPixelSpacing" in warning for warning in state.warnings)


def test_an_image_is_no_presentation_state() -> None:
    with pytest.raises(PresentationStateError, match="no presentation state"):
        read_state(CT)


@pytest.mark.parametrize("last", [3, 4, 6, 8, 12])
def test_kinds_that_are_not_followed_are_refused_by_name(last: int, tmp_path: Path) -> None:
    state = a_state(CT, SOPClassUID=f"1.2.840.10008.5.1.4.1.1.11.{last}")
    with pytest.raises(PresentationStateError, match="Presentation State is not supported"):
        read_state(write(state, tmp_path / "state.dcm"))


def test_a_state_for_no_images_is_refused(tmp_path: Path) -> None:
    state = a_state(CT, ReferencedSeriesSequence=[])
    with pytest.raises(PresentationStateError, match="ReferencedSeriesSequence"):
        read_state(write(state, tmp_path / "state.dcm"))


def test_a_state_cut_short_is_shown_in_part_or_refused_with_a_sentence(tmp_path: Path) -> None:
    whole = Path(write(a_state(CT, **HU, **WINDOW), tmp_path / "state.dcm"))
    content = whole.read_bytes()
    refused = []
    for end in range(300, len(content), 37):
        (tmp_path / "cut.dcm").write_bytes(content[:end])
        try:
            read_state(str(tmp_path / "cut.dcm"))
        except (HeaderError, PresentationStateError) as error:
            refused.append(error.message)
    assert refused
    assert all(refused)


def test_a_damaged_reference_does_not_make_a_window_hold_for_every_image(
    read: Read,
) -> None:
    nobody = item(ReferencedSOPClassUID="1.2")
    state = read(
        SoftcopyVOILUTSequence=[
            item(WindowCenter=1, WindowWidth=2, ReferencedImageSequence=[nobody])
        ]
    )
    assert state.vois == ()
    assert any("SoftcopyVOILUTSequence" in warning for warning in state.warnings)


HOSTILE: list[tuple[int, str, Any]] = [
    (0x00281053, "DS", "0"),
    (0x00281053, "LO", "steep"),
    (0x00281052, "DS", "1e300"),
    (0x00283000, "LO", "no sequence"),
    (0x00283110, "OB", b"\xff\xff"),
    (0x00700001, "UT", "no sequence"),
    (0x0070005A, "US", 3),
    (0x00700042, "SS", -45),
    (0x00700042, "LO", "ninety"),
    (0x00700041, "CS", "MAYBE"),
    (0x00700060, "OB", b"\0\1\2\3"),
    (0x20500020, "CS", "LIN OD"),
    (0x20500010, "OB", b"\0"),
    (0x00181600, "CS", "HEXAGONAL"),
    (0x60001001, "OB", b"\xff\xff"),
    (0x60003000, "OB", b"\0\0"),
    (0x00700080, "OB", b"\0\x1b[31m\xff"),
]


@pytest.mark.parametrize(("tag", "vr", "value"), HOSTILE)
def test_hostile_values_are_left_out(tag: int, vr: str, value: Any, tmp_path: Path) -> None:
    state = a_state(CT, **HU, **WINDOW)
    if tag in state:
        del state[tag]
    state.add_new(tag, vr, value)
    found = read_state(write(state, tmp_path / "state.dcm"))
    assert found == pickle.loads(pickle.dumps(found)) or found.overlays
    seen = picture(CT, found)
    assert seen.shape == (128, 128)
    assert found.label.isprintable()


def test_thousands_of_defects_are_not_listed_one_by_one(read: Read) -> None:
    broken = [item(GraphicLayer=f"L{n}", TextObjectSequence=[item()]) for n in range(1500)]
    found = read(GraphicAnnotationSequence=broken)
    assert len(found.warnings) == 101
    assert found.warnings[-1] == "1,400 more defects are not listed."
