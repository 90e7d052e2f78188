"""What goes wrong in a process of the program without being raised to whoever called it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from viewer import defects


@contextmanager
def defects_told() -> Iterator[list[BaseException]]:
    """Collect the defects that threads report of themselves; have warnings raise."""
    found: list[BaseException] = []
    with warnings.catch_warnings(), mock.patch.object(defects, "handle", found.append):
        warnings.simplefilter("error")  # they quote values
        yield found
