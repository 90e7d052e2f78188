"""What an empty window offers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.screens import wait_picture
from viewer.ui.main_window import MainWindow
from viewer.ui.start_page import StartPage


def test_an_empty_window_offers_the_sample_by_a_button_that_goes_and_comes_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    page = window.findChild(StartPage)
    assert page.isVisible()
    qtbot.mouseClick(page.findChild(QPushButton, "start_action_openSample"), Qt.LeftButton)
    wait_picture(qtbot, window)
    assert not page.isVisible()
    window.workspace.close_all()
    assert page.isVisible()


def test_its_buttons_stay_in_the_middle_of_the_canvas(window: MainWindow) -> None:
    page, canvas = window.findChild(StartPage), window.view.canvas

    def in_the_middle() -> bool:
        off = page.geometry().center().x() - canvas.rect().center().x()
        return abs(off) <= 1 and canvas.rect().contains(page.geometry())

    for width in (900, 1300):
        window.resize(width, 700)
        assert in_the_middle()
    page.hide()
    window.resize(900, 600)
    page.show()
    assert in_the_middle()


def test_no_bar_to_play_frames_stands_below_nothing(window: MainWindow) -> None:
    assert not window.view.cine_bar.isVisible()


def test_each_button_can_be_reached_by_keys(window: MainWindow) -> None:
    buttons = window.findChild(StartPage).findChildren(QPushButton)
    assert [button.text() for button in buttons] == ["Open Folder…", "Open Disc…", "Open Sample"]
    assert all(button.focusPolicy() & Qt.FocusPolicy.TabFocus for button in buttons)
    assert all(button.isEnabled() for button in buttons)
