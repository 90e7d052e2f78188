"""All decoded frames, within a budget of bytes. What to decode is left to `decode_service`.

Stacks that nobody looks at go first, the longest unseen before the others.
What is on screen stays; where a stack alone is larger than the budget, its
frames nearest to the current one stay.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viewer.dicom.errors import PixelError
from viewer.dicom.stacks import FrameKey, Stack
from viewer.imaging.frame import FrameDescription
from viewer.workers.cached_volume import CachedVolume, Described, Pixels
from viewer.workers.priority import EMPTY, PENDING, READY, StateArray, within_reach

DEFAULT_BYTES = 2 << 30
_SHARE_ON_SCREEN = 7 / 8  # the rest is left for thumbnails


@dataclass(frozen=True, slots=True)
class Look:
    """A viewport's place: frame ``index`` of ``stack``, scrolling up (1) or down (-1)."""

    stack: Stack
    index: int
    direction: int


class FrameCache:
    """The decoded frames of the stacks that are open. Any thread may call it.

    Parameters
    ----------
    budget_bytes : int
        What frames may take in all; one frame on screen may always be there.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._lock = threading.Lock()
        self._volumes: dict[str, CachedVolume] = {}  # longest unseen first
        self._looks: dict[str, Look] = {}
        self._grants: dict[str, int] = {}  # bytes that each stack on screen may hold

    @property
    def bytes_used(self) -> int:
        """Bytes of all frames held."""
        with self._lock:
            return self._held()

    def stack_uids(self) -> set[str]:
        """Give the uids of all stacks that it knows."""
        with self._lock:
            return set(self._volumes)

    def get(self, stack: Stack, index: int) -> tuple[Pixels, FrameDescription] | PixelError | None:
        """Give frame ``index`` of ``stack``: pixels (read-only), its error, or None as yet."""
        with self._lock:
            volume = self._volumes.get(stack.uid)
            return volume.find(stack.key(index)) if volume is not None else None

    def states(self, stack: Stack) -> StateArray:
        """Give the state (`priority.EMPTY`, ...) of each frame of ``stack``, as a copy (n,)."""
        with self._lock:
            volume = self._volumes.get(stack.uid)
            return volume.states_of(stack) if volume is not None else np.zeros(len(stack), np.uint8)

    def adopt(self, stack: Stack) -> None:
        """Know ``stack`` as it is now; frames held of an earlier form of it stay."""
        with self._lock:
            self._adopt(stack)

    def pin(self, looks: Sequence[Look]) -> None:
        """Say all that is on screen. It is not let go while that is so."""
        with self._lock:
            self._looks = {look.stack.uid: look for look in looks}
            for look in looks:
                volume = self._adopt(look.stack)
                self._volumes[look.stack.uid] = self._volumes.pop(look.stack.uid, volume)
            self._grant()

    def reach(self, stack: Stack) -> int:
        """Give how many frames of ``stack`` the budget has room for."""
        with self._lock:
            volume = self._volumes.get(stack.uid)
            grant = self._grants.get(stack.uid, 0)
            return max(grant // volume.frame_bytes, 1) if volume is not None else 1

    def begin(self, stack_uid: str, keys: Iterable[FrameKey]) -> None:
        """Mark frames as being worked on."""
        self._set_states(stack_uid, keys, PENDING)

    def release(self, stack_uid: str, keys: Iterable[FrameKey]) -> None:
        """Mark frames as not done after all."""
        self._set_states(stack_uid, keys, EMPTY)

    def room(
        self, stack_uid: str, key: FrameKey, shape: tuple[int, ...], dtype: np.dtype[Any]
    ) -> Pixels:
        """Give an array for a frame to be written to, then handed to `put`.

        Raises
        ------
        MemoryError
            If the system has none left.
        """
        with self._lock:
            volume = self._volumes.get(stack_uid)
            if volume is None or key not in volume.places:
                return np.empty(shape, dtype)
            if volume.block is None and self._may_have_block(stack_uid, volume, shape, dtype):
                try:
                    volume.block = np.empty((len(volume.keys), *shape), dtype)
                except MemoryError:  # no address space in one piece: frame by frame, then
                    return np.empty(shape, dtype)
            place = volume.room(key, shape, dtype)
        return place if place is not None else np.empty(shape, dtype)

    def put(
        self, stack_uid: str, key: FrameKey, pixels: Pixels, description: Described
    ) -> int | None:
        """Keep a frame and give its index; None if its stack was forgotten meanwhile."""
        with self._lock:
            volume = self._volumes.get(stack_uid)
            if volume is None or key not in volume.places:
                return None
            volume.put(key, pixels, description)
            self._make_room(stack_uid)
            return volume.places[key]

    def fail(self, stack_uid: str, key: FrameKey, error: PixelError) -> int | None:
        """Keep why a frame cannot be shown and give its index; None as in `put`."""
        with self._lock:
            volume = self._volumes.get(stack_uid)
            if volume is None or key not in volume.places:
                return None
            volume.fail(key, error)
            return volume.places[key]

    def forget_errors(self, places: Sequence[str]) -> None:
        """Have frames tried anew that failed, of the files at or below ``places`` (absolute)."""
        folders = tuple(os.path.join(place, "") for place in places)
        with self._lock:
            for volume in self._volumes.values():
                volume.forget_errors(lambda path: path in places or path.startswith(folders))

    def forget(self, stack_uids: Iterable[str]) -> None:
        """Free all that is known of these stacks."""
        with self._lock:
            for uid in stack_uids:
                self._volumes.pop(uid, None)
                self._looks.pop(uid, None)
            self._grant()

    def clear(self) -> None:
        """Free everything."""
        with self._lock:
            self._volumes.clear()
            self._looks.clear()
            self._grants.clear()

    def _adopt(self, stack: Stack) -> CachedVolume:
        volume = self._volumes.get(stack.uid)
        if volume is None:
            volume = self._volumes[stack.uid] = CachedVolume(stack)
        else:
            volume.seat(stack)
        return volume

    def _set_states(self, stack_uid: str, keys: Iterable[FrameKey], state: int) -> None:
        with self._lock:
            volume = self._volumes.get(stack_uid)
            if volume is None:
                return
            for key in keys:
                place = volume.places.get(key)
                if place is not None and volume.states[place] in (EMPTY, PENDING):
                    volume.states[place] = state

    def _held(self) -> int:
        return sum(volume.held_bytes for volume in self._volumes.values())

    def _grant(self) -> None:
        """Divide the budget among what is on screen: all it wants to each while it lasts.

        Stacks with a block come first: frames in a block are not freed one by one.
        """
        left = int(self.budget_bytes * _SHARE_ON_SCREEN)
        self._grants = {}
        by_block = sorted(self._looks, key=lambda uid: self._volumes[uid].block is None)
        for uid in by_block:
            volume = self._volumes[uid]
            wanted = volume.frame_bytes * len(volume.keys)
            self._grants[uid] = max(min(wanted, left), 0)
            left -= self._grants[uid]
            if volume.block is not None and self._grants[uid] < wanted:
                volume.drop_all()

    def _may_have_block(
        self, uid: str, volume: CachedVolume, shape: tuple[int, ...], dtype: np.dtype[Any]
    ) -> bool:
        count = len(volume.keys)
        needed = count * int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        return count > 1 and uid in self._looks and needed <= self._grants.get(uid, 0)

    def _make_room(self, just_put: str) -> None:
        """Let frames go until the budget holds, the frame just put last of all."""
        excess = self._held() - self.budget_bytes
        for uid, volume in self._volumes.items():
            if excess <= 0:
                break
            if uid not in self._looks and uid != just_put:
                excess -= volume.held_bytes
                volume.drop_all()
        volume = self._volumes[just_put]
        look = self._looks.get(just_put)
        if volume.block is not None:
            return
        if look is None:
            if excess > 0:
                volume.drop_all()
        elif volume.held_bytes > self._grants.get(just_put, 0):
            self._keep_nearest(volume, look)

    def _keep_nearest(self, volume: CachedVolume, look: Look) -> None:
        current = volume.places.get(look.stack.key(look.index), 0)
        reach = max(self._grants[look.stack.uid] // volume.frame_bytes, 1)
        near = within_reach(len(volume.keys), current, look.direction, reach)
        volume.drop(np.flatnonzero((volume.states == READY) & ~near))
