"""Making a disc in the window: what can be chosen, what is said, what is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from tests.dicom.synthetic import grey, write
from viewer import program
from viewer.session.disc_target import Target, look_at_target, propose_name
from viewer.ui.dialogs.disc_dialog import DiscDialog
from viewer.ui.dialogs.disc_place import DiscPlace
from viewer.ui.dialogs.disc_tree import DiscTree
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel

_COMMAND = str(Path(__file__).parents[1] / "session/fake_disc_command.py")
_PATIENTS = ("Doe^Jane", "<b>Roe</b>^Richard")

Manners = Callable[[str], None]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Give a folder with two patients, each with a study of two series of two files."""
    folder = tmp_path / "files"
    folder.mkdir()
    for patient, name in enumerate(_PATIENTS):
        for series in range(2):
            for number in range(2):
                write(
                    folder / f"{patient}{series}{number}",
                    grey(),
                    PatientName=name,
                    PatientID=str(patient),
                    StudyInstanceUID=f"1.2.{patient + 1}",
                    SeriesInstanceUID=f"1.2.{patient + 1}.{series + 1}",
                    SeriesNumber=series,
                    InstanceNumber=number,
                )
    return folder


@pytest.fixture
def dialog(
    qtbot: QtBot, window: MainWindow, files: Path, open_paths: Callable[..., None]
) -> DiscDialog:
    """Give the dialog as the menu opens it, with all that is open listed."""
    open_paths(files)
    window.menus.action("makeDisc").trigger()
    dialog = window.findChild(DiscDialog, "discDialog")
    qtbot.waitExposed(dialog)
    tree = dialog.findChild(DiscTree)
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == len(_PATIENTS))
    return dialog


@pytest.fixture
def manner(monkeypatch: pytest.MonkeyPatch) -> Manners:
    """Give a function that says how the command will behave."""

    def behave(name: str) -> None:
        monkeypatch.setattr(
            program, "command", lambda *args: [sys.executable, _COMMAND, name, *args]
        )

    return behave


def text(dialog: DiscDialog, name: str) -> str:
    return dialog.findChild(QLabel, name).text()


def button(dialog: DiscDialog, name: str) -> QPushButton:
    return dialog.findChild(QPushButton, name)


def press(qtbot: QtBot, dialog: DiscDialog, name: str) -> None:
    qtbot.mouseClick(button(dialog, name), Qt.MouseButton.LeftButton)


def rows(dialog: DiscDialog) -> list[QTreeWidgetItem]:
    tree = dialog.findChild(DiscTree)
    everything = Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive
    return tree.findItems("", everything)


def check_all(dialog: DiscDialog, *, checked: bool = True) -> None:
    tree = dialog.findChild(DiscTree)
    state = Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked
    for row in range(tree.topLevelItemCount()):
        tree.topLevelItem(row).setCheckState(0, state)


def make(qtbot: QtBot, dialog: DiscDialog, folder: Path) -> None:
    """Choose a folder and press "Make"."""
    dialog.findChild(DiscPlace).set_folder(str(folder))
    qtbot.waitUntil(button(dialog, "makeDisc").isEnabled)
    press(qtbot, dialog, "makeDisc")


def outcome(qtbot: QtBot, dialog: DiscDialog) -> str:
    qtbot.waitUntil(lambda: bool(text(dialog, "discOutcome")), timeout=60_000)
    return text(dialog, "discOutcome")


def test_a_disc_is_made_of_what_is_open(qtbot: QtBot, dialog: DiscDialog, tmp_path: Path) -> None:
    check_all(dialog)
    make(qtbot, dialog, tmp_path)
    said = outcome(qtbot, dialog)
    (disc,) = tmp_path.glob("DISC-*")
    assert said.startswith("The disc is ready: 8 files")
    assert str(disc) in said
    assert (disc / "DICOMDIR").is_file()


