"""Errors that compiled code meets, prints, and goes on from, raised after all.

A codec's function that cannot raise leaves what it was filling as it is, and
reports success: a wrong picture.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ignored_errors_raised() -> Iterator[None]:
    """Raise at the end the first error that was ignored within.

    The hooks are the interpreter's: for processes that decode in one thread.
    """
    ignored: list[BaseException] = []

    def keep(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_value is not None:
            ignored.append(unraisable.exc_value)

    unraisable_hook, except_hook = sys.unraisablehook, sys.excepthook
    sys.unraisablehook = keep
    sys.excepthook = lambda *_: None  # Cython prints the error there, too
    try:
        yield
    finally:
        sys.unraisablehook, sys.excepthook = unraisable_hook, except_hook
    if ignored:
        raise ignored[0]
