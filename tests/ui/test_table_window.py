"""The window of the metadata table: rows of what is open, sorted, filtered, grouped, taken out."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.dicom.synthetic import grey, write
from viewer.ui.data.table_model import TableField, TableModel
from viewer.ui.data.table_window import TableWindow, show_table
from viewer.ui.main_window import MainWindow

_ASCENDING, _DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
_WAIT_MS = 20_000
Opened = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give two series, of twelve files and of one."""
    below = tmp_path / "in"
    below.mkdir()
    for number in range(12):
        write(
            below / f"CT{number:02}",
            grey(),
            PatientID="7",
            PatientName="Doe^<b>Jo</b>",
            StudyInstanceUID="1.1",
            SeriesInstanceUID="1.2",
            SeriesDescription="axial",
            Modality="CT",
            InstanceNumber=number + 1,
            SOPInstanceUID=f"1.9.{number}",
        )
    write(
        below / "MR",
        grey(),
        PatientID="7",
        PatientName="Doe^<b>Jo</b>",
        StudyInstanceUID="1.1",
        SeriesInstanceUID="1.3",
        Modality="MR",
        SOPInstanceUID="1.9.99",
    )
    return below


@pytest.fixture
def table(qtbot: QtBot, window: MainWindow, open_paths: Opened, folder: Path) -> TableWindow:
    """Give the window with all rows."""
    open_paths(folder)
    return _shown(qtbot, window, 13)


def _shown(qtbot: QtBot, window: MainWindow, rows: int) -> TableWindow:
    show_table(window.workspace, "1.1", window)
    found = window.findChild(TableWindow)
    assert found is not None
    qtbot.waitUntil(lambda: found.model.count == rows and _is_done(found), timeout=_WAIT_MS)
    return found


def _is_done(table: TableWindow) -> bool:
    return table.controls.again.text() == "&Read Again"


def _column(table: TableWindow, title: str) -> int:
    return [field.title for field in table.model.fields].index(title)


def _cells(table: TableWindow, title: str) -> list[str]:
    return table.model.cells(_column(table, title))


def test_what_is_open_is_a_row_a_file(table: TableWindow) -> None:
    assert table.pages.currentWidget() is table.view
    assert sorted(set(_cells(table, "Modality"))) == ["CT", "MR"]
    assert table.footer.totals.text().startswith("13 rows")
    assert "13 rows of 13 files" in table.footer.status.text()


def test_it_is_found_again(table: TableWindow, window: MainWindow) -> None:
    show_table(window.workspace, "1.1", window)
    assert window.findChildren(TableWindow) == [table]
    assert not table.isModal()


def test_a_click_on_a_header_sorts_numbers_as_numbers(table: TableWindow, qtbot: QtBot) -> None:
    column = _column(table, "InstanceNumber")
    table.view.sortByColumn(column, _DESCENDING)
    assert _cells(table, "InstanceNumber")[:3] == ["12", "11", "10"]
    table.view.sortByColumn(column, _ASCENDING)
    found = _cells(table, "InstanceNumber")
    assert found[:3] == ["1", "2", "3"]
    assert found[-1] == ""
    header = table.view.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(0) + 10, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert header.sortIndicatorSection() == 0


def test_what_is_selected_stays_so_when_sorted(table: TableWindow) -> None:
    path = table.model.path(3)
    table.view.selectRow(3)
    table.view.sortByColumn(_column(table, "InstanceNumber"), _DESCENDING)
    row = table.view.selectionModel().selectedRows()[0].row()
    assert table.model.path(row) == path


def test_a_filter_leaves_rows_that_hold_a_text(table: TableWindow, qtbot: QtBot) -> None:
    for text, rows in (("mr", 1), ("Modality:ct", 12), ("InstanceNumber:1", 4), ("zzz", 0)):
        table.controls.filter.setText(text)
        qtbot.waitUntil(lambda rows=rows: table.model.rowCount() == rows)
    qtbot.waitUntil(lambda: "No row holds" in table.message)
    assert not table.footer.export.isEnabled()
    table.activateWindow()
    table.controls.filter.setFocus()
    qtbot.keyClick(table.controls.filter, Qt.Key.Key_Escape)  # clears it before it closes
    qtbot.waitUntil(lambda: table.model.rowCount() == 13)
    assert table.isVisible()


