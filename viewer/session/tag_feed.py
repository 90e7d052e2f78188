"""The tags of the file on screen, read in a child process: its first rows, then all of them.

Nothing is read while nobody sees the tags, and who scrolls sees them of the
frame where he pauses, or some times a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from viewer.dicom.errors import NegatoError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.tags import TagTable
from viewer.session.hop import Hop
from viewer.workers.child_pool import ChildPool
from viewer.workers.tickets import Ticket

_FIRST_ROWS = 400  # more than most files have; read in a few milliseconds
_PAUSE_MS = 150  # from one file to the next: a new table costs as much as a few frames


class TagFeed(QObject):
    """Holds the tags of one file at a time.

    Signals
    -------
    changed
        ``tags`` is new: a TagTable (perhaps not whole yet), a NegatoError, or
        None while they are read.
    """

    changed = Signal()

    def __init__(self, pool: ChildPool, hop: Hop, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tags: TagTable | NegatoError | None = None
        self.path = ""  # of the file that is wished for
        self._known: InstanceHeader | None = None  # its header, as it was opened
        self._asked = ""  # of the file that the child was asked for last
        self._wanted = True
        self._pool = pool
        self._hop = hop
        self._ticket: Ticket | None = None
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask)

    def read(
        self, path: str, known: InstanceHeader | None = None, *, pause_first: bool = False
    ) -> None:
        """Read the tags of ``path``; what was asked for before is not wanted any more.

        Those of another file than the one with the header ``known`` are not
        given. ``pause_first`` leaves the processors to the picture for a moment.
        """
        if path == self.path:
            return
        self.path, self._known = path, known
        self._cancel()
        if self._pause.isActive():
            return
        if pause_first:
            self._pause.start()
        else:
            self._ask()

    def set_wanted(self, wanted: bool) -> None:
        """Say whether anybody sees the tags; those of a file left meanwhile are not kept."""
        self._wanted = wanted
        if wanted and self.path and self.path != self._asked:
            self._set(None)
            self._ask()

    def ask(
        self,
        path: str,
        task: str,
        arguments: tuple[Any, ...],
        on_done: Callable[[Any], None],
        seconds: float | None = None,
    ) -> None:
        """Have a child answer what is to be known of a file's tags beside their table.

        Parameters
        ----------
        task : str
            "module:function"; it gets the path, ``arguments`` and the limits.
        on_done : callable
            Gets the answer, or the NegatoError in its place, in this thread.
        seconds : float, optional
            What it may take; else as long as reading a header.
        """
        limits = self._pool.limits
        self._pool.submit(
            task,
            (path, *arguments, limits),
            timeout_s=limits.header_seconds if seconds is None else seconds,
            on_done=lambda result: self._hop.post(lambda: on_done(result)),
        )

    def clear(self) -> None:
        """Show no tags, and none of those that are still on their way."""
        self.path = ""
        self._cancel()
        self._pause.stop()
        self._set(None)

    def _ask(self) -> None:
        if self._wanted and self.path != self._asked:
            self._asked = self.path
            self._pause.start()
            self._submit(self.path, _FIRST_ROWS)

    def _submit(self, path: str, first_rows: int | None) -> None:
        limits = self._pool.limits
        self._ticket = self._pool.submit(
            "tags",
            (path, limits, first_rows, self._known),
            timeout_s=limits.header_seconds,
            on_done=lambda result: self._hop.post(lambda: self._done(path, result)),
        )

    def _done(self, path: str, result: TagTable | NegatoError) -> None:
        if path != self.path:
            return
        if isinstance(result, TagTable) and not result.is_whole:
            self._submit(path, None)
        self._set(result)

    def _cancel(self) -> None:
        """Give up what was asked for; whoever comes back to the file asks again."""
        self._asked = ""
        if self._ticket is not None:  # a file that was scrolled past: not ahead of frames
            self._ticket.cancel()

    def _set(self, tags: TagTable | NegatoError | None) -> None:
        self.tags = tags
        self.changed.emit()
