"""The panel explains the picture as it is on screen, and says why there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pytestqt.qtbot import QtBot

from tests.dicom.states import CT, a_drawn_state, write
from tests.ui.screens import entries, wait_picture
from viewer.imaging.explain import explain
from viewer.imaging.explain_view import View
from viewer.imaging.frame import FrameDescription
from viewer.imaging.pixel_shape import stretch_of
from viewer.imaging.shutters import Shutter
from viewer.imaging.turning import Turn
from viewer.imaging.voi import VoiWindow
from viewer.session.viewport import Layers, Picture
from viewer.ui.explain.panel import ExplainPanel
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel

Open = Callable[..., None]
OVERLAY = str(get_testdata_file("examples_overlay.dcm", download=False))


def line(text: str, title: str) -> list[str]:
    """Give value, text and source of a step."""
    return next(row for row in text.splitlines() if row.startswith(title)).split("\t")[1:]


def titles(text: str) -> list[str]:
    return [row.split("\t")[0] for row in text.splitlines()]


@pytest.fixture
def panel(qtbot: QtBot) -> ExplainPanel:
    """Give a shown panel of its own."""
    panel = ExplainPanel()
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def picture(**changes: object) -> Picture:
    description = FrameDescription(2, 3, shutter=Shutter(rectangle=(0, 0, 0, 2)))
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3)
    shown = Picture(pixels, description=description, voi=VoiWindow(3, 6, "LINEAR_EXACT"))
    return replace(shown, **changes)  # type: ignore[arg-type]


def test_layers_and_turns_by_hand_are_followed_as_they_are_switched(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    open_paths(OVERLAY)
    wait_picture(qtbot, window)
    window.menus.action("explain").trigger()
    panel = window.explain_panel
    panel.point_at((4.0, 4.0))
    assert line(panel.text(), "Overlay 6000")[0]
    window.menus.action("overlays").trigger()
    assert line(panel.text(), "Overlay 6000")[:2] == ["", "switched off in the view"]
    window.menus.action("overlays").trigger()
    assert line(panel.text(), "Overlay 6000")[0]
    entries(window, "menuOverlayGroups")[0].trigger()
    assert line(panel.text(), "Overlay 6000")[:2] == ["", "switched off in the view"]
    assert "Turn" not in titles(panel.text())
    window.menus.action("turnRight").trigger()
    assert line(panel.text(), "Turn") == ["", "turned 90° clockwise", "by hand"]


def test_a_state_and_what_is_turned_after_it_are_told(
    qtbot: QtBot, window: MainWindow, open_paths: Open, tmp_path: Path
) -> None:
    shutil.copy(CT, tmp_path / "image.dcm")
    write(a_drawn_state(ImageRotation=90, ImageHorizontalFlip="N"), tmp_path / "state.dcm")
    open_paths(tmp_path)
    wait_picture(qtbot, window)
    window.menus.action("explain").trigger()
    entries(window, "menuPresentationState")[1].trigger()
    qtbot.waitUntil(lambda: window.view.picture.state is not None)
    window.menus.action("mirror").trigger()
    text = window.explain_panel.text()
    assert line(text, "Turn")[1] == "turned 90° clockwise, mirrored left to right"
    assert "ImageRotation (0070,0042) 90" in line(text, "Turn")[2]
    assert line(text, "Turn")[2].endswith("then by hand: mirrored left to right")
    assert line(text, "Annotations")[1] == "2 graphics, 1 text"
    assert "rows 11 to 40" in line(text, "Displayed area")[1]
    window.menus.action("graphics").trigger()
    assert line(window.explain_panel.text(), "Annotations")[1] == "switched off in the view"


def test_a_shutter_that_is_switched_off_hides_nothing(panel: ExplainPanel) -> None:
    panel.set_picture(picture())
    panel.point_at((1, 1))
    assert line(panel.text(), "Shutter")[0] == "hidden: 0"
    assert line(panel.text(), "Screen value")[0] == "0"
    panel.set_picture(picture(layers=Layers(shutter=False)))
    assert "hidden" not in panel.text()
    assert line(panel.text(), "Screen value")[0] == "170"


def test_notes_on_the_geometry_of_the_stack_are_among_the_warnings(panel: ExplainPanel) -> None:
    panel.set_picture(picture(geometry_notes=("gap of 10 mm after frame 3",)))
    warnings = panel.findChild(PlainLabel, "explainWarnings")
    assert "gap of 10 mm after frame 3" in warnings.text()
    assert "gap of 10 mm after frame 3" in panel.text()


def test_the_geometry_notes_of_an_open_series_reach_the_panel(
    qtbot: QtBot, window: MainWindow, open_paths: Open, tmp_path: Path
) -> None:
    dataset = pydicom.dcmread(CT)
    for number, z in enumerate((0.0, 5.0, 10.0, 30.0, 35.0, 40.0)):
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
        dataset.InstanceNumber = number
        dataset.ImagePositionPatient = [0, 0, z]
        dataset.save_as(tmp_path / f"{number}.dcm")
    open_paths(tmp_path)
    wait_picture(qtbot, window)
    window.menus.action("explain").trigger()
    notes = window.workspace.viewport.stack.geometry_notes
    assert notes
    assert all(note in window.explain_panel.text() for note in notes)


def test_a_window_set_by_hand_is_called_so_as_in_the_list(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
    window.menus.action("explain").trigger()
    window.workspace.set_window(40, 400)
    assert line(window.explain_panel.text(), "Window")[2] == "set by hand"


def test_why_there_is_no_picture_is_said_in_place_of_a_hint(panel: ExplainPanel) -> None:
    title = panel.findChild(PlainLabel, "explainTitle")
    assert title.text().startswith("Point at a picture")
    panel.set_picture(Picture(message="The frame is cut off."))
    assert title.text() == "No picture: The frame is cut off."
    assert not panel.text()
    panel.set_picture(picture())
    assert title.text().startswith("Point at a picture")


@pytest.mark.parametrize(
    "description",
    [
        FrameDescription(2, 3, spacing_rc_mm=(0.5, 0.2)),
        FrameDescription(2, 3, spacing_rc_mm=(0.0, 0.2), pixel_aspect_rc=(4, 3)),
        FrameDescription(2, 3, spacing_rc_mm=(0.2, 0.2), pixel_aspect_rc=(4, 3)),
        FrameDescription(2, 3, pixel_aspect_rc=(float("nan"), 3)),
    ],
)
def test_the_shape_of_pixels_is_told_as_the_canvas_draws_them(
    description: FrameDescription,
) -> None:
    found = explain(
        np.zeros((2, 3), np.uint8), description, VoiWindow(1, 2), view=View(turn=Turn())
    )
    told = [step.text for step in found.steps if step.title == "Pixel shape"]
    down, across = stretch_of(description)
    assert told == ([f"drawn {down / across:.4g} times as high as wide"] if down != across else [])
