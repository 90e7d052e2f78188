"""Headers compared in the window: chosen, filtered, stepped through, exported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from pytestqt.qtbot import QtBot

from tests.dicom.enhanced_files import write_enhanced, write_series
from viewer.ui.data.compare_window import CompareWindow, show_comparison
from viewer.ui.main_window import MainWindow

Open = Callable[[MainWindow], CompareWindow]
Wait = Callable[[CompareWindow], None]


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    """Give a function that waits until a comparison has ended."""

    def wait_for(compare: CompareWindow) -> None:
        qtbot.waitUntil(lambda: not compare.message.startswith("Comparing"), timeout=20_000)

    return wait_for


@pytest.fixture
def opened(wait: Wait) -> Open:
    """Give a function that opens the comparison and waits for it."""

    def open_it(window: MainWindow) -> CompareWindow:
        show_comparison(window.workspace, "", window)
        (found,) = window.findChildren(CompareWindow)
        wait(found)
        return found

    return open_it


def paths(compare: CompareWindow) -> list[str]:
    return [compare.model.rows[int(row)].path for row in compare.model.differences]


def test_the_frame_on_screen_is_compared_with_the_next(
    window: MainWindow, open_paths: Callable[..., None], opened: Open, tmp_path: Path
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    window.workspace.go_to(1)
    compare = opened(window)
    assert (compare.a.frame.value(), compare.b.frame.value()) == (2, 3)
    assert "XRayTubeCurrent" in paths(compare)
    assert "KVP" not in paths(compare)


def test_the_last_frame_is_compared_with_the_one_before(
    window: MainWindow, open_paths: Callable[..., None], opened: Open, tmp_path: Path
) -> None:
    write_enhanced(tmp_path / "e")
    open_paths(tmp_path / "e")
    window.workspace.go_to(3)
    compare = opened(window)
    assert (compare.a.frame.value(), compare.b.frame.value()) == (4, 3)
    leaves = {path.rpartition(".")[2] for path in paths(compare)}
    assert leaves == {
        "InStackPositionNumber",
        "DimensionIndexValues",
        "ImagePositionPatient",
        "ExposureInmAs",
    }


def test_what_is_ignored_is_left_out_and_counted(
    window: MainWindow, open_paths: Callable[..., None], opened: Open, tmp_path: Path
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    compare = opened(window)
    assert "SOPInstanceUID" in paths(compare)
    compare.ignored["uids"].setChecked(True)
    assert "SOPInstanceUID" not in paths(compare)
    assert "ignored" in compare.count.text()
    compare.only.setChecked(False)
    assert compare.model.rowCount() > 20


def test_search_and_steps(
    window: MainWindow,
    open_paths: Callable[..., None],
    opened: Open,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    compare = opened(window)
    found = paths(compare)
    seen = []
    for _ in found:
        compare.step(1)
        seen.append(compare.model.rows[compare.model.row_of(compare.tree.currentIndex())].path)
    assert seen == found
    compare.step(1)
    assert compare.model.row_of(compare.tree.currentIndex()) == compare.model.differences[0]
    compare.step(-1)
    assert compare.model.row_of(compare.tree.currentIndex()) == compare.model.differences[-1]
    compare.search.setText("tube current")
    qtbot.waitUntil(lambda: paths(compare) == ["XRayTubeCurrent"], timeout=5000)
    compare.step(1)
    compare.copy_row()
    assert QGuiApplication.clipboard().text().split("\t")[4:6] == ["100", "110"]
    compare.search.setText("no such thing")
    qtbot.waitUntil(lambda: compare.message == "Nothing fits the search.", timeout=5000)


def test_a_tolerance_makes_numbers_equal_and_a_wrong_one_is_said(
    window: MainWindow,
    open_paths: Callable[..., None],
    opened: Open,
    wait: Wait,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    compare = opened(window)
    for text, expected in (("20", ""), ("much", "a tolerance is a number")):
        compare.tolerance.clear()
        qtbot.keyClicks(compare.tolerance, text)
        qtbot.keyClick(compare.tolerance, Qt.Key.Key_Return)
        assert compare.isVisible()
        wait(compare)
        assert expected in compare.message
        assert "XRayTubeCurrent" not in paths(compare)


def test_files_can_be_dropped(window: MainWindow, opened: Open, wait: Wait, tmp_path: Path) -> None:
    one, other = write_series(tmp_path, 2)
    dataset = pydicom.dcmread(one)
    dataset.StationName = "<b>bold</b>"
    dataset.save_as(other)
    compare = opened(window)
    assert compare.message.startswith("Choose what to compare")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(one)), QUrl.fromLocalFile(str(other))])
    compare.b.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    wait(compare)
    assert paths(compare) == ["StationName"]
    compare._swap()
    wait(compare)
    row = compare.model.rows[int(compare.model.differences[0])]
    assert (row.a, row.b, row.state) == ("<b>bold</b>", "", "removed")


def test_a_file_that_is_none_is_said(
    window: MainWindow, opened: Open, wait: Wait, tmp_path: Path
) -> None:
    (tmp_path / "text").write_text("hello")
    compare = opened(window)
    compare.a.choose_file(str(tmp_path / "text"))
    compare.b.choose_file(str(tmp_path / "text"))
    wait(compare)
    assert "not a DICOM file" in compare.message


def test_two_series_are_folded(
    window: MainWindow,
    open_paths: Callable[..., None],
    opened: Open,
    wait: Wait,
    tmp_path: Path,
) -> None:
    write_series(tmp_path / "a", 3)
    for path in write_series(tmp_path / "b", 3, StationName="CT2"):
        dataset = pydicom.dcmread(path)
        dataset.SeriesInstanceUID = "1.2.88"
        dataset.SOPInstanceUID += ".1"
        dataset.save_as(path)
    open_paths(tmp_path)
    compare = opened(window)
    stacks = window.workspace.document.stacks()  # type: ignore[union-attr]
    compare.a.choose(stacks[0], 0)
    compare.b.choose(stacks[1], 0)
    compare.compare()
    wait(compare)
    notes = {row.path: row.note for row in compare.model.rows}
    assert notes["StationName"] == "in all 3 frames, the same way"


@pytest.mark.parametrize("name", ["out.csv", "out.txt"])
def test_it_is_exported(
    window: MainWindow,
    open_paths: Callable[..., None],
    opened: Open,
    tmp_path: Path,
    qtbot: QtBot,
    name: str,
) -> None:
    write_series(tmp_path / "s")
    open_paths(tmp_path / "s")
    compare = opened(window)
    with qtbot.waitSignal(window.workspace.messages.posted, timeout=10_000):
        compare.export(str(tmp_path / name))
    text = (tmp_path / name).read_text("utf-8-sig")
    assert "XRayTubeCurrent" in text
    assert "KVP" not in text


def test_it_is_found_again_and_closes_with_escape(
    window: MainWindow,
    open_paths: Callable[..., None],
    opened: Open,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    compare = opened(window)
    assert opened(window) is compare
    with qtbot.waitSignal(compare.destroyed):
        qtbot.keyClick(compare, Qt.Key.Key_Escape)
    assert not window.findChildren(CompareWindow)


def test_the_model_is_one(
    window: MainWindow,
    open_paths: Callable[..., None],
    opened: Open,
    tmp_path: Path,
    qtmodeltester: object,
) -> None:
    write_enhanced(tmp_path / "e", 2)
    open_paths(tmp_path / "e")
    compare = opened(window)
    qtmodeltester.check(compare.model)  # type: ignore[attr-defined]
    compare.only.setChecked(False)
    qtmodeltester.check(compare.model)  # type: ignore[attr-defined]


def test_a_comparison_that_is_closed_ends_without_a_word_of_qt(
    window: MainWindow, open_paths: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    show_comparison(window.workspace, "", window)
    (compare,) = window.findChildren(CompareWindow)
    qtbot.waitUntil(lambda: compare._job is not None)
    job = compare._job
    with (
        qtbot.waitSignal(job.destroyed, timeout=20_000),
        qtbot.waitSignal(compare.destroyed),
    ):
        compare.close()


def test_what_is_exported_is_written_where_the_window_is_closed_meanwhile(
    window: MainWindow, open_paths: Callable[..., None], opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    compare = opened(window)
    out = tmp_path / "out.csv"
    with qtbot.waitSignal(window.workspace.messages.posted), qtbot.waitSignal(compare.destroyed):
        compare.export(str(out))
        compare.close()
    assert "Path" in out.read_text(encoding="utf-8-sig")


def test_a_wrong_tolerance_is_said_in_words(
    window: MainWindow, open_paths: Callable[..., None], opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    compare = opened(window)
    compare.tolerance.setText("abc")
    compare.tolerance.editingFinished.emit()
    qtbot.waitUntil(lambda: "a tolerance is a number" in compare.message, timeout=20_000)
    assert "--tolerance" not in compare.message


def test_escape_clears_the_search_before_it_closes(
    window: MainWindow, open_paths: Callable[..., None], opened: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    write_series(tmp_path)
    open_paths(tmp_path)
    compare = opened(window)
    compare.search.setFocus()
    compare.search.setText("x")
    qtbot.keyClick(compare.search, Qt.Key.Key_Escape)
    assert (compare.search.text(), compare.isVisible()) == ("", True)
    qtbot.keyClick(compare.search, Qt.Key.Key_Escape)
    assert not compare.isVisible()
