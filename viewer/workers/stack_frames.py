"""All frames of a stack, one after the other, for what needs them all: volumes, exports.

Plain uncompressed frames are read by the calling thread, all others are decoded by
children, several at a time. The window's frames come from `decode_service` instead,
which knows what is looked at.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from viewer.dicom.compressed_frames import compressed_frame
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.native_frames import native_frame, read_native
from viewer.dicom.plain_description import description_from_header
from viewer.dicom.stacks import Stack
from viewer.imaging.frame import FrameDescription
from viewer.workers.child_pool import ChildPool
from viewer.workers.decode_child import Decoded, Filled, Wanted
from viewer.workers.transfer import Beside

if TYPE_CHECKING:
    from viewer.dicom.compressed_frames import CompressedFrame

_Array = np.ndarray[Any, np.dtype[Any]]
_BATCH_FRAMES, _BATCH_BYTES = 8, 16 << 20
_MOST_CHILDREN = 4
_AHEAD = 2  # batches for each child: the one it works on, and one that waits


@dataclass(frozen=True, slots=True, eq=False)
class ReadFrame:
    """A frame of a stack: its place there (from 0), stored values and what is known of them."""

    index: int
    pixels: _Array
    description: FrameDescription


class _Batch(NamedTuple):
    """Frames that one child does together: of one file, or plain ones of many."""

    frames: tuple[int, ...]
    compressed: tuple[CompressedFrame, ...]


def read_stack_frames(
    stack: Stack,
    frames: Sequence[int],
    *,
    limits: Limits = DEFAULT_LIMITS,
    pool: ChildPool | None = None,
) -> Generator[ReadFrame, None, None]:
    """Give the frames of a stack whole, each as soon as it is decoded: in no certain order.

    Parameters
    ----------
    frames : sequence of int
        Which, counted from 0 in the order of the stack.
    pool : ChildPool, optional
        Decodes; else one is started, and ended with the iterator.

    Raises
    ------
    NegatoError
        With the file's path: a frame cannot be decoded, or is not whole.
    """
    if pool is not None:
        yield from _Reading(stack, pool).frames(frames)
        return
    with closing(ChildPool(min(os.cpu_count() or 1, _MOST_CHILDREN), limits)) as own:
        yield from _Reading(stack, own).frames(frames)


class _Reading:
    """Keeps each child busy, and no more decoded than is taken."""

    def __init__(self, stack: Stack, pool: ChildPool) -> None:
        self._stack, self._pool = stack, pool
        self._answers: SimpleQueue[Callable[[], Iterator[ReadFrame]]] = SimpleQueue()
        self._waiting: deque[_Batch] = deque()
        self._under_way = 0

    def frames(self, frames: Sequence[int]) -> Iterator[ReadFrame]:
        left = []
        for index in frames:
            native = native_frame(self._stack.header(index), self._pool.limits)
            if native is None:
                left.append(index)
        self._waiting.extend(self._batches(left))
        self._send()
        decoded = set(left)
        for index in frames:
            if index not in decoded:
                yield self._read(index)
        while self._under_way:
            answer = self._answers.get()
            self._under_way -= 1
            found = list(answer())
            self._send()
            yield from found

    def _read(self, index: int) -> ReadFrame:
        header = self._stack.header(index)
        native = native_frame(header, self._pool.limits)
        description = description_from_header(header)
        if native is None or description is None:
            raise ValueError("no plain frame")
        pixels = np.empty((native.plain.rows, native.plain.columns), native.plain.dtype)
        read_native(header.path, native, pixels)
        return ReadFrame(index, pixels, description)

    def _batches(self, frames: Sequence[int]) -> Iterator[_Batch]:
        begun: list[int] = []
        models: list[CompressedFrame] = []
        for index in frames:
            model = compressed_frame(self._stack.header(index), self._pool.limits)
            if begun and not self._fits(begun, models, index, model):
                yield _Batch(tuple(begun), tuple(models))
                begun, models = [], []
            begun.append(index)
            if model is not None:
                models.append(model)
        if begun:
            yield _Batch(tuple(begun), tuple(models))

    def _fits(
        self,
        begun: Sequence[int],
        models: Sequence[CompressedFrame],
        index: int,
        model: CompressedFrame | None,
    ) -> bool:
        header = self._stack.header(index)
        width = ((header.bits_allocated or 16) + 7) // 8 * (header.samples_per_pixel or 1)
        size = max((header.rows or 1) * (header.columns or 1) * width, 1)
        if len(begun) >= min(_BATCH_FRAMES, max(_BATCH_BYTES // size, 1)):
            return False
        if model is not None:
            return bool(models)
        return not models and self._stack.frames[begun[0]][0] == self._stack.frames[index][0]

    def _send(self) -> None:
        while self._waiting and self._under_way < _AHEAD * self._pool.processes:
            batch = self._waiting.popleft()
            self._under_way += 1
            limits, keys = self._pool.limits, [self._stack.key(index) for index in batch.frames]
            if batch.compressed:
                wanted = map(Wanted, (key.path for key in keys), batch.compressed)
                self._pool.submit(
                    "decode_files",
                    (tuple(wanted), limits),
                    timeout_s=limits.decode_seconds * len(keys),
                    on_done=partial(self._receive, batch),
                    yields=True,
                )
            else:
                known = self._stack.header(batch.frames[0])
                self._pool.submit(
                    "decode",
                    (keys[0].path, tuple(key.index for key in keys), limits, known),
                    timeout_s=limits.decode_seconds * len(keys),
                    on_done=partial(self._receive, batch),
                )

    def _receive(
        self, batch: _Batch, result: Any, read: Callable[[Beside, _Array], None] | None = None
    ) -> None:
        """Take an answer, in the pool's thread; pixels that lie beside it stay there no longer."""
        if isinstance(result, NegatoError):
            self._answers.put(partial(self._failed, batch, result))
        elif read is None:
            self._answers.put(partial(self._of_one_file, batch, result))
        else:
            try:
                frames = zip(result, batch.compressed, strict=False)  # it may have ended early
                beside = [_taken(filled, model, read) for filled, model in frames]
            except (MemoryError, EOFError) as error:
                why = _NO_MEMORY if isinstance(error, MemoryError) else _CRASHED
                self._answers.put(partial(self._failed, batch, PixelError(why)))
                return
            self._answers.put(partial(self._of_files, batch, beside))

    def _failed(self, batch: _Batch, error: NegatoError) -> Iterator[ReadFrame]:
        """Find out which of several frames is to blame."""
        if len(batch.frames) == 1:
            raise self._named(batch.frames[0], error)
        ones = [
            _Batch((index,), batch.compressed[place : place + 1])
            for place, index in enumerate(batch.frames)
        ]
        self._waiting.extendleft(reversed(ones))
        return iter(())

    def _of_one_file(self, batch: _Batch, decoded: list[Decoded]) -> Iterator[ReadFrame]:
        found = {number: (pixels, description) for number, pixels, description in decoded}
        for index in batch.frames:
            pixels, description = found[self._stack.frames[index][1]]
            yield self._whole(index, pixels, description)

    def _of_files(self, batch: _Batch, filled: list[Filled]) -> Iterator[ReadFrame]:
        done = len(filled)
        if done < len(batch.frames):
            self._waiting.appendleft(_Batch(batch.frames[done:], batch.compressed[done:]))
        for index, one in zip(batch.frames[:done], filled, strict=True):
            description = one.description
            if isinstance(description, str):
                description = description_from_header(self._stack.header(index), description)
            yield self._whole(index, one.pixels, description)

    def _whole(self, index: int, pixels: Any, description: FrameDescription | None) -> ReadFrame:
        if isinstance(pixels, NegatoError):
            raise self._named(index, pixels)
        if description is None:
            raise self._named(index, PixelError(_DEFECT))
        if description.rows_there is not None:
            there = f"{description.rows_there:,} of {description.rows:,} rows are there"
            raise self._named(index, PixelError(f"The pixel data is cut short: {there}."))
        return ReadFrame(index, pixels, description)

    def _named(self, index: int, error: NegatoError) -> PixelError:
        path, frame = self._stack.key(index)
        many = (self._stack.header(index).number_of_frames or 1) > 1
        return PixelError(f"Frame {frame + 1}: {error.message}" if many else error.message, path)


def _taken(
    filled: Filled, model: CompressedFrame, read: Callable[[Beside, _Array], None]
) -> Filled:
    """Give a frame with its pixels in memory of our own."""
    if not isinstance(filled.pixels, Beside):
        return filled
    pixels = np.empty((model.plain.rows, model.plain.columns), model.plain.dtype)
    read(filled.pixels, pixels)
    return Filled(pixels, filled.description, filled.seconds)


_NO_MEMORY = "There is not enough memory for this frame. Close other studies or programs."
_CRASHED = "Decoding crashed. The file may be damaged."
_DEFECT = "This frame could not be read because of a fault in Negato. Please report it."
