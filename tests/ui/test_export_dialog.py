"""Exporting in the window: what is chosen, what is told before, what is written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.images import an_image
from tests.ui.screens import on_screen, packed, wait_picture
from viewer import program
from viewer.imaging.turning import Turn
from viewer.session import export_order
from viewer.session.export_order import FORMATS
from viewer.ui import main_window
from viewer.ui.data.export_dialog import ExportDialog
from viewer.ui.dialogs.target_place import TargetPlace
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel

_COMMAND = str(Path(__file__).parents[1] / "session/fake_data_command.py")

Manners = Callable[[str], None]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict]]:
    """Give a function that gives what the fake commands were told to write, in order."""
    path = tmp_path / "told.json"
    monkeypatch.setenv("NEGATO_FAKE_TOLD", str(path))

    def read() -> list[dict]:
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        return [line for line in lines if "--dry-run" not in line["arguments"]]

    return read


@pytest.fixture
def manner(monkeypatch: pytest.MonkeyPatch, told: Callable[[], list[dict]]) -> Manners:
    """Give a function that says how the command will behave."""

    def behave(name: str) -> None:
        monkeypatch.setattr(
            program, "command", lambda *args: [sys.executable, _COMMAND, name, *args]
        )

    return behave


@pytest.fixture
def dialog(
    qtbot: QtBot, window: MainWindow, open_paths: Callable[..., None], tmp_path: Path
) -> ExportDialog:
    """Give the dialog as the menu opens it, over a study of three images."""
    for number in (1, 2, 3):
        an_image(tmp_path / "files" / f"{number}", "Doe^Jane", number, value=10 * number)
    open_paths(tmp_path / "files")
    wait_picture(qtbot, window)
    window.menus.action("export").trigger()
    dialog = window.findChild(ExportDialog)
    qtbot.waitExposed(dialog)
    qtbot.waitUntil(lambda: dialog._what.scopes.scope is not None)
    return dialog


def text(dialog: ExportDialog, name: str) -> str:
    return dialog.findChild(QLabel, name).text()


def button(dialog: ExportDialog, name: str) -> QPushButton:
    return dialog.findChild(QPushButton, name)


def choose(dialog: ExportDialog, name: str, begins: str) -> None:
    """Choose the entry of a box that begins so."""
    box = dialog.findChild(QComboBox, name)
    place = next(row for row in range(box.count()) if box.itemText(row).startswith(begins))
    box.setCurrentIndex(place)
    box.activated.emit(place)


def export(qtbot: QtBot, dialog: ExportDialog, folder: Path, name: str = "out") -> str:
    """Write into a folder there; give what is said of it."""
    place = dialog.findChild(TargetPlace)
    place.set_folder(str(folder))
    qtbot.waitUntil(lambda: place.target is not None)
    place.name.setText(name)
    place._name_edited()
    qtbot.waitUntil(lambda: place.target is not None and place.target.path == str(folder / name))
    qtbot.waitUntil(button(dialog, "writeExport").isEnabled, timeout=20_000)
    dialog._outcome._heading.clear()
    qtbot.mouseClick(button(dialog, "writeExport"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(text(dialog, "exportOutcome")), timeout=60_000)
    return text(dialog, "exportOutcome")


def test_the_scopes_say_how_much_they_are_and_the_frame_follows_the_screen(
    qtbot: QtBot, window: MainWindow, dialog: ExportDialog
) -> None:
    box = dialog.findChild(QComboBox, "exportScope")
    assert [box.itemText(row) for row in range(box.count())] == [
        "This frame (1 of 3)",
        "This stack (3 images)",
        "This series: OT (3 files, 3 images)",
        "This study (3 files, 3 images)",
        "All that is open (3 files, 3 images)",
    ]
    window.workspace.go_to(2)
    qtbot.waitUntil(lambda: box.itemText(0) == "This frame (3 of 3)")


def test_pictures_are_written_by_the_command_with_the_window_and_turn_on_screen(
    qtbot: QtBot,
    window: MainWindow,
    dialog: ExportDialog,
    manner: Manners,
    told: Callable[[], list[dict]],
    tmp_path: Path,
) -> None:
    manner("works")
    window.workspace.set_window(12.5, 40)
    window.workspace.turn(Turn(1, mirrored=True))
    dialog.findChild(QLineEdit, "exportFrames").setText("1-2")
    export(qtbot, dialog, tmp_path)
    (order,) = told()
    assert order["arguments"][2:] == [
        *("-o", str(tmp_path / "out"), "--format", "png", "--values", "seen"),
        *("--window", "12.5", "40", "--turn", "90", "--mirror"),
    ]
    assert order["frames"] == "1-2"
    assert order["stacks"] == [window.workspace.viewport.stack.uid]
    assert [Path(path).name for path in order["paths"]] == ["1", "2", "3"]


def test_a_volume_takes_the_steps_of_a_pipeline(
    qtbot: QtBot,
    dialog: ExportDialog,
    manner: Manners,
    told: Callable[[], list[dict]],
    tmp_path: Path,
) -> None:
    manner("works")
    choose(dialog, "exportFormat", "NumPy .npz")
    dialog.findChild(QLineEdit, "exportSpacing").setText("1,0.5,0.5")
    dialog.findChild(QLineEdit, "exportClip").setText("-1000,400")
    choose(dialog, "exportNormalise", "to 0")
    choose(dialog, "exportDtype", "float32")
    export(qtbot, dialog, tmp_path)
    arguments = told()[0]["arguments"]
    steps = [arguments[at + 1] for at, one in enumerate(arguments) if one == "--step"]
    assert steps == [
        'values = "modality"',
        "resample = {spacing_mm = [1, 0.5, 0.5]}",
        "clip = [-1000, 400]",
        'normalise = "unit"',
        'dtype = "float32"',
    ]


@pytest.mark.parametrize(
    ("line", "typed", "problem"),
    [
        ("exportSpacing", "1,2", "The spacing is one number"),
        ("exportClip", "a", "Spacing and range are numbers"),
        ("exportFrames", "0-2", "Write frames as 1-20,33"),
        ("exportFrames", "2-9", "There is no frame 9"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_written(
    qtbot: QtBot, dialog: ExportDialog, line: str, typed: str, problem: str
) -> None:
    choose(dialog, "exportFormat", "NumPy .npz")
    dialog.findChild(QLineEdit, line).setText(typed)
    qtbot.waitUntil(lambda: text(dialog, "exportProblem").startswith(problem))
    assert not button(dialog, "writeExport").isEnabled()


def test_a_format_whose_library_is_missing_says_what_to_install(
    qtbot: QtBot, window: MainWindow, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog._what._set_missing(frozenset({"nibabel"}))
    choose(dialog, "exportFormat", "NIfTI")
    qtbot.waitUntil(lambda: text(dialog, "exportProblem") == "NIfTI needs pip install nibabel.")
    monkeypatch.setattr(export_order, "find_spec", lambda _name: None)
    assert export_order.missing_libraries() == {form.library for form in FORMATS} - {""}


def test_names_are_shown_before_and_a_pattern_that_is_none_is_refused(
    qtbot: QtBot, dialog: ExportDialog
) -> None:
    qtbot.waitUntil(lambda: text(dialog, "exportNames") != "", timeout=30_000)
    assert text(dialog, "exportNames").split("\n")[0] == "OT_none_0001.png"
    pattern = dialog.findChild(QLineEdit, "exportPattern")
    pattern.setText("slice_{frame:02}")
    qtbot.waitUntil(
        lambda: text(dialog, "exportNames") == "slice_01.png\nslice_02.png\nslice_03.png",
        timeout=30_000,
    )
    pattern.setText("{nothing}")
    qtbot.waitUntil(lambda: "has no field" in text(dialog, "exportProblem"), timeout=30_000)
    assert not button(dialog, "writeExport").isEnabled()


def test_pictures_as_on_screen_have_what_is_on_screen_and_move_nothing(
    qtbot: QtBot, window: MainWindow, dialog: ExportDialog, tmp_path: Path
) -> None:
    window.view.canvas.zoom_by(2.0, window.view.canvas.rect().center().toPointF())
    shown = on_screen(window.view.canvas)
    choose(dialog, "exportValues", "As on screen")
    said = export(qtbot, dialog, tmp_path)
    assert said == f"3 pictures written to {tmp_path / 'out'}."
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == ["OT_001.png", "OT_002.png", "OT_003.png"]
    pictures = [packed(QImage(str(file))) for file in files]
    assert np.array_equal(pictures[0], shown)
    assert not np.array_equal(pictures[0], pictures[1])  # the texts count the frames
    assert window.workspace.viewport.index == 0
    assert np.array_equal(on_screen(window.view.canvas), shown)


def test_the_pictures_are_those_that_scrolling_shows(
    qtbot: QtBot, window: MainWindow, dialog: ExportDialog, tmp_path: Path
) -> None:
    window.workspace.set_window(20, 40)
    window.workspace.turn(Turn(1))
    choose(dialog, "exportValues", "As on screen")
    export(qtbot, dialog, tmp_path)
    window.workspace.go_to(2)
    wait_picture(qtbot, window)
    last = packed(QImage(str(tmp_path / "out" / "OT_003.png")))
    assert np.array_equal(last, on_screen(window.view.canvas))


def test_pictures_that_are_there_are_replaced_on_request_alone(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
) -> None:
    choose(dialog, "exportValues", "As on screen")
    choose(dialog, "exportScope", "This frame")
    (tmp_path / "out").mkdir()
    there = tmp_path / "out" / "OT_001.png"
    there.write_text("mine")
    assert export(qtbot, dialog, tmp_path).startswith("1 file is there already")
    assert there.read_text() == "mine"
    qtbot.mouseClick(button(dialog, "changeExport"), Qt.MouseButton.LeftButton)
    dialog.findChild(QCheckBox, "exportReplace").setChecked(True)
    assert export(qtbot, dialog, tmp_path).startswith("1 picture written")
    assert there.read_bytes().startswith(b"\x89PNG")


def test_a_stack_that_is_closed_meanwhile_ends_its_pictures(
    qtbot: QtBot, window: MainWindow, dialog: ExportDialog, tmp_path: Path
) -> None:
    choose(dialog, "exportValues", "As on screen")
    place = dialog.findChild(TargetPlace)
    place.set_folder(str(tmp_path))
    qtbot.waitUntil(button(dialog, "writeExport").isEnabled)
    dialog._start()
    window.workspace.close_all()
    assert text(dialog, "exportOutcome") == "It was closed before all of it was written."


def test_a_failure_is_told_and_another_choice_offered(
    qtbot: QtBot, dialog: ExportDialog, manner: Manners, tmp_path: Path
) -> None:
    manner("works")
    place = dialog.findChild(TargetPlace)
    place.set_folder(str(tmp_path))
    qtbot.waitUntil(button(dialog, "writeExport").isEnabled, timeout=20_000)
    manner("fails")
    qtbot.mouseClick(button(dialog, "writeExport"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "There is no room" in text(dialog, "exportOutcome"), timeout=30_000)
    assert button(dialog, "changeExport").isVisible()


def test_escape_stops_and_says_what_stays(
    qtbot: QtBot, dialog: ExportDialog, manner: Manners, tmp_path: Path
) -> None:
    manner("works")
    place = dialog.findChild(TargetPlace)
    place.set_folder(str(tmp_path))
    qtbot.waitUntil(button(dialog, "writeExport").isEnabled, timeout=20_000)
    manner("waits")
    qtbot.mouseClick(button(dialog, "writeExport"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: text(dialog, "exportCount") == "1 of 3", timeout=30_000)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    qtbot.waitUntil(button(dialog, "changeExport").isVisible, timeout=30_000)


def test_it_is_found_again_and_no_label_is_markup(window: MainWindow, dialog: ExportDialog) -> None:
    window.menus.action("export").trigger()
    assert len(window.findChildren(ExportDialog)) == 1
    assert all(isinstance(label, PlainLabel) for label in dialog.findChildren(QLabel))


def test_what_is_written_can_be_remembered_and_is_not_where_nothing_is(
    qtbot: QtBot, window: MainWindow, dialog: ExportDialog, manner: Manners, tmp_path: Path
) -> None:
    manner("works")
    window.workspace.settings.set_remembers_recent(False)
    export(qtbot, dialog, tmp_path)
    assert window.workspace.settings.picture_folder() == ""


@pytest.mark.parametrize(
    ("begins", "name"), [("PNG", "*.png"), ("NumPy .npz", "*.npz"), ("DICOM", "*.dcm")]
)
def test_the_sample_is_exported(
    qtbot: QtBot,
    window: MainWindow,
    open_paths: Callable[..., None],
    sample: Path,
    tmp_path: Path,
    begins: str,
    name: str,
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    window.menus.action("export").trigger()
    dialog = window.findChild(ExportDialog)
    qtbot.waitUntil(lambda: dialog._what.scopes.scope is not None)
    choose(dialog, "exportFormat", begins)
    export(qtbot, dialog, tmp_path)
    images = len(window.workspace.viewport.stack)
    expected = 1 if name == "*.npz" else images
    assert len(list((tmp_path / "out").glob(name))) == expected


def test_the_menus_of_picture_and_study_offer_it(
    qtbot: QtBot, window: MainWindow, dialog: ExportDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.close()
    qtbot.waitUntil(lambda: window.findChild(ExportDialog) is None)
    shown: list[list[QAction]] = []

    class Menu(QMenu):
        def popup(self, _at: QPoint) -> None:  # none comes up where nobody looks
            shown.append(self.actions())

    monkeypatch.setattr(main_window, "QMenu", Menu)
    window._canvas_menu(QPoint())
    window._study_menu(window.workspace.viewport.stack.headers[0].study_instance_uid, QPoint())
    of_picture, of_study = shown
    assert window.menus.action("export") in of_picture
    next(action for action in of_study if action.text() == "Export…").trigger()
    assert window.findChild(ExportDialog).isVisible()
