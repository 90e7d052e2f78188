"""The menu of recent paths: what its entries are called, and that it waits for no medium."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from viewer.session.settings import Settings
from viewer.ui import recent_menu
from viewer.ui.main_window import MainWindow
from viewer.ui.recent_menu import RecentMenu, entry_names


def menu_of(window: MainWindow) -> RecentMenu:
    menu = window.findChild(RecentMenu)
    assert menu is not None
    menu.aboutToShow.emit()
    return menu


def test_what_ends_alike_is_told_with_its_folder() -> None:
    long = "/" + "/".join(f"folder{n}" for n in range(30))
    names = entry_names(["/a/CT", "/a/DICOM", "/b/DICOM", "/", f"{long}/CT"])
    assert names[1:4] == ["DICOM  (/a)", "DICOM  (/b)", "/"]
    assert names[0] == "CT  (/a)"
    assert len(names[4]) < 70
    assert names[4].startswith("CT  (/folder0/")
    assert names[4].endswith("/folder29)")


def test_the_index_of_a_disc_is_told_with_its_folder() -> None:
    assert entry_names(["/media/knee/DICOMDIR", "/a/CT"]) == ["DICOMDIR  (/media/knee)", "CT"]


def test_a_long_name_leaves_room_for_the_screen() -> None:
    ((name),) = entry_names(["/a/begin" + 40 * " and on" + " end"])
    assert len(name) <= 60
    assert name.startswith("begin")
    assert name.endswith("end")


def test_what_is_no_more_is_greyed(
    qtbot: QtBot, window: MainWindow, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    for name in ("there", "gone"):
        settings.add_recent(str(tmp_path / name))
    menu = menu_of(window)
    by_name = {action.text(): action for action in menu.actions()}
    qtbot.waitUntil(lambda: not by_name["gone"].isEnabled())
    assert by_name["there"].isEnabled()
    assert str(tmp_path / "there") in by_name["there"].toolTip().replace("\n", "")
    assert by_name["gone"].toolTip().endswith("There is nothing there now.")


def test_a_share_that_does_not_answer_holds_up_nothing(
    qtbot: QtBot, window: MainWindow, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    asked: list[str] = []

    def ask(path: str) -> bool:
        asked.append(path)
        if path == "/share":
            answered.wait(60)
        return True

    monkeypatch.setattr(recent_menu, "is_missing", ask)
    for path in ("/gone", "/share"):
        settings.add_recent(path)
    try:
        menu = menu_of(window)
        by_name = {action.text(): action for action in menu.actions()}
        qtbot.waitUntil(lambda: not by_name["gone"].isEnabled())
        menu = menu_of(window)  # opened again, it asks nobody who still owes an answer
        by_name = {action.text(): action for action in menu.actions()}
        qtbot.waitUntil(lambda: not by_name["gone"].isEnabled())
        assert asked.count("/share") == 1
        assert by_name["share"].isEnabled()
    finally:
        answered.set()
    qtbot.waitUntil(lambda: not by_name["share"].isEnabled())
