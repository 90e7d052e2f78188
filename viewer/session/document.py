"""What is open: the paths asked for, their catalogue as it grows, the ledger.

Each opening is scanned in a child process; the batches of all become one
catalogue in the scans' threads (`catalogue_feed`), and whole catalogues hop to
the GUI thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.dicom.catalogue import Catalogue
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.patients import without_studies
from viewer.dicom.regular_files import is_missing
from viewer.dicom.stacks import Stack
from viewer.session.catalogue_feed import Asked, CatalogueFeed, News, ScanProgress
from viewer.session.hop import Hop
from viewer.workers.scan import ScanItem, ScanJob
from viewer.workers.scan_children import ScanChildren

_LONGEST_FAREWELL_S = 0.5  # a catalogue of a million frames may be in the making, for nobody


class Document(QObject):
    """Everything that is open in a window; more may be opened at any time.

    Parameters
    ----------
    on_found : callable, optional
        Gets each batch of the scan, in the scan's thread, before it becomes a catalogue.

    Attributes
    ----------
    paths : tuple of str
        What was opened last, absolute.
    roots : tuple of str
        All that was opened and of which something is left.
    first : tuple of Stack and int, or None
        What to show of the latest opening, once that is there.

    Signals
    -------
    catalogueChanged
        ``catalogue`` is a new value.
    progressChanged
        ``progress`` is a new value.
    pathsFound
        Those of the paths of an opening at which there is something.
    nothingFound
        The paths of an opening that has ended without anything to show.
    """

    catalogueChanged = Signal()
    progressChanged = Signal()
    pathsFound = Signal(object)
    nothingFound = Signal(object)

    def __init__(
        self,
        hop: Hop,
        parent: QObject | None = None,
        children: ScanChildren | None = None,
        on_found: Callable[[Sequence[ScanItem]], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self.paths: tuple[str, ...] = ()
        self.roots: tuple[str, ...] = ()
        self.first: tuple[Stack, int] | None = None
        self.catalogue = Catalogue()
        self.progress = ScanProgress()
        self._hop = hop
        self._children = children
        self._on_found = on_found
        self._running: dict[int, tuple[Asked, ScanJob]] = {}  # by their numbers
        self._closings: list[str] = []  # UIDs of studies, each one's place is its number
        self._has_closed = False  # studies, since something was opened
        self._latest = Catalogue()
        self._latest_closed: frozenset[int] = frozenset()
        self._alive = True
        self._feed = CatalogueFeed(self._post)

    def add(self, paths: Sequence[str], limits: Limits = DEFAULT_LIMITS) -> None:
        """Open absolute paths, beside what is open; what came from them before is replaced."""
        asked = Asked(self._feed.latest + 1, tuple(paths), limits)
        self._feed.latest = asked.number
        self.paths, self.first, self._has_closed = asked.paths, None, False
        self.roots = tuple(dict.fromkeys((*self.roots, *paths)))
        job = ScanJob(
            paths,
            on_batch=partial(self._take_batch, asked),
            on_end=lambda: self._feed.end(asked, cancelled=job.is_cancelled()),
            limits=limits,
            children=self._children,
            on_start=partial(self._look_for, asked.paths),
        )
        self._running[asked.number] = asked, job
        self.progress = replace(self.progress, running=True)
        job.start()
        self.progressChanged.emit()

    def cancel(self) -> None:
        """Stop all scans; what was found stays."""
        for _, job in self._running.values():
            job.cancel()

    def close(self) -> None:
        """Stop all scans at once and say nothing more."""
        self._alive = False
        self._feed.close()
        self.cancel()
        deadline = time.monotonic() + _LONGEST_FAREWELL_S
        for _, job in self._running.values():
            job.join(max(deadline - time.monotonic(), 0))

    def close_study(self, study_uid: str) -> None:
        """Take one study out of the catalogue."""
        closing = len(self._closings)
        self._closings.append(study_uid)
        self._has_closed = True
        self._accept()
        if self._alive:  # else it was the last one
            arguments = (study_uid, closing, self._feed.latest)
            close = threading.Thread(
                target=self._feed.close_study, args=arguments, name="close-study", daemon=True
            )
            close.start()

    @property
    def is_closed(self) -> bool:
        """Whether all studies that it had were closed, and no more will come."""
        return self._has_closed and not self.catalogue.patients and not self.progress.running

    def stacks(self) -> list[Stack]:
        """Give every stack, in reading order."""
        return self.catalogue.stacks()

    def _look_for(self, paths: Sequence[str]) -> None:
        """Find out where there is something; in the scan's thread, a disc may take its time."""
        found = [path for path in paths if not is_missing(path)]
        self._hop.post(lambda: self._say_found(found))

    def _say_found(self, paths: list[str]) -> None:
        if self._alive:
            self.pathsFound.emit(paths)

    def _take_batch(self, asked: Asked, batch: Sequence[ScanItem]) -> None:
        if self._on_found is not None:
            self._on_found(batch)
        self._feed.add(asked, batch)

    def _post(self, news: News, taken: Callable[[], None]) -> None:
        self._hop.post(lambda: self._receive(news, taken))

    def _receive(self, news: News, taken: Callable[[], None]) -> None:
        if not self._alive:
            taken()
            return
        asked, _ = self._running.get(news.opening, (None, None))
        if news.ended:
            self._running.pop(news.opening, None)
        self.progress = replace(news.progress, running=bool(self._running))
        going_on = (path for one, _ in self._running.values() for path in one.paths)
        self.roots = tuple(dict.fromkeys((*news.roots, *going_on)))
        if news.opening == self._feed.latest:
            self.first = news.first
        self._latest, self._latest_closed = news.catalogue, news.closed
        self._accept()
        if self._alive:
            self.progressChanged.emit()
        if self._alive and news.ended and news.first is None and asked is not None:
            self.nothingFound.emit(asked.paths)
        QTimer.singleShot(0, taken)  # once what this asked for is painted

    def _accept(self) -> None:
        closing = {
            uid for place, uid in enumerate(self._closings) if place not in self._latest_closed
        }
        self.catalogue = self._latest
        if closing:
            patients = without_studies(self._latest.patients, closing)
            self.catalogue = replace(self._latest, patients=patients)
        self.catalogueChanged.emit()
