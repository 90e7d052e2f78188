"""What goes to a child that de-identifies or checks files, and what comes back: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from viewer.dicom.deidentification.keys import Key
from viewer.dicom.deidentification.profile import Profile

Tells = Literal["nothing", "actions", "values"]  # of changes
Rectangle = tuple[int, int, int, int]  # first row and column, rows and columns


@dataclass(frozen=True, slots=True)
class Rule:
    """Rectangles of a device: ``match`` are keywords with the values that a file must have.

    ``confirms`` says that all texts burned into pictures of this device lie within them.
    """

    match: tuple[tuple[str, str], ...]
    rectangles: tuple[Rectangle, ...]
    confirms: bool = False

    def fits(self, facts: Mapping[str, str]) -> bool:
        """Tell whether a file with these values, "" where there is none, is of the device."""
        return all(facts[name].casefold() == value.casefold() for name, value in self.match)


@dataclass(frozen=True, slots=True)
class Order:
    """How files are to be de-identified."""

    profile: Profile
    key: Key
    confirmed: frozenset[str] = frozenset()
    rectangles: tuple[Rectangle, ...] = ()
    rules: tuple[Rule, ...] = ()
    tells: Tells = "nothing"


@dataclass(frozen=True, slots=True)
class Job:
    """One file: which version of it, whose it is, and texts known of its study."""

    path: str
    size: int
    mtime_ns: int
    bare_from: int | None
    transfer_syntax_uid: str
    sop_instance_uid: str
    patient: tuple[str, ...]
    known: tuple[str, ...] = ()
    gone: tuple[bytes, ...] = ()  # found in what was written of it, and to be taken out


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to one element; ``before`` and ``after`` where that is asked for."""

    tag: int
    name: str
    where: tuple[str, ...]
    action: str
    before: str = ""
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file without identity: bytes, and places of the source to copy (offset, length).

    ``telling`` and ``described`` are the values that are gone (`removed.Removed`).
    """

    path: str
    pieces: tuple[bytes | tuple[int, int], ...]
    telling: tuple[bytes, ...]
    described: tuple[bytes, ...]
    changes: tuple[Change, ...]
    count: int  # of changes
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not taken: held back, or failed, because of ``values`` found in it."""

    path: str
    reason: str
    is_held: bool = False
    values: tuple[bytes, ...] = ()
