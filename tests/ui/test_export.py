"""The picture out of the window, as a user gets it: written, named, or refused in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.screens import packed, wait_picture
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel

Open = Callable[..., None]
CT = str(get_testdata_file("CT_small.dcm", download=False))


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """Answer dialogs for a file with the first list; collect what they propose in the second."""
    answers: list[str] = []
    proposed: list[str] = []

    def answer(
        _parent: object, _title: str, name: str, _kinds: str, **_options: object
    ) -> tuple[str, str]:
        proposed.append(name)
        return answers.pop(0), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return answers, proposed


def _said(window: MainWindow) -> str:
    return str(window.findChild(PlainLabel, "statusMessage").text())


def test_a_saved_picture_is_what_was_on_screen(
    qtbot: QtBot,
    window: MainWindow,
    open_paths: Open,
    tmp_path: Path,
    dialogs: tuple[list[str], list[str]],
) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
    answers, proposed = dialogs
    (tmp_path / "out").mkdir()
    answers += [str(tmp_path / "out" / "picture"), ""]
    window.menus.action("savePng").trigger()
    written = QImage(str(tmp_path / "out" / "picture.png"))
    assert (packed(written) == packed(window.view.canvas.grab_image())).all()
    assert "was saved" in _said(window)
    window.menus.action("savePng").trigger()
    assert proposed == ["CT_1_001.png", str(tmp_path / "out" / "CT_1_001.png")]


def test_a_picture_that_cannot_be_written_is_said_to_be_lost(
    qtbot: QtBot,
    window: MainWindow,
    open_paths: Open,
    tmp_path: Path,
    dialogs: tuple[list[str], list[str]],
) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
    dialogs[0].append(str(tmp_path / "no such folder" / "picture.png"))
    window.menus.action("savePng").trigger()
    assert "was not saved" in _said(window)
    assert not list(tmp_path.glob("**/*.png"))


def test_the_proposed_name_tells_the_frame_and_not_the_patient(
    qtbot: QtBot,
    window: MainWindow,
    open_paths: Open,
    sample: Path,
    dialogs: tuple[list[str], list[str]],
) -> None:
    open_paths(sample)
    wait_picture(qtbot, window)
    window.workspace.go_to(13)
    wait_picture(qtbot, window)
    dialogs[0].append("")
    window.menus.action("savePng").trigger()
    header = window.workspace.viewport.stack.header(13)
    assert dialogs[1] == [f"{header.modality}_{header.series_number}_014.png"]
