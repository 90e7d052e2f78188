"""Frames into the cache: native ones read by the calling thread, others decoded by children.

Owns what is done together, and what becomes of it. What is done next is chosen
by `decode_service`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from viewer import defects
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.stacks import FrameKey, Stack
from viewer.imaging.frame import FrameDescription
from viewer.workers.cached_volume import Described
from viewer.workers.child_pool import ChildPool
from viewer.workers.decode_child import Decoded, Filled, Wanted
from viewer.workers.frame_cache import FrameCache
from viewer.workers.priority import PENDING
from viewer.workers.transfer import Beside

if TYPE_CHECKING:
    from viewer.dicom.compressed_frames import CompressedFrame

ReadBeside = Callable[[Beside, np.ndarray], None]

_log = logging.getLogger(__name__)
_BATCH_FRAMES = 8  # native, where they are small
_FRAMES_OF_ONE_FILE = 3  # a jump waits for them; one by one, their messages take too long
_BATCH_BYTES = 4 << 20
_FILES_BYTES = 8 << 20
_BATCH_SECONDS = 0.016  # much longer than the messages around it; ends early for urgent wishes


@dataclass(frozen=True, slots=True)
class Job:
    """Frames of a stack to be done together; the first is the one that was chosen."""

    stack: Stack
    frames: tuple[int, ...]
    urgent: bool = False  # on screen

    @property
    def keys(self) -> tuple[FrameKey, ...]:
        """The frames by file and number."""
        return tuple(map(self.stack.key, self.frames))


class FrameWork:
    """Does jobs.

    Parameters
    ----------
    pool : ChildPool
        Decodes what is not native.
    cache : FrameCache
        Gets the frames.
    tell : callable
        Called with stack uid and index, in a worker's thread, once the cache
        holds the frame or the reason why it cannot be shown.
    """

    def __init__(
        self, pool: ChildPool, cache: FrameCache, tell: Callable[[str, int], None]
    ) -> None:
        self._pool = pool
        self._cache = cache
        self._tell_user = tell
        self._closed = False
        self._singly: set[str] = set()  # files of which a batch has failed
        self._seconds: dict[str, float] = {}  # that a child takes for a frame, by stack

    def close(self) -> None:
        """Tell nothing any more, and drop what children still send."""
        self._closed = True

    def clear(self) -> None:
        """Forget what was learned of the files."""
        self._singly.clear()
        self._seconds.clear()

    def is_quick(self, stack: Stack) -> bool:
        """Tell whether a child is soon done with what it has of a stack."""
        return self._seconds.get(stack.uid, _BATCH_SECONDS) < _BATCH_SECONDS

    def together(self, stack: Stack, frames: Sequence[int], *, native: bool) -> tuple[int, ...]:
        """Give those of ``frames``, in their order, that go well together with the first."""
        from viewer.dicom.compressed_frames import compressed_frame

        first, header = frames[0], stack.header(frames[0])
        if header.path in self._singly:
            return (first,)
        size = (header.rows or 1) * (header.columns or 1) * (header.samples_per_pixel or 1) * 2
        small = max(min(_BATCH_FRAMES, _BATCH_BYTES // max(size, 1)), 1)
        if native:
            return tuple(frames[:small])
        model = compressed_frame(header, self._pool.limits)
        if model is None:
            number, few = stack.frames[first][0], frames[: min(small, _FRAMES_OF_ONE_FILE)]
            return tuple(frame for frame in few if stack.frames[frame][0] == number)
        count = int(_BATCH_SECONDS / self._seconds.get(stack.uid, _BATCH_SECONDS))
        alike = takewhile(
            lambda frame: (
                _is_like(model, stack.header(frame)) and stack.key(frame).path not in self._singly
            ),
            frames[: max(min(count, _FILES_BYTES // model.plain.byte_count), 1)],
        )
        return tuple(alike) or (first,)

    def read(self, job: Job, interrupted: Callable[[], bool]) -> None:
        """Read native frames; those that are left when ``interrupted`` are not done."""
        for done, frame in enumerate(job.frames):
            if done and interrupted():
                self._cache.release(job.stack.uid, job.keys[done:])
                return
            self._read_one(job.stack, frame)

    def _read_one(self, stack: Stack, frame: int) -> None:
        key = stack.key(frame)
        try:
            self._read_into_volume(stack, frame)
        except PixelError as error:
            self._fail(stack.uid, key, error)
        except MemoryError:
            self._fail(stack.uid, key, PixelError(_NO_MEMORY, key.path))
        # a defect met in one frame must not leave all others undone
        # its text may quote a path or a value: the class alone is logged
        except Exception as error:
            _log.error("A plain frame could not be read: %s", type(error).__name__)
            defects.handle(error)
            self._fail(stack.uid, key, PixelError(_DEFECT, key.path))

    def _read_into_volume(self, stack: Stack, frame: int) -> None:
        from viewer.dicom.native_frames import native_frame, read_native
        from viewer.dicom.transfer_syntaxes import NO_DECODER

        key, header = stack.key(frame), stack.header(frame)
        native = native_frame(header, self._pool.limits)
        if native is None:
            raise PixelError(_DEFECT, key.path)
        plain = native.plain
        shape, dtype = (plain.rows, plain.columns), np.dtype(plain.dtype)
        pixels = self._cache.room(stack.uid, key, shape, dtype)
        read_native(key.path, native, pixels)
        described = partial(_description, header, NO_DECODER)
        self._tell(stack.uid, self._cache.put(stack.uid, key, pixels, described))

    def send(self, job: Job, on_end: Callable[[], None]) -> None:
        """Have a child decode frames; ``on_end`` is called when it has, or cannot."""
        from viewer.dicom.compressed_frames import compressed_frame

        limits, keys = self._pool.limits, job.keys
        compressed = [compressed_frame(job.stack.header(frame), limits) for frame in job.frames]
        plain = [frame for frame in compressed if frame is not None]
        if len(plain) == len(keys):
            self._decode_files(job, plain, on_end)
            return
        known = job.stack.header(job.frames[0])
        self._pool.submit(
            "decode",
            (keys[0].path, tuple(key.index for key in keys), limits, known),
            timeout_s=limits.decode_seconds * len(keys),
            on_done=lambda result: self._receive(job, partial(self._keep, job), on_end, result),
            urgent=job.urgent,
        )

    def _decode_files(
        self, job: Job, frames: Sequence[CompressedFrame], on_end: Callable[[], None]
    ) -> None:
        """Have a child decode frames of many files."""
        limits, keys = self._pool.limits, job.keys
        plain = frames[0].plain
        shape, dtype = (plain.rows, plain.columns), np.dtype(plain.dtype)

        def keep(filled: list[Filled], read: ReadBeside) -> None:
            for frame, done in zip(job.frames, filled, strict=False):
                self._keep_filled(job.stack, frame, done, shape, dtype, read)
            self._cache.release(job.stack.uid, keys[len(filled) :])  # it ended early

        self._pool.submit(
            "decode_files",
            (tuple(map(Wanted, (key.path for key in keys), frames)), limits),
            timeout_s=limits.decode_seconds,  # as for one: it ends early where they are slow
            on_done=lambda *result: self._receive(job, keep, on_end, *result),
            yields=True,
            urgent=job.urgent,
        )

    def _receive(
        self, job: Job, keep: Callable[..., None], on_end: Callable[[], None], *result: Any
    ) -> None:
        """Put what a child has decoded into the cache; in the pool's thread."""
        try:
            if self._closed:
                return
            if not isinstance(result[0], NegatoError):
                keep(*result)
            elif len(job.frames) > 1:  # one of them is to blame: find out which
                self._singly.update(key.path for key in job.keys)
                self._cache.release(job.stack.uid, job.keys)
            else:
                self._fail(job.stack.uid, job.keys[0], result[0])
        # a defect met in one result must not leave its frames coming for ever; logged as above
        except Exception as error:
            _log.error("A decoded frame could not be kept: %s", type(error).__name__)
            defects.handle(error)
            states = self._cache.states(job.stack)
            for frame in job.frames:
                if states[frame] == PENDING:
                    key = job.stack.key(frame)
                    self._fail(job.stack.uid, key, PixelError(_DEFECT, key.path))
        finally:
            on_end()

    def _keep(self, job: Job, decoded: list[Decoded]) -> None:
        uid = job.stack.uid
        missing = {key.index: key for key in job.keys}
        for index, pixels, description in decoded:
            self._keep_one(uid, missing.pop(index), pixels, description)
        for key in missing.values():
            self._fail(uid, key, PixelError(_DEFECT, key.path))

    def _keep_filled(
        self,
        stack: Stack,
        frame: int,
        filled: Filled,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        read: ReadBeside,
    ) -> None:
        known = self._seconds.get(stack.uid, filled.seconds)
        self._seconds[stack.uid] = (known + filled.seconds) / 2
        key, pixels, description = stack.key(frame), filled.pixels, filled.description
        described: Described | None = None
        if isinstance(description, str):
            described = partial(_description, stack.header(frame), description)
        else:
            described = description
        if not isinstance(pixels, Beside) or described is None:
            self._keep_one(stack.uid, key, pixels, described)
            return
        try:
            place = self._cache.room(stack.uid, key, shape, dtype)
            read(pixels, place)
        except (MemoryError, EOFError) as error:
            why = _NO_MEMORY if isinstance(error, MemoryError) else _CRASHED
            self._fail(stack.uid, key, PixelError(why, key.path))
            return
        self._tell(stack.uid, self._cache.put(stack.uid, key, place, described))

    def _keep_one(
        self,
        uid: str,
        key: FrameKey,
        pixels: np.ndarray | PixelError | Beside,
        description: Described | None,
    ) -> None:
        if isinstance(pixels, PixelError):
            self._fail(uid, key, pixels)
            return
        if isinstance(pixels, Beside) or description is None:
            self._fail(uid, key, PixelError(_DEFECT, key.path))
            return
        try:
            place = self._cache.room(uid, key, pixels.shape, pixels.dtype)
        except MemoryError:
            self._fail(uid, key, PixelError(_NO_MEMORY, key.path))
            return
        np.copyto(place, pixels)
        self._tell(uid, self._cache.put(uid, key, place, description))

    def _fail(self, stack_uid: str, key: FrameKey, error: NegatoError) -> None:
        if not isinstance(error, PixelError):
            error = PixelError(error.message, error.path or key.path)
        self._tell(stack_uid, self._cache.fail(stack_uid, key, error))

    def _tell(self, stack_uid: str, index: int | None) -> None:
        if index is not None and not self._closed:
            self._tell_user(stack_uid, index)


def _is_like(model: CompressedFrame, header: InstanceHeader) -> bool:
    """Tell whether a file holds a plain frame of the same size, words and transfer syntax."""
    from viewer.dicom.compressed_frames import compressed_frame

    frame = compressed_frame(header)
    return (
        frame is not None
        and frame.plain == model.plain
        and frame.transfer_syntax == model.transfer_syntax
    )


def _description(header: InstanceHeader, decoder: str) -> FrameDescription:
    from viewer.dicom.plain_description import description_from_header

    description = description_from_header(header, decoder)
    if description is None:
        raise ValueError("no plain frame")
    return description


_NO_MEMORY = "There is not enough memory for this frame. Close other studies or programs."
_CRASHED = "Decoding crashed. The file may be damaged."
_DEFECT = "This frame could not be read because of a fault in Negato. Please report it."
