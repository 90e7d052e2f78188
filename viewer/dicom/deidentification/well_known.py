"""UIDs that name a rule and not a person's data: of the standard, and those pydicom knows."""

from __future__ import annotations

import re

from pydicom._uid_dict import UID_dictionary

# the parts of the standard's own are short; what some devices append to them are dates and numbers
_STANDARD = re.compile(r"1\.2\.840\.10008(\.\d{1,4}){1,9}")


def is_well_known(uid: str) -> bool:
    """Tell a UID of a class, a transfer syntax, a coding scheme or the like; "" as well."""
    return not uid or uid in UID_dictionary or _STANDARD.fullmatch(uid) is not None