def test_the_disc_opens_in_a_window_of_its_own(
    qtbot: QtBot,
    dialog: DiscDialog,
    tmp_path: Path,
    manner: Manners,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manner("works")
    make(qtbot, dialog, tmp_path)
    outcome(qtbot, dialog)
    told = tmp_path / "told"
    say = f"import sys; open({str(told)!r}, 'w').write('|'.join(sys.argv[1:]) + '.')"
    monkeypatch.setattr(program, "command", lambda *args: [sys.executable, "-c", say, *args])
    press(qtbot, dialog, "openMadeDisc")
    qtbot.waitUntil(lambda: told.exists() and told.read_text().endswith("."), timeout=20_000)
    (disc,) = tmp_path.glob("DISC-*")
    assert told.read_text() == f"--new-window|{disc}."


def test_the_study_that_is_shown_is_chosen_and_no_other(
    window: MainWindow, dialog: DiscDialog
) -> None:
    study = window.workspace.viewport.stack.headers[0].study_instance_uid
    checked = [row for row in rows(dialog) if row.checkState(0) == Qt.CheckState.Checked]
    assert len(checked) == 4  # patient, study, and its two series
    paths = dialog._paths
    assert len(paths) == 4
    patient = str(int(study[-1]) - 1)
    assert {Path(path).name[0] for path in paths} == {patient}


def test_files_and_bytes_follow_what_is_checked(qtbot: QtBot, dialog: DiscDialog) -> None:
    qtbot.waitUntil(lambda: text(dialog, "discTotal").startswith("4 files, "))
    check_all(dialog)
    qtbot.waitUntil(lambda: text(dialog, "discTotal").startswith("8 files, "))
    names = [Path(path).name for path in dialog._paths]
    # as the rows stand, "<b>Roe</b>" before "Doe"
    assert names == [f"{patient}{series}{n}" for patient in "10" for series in "01" for n in "01"]
    check_all(dialog, checked=False)
    qtbot.waitUntil(lambda: text(dialog, "discTotal").startswith("0 files, 0 bytes"))
    assert text(dialog, "discProblem").startswith("Check what is to go")
    assert not button(dialog, "makeDisc").isEnabled()


def test_the_proposed_name_tells_nothing_of_a_patient(
    qtbot: QtBot, dialog: DiscDialog, tmp_path: Path
) -> None:
    dialog.findChild(DiscPlace).set_folder(str(tmp_path))
    name = dialog.findChild(QLineEdit, "discName")
    qtbot.waitUntil(lambda: bool(name.text()))
    assert name.text().replace("-", "").removeprefix("DISC").isdigit()


def test_a_folder_that_is_not_empty_is_refused_before_anything_is_written(
    qtbot: QtBot, dialog: DiscDialog, tmp_path: Path
) -> None:
    dialog.findChild(DiscPlace).set_folder(str(tmp_path))
    name = dialog.findChild(QLineEdit, "discName")
    qtbot.waitUntil(lambda: bool(name.text()))
    name.clear()
    qtbot.keyClicks(name, "files")
    qtbot.waitUntil(lambda: "not empty" in text(dialog, "discProblem"))
    assert not button(dialog, "makeDisc").isEnabled()
    qtbot.keyClicks(name, "2")
    qtbot.waitUntil(button(dialog, "makeDisc").isEnabled)


def test_too_little_room_is_said_beforehand(qtbot: QtBot, dialog: DiscDialog) -> None:
    place = dialog.findChild(DiscPlace)
    place.set_folder("/")
    qtbot.waitUntil(lambda: place.target is not None)
    place._set_target(Target("/DISC", "", 100))
    assert "not enough room" in text(dialog, "discProblem")
    assert not button(dialog, "makeDisc").isEnabled()


def test_names_from_files_are_no_markup_and_every_label_is_plain(dialog: DiscDialog) -> None:
    assert any("<b>Roe</b>" in row.text(0) for row in rows(dialog))
    assert all(isinstance(label, PlainLabel) for label in dialog.findChildren(QLabel))


def test_a_viewer_needs_a_bundle_and_says_so(
    qtbot: QtBot, dialog: DiscDialog, tmp_path: Path, manner: Manners
) -> None:
    box = dialog.findChild(QCheckBox, "withViewer")
    place = dialog.findChild(DiscPlace)
    assert not box.isEnabled()
    assert "no program bundle" in text(dialog, "aboutViewer")
    place.set_viewer(str(tmp_path))
    qtbot.waitUntil(lambda: "That folder holds no" in text(dialog, "aboutViewer"))
    assert not box.isEnabled()
    bundle = tmp_path / "bundle"
    (bundle / "_internal").mkdir(parents=True)
    (bundle / "negato.exe").write_bytes(bytes(5_000_000))
    place.set_viewer(str(bundle))
    qtbot.waitUntil(box.isChecked)
    assert "Windows" in text(dialog, "aboutViewer")
    assert "5.0 MB with the viewer" in text(dialog, "discTotal")
    manner("works")
    make(qtbot, dialog, tmp_path)
    outcome(qtbot, dialog)
    (told,) = tmp_path.glob("DISC-*/DICOMDIR")
    arguments = json.loads(told.read_text())["arguments"]
    assert arguments[arguments.index("--with-viewer") + 1] == str(bundle)


def test_what_was_left_out_is_listed_and_can_be_saved(
    qtbot: QtBot, dialog: DiscDialog, tmp_path: Path, manner: Manners
) -> None:
    manner("works")
    make(qtbot, dialog, tmp_path)
    assert outcome(qtbot, dialog).endswith("1 file was left out.")
    dialog.save_to(str(tmp_path / "list.txt"))
    saved = (tmp_path / "list.txt").read_text(encoding="utf-8")
    assert "The disc is ready: 3 files" in saved
    assert "ile: It has no SOP Instance UID." in saved


def test_cancel_takes_away_what_was_written_and_lets_choose_again(
    qtbot: QtBot, dialog: DiscDialog, tmp_path: Path, manner: Manners
) -> None:
    manner("waits")
    make(qtbot, dialog, tmp_path)
    qtbot.waitUntil(lambda: text(dialog, "discCount") == "1 of 3", timeout=30_000)
    assert list(tmp_path.glob("DISC-*"))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert "taken away" in outcome(qtbot, dialog)
    assert not list(tmp_path.glob("DISC-*"))
    press(qtbot, dialog, "changeDisc")
    qtbot.waitUntil(button(dialog, "makeDisc").isEnabled)


def test_escape_again_does_not_end_what_takes_the_disc_away(
    qtbot: QtBot, dialog: DiscDialog, tmp_path: Path, manner: Manners
) -> None:
    manner("waits")
    make(qtbot, dialog, tmp_path)
    qtbot.waitUntil(lambda: text(dialog, "discCount") == "1 of 3", timeout=30_000)
    for _ in range(3):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert "taken away" in outcome(qtbot, dialog)
    assert not list(tmp_path.glob("DISC-*"))


def test_closing_the_dialog_cancels_and_the_window_says_how_that_ended(
    qtbot: QtBot, window: MainWindow, dialog: DiscDialog, tmp_path: Path, manner: Manners
) -> None:
    manner("waits")
    make(qtbot, dialog, tmp_path)
    qtbot.waitUntil(lambda: text(dialog, "discCount") == "1 of 3", timeout=30_000)
    with qtbot.waitSignal(window.workspace.messages.posted, timeout=30_000) as posted:
        dialog.close()
    assert "No disc was made" in posted.args[1]
    assert not list(tmp_path.glob("DISC-*"))


_ENDING = """
import sys
from PySide6.QtCore import QTimer
from viewer import program
from viewer.ui.dialogs.disc_place import DiscPlace
from viewer.ui.main_window import MainWindow
from viewer.__main__ import main

command, folder, files = sys.argv[1:]
program.command = lambda *args: [sys.executable, command, "waits", *args]

def when(is_so, act):
    act() if is_so() else QTimer.singleShot(20, lambda: when(is_so, act))

def choose(window):
    window.menus.action("makeDisc").trigger()
    dialog = window.findChild(object, "discDialog")
    make, count = (dialog.findChild(object, name) for name in ("makeDisc", "discCount"))
    dialog.findChild(DiscPlace).set_folder(folder)
    when(make.isEnabled, make.click)
    when(count.text, lambda: (print("up", flush=True), {act}))

def show(window):
    kept(window)
    picture = window.workspace.picture
    shown = lambda: picture().visible is not None
    QTimer.singleShot(0, lambda: when(shown, lambda: choose(window)))

kept, MainWindow.show = MainWindow.show, show
sys.argv[1:] = [files]
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="which has no such signal")
@pytest.mark.parametrize("end", ["window.close()", "None"], ids=["close", "signal"])
def test_a_window_that_ends_takes_away_what_was_written(
    files: Path, tmp_path: Path, end: str
) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    text = _ENDING.replace("{act}", end)
    with subprocess.Popen(
        [sys.executable, "-c", text, _COMMAND, str(folder), str(files)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "up\n"
        if end == "None":
            assert list(folder.iterdir())
            process.terminate()
        assert process.wait(timeout=60) == 0
    assert not list(folder.iterdir())


def test_a_refusal_is_said_in_its_words(
    qtbot: QtBot, dialog: DiscDialog, tmp_path: Path, manner: Manners
) -> None:
    manner("fails")
    make(qtbot, dialog, tmp_path)
    assert outcome(qtbot, dialog).startswith("There is no room: 3 MB are needed")


def test_it_is_opened_once_from_either_menu(window: MainWindow, dialog: DiscDialog) -> None:
    window.menus.action("makeDisc").trigger()
    window._files.make_disc("1.2.1")
    assert window.findChildren(DiscDialog) == [dialog]


def test_it_fits_a_small_screen(dialog: DiscDialog) -> None:
    hint = dialog.minimumSizeHint()
    assert hint.width() <= 700
    assert hint.height() <= 500


def test_series_that_come_later_are_listed_and_go_with_their_study(
    qtbot: QtBot, window: MainWindow, dialog: DiscDialog, files: Path
) -> None:
    shown = window.workspace.viewport.stack.headers[0]
    tree = dialog.findChild(DiscTree)
    unchecked = next(row for row in rows(dialog) if row.checkState(0) == Qt.CheckState.Unchecked)
    write(
        files / "later",
        grey(),
        PatientName=shown.patient_name,
        PatientID=shown.patient_id,
        StudyInstanceUID=shown.study_instance_uid,
        SeriesInstanceUID="1.2.3.4",
    )
    title = unchecked.text(0)
    window.open([str(files)])
    qtbot.waitUntil(lambda: len(dialog._paths) == 5, timeout=20_000)
    (again,) = tree.findItems(title, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    assert again.checkState(0) == Qt.CheckState.Unchecked


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "not empty"),
        ("new", ""),
        ("empty", ""),
        ("file", "is a file"),
        ("..", "no name of a folder"),
        ("a/b", "no name of a folder"),
        ("x" * 300, "cannot be written"),
    ],
)
def test_each_place_is_judged(tmp_path: Path, name: str, problem: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    found = look_at_target(str(tmp_path), name)
    assert problem in found.problem
    assert bool(found.problem) == bool(problem)


def test_a_name_is_proposed_that_nothing_has(tmp_path: Path) -> None:
    first = propose_name(str(tmp_path), "DISC")
    (tmp_path / first).mkdir()
    assert propose_name(str(tmp_path), "DISC") == f"{first}-2"
