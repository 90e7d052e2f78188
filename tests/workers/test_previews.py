"""Large frames come reduced first, and never keep what is wished for meanwhile waiting."""

from __future__ import annotations

import queue

import numpy as np
import pytest

from tests.workers.stacks import Told, compressed_header, stack_of
from viewer.dicom.errors import PixelError
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.imaging.frame import FrameDescription
from viewer.workers.decode_service import DecodeService
from viewer.workers.frame_cache import FrameCache

SIDE = 2100
DESCRIPTION = FrameDescription(SIDE, SIDE)
SMALL = np.zeros((375, 375), np.int16)
WHOLE = np.zeros((SIDE, SIDE), np.int16)


class TaskPool:
    """A pool whose tasks are answered by hand."""

    def __init__(self, processes: int = 2) -> None:
        self.processes = processes
        self.limits = DEFAULT_LIMITS
        self.tasks = queue.Queue()

    def submit(self, task, args, *, timeout_s, on_done, urgent=False):
        self.tasks.put((task, args, on_done))

    def take(self, task: str, path: str):
        """Take the next task, which must be this one, and give what answers it."""
        name, args, on_done = self.tasks.get(timeout=20)
        assert (name, args[0]) == (task, path)
        return on_done


def large_stack(count: int, uid: str = "1.2.3"):
    syntax = "1.2.840.10008.1.2.4.90"
    return stack_of(
        [
            compressed_header(
                f"/disc/{uid}-{n}", rows=SIDE, columns=SIDE, transfer_syntax_uid=syntax
            )
            for n in range(count)
        ],
        uid,
    )


@pytest.fixture
def pool():
    return TaskPool()


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def cache():
    return FrameCache(1 << 30)


@pytest.fixture
def service(pool, cache, told):
    service = DecodeService(pool, cache, told)
    yield service
    service.close()


def test_a_large_frame_is_there_reduced_before_it_is_decoded(service, pool, cache, told):
    stack = large_stack(1)
    service.look_at(stack, 0)
    reduced = pool.take("reduce", stack.key(0).path)
    assert pool.tasks.empty()
    reduced((SMALL, DESCRIPTION))
    assert told.wait(1) == [(stack.uid, 0)]
    assert service.previews.get(stack.key(0)) == (SMALL, DESCRIPTION)
    pool.take("decode", stack.key(0).path)([(0, WHOLE, DESCRIPTION)])
    assert told.wait(1) == [(stack.uid, 0)]
    assert cache.get(stack, 0)[0].shape == WHOLE.shape


@pytest.mark.parametrize("answer", [None, PixelError("It crashed.", "")])
def test_a_frame_that_cannot_be_reduced_is_decoded_all_the_same(service, pool, told, answer):
    stack = large_stack(1)
    service.look_at(stack, 0)
    pool.take("reduce", stack.key(0).path)(answer)
    pool.take("decode", stack.key(0).path)([(0, WHOLE, DESCRIPTION)])
    assert told.wait(1) == [(stack.uid, 0)]
    assert told.silent


def test_a_jump_does_not_wait_for_the_large_frames_that_are_being_decoded(service, pool):
    stack = large_stack(6)
    service.look_at(stack, 0)
    pool.take("reduce", stack.key(0).path)((SMALL, DESCRIPTION))
    decoding = pool.take("decode", stack.key(0).path)
    assert pool.tasks.empty()  # the other child is left for what comes
    service.look_at(stack, 4)
    pool.take("reduce", stack.key(4).path)((SMALL, DESCRIPTION))
    decoding([(0, WHOLE, DESCRIPTION)])
    pool.take("decode", stack.key(4).path)


def test_a_large_frame_far_from_the_screen_is_not_reduced(service, pool):
    stack = large_stack(2)
    service.look_at(stack, 0)
    pool.take("reduce", stack.key(0).path)((SMALL, DESCRIPTION))
    pool.take("decode", stack.key(0).path)([(0, WHOLE, DESCRIPTION)])
    pool.take("decode", stack.key(1).path)


def test_the_thumbnail_of_a_large_frame_is_made_of_the_reduced_one(service, pool, told):
    stack = large_stack(3)
    service.want_thumbnail(stack, 1)
    pool.take("reduce", stack.key(1).path)((SMALL, DESCRIPTION))
    assert told.wait(1) == [(stack.uid, 1)]
    other = large_stack(1, "9")
    service.want_thumbnail(other, 0)
    pool.take("reduce", other.key(0).path)  # and no whole frame before it


def test_what_is_still_coming_when_all_is_closed_is_dropped(service, pool, told):
    stack = large_stack(1)
    service.look_at(stack, 0)
    late = pool.take("reduce", stack.key(0).path)
    service.clear()
    late((SMALL, DESCRIPTION))
    assert service.previews.get(stack.key(0)) is None
    assert told.silent


def test_what_is_still_coming_when_the_program_ends_is_not_told(service, pool, told):
    stack = large_stack(1)
    service.look_at(stack, 0)
    late = pool.take("reduce", stack.key(0).path)
    service.close()
    late((SMALL, DESCRIPTION))
    assert told.silent
