"""Tasks that end early for an urgent one, and whose pixels are read to where they belong."""

from __future__ import annotations

import queue
import threading
from dataclasses import replace

import numpy as np
import pytest

from viewer.dicom.errors import PixelError
from viewer.workers import child_process
from viewer.workers.child_pool import ChildPool
from viewer.workers.transfer import BesideWriter, open_scratch, read_beside

TASKS = "tests.workers.fake_tasks:"


class Answers:
    """Submits tasks to one child, and collects the pixels that they give."""

    def __init__(self, pool: ChildPool) -> None:
        self._pool = pool
        self.queue = queue.Queue()
        self.before_reading = lambda: None

    def ask(self, task, *args, timeout_s=20.0, **options):
        self._pool.submit(TASKS + task, args, timeout_s=timeout_s, on_done=self._done, **options)

    def _done(self, result, read=None):
        if read is not None and isinstance(result, list):
            self.before_reading()
            result = [self._pixels(beside, read) for beside in result]
        self.queue.put(result)

    def _pixels(self, beside, read):
        if isinstance(beside, np.ndarray):  # a system without a scratch file
            return beside
        target = np.empty((300, 200), np.int16)
        read(beside, target)
        return target

    def next(self):
        return self.queue.get(timeout=30)


@pytest.fixture
def answers(monkeypatch):
    monkeypatch.setattr(child_process, "_CONFINED", False)  # tasks say by a file how far they are
    threads = set(threading.enumerate())
    pool = ChildPool(processes=1, preload=("numpy",))
    pool.start()
    yield Answers(pool)
    pool.close()
    assert set(threading.enumerate()) <= threads


def wait_for(*paths):
    """Wait until one of the files is there."""
    deadline = threading.Event()
    for _ in range(2000):
        if any(path.exists() for path in paths):
            return
        deadline.wait(0.01)
    pytest.fail("the task did not begin")


def test_results_in_turn_do_not_overwrite_one_another(answers):
    for first in range(0, 12, 3):
        answers.ask("some_pieces", range(first, first + 3), yields=True)
    for first in range(0, 12, 3):
        assert [pixels[0, 0] for pixels in answers.next()] == [first, first + 1, first + 2]


def test_what_is_sent_ahead_does_not_overwrite_what_is_still_to_be_read(answers, tmp_path):
    first, *others = (tmp_path / name for name in ("first", "second", "third"))
    answers.ask("pieces_and_wait", str(first), (0, 1), yields=True)
    wait_for(first)
    # one of them is sent while the first goes on, the other once that has answered
    for number, path in enumerate(others, 1):
        answers.ask("pieces_and_wait", str(path), (number, number + 1), yields=True, urgent=True)

    def let_the_others_write():
        answers.before_reading = lambda: None
        for _ in others:
            wait_for(*others)
            next(path for path in others if path.exists()).unlink()

    answers.before_reading = let_the_others_write
    first.unlink()
    given = [[int(pixels[0, 0]) for pixels in answers.next()] for _ in range(3)]
    assert given[0] == [0, 1]
    assert sorted(given[1:]) == [[1, 2], [2, 3]]


def test_an_urgent_task_ends_what_yields_and_comes_next(answers, tmp_path):
    answers.ask("pieces", str(tmp_path / "begun"), 1000, yields=True)
    wait_for(tmp_path / "begun")
    answers.ask("echo", "later")
    answers.ask("array", 400, 300, 7, urgent=True)
    given = answers.next()
    assert 1 <= len(given) < 1000
    assert all((pixels == number).all() for number, pixels in enumerate(given))
    assert (answers.next() == 7).all()
    assert answers.next() == "later"


def test_an_urgent_task_outlives_the_crash_of_what_it_waits_for(answers, tmp_path):
    answers.ask("touch_and_die", str(tmp_path / "begun"), yields=True)
    wait_for(tmp_path / "begun")
    answers.ask("echo", "urgent", urgent=True)
    (tmp_path / "begun").unlink()  # what it waits for, to die
    crashed, urgent = answers.next(), answers.next()
    assert isinstance(crashed, PixelError)
    assert urgent == "urgent"


def test_pixels_that_are_not_all_there_are_an_error():
    scratch = open_scratch()
    if scratch < 0:
        pytest.skip("no scratch file on this system")
    writer = BesideWriter(scratch)
    writer.begin()
    beside = writer.write(np.zeros(8, np.int16))
    for wrong in (replace(beside, offset=beside.offset + 8), replace(beside, size=4)):
        with pytest.raises(EOFError):
            read_beside(scratch, wrong, np.empty(8, np.int16))
