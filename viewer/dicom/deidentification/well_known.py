"""UIDs that name a rule and not a person's data: of the standard, and those pydicom knows."""

from __future__ import annotations

from pydicom._uid_dict import UID_dictionary

_STANDARD = "1.2.840.10008."
_LONGEST = 64  # characters of a UID: what is longer is none, whatever it begins with


def is_well_known(uid: str) -> bool:
    """Tell a UID of a class, a transfer syntax, a coding scheme or the like; "" as well."""
    is_of_standard = uid.startswith(_STANDARD) and len(uid) <= _LONGEST
    return not uid or is_of_standard or uid in UID_dictionary
