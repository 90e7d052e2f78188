"""Rows of a disc whose files are still being read: there at once, in place, without a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QTreeView
from pytestqt.qtbot import QtBot

from tests.dicom.slices import a_slice
from tests.ui.screens import packed
from tests.ui.test_browser import click, rows, tree_of
from viewer.dicom.catalogue import Catalogue, CatalogueBuilder, Patient, Series, Study
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.outline import Outline
from viewer.dicom.patients import Announced
from viewer.ui.browser.model import NODE_ROLE
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel

Open = Callable[..., None]


@pytest.fixture
def builder() -> CatalogueBuilder:
    """Give a builder that knows of 20 series from the index of a disc, and of no file."""
    series = tuple(
        Series(f"1.{n}", n, "CT", "" if n % 2 else "Chest", (), Announced(12, 12))
        for n in range(1, 21)
    )
    study = Study("1", "20240102", "", "Trunk", "", series)
    first = a_slice(1)
    builder = CatalogueBuilder()
    builder.add(Outline((Patient(first.patient_name, first.patient_id, "", "", "", (study,)),)))
    return builder


def header(series: int, slices: int = 1) -> list[InstanceHeader]:
    return [
        a_slice(
            1,
            path=f"/disc/{series}/{n}",
            sop_instance_uid=f"1.{series}.{n}",
            study_instance_uid="1",
            series_instance_uid=f"1.{series}",
            series_number=series,
            rows=48 + n,  # a stack of its own
        )
        for n in range(slices)
    ]


def show(window: MainWindow, builder: CatalogueBuilder, *found: InstanceHeader) -> QTreeView:
    for item in found:
        builder.add(item)
    window.browser.set_catalogue(builder.snapshot(complete=False))
    return tree_of(window)


def row_of(tree: QTreeView, number: int) -> QModelIndex:
    """Give the row of the series with a number."""
    return next(row for row in rows(tree) if row.data(NODE_ROLE).title.startswith(f"{number}  "))


def said(window: MainWindow) -> str:
    label = window.findChild(PlainLabel, "statusMessage")
    assert isinstance(label, PlainLabel)
    return label.text()


def test_an_index_gives_rows_that_say_that_they_are_being_read(
    window: MainWindow, builder: CatalogueBuilder
) -> None:
    tree = show(window, builder)
    patient, study, *series = rows(tree)
    assert len(series) == 20
    assert "20 series" in study.data(NODE_ROLE).subtitle
    assert "240 images" in study.data(NODE_ROLE).subtitle
    for row in (study, *series):
        assert "being read" in row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "disc's index" in series[0].data(NODE_ROLE).subtitle
    assert patient.data(NODE_ROLE).announced
    assert not series[0].flags() & Qt.ItemFlag.ItemIsDragEnabled


def test_a_click_on_an_announced_row_says_so_and_shows_nothing(
    qtbot: QtBot, window: MainWindow, builder: CatalogueBuilder
) -> None:
    tree = show(window, builder)
    click(qtbot, tree, row_of(tree, 2))
    assert "still being read" in said(window)
    assert tree.currentIndex() == row_of(tree, 2)
    assert window.workspace.viewport.stack is None
    window.workspace.messages.withdraw("")
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert "still being read" in said(window)


def test_a_row_stays_current_in_its_place_when_its_first_file_is_read(
    qtbot: QtBot, window: MainWindow, builder: CatalogueBuilder
) -> None:
    tree = show(window, builder)
    click(qtbot, tree, row_of(tree, 3))
    before = tree.visualRect(tree.currentIndex())
    tree = show(window, builder, *header(3), *header(1))
    current = tree.currentIndex()
    assert current == row_of(tree, 3)
    assert current.data(NODE_ROLE).stack is not None
    assert not current.data(NODE_ROLE).announced
    now = tree.visualRect(current)
    assert (now.top(), now.height()) == (before.top(), before.height())
    assert row_of(tree, 2).data(NODE_ROLE).announced


def test_the_first_picture_leaves_the_row_that_the_user_went_to_current(
    qtbot: QtBot, window: MainWindow, builder: CatalogueBuilder
) -> None:
    tree = show(window, builder)
    click(qtbot, tree, row_of(tree, 3))
    tree = show(window, builder, *header(1))
    window.browser.select_stack(row_of(tree, 1).data(NODE_ROLE).stack.uid)
    assert tree.currentIndex() == row_of(tree, 3)


def test_rows_that_come_above_do_not_move_what_is_in_view(
    window: MainWindow, builder: CatalogueBuilder
) -> None:
    tree = show(window, builder)
    tree.verticalScrollBar().setValue(tree.verticalScrollBar().maximum() // 2 + 7)
    at = QPoint(1, 1)
    key, top = tree.indexAt(at).data(NODE_ROLE).key, tree.visualRect(tree.indexAt(at)).top()
    tree = show(window, builder, *header(1, 5), *header(2, 3))
    assert len(rows(tree)) > 25
    assert tree.indexAt(at).data(NODE_ROLE).key == key
    assert tree.visualRect(tree.indexAt(at)).top() == top


def test_an_announced_row_is_fainter_and_has_no_thumbnail(
    window: MainWindow, builder: CatalogueBuilder
) -> None:
    tree = show(window, builder, *header(1))
    pixels = packed(tree.viewport().grab().toImage())

    def contrast(index: QModelIndex) -> int:
        area = tree.visualRect(index)
        texts = pixels[area.top() : area.bottom(), area.left() + 70 : area.right()] & 0xFF
        return int(texts.max()) - int(texts.min())

    def square_is_drawn(index: QModelIndex) -> bool:
        area = tree.visualRect(index)
        part = pixels[area.top() + 8 : area.top() + 50, area.left() + 12 : area.left() + 50]
        return int(part[0, 0]) == 0xFF000000

    read, announced = row_of(tree, 1), row_of(tree, 2)
    assert contrast(read) > contrast(announced)
    assert square_is_drawn(read)
    assert not square_is_drawn(announced)


def test_a_closed_study_takes_its_announced_series_along(
    qtbot: QtBot, window: MainWindow, sample: Path
) -> None:
    seen: list[Catalogue] = []
    window.open([str(sample)])
    document = window.workspace.document
    assert document is not None
    document.catalogueChanged.connect(lambda: seen.append(document.catalogue))
    qtbot.waitUntil(lambda: bool(document.catalogue.patients))
    study = document.catalogue.patients[0].studies[0].uid
    seen.clear()
    document.close_study(study)
    qtbot.waitUntil(lambda: not document.progress.running, timeout=20_000)
    assert seen
    assert all(not catalogue.patients for catalogue in seen)


def test_a_disc_is_in_the_browser_before_its_files_and_nothing_announced_is_left(
    qtbot: QtBot, window: MainWindow, sample: Path, open_paths: Open
) -> None:
    seen: list[list[bool]] = []
    window.workspace.catalogueChanged.connect(
        lambda: seen.append([row.data(NODE_ROLE).announced for row in rows(tree_of(window))])
    )
    open_paths(sample)
    first = next(told for told in seen if told)
    assert all(first)
    assert seen[-1]
    assert not any(seen[-1])
