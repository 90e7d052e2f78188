"""Batches of work given to children, and what they make of it, as it comes.

A batch that ends its child, or takes too long, is done again one by one, so that it costs no more
than the one thing that it is about. What the work is, and what becomes of it, is the caller's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from queue import SimpleQueue
from typing import Any

from viewer.dicom.errors import NegatoError
from viewer.dicom.limits import Limits
from viewer.workers.child_pool import ChildPool
from viewer.workers.ordered_tasks import taken

_CHILDREN = 2
_AHEAD = 3  # batches that wait while others are worked on


class Batches:
    """Children that work batches off, and give what they made in the order in which it comes.

    Parameters
    ----------
    preload : sequence of str
        Modules a child imports before its first batch.
    pause : callable
        Called often; raises where the work is to end.
    """

    def __init__(self, limits: Limits, preload: Sequence[str], pause: Callable[[], None]) -> None:
        self._pool = ChildPool(_CHILDREN, limits, preload)
        self._pause = pause

    def close(self) -> None:
        """End the children."""
        self._pool.close()

    def work(
        self,
        task: str,
        batches: Iterable[Sequence[Any]],
        rest: tuple[Any, ...],
        seconds_each: float,
    ) -> Iterator[tuple[Any, Any]]:
        """Give each batch with the result, or with the error of the one thing in it."""
        answers: SimpleQueue[tuple[Any, Any]] = SimpleQueue()
        waiting = deque[Any]()
        source = iter(batches)
        flying = 0
        while True:
            while flying < _CHILDREN + _AHEAD:
                batch = waiting.popleft() if waiting else next(source, None)
                if batch is None:
                    break
                self._submit(task, batch, rest, seconds_each * len(batch), answers)
                flying += 1
            if not flying:
                return
            batch, result = taken(answers, self._pause)
            flying -= 1
            if isinstance(result, NegatoError) and len(batch) > 1:  # one of them: which?
                waiting.extend([one] for one in batch)
                continue
            yield batch, result

    def _submit(
        self,
        task: str,
        batch: Any,
        rest: tuple[Any, ...],
        seconds: float,
        answers: SimpleQueue[tuple[Any, Any]],
    ) -> None:
        def on_done(result: Any) -> None:
            answers.put((batch, result))

        self._pool.submit(task, (tuple(batch), *rest), timeout_s=seconds, on_done=on_done)
