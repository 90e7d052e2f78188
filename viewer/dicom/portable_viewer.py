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
        return Bundle(os.path.join(root, "Negato.app"), "MACOS", ("Negato.app",))
    for name, system in (("negato.exe", "WINDOWS"), ("negato", "LINUX")):
        if os.path.isfile(os.path.join(root, name)):
            return Bundle(root, system)
    told = (
        "There is no program bundle in it: no negato, negato.exe or Negato.app; name the folder "
        "that python packaging/build.py makes, dist/negato."
    )
    raise DiscError(told, folder)


def bundle_files(bundle: Bundle) -> list[BundleFile]:
    """List the files of a bundle; links are followed, as a disc has none."""
    parts = (VIEWER_FOLDER, bundle.system, *bundle.inside)
    return list(_files(bundle.root, parts, frozenset()))


def _files(folder: str, parts: tuple[str, ...], above: frozenset[str]) -> Iterator[BundleFile]:
    real = os.path.realpath(folder)
    if real in above:  # a link to a folder that it lies in
        return
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir():
            yield from _files(entry.path, (*parts, entry.name), above | {real})
        elif entry.is_file():
            yield BundleFile(entry.path, (*parts, entry.name), entry.stat().st_size)
