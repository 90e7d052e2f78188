"""What is open: the paths asked for, their catalogue as it grows, the ledger.

The scan runs in a child process; its batches become a catalogue in the scan's
thread, and whole catalogues hop to the GUI thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.dicom.catalogue import Catalogue, CatalogueBuilder, Patient
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.outline import Outline
from viewer.dicom.stacks import FrameKey, Stack
from viewer.session.hop import Hop
from viewer.workers.scan import ScanItem, ScanJob
from viewer.workers.scan_children import ScanChildren

_SNAPSHOT_SHARE = 0.2  # of the scan thread's time that snapshots may take
_WINDOW_SHARE = 0.5  # of the window's time that to take them may
_SNAPSHOT_MIN_S = 0.1
_LONGEST_FAREWELL_S = 0.5  # a catalogue of a million frames may be in the making, for nobody
_LONGEST_REST_S = 5.0  # of the scan's thread, should the window be busy with something else


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far the scan is: files seen, files a second, whether it still runs."""

    seen: int = 0
    rate: float = 0.0
    running: bool = False


class Document(QObject):
    """One opened set of paths.

    Parameters
    ----------
    on_found : callable, optional
        Gets each batch of the scan, in the scan's thread, before it becomes a catalogue.

    Signals
    -------
    catalogueChanged
        ``catalogue`` is a new value.
    progressChanged
        ``progress`` is a new value.
    """

    catalogueChanged = Signal()
    progressChanged = Signal()

    def __init__(
        self,
        paths: Sequence[str],
        hop: Hop,
        parent: QObject | None = None,
        children: ScanChildren | None = None,
        on_found: Callable[[Sequence[ScanItem]], None] | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(parent)
        self.paths = tuple(paths)
        self.catalogue = Catalogue()
        self.progress = ScanProgress(running=True)
        self._hop = hop
        self._closed_studies: set[str] = set()
        self._latest = Catalogue()
        self._alive = True
        self._on_found = on_found
        self._taken = threading.Event()  # a posted catalogue, by the window
        self._feed = _CatalogueFeed(self._post_catalogue, limits)
        self._job = ScanJob(
            self.paths,
            on_batch=self._add,
            on_end=self._scan_ended,
            limits=limits,
            children=children,
        )

    def start(self) -> None:
        """Begin the scan."""
        self._job.start()

    def cancel(self) -> None:
        """Stop the scan; what was found stays."""
        self._job.cancel()

    def close(self) -> None:
        """Stop the scan at once and say nothing more."""
        self._alive = False
        self._taken.set()
        self._job.cancel()
        self._job.join(_LONGEST_FAREWELL_S)

    def close_study(self, study_uid: str) -> None:
        """Take one study out of the catalogue."""
        self._closed_studies.add(study_uid)
        self._accept(self._latest)

    @property
    def is_closed(self) -> bool:
        """Whether all studies that it had were closed, and no more will come."""
        emptied = bool(self._closed_studies) and not self.catalogue.patients
        return emptied and not self.progress.running

    def stacks(self) -> list[Stack]:
        """Give every stack, in reading order."""
        return stacks_of(self.catalogue)

    def _add(self, batch: Sequence[ScanItem]) -> None:
        if self._on_found is not None:
            self._on_found(batch)
        self._feed.add(batch)

    def _post_catalogue(self, catalogue: Catalogue, progress: ScanProgress) -> None:
        """Post from the scan's thread, and rest while the window takes it and paints.

        Each of its calls into Qt gives up Python's lock: beside a thread that
        is busy it would wait to have it back at each of them.
        """
        self._taken.clear()
        self._hop.post(lambda: self._receive(catalogue, progress))
        if self._alive:
            self._taken.wait(_LONGEST_REST_S)

    def _scan_ended(self) -> None:
        if not self._alive:  # `close` waits for this thread
            return
        catalogue, progress = self._feed.finish()
        self._hop.post(lambda: self._receive(catalogue, progress))

    def _receive(self, catalogue: Catalogue, progress: ScanProgress) -> None:
        if not self._alive:
            return
        self.progress = progress
        self._accept(catalogue)
        self.progressChanged.emit()
        QTimer.singleShot(0, self._taken.set)  # once what this asked for is painted

    def _accept(self, catalogue: Catalogue) -> None:
        self._latest = catalogue
        self.catalogue = _without_studies(catalogue, self._closed_studies)
        self.catalogueChanged.emit()


def stacks_of(catalogue: Catalogue) -> list[Stack]:
    """Give every stack of ``catalogue``, in reading order."""
    return [
        stack
        for patient in catalogue.patients
        for study in patient.studies
        for series in study.series
        for stack in series.stacks
    ]


def first_image(catalogue: Catalogue, opened: Sequence[str]) -> tuple[Stack, int] | None:
    """Choose what to show first.

    The file that was opened by name (absolute paths), where there is one;
    else the first frame of the first stack with frames.
    """
    stacks = [stack for stack in stacks_of(catalogue) if len(stack)]
    names = set(opened)
    for stack in stacks:
        for index in range(len(stack)):
            if stack.key(index).path in names:
                return stack, index
    return (stacks[0], 0) if stacks else None


def find_frame(catalogue: Catalogue, key: FrameKey) -> tuple[Stack, int] | None:
    """Find the stack and index that show the frame ``key``."""
    path, frame = key
    for stack in stacks_of(catalogue):
        # header by header first: there may be a hundred thousand
        for place, header in enumerate(stack.headers):
            if header.path == path and (place, frame) in stack.frames:
                return stack, stack.frames.index((place, frame))
    return None


def find_instance(catalogue: Catalogue, uids: Collection[str]) -> tuple[Stack, int] | None:
    """Find the first frame of an instance that has one of these SOP instance UIDs."""
    for stack in stacks_of(catalogue):
        for index in range(len(stack)):
            if stack.header(index).sop_instance_uid in uids:
                return stack, index
    return None


def holds_file(catalogue: Catalogue, path: str) -> bool:
    """Say whether a stack of ``catalogue`` has the file ``path``."""
    return any(h.path == path for stack in stacks_of(catalogue) for h in stack.headers)


class _CatalogueFeed:
    """Collects scan batches in the scan's thread and posts snapshots, not too often."""

    def __init__(self, post: Callable[[Catalogue, ScanProgress], None], limits: Limits) -> None:
        self._post = post
        self._builder = CatalogueBuilder(limits)
        self._began = time.monotonic()
        self._next = 0.0
        self._announced = False

    def add(self, batch: Sequence[ScanItem]) -> None:
        for item in batch:
            self._builder.add(item)
            if isinstance(item, Outline) and not self._announced:
                self._announce()
        before = time.monotonic()
        if before < self._next:
            return
        catalogue = self._builder.snapshot(complete=False)
        cost = time.monotonic() - before
        is_first, self._next = not self._next, before + max(_SNAPSHOT_MIN_S, cost / _SNAPSHOT_SHARE)
        if is_first and not catalogue.patients:
            return  # nothing to show: what comes next must not wait for the window to take it
        self._post(catalogue, self._progress(catalogue, running=True))
        taken = time.monotonic() - before
        self._next = max(self._next, before + taken / _WINDOW_SHARE)

    def _announce(self) -> None:
        """Post what a disc's index says at once; the first picture is chosen no earlier for it."""
        self._announced = True
        before = time.monotonic()
        catalogue = self._builder.snapshot(complete=False)
        self._post(catalogue, self._progress(catalogue, running=True))
        self._next += time.monotonic() - before

    def finish(self) -> tuple[Catalogue, ScanProgress]:
        catalogue = self._builder.snapshot()
        self._builder = CatalogueBuilder()  # what it remembers of each file is needed no more
        return catalogue, self._progress(catalogue, running=False)

    def _progress(self, catalogue: Catalogue, *, running: bool) -> ScanProgress:
        elapsed = max(time.monotonic() - self._began, 1e-3)
        seen = catalogue.ledger.seen
        return ScanProgress(seen, seen / elapsed, running)


def _without_studies(catalogue: Catalogue, closed: set[str]) -> Catalogue:
    if not closed:
        return catalogue
    patients = (_open_studies(patient, closed) for patient in catalogue.patients)
    return replace(catalogue, patients=tuple(p for p in patients if p.studies))


def _open_studies(patient: Patient, closed: set[str]) -> Patient:
    return replace(patient, studies=tuple(s for s in patient.studies if s.uid not in closed))
