"""One viewport: what the user wants to see, and what can be shown of it now.

`ViewportState` is the wish, with a `Appearance` for each stack; `resolve` turns it
and the cache into a frozen `Picture`. Nothing here draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from viewer.dicom.errors import PixelError
from viewer.dicom.stacks import Stack
from viewer.imaging.frame import FrameDescription
from viewer.imaging.presentation import Annotation, DisplayedArea, PresentationState, presented
from viewer.imaging.turning import Turn
from viewer.imaging.voi import Voi
from viewer.imaging.voi_choice import (
    AUTOMATIC,
    FixedVoi,
    VoiChoice,
    automatic,
    choice_of_frame,
    choice_of_samples,
    chosen_voi,
    sample_of,
    sampled_frames,
)
from viewer.session.appearance import Appearance
from viewer.workers.frame_cache import FrameCache
from viewer.workers.previews import Previews

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class Layers:
    """What is drawn over the pictures."""

    overlays: bool = True
    shutter: bool = True
    graphics: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """What a viewport shows now: a frame with its VOI, a message, or nothing yet.

    ``pixels`` and ``description`` are of the frame as stored, to be turned by
    ``turn``; the description is what a presentation state makes of it where
    one is ``state``. ``message`` is set where there is no picture and why is
    known. While a large frame is still being decoded, ``preview`` may stand
    for its ``pixels``: to be looked at, its values are not the frame's.
    """

    pixels: np.ndarray | None = None
    preview: np.ndarray | None = None  # fewer rows and columns than ``description`` says
    description: FrameDescription | None = None
    voi: Voi | None = None
    voi_name: str = ""  # who chose it: AUTOMATIC, a preset, "Manual"; "" for the file's own
    turn: Turn = field(default_factory=Turn)
    state: PresentationState | None = None
    annotations: tuple[Annotation, ...] = ()
    area: DisplayedArea | None = None
    message: str = ""
    turn_by_hand: Turn = field(default_factory=Turn)  # the part of ``turn`` that is no state's
    layers: Layers = field(default_factory=Layers)
    hidden_groups: frozenset[int] = frozenset()  # overlays (6000, ...) left out
    geometry_notes: tuple[str, ...] = ()  # of the stack

    @property
    def visible(self) -> np.ndarray | None:
        """What is to be drawn: the frame, or what stands for it."""
        return self.pixels if self.pixels is not None else self.preview


@dataclass(slots=True)
class ViewportState:
    """What the user wants to see. ``index`` counts frames of ``stack`` from 0."""

    stack: Stack | None = None
    index: int = 0
    direction: int = 1
    layers: Layers = field(default_factory=Layers)
    appearances: dict[str, Appearance] = field(default_factory=dict)  # by stack uid

    @property
    def appearance(self) -> Appearance:
        """How the current stack is looked at; a passing one where there is no stack."""
        if self.stack is None:
            return Appearance()
        return self.appearances.setdefault(self.stack.uid, Appearance())

    def show(self, stack: Stack, index: int = 0) -> None:
        """Turn to ``stack`` at frame ``index``."""
        self.stack = stack
        self.index = min(max(index, 0), max(len(stack) - 1, 0))
        self.direction = 1

    def take_over(self, before: Stack, now: Stack) -> None:
        """Look at a stack as at the one whose place it takes."""
        kept = self.appearances.pop(before.uid, Appearance())
        # an automatic window is chosen anew from the frames that there are now
        if isinstance(kept.choice, FixedVoi) and kept.choice.name == AUTOMATIC:
            kept.choice = None
        kept.samples.clear()
        self.appearances[now.uid] = kept

    def step(self, frames: int) -> bool:
        """Move by ``frames``, stopping at the ends; say whether anything changed."""
        return self.stack is not None and self.go_to(self.index + frames)

    def go_to(self, index: int) -> bool:
        """Move to frame ``index``, stopping at the ends; say whether anything changed."""
        if self.stack is None or not len(self.stack):
            return False
        index = min(max(index, 0), len(self.stack) - 1)
        if index == self.index:
            return False
        self.direction = 1 if index > self.index else -1
        self.index = index
        return True


def resolve(state: ViewportState, cache: FrameCache, previews: Previews | None = None) -> Picture:
    """Give what can be shown of ``state`` from what is in ``cache``, or else in ``previews``.

    Where the stack has no choice of VOI yet, its pictures make one: the file's
    first VOI, else the robust range of a few frames, for all frames.
    """
    stack = state.stack
    if stack is None:
        return Picture()
    if not len(stack):
        label = stack.label or "This object"
        return Picture(message=f"{label} has no picture to show. Its tags are beside it.")
    cached = cache.get(stack, state.index)
    if isinstance(cached, PixelError):
        return Picture(message=str(cached.message))
    if cached is not None:
        return _picture(state, stack, cache, *cached)
    preview = previews.get(stack.key(state.index)) if previews is not None else None
    if preview is None:
        return Picture()
    picture = _picture(state, stack, cache, *preview)
    return replace(picture, pixels=None, preview=picture.pixels)


def _picture(
    viewport: ViewportState,
    stack: Stack,
    cache: FrameCache,
    pixels: np.ndarray,
    description: FrameDescription,
) -> Picture:
    appearance = viewport.appearance
    uid, frame = _named(stack, viewport.index)
    state = _state_for(appearance, uid, frame)
    description = appearance.describe(description, state, uid, frame)
    choice = appearance.choice or _first_choice(viewport, stack, cache, pixels, description)
    return Picture(
        pixels,
        None,
        description,
        chosen_voi(choice, pixels, description),
        choice.name if isinstance(choice, FixedVoi) else "",
        _both(state.turn, appearance.turn) if state is not None else appearance.turn,
        state,
        state.annotations_for(uid, frame) if state is not None else (),
        state.area_for(uid, frame) if state is not None else None,
        turn_by_hand=appearance.turn,
        layers=viewport.layers,
        hidden_groups=appearance.hidden_groups,
        geometry_notes=stack.geometry_notes,
    )


def _named(stack: Stack, index: int) -> tuple[str, int]:
    """Give what presentation states call a frame: its SOP instance UID and number, from 0."""
    return stack.header(index).sop_instance_uid, stack.key(index).index


def _state_for(appearance: Appearance, uid: str, frame: int) -> PresentationState | None:
    state = appearance.state
    return state if state is not None and state.is_for(uid, frame) else None


def _both(first: Turn, then: Turn) -> Turn:
    turn = first.rotated(then.quarters)
    return turn.flipped() if then.mirrored else turn


def _first_choice(
    viewport: ViewportState,
    stack: Stack,
    cache: FrameCache,
    pixels: np.ndarray,
    description: FrameDescription,
) -> VoiChoice:
    """Choose for a stack that was not windowed yet; it stays once its sampled frames are known.

    Until then, the frame on screen speaks for itself.
    """
    appearance = viewport.appearance
    given = choice_of_frame(pixels, description)
    if given is not None:
        if not isinstance(given, FixedVoi):  # what a frame in colour says is for itself alone
            appearance.choice = given
        return given
    choice = _series_choice(appearance, stack, cache)
    if choice is None:
        return FixedVoi(automatic(pixels, description), AUTOMATIC)
    if appearance.state is None or appearance.state.is_for(*_named(stack, viewport.index)):
        appearance.choice = choice
        appearance.samples.clear()
    # else it must not take the place of the window that the state has for other frames
    return choice


def _series_choice(appearance: Appearance, stack: Stack, cache: FrameCache) -> FixedVoi | None:
    """Give the automatic window of a stack; None until the frames that speak for it are known."""
    failed = 0
    wanted = sampled_frames(len(stack))
    for index in wanted:
        if index in appearance.samples:
            continue
        cached = cache.get(stack, index)
        if isinstance(cached, tuple) and cached[0].ndim == 2:
            description, name = cached[1], _named(stack, index)
            state = _state_for(appearance, *name)
            if state is not None:  # its values may be others than the file's
                description = presented(description, state, *name)
            appearance.samples[index] = sample_of(cached[0], description)
        failed += cached is not None and index not in appearance.samples
    if not appearance.samples or len(appearance.samples) + failed < len(wanted):
        return None
    return choice_of_samples([appearance.samples[index] for index in sorted(appearance.samples)])
