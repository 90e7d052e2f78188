"""The frame slider: moves by mouse and keys, shows what is ready, follows silently."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from viewer.ui.canvas.frame_slider import FrameSlider
from viewer.workers.priority import FAILED, READY


@pytest.fixture
def slider(qtbot: QtBot) -> FrameSlider:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 60)
    layout = QVBoxLayout(window)
    made = FrameSlider(window)
    layout.addWidget(made)
    made.set_count(60)
    window.show()
    made.window_kept = window  # a child does not keep its window alive
    return made


def band(slider: FrameSlider) -> list[QColor]:
    image = slider.grab().toImage()
    return [image.pixelColor(x, image.height() // 2) for x in range(image.width())]


def test_following_a_frame_asks_for_nothing(qtbot: QtBot, slider: FrameSlider) -> None:
    with qtbot.assertNotEmitted(slider.indexRequested):
        slider.set_index(11)
    assert slider.value() == 11
    assert slider.toolTip() == "frame 12 of 60"


@pytest.mark.parametrize(
    ("key", "index"),
    [
        (Qt.Key.Key_Down, 31),
        (Qt.Key.Key_Up, 29),
        (Qt.Key.Key_Right, 31),
        (Qt.Key.Key_Left, 29),
        (Qt.Key.Key_PageDown, 40),
        (Qt.Key.Key_PageUp, 20),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 59),
    ],
)
def test_keys_move_as_on_the_canvas(
    qtbot: QtBot, slider: FrameSlider, key: Qt.Key, index: int
) -> None:
    slider.set_index(30)
    with qtbot.waitSignal(slider.indexRequested) as asked:
        qtbot.keyClick(slider, key)
    assert asked.args == [index]


def test_pressing_the_groove_goes_there(qtbot: QtBot, slider: FrameSlider) -> None:
    with qtbot.waitSignal(slider.indexRequested) as asked:
        qtbot.mousePress(
            slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 3, slider.height() // 2)
        )
    assert asked.args == [59]
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen
def test_dragging_the_handle_scrolls(qtbot: QtBot, slider: FrameSlider) -> None:
    seen: list[int] = []
    slider.indexRequested.connect(seen.append)
    middle = slider.height() // 2
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(4, middle))
    qtbot.mouseMove(slider, QPoint(slider.width() // 2, middle))
    qtbot.mouseMove(slider, QPoint(slider.width() - 1, middle))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
    assert 25 < seen[0] < 35
    assert seen[-1] == 59


def test_a_single_frame_hides_the_slider_and_keeps_its_place(slider: FrameSlider) -> None:
    slider.set_count(1)
    assert not slider.isVisible()
    assert slider.sizePolicy().retainSizeWhenHidden()
    slider.set_count(5)
    assert slider.isVisible()
    assert slider.maximum() == 4


def test_ready_and_failed_frames_are_told_apart(slider: FrameSlider) -> None:
    states = np.zeros(60, np.uint8)
    states[:20] = READY
    states[40:] = FAILED
    slider.set_states(states)
    colours = band(slider)
    width = len(colours)
    ready, waiting, failed = (colours[int(width * part)] for part in (0.15, 0.5, 0.85))
    assert len({ready.rgb(), waiting.rgb(), failed.rgb()}) == 3
    assert failed.red() > failed.blue()


def test_one_failed_frame_of_thousands_is_still_seen(slider: FrameSlider) -> None:
    states = np.full(5000, READY, np.uint8)
    slider.set_count(5000)
    slider.set_states(states)
    assert len({colour.rgb() for colour in band(slider)[20:-20]}) == 1
    states[2500] = FAILED
    slider.set_states(states)
    assert len({colour.rgb() for colour in band(slider)[20:-20]}) == 2


def test_the_tooltip_says_that_a_frame_cannot_be_shown(slider: FrameSlider) -> None:
    states = np.full(60, READY, np.uint8)
    states[3] = FAILED
    slider.set_states(states)
    slider.set_index(3)
    assert slider.toolTip() == "frame 4 of 60: cannot be shown"


def test_an_empty_stack_is_no_trouble(slider: FrameSlider) -> None:
    slider.set_count(0)
    slider.set_states(np.zeros(0, np.uint8))
    slider.grab()
    assert not slider.isVisible()


def test_it_can_be_found_and_named(slider: FrameSlider) -> None:
    assert slider.objectName() == "frameSlider"
    assert slider.accessibleName() == "Frame"
    assert slider.focusPolicy() & Qt.FocusPolicy.TabFocus
