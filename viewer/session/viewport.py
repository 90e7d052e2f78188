"""One viewport: what the user wants to see, and what can be shown of it now.

`ViewportState` is the wish; `resolve` turns it and the cache into a frozen
`Picture`. Nothing here draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viewer.dicom.errors import PixelError
from viewer.dicom.stacks import Stack
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import Voi, VoiWindow, auto_window, is_usable
from viewer.workers.frame_cache import FrameCache

if TYPE_CHECKING:
    import numpy as np


AUTOMATIC = "Automatic"  # the name of the window that was found, not chosen


@dataclass(frozen=True, slots=True)
class FileVoi:
    """The file's own VOI number ``index``, from each frame anew."""

    index: int = 0


@dataclass(frozen=True, slots=True)
class FixedVoi:
    """One VOI for all frames: a preset, the automatic one, or set by hand."""

    voi: Voi
    name: str = ""


VoiChoice = FileVoi | FixedVoi


@dataclass(frozen=True, slots=True)
class Picture:
    """What a viewport shows now: a frame with its VOI, a message, or nothing yet.

    ``pixels`` as in `FrameDescription`; ``message`` is set where there is no
    picture and why is known.
    """

    pixels: np.ndarray | None = None
    description: FrameDescription | None = None
    voi: Voi | None = None
    message: str = ""


@dataclass(slots=True)
class ViewportState:
    """What the user wants to see. ``index`` counts frames of ``stack`` from 0."""

    stack: Stack | None = None
    index: int = 0
    direction: int = 1
    choices: dict[str, VoiChoice] = field(default_factory=dict)  # by stack uid

    def show(self, stack: Stack, index: int = 0) -> None:
        """Turn to ``stack`` at frame ``index``."""
        self.stack = stack
        self.index = min(max(index, 0), max(len(stack) - 1, 0))
        self.direction = 1

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

    def choose(self, choice: VoiChoice) -> None:
        """Window the current stack by ``choice``."""
        if self.stack is not None:
            self.choices[self.stack.uid] = choice


def resolve(state: ViewportState, cache: FrameCache) -> Picture:
    """Give what can be shown of ``state`` from what is in ``cache``.

    Where the stack has no choice of VOI yet, its pictures make one: the file's
    first VOI, else the automatic window of its middle frame, for all frames.
    """
    stack = state.stack
    if stack is None:
        return Picture()
    if not len(stack):
        label = stack.label or "This object"
        return Picture(message=f"{label} has no picture to show. Its tags are beside it.")
    cached = cache.get(stack, state.index)
    if cached is None:
        return Picture()
    if isinstance(cached, PixelError):
        return Picture(message=str(cached.message))
    pixels, description = cached
    choice = state.choices.get(stack.uid)
    if choice is None:
        choice = _first_choice(state, cache, pixels, description)
    return Picture(pixels, description, chosen_voi(choice, pixels, description))


def chosen_voi(choice: VoiChoice, pixels: np.ndarray, description: FrameDescription) -> Voi:
    """Give the VOI that ``choice`` means for this frame."""
    if isinstance(choice, FixedVoi):
        return choice.voi
    if choice.index < len(description.vois) and is_usable(description.vois[choice.index]):
        return description.vois[choice.index]
    return automatic(pixels, description)


def automatic(pixels: np.ndarray, description: FrameDescription) -> VoiWindow:
    """Give the automatic window of a frame: its robust range without padding."""
    if description.samples_per_pixel > 1 or description.palette_rgb is not None:
        return VoiWindow(127.5, 255.0)
    return auto_window(pixels, description.modality, description.padding_range)


def _first_choice(
    state: ViewportState, cache: FrameCache, pixels: np.ndarray, description: FrameDescription
) -> VoiChoice:
    """Choose for a stack that was not windowed yet; it stays once its middle frame is known.

    The middle frame speaks for the stack better than the first, which often
    holds nothing but noise.
    """
    if description.vois and is_usable(description.vois[0]):
        state.choose(FileVoi(0))
        return FileVoi(0)
    assert state.stack is not None
    middle = cache.get(state.stack, len(state.stack) // 2)
    if isinstance(middle, tuple):
        state.choose(FixedVoi(automatic(*middle), AUTOMATIC))
        return state.choices[state.stack.uid]
    return FixedVoi(automatic(pixels, description), AUTOMATIC)
