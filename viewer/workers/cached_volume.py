"""The decoded frames of one stack. Locks and budgets are left to `frame_cache`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from viewer.dicom.errors import PixelError
from viewer.dicom.stacks import FrameKey, Stack
from viewer.imaging.frame import FrameDescription
from viewer.workers.priority import EMPTY, FAILED, READY, StateArray

Pixels = np.ndarray[Any, np.dtype[Any]]
Described = FrameDescription | Callable[[], FrameDescription]
"""A description, or what makes it once the frame is asked for: most never are."""


class CachedVolume:
    """Stored values, description or error, and state of each frame of a stack.

    Frames are found by their `FrameKey`, so that a stack may grow or change
    its order while a scan runs: what is decoded stays where it is.

    ``block`` is one array for all frames, (n, rows, columns) or
    (n, rows, columns, 3), of untouched pages until frames are put there. A
    frame that does not fit it (another size or type), came before it, or has
    no room in the budget for all of its stack, is an array of its own.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack: Stack | None = None
        self.keys: tuple[FrameKey, ...] = ()
        self.places: dict[FrameKey, int] = {}
        self.states: StateArray = np.zeros(0, np.uint8)
        self.block: Pixels | None = None
        self._frames: dict[FrameKey, tuple[Pixels, Described]] = {}
        self._errors: dict[FrameKey, PixelError] = {}
        self.held_bytes = 0
        self._guessed_frame_bytes = 1
        self.seat(stack)

    def seat(self, stack: Stack) -> None:
        """Take the order of ``stack``; frames that are no longer in it are let go."""
        if stack is self._stack:
            return
        self._stack = stack
        keys = tuple(stack.key(index) for index in range(len(stack)))
        if keys == self.keys:
            return
        old = {key: self.states[place] for key, place in self.places.items()}
        self.keys = keys
        self.places = {key: place for place, key in enumerate(keys)}
        self.states = np.array([old.get(key, EMPTY) for key in keys], np.uint8)
        self.block = None  # frames already in it keep it alive
        self._guessed_frame_bytes = _frame_bytes(stack)
        for key in self._frames.keys() - self.places.keys():
            self._let_go(key)

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame; guessed from the header until there is one."""
        for pixels, _ in self._frames.values():
            return pixels.nbytes
        return self._guessed_frame_bytes

    def states_of(self, stack: Stack) -> StateArray:
        """Give the states (n,) in the order of ``stack``."""
        if stack is self._stack and len(self.places) == len(self.keys):
            return self.states.copy()
        places = (self.places.get(stack.key(index)) for index in range(len(stack)))
        return np.array([EMPTY if p is None else self.states[p] for p in places], np.uint8)

    def find(self, key: FrameKey) -> tuple[Pixels, FrameDescription] | PixelError | None:
        """Give a frame, its error, or None while there is neither."""
        held = self._frames.get(key)
        if held is None:
            return self._errors.get(key)
        pixels, description = held
        if not isinstance(description, FrameDescription):
            description = description()
            self._frames[key] = pixels, description
        return pixels, description

    def room(self, key: FrameKey, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Pixels | None:
        """Give the frame's place in the block, where there is one and the frame fits it."""
        block = self.block
        if block is None or block.shape[1:] != shape or block.dtype != dtype:
            return None
        place: Pixels = block[self.places[key]]
        return place

    def put(self, key: FrameKey, pixels: Pixels, description: Described) -> None:
        """Keep a frame; from now on it is read-only."""
        self._let_go(key)
        if pixels.base is not None and pixels.base is not self.block:
            pixels = pixels.copy()  # its block was let go meanwhile, and would stay for this frame
        view = pixels.view()
        view.flags.writeable = False
        self._frames[key] = (view, description)
        self._errors.pop(key, None)
        self.held_bytes += view.nbytes
        self.states[self.places[key]] = READY

    def fail(self, key: FrameKey, error: PixelError) -> None:
        """Keep the reason why a frame cannot be shown."""
        self._let_go(key)
        self._errors[key] = error
        self.states[self.places[key]] = FAILED

    def forget_errors(self, is_meant: Callable[[str], bool]) -> None:
        """Forget why frames cannot be shown, of files whose paths are meant."""
        for key in [key for key in self._errors if is_meant(key.path)]:
            del self._errors[key]
            if key in self.places:
                self.states[self.places[key]] = EMPTY

    def drop(self, places: np.ndarray[Any, Any]) -> None:
        """Let the frames at ``places`` go, to be decoded anew when wanted."""
        for place in places:
            self._let_go(self.keys[place])

    def drop_all(self) -> None:
        """Let all frames and the block go; errors stay."""
        self.drop(np.flatnonzero(self.states == READY))
        self.block = None

    def _let_go(self, key: FrameKey) -> None:
        held = self._frames.pop(key, None)
        if held is not None:
            self.held_bytes -= held[0].nbytes
            if key in self.places:
                self.states[self.places[key]] = EMPTY


def _frame_bytes(stack: Stack) -> int:
    if not len(stack):
        return 1
    header = stack.header(0)
    samples = header.samples_per_pixel or 1
    width = ((header.bits_allocated or 16) + 7) // 8
    return max((header.rows or 1) * (header.columns or 1) * samples * width, 1)
