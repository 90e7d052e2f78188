"""Children that crash, hang and panic cost one task and nothing else."""

from __future__ import annotations

import logging
import os
import pickle
import queue
import select
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from viewer.dicom.errors import LimitError, PixelError
from viewer.dicom.limits import Limits
from viewer.workers import child_process
from viewer.workers.child_pool import ChildPool

FAKES = "tests.workers.fake_tasks:"


class Desk:
    """A pool, and a way to wait for one answer."""

    def __init__(self, pool: ChildPool) -> None:
        self.pool = pool

    def submit(self, task, *args, timeout_s=20.0):
        answers = queue.Queue()
        self.pool.submit(FAKES + task, args, timeout_s=timeout_s, on_done=answers.put)
        return answers

    def ask(self, task, *args, timeout_s=20.0):
        return self.submit(task, *args, timeout_s=timeout_s).get(timeout=30)


def children_of_this_process() -> set[int]:
    with open(f"/proc/self/task/{threading.get_native_id()}/children", encoding="ascii") as file:
        found = set(file.read().split())
    for task in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{task}/children", encoding="ascii") as file:
                found |= set(file.read().split())
        except FileNotFoundError:
            continue  # a thread that has just ended
    return {int(pid) for pid in found}


@pytest.fixture
def unconfined(monkeypatch):
    """Children that may write a file, to say how far they are."""
    monkeypatch.setattr(child_process, "_CONFINED", False)


@pytest.fixture
def desk():
    threads, children = set(threading.enumerate()), children_of_this_process()
    shared, handles = set(os.listdir("/dev/shm")), len(os.listdir("/proc/self/fd"))
    pool = ChildPool(processes=1, preload=())
    pool.start()
    yield Desk(pool)
    pool.close()
    assert set(threading.enumerate()) <= threads
    assert children_of_this_process() <= children
    assert set(os.listdir("/dev/shm")) <= shared
    assert len(os.listdir("/proc/self/fd")) <= handles


def test_a_result_comes_back(desk):
    assert desk.ask("echo", ("é\udcff", 3)) == ("é\udcff", 3)


def test_big_arrays_come_back_whole_and_stay_when_the_next_one_comes(desk):
    first = desk.ask("array", 3000, 4000, 7)
    second = desk.ask("array", 512, 512, 9)
    assert first.shape == (3000, 4000)
    assert first.dtype == np.int16
    assert (first == 7).all()
    assert (second == 9).all()


def test_a_child_loads_neither_qt_nor_the_main_module_of_the_program(desk):
    modules = desk.ask("describe_process")["modules"]
    assert not [name for name in modules if name.startswith(("PySide6", "pyqtgraph", "pytest"))]
    assert not {"viewer.cli", "viewer.__main__", "_pytest"} & set(modules)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no niceness")
def test_a_child_gives_way_to_the_window(desk):
    pid = desk.ask("describe_process")["pid"]
    assert os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.parametrize("way", ["crash", "leave"])
def test_a_crash_is_told_and_the_next_task_works(desk, way):
    error = desk.ask(way, "/disc/I001")
    assert isinstance(error, PixelError)
    assert error.path == "/disc/I001"
    assert "crashed" in error.message
    assert desk.ask("echo", 1) == 1


def test_a_hang_is_stopped_after_its_time(desk):
    desk.ask("echo", 0)
    error = desk.ask("hang", "/disc/I002", timeout_s=0.2)
    assert isinstance(error, PixelError)
    assert "took too long" in error.message
    assert "--limit header_seconds" in error.message
    assert desk.ask("echo", 1) == 1


def test_a_panic_that_is_no_exception_is_told_and_the_child_lives(desk):
    pid = desk.ask("describe_process")["pid"]
    error = desk.ask("panic", "/disc/I003")
    assert isinstance(error, PixelError)
    assert error.path == "/disc/I003"
    assert desk.ask("describe_process")["pid"] == pid


def test_a_known_error_passes_through_as_it_is(desk):
    error = desk.ask("refuse", "/disc/I004")
    assert type(error) is LimitError
    assert (error.message, error.path) == ("the frame is over the limit.", "/disc/I004")


def test_a_child_that_wants_too_much_memory_is_told_so(desk):
    error = desk.ask("devour", "/disc/I005")
    assert isinstance(error, PixelError)
    assert "memory" in error.message
    assert "--limit child_memory_bytes" in error.message


