"""What a user does with the image on screen: turn, present, explain, calibrate, play."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QDockWidget, QInputDialog, QMenu, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from tests.dicom.states import a_state, area_item, item, write
from viewer.imaging.voi import VoiWindow
from viewer.session.settings import Settings
from viewer.ui.main_window import MainWindow

Open = Callable[..., None]
CT = str(get_testdata_file("CT_small.dcm", download=False))


def _wait_picture(qtbot: QtBot, window: MainWindow) -> None:
    def on_screen() -> bool:
        wanted = window.workspace.picture().pixels
        return wanted is not None and window.view.picture.pixels is wanted

    qtbot.waitUntil(on_screen, timeout=20_000)


def _entries(window: MainWindow, menu: str) -> list[QAction]:
    found = window.findChild(QMenu, menu)
    found.aboutToShow.emit()
    return found.actions()


@pytest.fixture
def ct_with_state(tmp_path: Path) -> Path:
    """Give a folder with a CT image and a state that inverts, turns and windows it."""
    shutil.copy(CT, tmp_path / "image.dcm")
    window = item(WindowCenter=100, WindowWidth=300)
    state = a_state(
        CT,
        ContentLabel="NIGHT",
        PresentationLUTShape="INVERSE",
        SoftcopyVOILUTSequence=[window],
        ImageRotation=90,
        ImageHorizontalFlip="N",
    )
    write(state, tmp_path / "state.dcm")
    return tmp_path


def test_turning_turns_the_picture_and_its_letters_and_the_readout_stays_true(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    open_paths(CT)
    _wait_picture(qtbot, window)
    stored = window.view.picture.pixels
    before = window.view.canvas.grab_image()
    window.menus.action("turnRight").trigger()
    after = window.view.canvas.grab_image()
    assert before != after
    assert window.view.frame_point((0.0, 127.0)) == (0.0, 0.0)
    window.menus.action("mirror").trigger()
    assert window.view.frame_point((0.0, 0.0)) == (0.0, 0.0)
    with qtbot.waitSignal(window.view.readoutChanged) as told:
        window.view.canvas.hovered.emit((5.0, 0.0))
    assert f"(stored {stored[0, 5]})" in told.args[0]
    assert "row 1, column 6" in told.args[0]
    window.menus.action("reset").trigger()
    assert window.view.canvas.grab_image() == before


def test_a_presentation_state_is_listed_applied_and_taken_off(
    qtbot: QtBot, window: MainWindow, open_paths: Open, ct_with_state: Path
) -> None:
    open_paths(ct_with_state)
    _wait_picture(qtbot, window)
    plain = window.view.canvas.grab_image()
    names = [action.text() for action in _entries(window, "menuPresentationState")]
    assert len(names) == 2
    assert "NIGHT" in names[1]
    _entries(window, "menuPresentationState")[1].trigger()
    qtbot.waitUntil(lambda: window.view.picture.state is not None)
    picture = window.view.picture
    assert picture.description.inverted
    assert isinstance(picture.voi, VoiWindow)
    assert (picture.voi.center, picture.voi.width) == (100, 300)
    assert picture.turn.quarters == 1
    assert _entries(window, "menuPresentationState")[1].isChecked()
    _entries(window, "menuPresentationState")[0].trigger()
    assert window.view.picture.state is None
    assert window.view.canvas.grab_image() == plain


def test_choosing_a_state_in_the_browser_shows_its_image_through_it(
    qtbot: QtBot, window: MainWindow, open_paths: Open, ct_with_state: Path
) -> None:
    open_paths(ct_with_state)
    _wait_picture(qtbot, window)
    stacks = window.workspace.document.stacks()
    document = next(stack for stack in stacks if not len(stack))
    window.browser.stackChosen.emit(document)
    qtbot.waitUntil(lambda: window.view.picture.state is not None)
    assert window.workspace.viewport.stack is not document


def test_a_state_that_cannot_be_read_is_said_and_the_picture_stays(
    qtbot: QtBot, window: MainWindow, open_paths: Open, ct_with_state: Path
) -> None:
    open_paths(ct_with_state)
    _wait_picture(qtbot, window)
    (ct_with_state / "state.dcm").unlink()
    with qtbot.waitSignal(window.workspace.messages.posted) as told:
        _entries(window, "menuPresentationState")[1].trigger()
    assert "presentation state" in told.args[1]
    assert window.view.picture.pixels is not None


def test_a_displayed_area_fills_the_view(
    qtbot: QtBot, window: MainWindow, open_paths: Open, tmp_path: Path
) -> None:
    shutil.copy(CT, tmp_path / "image.dcm")
    area = area_item(
        pydicom.dcmread(CT),
        DisplayedAreaTopLeftHandCorner=[33, 33],
        DisplayedAreaBottomRightHandCorner=[64, 64],
    )
    write(a_state(CT, DisplayedAreaSelectionSequence=[area]), tmp_path / "state.dcm")
    open_paths(tmp_path)
    _wait_picture(qtbot, window)
    fitted = window.view.canvas.view_zoom()
    _entries(window, "menuPresentationState")[1].trigger()
    qtbot.waitUntil(lambda: window.view.picture.state is not None)
    assert window.view.canvas.view_zoom() == pytest.approx(4 * fitted, rel=0.05)
    _entries(window, "menuPresentationState")[0].trigger()
    assert window.view.canvas.view_zoom() == pytest.approx(fitted)


def test_the_explanation_follows_the_pointer(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    open_paths(CT)
    _wait_picture(qtbot, window)
    window.menus.action("explain").trigger()
    dock = window.findChild(QDockWidget, "explainDock")
    qtbot.waitUntil(dock.isVisible)
    qtbot.waitUntil(lambda: "RescaleSlope (0028,1053)" in window.explain_panel.text())
    window.view.canvas.hovered.emit((3.0, 4.0))
    text = window.explain_panel.text()
    assert "Row 4, column 5" in text
    assert str(window.view.picture.pixels[3, 4]) in text
    window.view.canvas.hovered.emit(None)
    assert "Row 4, column 5" in window.explain_panel.text()


def test_a_window_is_kept_as_a_preset_until_it_is_removed(
    qtbot: QtBot, window: MainWindow, open_paths: Open, settings: Settings
) -> None:
    open_paths(CT)
    _wait_picture(qtbot, window)
    window.workspace.set_window(77, 333)
    window.menus.action("savePreset").trigger()
    dialog = window.findChild(QInputDialog)
    dialog.setTextValue("<b>Mine</b>")
    dialog.accept()
    presets = window.findChild(QComboBox, "windowPreset")
    names = [presets.itemText(i) for i in range(presets.count())]
    assert "<b>Mine</b>  77 / 333" in names
    assert settings.presets("CT")[0].explanation == "<b>Mine</b>"
    assert settings.presets("MR") == ()
    _entries(window, "menuRemovePreset")[0].trigger()
    assert settings.presets("CT") == ()
    names = [presets.itemText(i) for i in range(presets.count())]
    assert not any("Mine" in name for name in names)


def test_a_length_set_by_hand_says_so(qtbot: QtBot, window: MainWindow, open_paths: Open) -> None:
    open_paths(CT)
    _wait_picture(qtbot, window)
    with qtbot.waitSignal(window.workspace.messages.posted) as told:
        window.menus.action("calibrate").trigger()
    assert "Shift" in told.args[1]
    canvas = window.view.canvas
    middle = canvas.viewport().rect().center()
    qtbot.mousePress(
        canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, middle
    )
    end = middle + QPointF(100, 0).toPoint()
    qtbot.mouseMove(canvas.viewport(), end)
    qtbot.mouseRelease(
        canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, end
    )
    ruler = canvas.ruler()
    assert ruler is not None
    window.menus.action("calibrate").trigger()
    dialog = window.findChild(QInputDialog)
    dialog.setDoubleValue(50)
    dialog.accept()
    description = window.view.picture.description
    pixels = np.hypot(ruler[1][0] - ruler[0][0], ruler[1][1] - ruler[0][1])
    assert description.spacing_source == "manual"
    assert description.spacing_rc_mm[1] == pytest.approx(50 / pixels)
    window.menus.action("reset").trigger()
    assert window.view.picture.description.spacing_source == "PixelSpacing"


def test_the_stack_is_played_from_its_button(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    _wait_picture(qtbot, window)
    assert window.findChild(QSpinBox, "cineRate").value() == 15
    button = window.findChild(QToolButton, "cineButton")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.accessibleName() == "Stop"
    start = window.workspace.viewport.index
    qtbot.waitUntil(lambda: window.workspace.viewport.index >= start + 2)
    qtbot.keyClick(window, Qt.Key.Key_C)
    assert button.accessibleName() == "Play"
