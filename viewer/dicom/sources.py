"""From what the user opens to a stream of files: folders, discs with a DICOMDIR, single files.

Decides which files are looked at, and in which order; opens none but the
DICOMDIR, and archives, which are looked into like folders. Nothing but regular
files, nothing outside of what was opened, no folder twice. What is in the
files is `reading`'s matter.
"""

from __future__ import annotations

import heapq
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from viewer.dicom.dicomdir import DicomdirError, read_dicomdir
from viewer.dicom.disc_paths import DiscFolder, Outside
from viewer.dicom.elements import DICOMDIR_SOP_CLASS
from viewer.dicom.errors import HeaderError
from viewer.dicom.ledger import Notice, Skipped
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.natural_order import natural_key, of_one_shape
from viewer.dicom.outline import Outline, SeriesRead
from viewer.dicom.regular_files import (
    BELOW_A_FILE,
    is_archive,
    open_regular,
    system_error,
    version_of,
)
from viewer.dicom.source_files import SourceFile
from viewer.program import PORTABLE, VIEWER_FOLDER

_MANY_ENTRIES = 2_000
_FIRST_ENTRIES = 32
_MOST_DISCS = 16  # one within the other; the files of the next are found without its index
_PAGES = frozenset(("readme.txt", "index.htm", "index.html", "autorun.inf"))  # beside an index
_INDEX_IN_ARCHIVE = "The index of a disc; the files in the archive are looked at without it."
_LINK = "A link to a file that is looked at itself."
_VIEWER = "The viewer that came with a disc, left unopened; open its folder to look into it."
_name = attrgetter("name")


Found = SourceFile | Skipped | Notice | Outline | SeriesRead


@dataclass(slots=True)
class _Seen:
    """What has been given already, so that nothing comes twice and loops end."""

    limits: Limits
    paths: set[str] = field(default_factory=set)
    folders: set[tuple[int, int]] = field(default_factory=set)

    def first_time(self, path: str) -> bool:
        """Tell whether this path is new, and remember it."""
        if path in self.paths:
            return False
        self.paths.add(path)
        return True


def find_files(paths: Sequence[str], limits: Limits = DEFAULT_LIMITS) -> Iterator[Found]:
    """Find the files to look into, as a stream in a stable order.

    Parameters
    ----------
    paths : sequence of str
        Folders, DICOMDIR files, other files. A single file that is no
        DICOMDIR brings the files beside it along, as candidates for the rest
        of its series.

    Yields
    ------
    SourceFile, Skipped, Notice, Outline or SeriesRead
        Files in natural order of their names, files of a folder before its
        sub-folders; in a folder with a DICOMDIR, its outline comes first, then
        the files that it names, in its order, and a word at the end of each
        series.
    """
    seen = _Seen(limits)
    for given in paths:
        path = os.path.abspath(given)
        try:
            mode = os.stat(path).st_mode
        except BELOW_A_FILE as error:
            yield from _in_archive(path, error, seen)
        except OSError as error:
            yield _skipped_by_system(path, error)
        else:
            yield from _given(path, mode, seen, alone=len(paths) == 1)


def _given(path: str, mode: int, seen: _Seen, *, alone: bool) -> Iterator[Found]:
    """Give what a path holds that the user opened."""
    if stat.S_ISDIR(mode):
        yield from _folder(path, seen)
        return
    is_first = seen.first_time(path)
    if not stat.S_ISREG(mode):
        yield from [_not_a_file(path)] * is_first
        return
    start = _start(path)
    if _is_dicomdir(path, start):
        yield from _disc(os.path.dirname(path), path, seen) if is_first else ()
    elif is_archive(start):
        yield from _archive(path, seen) if is_first else ()
    else:
        yield from [SourceFile(path)] * is_first
        if alone:
            yield from _siblings(path, seen)