def test_rows_are_grouped_with_their_number(table: TableWindow) -> None:
    table.view.groupAsked.emit(_column(table, "Modality"))
    items = [table.groups.topLevelItem(row) for row in range(3)]
    assert [(item.text(0), item.text(1)) for item in items] == [
        ("All", "13"),
        ("CT", "12"),
        ("MR", "1"),
    ]
    table.groups.setCurrentItem(items[2])
    assert _cells(table, "Modality") == ["MR"]
    table.controls.group.setCurrentIndex(0)
    table.controls.group.activated.emit(0)
    assert table.model.rowCount() == 13
    assert not table.groups.isVisible()


def test_the_footer_adds_up_the_numbers_of_a_column(table: TableWindow, qtbot: QtBot) -> None:
    table.view.setCurrentIndex(table.model.index(0, _column(table, "InstanceNumber")))
    said = "InstanceNumber: sum 78, mean 6.5, min 1, max 12"
    qtbot.waitUntil(lambda: said in table.footer.totals.text())


def test_a_column_is_added_completed_and_taken_away(table: TableWindow, qtbot: QtBot) -> None:
    edit = table.controls.adder
    completer = edit.completer()
    qtbot.waitUntil(lambda: completer.model().rowCount() > 4000, timeout=_WAIT_MS)
    completer.setCompletionPrefix("photometricint")
    assert completer.currentCompletion() == "PhotometricInterpretation"
    edit.setText("photometricinterpretation")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: table.model.fields[-1].title == "PhotometricInterpretation" and _is_done(table),
        timeout=_WAIT_MS,
    )
    assert set(_cells(table, "PhotometricInterpretation")) == {"MONOCHROME2"}
    table.remove_column(_column(table, "PatientID"))
    assert "PatientID" not in [field.title for field in table.model.fields]
    assert _cells(table, "PhotometricInterpretation")[0] == "MONOCHROME2"


def test_an_unknown_column_is_said_and_the_rows_stay(table: TableWindow, qtbot: QtBot) -> None:
    table.add_columns("PatientNam")
    qtbot.waitUntil(
        lambda: "did you mean PatientName" in table.footer.status.text(), timeout=_WAIT_MS
    )
    assert table.model.rowCount() == 13
    assert table.pages.currentWidget() is table.view
    table.add_columns("Rows")  # the wrong one is forgotten
    qtbot.waitUntil(lambda: "13 rows" in table.footer.status.text(), timeout=_WAIT_MS)


def test_another_level_has_its_own_rows(table: TableWindow, qtbot: QtBot) -> None:
    table.controls.level.setCurrentIndex(1)
    table.controls.level.activated.emit(1)
    qtbot.waitUntil(lambda: table.model.count == 2 and _is_done(table), timeout=_WAIT_MS)
    assert _cells(table, "instances") == ["12", "1"]


def test_columns_are_dragged_and_copied_in_their_order(table: TableWindow) -> None:
    header = table.view.horizontalHeader()
    header.moveSection(header.visualIndex(_column(table, "Modality")), 0)
    table.view.sortByColumn(_column(table, "Modality"), _DESCENDING)
    table.view.selectRow(0)
    table.view.keyPressEvent(_copy())
    titles, row = QGuiApplication.clipboard().text().split("\n")
    assert titles.split("\t")[:2] == ["Modality", "PatientID"]
    assert row.split("\t")[:2] == ["MR", "7"]


def _copy():  # type: ignore[no-untyped-def]
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent

    control = Qt.KeyboardModifier.ControlModifier
    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_C, control)


def test_a_double_click_shows_the_file(table: TableWindow, window: MainWindow) -> None:
    table.view.sortByColumn(_column(table, "InstanceNumber"), _ASCENDING)
    table.view.doubleClicked.emit(table.model.index(6, 0))
    viewport = window.workspace.viewport
    assert viewport.stack is not None
    assert viewport.stack.header(viewport.index).path == table.model.path(6)


def test_what_is_shown_is_written(table: TableWindow, qtbot: QtBot, tmp_path: Path) -> None:
    table.controls.filter.setText("Modality:ct")
    qtbot.waitUntil(lambda: table.model.rowCount() == 12)
    table.view.sortByColumn(_column(table, "InstanceNumber"), _DESCENDING)
    out = tmp_path / "out.csv"
    table.export_to(str(out))
    qtbot.waitUntil(out.exists, timeout=_WAIT_MS)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["InstanceNumber"] for row in rows][:2] == ["12", "11"]
    assert len(rows) == 12
    qtbot.waitUntil(lambda: "written to" in table.footer.status.text(), timeout=_WAIT_MS)


