"""What the window does while frames, files and tags are still on their way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import Mock

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeView
from pytestqt.qtbot import QtBot

from viewer.dicom.catalogue import Catalogue
from viewer.session import document as documents
from viewer.session.document import Document
from viewer.session.viewport import Picture
from viewer.ui.main_window import MainWindow
from viewer.workers.child_pool import Ticket

Open = Callable[..., None]


def _wait_picture(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.view.picture.pixels is not None, timeout=20_000)


def test_scrolling_before_the_first_image_does_not_keep_it_away(
    qtbot: QtBot, window: MainWindow, sample: Path
) -> None:
    window.open([str(sample)])
    qtbot.keyClick(window.view.canvas, Qt.Key.Key_Down)
    assert window.workspace.viewport.stack is None
    _wait_picture(qtbot, window)


def test_corner_texts_stay_those_of_the_picture_until_the_next_one_is_there(
    qtbot: QtBot,
    window: MainWindow,
    sample: Path,
    open_paths: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_paths(sample)
    _wait_picture(qtbot, window)
    told: list[Sequence[str]] = []
    monkeypatch.setattr(
        window.view.canvas, "set_corner_texts", lambda *texts: told.append(texts[3])
    )
    monkeypatch.setattr(window.workspace, "picture", Picture)  # not decoded yet
    window.workspace.step(5)
    window.view.canvas.pan_by(3, 3)
    assert told
    assert all(texts[0].startswith("1 / ") for texts in told)


def test_the_keyboard_keeps_its_row_in_the_browser_while_the_scan_goes_on(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    open_paths(sample)
    _wait_picture(qtbot, window)
    tree = window.findChild(QTreeView, "seriesBrowser")
    shown = tree.currentIndex().data()
    qtbot.keyClick(tree, Qt.Key.Key_Down)
    walked_to = tree.currentIndex().data()
    assert walked_to != shown
    window.workspace.document.catalogueChanged.emit()
    assert tree.currentIndex().data() == walked_to


def test_tags_of_files_scrolled_past_are_not_read(
    qtbot: QtBot,
    window: MainWindow,
    sample: Path,
    open_paths: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_paths(sample)
    _wait_picture(qtbot, window)
    workspace = window.workspace
    asked: list[str] = []

    def submit(task: str, args: tuple[str, ...], **_kwargs: object) -> Mock:
        if task == "tags":  # frames may still be asked for meanwhile
            asked.append(args[0])
        return Mock(spec=Ticket)

    monkeypatch.setattr(workspace._pool, "submit", submit)
    for _ in range(3):
        workspace.step(1)
    stack, index = workspace.viewport.stack, workspace.viewport.index
    qtbot.waitUntil(lambda: stack.key(index).path in asked)
    assert stack.key(index - 1).path not in asked


def test_closing_does_not_wait_for_a_last_catalogue(
    qtbot: QtBot, window: MainWindow, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: list[bool] = []

    class Builder(documents.CatalogueBuilder):
        def snapshot(self, *, complete: bool = True) -> Catalogue:
            whole.append(complete)
            return super().snapshot(complete=complete)

    monkeypatch.setattr(documents, "CatalogueBuilder", Builder)
    document = Document([str(sample)], window.workspace._hop)
    document.start()
    document.close()
    assert True not in whole
