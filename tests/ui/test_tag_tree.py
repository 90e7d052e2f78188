"""The tag panel as a reader uses it: search, copy, whole values, the place kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QPlainTextEdit
from pytestqt.qtbot import QtBot

from viewer.dicom.tag_search import find_rows
from viewer.dicom.tags import Kind, TagTable, keyword_path, make_table, read_tags
from viewer.ui.plain_label import PlainLabel
from viewer.ui.tags.model import READABLE, Column, TagTreeModel
from viewer.ui.tags.panel import TagPanel
from viewer.ui.tags.value_dialog import ValueDialog

PanelMaker = Callable[..., TagPanel]


def sample(name: str) -> TagTable:
    return read_tags(str(get_testdata_file(name, download=False)))


def made_table(values: list[str], groups: int = 0) -> TagTable:
    """Make a table of plain elements, then ``groups`` items of one element in a sequence."""
    count = len(values)
    kinds = [Kind.ELEMENT] * count
    depths, parents = [0] * count, [-1] * count
    tags, ordinals = [0x00100010 + 0x10 * at for at in range(count)], [0] * count
    names, values = [f"Name {at}" for at in range(count)], list(values)
    if groups:
        kinds += [Kind.SEQUENCE] + [Kind.ITEM, Kind.ELEMENT] * groups
        depths += [0] + [1, 2] * groups
        parents += [-1]
        tags += [0x52009230] + [0xFFFEE000, 0x00189087] * groups
        ordinals += [0]
        names += ["Per-frame Functional Groups Sequence"]
        values += [f"{groups} items"]
        for at in range(groups):
            parents += [count, count + 1 + 2 * at]
            ordinals += [at, 0]
            names += [f"Item {at + 1}", "Diffusion b-value"]
            values += ["", str(at)]
    keywords = [name.replace(" ", "") if kind < Kind.ITEM else ""
                for name, kind in zip(names, kinds, strict=True)]  # fmt: skip
    return make_table(
        "made",
        kinds=kinds,
        depths=depths,
        parents=parents,
        tags=tags,
        lengths=[len(value) for value in values],
        ordinals=ordinals,
        keywords=keywords,
        names=names,
        vrs=["SQ" if kind == Kind.SEQUENCE else "LO" for kind in kinds],
        values=values,
    )


@pytest.fixture
def panel(qtbot: QtBot) -> TagPanel:
    widget = TagPanel()
    widget.resize(700, 400)
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def rows_below(model: QAbstractItemModel, parent: QModelIndex) -> list[int]:
    rows = []
    for place in range(model.rowCount(parent)):
        index = model.index(place, 0, parent)
        assert model.parent(index) == parent
        rows.append(int(index.internalId()))
        rows += rows_below(model, index)
    return rows


def current_row(panel: TagPanel) -> int:
    row = panel.model.row_of(panel.tree.currentIndex())
    assert row is not None
    return row


def text_of(panel: TagPanel, row: int, column: Column) -> str:
    return str(panel.model.data(panel.model.index_of(row, column)))


def test_the_tree_shows_every_row_once_in_order(qtbot: QtBot) -> None:
    model = TagTreeModel()
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    assert tester.model() is model
    for table in (sample("rtplan.dcm"), made_table(["a", "b"], groups=3), None, made_table(["c"])):
        model.set_table(table)
        assert rows_below(model, QModelIndex()) == list(range(0 if table is None else len(table)))


def test_without_a_file_the_panel_says_so(panel: TagPanel) -> None:
    assert panel.message.isVisible()
    assert panel.message.text() == "No file open"
    panel.set_table(sample("CT_small.dcm"))
    assert panel.tree.isVisible()
    panel.set_message("The file is damaged.")
    assert panel.message.isVisible()
    assert panel.message.text() == "The file is damaged."


def test_markup_and_controls_in_values_stay_text(panel: TagPanel, corpus: Path) -> None:
    table = read_tags(str(corpus / "derived/broken/script_in_names.dcm"))
    panel.set_table(table)
    shown = [text_of(panel, row, Column.VALUE) for row in range(len(table))]
    assert "<img src=x onerror=alert(1)>^%s%n" in shown
    assert all(text.isprintable() for text in shown)
    row = int(find_rows(table, "PatientName")[0])
    assert panel.model.data(panel.model.index_of(row, 4), Qt.ItemDataRole.ToolTipRole) is None


def test_long_values_are_elided_and_shown_whole_on_request(panel: TagPanel, qtbot: QtBot) -> None:
    value = "x" * 5000 + "\nsecond line <b>\u202e"
    panel.set_table(made_table(["short", value]))
    assert len(text_of(panel, 1, Column.VALUE)) == 256
    panel.show_row(1)
    panel.tree.setFocus()
    qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    dialog = panel.findChild(QDialog)
    assert isinstance(dialog, ValueDialog)
    text = dialog.findChild(QPlainTextEdit, "tagValueText")
    assert text.isReadOnly()
    assert text.toPlainText() == "x" * 5000 + "\nsecond line <b>\ufffd"
    dialog.close()


def test_a_megabyte_on_one_line_opens_at_once(panel: TagPanel) -> None:
    panel.set_table(made_table(["x" * (1 << 20)]))
    panel.show_row(0)
    began = time.perf_counter()
    panel.show_value()
    dialog = panel.findChild(QDialog)
    dialog.grab()
    assert time.perf_counter() - began < 2.0  # 0.1 s on an idle machine
    text = dialog.findChild(QPlainTextEdit, "tagValueText").toPlainText()
    assert text.replace("\n", "") == "x" * (1 << 20)
    dialog.close()


def test_typing_jumps_to_the_first_match_and_counts(panel: TagPanel, qtbot: QtBot) -> None:
    table = sample("rtplan.dcm")
    panel.set_table(table)
    qtbot.keyClicks(panel.search, "SOPInstanceUID")
    found = find_rows(table, "sopinstanceuid").tolist()
    assert len(found) > 2
    assert current_row(panel) == found[0]
    assert panel.count.text() == f"1 of {len(found)}"
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert current_row(panel) == found[1]
    qtbot.keyClick(panel.search, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(panel.search, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert current_row(panel) == found[-1]
    assert panel.count.text() == f"{len(found)} of {len(found)}"
    panel.step_match(1)
    assert current_row(panel) == found[0]
    qtbot.keyClicks(panel.search, " no such")
    assert panel.count.text() == "none"
    panel.search.clear()
    assert panel.count.text() == ""


def test_a_match_deep_down_is_made_visible(panel: TagPanel) -> None:
    table = sample("rtplan.dcm")
    panel.set_table(table)
    panel.search.setText("ControlPointIndex")
    row = current_row(panel)
    assert keyword_path(table, row) == "BeamSequence[0].ControlPointSequence[0].ControlPointIndex"
    place = panel.tree.visualRect(panel.tree.currentIndex())
    assert panel.tree.viewport().rect().contains(place.center())


def test_buttons_step_through_the_matches(panel: TagPanel, qtbot: QtBot) -> None:
    panel.set_table(made_table(["apple", "pear", "apple"]))
    panel.search.setText("apple")
    next_button = panel.findChild(object, "tagNext")
    qtbot.mouseClick(next_button, Qt.MouseButton.LeftButton)
    assert panel.count.text() == "2 of 2"
    qtbot.mouseClick(panel.findChild(object, "tagPrevious"), Qt.MouseButton.LeftButton)
    assert panel.count.text() == "1 of 2"


def test_the_next_file_keeps_expansion_scroll_and_current_row(panel: TagPanel) -> None:
    values = [f"value {at}" for at in range(80)]
    panel.set_table(made_table(values, groups=20))
    panel.show_row(80 + 2 * 10)  # the element in item 10
    panel.tree.collapse(panel.model.index_of(80 + 2 * 10 - 1))
    panel.show_row(80 + 2 * 12)
    panel.tree.verticalScrollBar().setValue(60)
    top = panel.model.row_of(panel.tree.indexAt(QPoint(1, 1)))
    assert top is not None
    panel.set_message("Reading")  # as between two files
    panel.set_table(made_table(["new", *values], groups=15))  # a row more above, items fewer
    assert panel.model.row_of(panel.tree.indexAt(QPoint(1, 1))) == top
    assert panel.tree.isExpanded(panel.model.index_of(81))
    assert panel.tree.isExpanded(panel.model.index_of(81 + 2 * 12 - 1))
    assert not panel.tree.isExpanded(panel.model.index_of(81 + 2 * 10 - 1))
    assert text_of(panel, current_row(panel), Column.NAME) == "Diffusion b-value"
    assert current_row(panel) == 81 + 2 * 12


def test_a_search_goes_on_in_the_next_file_without_moving(panel: TagPanel) -> None:
    panel.set_table(made_table(["apple", "pear", "apple"]))
    panel.show_row(1)
    panel.search.setText("apple")
    panel.set_table(made_table(["pear", "pear", "apple"]))
    assert panel.count.text() == "1 of 1"
    panel.set_table(made_table(["apple", "apple", "pear"]))
    assert panel.count.text() == "2 found"
    assert current_row(panel) == 2


def test_value_row_and_path_are_copied(panel: TagPanel, qtbot: QtBot) -> None:
    table = made_table(["one\ntwo"], groups=2)
    panel.set_table(table)
    clipboard = QGuiApplication.clipboard()
    panel.show_row(0)
    panel.tree.setFocus()
    qtbot.keyClick(panel.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == "one\ntwo"
    actions = {action.objectName(): action for action in panel.tree.actions()}
    actions["copyTagRow"].trigger()
    assert clipboard.text() == "(0010,0010)\tName 0\tLO\t7\tone⏎two"
    panel.show_row(5)
    actions["copyTagPath"].trigger()
    assert clipboard.text() == "Per-frameFunctionalGroupsSequence[1].Diffusionb-value"


def test_a_large_file_does_not_hold_up_the_window(panel: TagPanel) -> None:
    table = made_table(["x"] * 1000, groups=24_000)
    assert len(table) > 49_000
    panel.set_table(table)
    panel.show_row(40_000)
    panel.search.setText("23999")
    began = time.perf_counter()
    panel.set_table(table)
    panel.grab()
    assert time.perf_counter() - began < 1.0  # below 0.1 s on an idle machine


def test_widgets_have_names_for_automation_and_accessibility(panel: TagPanel) -> None:
    assert panel.findChild(object, "tagSearch") is panel.search
    assert panel.findChild(object, "tagTree") is panel.tree
    for name in ("tagSearch", "tagTree", "tagNext", "tagPrevious"):
        assert panel.findChild(object, name).accessibleName()
    assert panel.tree.uniformRowHeights()


def test_a_search_that_means_nothing_is_told_below_the_field(panel: TagPanel) -> None:
    panel.set_table(sample("rtplan.dcm"))
    problem = panel.findChild(PlainLabel, "tagSearchProblem")
    panel.search.setText("value:/(/")
    assert problem.isVisible()
    assert "no regular expression" in problem.text()
    assert panel.count.text() == ""
    panel.search.setText("group:300A")
    assert not problem.isVisible()
    assert panel.count.text().startswith("1 of ")


def test_the_readable_value_stands_beside_the_raw_and_in_full_below(panel: TagPanel) -> None:
    table = sample("CT_small.dcm")
    panel.set_table(table)
    panel.search.setText("keyword:StudyDate")
    index = panel.model.index_of(current_row(panel), Column.VALUE)
    assert panel.model.data(index) == "20040119"
    assert panel.model.data(index, READABLE) == "19 Jan 2004"
    assert panel.findChild(PlainLabel, "tagPath").text() == "StudyDate"
    assert panel.findChild(PlainLabel, "tagDetail").text() == "20040119 – 19 Jan 2004"
    panel.search.setText("tag:0009,1001")
    assert "GEMS_IDEN_01" in panel.findChild(PlainLabel, "tagPath").text()
    assert not text_of(panel, current_row(panel), Column.NAME).startswith("[")


def test_sequences_are_unfolded_to_a_depth_and_stay_so_in_the_next_file(panel: TagPanel) -> None:
    table = sample("rtplan.dcm")
    panel.set_table(table)
    actions = {action.objectName(): action for action in panel.tree.actions()}

    def unfolded() -> set[int]:
        rows, index = set(), panel.model.index(0, 0)
        while index.isValid():
            rows.add(int(index.internalId()))
            index = panel.tree.indexBelow(index)
        return rows

    for depth in (1, 2, 3):
        actions[f"expandTags{depth}"].trigger()
        assert unfolded() == {row for row in range(len(table)) if table.depths[row] <= 2 * depth}, (
            depth
        )
    actions["expandTagsAll"].trigger()
    assert unfolded() == set(range(len(table)))
    sequence = int(find_rows(table, "keyword:BeamSequence")[0])
    panel.tree.collapse(panel.model.index_of(sequence))
    hidden = set(range(len(table))) - unfolded()
    assert hidden
    panel.set_table(sample("rtplan.dcm"))
    assert set(range(len(table))) - unfolded() == hidden
    actions["collapseTags"].trigger()
    assert unfolded() == {row for row in range(len(table)) if table.depths[row] == 0}


def test_the_star_key_unfolds_everything(panel: TagPanel, qtbot: QtBot) -> None:
    panel.set_table(sample("rtplan.dcm"))
    panel.tree.setFocus()
    qtbot.keyClick(panel.tree, Qt.Key.Key_Asterisk)
    assert panel.tree.isExpanded(panel.model.index_of(int(panel.model.table.parents.max())))


def test_several_rows_are_copied_as_csv_and_python(panel: TagPanel) -> None:
    table = sample("CT_small.dcm")
    panel.set_table(table)
    panel.show_row(int(find_rows(table, "keyword:PatientName")[0]))
    flags = QItemSelectionModel.SelectionFlag
    for keyword in ("PatientName", "StudyDate"):
        index = panel.model.index_of(int(find_rows(table, f"keyword:{keyword}")[0]))
        panel.tree.selectionModel().select(index, flags.Select | flags.Rows)
    actions = {action.objectName(): action for action in panel.tree.actions()}
    clipboard = QGuiApplication.clipboard()
    actions["copyTagCsv"].trigger()
    assert clipboard.text().splitlines()[1:] == [
        '"(0008,0020)",StudyDate,Study Date,DA,8,20040119,19 Jan 2004',
        '"(0010,0010)",PatientName,Patient\'s Name,PN,22,'
        'CompressedSamples^CT1,"CompressedSamples, CT1"',
    ]
    actions["copyTagPython"].trigger()
    lines = clipboard.text().splitlines()
    assert [str(eval(line, {"pydicom": pydicom})) for line in lines] == [
        "20040119",
        "CompressedSamples^CT1",
    ]


def test_all_rows_of_a_long_header_are_not_selected_at_once(panel: TagPanel) -> None:
    panel.set_table(made_table(["x"] * 1000, groups=24_000))
    panel.show_row(10)
    began = time.perf_counter()
    panel.tree.selectAll()
    panel.grab()
    assert time.perf_counter() - began < 2.0
    assert len(panel.tree.selectionModel().selectedRows()) == 1


def test_a_long_header_is_unfolded_bit_by_bit_to_its_end(qtbot: QtBot, panel: TagPanel) -> None:
    table = made_table(["x"] * 10, groups=6_000)
    panel.set_table(table)
    actions = {action.objectName(): action for action in panel.tree.actions()}
    actions["expandTagsAll"].trigger()
    opens = [panel.model.index_of(row) for row in range(len(table)) if len(table.children_of(row))]
    assert not all(map(panel.tree.isExpanded, opens))  # the window goes on first
    qtbot.waitUntil(lambda: all(map(panel.tree.isExpanded, opens)), timeout=30_000)
    panel.set_table(made_table(["x"], groups=6_000))
    actions["collapseTags"].trigger()  # ends what goes on
    assert not panel.tree.isExpanded(opens[0])


def test_unfolding_a_long_header_does_not_hold_up_the_window(panel: TagPanel) -> None:
    panel.set_table(made_table(["x"] * 1000, groups=24_000))
    actions = {action.objectName(): action for action in panel.tree.actions()}
    began = time.perf_counter()
    actions["expandTagsAll"].trigger()
    panel.grab()
    assert time.perf_counter() - began < 2.0  # 0.2 s on an idle machine