def _folder(root: str, seen: _Seen, discs: int = 0) -> Iterator[Found]:
    """Give the files of a folder and of those below it; no link leads out of it.

    ``discs`` is how many discs it lies in, one within the other.
    """
    pending, inside = [root], os.path.join(os.path.realpath(root), "")
    while pending:
        folder = pending.pop()
        try:
            status = os.stat(folder)
            if (status.st_dev, status.st_ino) in seen.folders:
                continue
            with os.scandir(folder) as listing:
                entries = list(listing)
        except OSError as error:
            yield _skipped_by_system(folder, error)
            continue
        index = next((entry.path for entry in entries if _is_index(entry)), "")
        if index and discs < _MOST_DISCS and seen.first_time(index):
            yield from _disc(folder, index, seen, discs + 1)
            continue
        seen.folders.add((status.st_dev, status.st_ino))
        below = []
        for entry in _in_order(entries):
            if entry.is_dir(follow_symlinks=False):
                if _is_viewer(entry):
                    yield Skipped(entry.path, "viewer", _VIEWER)
                else:
                    below.append(entry.path)
            elif seen.first_time(entry.path):
                found = _entry(entry, inside)
                if isinstance(found, SourceFile) and entry.is_symlink():
                    found = Skipped(entry.path, "not-a-file", _LINK)
                yield from _file_or_archive(found, seen)
        pending += reversed(list(dict.fromkeys(below)))


def _file_or_archive(found: SourceFile | Skipped, seen: _Seen) -> Iterator[Found]:
    """Give a file that is no archive, or what is in it; only names decide which are opened."""
    named = isinstance(found, SourceFile) and found.path.casefold().endswith(".zip")
    if named and is_archive(_start(found.path)):
        yield from _archive(found.path, seen)
    else:
        yield found


