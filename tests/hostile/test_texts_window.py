"""Every text of a file is hostile: the window shows it as text, printable and short, everywhere."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.hostile.texts import is_printable, misleading, plain, said
from tests.hostile.texts_files import TEXTS, hostile_folder, hostile_image
from tests.ui.conftest import open_paths, settings, window  # noqa: F401  # fixtures
from tests.ui.screens import catch_up, entries, on_screen, wait_picture
from viewer.dicom.tag_search import find_rows
from viewer.ui.literal import menu_title, tooltip, window_title
from viewer.ui.main_window import MainWindow
from viewer.ui.plain_label import PlainLabel

Open = Callable[..., None]


@pytest.mark.parametrize("name", TEXTS)
def test_case_41_all_that_a_window_says_is_plain_printable_and_short(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811
    open_paths: Open,  # noqa: F811
    tmp_path: Path,
    name: str,
) -> None:
    open_paths(hostile_folder(tmp_path, TEXTS[name]))
    window.menus.action("showLedger").trigger()
    for stack in window.workspace.document.stacks():
        if len(stack):
            window.workspace.show(stack)
            wait_picture(qtbot, window)
            _look_at_all(qtbot, window)
            assert misleading(window) == []


def _look_at_all(qtbot: QtBot, window: MainWindow) -> None:  # noqa: F811
    """Apply the state where there is one, and open what can be opened."""
    table = _wait_for_tags(qtbot, window)
    window.tag_panel.show_row(int(find_rows(table, "PatientName")[0]))
    window.tag_panel.show_value()
    states = entries(window, "menuPresentationState")[1:]
    if states[0].isEnabled():
        states[0].trigger()
        qtbot.waitUntil(lambda: window.view.picture.state is not None, timeout=20_000)
    window.menus.action("explain").trigger()
    window.explain_panel.point_at((1.0, 1.0))
    catch_up(window)
    on_screen(window.view.canvas)
    assert window.explain_panel.text()
    window.menus.action("explain").trigger()


def test_case_41_markup_is_read_as_it_was_written(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811
    open_paths: Open,  # noqa: F811
    tmp_path: Path,
) -> None:
    (tmp_path / "image").write_bytes(hostile_image(b"<b>DOE</b>", PatientID="7"))
    open_paths(tmp_path / "image")
    wait_picture(qtbot, window)
    _wait_for_tags(qtbot, window)
    window.menus.action("explain").trigger()
    places = {place for place, text in said(window) if "<b>DOE</b>" in text}
    assert "MainWindow mainWindow.windowTitle" in places
    for role in ("DisplayRole", "ToolTipRole", "AccessibleTextRole"):
        assert any(f"seriesBrowser {role}" in place for place in places)
    assert any("tagTree DisplayRole" in place for place in places)
    assert any("windowPreset item" in place for place in places)
    assert any("action_" not in place and "QAction" in place for place in places)  # the overlay


@pytest.mark.parametrize("name", ["longest", "longest_bidi", "nul", "lines"])
def test_case_41_a_value_is_shown_whole_on_request_and_copied_as_it_is(
    qtbot: QtBot,
    window: MainWindow,  # noqa: F811
    open_paths: Open,  # noqa: F811
    tmp_path: Path,
    name: str,
) -> None:
    (tmp_path / "image").write_bytes(hostile_image(TEXTS[name]))
    open_paths(tmp_path / "image")
    wait_picture(qtbot, window)
    table = _wait_for_tags(qtbot, window)
    panel = window.tag_panel
    row = next(r for r in range(len(table)) if table.keywords[r] == "ImageComments")
    panel.show_row(row)
    panel.show_value()
    dialog = panel.findChild(QPlainTextEdit, "tagValueText")
    dialog.window().grab()  # a megabyte is laid out within the time of a test
    lines = dialog.toPlainText().split("\n")
    assert all(map(is_printable, lines))
    assert sum(map(len, lines)) >= 0.7 * len(table.values[row])  # line ends are no characters
    panel.copy_value()
    assert QGuiApplication.clipboard().text() == table.values[row]
    dialog.window().close()


def test_case_41_qt_is_told_what_is_text(qtbot: QtBot) -> None:
    for text in ("<b>x</b>", "a & b", "<img src=x>\n<b>y</b>", "x\ty", "# x", "W" * 300, "a\nb"):
        label = PlainLabel(text)
        qtbot.addWidget(label)
        assert label.textFormat() == Qt.TextFormat.PlainText
        assert plain(tooltip(text)).replace("\n", "") == label.text().replace("\n", "")
    assert max(map(len, tooltip("W" * 300).split("\n"))) < 80
    assert menu_title("&File\x1b") == "&&File\ufffd"
    assert window_title("a [*] b\n") == "a [*][*] b⏎"


_LITERAL_LAST = {"setToolTip": "tooltip", "setWindowTitle": "window_title"}
_UNUSED = {
    "setStatusTip",
    "setWhatsThis",
    "setHtml",
    "appendHtml",
    "insertHtml",
    "setMarkdown",
    "setTextFormat",
    "QTextEdit",
    "QTextBrowser",
    "QTextDocument",
    "QGraphicsTextItem",
    "QStaticText",
    "QErrorMessage",
    "QMessageBox",
    "TextItem",
    "LabelItem",
    "AxisItem",
    "InfLineLabel",
    "LegendItem",
    "PlotItem",
    "PlotWidget",
}
_SOURCES = sorted((Path(__file__).resolve().parents[2] / "viewer" / "ui").rglob("*.py"))


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: path.name)
def test_no_widget_is_given_text_in_another_way(path: Path) -> None:
    assert _breaches(path.read_text("utf-8"), path.name) == []


@pytest.mark.parametrize(
    "source",
    [
        "QLabel(name)",
        "button.setToolTip(name)",
        "button.setToolTip(f'{name}')",
        "item.setToolTip(0, name)",
        "QToolTip.showText(at, name, self)",
        "window.setWindowTitle(name)",
        "menu.addAction(name)",
        "menu.addAction(f'{name}', call)",
        "menu.addMenu(name)",
        "QMessageBox.warning(self, name, name)",
        "dialog.setLabelText(name)",
        "bar.showMessage(name)",
        "browser.setHtml(name)",
        "tabs.addTab(page, name)",
    ],
)
def test_the_search_for_other_ways_finds_them(source: str) -> None:
    assert _breaches(source, "planted.py")


def _breaches(source: str, name: str) -> list[str]:
    """Give the calls that hand Qt a text that it may take for more than that."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        what = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        owner = called.value if isinstance(called, ast.Attribute) else None
        texts = [one for one in node.args if not _is_literal(one)]
        breach = False
        if what in _LITERAL_LAST:  # items of trees take a column first
            breach = bool(texts) and not _is_call(texts[-1], _LITERAL_LAST[what])
        elif what in _UNUSED or (isinstance(owner, ast.Name) and owner.id in _UNUSED):
            breach = True
        elif what == "QLabel":
            breach = True
        elif what == "showText":
            breach = not _is_call(node.args[1], "tooltip")
        elif what in ("addAction", "addMenu", "addTab", "insertTab", "showMessage", "QAction"):
            breach = any(not _is_action(one) for one in texts)
        elif what == "setLabelText":
            breach = bool(texts) and not _is_call(texts[0], "plain_line")
        if breach and (what, name) not in _ALLOWED:
            found.append(f"{name}:{node.lineno}: {ast.unparse(node)[:80]}")
    return found


