"""Where a file that a DICOMDIR names lies on the disc: forgiving on spelling, never outside.

Discs are written and copied by many hands: names change case, gain ``.dcm``
or ``;1``. PS3.10 section 8 knows upper case names of 8 characters alone.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

_VERSION = re.compile(r";[0-9]+$")
_DRIVE = re.compile(r"^[A-Za-z]:")


class Outside:
    """A file ID that leads out of the disc."""


class DiscFolder:
    """The folder of a DICOMDIR; finds the files that it names.

    Parameters
    ----------
    root : str
        Absolute path of the folder.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._real_root = os.path.realpath(root)
        self._listings: dict[str, dict[str, os.DirEntry[str]]] = {}

    def find(self, file_id: Sequence[str]) -> str | Outside | None:
        """Find the file of a DICOMDIR record.

        Parameters
        ----------
        file_id : sequence of str
            The components of (0004,1500) Referenced File ID.

        Returns
        -------
        str, Outside or None
            Absolute path; `Outside` for one that leaves the disc, by its
            components or by a symbolic link; None where nothing is there.
        """
        components = [part for joined in file_id for part in joined.split("/")]
        if not all(is_name(component) for component in components):
            return Outside()
        path = self._root
        linked = sys.platform == "win32"  # where there is more than symbolic links
        for component in components:
            entry = self._entry(path, component)
            if entry is None:
                return None
            path = entry.path
            linked = linked or entry.is_symlink()
        if linked and not os.path.realpath(path).startswith(os.path.join(self._real_root, "")):
            return Outside()
        return path

    def _entry(self, folder: str, component: str) -> os.DirEntry[str] | None:
        """Find one component in its folder: as it is spelled, else as it may have been changed."""
        names = self._listings.get(folder)
        if names is None:
            names = self._listings[folder] = _listing(folder)
        return names.get(component) or names.get("/" + _plain(component))


def is_name(component: str) -> bool:
    """Tell a plain file name from what moves elsewhere; an empty one stands for a leading slash."""
    return (
        component not in ("", ".", "..") and "\0" not in component and not _DRIVE.match(component)
    )


def _listing(folder: str) -> dict[str, os.DirEntry[str]]:
    """Map the names in a folder, and behind a slash their plain spellings, to the entries."""
    try:
        with os.scandir(folder) as listing:
            found = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return {}  # no folder, or none that may be listed: what it should hold is missing
    entries = {entry.name: entry for entry in found}
    for entry in found:
        entries.setdefault("/" + _plain(entry.name), entry)
    return entries


def _plain(name: str) -> str:
    """Reduce a name to what its writers agree on."""
    plain = _VERSION.sub("", name.casefold()).rstrip(".")
    return plain.removesuffix(".dcm").rstrip(".")
