"""What the windows of the Data menu have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QProcess
from PySide6.QtWidgets import QAbstractButton, QDialog
from pytestqt.qtbot import QtBot

from tests.dicom.enhanced_files import write_series
from viewer.session import command_job
from viewer.session.command_job import CommandJob
from viewer.ui.main_window import MainWindow

_WINDOWS = {
    "showTable": "tableWindow",
    "showMatrix": "matrixWindow",
    "compareHeaders": "compareWindow",
    "export": "exportDialog",
    "deidentify": "deidentifyDialog",
}
Open = Callable[..., None]


def shown(qtbot: QtBot, window: MainWindow, action: str) -> QDialog:
    """Open a window by its action, once that is there to be chosen."""
    qtbot.waitUntil(window.menus.action(action).isEnabled)
    window.menus.action(action).trigger()
    found = window.findChild(QDialog, _WINDOWS[action])
    assert isinstance(found, QDialog)
    assert found.isVisible()
    return found


@pytest.mark.parametrize("action", _WINDOWS)
def test_no_two_buttons_of_a_page_have_the_same_key(
    window: MainWindow, open_paths: Open, qtbot: QtBot, sample: Path, action: str
) -> None:
    open_paths(sample)
    dialog = shown(qtbot, window, action)
    titles = [one.text() for one in dialog.findChildren(QAbstractButton) if one.isVisible()]
    keys = Counter(
        title[title.index("&") + 1].lower() for title in titles if "&" in title.replace("&&", "")
    )
    assert [key for key, number in keys.items() if number > 1] == []
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_each_keeps_to_the_limits_of_the_window_and_ends_its_process_when_closed(
    window: MainWindow,
    open_paths: Open,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    window.workspace.settings.set_limit("elements_per_file", 77_777)
    commands: dict[str, tuple[str, ...]] = {}
    prepare = command_job.prepare

    def noted(process: QProcess, *arguments: str) -> None:
        if "--list-columns" not in arguments:
            commands[arguments[0]] = arguments
        prepare(process, *arguments)

    monkeypatch.setattr(command_job, "prepare", noted)
    dialogs = [shown(qtbot, window, action) for action in _WINDOWS]
    window.menus.action("validate").trigger()
    preview = window.findChild(QAbstractButton, "previewDeidentified")
    qtbot.waitUntil(preview.isEnabled)
    preview.click()
    expected = {"table", "matrix", "diff", "export", "anonymize", "validate"}
    qtbot.waitUntil(lambda: set(commands) == expected, timeout=20_000)
    assert all("elements_per_file=77777" in arguments for arguments in commands.values())
    for dialog in dialogs:
        with qtbot.waitSignal(dialog.destroyed):
            dialog.close()
    qtbot.waitUntil(lambda: not _running(window), timeout=30_000)


def _running(window: MainWindow) -> list[CommandJob]:
    found = window.findChildren(CommandJob)
    application = QCoreApplication.instance()
    assert application is not None
    return [job for job in [*found, *application.findChildren(CommandJob)] if job.is_running]
