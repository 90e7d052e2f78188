"""How one stack is looked at: its window, turn, presentation state, what is set by hand.

What of it is shown now is `viewport`'s; how the window is chosen that of `imaging.voi_choice`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from viewer.dicom.headers import InstanceHeader
from viewer.imaging.frame import FrameDescription
from viewer.imaging.lengths import MANUAL
from viewer.imaging.presentation import PresentationState, presented
from viewer.imaging.turning import Turn
from viewer.imaging.voi_choice import VoiChoice

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The description that a state and a spacing made of one frame's."""

    given: FrameDescription
    state: PresentationState | None
    spacing_rc_mm: tuple[float, float] | None
    made: FrameDescription


@dataclass(slots=True)
class Appearance:
    """How one stack is looked at. ``choice`` is None until its pictures have made one."""

    choice: VoiChoice | None = None
    turn: Turn = field(default_factory=Turn)
    state: PresentationState | None = None
    state_asked: InstanceHeader | None = None  # one that is on its way
    spacing_rc_mm: tuple[float, float] | None = None  # set by hand
    hidden_groups: frozenset[int] = frozenset()  # overlays (6000, ...) left out
    samples: dict[int, tuple[np.ndarray, FrameDescription]] = field(default_factory=dict)
    seen: _Seen | None = None  # the last one made

    def present(self, state: PresentationState | None) -> None:
        """Look through ``state``, or without one: its window and overlays, or the files', anew."""
        self.state, self.state_asked = state, None
        self.choice = None
        self.hidden_groups = frozenset()
        self.samples.clear()

    def describe(
        self,
        description: FrameDescription,
        state: PresentationState | None,
        sop_instance_uid: str,
        frame: int,
    ) -> FrameDescription:
        """Describe a frame as it is looked at; the same object as long as nothing changes."""
        if state is None and self.spacing_rc_mm is None:
            return description
        seen, spacing = self.seen, self.spacing_rc_mm
        if (
            seen is None
            or seen.given is not description
            or seen.state is not state
            or seen.spacing_rc_mm != spacing
        ):
            made = description
            if state is not None:
                made = presented(made, state, sop_instance_uid, frame)
            if spacing is not None:
                made = replace(
                    made,
                    spacing_rc_mm=spacing,
                    spacing_source=MANUAL,
                    spacing_note="",
                    regions=(),
                )
            self.seen = seen = _Seen(description, state, spacing, made)
        return seen.made
