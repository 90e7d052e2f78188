"""The order in which people number files: IM2 before IM10."""

from __future__ import annotations

import re
from collections.abc import Sequence

NaturalKey = tuple[list[str | int], str]

_DIGITS = re.compile(r"([0-9]+)")
_SHAPE = str.maketrans("123456789", "000000000")


def natural_key(name: str) -> NaturalKey:
    """Give the sort key that puts ``IM2`` before ``IM10``, upper and lower case alike."""
    parts = _DIGITS.split(name.casefold())
    return [int(part) if index % 2 else part for index, part in enumerate(parts)], name


def of_one_shape(names: Sequence[str]) -> bool:
    """Tell names that differ in digits alone: their natural order is that of their characters."""
    shape = names[0].translate(_SHAPE) if names else ""
    return "/".join(names).translate(_SHAPE) == "/".join([shape] * len(names))
