"""The panel of findings: checked in a process, shown, filtered, and led from to frame and tag."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from tests.dicom import synthetic
from tests.ui.screens import wait_picture
from viewer.dicom.tags import keyword_path
from viewer.session.validation_feed import ShownFinding
from viewer.ui.data import validation_panel
from viewer.ui.data.validation_icons import severity_icons
from viewer.ui.data.validation_model import Column, ValidationModel
from viewer.ui.data.validation_panel import ValidationPanel
from viewer.ui.main_window import MainWindow

Open = Callable[..., None]


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """Two images of one series: the second has a value that its VR does not allow."""
    folder = tmp_path / "disc"
    folder.mkdir()
    values = np.arange(64, dtype=np.uint16).reshape(8, 8)
    for number in (1, 2):
        synthetic.write(
            folder / f"{number}.dcm",
            values,
            StudyInstanceUID="1.2.3",
            SeriesInstanceUID="1.2.3.4",
            InstanceNumber=number,
            PatientAge="040Y",
        )
    second = folder / "2.dcm"
    second.write_bytes(second.read_bytes().replace(b"040Y", b"40  "))
    return folder


def checked(qtbot: QtBot, window: MainWindow) -> ValidationPanel:
    """Open the panel, and wait for what it finds."""
    window.menus.action("validate").trigger()
    dock = window.findChild(QDockWidget, "validationDock")
    panel = dock.widget()
    assert isinstance(panel, ValidationPanel)
    qtbot.waitUntil(lambda: not panel.feed.is_running, timeout=30_000)
    return panel


def row_of(panel: ValidationPanel, rule: str) -> QModelIndex:
    """Give the first finding of a rule."""
    for number in range(panel.model.rowCount()):
        group = panel.model.index(number, 0)
        child = panel.model.index(0, 0, group)
        finding = panel.model.finding(child)
        if finding is not None and finding.rule == rule:
            return child
    raise AssertionError(rule)


def test_findings_of_the_shown_series_come_by_rule_with_their_counts(
    qtbot: QtBot, window: MainWindow, open_paths: Open, disc: Path
) -> None:
    open_paths(disc)
    wait_picture(qtbot, window)
    panel = checked(qtbot, window)
    assert panel.tree.isVisible()
    found = panel.model.finding(row_of(panel, "vr-as-form"))
    assert found is not None
    assert found.path == str(disc / "2.dcm")
    assert panel.model.counts["error"] == sum(
        one.severity == "error" for one in panel.model.findings
    )
    assert panel.severities["error"].text() == f"{panel.model.counts['error']:,}"
    assert "2 files checked" in panel.summary.text()


def test_a_chosen_finding_brings_its_frame_and_its_tag(
    qtbot: QtBot, window: MainWindow, open_paths: Open, disc: Path
) -> None:
    open_paths(disc)
    wait_picture(qtbot, window)
    panel = checked(qtbot, window)
    panel.go_to_tag(panel.model.of(row_of(panel, "vr-as-form"))[0])
    assert window.workspace.viewport.index == 1
    tree = window.tag_panel.tree

    def current() -> str:
        row = window.tag_panel.model.row_of(tree.currentIndex())
        table = window.tag_panel.model.table
        return keyword_path(table, row) if table is not None and row is not None else ""

    qtbot.waitUntil(lambda: current() == "PatientAge", timeout=10_000)
    assert tree.isVisible()


def test_severities_and_words_filter_and_grouping_by_file(
    qtbot: QtBot, window: MainWindow, open_paths: Open, disc: Path
) -> None:
    open_paths(disc)
    wait_picture(qtbot, window)
    panel = checked(qtbot, window)
    panel.search.setText("patientage")
    qtbot.waitUntil(lambda: {one.rule for one in panel.model.shown()} == {"vr-as-form"})
    panel.search.setText("zzz")
    qtbot.waitUntil(lambda: panel.message.isVisible() and "No finding" in panel.message.text())
    panel.search.setText("")
    qtbot.waitUntil(panel.tree.isVisible)
    panel.severities["error"].setChecked(False)
    assert all(one.severity == "warning" for one in panel.model.shown())
    panel.severities["error"].setChecked(True)
    panel.grouping.setCurrentIndex(panel.grouping.findData("file"))
    panel.grouping.activated.emit(panel.grouping.currentIndex())
    titles = [panel.model.index(row, 0).data() for row in range(panel.model.rowCount())]
    assert titles[0].startswith("1.dcm (")
    assert {title.split()[0] for title in titles} == {"1.dcm", "2.dcm"}


def test_findings_are_copied_and_saved(
    qtbot: QtBot,
    window: MainWindow,
    open_paths: Open,
    disc: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_paths(disc)
    wait_picture(qtbot, window)
    panel = checked(qtbot, window)
    panel.tree.setCurrentIndex(row_of(panel, "vr-as-form"))
    panel.copy()
    copied = QGuiApplication.clipboard().text()
    assert "PatientAge" in copied
    target = tmp_path / "findings.json"
    monkeypatch.setattr(validation_panel, "ask_target", lambda *_: str(target))
    panel.save_as()
    qtbot.waitUntil(lambda: "saved" in panel.summary.text(), timeout=5000)
    saved = json.loads(target.read_text())
    assert len(saved) == len(panel.model.shown())
    monkeypatch.setattr(validation_panel, "ask_target", lambda *_: str(tmp_path / "no" / "x.csv"))
    panel.save_as()
    qtbot.waitUntil(lambda: "could not be saved" in panel.summary.text(), timeout=5000)


def test_all_that_is_open_includes_what_no_stack_has(
    qtbot: QtBot, window: MainWindow, open_paths: Open, disc: Path
) -> None:
    (disc / "cut.dcm").write_bytes((disc / "1.dcm").read_bytes()[:300])
    open_paths(disc)
    wait_picture(qtbot, window)
    panel = checked(qtbot, window)
    assert not any(one.path.endswith("cut.dcm") for one in panel.model.findings)
    panel.scope.setCurrentIndex(panel.scope.findData("all"))
    qtbot.mouseClick(panel.check, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel.feed.is_running, timeout=30_000)
    assert any(one.path.endswith("cut.dcm") for one in panel.model.findings)


def test_the_panel_is_found_again_and_empties_with_the_document(
    qtbot: QtBot, window: MainWindow, open_paths: Open, disc: Path
) -> None:
    open_paths(disc)
    wait_picture(qtbot, window)
    panel = checked(qtbot, window)
    found = len(panel.model.findings)
    assert checked(qtbot, window) is panel
    assert len(panel.model.findings) == found
    window.workspace.close_all()
    assert not panel.model.findings
    assert "Nothing is open" in panel.message.text()


def test_rows_come_in_pieces_and_markup_is_shown_as_it_is(qtbot: QtBot) -> None:
    model = ValidationModel(severity_icons())
    one = ShownFinding(
        "/x/<b>1", "error", "vr-as-form", "(0010,1010)", "PatientAge", "<i>a\nb", "S"
    )
    model.add([one] * 3)
    model.add([one] * 2)
    assert model.rowCount() == 1
    group = model.index(0, 0)
    assert model.rowCount(group) == 5
    row = model.index(4, Column.FINDING, group)
    assert row.parent() == group
    assert row.data() == "<i>a⏎b"
    assert row.siblingAtColumn(Column.FILE).data() == "<b>1"
    assert row.data(Qt.ItemDataRole.ToolTipRole) is None
