"""UIDs that name a rule and not a person's data: of the standard, and those pydicom knows."""

from __future__ import annotations

from pydicom._uid_dict import UID_dictionary

_STANDARD = "1.2.840.10008."


def is_well_known(uid: str) -> bool:
    """Tell a UID of a class, a transfer syntax, a coding scheme or the like; "" as well."""
    return not uid or uid.startswith(_STANDARD) or uid in UID_dictionary
