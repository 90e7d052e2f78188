"""How this Negato was started, and what starts it again: from Python, or as the program bundle.

Knows the layout of the bundle and of a disc that brings a viewer along:
``VIEWER/LINUX/negato`` (or ``WINDOWS``, ``MACOS``) beside the marker `PORTABLE`, and the
``DICOMDIR`` above them.
"""

from __future__ import annotations

import os
import sys

VIEWER_FOLDER = "VIEWER"  # of a disc
PORTABLE = "PORTABLE"  # a file in it


def is_bundle() -> bool:
    """Tell whether this is the program bundle, which brings its own Python."""
    return bool(getattr(sys, "frozen", False))


def command(*arguments: str) -> list[str]:
    """Give the command line that starts this Negato with ``arguments``."""
    if is_bundle():
        return [sys.executable, *arguments]
    # -P: the working folder may be a disc with a numpy.py on it
    return [sys.executable, "-P", "-m", "viewer", *arguments]


def bundle_folder() -> str | None:
    """Give the folder of the program bundle; None where this runs from Python."""
    return os.path.dirname(os.path.realpath(sys.executable)) if is_bundle() else None


def disc_root() -> str | None:
    """Give the disc whose viewer this is; None where it is on none.

    Such a Negato is a guest: it opens its disc, and leaves nothing on the machine.
    """
    folder = bundle_folder()
    viewer = os.path.dirname(folder) if folder is not None else ""
    if viewer and os.path.isfile(os.path.join(viewer, PORTABLE)):
        return os.path.dirname(viewer)
    return None
