"""Garbage is collected in the window's thread alone, soon for what is young."""

from __future__ import annotations

import gc
import os
import platform
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from pytestqt.qtbot import QtBot

from viewer.ui.collector import Collector


class Cycle:
    """Notes the threads in which its kind is collected."""

    collected_in: ClassVar[list[int]] = []

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Cycle.collected_in.append(threading.get_ident())


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    Cycle.collected_in.clear()
    collector = Collector()
    yield collector
    collector.stop()
    assert gc.isenabled()


@pytest.mark.usefixtures("collector")
def test_garbage_of_a_worker_is_collected_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    worker = threading.Thread(target=lambda: [Cycle() for _ in range(20_000)])
    worker.start()
    worker.join()
    assert not Cycle.collected_in
    qtbot.waitUntil(lambda: len(Cycle.collected_in) == 20_000)
    assert set(Cycle.collected_in) == {threading.get_ident()}


def test_what_grew_old_before_it_was_garbage_is_collected_on_demand(
    collector: Collector, qtbot: QtBot
) -> None:
    kept = Cycle()
    gc.collect(1)
    gc.collect(1)
    del kept
    gc.collect(1)
    assert not Cycle.collected_in
    collector.collect_all()
    qtbot.waitUntil(lambda: len(Cycle.collected_in) == 1)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc alone")
def test_memory_goes_back_to_the_system_once_nothing_is_open(
    collector: Collector, qtbot: QtBot
) -> None:
    blocks = [bytearray(60_000) for _ in range(2_000)]
    last = blocks.pop()  # or the library would give back what lies before the end by itself
    blocks.clear()
    before = _resident()
    collector.collect_all(nothing_open=True)
    qtbot.waitUntil(lambda: _resident() < before - 50_000_000)
    assert last


def _resident() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
