"""Whether a file is still the one that was opened: another's pixels must not pass for its own."""

from __future__ import annotations

from dataclasses import replace

from viewer.dicom.errors import NegatoError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import Limits
from viewer.dicom.reading import read_header
from viewer.dicom.regular_files import version_of


def is_touched(path: str, size: int, mtime_ns: int, limits: Limits) -> bool:
    """Tell whether a file that is there was written to since it had this size and time."""
    try:
        return version_of(path, limits) != (size, mtime_ns)
    except (NegatoError, OSError):
        return False


def is_another(header: InstanceHeader, limits: Limits) -> bool:
    """Tell whether a file has by now another header than the one that was read of it.

    One that was written to and tells the same, as a copy that was still on its
    way, is not. Where there is no file, or none that can be read, whoever
    reads it says so.
    """
    if not is_touched(header.path, header.size, header.mtime_ns, limits):
        return False
    try:
        found = read_header(header.path, limits)
    except (NegatoError, OSError):
        return False
    return replace(found, size=header.size, mtime_ns=header.mtime_ns) != header
