"""Which stacks want a thumbnail, and the frame that each is made of: its middle one.

To decode it is left to the decode service, to draw it to the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from viewer.dicom.stacks import Stack
from viewer.workers.decode_service import DecodeService
from viewer.workers.frame_cache import FrameCache

if TYPE_CHECKING:
    import numpy as np

    from viewer.imaging.frame import FrameDescription


class Thumbnails:
    """Asks for the frames, and gives them.

    Parameters
    ----------
    tell : callable
        Gets a `Stack` whose frame is there, or cannot be.
    """

    def __init__(
        self, decoder: DecodeService, cache: FrameCache, tell: Callable[[Stack], object]
    ) -> None:
        self._decoder = decoder
        self._cache = cache
        self._tell = tell
        self._wanted: dict[str, tuple[Stack, int]] = {}

    def want(self, stack: Stack, *, later: bool = False) -> None:
        """Have the frame decoded, ``later``: after all else."""
        index = len(stack) // 2
        self._wanted[stack.uid] = (stack, index)
        if self._cache.get(stack, index) or self._decoder.previews.get(stack.key(index)):
            self._tell(stack)
        else:
            self._decoder.want_thumbnail(stack, index, later=later)

    def frame(self, stack: Stack) -> tuple[np.ndarray, FrameDescription] | None:
        """Give the pixels that a thumbnail is made of, whole or reduced; None without any."""
        index = len(stack) // 2
        cached = self._cache.get(stack, index) or self._decoder.previews.get(stack.key(index))
        return cached if isinstance(cached, tuple) else None

    def arrived(self, frames: Iterable[tuple[str, int]]) -> None:
        """Take frames that are ready, by stack uid and index."""
        for uid, index in frames:
            wanted = self._wanted.get(uid)
            if wanted is not None and wanted[1] == index:
                self._tell(wanted[0])

    def ask_again(self) -> None:
        """Ask again for those that may now come."""
        for stack, index in self._wanted.values():
            if self._cache.get(stack, index) is None:
                self._decoder.want_thumbnail(stack, index, later=True)

    def retain(self, stack_uids: Collection[str]) -> None:
        """Forget all other stacks."""
        self._wanted = {uid: one for uid, one in self._wanted.items() if uid in stack_uids}

    def clear(self) -> None:
        """Forget all."""
        self._wanted.clear()
