"""The limits on what a file may ask of us: defaults, names for people, and what a refusal says.

Who keeps to a limit is whoever does the work that it bounds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

Unit = Literal["", "bytes", "s"]

_SCALES = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_WRITTEN = {**_SCALES, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_SCALES_OF = {name.lower(): scale for name, scale in _WRITTEN.items()}
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([KMG]i?B)?", re.IGNORECASE)
_LEAST_S = 0.1  # less is over before it is looked at
_MOST, _MOST_BYTES, _A_DAY = 10**9, 1 << 50, 86_400  # far beyond what a machine has


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on the work and memory that one file may cost."""

    sequence_depth: int = 64
    elements_per_file: int = 100_000
    items_per_file: int = 100_000
    frames_per_file: int = 1_000_000
    frames_in_all: int = 2_000_000
    fragments_per_file: int = 1_000_000
    inflate_bytes: int = 1 << 30
    frame_bytes: int = 512 << 20
    dicomdir_records: int = 200_000
    archive_members: int = 100_000
    archive_bytes: int = 64 << 30
    decode_seconds: float = 10.0
    header_seconds: float = 30.0
    child_memory_bytes: int = 4 << 30

    def refusal(self, name: str, found: str) -> str:
        """Say that a file is over a limit: what it has, the limit, and how to raise that.

        Parameters
        ----------
        name : str
            Of the limit: a field of this class.
        found : str
            What the file has, as the begin of a sentence: "It has 100,001 elements".
        """
        return (
            f"{found}; the limit is {self.shown(name)}. "
            f"To raise it: Edit > Settings, Limits, or --limit {name}={self._twice(name)}, "
            "for example."
        )

    def shown(self, name: str) -> str:
        """Give a limit's value as people read it."""
        return amount(getattr(self, name), LIMIT_TITLES[name].unit)

    def _twice(self, name: str) -> str:
        """Give twice a limit as `with_limit` takes it, and as it is typed."""
        title = LIMIT_TITLES[name]
        text = amount(min(2 * getattr(self, name), title.most), title.unit)
        return re.sub(r" bytes| s|[ ,]", "", text)


class LimitTitle(NamedTuple):
    """What a limit bounds, in words, its unit, and how far it can be raised."""

    title: str
    unit: Unit = ""
    most: int = _MOST


LIMIT_TITLES: dict[str, LimitTitle] = {
    "sequence_depth": LimitTitle("Sequences nested in one another", most=128),
    "elements_per_file": LimitTitle("Data elements of a data set, or of one item"),
    "items_per_file": LimitTitle("Sequence items of a file, or of one of its frames"),
    "frames_per_file": LimitTitle("Frames of a file with functional groups"),
    "frames_in_all": LimitTitle("Frames of all multi-frame files that are open"),
    "fragments_per_file": LimitTitle("Fragments of compressed pixel data"),
    "inflate_bytes": LimitTitle(
        "A deflated data set or archive member, inflated", "bytes", _MOST_BYTES
    ),
    "frame_bytes": LimitTitle("One decoded frame", "bytes", _MOST_BYTES),
    "dicomdir_records": LimitTitle("Records of a DICOMDIR"),
    "archive_members": LimitTitle("Files in a ZIP archive"),
    "archive_bytes": LimitTitle("A ZIP archive, unpacked", "bytes", _MOST_BYTES),
    "decode_seconds": LimitTitle("Time to decode a frame", "s", _A_DAY),
    "header_seconds": LimitTitle("Time to read a header", "s", _A_DAY),
    "child_memory_bytes": LimitTitle("Memory of a child process", "bytes", _MOST_BYTES),
}
DEFAULT_LIMITS = Limits()


def amount(value: float, unit: Unit) -> str:
    """Write a number with its unit: "512 MiB", "10 s", "100,000"."""
    if unit == "bytes":
        name = next((n for n in ("GiB", "MiB", "KiB") if value and value % _SCALES[n] == 0), "")
        return f"{value / _SCALES[name]:,.0f} {name or 'bytes'}"
    return f"{value:,g} s" if unit == "s" else f"{value:,}"


def with_limit(limits: Limits, name: str, text: str) -> Limits:
    """Change one limit to what a user wrote: a number, of bytes also in KiB, MB, and the like.

    Raises
    ------
    ValueError
        With a sentence: no such limit, or no such value.
    """
    if name not in LIMIT_TITLES:
        raise ValueError(f"There is no limit {name!r}; there are {', '.join(LIMIT_TITLES)}.")
    _, unit, most = LIMIT_TITLES[name]
    found = _AMOUNT.fullmatch(text.strip().replace(",", ""))
    if found is None or (found[2] and unit != "bytes"):
        example = "512MiB or 500MB" if unit == "bytes" else "100"
        raise ValueError(f"{name} takes a number, such as {example}; not {text!r}.")
    number = float(found[1]) * _SCALES_OF[(found[2] or "").lower()]
    if not (_LEAST_S if unit == "s" else 1) <= number <= most:
        least = amount(_LEAST_S, unit) if unit == "s" else "1"
        raise ValueError(f"{name} must be at least {least}, and at most {amount(most, unit)}.")
    value: Any = number if unit == "s" else math.ceil(number)
    return replace(limits, **{name: value})


def with_limits(limits: Limits, given: Iterable[tuple[str, str]]) -> Limits:
    """Change limits to what a user wrote of each: name and value. Raises as `with_limit`."""
    for name, text in given:
        limits = with_limit(limits, name, text)
    return limits
