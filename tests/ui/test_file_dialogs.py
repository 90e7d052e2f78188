"""What is left of a chosen file once it was chosen: on request, nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from viewer.session.settings import Settings
from viewer.ui.dialogs.file_dialogs import ask_files, ask_folder, ask_target
from viewer.ui.dialogs.settings_dialog import SettingsDialog

SECRET = "JaneDoe"


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def choose(path: Path) -> None:
    """Have the dialog that comes answered with ``path``."""

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QFileDialog) and dialog.isVisible():
            timer.stop()
            dialog.findChild(QLineEdit, "fileNameEdit").setText(str(path))
            dialog.accept()

    timer = QTimer(QApplication.instance(), interval=10)
    timer.timeout.connect(answer)
    timer.start()


def kept() -> str:
    store = QSettings(QSettings.Scope.UserScope, "QtProject")
    store.sync()
    file = Path(store.fileName())
    return file.read_text(encoding="utf-8") if file.exists() else ""


def ask(kind: str, settings: Settings, parent: QWidget, folder: Path) -> object:
    disc, file = folder / "disc", folder / "slice"
    disc.mkdir(parents=True)
    file.touch()
    choose(disc if kind == "folder" else file)
    if kind == "folder":
        return ask_folder(settings, parent, "Open a folder", str(folder))
    if kind == "files":
        return ask_files(settings, parent, "Open files")
    file.unlink()
    return ask_target(settings, parent, "Save", str(file))


@pytest.mark.parametrize("kind", ["folder", "files", "target"])
def test_chosen_paths_are_remembered_else(
    kind: str, settings: Settings, parent: QWidget, tmp_path: Path
) -> None:
    assert SECRET in str(ask(kind, settings, parent, tmp_path / SECRET))
    assert SECRET in kept()


@pytest.mark.parametrize("kind", ["folder", "files", "target"])
def test_nothing_is_kept_of_a_chosen_path_where_nothing_is_to_be_remembered(
    kind: str, settings: Settings, parent: QWidget, tmp_path: Path
) -> None:
    settings.set_remembers_recent(False)
    assert SECRET in str(ask(kind, settings, parent, tmp_path / SECRET))
    assert SECRET not in kept()


def test_what_was_kept_before_is_forgotten_with_the_setting(
    qtbot: QtBot, settings: Settings, parent: QWidget, tmp_path: Path
) -> None:
    ask("folder", settings, parent, tmp_path / SECRET)
    settings.set_picture_folder(str(tmp_path / SECRET))
    assert SECRET in kept()
    dialog = SettingsDialog(settings, parent)
    dialog.findChild(QWidget, "rememberRecent").setChecked(False)
    dialog.accept()
    assert SECRET not in kept()
    assert settings.picture_folder() == ""
    settings.set_picture_folder(str(tmp_path / SECRET))
    assert settings.picture_folder() == ""
