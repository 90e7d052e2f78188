"""What a user does with the image on screen: turn, explain, calibrate, play, hide overlays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QComboBox, QDockWidget, QInputDialog, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.screens import catch_up, entries, wait_picture
from viewer.session.actions import ACTIONS
from viewer.session.settings import Settings
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel

Open = Callable[..., None]
CT = str(get_testdata_file("CT_small.dcm", download=False))


def test_turning_turns_the_picture_and_its_letters_and_the_readout_stays_true(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
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


def test_an_overlay_left_out_of_one_series_is_drawn_over_another(
    qtbot: QtBot, window: MainWindow, open_paths: Open, tmp_path: Path
) -> None:
    overlay = get_testdata_file("examples_overlay.dcm", download=False)
    other = pydicom.dcmread(overlay)
    other.SeriesInstanceUID = "1.2.3.4"
    other.SOPInstanceUID = "1.2.3.5"
    other.file_meta.MediaStorageSOPInstanceUID = other.SOPInstanceUID
    shutil.copy(overlay, tmp_path / "one.dcm")
    other.save_as(tmp_path / "two.dcm")
    open_paths(tmp_path)
    wait_picture(qtbot, window)
    drawn = window.view.canvas.grab_image()
    entries(window, "menuOverlayGroups")[0].trigger()
    hidden = window.view.canvas.grab_image()
    assert hidden != drawn
    window.workspace.step_stack(1)
    wait_picture(qtbot, window)
    assert window.view.canvas.grab_image() == drawn
    window.workspace.step_stack(-1)
    wait_picture(qtbot, window)
    assert window.view.canvas.grab_image() == hidden
    window.menus.action("reset").trigger()
    assert window.view.canvas.grab_image() == drawn


def test_the_explanation_follows_the_pointer(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
    window.menus.action("explain").trigger()
    dock = window.findChild(QDockWidget, "explainDock")
    qtbot.waitUntil(dock.isVisible)
    qtbot.waitUntil(lambda: "RescaleSlope (0028,1053)" in window.explain_panel.text())
    window.view.canvas.hovered.emit((3.0, 4.0))
    catch_up(window)
    text = window.explain_panel.text()
    assert "Row 4, column 5" in text
    assert str(window.view.picture.pixels[3, 4]) in text
    window.view.canvas.hovered.emit(None)
    catch_up(window)
    assert "Row 4, column 5" in window.explain_panel.text()


def test_one_key_shows_the_explanation_and_hides_it_again(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
    explain, tags = (window.findChild(QDockWidget, n) for n in ("explainDock", "tagDock"))
    toggle = window.menus.action("explain").trigger

    def is_in_front(dock: QDockWidget) -> bool:
        return not dock.visibleRegion().isEmpty()

    toggle()
    qtbot.waitUntil(lambda: is_in_front(explain) and not is_in_front(tags))
    toggle()
    qtbot.waitUntil(lambda: is_in_front(tags) and explain.isHidden())
    toggle()
    qtbot.waitUntil(lambda: is_in_front(explain))
    tags.raise_()
    qtbot.waitUntil(lambda: is_in_front(tags))
    toggle()  # it was behind the tags
    qtbot.waitUntil(lambda: is_in_front(explain))
    tags.hide()
    toggle()
    assert tags.isHidden()
    assert explain.isHidden()


def test_a_window_is_kept_as_a_preset_until_it_is_removed(
    qtbot: QtBot, window: MainWindow, open_paths: Open, settings: Settings
) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
    window.workspace.set_window(77, 333)
    window.menus.action("savePreset").trigger()
    dialog = window.findChild(QInputDialog)
    title = dialog.fontMetrics().horizontalAdvance(dialog.windowTitle())
    qtbot.waitUntil(lambda: dialog.width() > 2 * title)  # its bar has buttons too
    dialog.setTextValue("<b>Mine</b>")
    dialog.accept()
    presets = window.findChild(QComboBox, "windowPreset")
    catch_up(window)
    names = [presets.itemText(i) for i in range(presets.count())]
    assert "<b>Mine</b>  77 / 333" in names
    assert settings.presets("CT")[0].explanation == "<b>Mine</b>"
    assert settings.presets("MR") == ()
    entries(window, "menuRemovePreset")[0].trigger()
    assert settings.presets("CT") == ()
    catch_up(window)
    names = [presets.itemText(i) for i in range(presets.count())]
    assert not any("Mine" in name for name in names)


def test_a_length_set_by_hand_says_so(qtbot: QtBot, window: MainWindow, open_paths: Open) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
    with qtbot.waitSignal(window.workspace.messages.posted) as told:
        window.menus.action("calibrate").trigger()
    assert "Shift" in told.args[1]
    message = window.findChild(PlainLabel, "statusMessage")
    assert message.text() == told.args[1]
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
    assert message.text() == ""  # the line is there
    window.menus.action("calibrate").trigger()
    dialog = window.findChild(QInputDialog)
    assert f"{dialog.doubleValue():.1f} mm" in ruler[2]
    line = canvas.viewport().mapToGlobal(middle)
    assert not dialog.frameGeometry().contains(line)
    dialog.setDoubleValue(50)
    dialog.accept()
    description = window.view.picture.description
    pixels = np.hypot(ruler[1][0] - ruler[0][0], ruler[1][1] - ruler[0][1])
    assert description.spacing_source == "manual"
    assert description.spacing_rc_mm[1] == pytest.approx(50 / pixels)
    window.menus.action("mirror").trigger()
    assert canvas.ruler() is None  # its positions were those of the frame before
    window.menus.action("reset").trigger()
    assert window.view.picture.description.spacing_source == "PixelSpacing"


def test_the_stack_is_played_from_its_button(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    assert window.findChild(QSpinBox, "cineRate").value() == 15
    button = window.findChild(QToolButton, "cineButton")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.accessibleName() == "Stop"
    start = window.workspace.viewport.index
    qtbot.waitUntil(lambda: window.workspace.viewport.index >= start + 2)
    qtbot.keyClick(window, Qt.Key.Key_C)
    assert button.accessibleName() == "Play"


@pytest.mark.parametrize("name", ["browserFilter", "tagSearch", "windowCenterSpin", "cineRate"])
def test_letters_that_are_typed_into_a_field_do_nothing_to_the_picture(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open, name: str
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    fired: list[str] = []
    for entry in ACTIONS:
        window.menus.action(entry.id).triggered.connect(lambda _on, i=entry.id: fired.append(i))
    field = window.findChild(QWidget, name)
    window.activateWindow()  # only the active window has shortcuts, and a focus
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    letters = [entry.shortcut for entry in ACTIONS if len(entry.shortcut) == 1]
    assert len(letters) > 5
    qtbot.keyClicks(field, "".join(letters))
    assert not fired

    def fires_on_the_canvas() -> bool:
        window.activateWindow()
        window.view.canvas.setFocus()
        qtbot.keyClicks(window.view.canvas, "r")
        return "turnRight" in fired

    qtbot.waitUntil(fires_on_the_canvas)
