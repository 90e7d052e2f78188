"""A ZIP archive dropped on the window opens like a folder."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMenu, QPlainTextEdit, QPushButton, QTreeView
from pytestqt.qtbot import QtBot

from tests.ui.screens import wait_picture
from viewer.dicom.frames import read_frame
from viewer.dicom.headers import InstanceHeader
from viewer.ui.dialogs.text_dialogs import LedgerDialog
from viewer.ui.main_window import MainWindow


@pytest.fixture
def zipped(tmp_path: Path, sample: Path) -> Path:
    """The sample study in an archive, with a file that is no image."""
    path = tmp_path / "study.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(sample.rglob("*")):
            made.write(file, os.path.relpath(file, sample))
        made.writestr("notes.txt", "words")
    return path


def _drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(400, 300), Qt.DropAction.CopyAction, data, button, none))


def test_a_dropped_archive_shows_its_study(
    qtbot: QtBot, window: MainWindow, zipped: Path, sample: Path
) -> None:
    _drop(window, zipped)
    wait_picture(qtbot, window)
    workspace = window.workspace
    qtbot.waitUntil(lambda: not workspace.document.progress.running, timeout=20_000)
    stack = workspace.viewport.stack
    for index in (0, len(stack) // 2, len(stack) - 1):
        workspace.go_to(index)
        wait_picture(qtbot, window)
        header: InstanceHeader = stack.header(index)
        outside = sample / os.path.relpath(header.path, zipped)
        expected, _ = read_frame(str(outside), stack.frames[index][1])
        np.testing.assert_array_equal(workspace.picture().pixels, expected)
    tags = window.findChild(QTreeView, "tagTree")
    qtbot.waitUntil(lambda: tags.model().rowCount() > 10, timeout=10_000)


def test_an_archive_is_among_the_recent_and_its_files_in_the_ledger(
    qtbot: QtBot, window: MainWindow, zipped: Path
) -> None:
    _drop(window, zipped)
    wait_picture(qtbot, window)
    qtbot.waitUntil(lambda: not window.workspace.document.progress.running, timeout=20_000)
    recent = window.findChild(QMenu, "menuRecent")
    recent.aboutToShow.emit()
    entry = recent.actions()[0]
    assert entry.text() == zipped.name
    assert entry.isEnabled()
    window.findChild(QPushButton, "ledgerButton").click()
    dialog = window.findChild(LedgerDialog)
    text = dialog.findChild(QPlainTextEdit, "ledgerText").toPlainText()
    assert "1 archive" in text
    assert f"{zipped}: An archive; its files are listed" in text
    assert f"{zipped / 'notes.txt'}: The file is not a DICOM file." in text
    dialog.close()


def test_an_archive_that_is_refused_says_why_where_the_picture_would_be(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "cut.zip").write_bytes(b"PK\3\4" + bytes(9))
    window.open([str(tmp_path / "cut.zip")])

    def said() -> None:
        assert "cut.zip\nIts end is missing" in window.view.message()

    qtbot.waitUntil(said, timeout=10_000)
