"""The order in which people number files: IM2 before IM10."""

from __future__ import annotations

import re

NaturalKey = tuple[list[str | int], str]

_DIGITS = re.compile(r"([0-9]+)")


def natural_key(name: str) -> NaturalKey:
    """Give the sort key that puts ``IM2`` before ``IM10``, upper and lower case alike."""
    parts = _DIGITS.split(name.casefold())
    return [int(part) if index % 2 else part for index, part in enumerate(parts)], name
