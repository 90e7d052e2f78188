"""What is opened adds to what is open, and nothing is there twice."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QTreeView
from pytestqt.qtbot import QtBot

from tests.ui.images import an_image
from tests.ui.screens import wait_picture
from viewer import program
from viewer.dicom.catalogue import ledger_sentence
from viewer.session.settings import Settings
from viewer.ui.browser.model import NODE_ROLE
from viewer.ui.main_window import MainWindow
from viewer.workers import scan_children

Open = Callable[..., None]


def names(window: MainWindow) -> list[str]:
    """Give the patients that are open."""
    document = window.workspace.document
    return [patient.name for patient in document.catalogue.patients] if document else []


def shown_path(window: MainWindow) -> str:
    viewport = window.workspace.viewport
    return viewport.stack.key(viewport.index).path if viewport.stack is not None else ""


def close_study(qtbot: QtBot, window: MainWindow, patient: str) -> None:
    document = window.workspace.document
    (study,) = (one.studies[0].uid for one in document.catalogue.patients if one.name == patient)
    window.workspace.close_study(study)
    settled(qtbot, window)


def settled(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until a study that was closed is forgotten by the scans' side too."""
    document = window.workspace.document
    if document is not None:  # it was not the last one
        qtbot.waitUntil(lambda: len(document._latest_closed) == len(document._closings))


