"""The read-out says the numbers of the pixel under the pointer, in full."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.stacks import Stack
from viewer.imaging.frame import FrameDescription
from viewer.imaging.lengths import UltrasoundRegion
from viewer.imaging.modality import ModalityTransform
from viewer.imaging.suv import Suv
from viewer.imaging.turning import Turn
from viewer.session.viewport import Picture
from viewer.ui.readout import corner_texts, pixel_text

HU = ModalityTransform(1.0, -1024.0, "HU")


@pytest.mark.parametrize(
    ("stored", "transform", "said"),
    [
        (np.uint16(1000), HU, "value -24 HU  (stored 1000)"),
        (np.int32(123_456_789), ModalityTransform(), "value 123456789"),
        (np.int32(123_456_789), HU, "value 123455765 HU  (stored 123456789)"),
        (np.uint16(3), ModalityTransform(0.1), "value 0.3  (stored 3)"),
        (np.uint32(4_000_000_001), ModalityTransform(2.5e-6, 0, "GY"), "value 10000 GY"),
        (np.float32(0.1), ModalityTransform(), "value 0.1"),
        (np.float64(1e300), ModalityTransform(), "value 1e+300"),
        (np.float32("nan"), ModalityTransform(), "value nan"),
        (np.float32("inf"), ModalityTransform(), "value inf"),
    ],
)
def test_values_are_said_in_full(
    stored: np.generic, transform: ModalityTransform, said: str
) -> None:
    description = FrameDescription(1, 1, modality=transform)
    assert said in pixel_text(np.array([[stored]]), description, 0, 0)


def test_the_position_is_that_of_the_nearest_pixel_and_nothing_is_said_beside_the_frame() -> None:
    pixels = np.array([[1, 2], [3, 4]], np.uint8)
    description = FrameDescription(2, 2)
    assert pixel_text(pixels, description, 0.4, 0.6) == "row 1, column 2    value 2"
    assert pixel_text(pixels, description, -0.6, 0) == ""
    assert pixel_text(pixels, description, 0, 1.5) == ""


def test_uptake_is_said_with_its_unit_or_that_there_is_none() -> None:
    pixels = np.array([[5000]], np.uint16)
    known = FrameDescription(1, 1, suv=Suv(bw=0.001))
    assert "SUVbw 5 g/ml" in pixel_text(pixels, known, 0, 0)
    unknown = FrameDescription(1, 1, suv=Suv(reason="PatientWeight is missing."))
    assert "no SUV" in pixel_text(pixels, unknown, 0, 0)


def test_a_doppler_region_says_what_its_axes_mean() -> None:
    region = UltrasoundRegion((0, 0, 9, 9), 0.01, -2.0, "s", "cm/s", (5.0, 0.0))
    description = FrameDescription(10, 10, regions=(region,))
    text = pixel_text(np.zeros((10, 10), np.uint8), description, 3, 4)
    assert "0.04 s  4 cm/s" in text


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (Turn(), ""),
        (Turn(1), "Turned right"),
        (Turn(2), "Turned 180°"),
        (Turn(3), "Turned left"),
        (Turn(0, mirrored=True), "Mirrored left to right"),
        (Turn().flipped(vertically=True), "Mirrored top to bottom"),
        (Turn(1, mirrored=True), "Turned right, mirrored left to right"),
    ],
)
def test_a_picture_that_is_not_as_stored_says_so(turn: Turn, said: str) -> None:
    stack = Stack("1", "image", (InstanceHeader("/a", 1, 1),), ((0, 0),))
    picture = Picture(description=FrameDescription(1, 1), turn=turn)
    lines = corner_texts(stack, 0, picture, 1.0).bottom_left
    assert "".join(lines[1:]) == said