# the first two make a label plain; the menus' titles are those of the table of actions
_ALLOWED = {
    ("setTextFormat", "plain_label.py"),
    ("setTextFormat", "image_actions.py"),
    ("addMenu", "menus.py"),
    ("QAction", "menu.py"),  # titles of our own, through menu_title
    ("addAction", "menu.py"),
    ("addTab", "value_dialog.py"),
    ("PlotWidget", "matrix_plot.py"),  # the labels of its axes are our own words
}


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _is_call(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == name


def _is_action(node: ast.expr) -> bool:
    """Tell what can only be an action, a callback, a widget or a title made for menus."""
    if _is_call(node, "menu_title") or isinstance(node, ast.Lambda | ast.Attribute):
        return True
    if isinstance(node, ast.Call):
        called = node.func
        return isinstance(called, ast.Attribute) and called.attr in ("action", "toggleViewAction")
    return isinstance(node, ast.Name) and node.id in ("action", "window", "page", "tree", "self")


def _wait_for_tags(qtbot: QtBot, window: MainWindow):  # noqa: F811
    def whole() -> bool:
        table = window.tag_panel.model.table
        path = window.workspace.viewport.stack.header(0).path
        return table is not None and table.is_whole and window.workspace.tag_feed.path == path

    qtbot.waitUntil(whole, timeout=20_000)
    return window.tag_panel.model.table
