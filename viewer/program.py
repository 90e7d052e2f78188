"""How this Negato was started, and what starts it again: from Python, or as the program bundle.

Knows the layout of the bundle and of a disc that brings a viewer along:
``VIEWER/LINUX/negato``, ``VIEWER/WINDOWS/negato.exe`` or ``VIEWER/MACOS/Negato.app`` below the
marker `PORTABLE` in ``VIEWER``, and the ``DICOMDIR`` above it.
"""

from __future__ import annotations

import os
import sys

VIEWER_FOLDER = "VIEWER"  # of a disc
PORTABLE = "PORTABLE"  # a file in it
_APPLICATION = ".app"  # a folder that macOS shows as a program


def is_bundle() -> bool:
    """Tell whether this is the program bundle, which brings its own Python."""
    return bool(getattr(sys, "frozen", False))


def command(*arguments: str) -> list[str]:
    """Give the command line that starts this Negato with ``arguments``."""
    if is_bundle():
        return [sys.executable, *arguments]
    # -P: the working folder may be a disc with a numpy.py on it
    return [sys.executable, "-P", "-m", "viewer", *arguments]


def has_screen() -> bool:
    """Say whether Qt can find a screen; where it cannot, it ends the process without a word."""
    if not sys.platform.startswith("linux"):
        return True
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in names)


def bundle_folder() -> str | None:
    """Give the folder of the program bundle, of macOS ``Negato.app``; None without a bundle."""
    if not is_bundle():
        return None
    folder = os.path.dirname(os.path.realpath(sys.executable))
    above, name = os.path.split(folder)
    application, contents = os.path.split(above)
    in_application = (contents, name) == ("Contents", "MacOS") and application.endswith(
        _APPLICATION
    )
    return application if in_application else folder


def is_application() -> bool:
    """Tell whether this is ``Negato.app``: macOS starts it once, and sends it what to open."""
    return (bundle_folder() or "").endswith(_APPLICATION)


def disc_root() -> str | None:
    """Give the disc whose viewer this is; None where it is on none.

    Such a Negato is a guest: it opens its disc, and leaves nothing on the machine.
    """
    folder = bundle_folder() or ""
    if is_application():  # which lies in MACOS
        folder = os.path.dirname(folder)
    viewer = os.path.dirname(folder)
    if viewer and os.path.isfile(os.path.join(viewer, PORTABLE)):
        return os.path.dirname(viewer)
    return None
