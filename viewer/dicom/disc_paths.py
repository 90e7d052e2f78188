"""Where a file that a DICOMDIR names lies on the disc: forgiving on spelling, never outside.

Discs are written and copied by many hands: names change case, gain ``.dcm``
or ``;1``. PS3.10 section 8 knows upper case names of 8 characters alone.
"""

from __future__ import annotations

import os
import re
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
        self._listings: dict[str, dict[str, str]] = {}

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
        if not all(_is_name(component) for component in components):
            return Outside()
        folder = self._root
        for component in components:
            name = self._entry(folder, component)
            if name is None:
                return None
            folder = os.path.join(folder, name)
        real = os.path.realpath(folder)
        return folder if real.startswith(os.path.join(self._real_root, "")) else Outside()

    def _entry(self, folder: str, component: str) -> str | None:
        """Find one component in its folder: as it is spelled, else as it may have been changed."""
        names = self._listings.get(folder)
        if names is None:
            names = self._listings[folder] = _listing(folder)
        return names.get(component) or names.get("/" + _plain(component))


def _is_name(component: str) -> bool:
    """Tell a plain file name from what moves elsewhere; an empty one stands for a leading slash."""
    return (
        component not in ("", ".", "..") and "\0" not in component and not _DRIVE.match(component)
    )


def _listing(folder: str) -> dict[str, str]:
    """Map the names in a folder, and behind a slash their plain spellings, to the names."""
    try:
        found = sorted(os.listdir(folder))
    except OSError:
        return {}  # no folder, or none that may be listed: what it should hold is missing
    names = {name: name for name in found}
    for name in found:
        names.setdefault("/" + _plain(name), name)
    return names


def _plain(name: str) -> str:
    """Reduce a name to what its writers agree on."""
    plain = _VERSION.sub("", name.casefold()).rstrip(".")
    return plain.removesuffix(".dcm").rstrip(".")
