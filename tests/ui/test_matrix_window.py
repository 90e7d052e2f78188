"""The series matrix in the window: listed, plotted, followed, exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from PySide6.QtCore import QModelIndex, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.dicom.enhanced_files import write_enhanced, write_series
from viewer.ui.data.matrix_model import Attribute, leaf_first
from viewer.ui.data.matrix_plot import MatrixPlot, curves_of
from viewer.ui.data.matrix_window import MatrixWindow, show_matrix
from viewer.ui.main_window import MainWindow

Open = Callable[[MainWindow], MatrixWindow]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    """Give a function that opens the matrix of what is shown and waits for it."""

    def open_it(window: MainWindow) -> MatrixWindow:
        show_matrix(window.workspace, "", window)
        (found,) = window.findChildren(MatrixWindow)
        qtbot.waitUntil(lambda: not found.message.startswith("Reading"), timeout=20_000)
        return found

    return open_it


def listed(matrix: MatrixWindow, group: int) -> list[str]:
    model = matrix.attributes
    above = model.group_index(group)
    return [model.index(row, 0, above).data() for row in range(model.rowCount(above))]


def choose(matrix: MatrixWindow, path: str) -> None:
    model = matrix.attributes
    for group in (0, 1):
        above = model.group_index(group)
        for row in range(model.rowCount(above)):
            index = model.index(row, 0, above)
            one = model.attribute(index)
            if one is not None and one.path == path:
                matrix.tree.setCurrentIndex(index)
                return
    raise AssertionError(path)


def test_what_varies_stands_above_what_does_not(
    window: MainWindow, open_paths: Callable[..., None], opened: Open, tmp_path: Path
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    matrix = opened(window)
    assert matrix.message == ""
    assert "XRayTubeCurrent" in listed(matrix, 0)
    assert "KVP" in listed(matrix, 1)
    matrix.search.setText("tubecurrent")
    assert listed(matrix, 0) == ["XRayTubeCurrent"]
    assert listed(matrix, 1) == []


def test_private_attributes_are_listed_by_their_names(
    window: MainWindow, open_paths: Callable[..., None], opened: Open
) -> None:
    open_paths(Path(get_testdata_file("CT_small.dcm")))
    matrix = opened(window)
    named = [one for one in listed(matrix, 1) if one.startswith("(0019,1024)")]
    assert named == ["(0019,1024) [GEMS_ACQU_01] Mid Scan Time [sec]"]
    path = "(2005,140F)[0].(2001,100A)"
    assert leaf_first(path, "[P] Number") == "(2001,100A) [P] Number ‹ (2005,140F)[0]"
    assert leaf_first("A[0].KVP", "KVP") == "KVP ‹ A[0]"


def test_the_plot_runs_along_positions_or_frames(
    window: MainWindow, open_paths: Callable[..., None], opened: Open, tmp_path: Path
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    matrix = opened(window)
    choose(matrix, "XRayTubeCurrent")
    ((name, values),) = matrix.plot.curves
    assert (name, values.tolist()) == ("XRayTubeCurrent", [100, 110, 120, 130, 140])
    window.workspace.go_to(3)
    assert matrix.plot.marked == 6.0  # mm
    matrix.axis.setCurrentText("Frame")
    assert matrix.plot.marked == 4


def test_a_click_goes_to_the_nearest_point_and_the_mark_follows(
    window: MainWindow,
    open_paths: Callable[..., None],
    opened: Open,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    matrix = opened(window)
    choose(matrix, "XRayTubeCurrent")
    QApplication.sendPostedEvents()
    view = matrix.plot._item.getViewBox()
    qtbot.waitUntil(lambda: view.viewRange()[1][1] > 130, timeout=5000)
    point = view.mapViewToScene(QPointF(4.1, 120.5))
    assert matrix.plot.nearest(point) == 2
    with qtbot.waitSignal(window.workspace.pictureChanged):
        matrix.plot.frameClicked.emit(2)
    assert window.workspace.viewport.index == 2
    assert matrix.plot.marked == 4.0
    assert matrix.table.currentIndex().row() == 2


def test_the_table_has_the_values_frame_by_frame_and_goes_to_them(
    window: MainWindow,
    open_paths: Callable[..., None],
    opened: Open,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    write_enhanced(tmp_path / "e")
    open_paths(tmp_path / "e")
    matrix = opened(window)
    choose(matrix, "CTExposureSequence[0].ExposureInmAs")
    model = matrix.frames
    texts = [[model.index(row, column).data() for column in range(3)] for row in range(4)]
    assert texts == [[str(n + 1), f"{3 * n}.00", f"{50 + n}.0"] for n in range(4)]
    matrix.activateWindow()
    matrix.table.setFocus()
    qtbot.waitUntil(matrix.table.hasFocus, timeout=5000)
    qtbot.keyClick(matrix.table, Qt.Key.Key_Down)
    assert window.workspace.viewport.index == 1


def test_texts_are_steps_and_too_many_of_them_a_table_alone(
    window: MainWindow, open_paths: Callable[..., None], opened: Open, tmp_path: Path
) -> None:
    write_series(tmp_path, 20)
    open_paths(tmp_path)
    matrix = opened(window)
    choose(matrix, "SOPInstanceUID")
    assert "too many different texts" in matrix.plot.hint
    assert matrix.frames.rowCount() == 20
    few = Attribute("X", "", "CS", "", False, True, "", ["B", "A", None])
    ((_, steps),), labels = curves_of(few)
    assert steps[:2].tolist() == [1, 0]
    assert labels == [(0, "A"), (1, "B")]


def test_it_is_found_again_and_closes_with_escape(
    window: MainWindow,
    open_paths: Callable[..., None],
    opened: Open,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    matrix = opened(window)
    assert opened(window) is matrix
    with qtbot.waitSignal(matrix.destroyed):
        qtbot.keyClick(matrix, Qt.Key.Key_Escape)
    assert not window.findChildren(MatrixWindow)
    assert not window.workspace.settings.window_geometry("matrixWindow").isEmpty()


def test_without_a_series_and_after_it_was_closed_it_says_so(
    window: MainWindow, open_paths: Callable[..., None], opened: Open, tmp_path: Path
) -> None:
    assert "No series is shown" in opened(window).message
    write_series(tmp_path)
    open_paths(tmp_path)
    matrix = opened(window)
    assert matrix.message == ""
    window.workspace.close_all()
    assert "closed" in matrix.message
    matrix.go_to(1)


def test_files_that_are_gone_are_said(
    window: MainWindow, open_paths: Callable[..., None], opened: Open, tmp_path: Path
) -> None:
    paths = write_series(tmp_path)
    open_paths(tmp_path)
    for path in paths:
        path.unlink()
    assert "could not be read" in opened(window).message


def test_it_is_exported(
    window: MainWindow,
    open_paths: Callable[..., None],
    opened: Open,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    write_series(tmp_path / "s")
    open_paths(tmp_path / "s")
    matrix = opened(window)
    out = tmp_path / "out.csv"
    with qtbot.waitSignal(window.workspace.messages.posted, timeout=20_000):
        matrix.export(str(out))
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert [row["XRayTubeCurrent"] for row in rows] == ["100", "110", "120", "130", "140"]


def test_the_model_is_one(window: MainWindow, opened: Open, qtmodeltester: object) -> None:
    matrix = opened(window)
    matrix.attributes.add(
        [
            Attribute("A", "", "DS", "", False, True, "1 to 2", ["1", "2"]),
            Attribute("B", "", "LO", "", False, False, "", ["x"]),
        ]
    )
    qtmodeltester.check(matrix.attributes)  # type: ignore[attr-defined]
    assert not matrix.attributes.attribute(QModelIndex())


def test_the_legend_shows_markup_in_a_name_as_it_is(qtbot: QtBot) -> None:
    plot = MatrixPlot()
    qtbot.addWidget(plot)
    names = [f"(0019,10{n}) [<b>x</b> & co] y" for n in (10, 11)]
    ones = [Attribute(name, "", "DS", name, False, True, "", ["1", "2"]) for name in names]
    plot.show_attributes(ones, np.arange(2.0), "Frame")
    assert [label.item.toPlainText() for _, label in plot._legend.items] == names
