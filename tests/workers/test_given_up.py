"""What killed a child is not tried again, until the file changes or the user asks."""

from __future__ import annotations

import queue

import pytest

from viewer.dicom.errors import PixelError
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.workers import given_up
from viewer.workers.child_pool import ChildPool

FAKES = "tests.workers.fake_tasks:"


class Pool:
    """A pool of one child, that dies of frames from 10 on."""

    def __init__(self, pool):
        self._pool = pool

    def ask(self, task, path, *args, timeout_s=20.0):
        answers = queue.Queue()
        self._pool.submit(task, (str(path), *args), timeout_s=timeout_s, on_done=answers.put)
        return answers.get(timeout=30)

    def decode(self, path, *indices):
        return self.ask("decode", path, indices, DEFAULT_LIMITS)

    def pid(self):
        answers = queue.Queue()
        self._pool.submit(FAKES + "describe_process", (), timeout_s=20, on_done=answers.put)
        return answers.get(timeout=30)["pid"]

    def try_again(self):
        self._pool.try_again()


@pytest.fixture
def pool():
    pool = ChildPool(processes=1, preload=("tests.workers.deadly_tasks",))
    yield Pool(pool)
    pool.close()


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "I001"
    file.write_bytes(b"one")
    return file


def test_a_frame_that_killed_a_child_is_not_tried_again(pool, file):
    assert "crashed" in pool.decode(file, 10).message
    process = pool.pid()
    again = pool.decode(file, 10)
    assert isinstance(again, PixelError)
    assert again.path == str(file)
    assert "crashed" in again.message
    assert "not tried again until you open it anew" in again.message
    assert pool.pid() == process


def test_other_frames_of_the_file_and_other_files_are_tried(pool, file, tmp_path):
    pool.decode(file, 10)
    assert pool.decode(file, 1) == [1]
    assert pool.decode(tmp_path / "I002", 1) == [1]
    assert pool.decode(file, 1, 2) == [1, 2]


def test_after_three_frames_the_others_are_not_tried(pool, file, tmp_path):
    for frame in (10, 11, 12):
        assert "crashed" in pool.decode(file, frame).message
    process = pool.pid()
    for frame in (1, 13):
        sentence = pool.decode(file, frame).message
        assert "3 frames of this file" in sentence
        assert "open it anew" in sentence
    assert pool.decode(tmp_path / "I002", 1) == [1]
    assert pool.pid() == process


def test_a_file_that_was_opened_again_is_tried_again(pool, file):
    pool.decode(file, 10)
    process = pool.pid()
    pool.try_again()
    sentence = pool.decode(file, 10).message
    assert "crashed" in sentence
    assert "not tried" not in sentence
    assert pool.pid() != process


def test_a_file_that_has_changed_is_tried_again(pool, file):
    pool.decode(file, 10)
    file.write_bytes(b"another")
    assert "not tried" not in pool.decode(file, 10).message
    assert "not tried" in pool.decode(file, 10).message


def test_what_took_too_long_is_not_tried_again_and_says_the_limit(pool, file):
    pool.pid()
    first = pool.ask(FAKES + "hang", file, timeout_s=0.2).message
    again = pool.ask(FAKES + "hang", file, timeout_s=20).message
    assert "--limit header_seconds" in first
    assert again.startswith(first)
    assert "not tried again" in again


def test_another_kind_of_work_on_the_file_is_tried(pool, file):
    pool.ask(FAKES + "crash", file)
    assert pool.ask(FAKES + "echo", file) == str(file)


def test_frames_done_together_are_tried_one_by_one(pool, file):
    assert "crashed" in pool.decode(file, 1, 10).message
    assert pool.decode(file, 1) == [1]
    assert "not tried" not in pool.decode(file, 10).message


def test_what_is_gone_is_given_up_where_the_system_does_not_tell_it_from_an_archive(monkeypatch):
    monkeypatch.setattr(given_up, "BELOW_A_FILE", FileNotFoundError)  # as on Windows
    memory = given_up.GivenUp()
    for path in ("1.2.840.10008.1.2.5", "/gone/disc/I001"):
        memory.add(given_up.Work(path, "decode"), "It crashed.")
        assert "not tried again" in (memory.why_not(given_up.Work(path, "decode")) or "")
