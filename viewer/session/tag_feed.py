"""The tags of the file on screen, read in a child process."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import DEFAULT_LIMITS
from viewer.dicom.tags import TagTable
from viewer.session.hop import Hop
from viewer.workers.child_pool import ChildPool, Ticket


class TagFeed(QObject):
    """Holds the tags of one file at a time.

    Signals
    -------
    changed
        ``tags`` is new: a TagTable, a NegatoError, or None while they are read.
    """

    changed = Signal()

    def __init__(self, pool: ChildPool, hop: Hop, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tags: TagTable | NegatoError | None = None
        self.path = ""
        self._pool = pool
        self._hop = hop
        self._ticket: Ticket | None = None

    def read(self, path: str) -> None:
        """Read the tags of ``path``; what was asked for before is not wanted any more."""
        if path == self.path:
            return
        self.path = path
        if self._ticket is not None:  # a file that was scrolled past: not ahead of frames
            self._ticket.cancel()
        self._ticket = self._pool.submit(
            "tags",
            (path,),
            timeout_s=DEFAULT_LIMITS.header_seconds,
            on_done=lambda result: self._hop.post(lambda: self._done(path, result)),
        )

    def clear(self) -> None:
        """Show no tags, and none of those that are still on their way."""
        self.path = ""
        self._set(None)

    def _done(self, path: str, result: TagTable | NegatoError) -> None:
        if path == self.path:
            self._set(result)

    def _set(self, tags: TagTable | NegatoError | None) -> None:
        self.tags = tags
        self.changed.emit()
