"""The original values that are gone from a file, as they might still stand somewhere in its bytes.

Which of them are looked for, and where one that is found is no leak, says `searching`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from viewer.dicom import values
from viewer.dicom.deidentification import profile as table
from viewer.dicom.deidentification.data_set import Element
from viewer.dicom.deidentification.well_known import is_well_known

SHORTEST = 4  # bytes of a value that is looked for
_LONGEST = 1024  # of a longer one, its beginning
_LEAST_VARIED = 3  # different bytes in it: zeros are no value
_TEXTS = frozenset(("LO", "SH", "ST", "LT", "UT", "UC", "PN", "AE", "DA", "DT", "UI", "UR"))
# what is put in their place, and what says that there is nothing
_PLAIN = frozenset(
    (
        *(b"19000101", b"19000101000000", b"000000", b"000000.00", b"removed", b"n.a.", b"none"),
        *(b"null", b"unknown", b"anonymous", b"anonymized", b"not available", b"undefined"),
    )
)


@dataclass(slots=True)
class Removed:
    """Values by how surely they identify.

    ``telling`` are names, identifiers, dates and UIDs; ``described`` are descriptions, times and
    private values, which attributes that are kept may well have too.
    """

    telling: set[bytes] = field(default_factory=set)
    described: set[bytes] = field(default_factory=set)

    def take(self, element: Element, value: bytes, encodings: Sequence[str]) -> None:
        """Take the value of an element that is removed or replaced."""
        if element.vr not in _TEXTS and element.vr != "TM":
            return
        is_private = bool(element.tag >> 16 & 1)
        is_telling = not (is_private or element.vr == "TM" or element.tag in table.descriptors())
        where = self.telling if is_telling else self.described
        for whole in value.split(b"\\"):
            part = whole.strip(b"\0 \r\n\t")[:_LONGEST]
            if element.vr == "UI" and is_well_known(values.text(part)):
                continue
            if _is_worth(part):
                where.add(part)
                if not part.isascii():
                    where.add(values.person_name(part, encodings).encode())


def _is_worth(part: bytes) -> bool:
    return len(part) >= SHORTEST and len(set(part)) >= _LEAST_VARIED and part.lower() not in _PLAIN
