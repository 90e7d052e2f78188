"""The frame slider: moves by mouse and keys, shows what is ready, follows silently."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from viewer.imaging.spacing import FrameMark
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


GAP = FrameMark(29, "gap of 5 mm after this frame")


def amber(slider: FrameSlider) -> list[int]:
    """Give the columns in which a mark is painted."""
    image = slider.grab().toImage()
    colours = (
        (x, image.pixelColor(x, y)) for x in range(image.width()) for y in range(image.height())
    )
    return sorted(
        {x for x, c in colours if c.red() > 200 and 120 < c.green() < 210 > c.blue() + 90}
    )


def told_at(slider: FrameSlider, x: int) -> str:
    at = QPoint(x, slider.height() // 2)
    event = QHelpEvent(QEvent.Type.ToolTip, at, slider.mapToGlobal(at))
    QApplication.sendEvent(slider, event)
    return QToolTip.text()


def test_marks_are_painted_at_their_frames_and_taken_away(slider: FrameSlider) -> None:
    assert not amber(slider)
    slider.set_marks([GAP])
    middle = slider.width() / 2
    assert amber(slider)
    assert all(abs(x - middle) < 6 for x in amber(slider))
    slider.set_marks([])
    assert not amber(slider)


def test_a_new_stack_has_no_marks(slider: FrameSlider) -> None:
    slider.set_marks([GAP])
    slider.set_count(61)
    assert not amber(slider)


def test_the_tooltip_says_what_is_marked_at_the_frame(slider: FrameSlider) -> None:
    slider.set_marks([GAP, FrameMark(29, "shifted"), FrameMark(40, "other")])
    slider.set_index(29)
    assert slider.toolTip() == "frame 30 of 60\ngap of 5 mm after this frame\nshifted"
    slider.set_index(30)
    assert slider.toolTip() == "frame 31 of 60"


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen
def test_hovering_a_mark_says_what_it_is(slider: FrameSlider) -> None:
    slider.set_marks([GAP])
    at = amber(slider)[0]
    assert told_at(slider, at) == "frame 30: gap of 5 mm after this frame"
    assert told_at(slider, 4) == "frame 1 of 60"
    QToolTip.hideText()


def test_marks_outside_the_stack_are_no_trouble(slider: FrameSlider) -> None:
    slider.set_marks([FrameMark(-1, "a"), FrameMark(60, "b"), FrameMark(10**9, "c")])
    assert not amber(slider)
