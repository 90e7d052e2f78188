"""Which VOI the frames of a stack are seen through: chosen once, and kept for all of them.

The rule that the window, the thumbnails and exported pictures share. What a VOI does to values
is `voi`'s; which frames are at hand is left to the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viewer.imaging.display import is_colour
from viewer.imaging.voi import (
    Voi,
    VoiWindow,
    evenly_spaced,
    frame_window,
    is_usable,
    series_window,
)

if TYPE_CHECKING:
    import numpy as np

    from viewer.imaging.frame import FrameDescription

AUTOMATIC = "Automatic"  # the name of the window that was found, not chosen
_SAMPLED_FRAMES = 5  # of a stack, for the automatic window of all of it
_SAMPLED_PIXELS = 16_384  # of each

Sample = tuple["np.ndarray", "FrameDescription"]


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


def chosen_voi(choice: VoiChoice, pixels: np.ndarray, description: FrameDescription) -> Voi:
    """Give the VOI that ``choice`` means for this frame."""
    if isinstance(choice, FixedVoi):
        return choice.voi
    if choice.index < len(description.vois) and is_usable(description.vois[choice.index]):
        return description.vois[choice.index]
    return automatic(pixels, description)


def automatic(pixels: np.ndarray, description: FrameDescription) -> VoiWindow:
    """Give the automatic window of a frame: its robust range without padding."""
    if is_colour(description):
        return VoiWindow(127.5, 255.0)
    return frame_window(pixels, description)


def choice_of_frame(pixels: np.ndarray, description: FrameDescription) -> VoiChoice | None:
    """Give what one frame decides for its stack; None where several must speak for it.

    It decides by its first VOI, or by being in colour.
    """
    if description.vois and is_usable(description.vois[0]):
        return FileVoi(0)
    if is_colour(description):
        return FixedVoi(automatic(pixels, description), AUTOMATIC)
    return None


def sampled_frames(count: int) -> tuple[int, ...]:
    """Give the frames that speak for a stack: a few, evenly spread, the middle among them.

    The ends are left out where they can be: they often hold nothing but noise.
    """
    return tuple(
        sorted({(2 * n + 1) * count // (2 * _SAMPLED_FRAMES) for n in range(_SAMPLED_FRAMES)})
    )


def sample_of(pixels: np.ndarray, description: FrameDescription) -> Sample:
    """Give what `choice_of_samples` needs of a grey frame: a copy, the frame may go."""
    return evenly_spaced(pixels, _SAMPLED_PIXELS).copy(), description


def choice_of_samples(samples: Sequence[Sample]) -> FixedVoi:
    """Give one automatic window for all frames of a stack."""
    return FixedVoi(series_window(samples), AUTOMATIC)
