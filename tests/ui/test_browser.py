"""The browser of series: one click shows, and the row that is on screen stays marked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from tests.dicom.slices import a_slice
from tests.dicom.states import a_state, write
from tests.ui.screens import packed, wait_picture
from viewer.dicom.catalogue import CatalogueBuilder
from viewer.ui.browser.model import NODE_ROLE, ON_SCREEN_ROLE, THUMBNAIL_ROLE
from viewer.ui.browser.panel import SeriesBrowser
from viewer.ui.main_window import MainWindow

Open = Callable[..., None]
CT = str(get_testdata_file("CT_small.dcm", download=False))


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Give a folder with 40 patients of one image each."""
    folder = tmp_path / "many"
    folder.mkdir()
    dataset = pydicom.dcmread(CT)
    for number in range(40):
        dataset.PatientID = dataset.PatientName = f"P{number:02d}"
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            setattr(dataset, keyword, f"1.2.{number + 1}.{len(keyword)}")
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.save_as(folder / f"{number:02d}.dcm")
    return folder


def tree_of(window: MainWindow) -> QTreeView:
    found = window.findChild(QTreeView, "seriesBrowser")
    assert isinstance(found, QTreeView)
    return found


def rows(tree: QTreeView) -> list[QModelIndex]:
    """Give all rows, top to bottom."""
    found = []
    index = tree.model().index(0, 0)
    while index.isValid():
        found.append(index)
        index = tree.indexBelow(index)
    return found


def series(window: MainWindow) -> list[QModelIndex]:
    """Give the rows that show a stack with pictures."""
    return [row for row in rows(tree_of(window)) if row.data(NODE_ROLE).stack]


def marked(window: MainWindow) -> list[str]:
    return [row.data(NODE_ROLE).stack.uid for row in series(window) if row.data(ON_SCREEN_ROLE)]


def is_in_sight(tree: QTreeView, index: QModelIndex) -> bool:
    """Say whether a row is seen whole, but for the one pixel that Qt leaves out."""
    return tree.viewport().rect().adjusted(0, 0, 0, 1).contains(tree.visualRect(index))


