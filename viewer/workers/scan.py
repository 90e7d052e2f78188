"""Scanning in a child process: what is opened, as batches of headers and reasons.

A file that crashes or hangs the child is skipped with a reason, and a new
child goes on. What a scan finds is `viewer.dicom.scanning`'s matter, what
becomes of it the catalogue's.
"""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import get_args

from viewer.dicom.catalogue import Skipped
from viewer.dicom.errors import NegatoError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Notice
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.outline import Outline, SeriesRead
from viewer.dicom.source_files import SourceFile
from viewer.workers.child_process import START_SECONDS, ChildProcess
from viewer.workers.decode_child import Reply, Request
from viewer.workers.scan_children import ScanChildren

_Told = Notice | Outline | SeriesRead  # of several files
ScanItem = InstanceHeader | Skipped | _Told
_ITEMS = (*get_args(ScanItem), SourceFile)  # the last where files are found alone


@dataclass(frozen=True, slots=True)
class Stopped(Notice):
    """That a scan could not go on, and files may be missing."""


_SCANNER = "viewer.dicom.scanning:scan"
_POLL_S = 0.02  # how soon a cancelled scan ends
_FRUITLESS_CHILDREN = 3  # one after the other, lost before they gave anything new
_STOPPED_EARLY = (
    "The scan was stopped early because its helper process failed again and again. "
    "What was found is shown; open the remaining folders one by one."
)


def scan_in_child(
    paths: Sequence[str],
    limits: Limits = DEFAULT_LIMITS,
    cancelled: Callable[[], bool] | None = None,
    scanner: str = _SCANNER,
    children: ScanChildren | None = None,
    kinds: tuple[type, ...] = (),
    options: tuple[object, ...] = (),
) -> Generator[list[ScanItem], None, None]:
    """Scan ``paths`` in a child process.

    Parameters
    ----------
    paths : sequence of str
        What the user opens.
    cancelled : callable, optional
        Asked often; once it is true, the child is ended and nothing more comes.
    scanner : str
        "module:function" that does the work in the child.
    children : ScanChildren, optional
        Gives the child; without it the scan starts one of its own.
    kinds : tuple of type
        What that function gives beside the items of a scan; each has a ``path``.
    options : tuple
        What it takes behind the arguments of a scan.

    Yields
    ------
    list of InstanceHeader, Skipped, Notice, Outline or SeriesRead
        Each file once. A file that crashed the child, or took longer than
        ``limits.header_seconds``, is a Skipped.
    """
    is_cancelled = cancelled or (lambda: False)
    scan = _Scan(tuple(paths), limits, is_cancelled, scanner, children, kinds, options)
    fruitless = 0
    while not scan.ended:
        before = len(scan.delivered)
        yield from scan.run_child()
        fruitless = fruitless + 1 if len(scan.delivered) == before else 0
        if not scan.ended and fruitless == _FRUITLESS_CHILDREN:
            yield [Stopped(_STOPPED_EARLY)]
            return