def _in_order(entries: list[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
    """Give the entries of a folder in natural order of their names.

    To sort very many takes long; those that come first by their characters
    then come first of all, and again in their place.
    """
    if len(entries) > _MANY_ENTRIES:
        yield from heapq.nsmallest(_FIRST_ENTRIES, entries, key=_name)
    if of_one_shape([entry.name for entry in entries]):
        yield from sorted(entries, key=_name)
    else:
        yield from sorted(entries, key=lambda entry: natural_key(entry.name))


def _is_index(entry: os.DirEntry[str]) -> bool:
    return entry.name.casefold() == "dicomdir" and entry.is_file(follow_symlinks=False)


def _is_viewer(entry: os.DirEntry[str]) -> bool:
    """Tell a viewer that was put on a disc: it may bring a sample along."""
    return entry.name == VIEWER_FOLDER and os.path.isfile(os.path.join(entry.path, PORTABLE))


def _entry(entry: os.DirEntry[str], inside: str) -> SourceFile | Skipped:
    """Judge a directory entry that is no folder, without opening it.

    ``inside`` is the true path of what was opened, with a separator at its end.
    """
    if entry.is_file(follow_symlinks=False):  # as the listing says; no need to ask again
        return SourceFile(entry.path)
    try:
        mode = entry.stat().st_mode
    except FileNotFoundError:
        reason = "A link to a file that is not there; copy that file too."
        return Skipped(entry.path, "missing", reason)
    except OSError as error:
        return _skipped_by_system(entry.path, error)
    if stat.S_ISREG(mode):
        if os.path.realpath(entry.path).startswith(inside):
            return SourceFile(entry.path)
        return Skipped(
            entry.path,
            "outside",
            "A link to a file elsewhere, not followed; open that file itself.",
        )
    if stat.S_ISDIR(mode):
        return Skipped(
            entry.path, "not-a-file", "A link to a folder, not followed; open that folder itself."
        )
    return _not_a_file(entry.path)


def _disc(root: str, index: str, seen: _Seen, discs: int = 1) -> Iterator[Found]:
    """Give the files that a DICOMDIR names, then all others below its folder."""
    yield Skipped(index, "index", "The index of the disc; it names files and holds no images.")
    try:
        dicomdir = read_dicomdir(index, seen.limits)
    except DicomdirError as error:
        yield Notice(f"{error.message} The whole folder was searched instead ({index}).")
        yield from _folder(root, seen, discs)
        return
    yield dicomdir.outline
    disc = DiscFolder(root)
    for file_id in dicomdir.file_ids:
        found = disc.find(file_id)
        path = found if isinstance(found, str) else os.path.join(root, *file_id)
        if seen.first_time(path):
            if isinstance(found, str):
                yield _named(found)
            elif isinstance(found, Outside):
                reason = f"Named by {index}, but not a place on that disc; left unopened."
                yield Skipped("\\".join(file_id), "outside", reason)
            else:
                reason = "Named by the DICOMDIR, but not on the disc; copy the disc again."
                yield Skipped(path, "missing", reason)
        if file_id in dicomdir.last_files:
            yield SeriesRead(dicomdir.last_files[file_id])
    unnamed = 0
    for item in _folder(root, seen, discs):
        unnamed += isinstance(item, SourceFile) and not _is_page(item.path, root)
        yield item
    if unnamed:
        files = "1 file is" if unnamed == 1 else f"{unnamed:,} files are"
        yield Notice(f"{files} not in the DICOMDIR; looked at all the same ({index}).")


def _is_page(path: str, root: str) -> bool:
    """Tell a page or a start file of the disc itself, which no index names."""
    folder, name = os.path.split(path)
    return folder == root and name.casefold() in _PAGES


def _named(path: str) -> SourceFile | Skipped:
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        return _skipped_by_system(path, error)
    return SourceFile(path) if stat.S_ISREG(mode) else _not_a_file(path)


def _archive(path: str, seen: _Seen, folder: str = "") -> Iterator[Found]:
    """Give the files in an archive; those in one of its folders alone, where that is named."""
    from viewer.dicom.archives import read_archive

    try:
        archive = read_archive(path, seen.limits)
    except HeaderError as error:
        yield Skipped(path, error.kind, error.message)
        return
    count = len(archive.members) + len(archive.skipped)
    if archive.damage:
        found = {0: "no file was found in it", 1: "1 file was found in it all the same"}
        told = found.get(count, f"{count:,} files were found in it all the same")
        reason = f"{archive.damage}; {told}. Copy the archive again."
        yield Skipped(path, "damaged", reason)
    else:
        yield Skipped(path, "archive", "An archive; its files are listed like those of a folder.")
    for member in archive.below(folder):
        if seen.first_time(member):
            index = os.path.basename(member).casefold() == "dicomdir"
            yield Skipped(member, "index", _INDEX_IN_ARCHIVE) if index else SourceFile(member)
    if not folder:
        yield from archive.skipped


def _in_archive(path: str, error: OSError, seen: _Seen) -> Iterator[Found]:
    """Give the file, or the files of the folder, that a path within an archive names."""
    from viewer.dicom.archives import split_path

    parts = split_path(path)
    if parts is None or not is_archive(_start(parts[0])):
        yield _skipped_by_system(path, error)
        return
    try:
        version_of(path, seen.limits)
    except HeaderError as told:
        inside = list(_archive(parts[0], seen, parts[1]))[1:]
        yield from inside or [Skipped(path, told.kind, told.message)]
    except OSError as gone:  # no archive, for all its first bytes, or none any more
        yield _skipped_by_system(path, gone)
    else:
        if seen.first_time(path):
            yield SourceFile(path)


def _siblings(path: str, seen: _Seen) -> Iterator[SourceFile]:
    """Give the regular files beside one that was opened; they were not asked for, so no reasons."""
    folder = os.path.dirname(path)
    try:
        with os.scandir(folder) as listing:
            entries = list(listing)
    except OSError:
        return  # a folder that may be entered but not listed: the one file is all there is
    inside = os.path.join(os.path.realpath(folder), "")
    for entry in _in_order(entries):
        if isinstance(_entry(entry, inside), SourceFile) and seen.first_time(entry.path):
            yield SourceFile(entry.path, sibling_of=path)


def _is_dicomdir(path: str, start: bytes) -> bool:
    """Tell a DICOMDIR by its name, or by its class where it has another one."""
    if os.path.basename(path).casefold() == "dicomdir":
        return True
    return start[128:132] == b"DICM" and DICOMDIR_SOP_CLASS.encode() in start


def _start(path: str) -> bytes:
    try:
        with open_regular(path) as stream:
            return stream.read(1024)
    except (OSError, HeaderError):
        return b""  # reading it as an image will say why


def _not_a_file(path: str) -> Skipped:
    return Skipped(path, "not-a-file", "A device, pipe or socket, not a file; left unopened.")


def _skipped_by_system(path: str, error: OSError) -> Skipped:
    told = system_error(path, error)
    return Skipped(path, told.kind, told.message)
