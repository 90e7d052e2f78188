"""A file to look into, as `sources` finds it: all that the window needs to know of that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A regular file to look into."""

    path: str  # absolute
    sibling_of: str = ""  # the file that the user opened, where this one only lies beside it
