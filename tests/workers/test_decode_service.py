"""What is looked at is decoded first, once, and told when it is there."""

from __future__ import annotations

import os
import queue
import threading
from functools import partial

import numpy as np
import pytest

from tests.workers.stacks import (
    COLUMNS,
    FRAME_BYTES,
    ROWS,
    Told,
    compressed_header,
    compressed_stack,
    plain_header,
    plain_stack,
    stack_of,
)
from viewer.dicom.errors import PixelError
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.imaging.frame import FrameDescription
from viewer.workers import decode_service
from viewer.workers.child_pool import ChildPool
from viewer.workers.decode_child import Filled
from viewer.workers.decode_service import DecodeService
from viewer.workers.frame_cache import FrameCache
from viewer.workers.priority import NEAR_FRAMES, READY
from viewer.workers.transfer import Beside

DESCRIPTION = FrameDescription(ROWS, COLUMNS)


class HandPool:
    """A pool whose tasks are finished by hand."""

    def __init__(self, processes: int = 1) -> None:
        self.processes = processes
        self.limits = DEFAULT_LIMITS
        self.tasks = queue.Queue()

    def submit(self, task, args, *, timeout_s, on_done, yields=False, urgent=False):
        if task == "decode_files":
            self.tasks.put((_file_of(args), timeout_s, partial(_fill, on_done)))
        else:
            assert task == "decode"
            self.tasks.put((args, timeout_s, on_done))

    def take(self):
        return self.tasks.get(timeout=20)

    def finish(self, task) -> tuple[str, tuple[int, ...]]:
        (path, indices, *_), _, on_done = task
        pixels = np.full((ROWS, COLUMNS), 5, np.int16)
        on_done([(index, pixels, DESCRIPTION) for index in indices])
        return path, indices

    def next_path(self) -> str:
        return self.finish(self.take())[0]


def _file_of(args):
    """Give what "decode" would have been asked: of slow files, one at a time."""
    ((path, _),) = args[-2]
    return path, (0,), args[-1]


def _fill(on_done, result):
    """Answer as a child that found the files not to be plain, and was slow."""
    if isinstance(result, list):
        result = [Filled(pixels, description, 1.0) for _, pixels, description in result]
    on_done(result, None)


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def pool():
    return HandPool()


@pytest.fixture
def cache():
    return FrameCache(1 << 20)


@pytest.fixture
def service(pool, cache, told):
    threads = set(threading.enumerate())
    service = DecodeService(pool, cache, told)
    yield service
    service.close()
    assert set(threading.enumerate()) <= threads


def all_ready(cache, stack):
    return bool((cache.states(stack) == READY).all())


def test_a_plain_stack_is_read_whole_without_children(service, pool, cache, told, tmp_path):
    stack = plain_stack(tmp_path, 30)
    service.look_at(stack, 10)
    indices = [index for _, index in told.wait(30)]
    assert indices[:4] == [10, 11, 12, 9]
    assert sorted(indices) == list(range(30))
    assert all((cache.get(stack, i)[0] == i + 1).all() for i in range(30))
    assert pool.tasks.empty()


def test_a_fault_in_one_choice_does_not_end_all_loading(service, told, tmp_path, monkeypatch):
    failed, logged = threading.Event(), []
    monkeypatch.setattr(decode_service._log, "error", lambda text, *of: logged.append(text % of))

    def faulty(_self):
        failed.set()
        raise RuntimeError("Doe^John")

    stack = plain_stack(tmp_path, 3)
    with monkeypatch.context() as patched:
        patched.setattr(DecodeService, "_next_jobs", faulty)
        service.look_at(stack, 0)
        assert failed.wait(5)
    service.look_at(stack, 1)
    told.wait(3)
    assert "RuntimeError" in logged[0]
    assert "Doe" not in logged[0]


def test_frames_are_decoded_in_the_direction_of_scrolling(service, pool, told):
    stack = compressed_stack(100)
    service.look_at(stack, 50, -1)
    names = [pool.next_path() for _ in range(4)]
    assert names == [stack.key(i).path for i in (50, 49, 48, 51)]
    told.wait(4)


