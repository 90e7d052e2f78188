"""The explanation of a picture says the numbers that the picture itself is made of."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from viewer.imaging import display
from viewer.imaging.composition import compose
from viewer.imaging.explain import Explanation, explain
from viewer.imaging.explain_values import Step
from viewer.imaging.explain_view import View
from viewer.imaging.frame import FrameDescription
from viewer.imaging.lengths import UltrasoundRegion
from viewer.imaging.modality import LookupTable, ModalityTransform
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.presentation import (
    Annotation,
    DisplayedArea,
    Graphic,
    ImageReference,
    PresentationState,
    Text,
    presented,
)
from viewer.imaging.shutters import Shutter
from viewer.imaging.suv import Suv
from viewer.imaging.turning import Turn
from viewer.imaging.voi import VoiLut, VoiWindow

STORED = np.array([[0, 1000, 2000], [3000, -2000, 24]], np.int16)
HU = ModalityTransform(1.0, -1024.0, "HU", source="RescaleSlope (0028,1053)")
WINDOW = VoiWindow(40, 400, source="WindowCenter (0028,1050)")


def step(found: Explanation, title: str) -> Step:
    return next(one for one in found.steps if one.title == title)


def titles(found: Explanation) -> list[str]:
    return [one.title for one in found.steps]


def test_a_pixel_is_followed_from_the_file_to_the_screen() -> None:
    description = FrameDescription(2, 3, modality=HU, vois=(WINDOW,), stored_as="16 of 16 bits")
    found = explain(STORED, description, WINDOW, point_rc=(0.2, 0.9))
    assert found.pixel_rc == (0, 1)
    assert step(found, "Stored value").value == "1000"
    assert step(found, "Modality value").value == "-24 HU"
    assert step(found, "Modality value").source == "RescaleSlope (0028,1053)"
    assert step(found, "Window").source == "WindowCenter (0028,1050)"
    shown = display.to_rgb32(STORED, description, WINDOW)[0, 1] & 0xFF
    assert step(found, "Screen value").value == str(shown)


def test_inversion_turns_the_brightness_round_once() -> None:
    description = FrameDescription(2, 3, inverted=True, inversion_source="MONOCHROME1")
    found = explain(STORED, description, VoiWindow(1000, 4000, "LINEAR_EXACT"), point_rc=(1, 2))
    assert step(found, "Window").value == "25.6%"
    assert step(found, "Inversion").value == "74.4%"
    assert step(found, "Inversion").source == "MONOCHROME1"
    assert step(found, "Screen value").value == "190"


def test_padding_is_named_and_black() -> None:
    description = FrameDescription(2, 3, padding_range=(-2000, -2000), padding_source="tag")
    found = explain(STORED, description, WINDOW, point_rc=(1, 1))
    assert step(found, "Padding").value == "padding: black"
    assert step(found, "Screen value").value == "0"


@pytest.mark.parametrize("point", [None, (5.0, 0.0), (float("nan"), 0.0), (-0.6, 0.0)])
def test_without_a_pixel_of_the_frame_the_steps_are_told_without_numbers(
    point: tuple[float, float] | None,
) -> None:
    found = explain(STORED, FrameDescription(2, 3), WINDOW, point_rc=point)
    assert found.pixel_rc is None
    assert not any(one.value for one in found.steps)


def test_tables_are_told_with_their_size() -> None:
    table = LookupTable(0, np.arange(4096, dtype=np.uint16), 12)
    description = FrameDescription(2, 3, modality=ModalityTransform(lut=table))
    found = explain(STORED, description, VoiLut(table, "soft"), point_rc=(0, 1))
    assert step(found, "Modality value").text == "table of 4,096 values from 0"
    assert "soft" in step(found, "Window").text


def test_colour_has_no_window() -> None:
    rgb = np.array([[[10, 20, 30]]], np.uint8)
    description = FrameDescription(1, 1, 3, "RGB", icc_profile="ICC profile sRGB, not applied")
    found = explain(rgb, description, WINDOW, point_rc=(0, 0))
    assert step(found, "Red, green, blue").value == "10, 20, 30"
    assert step(found, "Window").text.startswith("none")
    assert step(found, "Colour profile").text == "ICC profile sRGB, not applied"
    assert step(found, "Screen value").value == "10, 20, 30"


def test_uptake_is_told_with_its_inputs_or_the_reason() -> None:
    suv = Suv(bw=0.001, formula="by weight", inputs=("PatientWeight 70 kg",), warnings=("late",))
    found = explain(STORED, FrameDescription(2, 3, suv=suv), WINDOW, point_rc=(0, 1))
    assert step(found, "SUV").value == "SUVbw 1 g/ml"
    assert step(found, "SUV").source == "PatientWeight 70 kg"
    assert found.warnings == ("late",)
    without = FrameDescription(2, 3, suv=Suv(reason="Units are CNTS."))
    found = explain(STORED, without, WINDOW, point_rc=(0, 1))
    assert step(found, "SUV").text == "none: Units are CNTS."
    assert not step(found, "SUV").value


def overlay(group: int, *bits: list[int], label: str = "") -> OverlayPlane:
    return OverlayPlane(
        group, 2, 3, np.packbits(np.array(bits, bool), axis=1), label=label, source="OverlayData"
    )


LAID_OVER = FrameDescription(
    2,
    3,
    overlays=(
        overlay(0x6000, [0, 1, 0], [0, 0, 1], label="outline"),
        overlay(0x6002, [0, 1, 1], [0, 0, 0]),
    ),
    shutter=Shutter(rectangle=(0, 0, 0, 2), presentation_value=0x8080, source="ShutterShape"),
)


def test_what_is_laid_over_the_picture_is_told_at_the_pixel() -> None:
    found = explain(STORED, LAID_OVER, WINDOW, point_rc=(0, 1))
    assert step(found, "Overlay 6000") == Step(
        "Overlay 6000", "outline", "OverlayData", "set: 255, 190, 0"
    )
    assert step(found, "Shutter").value == "in sight"
    assert step(found, "Screen value").text == "covered by overlay 6002"  # drawn later
    found = explain(STORED, LAID_OVER, WINDOW, point_rc=(1, 1))
    assert step(found, "Overlay 6000").value == "not set"
    assert step(found, "Shutter").value == "hidden: 128"
    assert step(found, "Screen value").value == "128"
    assert step(found, "Screen value").text == "hidden by the shutter"


@pytest.mark.parametrize("shutter", [True, False])
@pytest.mark.parametrize("overlays", [True, False])
@pytest.mark.parametrize("hidden", [(), (0x6002,), (0x6000, 0x6002)])
@pytest.mark.parametrize("bitmap", [None, 0x6000])
def test_the_screen_value_is_what_is_on_screen_at_every_pixel(
    shutter: bool, overlays: bool, hidden: tuple[int, ...], bitmap: int | None
) -> None:
    assert LAID_OVER.shutter is not None
    description = replace(LAID_OVER, shutter=replace(LAID_OVER.shutter, bitmap_group=bitmap))
    view = View(shutter, overlays, hidden_groups=frozenset(hidden))
    plain = display.to_rgb32(STORED, description, WINDOW)
    screen = compose(
        plain, description, shutter=shutter, overlays=overlays, hidden_groups=view.hidden_groups
    )
    for pixel, shown in np.ndenumerate(screen):
        said = step(explain(STORED, description, WINDOW, "", pixel, view), "Screen value").value
        channels = [int(shown) >> shift & 0xFF for shift in (16, 8, 0)]
        assert said == ", ".join(map(str, channels if len(set(channels)) > 1 else channels[:1]))


def test_the_last_steps_are_in_the_order_in_which_they_are_applied() -> None:
    found = titles(explain(STORED, LAID_OVER, WINDOW))
    assert found[-6:] == [
        "Inversion", "Shutter", "Overlay 6000", "Overlay 6002", "Screen value", "Lengths"
    ]  # fmt: skip


def test_what_is_switched_off_in_the_view_is_said_to_be_and_claims_nothing() -> None:
    view = View(shutter=False, hidden_groups=frozenset({0x6000}))
    found = explain(STORED, LAID_OVER, WINDOW, "", (1, 2), view)
    for title in ("Shutter", "Overlay 6000"):
        assert step(found, title).text == "switched off in the view"
        assert not step(found, title).value
    assert step(found, "Overlay 6002").value == "not set"
    found = explain(STORED, LAID_OVER, WINDOW, "", (1, 2), View(overlays=False))
    assert step(found, "Overlay 6002").text == "switched off in the view"
    assert "hidden" in step(found, "Shutter").value


def test_the_bitmap_of_a_shutter_is_not_said_to_be_drawn() -> None:
    description = replace(LAID_OVER, shutter=Shutter(bitmap_group=0x6000))
    found = explain(STORED, description, WINDOW, point_rc=(0, 1))
    assert step(found, "Shutter").value == "hidden: 0"
    assert "not drawn" in step(found, "Overlay 6000").text
    assert not step(found, "Overlay 6000").value


ALL = ImageReference("1")
NIGHT = PresentationState("1.2", "NIGHT", turn=Turn(1, mirrored=True))


def test_the_value_after_each_grey_step_is_the_one_the_picture_is_made_of() -> None:
    # the table's first entries fall: the share before it says nothing of the share after it
    table = LookupTable(0, np.array([100, 50, 255], np.uint16), 8)
    window = VoiWindow(1000, 4000, "LINEAR_EXACT")
    description = FrameDescription(2, 3, presentation_lut=table, inverted=True)
    found = explain(STORED, description, window, "", (0, 1), View(state=NIGHT))
    assert step(found, "Window").value == "50.0%"
    assert step(found, "Presentation LUT").value == "19.6%"  # 50 of 255
    assert step(found, "Presentation LUT").source == (
        "presentation state NIGHT: PresentationLUTSequence (2050,0010)"
    )
    assert step(found, "Inversion").value == "80.4%"
    assert step(found, "Inversion").source == "presentation state NIGHT"
    assert step(found, "Screen value").value == "205"
    of_file = explain(STORED, description, window)
    assert step(of_file, "Presentation LUT").source == "PresentationLUTSequence (2050,0010)"


def test_a_value_that_is_no_number_is_said_to_be_black() -> None:
    pixels = np.array([[np.nan]], np.float32)
    found = explain(pixels, FrameDescription(1, 1, inverted=True), WINDOW, point_rc=(0, 0))
    assert step(found, "Inversion").value == "no number: black"
    assert step(found, "Screen value").value == "0"


def test_an_entry_of_a_palette_is_told_with_its_colour() -> None:
    palette = np.array([[1, 2, 3], [9, 8, 7]], np.uint8)
    description = FrameDescription(1, 1, 1, "PALETTE COLOR", palette_rgb=palette, palette_first=4)
    found = explain(np.array([[5]], np.uint8), description, WINDOW, point_rc=(0, 0))
    assert step(found, "Palette").value == "entry 1: 9, 8, 7"
    assert step(found, "Screen value").value == "9, 8, 7"


@pytest.mark.parametrize(
    ("turn", "by_hand", "state", "text", "source"),
    [
        (Turn(1), Turn(1), None, "turned 90° clockwise", "by hand"),
        (Turn(2, mirrored=True), Turn(2, mirrored=True), None, "mirrored top to bottom", "by hand"),
        (
            Turn(1, mirrored=True),
            Turn(),
            NIGHT,
            "turned 90° clockwise, mirrored left to right",
            "presentation state NIGHT: ImageRotation (0070,0042) 90, "
            "ImageHorizontalFlip (0070,0041) Y",
        ),
        (
            Turn(1),
            Turn(0, mirrored=True),
            NIGHT,
            "turned 90° clockwise",
            "presentation state NIGHT: ImageRotation (0070,0042) 90, "
            "ImageHorizontalFlip (0070,0041) Y, then by hand: mirrored left to right",
        ),
    ],
)
def test_a_turn_is_told_with_who_turned(
    turn: Turn, by_hand: Turn, state: PresentationState | None, text: str, source: str
) -> None:
    view = View(turn=turn, turn_by_hand=by_hand, state=state)
    found = explain(STORED, FrameDescription(2, 3), WINDOW, view=view)
    assert step(found, "Turn") == Step("Turn", text, source)


def test_a_picture_that_is_not_turned_or_stretched_has_no_such_steps() -> None:
    square = FrameDescription(2, 3, spacing_rc_mm=(0.7, 0.7), spacing_source="PixelSpacing")
    found = titles(explain(STORED, square, WINDOW))
    assert not {"Turn", "Pixel shape", "Displayed area", "Annotations"} & set(found)


def test_pixels_that_are_not_square_are_told_with_what_says_so() -> None:
    def shape(description: FrameDescription, view: View | None = None) -> Step:
        return step(explain(STORED, description, WINDOW, view=view or View()), "Pixel shape")

    spaced = FrameDescription(2, 3, spacing_rc_mm=(0.5, 0.2), spacing_source="ImagerPixelSpacing")
    assert shape(spaced).text == "drawn 2.5 times as high as wide"
    assert shape(spaced).source == "ImagerPixelSpacing"
    by_hand = replace(spaced, spacing_source="manual")
    assert shape(by_hand).source == "set by hand"
    flat = FrameDescription(2, 3, pixel_aspect_rc=(1, 2))
    assert shape(flat).text == "drawn 2 times as wide as high"
    assert shape(flat).source == "PixelAspectRatio (0028,0034)"
    region = UltrasoundRegion((0, 0, 1, 2), 0.1, 0.05, "cm", "cm")
    assert "Ultrasound" in shape(replace(flat, regions=(region,))).source
    area = DisplayedArea((0, 0), (1, 2), aspect_rc=(1, 2))
    state = PresentationState("1.2", "NIGHT", areas=(area,))
    seen = presented(FrameDescription(2, 3), replace(state, images=(ALL,)), "1", 0)
    found = shape(seen, View(state=state, area=area))
    assert found.source == "presentation state NIGHT: PresentationPixelAspectRatio (0070,0102)"


def test_what_a_state_draws_and_frames_is_counted() -> None:
    line = Graphic("POLYLINE", ((0, 0), (1, 1)))
    annotations = (Annotation("A", 1, (line, line), (Text("x"),)), Annotation("B", 2, (line,)))
    area = DisplayedArea((0, 1), (1, 2), "MAGNIFY", 2.5)
    view = View(state=NIGHT, annotations=annotations, area=area)
    found = explain(STORED, FrameDescription(2, 3), WINDOW, view=view)
    assert step(found, "Annotations").text == "3 graphics, 1 text"
    assert "GraphicAnnotationSequence" in step(found, "Annotations").source
    assert step(found, "Displayed area").text == "MAGNIFY 2.5: rows 1 to 2, columns 2 to 3"
    assert "NIGHT" in step(found, "Displayed area").source
    found = explain(STORED, FrameDescription(2, 3), WINDOW, view=replace(view, graphics=False))
    assert step(found, "Annotations").text == "switched off in the view"


def test_a_hostile_shutter_costs_little_at_each_pixel() -> None:
    zigzag = tuple((float(-9 if n % 2 else 9), float(n % 97 - 40)) for n in range(20_000))
    description = FrameDescription(2, 3, shutter=Shutter(polygon=zigzag))
    explain(STORED, description, WINDOW, point_rc=(0, 1))
    start = time.perf_counter()
    explain(STORED, description, WINDOW, point_rc=(0, 1))
    assert time.perf_counter() - start < 0.08


def test_lengths_are_those_at_the_pixel() -> None:
    region = UltrasoundRegion((0, 0, 0, 2), 0.05, 0.05, "cm", "cm", kind="2D")
    description = FrameDescription(2, 3, regions=(region,))
    inside = step(explain(STORED, description, WINDOW, point_rc=(0, 1)), "Lengths")
    assert inside.text.startswith("0.5 mm between rows")
    assert "SequenceOfUltrasoundRegions" in inside.source
    outside = step(explain(STORED, description, WINDOW, point_rc=(1, 1)), "Lengths")
    assert outside.text.startswith("in pixels")


def test_lengths_set_by_hand_are_said_to_be() -> None:
    description = FrameDescription(
        2, 3, spacing_rc_mm=(1, 1), spacing_source="manual", spacing_note="set by hand"
    )
    assert step(explain(STORED, description, WINDOW), "Lengths").source == "set by hand"
