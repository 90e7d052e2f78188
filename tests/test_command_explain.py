"""`negato explain`: the chain of a frame and a pixel, in words and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from tests.dicom.states import a_drawn_state, a_state, write
from viewer.cli import main

CT = str(get_testdata_file("CT_small.dcm", download=False))


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["explain", *arguments, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def values(found: dict[str, object]) -> dict[str, str]:
    steps = found["steps"]
    assert isinstance(steps, list)
    return {step["title"]: step["value"] for step in steps}


def test_a_pixel_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, CT, "--at", "1,1", "--window", "0", "400")
    assert found["at"] == [1, 1]
    assert values(found)["Stored value"] == "175"
    assert values(found)["Modality value"] == "-849 HU"
    assert values(found)["Screen value"] == "0"


def test_in_words_each_step_names_what_it_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", CT]) == 0
    text = capsys.readouterr().out
    assert "RescaleSlope (0028,1053)" in text
    assert "automatic: 0.5% to 99.5%" in text
    assert "PixelSpacing" in text


def test_a_pixel_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", CT, "--at", "129,1"]) == 1
    assert "128 rows, 128 columns" in capsys.readouterr().err


def test_a_position_that_is_none_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["explain", CT, "--at", "middle"])
    assert ended.value.code == 2
    assert "120,64" in capsys.readouterr().err


def test_through_a_presentation_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "state.dcm"
    made = a_state(CT, ContentLabel="NIGHT", PresentationLUTShape="INVERSE")
    made.save_as(state, enforce_file_format=True)
    found = told(capsys, CT, "--at", "1,1", "--state", str(state))
    steps = found["steps"]
    assert isinstance(steps, list)
    inversion = next(step for step in steps if step["title"] == "Inversion")
    assert inversion["text"].startswith("inverted")
    assert "NIGHT" in inversion["source"]


def test_a_state_of_other_images_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = str(get_testdata_file("MR_small.dcm", download=False))
    state = tmp_path / "state.dcm"
    a_state(other).save_as(state, enforce_file_format=True)
    assert main(["explain", CT, "--state", str(state)]) == 1
    assert "not for this image" in capsys.readouterr().err


def test_what_is_left_out_of_the_picture_is_told_as_switched_off(
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = str(get_testdata_file("examples_overlay.dcm", download=False))
    drawn = told(capsys, source, "--at", "1,1")
    assert values(drawn)["Overlay 6000"]
    left_out = told(capsys, source, "--at", "1,1", "--no-overlays", "--no-shutter")
    assert not values(left_out)["Overlay 6000"]
    steps = left_out["steps"]
    assert isinstance(steps, list)
    overlay = next(step for step in steps if step["title"] == "Overlay 6000")
    assert overlay["text"] == "switched off in the view"


def test_the_turn_area_and_annotations_of_a_state_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = write(a_drawn_state(ImageRotation=90, ImageHorizontalFlip="Y"), tmp_path / "state.dcm")
    steps = told(capsys, CT, "--state", state)["steps"]
    assert isinstance(steps, list)
    texts = {step["title"]: step["text"] for step in steps}
    assert texts["Turn"] == "turned 90° clockwise, mirrored left to right"
    assert texts["Displayed area"] == "SCALE TO FIT: rows 11 to 40, columns 5 to 30"
    assert texts["Annotations"] == "2 graphics, 1 text"
