"""Open, look, scroll, window, search, close: the window as a user drives it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QTextDocument
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.screens import catch_up, wait_picture
from viewer.imaging.voi import VoiWindow
from viewer.session.settings import Settings
from viewer.ui.browser.model import BrowserModel
from viewer.ui.browser.nodes import Node
from viewer.ui.dialogs.text_dialogs import LedgerDialog
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel

Open = Callable[..., None]

FIXED_NAMES = (
    "seriesBrowser",
    "browserFilter",
    "imageCanvas",
    "frameSlider",
    "windowCenterSlider",
    "windowWidthSlider",
    "windowCenterSpin",
    "windowWidthSpin",
    "windowPreset",
    "tagTree",
    "tagSearch",
    "ledgerButton",
    "loadProgress",
)


def _wait_message(qtbot: QtBot, window: MainWindow, words: str) -> None:
    def said() -> None:
        assert words in window.view.message()

    qtbot.waitUntil(said, timeout=10_000)


def _window_of(window: MainWindow) -> VoiWindow:
    voi = window.workspace.picture().voi
    assert isinstance(voi, VoiWindow)
    return voi


def test_every_fixed_name_is_there_with_an_accessible_name(window: MainWindow) -> None:
    assert window.objectName() == "mainWindow"
    for name in FIXED_NAMES:
        widget = window.findChild(QWidget, name)
        assert widget is not None, name
        assert widget.accessibleName(), name


def test_empty_window_says_what_to_do(window: MainWindow) -> None:
    assert "Ctrl+O" in window.view.message()


def test_the_first_window_lies_within_the_screen(window: MainWindow) -> None:
    room = window.screen().availableGeometry()
    assert room.contains(window.frameGeometry())
    assert room.height() - window.height() >= 40  # for its frame


def test_the_window_comes_back_as_it_was_left(window: MainWindow, settings: Settings) -> None:
    window.setGeometry(20, 30, 640, 480)
    window.close()
    again = MainWindow(settings)
    again.show()
    assert again.geometry() == window.geometry()
    again.close()
    again.deleteLater()


def test_what_it_is_started_with_is_shown_and_has_the_keys(
    qtbot: QtBot, settings: Settings, sample: Path
) -> None:
    window = MainWindow(settings, opened=[str(sample)])
    window.show()
    wait_picture(qtbot, window)
    qtbot.waitUntil(lambda: not window.workspace.document.progress.running)
    assert window.findChild(QTreeView, "seriesBrowser").model().rowCount() == 1
    assert window.focusWidget() is window.view.canvas
    assert settings.recent() == [str(sample)]
    window.close()
    window.deleteLater()


def test_what_does_not_exist_is_not_remembered(
    qtbot: QtBot, window: MainWindow, settings: Settings, sample: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "disc.zip"
    archive.touch()
    member = str(archive / "IM1")  # whether it is there, a child finds out
    window.open([str(sample), str(tmp_path / "bogus"), member, str(tmp_path / "none.zip" / "IM1")])
    qtbot.waitUntil(lambda: bool(settings.recent()))
    assert settings.recent() == [str(sample), member]


def test_opening_the_sample_shows_an_image_its_series_and_its_tags(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    model = window.findChild(QTreeView, "seriesBrowser").model()
    assert model.rowCount() == 1
    qtbot.waitUntil(lambda: window.findChild(QTreeView, "tagTree").model().rowCount() > 10)
    assert "images" in window.findChild(QPushButton, "ledgerButton").text()


def test_wheel_and_keys_scroll_to_both_ends(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    workspace = window.workspace
    count = len(workspace.viewport.stack)
    assert count >= 40
    qtbot.keyClick(window.view.canvas, Qt.Key.Key_End)
    assert workspace.viewport.index == count - 1
    wait_picture(qtbot, window)
    qtbot.keyClick(window.view.canvas, Qt.Key.Key_Down)
    assert workspace.viewport.index == count - 1
    qtbot.keyClick(window.view.canvas, Qt.Key.Key_PageUp)
    assert workspace.viewport.index == count - 11
    qtbot.keyClick(window.view.canvas, Qt.Key.Key_Home)
    assert workspace.viewport.index == 0


def test_every_frame_becomes_ready_while_the_user_looks(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    stack = window.workspace.viewport.stack
    qtbot.waitUntil(
        lambda: all(window.workspace.cache.get(stack, i) is not None for i in range(len(stack))),
        timeout=20_000,
    )
    values = [window.workspace.cache.get(stack, i)[0] for i in range(len(stack))]
    assert not np.array_equal(values[0], values[len(stack) // 2])


def test_drag_spins_and_sliders_agree_on_the_window(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    canvas = window.view.canvas
    before = _window_of(window)
    centre = canvas.viewport().rect().center()
    qtbot.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    qtbot.mouseMove(canvas.viewport(), centre + QPoint(60, 0))
    qtbot.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=centre + QPoint(60, 0))
    dragged = _window_of(window)
    catch_up(window)
    assert dragged.width > before.width
    width = window.findChild(QDoubleSpinBox, "windowWidthSpin")
    assert width.value() == pytest.approx(dragged.width, abs=1)
    width.setValue(400)
    window.findChild(QDoubleSpinBox, "windowCenterSpin").setValue(40)
    assert (_window_of(window).center, _window_of(window).width) == (40, 400)
    slider = window.findChild(QSlider, "windowCenterSlider")
    slider.setValue(slider.maximum())
    assert _window_of(window).center > 40


def test_digits_choose_automatic_file_windows_then_presets(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    vois = window.workspace.picture().description.vois
    assert len(vois) == 2
    qtbot.keyClick(window.view.canvas, Qt.Key.Key_2)
    assert window.workspace.picture().voi == vois[1]
    preset = window.findChild(QComboBox, "windowPreset")
    catch_up(window)
    assert preset.currentIndex() == 2
    qtbot.keyClick(window.view.canvas, Qt.Key.Key_3)
    assert window.workspace.picture().voi not in vois
    qtbot.keyClick(window.view.canvas, Qt.Key.Key_0)
    catch_up(window)
    assert preset.currentIndex() == 0


@pytest.mark.parametrize(
    "name", ["windowPreset", "windowCenterSpin", "windowWidthSpin", "cineRate"]
)
def test_enter_in_a_field_gives_the_keys_back_to_the_picture(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open, name: str
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    field = window.findChild(QWidget, name)

    def takes_the_keys() -> bool:
        window.activateWindow()
        field.setFocus()
        return field.hasFocus()

    qtbot.waitUntil(takes_the_keys)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.hasFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(window.view.canvas.hasFocus)


def test_searching_a_tag_counts_the_matches(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    tree = window.findChild(QTreeView, "tagTree")
    qtbot.waitUntil(lambda: tree.model().rowCount() > 10)
    qtbot.keyClicks(window.findChild(QLineEdit, "tagSearch"), "RescaleIntercept")
    qtbot.waitUntil(lambda: "1 of 1" in window.tag_panel.count.text())
    assert "0028,1052" in tree.currentIndex().siblingAtColumn(0).data()


def test_a_row_tells_in_full_what_it_elides_and_never_as_markup(window: MainWindow) -> None:
    node = Node("1", "<b>Chest</b>" * 20, "CT · 3 images")
    model = BrowserModel(window)
    model.set_nodes((node,))
    tooltip = model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    document = QTextDocument()
    document.setHtml(tooltip)
    lines = document.toPlainText().splitlines()
    assert "".join(lines) == f"{node.title}{node.subtitle}"
    assert max(map(len, lines)) < 80


def test_the_filter_keeps_what_matches(window: MainWindow, sample: Path, open_paths: Open) -> None:
    open_paths(sample)
    model = window.findChild(QTreeView, "seriesBrowser").model()
    box = window.findChild(QLineEdit, "browserFilter")
    box.setText("no such series")
    assert model.rowCount() == 0
    box.setText("ct")
    assert model.rowCount() == 1
    box.clear()
    assert model.rowCount() == 1


def test_enter_in_the_browser_shows_the_series(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    first = window.workspace.viewport.stack.uid
    tree = window.findChild(QTreeView, "seriesBrowser")
    qtbot.keyClick(tree, Qt.Key.Key_Down)
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert window.workspace.viewport.stack.uid != first
    wait_picture(qtbot, window)


def test_closing_the_study_frees_its_memory_and_empties_the_window(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    assert window.workspace.cache.bytes_used > 0
    window.menus.action("closeAll").trigger()
    assert window.workspace.cache.bytes_used == 0
    assert "Ctrl+O" in window.view.message()
    assert window.findChild(QTreeView, "seriesBrowser").model().rowCount() == 0
    open_paths(sample)
    wait_picture(qtbot, window)
    window.workspace.messages.post("The list was not saved.", "error")
    window.menus.action("closeStudy").trigger()
    assert window.workspace.viewport.stack is None
    assert "Ctrl+O" in window.view.message()
    assert window.findChild(QPushButton, "ledgerButton").isHidden()
    assert window.findChild(PlainLabel, "statusMessage").text() == ""
    assert window.workspace.document is None
    qtbot.waitUntil(lambda: window.workspace.cache.bytes_used == 0)


def test_a_scan_can_be_stopped_and_keeps_what_it_found(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, sample: Path
) -> None:
    image = next(p for p in sorted(sample.rglob("*")) if p.is_file() and p.name != "DICOMDIR")
    for number in range(3000):
        os.link(_copy_once(image, tmp_path), tmp_path / f"many{number:05d}")
    window.open([str(tmp_path)])
    document = window.workspace.document
    qtbot.waitUntil(lambda: bool(document.catalogue.patients), timeout=20_000)
    window.workspace.cancel_scan()
    qtbot.waitUntil(lambda: not document.progress.running, timeout=5000)
    assert document.catalogue.ledger.seen <= 3001
    wait_picture(qtbot, window)


def _copy_once(image: Path, folder: Path) -> Path:
    target = folder / "image"
    if not target.exists():
        shutil.copyfile(image, target)
    return target


def test_dropped_folder_opens(qtbot: QtBot, window: MainWindow, sample: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(sample))])
    drop = QDropEvent(
        QPointF(400, 300),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(drop)
    wait_picture(qtbot, window)


def test_the_ledger_can_be_saved_as_text(
    window: MainWindow, sample: Path, open_paths: Open, tmp_path: Path
) -> None:
    open_paths(sample)
    window.findChild(QPushButton, "ledgerButton").click()
    dialog = window.findChild(LedgerDialog)
    text = dialog.findChild(QPlainTextEdit, "ledgerText").toPlainText()
    dialog.save_to(str(tmp_path / "seen.txt"))
    assert (tmp_path / "seen.txt").read_text(encoding="utf-8").strip() == text.strip()
    dialog.save_to(str(tmp_path / "no" / "such" / "folder.txt"))
    dialog.close()


def test_one_file_opens_first_with_its_series(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    stack = window.workspace.viewport.stack
    path = stack.header(20).path
    window.workspace.close_all()
    open_paths(path)
    wait_picture(qtbot, window)
    shown = window.workspace.viewport
    assert shown.stack.header(shown.index).path == path
    assert len(shown.stack) == len(stack)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: folder / "not there", "not there"),
        (lambda folder: _folder(folder / "hollow"), "hollow is empty"),
        (lambda folder: _file(folder / "notes.txt", b"just some words\n" * 40), "notes.txt"),
        (lambda folder: _file(folder / "nothing.dcm", b""), "nothing.dcm"),
    ],
    ids=["missing", "empty-folder", "text-file", "zero-bytes"],
)
def test_what_cannot_be_opened_is_named_where_the_picture_would_be(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    make: Callable[[Path], Path],
    words: str,
) -> None:
    window.open([str(make(tmp_path))])
    _wait_message(qtbot, window, words)


def test_a_folder_without_dicom_counts_its_files(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    folder = _folder(tmp_path / "texts")
    for name in ("a.txt", "b.txt"):
        _file(folder / name, b"words " * 100)
    window.open([str(folder)])
    _wait_message(qtbot, window, "2 not DICOM")


def test_a_truncated_file_says_so_and_the_rest_loads(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open, tmp_path: Path
) -> None:
    open_paths(sample)
    stack = window.workspace.viewport.stack
    for index in range(3):
        shutil.copyfile(stack.header(index).path, tmp_path / f"im{index}")
    whole = (tmp_path / "im1").read_bytes()
    (tmp_path / "im1").write_bytes(whole[: len(whole) - 2000])
    window.workspace.close_all()  # else the whole file of the sample is beside the cut one
    open_paths(tmp_path)
    wait_picture(qtbot, window)
    window.workspace.go_to(1)
    wait_picture(qtbot, window)
    window.menus.action("texts").trigger()  # hidden, but for what must be known
    assert "are not in the file" in window.view.canvas._words.bottom_left[0]
    window.workspace.go_to(2)
    wait_picture(qtbot, window)
    assert not window.view.canvas._words.bottom_left


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_in_the_ledger(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open, tmp_path: Path
) -> None:
    shutil.copytree(sample, tmp_path / "disc")
    locked = next(p for p in sorted((tmp_path / "disc").rglob("*")) if p.is_file())
    locked.chmod(0)
    open_paths(tmp_path / "disc")
    kinds = {skipped.kind for skipped in window.workspace.document.catalogue.ledger.skipped}
    assert "unreadable" in kinds


def test_a_disc_that_vanishes_leaves_a_sentence_and_no_crash(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open, tmp_path: Path
) -> None:
    disc = tmp_path / "disc"
    shutil.copytree(sample, disc)
    open_paths(disc)
    wait_picture(qtbot, window)
    other = next(s for s in window.workspace.document.stacks() if s.kind == "cine")
    shutil.rmtree(disc)
    window.workspace.show(other)
    _wait_message(qtbot, window, "check the path or the disc")


def test_hidden_docks_stay_hidden_in_the_next_window(
    qtbot: QtBot, window: MainWindow, settings: Settings
) -> None:
    window.findChild(QWidget, "tagDock").hide()
    window.close()
    again = MainWindow(settings)
    again.show()
    assert again.findChild(QWidget, "tagDock").isHidden()
    again.close()
    again.deleteLater()


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
