"""A smaller file that gives the same finding: elements left out first, then ever smaller pieces."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.fuzz.spans import walk

_SMALLEST_PIECE = 1


def shrunk(data: bytes, gives_it: Callable[[bytes], bool], seconds: float) -> bytes:
    """Shorten ``data`` as long as it still gives the finding, and time is left."""
    until = time.monotonic() + seconds
    data = _without_elements(data, gives_it, until)
    size = max(len(data) // 2, 1)
    while size >= _SMALLEST_PIECE and time.monotonic() < until:
        at, shorter = 0, False
        while at < len(data) and time.monotonic() < until:
            tried = data[:at] + data[at + size :]
            if gives_it(tried):
                data, shorter = tried, True
            else:
                at += size
        if not shorter or size > 1:
            size //= 2
    return data


def _without_elements(data: bytes, gives_it: Callable[[bytes], bool], until: float) -> bytes:
    place = 0
    while time.monotonic() < until:
        spans = walk(data)[::-1]  # from the end: the pixels are the largest
        if place >= len(spans):
            break
        tried = data[: spans[place].start] + data[spans[place].end :]
        if len(tried) < len(data) and gives_it(tried):
            data = tried
        else:
            place += 1
    return data