class _Scan:
    """A scan over one or several children: what was delivered, what to leave out."""

    def __init__(
        self,
        paths: tuple[str, ...],
        limits: Limits,
        cancelled: Callable[[], bool],
        scanner: str,
        children: ScanChildren | None,
        kinds: tuple[type, ...],
        options: tuple[object, ...],
    ) -> None:
        self.ended = False
        self.delivered: set[str | _Told] = set()
        self._paths = paths
        self._limits = limits
        self._cancelled = cancelled
        self._scanner = scanner
        self._children = children
        self._kinds = (*_ITEMS, *kinds)
        self._options = options
        self._child_is_done = False
        self._given_up: frozenset[str] = frozenset()
        self._slow = ""  # the file that may take long, while it does
        self._deadline = 0.0

    def run_child(self) -> Iterator[list[ScanItem]]:
        """Go on with a new child, until the end or until that child is lost."""
        child = self._new_child()
        if child is None:
            self.ended = self._cancelled()
            return
        self._slow, self._deadline = "", time.monotonic() + START_SECONDS
        arguments = (self._scanner, self._paths, self._limits, self._given_up, *self._options)
        request = Request("viewer.workers.scan_child:scan_batches", arguments, streams=True)
        child.ask(pickle.dumps(request))
        try:
            while not self.ended:
                if self._cancelled():
                    self.ended = True
                    return
                reply = child.receive() if child.connection.poll(_POLL_S) else None
                if reply is not None:
                    yield from self._hear(reply)
                elif time.monotonic() > self._deadline:
                    yield from self._give_up(timed_out=True)
                    return
        except EOFError:
            yield from self._give_up(timed_out=False)
        finally:
            self._let_go(child)

    def _new_child(self) -> ChildProcess | None:
        if self._children is not None:
            return self._children.take(self._cancelled)
        try:
            return ChildProcess(self._limits, (self._scanner.partition(":")[0],))
        except OSError:
            return None

    def _let_go(self, child: ChildProcess) -> None:
        if self._children is None:
            child.kill()
        elif self._child_is_done:
            self._children.give_back(child)
        else:
            child.kill()
            self._children.prepare()

    def _hear(self, reply: Reply) -> Iterator[list[ScanItem]]:
        kind, value = reply
        self._slow, self._deadline = "", time.monotonic() + self._limits.header_seconds
        if kind == "done":
            self.ended = self._child_is_done = True
            if isinstance(value, NegatoError):
                yield [Stopped(f"The scan was stopped early: {value.message}")]
        elif isinstance(value, str):
            self._slow, self._deadline = value, time.monotonic() + self._limits.header_seconds
        elif isinstance(value, list):
            yield from self._deliver(value)

    def _deliver(self, items: list[ScanItem]) -> Iterator[list[ScanItem]]:
        if not all(isinstance(item, self._kinds) for item in items):
            raise EOFError  # no scan says that: the child is broken
        # a second child finds again what the first one found
        fresh = [item for item in items if _identity(item) not in self.delivered]
        if fresh:
            self.delivered.update(map(_identity, fresh))
            yield fresh

    def _give_up(self, *, timed_out: bool) -> Iterator[list[ScanItem]]:
        """Skip the file that the lost child was at, where that is known."""
        if not self._slow or self._slow in self._given_up:
            return
        if timed_out:
            found = "Reading its header took too long and was stopped"
            reason = self._limits.refusal("header_seconds", found)
            skipped = Skipped(self._slow, "limit", reason)
        else:
            reason = "Reading its header crashed; the file is damaged."
            skipped = Skipped(self._slow, "damaged", reason)
        self._given_up |= {self._slow}
        yield from self._deliver([skipped])


def _identity(item: ScanItem) -> str | _Told:
    return item if isinstance(item, _Told) else item.path


class ScanJob:
    """A scan in a thread of its own.

    Parameters
    ----------
    on_batch : callable
        Gets each batch, in the job's thread.
    on_end : callable
        Called last in the job's thread, also where the scan was cancelled.
    on_start : callable, optional
        Called first in it.
    """

    def __init__(
        self,
        paths: Sequence[str],
        on_batch: Callable[[list[ScanItem]], None],
        on_end: Callable[[], None],
        limits: Limits = DEFAULT_LIMITS,
        scanner: str = _SCANNER,
        children: ScanChildren | None = None,
        on_start: Callable[[], None] = lambda: None,
    ) -> None:
        self._arguments = (tuple(paths), limits, scanner)
        self._children = children
        self._on_start = on_start
        self._on_batch = on_batch
        self._on_end = on_end
        self._cancel = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scan", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Stop at once; what was delivered stays."""
        self._cancel.set()

    def is_cancelled(self) -> bool:
        """Tell whether it was cancelled, or failed."""
        return self._cancel.is_set()

    def join(self, timeout_s: float | None = None) -> None:
        """Wait for the end of the thread; nothing is called afterwards.

        With ``timeout_s``, a batch that is being taken may still go on, and `on_end` follow.
        """
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        paths, limits, scanner = self._arguments
        batches = scan_in_child(paths, limits, self._cancel.is_set, scanner, self._children)
        try:
            self._on_start()
            with closing(batches):
                for batch in batches:
                    if self._cancel.is_set():
                        return
                    self._on_batch(batch)
        except BaseException:  # a defect: what has not come by now may be there all the same
            self._cancel.set()
            raise
        finally:
            self._on_end()
