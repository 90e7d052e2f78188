"""What comes next: the frame on screen, then where the reader scrolls."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.workers.priority import (
    EMPTY,
    FAILED,
    NEAR_FRAMES,
    PENDING,
    READY,
    View,
    before_thumbnails,
    costs,
    next_frame,
    order,
    within_reach,
)


def view(count=100, index=0, direction=1, reach=None, done=(), state=READY, wanted=None):
    states = np.full(count, EMPTY, np.uint8)
    states[list(done)] = state
    chosen = np.ones(count, np.bool_) if wanted is None else wanted
    return View(states, chosen, index, direction, count if reach is None else reach)


def test_scrolling_down_prefers_what_comes_and_does_not_forget_what_was():
    assert order(view(index=50)).tolist()[:7] == [50, 51, 52, 49, 53, 54, 48]


def test_scrolling_up_is_the_mirror_image():
    assert order(view(index=50, direction=-1)).tolist()[:7] == [50, 49, 48, 51, 47, 46, 52]


def test_at_the_last_frame_the_rest_comes_backwards():
    assert order(view(count=5, index=4)).tolist() == [4, 3, 2, 1, 0]


@pytest.mark.parametrize("state", [PENDING, READY, FAILED])
def test_what_is_done_or_begun_or_failed_is_never_chosen_again(state):
    assert order(view(count=4, index=1, done=(1, 2), state=state)).tolist() == [3, 0]


def test_only_the_frames_asked_about_are_chosen():
    wanted = np.array([False, True, False, True])
    assert order(view(count=4, wanted=wanted)).tolist() == [1, 3]


def test_what_memory_has_no_room_for_is_not_chosen():
    assert sorted(order(view(index=50, reach=4))) == [49, 50, 51, 52]


def test_nothing_is_chosen_when_all_is_done():
    assert next_frame([view(count=3, done=(0, 1, 2))]) is None
    assert next_frame([]) is None


def test_the_frame_on_screen_of_every_view_goes_before_neighbours():
    chosen = next_frame([view(index=10, done=(10,)), view(index=70)])
    assert (chosen.view, chosen.frame) == (1, 70)


def test_thumbnails_go_after_near_frames_and_before_far_ones():
    near = next_frame([view(done=range(NEAR_FRAMES))])
    far = next_frame([view(done=range(NEAR_FRAMES + 1))])
    assert before_thumbnails(near)
    assert not before_thumbnails(far)
    assert not before_thumbnails(None)


@given(st.integers(1, 300), st.data())
def test_costs_rank_every_frame_and_reach_keeps_that_many(count, data):
    index = data.draw(st.integers(0, count - 1))
    direction = data.draw(st.sampled_from([-1, 1]))
    reach = data.draw(st.integers(1, 400))
    cost = costs(count, index, direction)
    assert cost[index] == 0
    assert len(set(cost.tolist())) == count
    kept = within_reach(count, index, direction, reach)
    assert kept.sum() == min(count, reach)
    assert kept[index]
