"""Defects met in a window: it stays up, says so once, and shows the report."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from viewer import defects
from viewer.ui import app
from viewer.ui.defect_notices import DefectNotices
from viewer.ui.dialogs.defect_dialog import DefectDialog
from viewer.ui.main_window import MainWindow
from viewer.ui.opener import Opener

SECRET = "Doe^Jane"


class Faulty(QWidget):
    """Fails wherever it is told to."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self._where = where
        self.painted = 0

    def fail(self, where: str) -> None:
        if self._where == where:
            raise ValueError(SECRET)

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted += 1
        self.fail("paint")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.fail("filter")
        return False

    def customEvent(self, event: QEvent) -> None:
        self.fail("virtual method")


def in_a_slot(widget: Faulty) -> None:
    button = QPushButton(widget)
    button.clicked.connect(lambda: widget.fail("slot"))
    button.click()


def in_a_filter(widget: Faulty) -> None:
    watched = QObject(widget)
    watched.installEventFilter(widget)
    QGuiApplication.postEvent(watched, QEvent(QEvent.Type.User))


def in_a_virtual_method(widget: Faulty) -> None:
    QGuiApplication.postEvent(widget, QEvent(QEvent.Type.User))


def in_a_thread(widget: Faulty) -> None:
    thread = threading.Thread(target=widget.fail, args=("thread",))
    thread.start()
    thread.join()


WAYS: dict[str, Callable[[Faulty], object]] = {
    "slot": in_a_slot,
    "timer": lambda widget: QTimer.singleShot(0, lambda: widget.fail("timer")),
    "paint": lambda widget: widget.show(),
    "filter": in_a_filter,
    "virtual method": in_a_virtual_method,
    "thread": in_a_thread,
}


@pytest.fixture
def notices(qtbot: QtBot, tmp_path: Path) -> Iterator[DefectNotices]:
    """Give notices of a window, installed as the window's process does."""
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    notices = DefectNotices(widget)
    defects.install(notices.tell, str(tmp_path))
    yield notices
    defects.uninstall()
    sys.excepthook, threading.excepthook, sys.unraisablehook = before


def dialogs(notices: DefectNotices) -> list[DefectDialog]:
    return notices.parent().findChildren(DefectDialog)


def shown_text(dialog: QWidget, name: str = "defectText") -> str:
    return dialog.findChild(QPlainTextEdit, name).toPlainText()


@pytest.mark.parametrize("way", WAYS)
def test_an_exception_anywhere_is_shown_and_the_window_stays(
    qtbot: QtBot, notices: DefectNotices, way: str
) -> None:
    widget = Faulty(way)
    qtbot.addWidget(widget)
    WAYS[way](widget)
    qtbot.waitUntil(lambda: len(dialogs(notices)) == 1)
    (dialog,) = dialogs(notices)
    qtbot.waitUntil(dialog.isVisible)
    assert "ValueError" in shown_text(dialog)
    assert "Jane" not in shown_text(dialog)
    assert not dialog.isModal()
    assert notices.parent().isVisible()


def test_a_defect_of_each_paint_is_told_once(qtbot: QtBot, notices: DefectNotices) -> None:
    widget = Faulty("paint")
    qtbot.addWidget(widget)
    widget.show()
    for times in range(1, 6):
        widget.update()
        qtbot.waitUntil(lambda times=times: widget.painted >= times)
    qtbot.waitUntil(lambda: len(dialogs(notices)) == 1)
    assert shown_text(dialogs(notices)[0]).count("ValueError") == 1


def test_many_defects_are_few_dialogs(qtbot: QtBot, notices: DefectNotices) -> None:
    opened = set()
    for number in range(6):
        notices.tell(defects.Report("ValueError", f"report {number}", ""))
        notices.tell(defects.Report("ValueError", f"second {number}", ""))
        qtbot.wait(10)
        for dialog in dialogs(notices):
            if dialog.isVisible():
                assert shown_text(dialog) == f"report {number}\n\nsecond {number}"
                opened.add(number)
                dialog.reject()
    assert opened == {0, 1, 2}


