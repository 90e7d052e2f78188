"""De-identifying in the window: what is asked, what is shown before, what is written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTreeView,
)
from pytestqt.qtbot import QtBot

from tests.ui.images import an_image
from tests.ui.screens import drag_widget, wait_picture
from viewer import program
from viewer.ui.data.deidentify_dialog import DeidentifyDialog, _report_of
from viewer.ui.data.deidentify_model import ChangesModel, Column
from viewer.ui.data.held_page import HeldPage
from viewer.ui.data.rectangles_page import DrawnPicture
from viewer.ui.dialogs.target_place import TargetPlace
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel

_COMMAND = str(Path(__file__).parents[1] / "session/fake_data_command.py")

Manners = Callable[[str], None]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict]]:
    """Give a function that gives what the fake commands were told, in order."""
    path = tmp_path / "told.json"
    monkeypatch.setenv("NEGATO_FAKE_TOLD", str(path))
    return lambda: [json.loads(line) for line in path.read_text().splitlines()]


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
) -> DeidentifyDialog:
    """Give the dialog as the menu opens it, over a study of three images."""
    for number in (1, 2, 3):
        an_image(tmp_path / "files" / f"{number}", "Doe^Jane", number)
    open_paths(tmp_path / "files")
    wait_picture(qtbot, window)
    window.menus.action("deidentify").trigger()
    dialog = window.findChild(DeidentifyDialog)
    qtbot.waitExposed(dialog)
    qtbot.waitUntil(button(dialog, "previewDeidentified").isEnabled)
    return dialog


def text(dialog: DeidentifyDialog, name: str) -> str:
    return dialog.findChild(QLabel, name).text()


def button(dialog: DeidentifyDialog, name: str) -> QPushButton:
    return dialog.findChild(QPushButton, name)


def press(qtbot: QtBot, dialog: DeidentifyDialog, name: str) -> None:
    qtbot.mouseClick(button(dialog, name), Qt.MouseButton.LeftButton)


def look(qtbot: QtBot, dialog: DeidentifyDialog) -> ChangesModel:
    """Have the preview made; give its list."""
    press(qtbot, dialog, "previewDeidentified")
    qtbot.waitUntil(lambda: dialog._looking is None, timeout=60_000)
    return dialog.findChild(ChangesModel)


def write(qtbot: QtBot, dialog: DeidentifyDialog, folder: Path) -> str:
    """Write into a new folder there; give what is said of it."""
    dialog.findChild(TargetPlace).set_folder(str(folder))
    qtbot.waitUntil(button(dialog, "writeDeidentified").isEnabled)
    press(qtbot, dialog, "writeDeidentified")
    qtbot.waitUntil(lambda: bool(text(dialog, "deidentifyOutcome")), timeout=60_000)
    return text(dialog, "deidentifyOutcome")


def row_of(model: ChangesModel, tag: str) -> QModelIndex:
    rows = (model.index(row, Column.TAG) for row in range(model.rowCount()))
    return next(index for index in rows if index.data() == tag)


def cells(index: QModelIndex) -> list[str]:
    return [index.siblingAtColumn(column).data() for column in Column]


def test_what_is_the_same_in_all_files_is_one_row_and_what_differs_opens(
    qtbot: QtBot, dialog: DeidentifyDialog, manner: Manners
) -> None:
    manner("works")
    model = look(qtbot, dialog)
    assert [model.index(row, 0).data() for row in range(3)] == [
        "(0008,0018)",
        "(0008,0080)",
        "(0010,0010)",
    ]
    name = row_of(model, "(0010,0010)")
    assert cells(name)[3:] == ["<b>Doe</b>^Jane", "N-1", "3"]
    assert model.rowCount(name) == 0
    uid = row_of(model, "(0008,0018)")
    assert cells(uid)[3] == "3 different values"
    assert [cells(model.index(row, 0, uid))[3:] for row in range(model.rowCount(uid))] == [
        [f"1.2.{number}", f"2.25.{number}", "1"] for number in range(3)
    ]
    assert text(dialog, "changesCount") == "9 changes of 3 elements in 3 files"


def test_a_value_is_found_by_a_search(
    qtbot: QtBot, dialog: DeidentifyDialog, manner: Manners
) -> None:
    manner("works")
    model = look(qtbot, dialog)
    search = dialog.findChild(QLineEdit, "changesSearch")
    qtbot.keyClicks(search, "2.25.1")
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    uid = model.index(0, 0)
    assert [cells(model.index(0, 0, uid))[3]] == ["1.2.1"]
    assert model.rowCount(uid) == 1
    search.clear()
    qtbot.keyClicks(search, "institution")
    qtbot.waitUntil(lambda: model.index(0, 0).data() == "(0008,0080)")
    search.clear()
    qtbot.waitUntil(lambda: model.rowCount() == 3)


def test_a_hundred_thousand_changes_stay_legible(
    qtbot: QtBot, dialog: DeidentifyDialog, manner: Manners
) -> None:
    manner("many")
    model = look(qtbot, dialog)
    assert text(dialog, "changesCount") == "102,000 changes of 3 elements in 34,000 files"
    uid = row_of(model, "(0008,0018)")
    tree = dialog.findChild(QTreeView, "changes")
    tree.expand(uid)
    last = model.index(model.rowCount(uid) - 1, Column.BEFORE, uid)
    assert last.data().endswith("more: search for them")
    qtbot.keyClicks(dialog.findChild(QLineEdit, "changesSearch"), "2.25.33999")
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    assert cells(model.index(0, 0, model.index(0, 0)))[3] == "1.2.33999"


def test_what_is_chosen_goes_to_the_command_twice_and_the_report_beside_the_files(
    qtbot: QtBot,
    dialog: DeidentifyDialog,
    manner: Manners,
    told: Callable[[], list[dict]],
    tmp_path: Path,
) -> None:
    manner("works")
    dialog.findChild(QCheckBox, "retain-uids").click()
    dialog.findChild(QComboBox, "deidentifyDates").setCurrentIndex(1)
    dialog.findChild(QLineEdit, "deidentifyKey").setText("/keys/mine")
    dialog.findChild(QLineEdit, "blackOut").setText("1,1,4,20; 9,2,2,3")
    look(qtbot, dialog)
    said = write(qtbot, dialog, tmp_path)
    assert said.startswith("3 files written to ")
    (out,) = tmp_path.glob("DEIDENTIFIED-*[0-9]")
    dry, wet = told()
    shared = [
        *("--profile", "basic,retain-uids,retain-modified-dates", "--key-file", "/keys/mine"),
        *("--black-out", "1,1,4,20", "--black-out", "9,2,2,3"),
    ]
    assert dry["arguments"] == ["--control", "--json", "--dry-run", *shared]
    report = ["--report", f"{out}-report.json"]
    assert wet["arguments"] == ["--control", "--json", "-o", str(out), *shared, *report]
    names = [Path(path).name for path in dry["paths"]]
    assert names == ["1", "2", "3"]
    assert wet["paths"] == dry["paths"]


def test_held_files_are_left_out_until_each_is_confirmed(
    qtbot: QtBot,
    dialog: DeidentifyDialog,
    manner: Manners,
    told: Callable[[], list[dict]],
    tmp_path: Path,
) -> None:
    manner("holds")
    look(qtbot, dialog)
    held = dialog.findChild(HeldPage)
    assert len(held) == 3
    assert "3 files held back" in text(dialog, "previewState")
    item = held._list.topLevelItem(1)
    assert item.text(1) == "BurnedInAnnotation is YES."
    item.setCheckState(0, Qt.CheckState.Checked)
    said = write(qtbot, dialog, tmp_path)
    wet = told()[1]
    assert [Path(path).name for path in wet["paths"]] == ["2"]
    assert "burned-in" in wet["arguments"][wet["arguments"].index("--confirm") + 1]
    assert said.endswith("2 files were left out.")
    assert "BurnedInAnnotation is YES." in dialog._outcome.text


def test_a_held_file_is_shown_in_the_window(
    qtbot: QtBot, window: MainWindow, dialog: DeidentifyDialog, manner: Manners
) -> None:
    manner("holds")
    look(qtbot, dialog)
    held = dialog.findChild(HeldPage)
    held._list.setCurrentItem(held._list.topLevelItem(2))
    held.findChild(QPushButton, "showHeld").click()
    assert window.workspace.viewport.index == 2


def test_a_rectangle_is_drawn_with_the_mouse(qtbot: QtBot, dialog: DeidentifyDialog) -> None:
    dialog._rectangles.parentWidget().parentWidget().setCurrentIndex(1)
    picture = dialog.findChild(DrawnPicture)
    room = picture._room()
    start = QPoint(round(room.left()), round(room.top()))
    end = QPoint(round(room.left() + room.width() / 2), round(room.bottom()) - 1)
    drag_widget(qtbot, picture, start, end)
    typed = dialog.findChild(QLineEdit, "blackOut").text()
    row, column, rows, columns = map(int, typed.split(","))
    assert (row, column) == (1, 1)
    assert rows in (23, 24)
    assert columns in (9, 10, 11)


def test_a_rectangle_that_is_none_is_told_of(dialog: DeidentifyDialog) -> None:
    dialog.findChild(QLineEdit, "blackOut").setText("1,2,3")
    assert text(dialog, "deidentifyProblem").startswith("A rectangle is row, column")
    assert not button(dialog, "previewDeidentified").isEnabled()


def test_the_preview_needs_no_folder_and_writing_does(
    qtbot: QtBot, dialog: DeidentifyDialog, manner: Manners
) -> None:
    manner("works")
    assert "the preview needs none" in text(dialog, "deidentifyProblem")
    look(qtbot, dialog)
    assert not button(dialog, "writeDeidentified").isEnabled()


def test_a_preview_that_fails_says_why_and_lets_nothing_be_written(
    qtbot: QtBot, dialog: DeidentifyDialog, manner: Manners, tmp_path: Path
) -> None:
    manner("fails")
    dialog.findChild(TargetPlace).set_folder(str(tmp_path))
    look(qtbot, dialog)
    assert text(dialog, "previewState").startswith("There is no room")
    assert not button(dialog, "writeDeidentified").isEnabled()


def test_escape_leaves_the_preview_and_stops_it(
    qtbot: QtBot, dialog: DeidentifyDialog, manner: Manners
) -> None:
    manner("waits")
    press(qtbot, dialog, "previewDeidentified")
    qtbot.waitUntil(lambda: dialog.findChild(ChangesModel).rowCount() == 3, timeout=30_000)
    with qtbot.waitSignal(dialog._looking._job.destroyed, timeout=30_000):  # its process has ended
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert button(dialog, "previewDeidentified").isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_preview_closes_and_says_what_is_missing_to_write(
    qtbot: QtBot, dialog: DeidentifyDialog, manner: Manners
) -> None:
    manner("works")
    look(qtbot, dialog)
    assert not button(dialog, "writeDeidentified").isEnabled()
    assert "choose a folder" in text(dialog, "previewState")
    dialog.close()
    assert not dialog.isVisible()


def test_closing_while_it_is_written_stops_it_and_the_window_says_so(
    qtbot: QtBot, window: MainWindow, dialog: DeidentifyDialog, manner: Manners, tmp_path: Path
) -> None:
    manner("works")
    look(qtbot, dialog)
    manner("waits")
    dialog.findChild(TargetPlace).set_folder(str(tmp_path))
    qtbot.waitUntil(button(dialog, "writeDeidentified").isEnabled)
    press(qtbot, dialog, "writeDeidentified")
    qtbot.waitUntil(lambda: text(dialog, "deidentifyCount") == "1 of 3", timeout=30_000)
    with qtbot.waitSignal(window.workspace.messages.posted, timeout=30_000) as posted:
        dialog.close()
    assert "Nothing was de-identified" in posted.args[1]
    assert not list(tmp_path.glob("DEIDENTIFIED-*"))


def test_it_says_what_it_does_not_promise_and_no_label_is_markup(
    dialog: DeidentifyDialog, window: MainWindow
) -> None:
    labels = dialog.findChildren(QLabel)
    assert any("does not promise" in label.text() for label in labels)
    assert all(isinstance(label, PlainLabel) for label in labels)
    window.menus.action("deidentify").trigger()
    assert len(window.findChildren(DeidentifyDialog)) == 1


def test_the_sample_is_de_identified(
    qtbot: QtBot,
    window: MainWindow,
    open_paths: Callable[..., None],
    sample: Path,
    tmp_path: Path,
) -> None:
    open_paths(sample)
    window.menus.action("deidentify").trigger()
    dialog = window.findChild(DeidentifyDialog)
    qtbot.waitUntil(button(dialog, "previewDeidentified").isEnabled)
    model = look(qtbot, dialog)
    name = row_of(model, "(0010,0010)")
    assert cells(name)[Column.AFTER] != cells(name)[Column.BEFORE]
    said = write(qtbot, dialog, tmp_path)
    assert "opened again and searched" in said
    (out,) = (path for path in tmp_path.glob("DEIDENTIFIED-*") if path.is_dir())
    assert (out / "DICOMDIR").is_file()
    assert Path(f"{out}-report.json").is_file()


def test_the_current_change_is_told_in_full_with_its_files(
    qtbot: QtBot, dialog: DeidentifyDialog, manner: Manners
) -> None:
    manner("works")
    model = look(qtbot, dialog)
    tree = dialog.findChild(QTreeView, "changes")
    tree.setCurrentIndex(row_of(model, "(0008,0080)"))
    whole = dialog.findChild(QPlainTextEdit, "wholeChange").toPlainText()
    assert "Before: Mercy Hospital" in whole
    assert "Files:  3" in whole
    tree.setCurrentIndex(model.index(1, 0, row_of(model, "(0008,0018)")))
    whole = dialog.findChild(QPlainTextEdit, "wholeChange").toPlainText()
    assert "After:  2.25.1" in whole
    assert whole.endswith("/files/2")


def test_a_report_takes_the_place_of_no_file(tmp_path: Path) -> None:
    (tmp_path / "OUT-report.json").touch()
    (tmp_path / "OUT-report2.json").symlink_to(tmp_path / "nowhere")
    assert _report_of(str(tmp_path / "OUT")) == str(tmp_path / "OUT-report3.json")