def test_a_jump_is_answered_next_whatever_was_planned(service, pool):
    stack = compressed_stack(100)
    service.look_at(stack, 0)
    pool.next_path()
    running = pool.take()
    service.look_at(stack, 80)
    pool.finish(running)
    assert pool.next_path() == stack.key(80).path


def test_no_more_is_handed_out_than_there_are_children(cache, told):
    pool = HandPool(processes=2)
    service = DecodeService(pool, cache, told)
    service.look_at(compressed_stack(10), 0)
    first, _second = pool.take(), pool.take()
    pool.finish(first)
    pool.take()
    assert pool.tasks.empty()
    service.close()


def test_thumbnails_come_after_the_near_frames_and_before_the_rest(service, pool):
    stack, other = compressed_stack(100, "1"), compressed_stack(9, "2")
    service.look_at(stack, 0)
    first = pool.take()
    service.want_thumbnail(other, 4)
    pool.finish(first)
    names = [pool.next_path() for _ in range(NEAR_FRAMES + 2)]
    assert names.index(other.key(4).path) == NEAR_FRAMES
    assert names[-1] == stack.key(NEAR_FRAMES + 1).path


def test_thumbnails_out_of_sight_come_after_all_else_until_they_come_into_sight(service, pool):
    stack, early, late = (compressed_stack(n, uid) for n, uid in ((40, "1"), (9, "2"), (9, "3")))
    service.look_at(stack, 0)
    first = pool.take()
    service.want_thumbnail(late, 4, later=True)
    service.want_thumbnail(early, 4, later=True)
    service.want_thumbnail(early, 4)
    pool.finish(first)
    names = [pool.next_path() for _ in range(41)]
    assert names.index(early.key(4).path) == NEAR_FRAMES
    assert names[-1] == late.key(4).path


def test_a_thumbnail_is_made_where_nothing_is_on_screen(service, pool, cache, told):
    stack = compressed_stack(3)
    service.want_thumbnail(stack, 1)
    pool.next_path()
    assert told.wait(1) == [(stack.uid, 1)]
    assert cache.get(stack, 1) is not None
    assert pool.tasks.empty()


def test_the_cache_holds_the_frame_when_it_is_told(pool, cache, tmp_path):
    seen = queue.Queue()
    stack = plain_stack(tmp_path, 3)
    service = DecodeService(pool, cache, lambda _uid, i: seen.put(cache.get(stack, i)))
    service.look_at(stack, 0)
    assert all(seen.get(timeout=20) is not None for _ in range(3))
    service.close()


def test_a_failed_frame_is_told_and_not_tried_again(service, pool, cache, told):
    stack = compressed_stack(2)
    error = PixelError("Decoding crashed.", stack.key(0).path)
    service.look_at(stack, 0)
    pool.take()[2](error)
    pool.next_path()
    told.wait(2)
    assert cache.get(stack, 0) is error
    service.look_at(stack, 0)
    service.want_thumbnail(stack, 0)
    service.close()
    assert pool.tasks.empty()


def test_files_that_vanish_are_errors_of_their_frames_alone(service, cache, told, tmp_path):
    stack = plain_stack(tmp_path, 4)
    os.remove(stack.key(1).path)
    os.truncate(stack.key(2).path, 20)
    service.look_at(stack, 0)
    told.wait(4)
    assert isinstance(cache.get(stack, 1), PixelError)
    assert isinstance(cache.get(stack, 2), PixelError)
    assert "cut short" in cache.get(stack, 2).message
    assert (cache.get(stack, 3)[0] == 4).all()


def test_small_frames_of_one_file_go_together_after_the_first(service, pool, told):
    stack = stack_of([compressed_header("/disc/cine", number_of_frames=30)])
    service.look_at(stack, 0)
    assert pool.finish(pool.take()) == ("/disc/cine", (0,))
    (_, indices, limits, _), timeout_s, _ = task = pool.take()
    assert indices == (1, 2, 3)
    assert timeout_s == 3 * limits.decode_seconds
    pool.finish(task)
    assert len(told.wait(4)) == 4


