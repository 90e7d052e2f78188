"""Turns "this frame of this stack, now" into decoded frames in the cache, best first.

One thread chooses what comes next each time something can be done, so a new
wish takes effect at once and nothing queues. It reads plain uncompressed
frames itself, into the cached volume; all others go to the child processes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.stacks import FrameKey, Stack
from viewer.workers.child_pool import ChildPool
from viewer.workers.decode_child import Decoded
from viewer.workers.frame_cache import FrameCache, Look
from viewer.workers.priority import EMPTY, BoolArray, View, before_thumbnails, next_frame, order

_log = logging.getLogger(__name__)
_BATCH_FRAMES = 8  # of one file, where they are small
_BATCH_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class _Job:
    """Frames of one file to be done together; ``keys[0]`` is the one that was chosen."""

    stack: Stack
    header: int  # position of the file in ``stack.headers``
    keys: tuple[FrameKey, ...]


class DecodeService:
    """Fills a `FrameCache` with what is looked at, and what will be next.

    Parameters
    ----------
    pool : ChildPool
        Decodes what is not plain; stays the caller's to close, after this.
    cache : FrameCache
        Gets the frames.
    on_frame : callable
        Called with stack uid and index, in a worker's thread, once the cache
        holds the frame or the reason why it cannot be shown.
    """

    def __init__(
        self, pool: ChildPool, cache: FrameCache, on_frame: Callable[[str, int], None]
    ) -> None:
        self._pool = pool
        self._cache = cache
        self._on_frame = on_frame
        self._changed = threading.Condition()
        self._news = False
        self._closed = False
        self._looks: dict[str, Look] = {}  # by viewport, the latest last
        self._thumbnails: dict[tuple[str, FrameKey], tuple[Stack, int]] = {}
        self._later: dict[tuple[str, FrameKey], tuple[Stack, int]] = {}  # thumbnails out of sight
        self._in_children = 0
        self._singly: set[str] = set()  # files of which a batch has failed
        # of the thread alone: stacks and which of their frames are plain
        self._plain: dict[str, tuple[Stack, BoolArray]] = {}
        self._thread = threading.Thread(target=self._run, name="decode-service", daemon=True)
        self._thread.start()

    def look_at(self, stack: Stack, index: int, direction: int = 1, viewport: str = "main") -> None:
        """Ask for frame ``index`` of ``stack`` now, and for what is around it next.

        Takes the place of what ``viewport`` asked for before.
        """
        with self._changed:
            self._looks.pop(viewport, None)
            self._looks[viewport] = Look(stack, index, direction)
            self._wake()

    def want_thumbnail(self, stack: Stack, index: int, *, later: bool = False) -> None:
        """Ask for one frame, after those near what is on screen; ``later``: after all else."""
        name = stack.uid, stack.key(index)
        with self._changed:
            self._later.pop(name, None)
            wanted = self._later if later else self._thumbnails
            wanted[name] = (stack, index)
            self._wake()

    def retain(self, stack_uids: Collection[str]) -> None:
        """Drop what was asked of all other stacks, and their frames.

        What was asked a moment ago, and the cache does not know of yet, too.
        """
        with self._changed:
            self._looks = {k: v for k, v in self._looks.items() if v.stack.uid in stack_uids}
            self._thumbnails = {k: v for k, v in self._thumbnails.items() if k[0] in stack_uids}
            self._later = {k: v for k, v in self._later.items() if k[0] in stack_uids}
            self._cache.forget(self._cache.stack_uids().difference(stack_uids))
            self._wake()

    def clear(self) -> None:
        """Drop everything asked for, and all frames."""
        with self._changed:
            self._looks.clear()
            self._thumbnails.clear()
            self._later.clear()
            self._singly.clear()
            self._cache.clear()
            self._wake()

    def close(self) -> None:
        """End the thread. What children still send is dropped."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _wake(self) -> None:
        self._news = True
        self._changed.notify()

    def _run(self) -> None:
        busy = False
        while self._wait_for_news(busy):
            jobs = self._next_jobs()
            for job, plain in jobs:
                if plain:
                    self._read_plain(job)
                else:
                    self._send(job)
            busy = bool(jobs)

    def _wait_for_news(self, busy: bool) -> bool:
        """Wait until something may be done; False once closed."""
        with self._changed:
            while not (busy or self._news or self._closed):
                self._changed.wait()
            stacks = [look.stack for look in self._looks.values()]
            stacks += [stack for stack, _ in (*self._thumbnails.values(), *self._later.values())]
        for stack in stacks:  # a long stack takes a while: not while others wait for the lock
            self._plain_frames(stack)
        return not self._closed

    def _next_jobs(self) -> list[tuple[_Job, bool]]:
        """Choose a job for a child, if one is free, and one for this thread (True)."""
        jobs = []
        with self._changed:
            if self._news:
                self._news = False
                self._settle()
            for plain in (False, True):
                if not plain and self._in_children >= self._pool.processes:
                    continue
                job = self._choose(plain=plain)
                if job is not None:
                    self._cache.begin(job.stack.uid, job.keys)
                    self._in_children += not plain
                    jobs.append((job, plain))
        return jobs

    def _settle(self) -> None:
        """Tell the cache what is on screen now."""
        for stack, _ in (*self._thumbnails.values(), *self._later.values()):
            self._cache.adopt(stack)
        self._cache.pin(tuple(self._looks.values()))
        known = self._cache.stack_uids()
        for uid in self._plain.keys() - known:
            del self._plain[uid]

    def _choose(self, *, plain: bool) -> _Job | None:
        looks = tuple(reversed(self._looks.values()))
        views = [self._view(look, plain=plain) for look in looks]
        choice = next_frame(views)
        if not before_thumbnails(choice):
            thumbnail = self._next_thumbnail(self._thumbnails, plain=plain)
            if thumbnail is not None:
                return thumbnail
        if choice is None:
            return self._next_thumbnail(self._later, plain=plain)
        stack = looks[choice.view].stack
        frames = [choice.frame]
        if choice.cost and not plain:
            frames += self._companions(stack, choice.frame, views[choice.view])
        return _Job(stack, stack.frames[choice.frame][0], tuple(map(stack.key, frames)))

    def _view(self, look: Look, *, plain: bool) -> View:
        stack = look.stack
        return View(
            self._cache.states(stack),
            self._plain_frames(stack) == plain,
            look.index,
            look.direction,
            self._cache.reach(stack),
        )

    def _next_thumbnail(
        self, wanted: dict[tuple[str, FrameKey], tuple[Stack, int]], *, plain: bool
    ) -> _Job | None:
        for name, (stack, index) in list(wanted.items()):
            if self._cache.states(stack)[index] != EMPTY:
                del wanted[name]
            elif self._plain_frames(stack)[index] == plain:
                del wanted[name]
                return _Job(stack, stack.frames[index][0], (stack.key(index),))
        return None

    def _companions(self, stack: Stack, first: int, view: View) -> Sequence[int]:
        """Give the next frames of the same file, where they are small enough to go together."""
        header_number = stack.frames[first][0]
        header = stack.headers[header_number]
        size = (header.rows or 1) * (header.columns or 1) * (header.samples_per_pixel or 1) * 2
        count = min(_BATCH_FRAMES, _BATCH_BYTES // size)
        if (header.number_of_frames or 1) < 2 or count < 2 or header.path in self._singly:
            return ()
        following = order(view)[1:count].tolist()
        return [frame for frame in following if stack.frames[frame][0] == header_number]

    def _plain_frames(self, stack: Stack) -> BoolArray:
        """Mark the frames that this thread reads itself."""
        known = self._plain.get(stack.uid)
        if known is not None and known[0] is stack:
            return known[1]
        from viewer.dicom.native_frames import native_frame

        of_file = np.array([native_frame(header) is not None for header in stack.headers], np.bool_)
        plain = of_file[[header for header, _ in stack.frames]]
        self._plain[stack.uid] = (stack, plain)
        return plain

    def _read_plain(self, job: _Job) -> None:
        key = job.keys[0]
        try:
            self._read_into_volume(job.stack.uid, key, job)
        except PixelError as error:
            self._fail(job.stack.uid, key, error)
        except MemoryError:
            self._fail(job.stack.uid, key, PixelError(_NO_MEMORY, key.path))
        # a defect met in one frame must not leave all others undone
        # its text may quote a path or a value: the class alone is logged
        except Exception as error:
            _log.error("A plain frame could not be read: %s", type(error).__name__)
            self._fail(job.stack.uid, key, PixelError(_DEFECT, key.path))

    def _read_into_volume(self, stack_uid: str, key: FrameKey, job: _Job) -> None:
        from viewer.dicom.native_frames import native_frame, read_native
        from viewer.dicom.plain_description import description_from_header

        header = job.stack.headers[job.header]
        native, description = native_frame(header), description_from_header(header)
        if native is None or description is None:
            raise PixelError(_DEFECT, key.path)
        pixels = self._cache.room(
            stack_uid, key, (native.plain.rows, native.plain.columns), np.dtype(native.plain.dtype)
        )
        read_native(key.path, native, pixels)
        self._tell(stack_uid, self._cache.put(stack_uid, key, pixels, description))

    def _send(self, job: _Job) -> None:
        limits = self._pool.limits
        self._pool.submit(
            "decode",
            (job.keys[0].path, tuple(key.index for key in job.keys), limits),
            timeout_s=limits.decode_seconds * len(job.keys),
            on_done=lambda result: self._receive(job, result),
        )

    def _receive(self, job: _Job, result: list[Decoded] | NegatoError) -> None:
        """Put what a child has decoded into the cache; in the pool's thread."""
        try:
            if self._closed:
                return
            if not isinstance(result, NegatoError):
                self._keep(job, result)
            elif len(job.keys) > 1:  # one of them is to blame: find out which
                with self._changed:
                    self._singly.add(job.keys[0].path)
                self._cache.release(job.stack.uid, job.keys)
            else:
                self._fail(job.stack.uid, job.keys[0], result)
        finally:
            with self._changed:
                self._in_children -= 1
                self._wake()

    def _keep(self, job: _Job, decoded: list[Decoded]) -> None:
        uid = job.stack.uid
        missing = {key.index: key for key in job.keys}
        for index, pixels, description in decoded:
            key = missing.pop(index)
            if isinstance(pixels, PixelError) or description is None:
                error = pixels if isinstance(pixels, PixelError) else PixelError(_DEFECT, key.path)
                self._fail(uid, key, error)
                continue
            try:
                place = self._cache.room(uid, key, pixels.shape, pixels.dtype)
            except MemoryError:
                self._fail(uid, key, PixelError(_NO_MEMORY, key.path))
                continue
            np.copyto(place, pixels)
            self._tell(uid, self._cache.put(uid, key, place, description))
        for key in missing.values():
            self._fail(uid, key, PixelError(_DEFECT, key.path))

    def _fail(self, stack_uid: str, key: FrameKey, error: NegatoError) -> None:
        if not isinstance(error, PixelError):
            error = PixelError(error.message, error.path or key.path)
        self._tell(stack_uid, self._cache.fail(stack_uid, key, error))

    def _tell(self, stack_uid: str, index: int | None) -> None:
        if index is not None and not self._closed:
            self._on_frame(stack_uid, index)


_NO_MEMORY = "There is not enough memory for this frame. Close other studies or programs."
_DEFECT = "This frame could not be read because of a fault in Negato. Please report it."
