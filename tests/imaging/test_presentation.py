"""A frame under a presentation state is seen as the state wants it, and only its own frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from viewer.imaging.display import to_rgb32
from viewer.imaging.frame import FrameDescription
from viewer.imaging.lengths import UltrasoundRegion
from viewer.imaging.modality import LookupTable, ModalityTransform
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.presentation import (
    Annotation,
    DisplayedArea,
    ImageReference,
    PresentationState,
    StateVois,
    presented,
)
from viewer.imaging.shutters import Shutter
from viewer.imaging.suv import Suv
from viewer.imaging.voi import VoiLut, VoiWindow, default_voi

IMAGE = "1.2.3"
HU = ModalityTransform(1.0, -1024.0, "HU", source="RescaleSlope (0028,1053)")
CT = FrameDescription(
    rows=4,
    columns=4,
    photometric_interpretation="MONOCHROME1",
    bits_stored=12,
    modality=HU,
    vois=(VoiWindow(40, 400),),
    inverted=True,
    inversion_source="PhotometricInterpretation MONOCHROME1 (0028,0004)",
    warnings=("of the image",),
)


def a_state(**changed: object) -> PresentationState:
    usual = PresentationState("1.9", "LUNG", images=(ImageReference(IMAGE),), modality=HU)
    return replace(usual, **changed)  # type: ignore[arg-type]


def an_overlay(group: int, label: str = "") -> OverlayPlane:
    return OverlayPlane(group, 1, 1, np.zeros((1, 1), np.uint8), label=label)


def test_the_state_s_window_replaces_the_image_s() -> None:
    lung = VoiWindow(-600, 1500)
    seen = presented(CT, a_state(vois=(StateVois((lung,)),)), IMAGE, 0)
    assert seen.vois == (lung,)
    assert seen.warnings == ("of the image",)


def test_frames_of_other_images_stay_as_they_are() -> None:
    state = a_state(images=(ImageReference("1.2.4"), ImageReference(IMAGE, (2,))))
    assert presented(CT, state, IMAGE, 0) is CT
    assert presented(CT, state, IMAGE, 1) is not CT


def test_polarity_is_the_state_s_alone() -> None:
    seen = presented(CT, a_state(), IMAGE, 0)
    assert (seen.inverted, seen.inversion_source) == (False, "")
    seen = presented(CT, a_state(inverted=True), IMAGE, 0)
    assert seen.inverted
    assert (
        seen.inversion_source == "presentation state LUNG: PresentationLUTShape INVERSE (2050,0020)"
    )


@pytest.mark.parametrize(
    ("signed", "bits", "ends"), [(False, 12, (-1024, 3071)), (True, 12, (-3072, 1023))]
)
def test_without_a_voi_all_values_are_seen(signed: bool, bits: int, ends: tuple[int, int]) -> None:
    description = replace(CT, signed=signed, bits_stored=bits)
    (voi,) = presented(description, a_state(), IMAGE, 0).vois
    assert isinstance(voi, VoiWindow)
    assert (voi.center - voi.width / 2, voi.center + voi.width / 2) == ends
    assert voi.source == "presentation state LUNG: no VOI LUT, all values"


def test_without_a_voi_the_darkest_and_the_brightest_value_are_black_and_white() -> None:
    seen = presented(CT, a_state(), IMAGE, 0)
    pixels = np.array([[0, 4095]], np.uint16)
    assert to_rgb32(pixels, seen, default_voi(seen, pixels)).tolist() == [[0xFF000000, 0xFFFFFFFF]]


def test_the_range_of_a_modality_lut_is_that_of_its_entries() -> None:
    table = LookupTable(0, np.arange(16, dtype=np.uint16), 10)
    (voi,) = presented(CT, a_state(modality=ModalityTransform(lut=table)), IMAGE, 0).vois
    assert isinstance(voi, VoiWindow)
    assert (voi.center, voi.width) == (511.5, 1023.0)


def test_wide_values_without_a_voi_are_windowed_automatically_and_that_is_said() -> None:
    seen = presented(replace(CT, bits_stored=32), a_state(), IMAGE, 0)
    assert seen.vois == ()
    assert "windowed automatically" in seen.warnings[-1]


@pytest.mark.parametrize(("signed", "first"), [(True, -400), (False, 65136)])
def test_a_table_of_signed_values_may_be_written_with_an_unsigned_first(
    signed: bool, first: int
) -> None:
    table = LookupTable(65136, np.arange(256, dtype=np.uint16), 8)
    state = a_state(
        modality=ModalityTransform(), vois=(StateVois((VoiLut(table, source="item 1"),)),)
    )
    image = replace(CT, signed=signed, bits_stored=16, modality=ModalityTransform())
    (voi,) = presented(image, state, IMAGE, 0).vois
    assert isinstance(voi, VoiLut)
    assert voi.table == replace(table, first_mapped=first)
    assert voi.source == "item 1"
    calibrated = a_state(modality=ModalityTransform(lut=table))
    assert presented(image, calibrated, IMAGE, 0).modality.lut == voi.table


def test_a_voi_that_could_not_be_read_is_not_taken_for_none() -> None:
    assert presented(CT, a_state(vois=(StateVois(()),)), IMAGE, 0).vois == ()


def test_a_state_without_a_modality_lut_shows_stored_values_and_says_so() -> None:
    seen = presented(CT, a_state(modality=None), IMAGE, 0)
    assert seen.modality.is_identity
    assert seen.modality.unit == ""
    assert "no Modality LUT" in seen.warnings[-1]


def test_the_unit_stays_where_the_values_do() -> None:
    state = a_state(modality=ModalityTransform(1.0, -1024.0))
    assert presented(CT, state, IMAGE, 0).modality.unit == "HU"
    state = a_state(modality=ModalityTransform(2.0, -1024.0))
    assert presented(CT, state, IMAGE, 0).modality.unit == ""


def test_suv_is_given_only_while_its_values_are_the_image_s() -> None:
    description = replace(CT, suv=Suv(bw=0.001))
    assert presented(description, a_state(), IMAGE, 0).suv == Suv(bw=0.001)
    seen = presented(description, a_state(modality=ModalityTransform(2.0, 0.0)), IMAGE, 0)
    assert seen.suv is None
    assert "SUV is left out" in seen.warnings[-1]


def test_the_image_s_shutter_gives_way_even_to_none() -> None:
    description = replace(CT, shutter=Shutter(circle=(1.0, 1.0, 1.0)))
    assert presented(description, a_state(), IMAGE, 0).shutter is None


def test_overlays_are_those_activated_and_the_state_s_come_first() -> None:
    description = replace(
        CT, overlays=(an_overlay(0x6000, "image"), an_overlay(0x6002, "image"), an_overlay(0x6004))
    )
    state = a_state(
        overlays=(an_overlay(0x6002, "state"), an_overlay(0x6006), an_overlay(0x6008)),
        overlay_groups=(0x6000, 0x6002, 0x6006),
        shutter=Shutter(bitmap_group=0x6008),
    )
    seen = presented(description, state, IMAGE, 0)
    assert [(plane.group, plane.label) for plane in seen.overlays] == [
        (0x6000, "image"),
        (0x6002, "state"),
        (0x6006, ""),
        (0x6008, ""),  # hides, and must be there for it
    ]


def test_colours_are_not_touched() -> None:
    description = replace(CT, samples_per_pixel=3, photometric_interpretation="RGB", vois=())
    seen = presented(description, a_state(inverted=True), IMAGE, 0)
    assert (seen.vois, seen.modality) == ((), HU)


def test_a_state_for_colour_leaves_grey_as_it_was_and_says_so() -> None:
    seen = presented(CT, a_state(of_colour=True, modality=None), IMAGE, 0)
    assert (seen.modality, seen.vois, seen.inverted) == (CT.modality, CT.vois, True)
    assert "colour" in seen.warnings[-1]


def test_annotations_and_areas_are_those_of_the_frame() -> None:
    second = (ImageReference(IMAGE, (2,)),)
    area, upper, lower = (
        DisplayedArea((0, 0), (3, 3), references=second),
        Annotation("UPPER", 2),
        Annotation("LOWER", 1, references=second),
    )
    state = a_state(areas=(area,), annotations=(upper, lower))
    assert state.annotations_for(IMAGE, 0) == (upper,)
    assert state.annotations_for(IMAGE, 1) == (lower, upper)
    assert (state.area_for(IMAGE, 0), state.area_for(IMAGE, 1)) == (None, area)


def test_pixels_have_the_shape_that_the_displayed_area_asks_for_unless_it_was_measured() -> None:
    state = a_state(areas=(DisplayedArea((0, 0), (9, 9), aspect_rc=(2, 1)),))
    assert presented(CT, state, IMAGE, 0).pixel_aspect_rc == (2, 1)
    region = UltrasoundRegion((0, 0, 9, 9), 0.1, 0.3, "cm", "cm")
    measured = replace(CT, regions=(region,), pixel_aspect_rc=(0.3, 0.1))
    assert presented(measured, state, IMAGE, 0).pixel_aspect_rc == (0.3, 0.1)