def test_the_report_can_be_copied_and_says_where_it_is(
    qtbot: QtBot, notices: DefectNotices, tmp_path: Path
) -> None:
    try:
        int(SECRET)
    except ValueError as error:
        defects.handle(error)
    qtbot.waitUntil(lambda: len(dialogs(notices)) == 1)
    (dialog,) = dialogs(notices)
    dialog.findChild(QPushButton, "copyDefect").click()
    (report,) = tmp_path.iterdir()
    assert QGuiApplication.clipboard().text() == report.read_text(encoding="utf-8")
    where = dialog.findChild(QWidget, "defectWhere").text()
    assert report.name in where
    assert "nothing was sent" in where


def test_kept_reports_are_in_the_help_menu(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(defects, "reports_folder", lambda: str(tmp_path / "reports"))
    window.menus.action("crashReports").trigger()
    dialog = window.findChild(DefectDialog)
    assert shown_text(dialog) == ""
    dialog.reject()
    qtbot.waitUntil(lambda: window.findChild(DefectDialog) is None)
    for number in range(2):
        defects.keep(f"report {number}", defects.reports_folder())
    window.menus.action("crashReports").trigger()
    dialog = window.findChild(DefectDialog)
    assert shown_text(dialog) == "report 1\n\nreport 0"
    dialog.reject()


def test_a_crash_of_the_last_run_is_told_in_the_status_bar(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(defects, "reports_folder", lambda: str(tmp_path))
    (tmp_path / "running-1.txt").write_text("Fatal Python error: Segmentation fault\n")
    later = app._Later(window, Opener(window, window.open), None)
    with qtbot.waitSignal(window.workspace.messages.posted, timeout=10_000) as posted:
        pass
    assert any("Crash Reports" in argument for argument in posted.args)
    assert len(defects.kept_reports(str(tmp_path))) == 1
    later.end()


def test_messages_of_qt_are_logged_without_their_text(monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        category = "qt.gui"

    logged: list[str] = []
    monkeypatch.setattr(app._log, "log", lambda _level, text, *values: logged.append(text % values))
    app._log_message(app.QtMsgType.QtCriticalMsg, Context(), f"cannot open /media/{SECRET}")
    assert logged == ["Qt: QtCriticalMsg, qt.gui"]


def test_the_system_information_is_shown_once_it_is_known(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.action("systemInfo").trigger()
    dialog = window.findChild(QWidget, "systemDialog")
    qtbot.waitUntil(lambda: "JPEG-LS" in shown_text(dialog, "systemText"), timeout=30_000)
    assert "FAILS" not in shown_text(dialog, "systemText")
    dialog.reject()


def test_the_newest_report_is_shown_first_and_lost_ones_are_left_out(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(defects, "reports_folder", lambda: str(tmp_path))
    old = defects.keep("old " * 50_000, str(tmp_path))
    defects.keep("new", str(tmp_path))
    paths = [*defects.kept_reports(str(tmp_path)), str(tmp_path / "report-gone.txt")]
    monkeypatch.setattr(defects, "kept_reports", lambda _folder: paths)
    assert old in paths
    window.menus.action("crashReports").trigger()
    dialog = window.findChild(DefectDialog)
    assert shown_text(dialog).startswith("new\n\nold old")
    dialog.reject()


@pytest.mark.parametrize("name", ["about", "showKeys", "systemInfo", "crashReports", "settings"])
def test_a_closed_dialog_is_gone(qtbot: QtBot, window: MainWindow, name: str) -> None:
    window.menus.action(name).trigger()
    (dialog,) = window.findChildren(QDialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(QDialog))


def test_who_tabs_through_a_report_comes_to_the_buttons(qtbot: QtBot, window: MainWindow) -> None:
    window.menus.action("systemInfo").trigger()
    (dialog,) = window.findChildren(QDialog)
    text = dialog.findChild(QPlainTextEdit, "systemText")
    text.setFocus()
    qtbot.keyClick(text, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: isinstance(dialog.focusWidget(), QPushButton))
    dialog.reject()
