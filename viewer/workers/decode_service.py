"""Turns "this frame of this stack, now" into decoded frames in the cache, best first.

One thread chooses what comes next each time something can be done, so a new
wish takes effect at once and nothing queues. How it is done is left to
`frame_work`, and to `previews` where frames take so long that a reduced
picture comes first.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from functools import partial

import numpy as np

from viewer import defects
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.native_frames import native_frame
from viewer.dicom.reduced import may_be_reduced, takes_long
from viewer.dicom.stacks import FrameKey, Stack
from viewer.workers.child_pool import ChildPool
from viewer.workers.frame_cache import FrameCache, Look
from viewer.workers.frame_work import FrameWork, Job
from viewer.workers.previews import Previews, Reduction
from viewer.workers.priority import (
    EMPTY,
    PENDING,
    BoolArray,
    View,
    before_thumbnails,
    next_frame,
    order,
)

_MOST_PER_CHILD = 3  # one at work, one that waits for its end, one that is urgent

_log = logging.getLogger(__name__)


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
        holds the frame or the reason why it cannot be shown, or ``previews``
        a reduced picture of it.

    Attributes
    ----------
    previews : Previews
        Of large frames that are looked at, or whose thumbnail is wanted.
    """

    def __init__(
        self, pool: ChildPool, cache: FrameCache, on_frame: Callable[[str, int], None]
    ) -> None:
        self._pool = pool
        self._cache = cache
        self._work = FrameWork(pool, cache, on_frame)
        self.previews = Previews(pool, on_frame)
        self._changed = threading.Condition()
        self._news = False
        self._closed = False
        self._looks: dict[str, Look] = {}  # by viewport, the latest last
        self._thumbnails: dict[tuple[str, FrameKey], tuple[Stack, int]] = {}
        self._later: dict[tuple[str, FrameKey], tuple[Stack, int]] = {}  # thumbnails out of sight
        self._in_children = 0
        self._long_in_children = 0  # of them, frames that keep all processors busy for a while
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

    def look_away(self, viewport: str) -> None:
        """Ask for nothing more for ``viewport``."""
        with self._changed:
            if self._looks.pop(viewport, None) is not None:
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
            self.previews.clear()
            self._wake()

    def clear(self) -> None:
        """Drop everything asked for, and all frames."""
        with self._changed:
            self._looks.clear()
            self._thumbnails.clear()
            self._later.clear()
            self._work.clear()
            self._cache.clear()
            self.previews.clear()
            self._wake()

    def close(self) -> None:
        """End the thread. What children still send is dropped."""
        with self._changed:
            self._closed = True
            self._work.close()
            self.previews.clear()
            self._changed.notify()
        self._thread.join()

    def _wake(self) -> None:
        self._news = True
        self._changed.notify()

    def _run(self) -> None:
        busy = False
        while self._wait_for_news(busy):
            try:
                jobs = self._next_jobs()
                for job in jobs:
                    job()
                busy = bool(jobs)
            # a defect met in one choice must not end all loading: the next wish chooses anew
            # its text may quote a path or a value: the class alone is logged
            except Exception as error:
                _log.error("Choosing the next frame failed: %s", type(error).__name__)
                defects.handle(error)
                busy = False

    def _wait_for_news(self, busy: bool) -> bool:
        """Wait until something may be done; False once closed."""
        with self._changed:
            while not (busy or self._news or self._closed):
                self._changed.wait()
            stacks = [look.stack for look in self._looks.values()]
        for stack in stacks:  # a long stack takes a while: not while others wait for the lock
            self._plain_frames(stack)
        return not self._closed

    def _next_jobs(self) -> list[Callable[[], None]]:
        """Choose a job for a child, if one is free or it is urgent, and one for this thread."""
        jobs: list[Callable[[], None]] = []
        with self._changed:
            if self._news:
                self._news = False
                self._settle()
            if self._in_children < _MOST_PER_CHILD * self._pool.processes:
                no_child = not self._may_send()
                chosen = self._next_reduction() or self._choose(plain=False, urgent=no_child)
                if chosen is not None:
                    jobs.append(self._begin_in_child(chosen))
            native = self._choose(plain=True, urgent=False)
            if isinstance(native, Job):
                self._cache.begin(native.stack.uid, native.keys)
                jobs.append(partial(self._work.read, native, self._is_interrupted))
        return jobs

    def _begin_in_child(self, chosen: Job | Reduction) -> Callable[[], None]:
        self._in_children += 1
        if isinstance(chosen, Reduction):
            self.previews.expect(chosen)
            return partial(self.previews.ask, chosen, partial(self._child_is_free, is_long=False))
        self._cache.begin(chosen.stack.uid, chosen.keys)
        is_long = takes_long(chosen.stack.header(chosen.frames[0]))
        self._long_in_children += is_long
        return partial(self._work.send, chosen, partial(self._child_is_free, is_long=is_long))

    def _child_is_free(self, *, is_long: bool) -> None:
        with self._changed:
            self._in_children -= 1
            self._long_in_children -= is_long
            self._wake()

    def _is_interrupted(self) -> bool:
        return self._news or self._closed

    def _may_send(self) -> bool:
        """Tell whether a child is free; or one job may wait for each, as they soon will be."""
        soon = all(self._work.is_quick(look.stack) for look in self._looks.values())
        most = self._pool.processes * (2 if soon and not self._thumbnails else 1)
        return self._in_children < most

    def _settle(self) -> None:
        """Tell the cache what is on screen now, and of other stacks what is wanted of them.

        Each stack in one form, the one on screen: a thumbnail may have been
        asked for before the stack grew, and frames that an earlier form does
        not have would be let go, again and again.
        """
        wanted = {stack.uid: stack for stack, _ in self._later.values()}
        wanted.update((stack.uid, stack) for stack, _ in self._thumbnails.values())
        for look in self._looks.values():
            wanted.pop(look.stack.uid, None)
        for stack in wanted.values():
            self._cache.adopt(stack)
        self._cache.pin(tuple(self._looks.values()))
        known = self._cache.stack_uids()
        for uid in self._plain.keys() - known:
            del self._plain[uid]

    def _next_reduction(self) -> Reduction | None:
        """Give the frame on screen, where its reduced picture comes first."""
        for look in reversed(self._looks.values()):
            if self._wants_preview(look.stack, look.index):
                return Reduction(look.stack, look.index, urgent=True)
        return None

    def _wants_preview(self, stack: Stack, frame: int) -> bool:
        return (
            may_be_reduced(stack.header(frame))
            and not self.previews.knows(stack.key(frame))
            and self._cache.states(stack)[frame] in (EMPTY, PENDING)
        )

    def _choose(self, *, plain: bool, urgent: bool) -> Job | Reduction | None:
        looks = tuple(reversed(self._looks.values()))
        views = [self._view(look, plain=plain) for look in looks]
        choice = next_frame(views)
        if urgent and (choice is None or choice.cost):
            return None
        if not before_thumbnails(choice):
            thumbnail = self._next_thumbnail(self._thumbnails, plain=plain)
            if thumbnail is not None:
                return thumbnail
        if choice is None:
            return self._next_thumbnail(self._later, plain=plain)
        stack = looks[choice.view].stack
        if not self._may_begin(stack, choice.frame):
            return None if urgent else self._next_thumbnail(self._thumbnails, plain=plain)
        if not choice.cost:  # on screen: nothing else may make it late
            return Job(stack, (choice.frame,), urgent=True)
        following = order(views[choice.view]).tolist()
        return Job(stack, self._work.together(stack, following, native=plain))

    def _may_begin(self, stack: Stack, frame: int) -> bool:
        """Hold a frame back that takes long: until its preview is there, and a child is left.

        It keeps all processors busy by itself, and what is wished for
        meanwhile must not wait for it.
        """
        if not takes_long(stack.header(frame)):
            return True
        children = max(self._pool.processes - 1, 1)
        return self._long_in_children < children and not self.previews.is_coming(stack.key(frame))

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
    ) -> Job | Reduction | None:
        for name, (stack, index) in list(wanted.items()):
            key = stack.key(index)
            if self._cache.states(stack)[index] != EMPTY or self.previews.get(key) is not None:
                del wanted[name]
            elif self._is_plain(stack.header(index)) != plain:
                continue
            elif self._wants_preview(stack, index):
                return Reduction(stack, index)
            elif not self.previews.is_coming(key) and self._may_begin(stack, index):
                del wanted[name]
                return Job(stack, (index,))
        return None

    def _plain_frames(self, stack: Stack) -> BoolArray:
        """Mark the frames that this thread reads itself."""
        known = self._plain.get(stack.uid)
        if known is not None and known[0] is stack:
            return known[1]
        of_file = np.array([self._is_plain(header) for header in stack.headers], np.bool_)
        plain = of_file[[header for header, _ in stack.frames]]
        self._plain[stack.uid] = (stack, plain)
        return plain

    def _is_plain(self, header: InstanceHeader) -> bool:
        return native_frame(header, self._pool.limits) is not None
