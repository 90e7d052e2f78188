"""Frames stay while they are wanted and fit the budget, and are always the right ones."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from tests.workers.stacks import COLUMNS, FRAME_BYTES, ROWS, compressed_stack
from viewer.dicom.errors import PixelError
from viewer.imaging.frame import FrameDescription
from viewer.workers.frame_cache import FrameCache, Look
from viewer.workers.priority import EMPTY, FAILED, PENDING, READY

DESCRIPTION = FrameDescription(ROWS, COLUMNS)


def put(cache, stack, index, value=None, shape=(ROWS, COLUMNS), dtype=np.int16):
    key = stack.key(index)
    room = cache.room(stack.uid, key, shape, np.dtype(dtype))
    room[...] = index if value is None else value
    return cache.put(stack.uid, key, room, DESCRIPTION)


def fill(cache, stack):
    cache.adopt(stack)
    for index in range(len(stack)):
        put(cache, stack, index)


def ready(cache, stack):
    return np.flatnonzero(cache.states(stack) == READY).tolist()


@pytest.fixture
def cache():
    return FrameCache(100 * FRAME_BYTES)


def test_a_frame_comes_back_as_it_was_put_and_cannot_be_written_to(cache):
    stack = compressed_stack(5)
    cache.pin([Look(stack, 0, 1)])
    assert put(cache, stack, 3) == 3
    pixels, description = cache.get(stack, 3)
    assert (pixels == 3).all()
    assert description is DESCRIPTION
    with pytest.raises(ValueError, match="read-only"):
        pixels[0, 0] = 1
    assert cache.get(stack, 2) is None


def test_states_tell_what_is_ready_begun_and_failed(cache):
    stack = compressed_stack(4)
    cache.adopt(stack)
    put(cache, stack, 0)
    cache.begin(stack.uid, [stack.key(1)])
    error = PixelError("bad", "x")
    assert cache.fail(stack.uid, stack.key(2), error) == 2
    assert cache.states(stack).tolist() == [READY, PENDING, FAILED, EMPTY]
    assert cache.get(stack, 2) is error
    cache.release(stack.uid, [stack.key(0), stack.key(1), stack.key(2)])
    assert cache.states(stack).tolist() == [READY, EMPTY, FAILED, EMPTY]


def test_a_stack_nobody_knows_is_empty(cache):
    stack = compressed_stack(3)
    assert cache.get(stack, 0) is None
    assert cache.states(stack).tolist() == [EMPTY] * 3
    assert put(cache, stack, 0) is None
    assert cache.bytes_used == 0


def test_frames_of_a_stack_on_screen_lie_in_one_block(cache):
    stack = compressed_stack(5)
    cache.pin([Look(stack, 0, 1)])
    fill(cache, stack)
    frames = [cache.get(stack, index)[0] for index in range(5)]
    steps = np.diff([frame.__array_interface__["data"][0] for frame in frames])
    assert set(steps.tolist()) == {FRAME_BYTES}


def test_a_frame_of_another_size_or_type_is_kept_as_it_is(cache):
    stack = compressed_stack(3)
    cache.pin([Look(stack, 0, 1)])
    put(cache, stack, 0)
    put(cache, stack, 1, shape=(3, 4, 3), dtype=np.uint8)
    put(cache, stack, 2)
    assert cache.get(stack, 1)[0].shape == (3, 4, 3)
    assert cache.get(stack, 1)[0].dtype == np.uint8
    assert (cache.get(stack, 2)[0] == 2).all()


def test_a_stack_that_grows_and_turns_round_keeps_each_frame_with_its_file(cache):
    whole = compressed_stack(6)
    some = replace(whole, headers=whole.headers[3:], frames=((0, 0), (1, 0), (2, 0)))
    cache.pin([Look(some, 0, 1)])
    put(cache, some, 0, value=33)
    turned = replace(whole, frames=tuple(reversed(whole.frames)))
    cache.pin([Look(turned, 0, 1)])
    assert ready(cache, turned) == [2]
    assert (cache.get(turned, 2)[0] == 33).all()
    assert (cache.get(whole, 3)[0] == 33).all()
    assert ready(cache, whole) == [3]
    assert put(cache, turned, 5, value=7) == 5
    assert cache.get(some, 1) is None


def test_the_stack_longest_unseen_goes_first_and_the_one_on_screen_stays(cache):
    old, newer, shown = (compressed_stack(40, uid) for uid in ("1", "2", "3"))
    for stack in (old, newer):
        cache.pin([Look(stack, 0, 1)])
        fill(cache, stack)
    cache.pin([Look(shown, 0, 1)])
    fill(cache, shown)
    assert ready(cache, old) == []
    assert len(ready(cache, newer)) == len(ready(cache, shown)) == 40
    assert cache.bytes_used == 80 * FRAME_BYTES


def test_errors_outlive_the_frames_of_a_stack_that_went(cache):
    old, shown = compressed_stack(60, "1"), compressed_stack(60, "2")
    fill(cache, old)
    cache.fail(old.uid, old.key(7), PixelError("bad"))
    cache.pin([Look(shown, 0, 1)])
    fill(cache, shown)
    assert ready(cache, old) == []
    assert cache.states(old)[7] == FAILED


def test_of_a_stack_larger_than_the_budget_the_frames_near_the_current_one_stay(cache):
    stack = compressed_stack(300)
    cache.pin([Look(stack, 0, 1)])
    fill(cache, stack)
    cache.pin([Look(stack, 200, 1)])
    for index in range(150, 300):
        put(cache, stack, index)
    kept = ready(cache, stack)
    assert cache.bytes_used <= 100 * FRAME_BYTES
    assert len(kept) == cache.reach(stack) == 87
    assert set(range(180, 250)) <= set(kept)
    assert all((cache.get(stack, index)[0] == index).all() for index in kept)


def test_one_frame_larger_than_the_budget_can_still_be_seen():
    cache = FrameCache(10)
    stack = compressed_stack(3)
    cache.pin([Look(stack, 1, 1)])
    put(cache, stack, 1)
    assert ready(cache, stack) == [1]
    assert cache.reach(stack) == 1


def test_two_viewports_share_the_budget(cache):
    left, right = compressed_stack(80, "1"), compressed_stack(80, "2")
    looks = [Look(left, 0, 1), Look(right, 0, 1)]
    cache.pin(looks)
    fill(cache, left)
    fill(cache, right)
    assert len(ready(cache, left)) == 80
    assert len(ready(cache, right)) == cache.reach(right) == 7
    assert cache.bytes_used <= 100 * FRAME_BYTES


def test_two_whole_stacks_brought_on_screen_together_still_keep_to_the_budget(cache):
    left, right = compressed_stack(60, "1"), compressed_stack(60, "2")
    for stack, count in ((left, 45), (right, 45)):
        cache.pin([Look(stack, 0, 1)])
        for index in range(count):
            put(cache, stack, index)
    cache.pin([Look(left, 0, 1), Look(right, 0, 1)])
    for stack in (left, right):
        for index in range(cache.reach(stack)):
            put(cache, stack, index)
    assert cache.bytes_used <= 100 * FRAME_BYTES
    assert len(ready(cache, left)) == 60


def test_forgetting_frees_the_memory(cache):
    stack = compressed_stack(5)
    cache.pin([Look(stack, 0, 1)])
    fill(cache, stack)
    block = weakref.ref(cache.get(stack, 0)[0].base)
    cache.forget([stack.uid])
    gc.collect()
    assert block() is None
    assert cache.bytes_used == 0
    assert cache.stack_uids() == set()
    assert put(cache, stack, 0) is None  # a decode that was under way


def test_a_frame_that_comes_late_does_not_keep_the_block_that_was_let_go(cache):
    left, seen = compressed_stack(60, "1"), compressed_stack(60, "2")
    cache.pin([Look(left, 0, 1)])
    fill(cache, left)
    block = weakref.ref(cache.get(left, 0)[0].base)
    late = cache.room(left.uid, left.key(0), (ROWS, COLUMNS), np.dtype(np.int16))
    late[...] = 7
    cache.pin([Look(seen, 0, 1)])
    fill(cache, seen)  # there is no room for both
    cache.put(left.uid, left.key(0), late, DESCRIPTION)
    del late
    gc.collect()
    assert block() is None


def test_a_file_named_twice_in_a_stack_is_one_frame(cache):
    stack = compressed_stack(2)
    doubled = replace(stack, frames=((0, 0), (0, 0), (1, 0)))
    cache.adopt(doubled)
    put(cache, doubled, 0)
    assert ready(cache, doubled) == [0, 1]