def test_one_bad_frame_of_a_batch_is_found_and_the_others_are_shown(service, pool, cache, told):
    stack = stack_of([compressed_header("/disc/cine", number_of_frames=3)])
    service.look_at(stack, 0)
    pool.finish(pool.take())
    batch = pool.take()
    assert batch[0][1] == (1, 2)
    batch[2](PixelError("Decoding crashed.", "/disc/cine"))
    one = pool.take()
    assert one[0][1] == (1,)
    one[2](PixelError("Decoding crashed.", "/disc/cine"))
    assert pool.finish(pool.take())[1] == (2,)
    told.wait(3)
    assert isinstance(cache.get(stack, 1), PixelError)
    assert (cache.get(stack, 2)[0] == 5).all()


def test_an_error_of_one_frame_in_a_good_batch_is_its_own(service, pool, cache, told):
    stack = stack_of([compressed_header("/disc/cine", number_of_frames=3)])
    service.look_at(stack, 0)
    pool.finish(pool.take())
    error = PixelError("The frame is cut short.", "/disc/cine")
    good = np.full((ROWS, COLUMNS), 9, np.int16)
    pool.take()[2]([(1, error, None), (2, good, DESCRIPTION)])
    told.wait(3)
    assert cache.get(stack, 1) is error
    assert (cache.get(stack, 2)[0] == 9).all()


def test_an_answer_that_makes_no_sense_is_an_error_of_its_frames(service, pool, cache, told):
    stack = stack_of([compressed_header("/disc/a", number_of_frames=6)])
    service.look_at(stack, 0)
    pool.finish(pool.take())
    told.wait(1)
    _, _, on_done = pool.take()
    on_done([(1, np.zeros((ROWS, COLUMNS), np.int16), DESCRIPTION), (77, None, None)])
    told.wait(3)
    assert isinstance(cache.get(stack, 1), tuple)
    assert all("fault in Negato" in cache.get(stack, index).message for index in (2, 3))
    pool.take()  # the next ones


def test_mixed_stacks_are_read_by_both_ways(service, pool, cache, told, tmp_path):
    plain = plain_stack(tmp_path, 2)
    stack = stack_of([*plain.headers, compressed_header("/disc/c")])
    service.look_at(stack, 0)
    pool.next_path()
    told.wait(3)
    assert all_ready(cache, stack)


def test_a_forgotten_stack_frees_its_memory_and_late_frames_are_dropped(service, pool, cache, told):
    stack = compressed_stack(5)
    service.look_at(stack, 0)
    late = pool.take()
    service.retain(())
    pool.finish(late)
    assert cache.bytes_used == 0
    assert told.silent
    assert cache.stack_uids() == set()
    assert pool.tasks.empty()


def test_a_thumbnail_asked_for_just_before_its_stack_is_closed_is_not_made(
    service, pool, cache, told, monkeypatch
):
    open_stack, closed = compressed_stack(1, "1"), compressed_stack(1, "2")
    service.look_at(open_stack, 0)
    busy = pool.take()
    monkeypatch.setattr(service, "_wake", lambda: None)  # the cache has not heard of it yet
    service.want_thumbnail(closed, 0)
    monkeypatch.undo()
    service.retain({"1"})
    pool.finish(busy)
    assert told.wait(1) == [("1", 0)]
    last = compressed_stack(1, "3")
    service.look_at(last, 0)
    assert pool.next_path() == last.key(0).path


def test_after_clear_a_new_stack_is_served(service, pool, cache, told, tmp_path):
    service.look_at(compressed_stack(5, "1"), 0)
    late = pool.take()
    service.clear()
    assert cache.stack_uids() == set()
    pool.finish(late)
    other = plain_stack(tmp_path, 1, "2")
    service.look_at(other, 0)
    assert told.wait(1) == [("2", 0)]


