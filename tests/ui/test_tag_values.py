"""What the window does with one value of a file: shown, saved, copied; and pictures as code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QTabWidget
from pytestqt.qtbot import QtBot

from tests.ui.screens import wait_picture
from viewer.dicom.tag_search import find_rows
from viewer.dicom.tags import TagTable
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel
from viewer.ui.tags.value_dialog import ValueDialog

Open = Callable[..., None]
CT = str(get_testdata_file("CT_small.dcm", download=False))


def open_tags(qtbot: QtBot, window: MainWindow, open_paths: Open, path: str) -> TagTable:
    open_paths(path)
    feed = window.workspace.tag_feed
    qtbot.waitUntil(lambda: isinstance(feed.tags, TagTable) and feed.tags.is_whole, timeout=20_000)
    assert isinstance(feed.tags, TagTable)
    return feed.tags


def go_to(window: MainWindow, table: TagTable, search: str) -> None:
    window.tag_panel.show_row(int(find_rows(table, search)[0]))


def show_value(window: MainWindow) -> ValueDialog:
    window.tag_panel.show_value()
    return window.tag_panel.findChildren(ValueDialog)[-1]


def act(window: MainWindow, name: str) -> None:
    {action.objectName(): action for action in window.tag_panel.tree.actions()}[name].trigger()


def test_bytes_are_shown_with_their_offsets(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    table = open_tags(qtbot, window, open_paths, CT)
    go_to(window, table, "keyword:PixelData")
    dialog = show_value(window)
    text = dialog.findChild(QPlainTextEdit, "tagValueBytes")
    qtbot.waitUntil(lambda: text.toPlainText().startswith("00000000  "), timeout=20_000)
    first = pydicom.dcmread(CT).PixelData[:8].hex(" ")
    assert text.toPlainText().startswith(f"00000000  {first}  ")
    dialog.close()


def test_a_csa_header_is_shown_as_text(
    qtbot: QtBot, window: MainWindow, open_paths: Open, corpus: Path
) -> None:
    pytest.importorskip("nibabel")
    path = str(corpus / "lut_overlay/csa_slice_norm.dcm")
    table = open_tags(qtbot, window, open_paths, path)
    go_to(window, table, "tag:0029,1010")
    dialog = show_value(window)
    text = dialog.findChild(QPlainTextEdit, "tagValueCsa")
    qtbot.waitUntil(lambda: "NumberOfImagesInMosaic: 32" in text.toPlainText(), timeout=20_000)
    dialog.close()


def test_a_broken_csa_header_is_shown_as_bytes_with_the_reason(
    qtbot: QtBot, window: MainWindow, open_paths: Open, corpus: Path, tmp_path: Path
) -> None:
    content = (corpus / "lut_overlay/csa_slice_norm.dcm").read_bytes()
    at = content.index(b"SV10")
    broken = tmp_path / "file"
    broken.write_bytes(content[: at + 8] + b"\xff" * 400 + content[at + 408 :])
    table = open_tags(qtbot, window, open_paths, str(broken))
    go_to(window, table, "tag:0029,1010")
    dialog = show_value(window)
    note = dialog.findChild(PlainLabel, "tagValueNote")
    qtbot.waitUntil(note.isVisible, timeout=20_000)
    tabs = dialog.findChild(QTabWidget)
    assert [tabs.tabText(at) for at in range(tabs.count())] == ["Bytes"]
    dialog.close()


def test_a_value_is_saved_to_a_file(
    qtbot: QtBot,
    window: MainWindow,
    open_paths: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = open_tags(qtbot, window, open_paths, CT)
    out = tmp_path / "pixels.bin"
    proposed = []

    def answer(
        _parent: object, _title: str, name: str, *_more: object, **_: object
    ) -> tuple[str, str]:
        proposed.append(name)
        return str(out), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    go_to(window, table, "keyword:PixelData")
    said = window.findChild(PlainLabel, "statusMessage")
    act(window, "saveTagValue")
    qtbot.waitUntil(lambda: "were saved" in said.text(), timeout=30_000)
    assert out.read_bytes() == pydicom.dcmread(CT).PixelData
    assert Path(proposed[0]).name == "PixelData.bin"


def test_rows_are_copied_in_the_json_model(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    table = open_tags(qtbot, window, open_paths, CT)
    go_to(window, table, "keyword:PatientName")
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    act(window, "copyTagJson")
    qtbot.waitUntil(lambda: bool(clipboard.text()), timeout=20_000)
    name = [{"Alphabetic": "CompressedSamples^CT1"}]
    assert json.loads(clipboard.text()) == {"00100010": {"vr": "PN", "Value": name}}


def test_a_pattern_is_searched_for_and_one_without_end_given_up(
    qtbot: QtBot,
    window: MainWindow,
    open_paths: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("viewer.ui.tags.search_bar.PATTERN_SECONDS", 1.5)
    dataset = pydicom.dcmread(CT)
    dataset.PatientComments = "x" * 64
    dataset.save_as(tmp_path / "file")
    open_tags(qtbot, window, open_paths, str(tmp_path / "file"))
    panel = window.tag_panel
    panel.search.setText("keyword:/^slice.*ness$/")
    assert panel.count.text() == "searching…"
    qtbot.waitUntil(lambda: panel.count.text() == "1 of 1", timeout=20_000)
    panel.search.setText("value:/(x+x+)+y/")
    problem = panel.findChild(PlainLabel, "tagSearchProblem")
    qtbot.waitUntil(lambda: "takes too long" in problem.text(), timeout=30_000)


def test_the_picture_is_copied_as_python_that_gives_it(
    qtbot: QtBot, window: MainWindow, open_paths: Open
) -> None:
    open_paths(CT)
    wait_picture(qtbot, window)
    window.menus.action("turnRight").trigger()
    window.menus.action("copyPython").trigger()
    names: dict[str, np.ndarray] = {}
    exec(QGuiApplication.clipboard().text(), names)
    assert names["picture"].shape == (128, 128)
    stored = pydicom.dcmread(CT).pixel_array
    assert np.array_equal(names["stored"], stored)
    assert np.array_equal(names["values"], stored * 1.0 - 1024)
    assert names["picture"].dtype == np.uint8
    assert len(np.unique(names["picture"])) > 20
