"""The one child process in which a command has a file's tags read, and what it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import Limits
from viewer.dicom.tags import TagTable
from viewer.workers.child_pool import ChildPool


class TagChild:
    """Asks a child about one file; raises the NegatoError that it answers with."""

    def __init__(self, pool: ChildPool, path: str, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self._pool = pool

    def table(self) -> TagTable:
        """Read the file's tags."""
        table: TagTable = self.ask("tags", self.path, self.limits)
        return table

    def ask(self, task: str, *arguments: Any, seconds: float | None = None) -> Any:
        """Have a task done, within the time that a header may take, or ``seconds``."""
        results: SimpleQueue[Any] = SimpleQueue()
        time = self.limits.header_seconds if seconds is None else seconds
        self._pool.submit(task, arguments, timeout_s=time, on_done=results.put)
        result = results.get()
        if isinstance(result, NegatoError):
            raise result
        return result


@contextmanager
def tag_child(path: str, limits: Limits) -> Iterator[TagChild]:
    """Start the child for a file, and end it."""
    pool = ChildPool(1, limits, preload=("viewer.dicom.tag_reader",))
    pool.start()
    try:
        yield TagChild(pool, path, limits)
    finally:
        pool.close()
