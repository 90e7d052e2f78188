"""Where files can be written, what a viewer on a disc takes: what the system says of folders.

All of it may take long, on a slow or lost medium: it is for a thread beside the window's.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass

from viewer.dicom.file_set_copy import DiscError, refuse_place
from viewer.dicom.portable_viewer import bundle_files, find_bundle

_NAMES_TRIED = 1000
_SYSTEMS = {"LINUX": "Linux", "WINDOWS": "Windows", "MACOS": "macOS"}


@dataclass(frozen=True, slots=True)
class Target:
    """A folder that may be written; ``problem`` says why not, where it may not."""

    path: str
    problem: str = ""
    free_bytes: int | None = None  # of the medium; None where the system does not say


@dataclass(frozen=True, slots=True)
class Viewer:
    """A program bundle that can go onto a disc; ``system`` is empty where it is none."""

    folder: str
    system: str = ""
    bytes: int = 0


def look_at_target(folder: str, name: str, *, may_hold_files: bool = False) -> Target:
    """Judge the folder ``name`` in ``folder``; without a name, ``folder`` itself."""
    if name in (".", "..") or any(mark and mark in name for mark in (os.sep, os.altsep, "\0")):
        return Target(folder, "This is no name of a folder. Give a plain name, such as DISC.")
    path = os.path.join(folder, name) if name else folder
    try:
        if not os.path.isdir(folder):
            return Target(path, "The folder is not there any more. Choose another one.")
        problem = "" if may_hold_files and os.path.isdir(path) else _problem(path)
        if not problem and not os.access(path if os.path.isdir(path) else folder, os.W_OK):
            problem = "You may not write there. Choose another folder."
        return Target(path, problem, shutil.disk_usage(folder).free)
    except (OSError, ValueError):  # too long, a character that the system does not take
        return Target(path, "The system does not take this folder. Give another name.")


def propose_name(folder: str, prefix: str) -> str:
    """Give a name that nothing has in ``folder``: the prefix, today's date and no more."""
    name = f"{prefix}-{time.strftime('%Y-%m-%d')}"
    names = (name if number == 1 else f"{name}-{number}" for number in range(1, _NAMES_TRIED))
    return next((one for one in names if not os.path.lexists(os.path.join(folder, one))), name)


def look_at_viewer(folder: str) -> Viewer:
    """Judge the folder of a program bundle, which may be of another system."""
    try:
        bundle = find_bundle(folder)
        size = sum(file.size for file in bundle_files(bundle))
    except (DiscError, OSError):
        return Viewer(folder)
    return Viewer(folder, _SYSTEMS[bundle.system], size)


def _problem(path: str) -> str:
    try:
        refuse_place(path)
    except DiscError as error:
        return error.message
    return ""