def test_what_is_written_is_told_where_the_window_is_closed_meanwhile(
    table: TableWindow, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    told = window.workspace.messages.posted
    with qtbot.waitSignal(told, check_params_cb=lambda _, said: "written to" in said):
        table.controls.filter.setText("ct")
        table.controls.filter.setFocus()
        table.export_to(str(tmp_path / "out.csv"))
        table.close()
        assert not table.isVisible()  # nor does its filter keep it


def test_what_cannot_be_written_is_said(table: TableWindow, qtbot: QtBot, tmp_path: Path) -> None:
    table.export_to(str(tmp_path / "nowhere" / "out.csv"))
    qtbot.waitUntil(lambda: "There is no folder" in table.footer.status.text(), timeout=_WAIT_MS)


def test_a_folder_that_is_not_open_can_be_read(
    table: TableWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write(other / "a", grey(), Modality="US")
    table.read_folder(str(other))
    qtbot.waitUntil(lambda: table.model.count == 1 and _is_done(table), timeout=_WAIT_MS)
    assert _cells(table, "Modality") == ["US"]
    assert table.controls.folder.text() == "Folder: other…"
    table.controls.scope.activated.emit(0)  # back to what is open
    qtbot.waitUntil(lambda: table.model.count == 13 and _is_done(table), timeout=_WAIT_MS)
    assert "other" not in table.controls.folder.text()


def test_an_empty_folder_is_said(table: TableWindow, qtbot: QtBot, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    table.read_folder(str(empty))
    qtbot.waitUntil(
        lambda: "No DICOM file was found" in table.footer.status.text(), timeout=_WAIT_MS
    )


def test_nothing_open_is_said(qtbot: QtBot, window: MainWindow) -> None:
    show_table(window.workspace, "", window)
    found = window.findChild(TableWindow)
    assert found is not None
    assert "Nothing is open" in found.message
    assert not found.footer.export.isEnabled()
    words = found.controls.adder.completer().model()
    qtbot.waitUntil(lambda: words.rowCount() > 0, timeout=_WAIT_MS)


def test_reading_can_be_stopped(table: TableWindow, qtbot: QtBot) -> None:
    table.controls.again.click()
    assert table.controls.again.text() == "&Stop"
    table.controls.again.click()
    qtbot.waitUntil(lambda: _is_done(table), timeout=_WAIT_MS)
    assert "Stopped" in table.footer.status.text() or table.model.count == 13


def test_it_keeps_its_size(table: TableWindow, qtbot: QtBot, window: MainWindow) -> None:
    table.resize(777, 444)
    with qtbot.waitSignal(table.destroyed):
        table.reject()
    again = _shown(qtbot, window, 13)
    assert (again.width(), again.height()) == (777, 444)


def test_the_menu_of_a_header_offers_what_a_column_can(table: TableWindow) -> None:
    menu = table.view.menu_of(0)
    assert isinstance(menu, QMenu)
    words = [action.text().replace("&", "") for action in menu.actions() if action.text()]
    assert words == [
        "Sort Ascending",
        "Sort Descending",
        "Group by This Column",
        "Remove Column",
        "Add Column…",
        "Usual Columns",
    ]
    menu.close()


def test_rows_that_come_while_sorted_find_their_place_at_the_end(qtbot: QtBot) -> None:
    model = TableModel()
    model.begin([TableField("n", "int"), TableField("t")])
    model.add([["/a", "3", "x"], ["/b", "1", "y"]])
    model.sort(0)
    assert model.cells(0) == ["1", "3"]
    model.add([["/c", "2", "x"], ["/d", "", "z"]])
    assert model.cells(0) == ["1", "3", "2", ""]
    model.settle()
    assert model.cells(0) == ["1", "2", "3", ""]
    model.sort(-1)
    assert [model.path(row) for row in range(4)] == ["/a", "/b", "/c", "/d"]


def test_text_of_files_is_no_markup_and_one_line() -> None:
    model = TableModel()
    model.begin([TableField("t")])
    model.add([["/a", "<b>bold</b>\nsecond\x1b[2J"]])
    assert model.data(model.index(0, 0)) == "<b>bold</b>⏎second\ufffd[2J"
