"""The program bundle as it is put on a disc: which files, for which system, and where they go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from viewer.dicom.file_set_copy import DiscError
from viewer.program import VIEWER_FOLDER, bundle_folder

_NO_BUNDLE = (
    "This Negato runs from Python, and is no program bundle to put on a disc; build one with "
    "python packaging/build.py, and name its folder: --with-viewer dist/negato."
)
_IN_MACOS_BUNDLE = os.path.join("Contents", "MacOS")
_LIBRARIES = "_internal"  # beside the program, whose folder may hold anything: an uninstaller

# path, place on the disc, and what it lies in, by device and number
_Folder = tuple[str, tuple[str, ...], frozenset[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A program bundle: its folder, and the folder of VIEWER that it goes to."""

    root: str
    system: str  # LINUX, WINDOWS, MACOS
    inside: tuple[str, ...] = ()  # below that of the system

    @property
    def program(self) -> str:
        """The path on the disc of what is started."""
        name = {"LINUX": "negato", "WINDOWS": "negato.exe", "MACOS": "Negato.app"}[self.system]
        return "/".join((VIEWER_FOLDER, self.system, name))


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A file of the bundle: where it is, its place on the disc, its size."""

    path: str
    parts: tuple[str, ...]
    size: int


def find_bundle(folder: str = "") -> Bundle:
    """Find the bundle in a folder, or the one that runs.

    Raises
    ------
    DiscError
        There is none.
    """
    running = bundle_folder()
    if not folder and running is None:
        raise DiscError(_NO_BUNDLE)
    root = os.path.realpath(folder or running or "")
    if root.endswith(_IN_MACOS_BUNDLE):  # what runs there
        root = os.path.dirname(os.path.dirname(root))
    if root.endswith("Negato.app"):
        return Bundle(root, "MACOS", ("Negato.app",))
    if os.path.isdir(os.path.join(root, "Negato.app")):
        return Bundle(os.path.realpath(os.path.join(root, "Negato.app")), "MACOS", ("Negato.app",))
    for name, system in (("negato.exe", "WINDOWS"), ("negato", "LINUX")):
        if all(map(os.path.exists, (os.path.join(root, name), os.path.join(root, _LIBRARIES)))):
            return Bundle(root, system)
    told = (
        "There is no program bundle in it: no negato or negato.exe beside _internal, and no "
        "Negato.app; name the folder that python packaging/build.py makes, dist/negato."
    )
    raise DiscError(told, folder)


def bundle_files(bundle: Bundle) -> list[BundleFile]:
    """List the files of a bundle; links in it are followed, as a disc has none.

    Raises
    ------
    DiscError
        It cannot be read, or has a link to something elsewhere, which is not to be on a disc.
    """
    try:
        return sorted(_files(bundle), key=lambda one: one.parts)
    except OSError as error:
        why = error.strerror or "read error"
        told = f"The viewer cannot be read ({why}); choose another bundle."
        raise DiscError(told, bundle.root) from error


def _files(bundle: Bundle) -> Iterator[BundleFile]:
    top = (VIEWER_FOLDER, bundle.system, *bundle.inside)
    names = None if bundle.inside else (os.path.basename(bundle.program), _LIBRARIES)
    pending: list[_Folder] = [(bundle.root, top, frozenset())]
    while pending:
        folder, parts, above = pending.pop()
        status = os.stat(folder)
        itself = status.st_dev, status.st_ino
        if itself in above:  # a link to a folder that it lies in
            continue
        with os.scandir(folder) as entries:
            for entry in entries:
                if not above and names is not None and entry.name not in names:
                    continue
                if entry.is_symlink():
                    _refuse_outside(entry.path, bundle)
                place = (*parts, entry.name)
                if entry.is_dir():
                    pending.append((entry.path, place, above | {itself}))
                elif entry.is_file():
                    yield BundleFile(entry.path, place, entry.stat().st_size)


def _refuse_outside(path: str, bundle: Bundle) -> None:
    real = os.path.join(os.path.realpath(path), "")
    if not real.startswith(os.path.join(bundle.root, "")):
        told = "This link leads out of the viewer, and what it leads to may be private; remove it."
        raise DiscError(told, path)
