"""Calls posted from any thread run in the thread of the hop, in order."""

from __future__ import annotations

import threading

import shiboken6
from pytestqt.qtbot import QtBot

from viewer.session.hop import Hop


def test_calls_from_a_thread_run_here_in_order(qtbot: QtBot) -> None:
    hop = Hop()
    seen: list[tuple[int, int]] = []

    def work() -> None:
        for number in range(500):
            hop.post(lambda number=number: seen.append((number, threading.get_ident())))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(seen) == 500)
    assert [number for number, _ in seen] == list(range(500))
    assert {ident for _, ident in seen} == {threading.get_ident()}


def test_a_closed_hop_drops_what_waits(qtbot: QtBot) -> None:
    hop = Hop()
    seen: list[str] = []
    hop.post(lambda: seen.append("late"))
    hop.close()
    hop.post(lambda: seen.append("later"))
    other = Hop()
    other.post(lambda: seen.append("marker"))
    qtbot.waitUntil(lambda: "marker" in seen)
    assert seen == ["marker"]


def test_a_defect_in_one_call_does_not_keep_the_others_waiting(qtbot: QtBot) -> None:
    hop = Hop()
    made: list[int] = []
    hop.post(lambda: made.append(1))
    hop.post(lambda: made.append(1 // 0))
    hop.post(lambda: made.append(3))
    with qtbot.captureExceptions() as met:
        qtbot.waitUntil(lambda: made == [1, 3])
    assert [kind for kind, _, _ in met] == [ZeroDivisionError]


def test_what_comes_once_the_hop_is_gone_is_dropped(qtbot: QtBot) -> None:
    hop = Hop()
    shiboken6.delete(hop)
    hop.post(lambda: None)  # as from a thread that was kept waiting beyond the window's end
