"""The catalogue of all that is open, made in the threads of the scans: snapshots, not too often.

Owns the builder and its lock. What a snapshot is then used for is the matter of
whoever gets the `News`; the scans are `document`'s.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from viewer.dicom.catalogue import Catalogue, CatalogueBuilder
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.outline import Outline
from viewer.dicom.stacks import Stack
from viewer.workers.scan import ScanItem, Stopped

_SNAPSHOT_SHARE = 0.2  # of the scan thread's time that snapshots may take
_WINDOW_SHARE = 0.5  # of the window's time that to take them may
_SNAPSHOT_MIN_S = 0.1
_LONGEST_REST_S = 5.0  # of the scan's thread, should the window be busy with something else


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far the scans that run are: files seen, files a second, whether any runs."""

    seen: int = 0
    rate: float = 0.0
    running: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Paths that the user opened together, counted from 1."""

    number: int
    paths: tuple[str, ...]  # absolute
    limits: Limits = DEFAULT_LIMITS


@dataclass(frozen=True, slots=True)
class News:
    """The catalogue as it is now, and what goes with it."""

    catalogue: Catalogue
    progress: ScanProgress
    roots: tuple[str, ...] = ()  # paths that are open
    closed: frozenset[int] = frozenset()  # closings of studies that the catalogue knows of
    opening: int = 0  # the one that `first` is of
    first: tuple[Stack, int] | None = None  # what to show of it, once it is there
    ended: bool = False  # it has


Post = Callable[[News, Callable[[], None]], None]
"""Has news taken in another thread, and the callable called once they are."""


class CatalogueFeed:
    """Takes what scans find, in their threads, and posts the catalogue.

    Attributes
    ----------
    latest : int
        The opening of which the first picture is wanted.
    """

    def __init__(self, post: Post) -> None:
        self.latest = 0
        self._post = post
        self._lock = threading.Lock()
        self._builder = CatalogueBuilder()
        self._running: set[int] = set()
        self._fresh: set[int] = set()  # openings of which nothing was posted that can be shown
        self._announced: set[int] = set()
        self._stopped: set[int] = set()
        self._shown = 0  # the opening whose first picture was posted last
        self._closed: frozenset[int] = frozenset()
        self._seen = 0  # since the first of the scans that run began
        self._began = 0.0
        self._next = 0.0
        self._resting: set[threading.Event] = set()
        self._alive = True

    def add(self, asked: Asked, batch: Sequence[ScanItem]) -> None:
        """Take a batch of an opening, post what has come, and rest while the window takes it."""
        outlines = (place for place, item in enumerate(batch, 1) if isinstance(item, Outline))
        index = next(outlines, 0)
        if index and asked.number not in self._announced:
            # what an index says comes at once, the first picture among others: it is chosen better
            self._announced.add(asked.number)
            self._add(asked, batch[:index], at_once=True)
            batch = batch[index:]
        self._add(asked, batch, at_once=False)

    def end(self, asked: Asked, *, cancelled: bool) -> None:
        """End an opening, and post what it has come to."""
        with self._lock:
            if not self._alive:  # nobody wants a last catalogue
                return
            self._begin(asked)
            whole = not cancelled and asked.number not in self._stopped
            self._builder.end(asked.number, whole=whole)
            for states in (self._running, self._fresh, self._announced, self._stopped):
                states.discard(asked.number)
            self._resting.discard(self._post_now(self._news(complete=True, ended=asked.number)))
            self._rest()

    def close_study(self, uid: str, closing: int, opening: int) -> None:
        """Take out a study, as far as it came with openings up to ``opening``; post what is left.

        ``closing`` is given back in the `News`.
        """
        with self._lock:
            if self._alive:
                self._builder.close_study(uid, opening)
                self._closed |= {closing}
                self._resting.discard(self._post_now(self._news(complete=False)))
                self._rest()

    def close(self) -> None:
        """Post nothing more; does not wait for who is at work, and wakes who rests."""
        self._alive = False
        for taken in list(self._resting):
            taken.set()

    def _add(self, asked: Asked, batch: Sequence[ScanItem], *, at_once: bool) -> None:
        number = asked.number
        with self._lock:
            self._begin(asked)
            for item in batch:
                self._builder.add(item, number)
            self._seen += len(batch)
            if any(isinstance(item, Stopped) for item in batch):
                self._stopped.add(number)
            first = number in self._fresh and any(isinstance(one, InstanceHeader) for one in batch)
            if at_once or first:
                self._fresh.discard(number)
            before = time.monotonic()
            if not (at_once or first) and before < self._next:
                return
            news = self._news(complete=False)
            cost = time.monotonic() - before
            self._next = before + max(_SNAPSHOT_MIN_S, cost / _SNAPSHOT_SHARE)
            taken = self._post_now(news)
        taken.wait(_LONGEST_REST_S)
        self._resting.discard(taken)
        duration = time.monotonic() - before
        with self._lock:
            self._next = max(self._next, before + duration / _WINDOW_SHARE)

    def _begin(self, asked: Asked) -> None:
        if asked.number in self._running:
            return
        if not self._running:
            self._seen, self._began = 0, time.monotonic()
            self._next = self._began + _SNAPSHOT_MIN_S
        self._running.add(asked.number)
        self._fresh.add(asked.number)
        self._builder.begin(asked.number, asked.paths, asked.limits)

    def _news(self, *, complete: bool, ended: int = 0) -> News:
        catalogue = self._builder.snapshot(complete=complete)
        opening, first = ended or self.latest, None
        if ended or self._shown != opening:
            first = self._builder.first_of(opening, catalogue)
        if first is not None and len(first[0]) and opening == self.latest:
            self._shown = opening
        elapsed = max(time.monotonic() - self._began, 1e-3)
        progress = ScanProgress(self._seen, self._seen / elapsed)
        roots = self._builder.roots()
        return News(catalogue, progress, roots, self._closed, opening, first, bool(ended))

    def _post_now(self, news: News) -> threading.Event:
        """Post, and give what tells that the news are taken.

        Each of the window's calls into Qt gives up Python's lock: beside a thread that is busy
        it would wait to have it back at each of them.
        """
        taken = threading.Event()
        self._resting.add(taken)
        if self._alive:
            self._post(news, taken.set)
        else:
            taken.set()
        return taken

    def _rest(self) -> None:
        if not self._running:
            self._builder.rest()