def test_a_limit_that_is_raised_holds_for_what_is_asked_next():
    pool = ChildPool(processes=1, limits=Limits(child_memory_bytes=64 << 20), preload=("numpy",))
    try:
        desk = Desk(pool)
        assert "memory" in desk.ask("array", 1 << 14, 1 << 12, 1).message  # 128 MiB
        pool.limits = Limits()
        assert isinstance(desk.ask("array", 1 << 14, 1 << 12, 1), np.ndarray)
    finally:
        pool.close()


def test_a_result_that_cannot_be_sent_is_an_error(desk):
    assert isinstance(desk.ask("cannot_be_sent"), PixelError)


def test_a_task_that_does_not_exist_is_an_error(desk):
    assert isinstance(desk.ask("nothing_of_that_name"), PixelError)


def test_a_cancelled_task_never_runs_nor_answers(desk):
    desk.ask("echo", 0)
    running = desk.submit("hang", "", timeout_s=0.3)
    answers = queue.Queue()
    ticket = desk.pool.submit(FAKES + "echo", (1,), timeout_s=5, on_done=answers.put)
    assert ticket.cancel()
    running.get(timeout=10)
    assert desk.ask("echo", 2) == 2
    assert answers.empty()


def test_a_receiver_that_fails_does_not_end_the_pool(desk, caplog):
    def fail(_result):
        raise ValueError("defect")

    desk.pool.submit(FAKES + "echo", (1,), timeout_s=5, on_done=fail)
    with caplog.at_level(logging.CRITICAL):
        assert desk.ask("echo", 2) == 2


def test_closing_is_immediate_while_a_child_hangs(unconfined, desk, tmp_path):
    started = tmp_path / "started"
    answers = desk.submit("touch_and_wait", str(started))
    while not started.exists():
        pass
    before = time.monotonic()
    desk.pool.close()
    assert time.monotonic() - before < 0.2
    assert answers.empty()
    desk.submit("echo", 1)  # too late: dropped without a fuss


def test_closing_while_children_still_start_is_immediate():
    pool = ChildPool(processes=2)
    pool.start()
    before = time.monotonic()
    pool.close()
    assert time.monotonic() - before < 0.2


def test_a_pool_that_was_never_started_closes():
    ChildPool(processes=1).close()


def test_children_that_cannot_start_are_told_once_and_do_not_spin():
    pool = ChildPool(processes=1, preload=("a_module_that_is_not_there",))
    pool.start()
    answers = queue.Queue()
    pool.submit(FAKES + "echo", (1,), timeout_s=5, on_done=answers.put)
    error = answers.get(timeout=20)
    pool.close()
    assert isinstance(error, PixelError)
    assert "cannot be started" in error.message


def test_the_memory_limit_is_per_child_and_above_its_start():
    pool = ChildPool(processes=1, limits=Limits(child_memory_bytes=64 << 20), preload=("numpy",))
    pool.start()
    desk = Desk(pool)
    assert isinstance(desk.ask("array", 8192, 8192, 1), PixelError)  # 128 MiB
    assert desk.ask("array", 512, 512, 1).shape == (512, 512)
    pool.close()


def test_a_task_that_cannot_be_sent_is_the_callers_fault_and_the_pool_goes_on(desk):
    with pytest.raises((AttributeError, TypeError, pickle.PicklingError)):
        desk.submit("echo", lambda: None)
    assert desk.ask("echo", 2) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a hanging child ends with its task")
def test_a_hanging_child_dies_with_a_killed_parent(tmp_path):
    started = tmp_path / "started"
    code = (
        "import sys; from viewer.workers import child_process; child_process._CONFINED = False\n"
        "from viewer.workers.child_pool import ChildPool\n"
        "pool = ChildPool(processes=1, preload=()); pool.start()\n"
        "pool.submit(sys.argv[1], (sys.argv[2],), timeout_s=60, on_done=print)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, FAKES + "touch_and_wait", str(started)],
        stdin=subprocess.PIPE,
    )
    while not (started.exists() and started.read_text(encoding="utf-8")):
        assert parent.poll() is None
    child = int(started.read_text(encoding="utf-8"))
    ended = os.pidfd_open(child)
    parent.kill()
    parent.communicate()
    readable, _, _ = select.select([ended], [], [], 10)
    os.close(ended)
    assert readable
