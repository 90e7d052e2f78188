"""How the frames of each stack are to be seen: the window that was asked for, or the stack's own.

The rule for a stack's own window is `imaging.voi_choice`'s, which the window follows too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Any

from viewer.commands.export_selection import Selected
from viewer.dicom.errors import NegatoError
from viewer.dicom.presets import suv_presets, window_presets
from viewer.dicom.rendering import Look
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import VoiWindow, is_usable
from viewer.imaging.voi_choice import (
    FileVoi,
    FixedVoi,
    Sample,
    VoiChoice,
    choice_of_frame,
    choice_of_samples,
    sampled_frames,
)
from viewer.workers.child_pool import ChildPool
from viewer.workers.ordered_tasks import taken


@dataclass(frozen=True, slots=True)
class AskedWindow:
    """The window that was asked for: at most one of these."""

    window: tuple[float, float] | None = None  # centre, width
    voi: int | None = None  # the file's, from 1 on
    preset: str = ""

    def check(self) -> None:
        """Raise a NegatoError for what is no window."""
        if self.window is not None and not is_usable(VoiWindow(*self.window)):
            raise NegatoError("A window needs a finite centre and a width above 0.")
        if self.voi is not None and self.voi < 1:
            raise NegatoError("The windows of a file are counted from 1 on.")


class Looks:
    """Gives the look of each stack, found once.

    Parameters
    ----------
    look : Look
        All of it but the window.
    pause : callable
        Called often; may raise.
    """

    def __init__(
        self, pool: ChildPool, look: Look, asked: AskedWindow, pause: Callable[[], None]
    ) -> None:
        self._pool, self._look, self._asked, self._pause = pool, look, asked, pause
        self._last: tuple[str, Look] | None = None

    def of(self, one: Selected) -> Look:
        """Give the look of a stack.

        Raises
        ------
        NegatoError
            The stack has no such window.
        """
        if self._look.values != "seen":
            return self._look
        uid = one.stack.uid
        if self._last is None or self._last[0] != uid:
            self._last = uid, replace(self._look, choice=self._choice(one))
        return self._last[1]

    def _choice(self, one: Selected) -> VoiChoice | None:
        asked = self._asked
        if asked.window is not None:
            return FixedVoi(VoiWindow(*asked.window))
        if asked.voi is not None:
            return self._file_voi(one, asked.voi)
        if asked.preset:
            return self._preset(one, asked.preset)
        return self._own_choice(one)

    def _own_choice(self, one: Selected) -> VoiChoice | None:
        """Choose as the window does: by the first frame, else by a few of them."""
        count = len(one.stack)
        if count == 1:
            return None
        sampled = sampled_frames(count)
        read: dict[int, Sample] = {}
        for index in (0, *sampled):
            try:
                read[index] = self._sample(one, index)
            except NegatoError:
                continue  # told once it is its turn
            given = choice_of_frame(*read[index]) if len(read) == 1 else None
            if given is not None:
                return given if isinstance(given, FileVoi) else None
        samples = [read[index] for index in sampled if index in read and read[index][0].ndim == 2]
        return choice_of_samples(samples) if samples else None

    def _file_voi(self, one: Selected, number: int) -> FileVoi:
        vois = self._first(one).vois
        if not vois:
            raise NegatoError("The file has no window of its own; use --window.")
        if number > len(vois):
            known = "1 alone" if len(vois) == 1 else f"1 to {len(vois)}"
            raise NegatoError(f"The file has no window {number}; it has {known}.")
        if not is_usable(vois[number - 1]):
            raise NegatoError(f"Window {number} of the file is not usable; use --window.")
        return FileVoi(number - 1)

    def _preset(self, one: Selected, name: str) -> FixedVoi:
        modality = one.stack.header(0).modality
        presets = window_presets(modality)
        if modality == "PT":
            presets = (*presets, *suv_presets(modality, self._first(one).suv))
        if not presets:
            kind = modality or "unknown"
            raise NegatoError(f"There are no presets for modality {kind}; use --window.")
        for preset in presets:
            if preset.explanation.casefold() == name.casefold():
                return FixedVoi(preset, preset.explanation)
        known = ", ".join(preset.explanation for preset in presets)
        raise NegatoError(f"There is no preset {name!r}. There are: {known}.")

    def _first(self, one: Selected) -> FrameDescription:
        return self._sample(one, one.frames[0])[1]

    def _sample(self, one: Selected, index: int) -> Sample:
        limits = self._pool.limits
        answers: SimpleQueue[Any] = SimpleQueue()
        self._pool.submit(
            "viewer.dicom.rendering:sample_frame",
            (one.stack.header(index), one.stack.key(index).index, limits),
            timeout_s=limits.decode_seconds,
            on_done=answers.put,
        )
        answer = taken(answers, self._pause)
        if isinstance(answer, NegatoError):
            raise answer
        return answer[0], answer[1]