def click(qtbot: QtBot, tree: QTreeView, index: QModelIndex) -> None:
    at = tree.visualRect(index).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_one_click_on_a_series_shows_it_and_gives_the_keys_to_the_picture(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    window.activateWindow()
    second = series(window)[1]
    uid = second.data(NODE_ROLE).stack.uid
    assert marked(window) == [window.workspace.viewport.stack.uid] != [uid]
    click(qtbot, tree_of(window), second)
    assert window.workspace.viewport.stack.uid == uid
    assert marked(window) == [uid]
    wait_picture(qtbot, window)
    qtbot.waitUntil(window.view.canvas.hasFocus)


def test_a_click_on_the_series_on_screen_keeps_its_frame(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    window.workspace.go_to(7)
    row = next(row for row in series(window) if row.data(ON_SCREEN_ROLE))
    click(qtbot, tree_of(window), row)
    assert window.workspace.viewport.index == 7


def test_arrow_keys_move_the_current_row_and_leave_the_mark(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    tree, shown = tree_of(window), window.workspace.viewport.stack.uid
    before = tree.currentIndex()
    qtbot.keyClick(tree, Qt.Key.Key_Down)
    assert tree.currentIndex() != before
    assert window.workspace.viewport.stack.uid == shown
    assert marked(window) == [shown]
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert marked(window) == [window.workspace.viewport.stack.uid] != [shown]


def test_a_press_that_becomes_a_drag_shows_nothing(
    qtbot: QtBot,
    window: MainWindow,
    sample: Path,
    open_paths: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    tree, shown = tree_of(window), window.workspace.viewport.stack.uid
    dragged: list[bool] = []
    monkeypatch.setattr(type(tree), "startDrag", lambda *_: dragged.append(True), raising=False)
    at = tree.visualRect(series(window)[1]).center()
    far = at + QPoint(2 * QApplication.startDragDistance(), 0)
    button, viewport = Qt.MouseButton.LeftButton, tree.viewport()
    qtbot.mousePress(viewport, button, pos=at)
    qtbot.mouseMove(viewport, far)
    qtbot.mouseMove(viewport, far + QPoint(1, 0))
    qtbot.mouseRelease(viewport, button, pos=far)
    assert dragged
    assert window.workspace.viewport.stack.uid == shown


def test_a_click_counts_also_where_the_catalogue_grows_meanwhile(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    tree, row = tree_of(window), series(window)[1]
    uid, at = row.data(NODE_ROLE).stack.uid, tree.visualRect(row).center()
    qtbot.mousePress(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    window.browser.set_catalogue(window.workspace.document.catalogue)
    qtbot.mouseRelease(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert window.workspace.viewport.stack.uid == uid


def test_a_click_on_a_study_only_makes_it_current_and_enter_shows_its_first_series(
    qtbot: QtBot, window: MainWindow, open_paths: Open, many: Path
) -> None:
    open_paths(many)
    wait_picture(qtbot, window)
    tree, shown = tree_of(window), window.workspace.viewport.stack.uid
    other = next(row for row in series(window) if not row.data(ON_SCREEN_ROLE))
    study, uid = other.parent(), other.data(NODE_ROLE).stack.uid
    tree.scrollTo(study)
    click(qtbot, tree, study)
    assert window.workspace.viewport.stack.uid == shown
    assert tree.currentIndex() == study
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert window.workspace.viewport.stack.uid == uid


def test_the_mark_is_drawn_beside_the_row_that_is_not_current(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    tree = tree_of(window)
    first, second = series(window)[:2]
    tree.setCurrentIndex(second)
    pixels = packed(tree.viewport().grab().toImage())
    edges = [tree.visualRect(row) for row in (first, second)]
    seen = [pixels[edge.center().y(), edge.left() + 1] for edge in edges]
    assert seen[0] == 0xFFFFB02E != seen[1]
    assert "on screen" in first.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "on screen" not in second.data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_click_on_a_presentation_state_applies_it_and_keeps_its_row_current(
    qtbot: QtBot, window: MainWindow, open_paths: Open, tmp_path: Path
) -> None:
    shutil.copy(CT, tmp_path / "image.dcm")
    write(a_state(CT, ContentLabel="NIGHT", ImageRotation=90), tmp_path / "state.dcm")
    open_paths(tmp_path)
    wait_picture(qtbot, window)
    tree = tree_of(window)
    state = next(row for row in rows(tree) if row.data(NODE_ROLE).state is not None)
    click(qtbot, tree, state)
    qtbot.waitUntil(lambda: window.view.picture.state is not None)
    assert tree.currentIndex().data(NODE_ROLE).state is not None
    assert marked(window) == [window.workspace.viewport.stack.uid]


def test_the_series_shown_first_is_in_sight(
    qtbot: QtBot, window: MainWindow, open_paths: Open, many: Path
) -> None:
    open_paths(many / "30.dcm", many)
    wait_picture(qtbot, window)
    tree = tree_of(window)
    assert tree.verticalScrollBar().maximum() > 0
    assert is_in_sight(tree, next(row for row in series(window) if row.data(ON_SCREEN_ROLE)))


def test_clearing_the_filter_brings_the_current_row_back_into_sight(
    qtbot: QtBot, window: MainWindow, open_paths: Open, many: Path
) -> None:
    open_paths(many)
    wait_picture(qtbot, window)
    tree, box = tree_of(window), window.findChild(QLineEdit, "browserFilter")
    current = series(window)[25]
    tree.setCurrentIndex(current)
    key = current.data(NODE_ROLE).key
    for text in ("P25", "no such patient", ""):
        box.setText(text)
    assert tree.currentIndex().data(NODE_ROLE).key == key
    assert is_in_sight(tree, tree.currentIndex())


def test_a_filter_that_nothing_passes_says_so(
    window: MainWindow, many: Path, open_paths: Open
) -> None:
    box = window.findChild(QLineEdit, "browserFilter")
    said = window.findChild(QWidget, "browserNoMatch")
    box.setText("no such patient")
    assert not said.isVisible()  # there is nothing to find it in
    open_paths(many)
    box.setText("no such patient")
    assert said.isVisible()
    box.setText("P07")
    assert not said.isVisible()


def test_escape_leaves_the_filter_with_all_rows_back(
    qtbot: QtBot, window: MainWindow, many: Path, open_paths: Open
) -> None:
    open_paths(many)
    wait_picture(qtbot, window)
    window.activateWindow()
    window.browser.focus_filter()
    field = window.findChild(QLineEdit, "browserFilter")
    qtbot.keyClicks(field, "P07")
    assert len(series(window)) == 1
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    assert len(series(window)) == 40
    assert window.focusWidget() is tree_of(window)


def test_thumbnails_come_for_rows_out_of_sight_too(
    qtbot: QtBot, window: MainWindow, open_paths: Open, many: Path
) -> None:
    open_paths(many)
    tree = tree_of(window)
    assert tree.verticalScrollBar().maximum() > 0
    qtbot.waitUntil(
        lambda: all(row.data(THUMBNAIL_ROLE) is not None for row in series(window)), timeout=20_000
    )
    assert len(series(window)) == 40
    assert all(not row.data(THUMBNAIL_ROLE).isNull() for row in series(window))


def test_a_picture_that_cannot_be_read_does_not_hold_up_the_thumbnails_of_others(
    qtbot: QtBot, window: MainWindow, open_paths: Open, many: Path
) -> None:
    for path in sorted(many.iterdir())[10:25]:
        data = path.read_bytes()
        path.write_bytes(data[: data.rindex(b"\xe0\x7f\x10\x00") + 12])  # none of its rows is there
    open_paths(many)
    qtbot.waitUntil(
        lambda: all(row.data(THUMBNAIL_ROLE) is not None for row in series(window)), timeout=20_000
    )
    assert {row.data(THUMBNAIL_ROLE).isNull() for row in series(window)} == {True, False}


def test_rows_of_very_many_patients_stay_closed_until_they_are_opened(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.ui.browser.panel._MOST_OPEN", 10)
    builder = CatalogueBuilder()
    for number in range(5):
        uid = f"1.{number}"
        builder.add(
            a_slice(number, patient_id=uid, study_instance_uid=uid, series_instance_uid=uid)
        )
    browser = SeriesBrowser()
    qtbot.addWidget(browser)
    browser.set_catalogue(builder.snapshot())
    tree = browser.findChild(QTreeView, "seriesBrowser")
    assert isinstance(tree, QTreeView)
    patients = [tree.model().index(row, 0) for row in range(5)]
    assert not any(map(tree.isExpanded, patients))
    tree.expand(patients[3])
    browser.set_catalogue(builder.snapshot())
    assert [tree.isExpanded(tree.model().index(row, 0)) for row in range(5)] == [
        *(False, False, False, True, False)
    ]
