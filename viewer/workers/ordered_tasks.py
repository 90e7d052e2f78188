"""Tasks done by several children at once, their answers taken in order and a few at a time.

What a task is, and what becomes of its answer, is the caller's; which child does it `child_pool`'s.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from viewer.workers.child_pool import ChildPool

_Work = TypeVar("_Work")
_AHEAD = 3  # tasks a child: the one it is at, one that waits, one that is done and waits
_POLL_S = 0.1  # how soon who asks to stop is heard


def answers_in_order(
    pool: ChildPool,
    task: str,
    work: Iterable[_Work],
    arguments: Callable[[_Work], tuple[Any, ...]],
    timeout_s: Callable[[_Work], float],
    pause: Callable[[], None],
) -> Generator[tuple[_Work, Any], None, None]:
    """Have ``task`` done for each piece of work.

    Parameters
    ----------
    arguments, timeout_s : callable
        Give what the task is called with for a piece of work, and how long it may take.
    pause : callable
        Called often while this waits; may raise.

    Yields
    ------
    work, answer
        In the order of ``work``. An answer may be a NegatoError. No more than a few are kept:
        work that is ahead waits until these are taken.
    """
    coming = iter(work)
    waiting: deque[tuple[_Work, SimpleQueue[Any]]] = deque()
    while True:
        while len(waiting) < _AHEAD * pool.processes:
            one = next(coming, None)
            if one is None:
                break
            answer: SimpleQueue[Any] = SimpleQueue()
            seconds = timeout_s(one)
            pool.submit(task, arguments(one), timeout_s=seconds, on_done=answer.put)
            waiting.append((one, answer))
        if not waiting:
            return
        one, answer = waiting.popleft()
        yield one, taken(answer, pause)


def taken(answers: SimpleQueue[Any], pause: Callable[[], None]) -> Any:
    """Wait for the next answer; ``pause`` is called often, and may raise."""
    while True:
        pause()
        try:
            return answers.get(timeout=_POLL_S)
        except Empty:
            continue
