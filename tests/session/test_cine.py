"""Playing a stack: the rate of the file, waiting for frames, the ends."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.stacks import Stack
from viewer.imaging.frame import FrameDescription
from viewer.session.cine import Cine
from viewer.session.viewport import ViewportState
from viewer.workers.frame_cache import FrameCache

COUNT = 4


class Shown(QObject):
    """What a `Cine` needs of a workspace: a viewport, a cache, and their news."""

    stackChanged = Signal()
    framesChanged = Signal()
    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.viewport = ViewportState()
        self.cache = FrameCache(1 << 20)
        self.seen: list[int] = []

    def go_to(self, index: int) -> None:
        if self.viewport.go_to(index):
            self.seen.append(index)
            self.moved.emit(index)

    def show(self, **attributes: object) -> None:
        header = InstanceHeader("/a", 10_000, 1, number_of_frames=COUNT, **attributes)
        stack = Stack("1/a/0", "cine", (header,), tuple((0, n) for n in range(COUNT)))
        self.cache.adopt(stack)
        self.viewport.show(stack)
        self.stackChanged.emit()

    def put(self, *indices: int) -> None:
        stack = self.viewport.stack
        assert stack is not None
        for index in indices:
            pixels = np.zeros((2, 2), np.uint8)
            self.cache.put(stack.uid, stack.key(index), pixels, FrameDescription(2, 2))
        self.framesChanged.emit()


@pytest.fixture
def shown(qapp: object) -> Shown:
    return Shown()


def test_the_rate_is_the_files(shown: Shown) -> None:
    cine = Cine(shown)
    shown.show(frame_time=40.0)
    assert (cine.rate, cine.source) == (25, "FrameTime")
    cine.set_rate(1000)
    assert (cine.rate, cine.source) == (120, "")


def test_it_plays_round_and_round(qtbot: QtBot, shown: Shown) -> None:
    cine = Cine(shown)
    shown.show(recommended_display_frame_rate=100.0)
    shown.put(*range(COUNT))
    cine.toggle()
    qtbot.waitUntil(lambda: len(shown.seen) >= 6)
    cine.stop()
    assert shown.seen[:6] == [1, 2, 3, 0, 1, 2]


def test_the_work_of_showing_frames_does_not_slow_them(qtbot: QtBot, shown: Shown) -> None:
    def work(_index: int) -> None:
        end = time.monotonic() + 0.03
        while time.monotonic() < end:
            pass

    cine = Cine(shown)
    shown.show(recommended_display_frame_rate=20.0)
    shown.put(*range(COUNT))
    shown.moved.connect(work)
    began = time.monotonic()
    cine.toggle()
    qtbot.waitUntil(lambda: len(shown.seen) >= 11)
    cine.stop()
    assert 0.45 < time.monotonic() - began < 0.8  # one after the other: 0.83


def test_to_and_fro_turns_at_the_ends(qtbot: QtBot, shown: Shown) -> None:
    cine = Cine(shown)
    shown.show(recommended_display_frame_rate=100.0, preferred_playback_sequencing=1)
    shown.put(*range(COUNT))
    cine.toggle()
    qtbot.waitUntil(lambda: len(shown.seen) >= 8)
    cine.stop()
    assert shown.seen[:8] == [1, 2, 3, 2, 1, 0, 1, 2]


def test_it_waits_for_a_frame_that_is_on_its_way(qtbot: QtBot, shown: Shown) -> None:
    cine = Cine(shown)
    shown.show(recommended_display_frame_rate=100.0)
    shown.put(0, 1)
    cine.toggle()
    qtbot.waitUntil(lambda: shown.seen == [1, 2])
    with qtbot.assertNotEmitted(shown.moved, wait=60):
        pass
    shown.put(2, 3)
    qtbot.waitUntil(lambda: shown.seen[:4] == [1, 2, 3, 0])
    cine.stop()


def test_another_stack_stops_it(shown: Shown) -> None:
    cine = Cine(shown)
    shown.show()
    cine.toggle()
    assert cine.playing
    shown.viewport = ViewportState()
    shown.stackChanged.emit()
    assert not cine.playing
    cine.toggle()
    assert not cine.playing
