"""What a viewport shows of what the user wants, and through which window."""

from __future__ import annotations

from unittest.mock import Mock

import numpy as np
import pytest

from viewer.dicom.errors import PixelError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.stacks import Stack
from viewer.imaging.frame import FrameDescription
from viewer.imaging.modality import ModalityTransform
from viewer.imaging.presentation import ImageReference, PresentationState, StateVois
from viewer.imaging.voi import VoiWindow, default_voi
from viewer.imaging.voi_choice import AUTOMATIC, FixedVoi, automatic
from viewer.session.viewport import ViewportState, resolve
from viewer.workers.frame_cache import FrameCache

BRAIN = VoiWindow(40, 80, explanation="Brain")


@pytest.fixture
def stack() -> Stack:
    headers = tuple(InstanceHeader(f"/{n}", 1, 1, rows=2, columns=2) for n in range(5))
    return Stack("1.2/0", "image", headers, tuple((n, 0) for n in range(5)))


@pytest.fixture
def cache(stack: Stack) -> FrameCache:
    cache = FrameCache(1 << 20)
    cache.adopt(stack)
    return cache


def put(cache: FrameCache, stack: Stack, index: int, top: int, *vois: VoiWindow) -> None:
    pixels = np.array([[0, top], [top // 3, top // 2]], np.int16)
    cache.put(stack.uid, stack.key(index), pixels, FrameDescription(2, 2, vois=vois))


def test_scrolling_stops_at_both_ends(stack: Stack) -> None:
    state = ViewportState()
    state.show(stack)
    assert not state.step(-1)
    assert state.step(100)
    assert state.index == 4
    assert not state.step(1)


def test_nothing_is_shown_while_the_frame_is_on_its_way(stack: Stack, cache: FrameCache) -> None:
    state = ViewportState()
    state.show(stack)
    picture = resolve(state, cache)
    assert picture.pixels is None
    assert not picture.message


def test_a_frame_that_failed_shows_why(stack: Stack, cache: FrameCache) -> None:
    state = ViewportState()
    state.show(stack)
    cache.fail(stack.uid, stack.key(0), PixelError("The frame is cut short.", "/0"))
    assert resolve(state, cache).message == "The frame is cut short."


def test_the_files_own_window_comes_first_and_from_each_frame(
    stack: Stack, cache: FrameCache
) -> None:
    state = ViewportState()
    state.show(stack)
    put(cache, stack, 0, 100, BRAIN)
    put(cache, stack, 1, 100, VoiWindow(50, 350))
    assert resolve(state, cache).voi == BRAIN
    state.step(1)
    assert resolve(state, cache).voi == VoiWindow(50, 350)


def test_without_one_the_series_robust_range_windows_the_whole_stack(
    stack: Stack, cache: FrameCache
) -> None:
    state = ViewportState()
    state.show(stack)
    put(cache, stack, 0, 10)
    provisional = resolve(state, cache).voi
    for index, top in enumerate((100, 3000, 200, 50), start=1):
        put(cache, stack, index, top)
    settled = resolve(state, cache).voi
    assert isinstance(provisional, VoiWindow)
    assert isinstance(settled, VoiWindow)
    assert provisional.width < 20
    assert settled.width > 2000
    state.go_to(3)
    assert resolve(state, cache).voi == settled


def test_a_frame_that_cannot_be_shown_does_not_keep_the_window_open(
    stack: Stack, cache: FrameCache
) -> None:
    state = ViewportState()
    state.show(stack)
    for index, top in enumerate((10, 100, 3000, 200)):
        put(cache, stack, index, top)
    cache.fail(stack.uid, stack.key(4), PixelError("The frame is cut short.", "/4"))
    resolve(state, cache)
    assert state.appearance.choice is not None


def test_a_window_by_hand_stays_for_the_stack(stack: Stack, cache: FrameCache) -> None:
    state = ViewportState()
    state.show(stack)
    put(cache, stack, 0, 100, BRAIN)
    put(cache, stack, 1, 100, BRAIN)
    state.appearance.choice = FixedVoi(VoiWindow(7, 9))
    state.step(1)
    assert resolve(state, cache).voi == VoiWindow(7, 9)


def test_an_object_without_pictures_says_so() -> None:
    report = Stack("1.2/1", "document", (InstanceHeader("/r", 1, 1),), (), label="Report")
    state = ViewportState()
    state.show(report)
    assert "Report has no picture" in resolve(state, FrameCache(1 << 20)).message


def test_frames_without_a_window_are_windowed_in_the_values_of_the_state(
    stack: Stack, cache: FrameCache
) -> None:
    state = ViewportState()
    state.show(stack)
    described = FrameDescription(2, 2, bits_stored=32, modality=ModalityTransform(10, -1000))
    pixels = np.array([[0, 100], [200, 300]], np.int32)
    for index in range(5):
        cache.put(stack.uid, stack.key(index), pixels, described)
    resolve(state, cache)
    state.appearance.present(PresentationState("1.7"))  # without a Modality LUT
    voi = resolve(state, cache).voi
    assert isinstance(voi, VoiWindow)
    assert (voi.center, voi.width) == (150, 300)


def test_a_frame_beside_a_state_does_not_choose_the_window_of_those_it_is_for(
    cache: FrameCache,
) -> None:
    headers = tuple(
        InstanceHeader(f"/{n}", 1, 1, rows=2, columns=2, sop_instance_uid=f"1.2.{n}")
        for n in range(5)
    )
    stack = Stack("1.2/0", "image", headers, tuple((n, 0) for n in range(5)))
    for index in range(5):
        put(cache, stack, index, 100)
    state = ViewportState()
    state.show(stack)
    only = (ImageReference("1.2.3"),)
    state.appearance.present(PresentationState("1.7", images=only, vois=(StateVois((BRAIN,)),)))
    assert resolve(state, cache).voi_name == AUTOMATIC
    state.go_to(3)
    assert resolve(state, cache).voi == BRAIN


def test_the_automatic_window_leaves_out_what_a_supplemental_palette_colours() -> None:
    grey = np.tile(np.arange(100, dtype=np.uint16), (2, 1))
    pixels = np.concatenate([grey, grey + 60_000])
    described = FrameDescription(
        4, 100, palette_rgb=np.zeros((256, 3), np.uint8), palette_first=60_000
    )
    window = automatic(pixels, described)
    assert window == default_voi(described, pixels)
    assert window.width < 100


def test_a_preview_is_looked_at_but_never_read_as_the_frame(
    stack: Stack, cache: FrameCache
) -> None:
    preview = np.full((4, 5), 70, np.int16)
    description = FrameDescription(8, 10, vois=(VoiWindow(50, 100),))
    previews = Mock(get=lambda key: (preview, description) if key == stack.key(0) else None)
    state = ViewportState(stack)
    picture = resolve(state, cache, previews)
    assert picture.pixels is None
    assert picture.visible is preview
    assert picture.voi == VoiWindow(50, 100)
    put(cache, stack, 0, 90, VoiWindow(50, 100))
    whole = resolve(state, cache, previews)
    assert whole.preview is None
    assert whole.visible is whole.pixels
    assert whole.voi == picture.voi
