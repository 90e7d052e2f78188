"""The explanation of a picture says the numbers that the picture itself is made of."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.imaging import display
from viewer.imaging.explain import Explanation, Step, explain
from viewer.imaging.frame import FrameDescription
from viewer.imaging.lengths import UltrasoundRegion
from viewer.imaging.modality import LookupTable, ModalityTransform
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.shutters import Shutter
from viewer.imaging.suv import Suv
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
    assert step(found, "Padding").value == "padding"
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


def test_what_is_laid_over_the_picture_is_told_at_the_pixel() -> None:
    bits = np.packbits(np.array([[0, 1, 0], [0, 0, 0]], bool), axis=1)
    description = FrameDescription(
        2,
        3,
        overlays=(OverlayPlane(0x6000, 2, 3, bits, label="outline"),),
        shutter=Shutter(rectangle=(0, 0, 0, 2)),
    )
    found = explain(STORED, description, WINDOW, point_rc=(0, 1))
    assert step(found, "Overlay 6000").value == "set"
    assert step(found, "Shutter").value == "in sight"
    found = explain(STORED, description, WINDOW, point_rc=(1, 1))
    assert step(found, "Overlay 6000").value == "not set"
    assert step(found, "Shutter").value == "hidden by the shutter"


def test_lengths_are_those_at_the_pixel() -> None:
    region = UltrasoundRegion((0, 0, 0, 2), 0.05, 0.05, "cm", "cm", kind="2D")
    description = FrameDescription(2, 3, regions=(region,))
    inside = step(explain(STORED, description, WINDOW, point_rc=(0, 1)), "Lengths")
    assert inside.text.startswith("0.5 mm between rows")
    assert "SequenceOfUltrasoundRegions" in inside.source
    outside = step(explain(STORED, description, WINDOW, point_rc=(1, 1)), "Lengths")
    assert outside.text.startswith("in pixels")
