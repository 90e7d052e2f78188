"""What the window does while frames, files and tags are still on their way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import Mock

import imagecodecs
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeView
from pytestqt.qtbot import QtBot

from tests.dicom.synthetic import JPEG_2000, write
from tests.ui.screens import catch_up, packed
from viewer.dicom.catalogue import Catalogue
from viewer.session import catalogue_feed
from viewer.session.document import Document
from viewer.session.viewport import Picture
from viewer.ui.main_window import MainWindow
from viewer.ui.readout import LOADING
from viewer.workers.tickets import Ticket

Open = Callable[..., None]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Give a large JPEG 2000 file that is no whole number of halvings high."""
    row, column = np.mgrid[:1502, :1600]
    values = np.rint(2000 + 1000 * np.sin(row / 90) * np.cos(column / 70)).astype(np.uint16)
    stream = bytes(imagecodecs.jpeg2k_encode(values, level=0, codecformat="j2k"))
    write(tmp_path / "large", values, transfer_syntax=JPEG_2000, frames=[stream])
    return tmp_path / "large"


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

    class Builder(catalogue_feed.CatalogueBuilder):
        def snapshot(self, *, complete: bool = True) -> Catalogue:
            whole.append(complete)
            return super().snapshot(complete=complete)

    monkeypatch.setattr(catalogue_feed, "CatalogueBuilder", Builder)
    document = Document(window.workspace._hop)
    document.add([str(sample)])
    document.close()
    assert True not in whole


def test_a_large_frame_is_seen_reduced_until_the_whole_one_takes_its_place(
    qtbot: QtBot, window: MainWindow, large: Path
) -> None:
    seen: list[tuple[Picture, object, object, list[str], bool]] = []
    readouts: list[str] = []
    window.view.readoutChanged.connect(readouts.append)
    texts: list[Sequence[str]] = []
    set_texts = window.view.canvas.set_corner_texts
    window.view.canvas.set_corner_texts = lambda *corners: (  # type: ignore[method-assign]
        texts.append(corners[2]),
        set_texts(*corners),
    )

    def note(picture: Picture) -> None:
        if picture.visible is None:
            return
        canvas = window.view.canvas
        canvas.hovered.emit((700.0, 800.0))
        catch_up(window)
        export = window.menus.action("savePng").isEnabled()
        seen.append(
            (picture, canvas.sight(), canvas.grab_image(), [*texts[-1], readouts[-1]], export)
        )

    window.view.pictureShown.connect(note)
    window.open([str(large)])
    _wait_picture(qtbot, window)
    (preview, before, drawn, said, exports), *_, (whole, after, drawn_whole, said_last, _) = seen
    assert preview.preview is not None
    assert preview.pixels is None
    assert LOADING in said
    assert said[-1] == ""  # the readout knows no values yet
    assert not exports
    assert whole.pixels is not None
    assert LOADING not in said_last
    assert "row 701" in said_last[-1]
    assert before == after
    assert drawn.size() == drawn_whole.size()
    apart = packed(drawn) & 0xFF, packed(drawn_whole) & 0xFF
    assert np.abs(apart[0].astype(int) - apart[1]).max() <= 8


def test_that_a_picture_is_not_yet_whole_is_said_with_all_texts_hidden(
    qtbot: QtBot, window: MainWindow, large: Path
) -> None:
    window.view.show_texts(False)
    texts: list[Sequence[str]] = []
    window.view.canvas.set_corner_texts = lambda *corners: texts.append(  # type: ignore[method-assign]
        corners[2]
    )
    window.open([str(large)])
    _wait_picture(qtbot, window)
    assert (LOADING,) in texts
    assert texts[-1] == ()