def test_a_stack_larger_than_the_budget_is_decoded_near_the_current_frame_only(pool, told):
    cache = FrameCache(16 * FRAME_BYTES)
    service = DecodeService(pool, cache, told)
    stack = compressed_stack(100)
    service.look_at(stack, 40)
    for _ in range(14):
        pool.next_path()
    told.wait(14)
    service.look_at(stack, 90)
    assert pool.next_path() == stack.key(90).path
    assert cache.bytes_used <= 16 * FRAME_BYTES
    service.close()


def test_after_close_nothing_is_told(pool, cache, told):
    service = DecodeService(pool, cache, told)
    service.look_at(compressed_stack(3), 0)
    late = pool.take()
    service.close()
    pool.finish(late)
    assert told.silent
    service.look_at(compressed_stack(3), 1)
    service.close()


def test_a_growing_stack_goes_on_where_it_was(service, cache, told, tmp_path):
    whole = plain_stack(tmp_path, 12)
    part = stack_of(whole.headers[6:])
    service.look_at(part, 0)
    told.wait(6)
    service.look_at(whole, 6)
    assert sorted(index for _, index in told.wait(6)) == list(range(6))
    assert all((cache.get(whole, i)[0] == i + 1).all() for i in range(12))


def test_a_thumbnail_asked_for_before_a_stack_grew_does_not_let_its_new_frames_go(
    service, pool, told
):
    whole = compressed_stack(3 * NEAR_FRAMES)
    part = stack_of(whole.headers[:NEAR_FRAMES])
    running = compressed_stack(1, uid="other")
    service.look_at(running, 0)
    first = pool.take()
    service.want_thumbnail(part, 3)
    service.look_at(whole, 2 * NEAR_FRAMES)
    pool.finish(first)
    paths = [pool.next_path() for _ in range(len(whole))]
    assert sorted(paths) == sorted(header.path for header in whole.headers)
    told.wait(1 + len(whole))


def test_a_child_that_reads_a_vanished_file_gives_its_reason(cache, told):
    pool = ChildPool(processes=1)
    pool.start()
    service = DecodeService(pool, cache, told)
    stack = stack_of([compressed_header("/no/such/file"), plain_header("/no/such/plain")])
    service.look_at(stack, 0)
    told.wait(2)
    service.close()
    pool.close()
    assert isinstance(cache.get(stack, 0), PixelError)
    assert isinstance(cache.get(stack, 1), PixelError)
    assert "fault" not in cache.get(stack, 0).message


def test_quick_files_go_together_and_what_was_left_for_an_urgent_one_comes_again(cache, told):
    pool = QuickPool()
    service = DecodeService(pool, cache, told)
    try:
        stack = compressed_stack(6)
        service.look_at(stack, 0)
        pool.answer(1)
        batch = pool.answer(2)  # of more: it was awaited
        assert len(batch) > 2
        assert pool.longest_s == DEFAULT_LIMITS.decode_seconds  # a file that hangs costs no more
        while pool.done < 6:
            pool.answer(8)
        assert sorted(index for _, index in told.wait(6)) == list(range(6))
        assert all((cache.get(stack, i)[0] == i).all() for i in range(6))
        assert cache.get(stack, 3)[1].decoder == "a codec"
    finally:
        service.close()


class QuickPool:
    """A pool of one child that decodes plain files in no time, when told to."""

    def __init__(self) -> None:
        self.processes = 1
        self.limits = DEFAULT_LIMITS
        self.done = 0
        self.longest_s = 0
        self._tasks = queue.Queue()

    def submit(self, task, args, *, timeout_s, on_done, yields, urgent):
        assert (task, yields) == ("decode_files", True)
        self.longest_s = max(self.longest_s, timeout_s)
        self._tasks.put((args[0], on_done))

    def answer(self, most: int):
        """Decode at most so many files of the next task; give what was wanted of it."""
        wanted, on_done = self._tasks.get(timeout=20)
        beside = [Beside(int(one.path.rpartition("-")[2]), FRAME_BYTES) for one in wanted[:most]]
        self.done += len(beside)
        on_done([Filled(place, "a codec", 0.001) for place in beside], self._read)
        return wanted

    def _read(self, beside, target):
        target[:] = beside.offset
