"""Images look under presentation states as DCMTK shows them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from tests.dicom.states import (
    COLOUR,
    CT,
    HU,
    MR,
    OVERLAY,
    WINDOW,
    a_state,
    curve,
    item,
    picture,
    uid_of,
    write,
)
from viewer.dicom.frames import read_frame
from viewer.dicom.presentation_states import read_state
from viewer.imaging.display import to_rgb32
from viewer.imaging.presentation import presented
from viewer.imaging.voi import VoiWindow


def dcmtk_picture(image: str, state: str, folder: Path) -> np.ndarray:
    """Give the grey levels that DCMTK makes of an image under a state."""
    tool = shutil.which("dcmp2pgm")
    if tool is None:
        pytest.skip("dcmp2pgm (DCMTK) is not on this machine")
    out = folder / "picture.pgm"
    subprocess.run([tool, "-q", "-p", state, image, str(out)], check=True)
    content = out.read_bytes()
    head = re.match(rb"P5\s+(?:#.*\n)?(\d+)\s+(\d+)\s+255\s", content)
    assert head is not None
    columns, rows = int(head[1]), int(head[2])
    return np.frombuffer(content[head.end() :], np.uint8).reshape(rows, columns).astype(int)


PICTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "window": (CT, {**HU, **WINDOW}),
    "inverse": (CT, {**HU, **WINDOW, "PresentationLUTShape": "INVERSE"}),
    "rescale other than the image's": (
        CT,
        {
            "RescaleSlope": 2.5,
            "RescaleIntercept": 100,
            "RescaleType": "US",
            "SoftcopyVOILUTSequence": [item(WindowCenter=2500, WindowWidth=3000)],
        },
    ),
    "VOI LUT": (
        CT,
        {**HU, "SoftcopyVOILUTSequence": [item(VOILUTSequence=[curve(1500, -500, 12, "SS", 2)])]},
    ),
    "no VOI": (CT, HU),
    "nothing": (MR, {}),
    "Modality LUT": (
        MR,
        {
            "ModalityLUTSequence": [curve(3000, 100, 16, "SS", -1, ModalityLUTType="US")],
            "SoftcopyVOILUTSequence": [item(WindowCenter=40000, WindowWidth=40000)],
        },
    ),
    "Presentation LUT": (
        MR,
        {
            "PresentationLUTShape": None,
            "PresentationLUTSequence": [curve(4096, 0, 12, "US", 0.5)],
            "SoftcopyVOILUTSequence": [item(WindowCenter=1000, WindowWidth=2000)],
        },
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_grey_levels_are_those_of_dcmtk(name: str, tmp_path: Path) -> None:
    image, attributes = PICTURES[name]
    path = write(a_state(image, **attributes), tmp_path / "state.dcm")
    theirs = dcmtk_picture(image, path, tmp_path)
    assert np.ptp(theirs) > 5
    assert np.abs(picture(image, read_state(path)) - theirs).max() <= 1


def test_monochrome1_is_not_inverted_by_a_state_that_does_not_ask_for_it(tmp_path: Path) -> None:
    image = pydicom.dcmread(MR)
    image.PhotometricInterpretation = "MONOCHROME1"
    path = str(tmp_path / "image.dcm")
    image.save_as(path)
    attributes = {"SoftcopyVOILUTSequence": [item(WindowCenter=1000, WindowWidth=2000)]}
    for shape in ("IDENTITY", "INVERSE"):
        state = write(
            a_state(path, **attributes, PresentationLUTShape=shape), tmp_path / f"{shape}.dcm"
        )
        theirs = dcmtk_picture(path, state, tmp_path)
        assert np.abs(picture(path, read_state(state)) - theirs).max() <= 1


def test_the_scrambled_tables_of_the_corpus_unscramble_the_image(
    corpus: Path, tmp_path: Path
) -> None:
    state = str(corpus / "lut_overlay" / "prLUTs.dcm")
    image = str(corpus / "lut_overlay" / "imageForPrLUTs.dcm")
    theirs = dcmtk_picture(image, state, tmp_path)
    assert np.abs(picture(image, read_state(state)) - theirs).max() <= 1


def test_only_activated_overlays_of_the_image_are_shown(tmp_path: Path) -> None:
    _, description = read_frame(OVERLAY, 0)
    groups = {plane.group for plane in description.overlays}
    assert groups
    for activated in (False, True):
        state = a_state(OVERLAY)
        state.add_new(0x60001001, "CS", "LAYER" if activated else "")
        shown = presented(
            description, read_state(write(state, tmp_path / "state.dcm")), uid_of(OVERLAY), 0
        ).overlays
        assert {plane.group for plane in shown} == (groups & {0x6000} if activated else set())


def test_a_bitmap_shutter_comes_with_its_overlay(tmp_path: Path) -> None:
    state = a_state(CT, ShutterShape="BITMAP", ShutterOverlayGroup=0x6002)
    state.ShutterPresentationValue = 0xFFFF
    add_overlay(state, 0x6002)
    add_overlay(state, 0x6004)
    _, description = read_frame(CT, 0)
    seen = presented(description, read_state(write(state, tmp_path / "state.dcm")), uid_of(CT), 0)
    assert seen.shutter is not None
    assert (seen.shutter.bitmap_group, seen.shutter.presentation_value) == (0x6002, 0xFFFF)
    assert [plane.group for plane in seen.overlays] == [0x6002]  # the other has no layer
    assert seen.shutter.source.startswith("presentation state TEST: ShutterShape")


def add_overlay(state: pydicom.Dataset, group: int) -> None:
    for element, vr, value in (
        (0x0010, "US", 8),
        (0x0011, "US", 8),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x0100, "US", 1),
        (0x0102, "US", 0),
        (0x3000, "OW", b"\xff\x00" * 4),
    ):
        state.add_new(group << 16 | element, vr, value)


def test_colour_states_keep_the_colours(tmp_path: Path) -> None:
    state = a_state(COLOUR, SOPClassUID="1.2.840.10008.5.1.4.1.1.11.2", ImageRotation=90)
    found = read_state(write(state, tmp_path / "state.dcm"))
    pixels, description = read_frame(COLOUR, 0)
    seen = presented(description, found, uid_of(COLOUR), 0)
    voi = VoiWindow(0, 1)
    assert np.array_equal(to_rgb32(pixels, seen, voi), to_rgb32(pixels, description, voi))
    assert found.turn.quarters == 1
