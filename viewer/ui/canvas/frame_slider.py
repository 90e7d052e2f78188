"""The frame slider: where in the stack the picture is, and which frames are ready."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QToolTip, QWidget

from viewer.imaging.spacing import FrameMark
from viewer.ui.literal import tooltip
from viewer.workers.priority import EMPTY, FAILED, READY

_BAND_PX = 4
_FAILED_COLOUR = QColor(214, 96, 77)
_FRAMES_PER_PAGE = 10
_MARK_COLOUR = QColor(240, 170, 40)
_MARK_PX = 2
_MARK_RISE_PX = 6
_MARK_REACH_PX = 4  # of the pointer
_MOST_TOLD = 5  # marks in one tooltip

_Run = tuple[int, int, int]  # first pixel, the one after the last, state of its frames


class FrameSlider(QSlider):
    """A slider over the frames of a stack; a stack of one frame leaves its place empty.

    Signals
    -------
    indexRequested
        The frame, from 0, that the user moved to.
    """

    indexRequested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("frameSlider")
        self.setAccessibleName("Frame")
        self.setPageStep(_FRAMES_PER_PAGE)
        self.setInvertedControls(True)  # up is towards the first frame, as on the canvas
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self.setMaximum(0)
        self.setVisible(False)
        self._states = np.zeros(0, np.uint8)
        self._band: tuple[int, list[_Run]] | None = None  # its length, and what is drawn along it
        self._marks: tuple[FrameMark, ...] = ()
        self.valueChanged.connect(self._moved)
        self.sliderMoved.connect(self._tell_where)

    def set_count(self, count: int) -> None:
        """Take the number of frames; their states are then unknown, and nothing is marked."""
        with QSignalBlocker(self):
            self.setRange(0, max(count - 1, 0))
        self._states = np.zeros(count, np.uint8)
        self._band = None
        self._marks = ()
        self.setVisible(count > 1)
        self._name_frame()
        self.update()

    def set_index(self, index: int) -> None:
        """Show frame ``index``, from 0, without asking for it."""
        with QSignalBlocker(self):
            self.setValue(index)
        self._name_frame()

    def set_states(self, states: np.ndarray) -> None:
        """Take the frames' states, uint8 codes of `viewer.workers.priority`."""
        if not np.array_equal(states, self._states):
            self._states = np.array(states, np.uint8)
            self._band = None
            self._name_frame()
            self.update()

    def set_marks(self, marks: Sequence[FrameMark]) -> None:
        """Mark frames, each with a sentence that the tooltip says there."""
        self._marks = tuple(mark for mark in marks if 0 <= mark.index <= self.maximum())
        self._name_frame()
        self.update()

    def event(self, event: QEvent) -> bool:
        """Say what is marked under the pointer; elsewhere, which frame is shown."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            told = self._told_near(event.pos().x())
            if told:
                QToolTip.showText(event.globalPos(), tooltip(told), self)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by keys; left and right stay themselves though up and down are turned round."""
        if event.key() == Qt.Key.Key_Left:
            self.triggerAction(QSlider.SliderAction.SliderSingleStepSub)
        elif event.key() == Qt.Key.Key_Right:
            self.triggerAction(QSlider.SliderAction.SliderSingleStepAdd)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the groove is pressed, then drag from there."""
        if event.button() == Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            at = event.position().toPoint()
            if not self._part(option, QStyle.SubControl.SC_SliderHandle).contains(at):
                start, length = self._track(option)
                self.setValue(
                    QStyle.sliderValueFromPosition(0, self.maximum(), at.x() - start, length)
                )
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frames' states in the groove's place, and the handle over them."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        start, length = self._track(option)
        painter = QPainter(self)
        top = (self.height() - _BAND_PX) // 2
        if self._band is None or self._band[0] != length:
            self._band = length, _runs(self._states, length)
        for first, stop, state in self._band[1]:
            colour = _FAILED_COLOUR
            if state != FAILED:
                role = QPalette.ColorRole.Highlight if state == READY else QPalette.ColorRole.Light
                colour = self.palette().color(role)
            painter.fillRect(QRect(start + first, top, stop - first, _BAND_PX), colour)
        for middle in {self._x_of(mark.index, start, length) for mark in self._marks}:
            painter.fillRect(
                QRect(middle - _MARK_PX // 2, top - _MARK_RISE_PX, _MARK_PX, _MARK_RISE_PX),
                _MARK_COLOUR,
            )
        option.subControls = QStyle.SubControl.SC_SliderHandle
        control = QStyle.ComplexControl.CC_Slider
        self.style().drawComplexControl(control, option, painter, self)

    def _moved(self, index: int) -> None:
        self._name_frame()
        self.indexRequested.emit(index)

    def _name_frame(self) -> None:
        self.setToolTip(tooltip(self._told_here()))

    def _told_here(self) -> str:
        """Say which frame is shown, and what is marked there."""
        index = self.sliderPosition()  # while dragging, ahead of the value
        note = ""
        if index < len(self._states) and self._states[index] == FAILED:
            note = ": cannot be shown"
        marks = [mark.text for mark in self._marks if mark.index == index]
        return "\n".join([f"frame {index + 1} of {self.maximum() + 1}{note}", *marks])

    def _told_near(self, x: int) -> str:
        """Say what is marked where the pointer is: the nearest marked frames."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        start, length = self._track(option)
        near = [
            mark
            for mark in self._marks
            if abs(self._x_of(mark.index, start, length) - x) <= _MARK_REACH_PX
        ]
        lines = [f"frame {mark.index + 1}: {mark.text}" for mark in near[:_MOST_TOLD]]
        if len(near) > _MOST_TOLD:
            lines.append(f"and {len(near) - _MOST_TOLD} more")
        return "\n".join(lines)

    def _x_of(self, index: int, start: int, length: int) -> int:
        return start + QStyle.sliderPositionFromValue(0, self.maximum(), index, length)

    def _tell_where(self) -> None:
        self._name_frame()
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self._part(option, QStyle.SubControl.SC_SliderHandle)
        above = QPoint(handle.center().x(), handle.top() - self.height())
        QToolTip.showText(self.mapToGlobal(above), tooltip(self._told_here()), self)

    def _track(self, option: QStyleOptionSlider) -> tuple[int, int]:
        """Give where the handle's middle can go: start and length in pixels."""
        groove = self._part(option, QStyle.SubControl.SC_SliderGroove)
        handle = self._part(option, QStyle.SubControl.SC_SliderHandle)
        return groove.left() + handle.width() // 2, max(groove.width() - handle.width(), 1)

    def _part(self, option: QStyleOptionSlider, part: QStyle.SubControl) -> QRect:
        return self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)


def _runs(states: np.ndarray, width: int) -> list[_Run]:
    """Give (first, stop, state) pixel runs of ``states`` spread over ``width`` pixels.

    A pixel over several frames is failed if one of them is, ready if all are.
    """
    if not len(states):
        return []
    rank = np.where(states == FAILED, 2, np.where(states == READY, 0, 1))
    first_frame = np.arange(width) * len(states) // width
    columns = np.maximum.reduceat(rank, first_frame)
    starts = np.flatnonzero(np.diff(columns, prepend=-1))
    stops = np.append(starts[1:], width)
    code = {2: FAILED, 1: EMPTY, 0: READY}
    return [
        (int(first), int(stop), code[int(columns[first])])
        for first, stop in zip(starts, stops, strict=True)
    ]