def seen(window: MainWindow) -> str:
    return ledger_sentence(window.workspace.document.catalogue)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Give two folders with a study of two images each."""
    for number in (1, 2):
        an_image(tmp_path / "a" / f"IM{number}", "Adam", number)
        an_image(tmp_path / "b" / f"IM{number}", "Berta", number)
    return tmp_path / "a", tmp_path / "b"


def test_a_second_folder_is_added_and_its_first_image_shown(
    qtbot: QtBot, window: MainWindow, open_paths: Open, two: tuple[Path, Path], settings: Settings
) -> None:
    first, second = two
    open_paths(first)
    assert shown_path(window) == str(first / "IM1")
    window.workspace.set_window(5, 6)
    adam = window.workspace.viewport.stack
    wait_picture(qtbot, window)
    open_paths(second)
    assert names(window) == ["Adam", "Berta"]
    assert shown_path(window) == str(second / "IM1")
    assert seen(window) == "4 files: 4 images in 2 series"
    assert settings.recent() == [str(second), str(first)]
    assert window.workspace.document.stacks()[0] is adam
    row = window.browser.findChild(QTreeView).currentIndex().data(NODE_ROLE)
    assert row.stack is window.workspace.viewport.stack
    assert window.workspace.cache.get(adam, 0) is not None  # nothing is decoded anew
    window.workspace.show(adam)
    assert window.workspace.picture().voi.center == 5


def test_a_file_that_is_opened_is_shown_with_its_series(
    window: MainWindow, open_paths: Open, two: tuple[Path, Path]
) -> None:
    first, second = two
    open_paths(first)
    open_paths(second / "IM2")
    assert shown_path(window) == str(second / "IM2")
    assert len(window.workspace.viewport.stack) == 2


def test_a_file_of_what_is_open_is_shown_and_not_there_twice(
    window: MainWindow, open_paths: Open, two: tuple[Path, Path]
) -> None:
    first, second = two
    open_paths(first)
    open_paths(second)
    open_paths(first / "IM2")
    assert shown_path(window) == str(first / "IM2")
    assert seen(window) == "4 files: 4 images in 2 series"


def test_a_series_in_two_folders_becomes_one(
    qtbot: QtBot, window: MainWindow, open_paths: Open, tmp_path: Path
) -> None:
    for number in range(1, 5):
        an_image(tmp_path / str(number % 2) / f"IM{number}", "Adam", number)
    open_paths(tmp_path / "1")
    wait_picture(qtbot, window)
    kept = window.workspace.picture().pixels
    uid = window.workspace.viewport.stack.uid
    open_paths(tmp_path / "0")
    (stack,) = window.workspace.document.stacks()
    assert [header.instance_number for header in stack.headers] == [1, 2, 3, 4]
    assert shown_path(window) == str(tmp_path / "0" / "IM2")  # the first that was added
    assert stack.uid == uid
    assert window.workspace.cache.get(stack, 0)[0] is kept


def test_a_path_opened_anew_takes_the_place_of_what_came_from_it(
    qtbot: QtBot, window: MainWindow, open_paths: Open, two: tuple[Path, Path]
) -> None:
    first, second = two
    open_paths(first)
    open_paths(second)
    window.workspace.show(window.workspace.document.stacks()[0], 1)
    wait_picture(qtbot, window)
    (first / "IM1").unlink()
    an_image(first / "IM2", "Adam", 2, value=900)
    an_image(first / "IM3", "Adam", 3)
    open_paths(first)
    assert seen(window) == "4 files: 4 images in 2 series"
    stack = window.workspace.document.stacks()[0]
    assert [header.instance_number for header in stack.headers] == [2, 3]
    window.workspace.show(stack, 0)
    wait_picture(qtbot, window)
    assert (window.workspace.picture().pixels == 900).all()


def test_what_is_opened_anew_while_its_medium_is_gone_stays(
    window: MainWindow, open_paths: Open, two: tuple[Path, Path]
) -> None:
    first, _ = two
    open_paths(first)
    shutil.move(first, first.with_name("elsewhere"))
    open_paths(first)
    assert names(window) == ["Adam"]
    assert seen(window) == "3 files: 2 images in 1 series, 1 missing"
    shutil.move(first.with_name("elsewhere"), first)
    open_paths(first)
    assert seen(window) == "2 files: 2 images in 1 series"


def test_a_closed_study_comes_back_when_it_is_opened_anew(
    qtbot: QtBot, window: MainWindow, open_paths: Open, two: tuple[Path, Path]
) -> None:
    first, second = two
    open_paths(first)
    open_paths(second)
    close_study(qtbot, window, "Adam")
    assert names(window) == ["Berta"]
    assert seen(window) == "2 files: 2 images in 1 series"
    assert window.workspace.document.roots == (str(second),)
    open_paths(first)
    assert names(window) == ["Adam", "Berta"]
    assert shown_path(window) == str(first / "IM1")
    assert seen(window) == "4 files: 4 images in 2 series"


def test_closing_a_study_that_is_not_shown_frees_its_frames(
    qtbot: QtBot, window: MainWindow, open_paths: Open, two: tuple[Path, Path]
) -> None:
    first, second = two
    open_paths(first)
    wait_picture(qtbot, window)
    adam = window.workspace.viewport.stack
    open_paths(second)
    wait_picture(qtbot, window)
    close_study(qtbot, window, "Adam")
    assert adam.uid not in window.workspace.cache.stack_uids()
    assert shown_path(window) == str(second / "IM1")


def test_closing_the_last_study_empties_the_window(
    qtbot: QtBot, window: MainWindow, open_paths: Open, two: tuple[Path, Path]
) -> None:
    open_paths(two[0])
    open_paths(two[1])
    close_study(qtbot, window, "Berta")
    close_study(qtbot, window, "Adam")
    assert window.workspace.document is None
    assert window.workspace.cache.bytes_used == 0


def test_what_has_nothing_to_show_says_so_beside_what_is_open(
    qtbot: QtBot, window: MainWindow, open_paths: Open, two: tuple[Path, Path], tmp_path: Path
) -> None:
    open_paths(two[0])
    (tmp_path / "notes.txt").write_text("no image")
    with qtbot.waitSignal(window.workspace.messages.posted) as posted:
        open_paths(tmp_path / "notes.txt")
    assert posted.args == ["error", "notes.txt: The file is not a DICOM file."]
    assert shown_path(window) == str(two[0] / "IM1")
    assert names(window) == ["Adam"]


def test_a_copy_of_what_is_open_shows_what_it_is_a_copy_of(
    window: MainWindow, open_paths: Open, two: tuple[Path, Path], tmp_path: Path
) -> None:
    shutil.copytree(two[0], tmp_path / "copy")
    open_paths(two[0])
    open_paths(two[1])
    open_paths(tmp_path / "copy")
    assert seen(window) == "6 files: 4 images in 2 series, 2 duplicates"
    assert shown_path(window) == str(two[0] / "IM1")


def test_twenty_openings_at_once_are_all_there_and_the_last_is_shown(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    files = [an_image(tmp_path / f"{n:02}" / "IM1", f"P{n:02}") for n in range(20)]
    for file in files:
        window.open([str(file)])
    qtbot.waitUntil(lambda: not window.workspace.document.progress.running, timeout=60_000)
    assert names(window) == [f"P{n:02}" for n in range(20)]
    assert seen(window) == "20 files: 20 images in 20 series"
    assert shown_path(window) == str(files[-1])


def test_a_folder_whose_scan_takes_long_does_not_hold_up_the_next(
    qtbot: QtBot, window: MainWindow, two: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_children, "_PATIENCE_S", 0.05)
    children = window.workspace._scan_children
    kept = [children.take() for _ in range(2)]  # as scans that go on and on
    try:
        window.open([str(two[0])])
        qtbot.waitUntil(lambda: names(window) == ["Adam"], timeout=20_000)
    finally:
        for child in kept:
            children.give_back(child)


def test_stop_stops_all_and_keeps_what_was_found(
    qtbot: QtBot, window: MainWindow, open_paths: Open, two: tuple[Path, Path]
) -> None:
    open_paths(two[0])
    children = window.workspace._scan_children
    kept = [children.take() for _ in range(6)]
    try:
        window.open([str(two[1])])
        window.open([str(two[0])])
        window.workspace.cancel_scan()
        qtbot.waitUntil(lambda: not window.workspace.document.progress.running, timeout=20_000)
        assert names(window) == ["Adam"]
    finally:
        for child in kept:
            children.give_back(child)


def test_a_new_window_is_another_start(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"
    say = f"import sys; open({str(told)!r}, 'w').write('|'.join(sys.argv[1:]) + '.')"
    monkeypatch.setattr(program, "command", lambda *args: [sys.executable, "-c", say, *args])
    window.menus.action("newWindow").trigger()
    qtbot.waitUntil(lambda: told.exists() and told.read_text().endswith("."), timeout=20_000)
    assert told.read_text() == "--new-window."
