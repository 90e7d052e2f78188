"""ZIP archives opened like folders: which files they hold, and one of them as a stream.

A file in an archive has a path below the archive's: ``/data/study.zip/DICOM/IM1``. No such path
can be one of the file system, where nothing lies below a file. Nothing is ever unpacked to disk, so
a name that leads elsewhere leads nowhere; such files are left unopened all the same. The archive's
directory is `zip_directory`'s matter, unpacking `member_streams`'.
"""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, cast

from viewer.dicom.disc_paths import is_name
from viewer.dicom.errors import HeaderError, SkipKind
from viewer.dicom.ledger import Skipped
from viewer.dicom.limits import Limits
from viewer.dicom.member_streams import DEFLATED, STORED, MemberStream, Unpacked
from viewer.dicom.natural_order import NaturalKey, natural_key
from viewer.dicom.regular_files import FileVersion, open_regular, system_error
from viewer.dicom.zip_directory import (
    CUT,
    Directory,
    Entry,
    least_end,
    read_directory,
)

_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
_LONGEST_NAME = 1024  # bytes; a path of more than some 4,000 cannot be asked for
_KEPT_MEMBERS = 4
_KEPT_BYTES = 256 << 20  # of them together, where they are several
_PACKED_BY = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ"}
_UNPACK = "unpack the archive with another program and open the folder."
_NO_MEMBER = "There is no such file in the archive; open the archive to see what it holds."


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive holds: files by their names, and what is not opened, with its reason."""

    path: str
    version: FileVersion
    members: dict[str, Entry]  # in natural order
    skipped: tuple[Skipped, ...]
    damage: str  # why the files were found without the directory; "" mostly

    def path_of(self, name: str) -> str:
        """Give the path of a member."""
        return os.path.join(self.path, *name.split("/"))

    def below(self, folder: str) -> Iterator[str]:
        """Give the paths of the members in a folder; "" for the whole archive."""
        prefix = f"{folder}/" if folder else ""
        return (self.path_of(name) for name in self.members if name.startswith(prefix))


def read_archive(path: str, limits: Limits) -> Archive:
    """Read what an archive holds; the last ones are kept while they are unchanged.

    Raises
    ------
    HeaderError
        It cannot be read, is over a limit, or is made to do harm.
    """
    try:
        status = os.stat(path)
        return _read(path, FileVersion(status.st_size, status.st_mtime_ns), limits)
    except OSError as error:
        raise system_error(path, error) from error


def split_path(path: str) -> tuple[str, str] | None:
    """Part a path that goes on below a regular file into that and the rest; None for others."""
    above = os.path.dirname(path)
    while above != os.path.dirname(above):
        try:
            mode = os.stat(above).st_mode
        except OSError:
            above = os.path.dirname(above)
            continue
        if not stat.S_ISREG(mode):
            return None
        return above, path[len(above) + 1 :].replace(os.sep, "/")
    return None


def open_member(path: str, limits: Limits) -> tuple[BinaryIO, FileVersion] | None:
    """Open a file in an archive; None where the path is none of one.

    Raises
    ------
    HeaderError
        As `read_archive`; 'missing' where the archive holds no such file.
    """
    found = _find(path, limits)
    if found is None:
        return None
    archive, entry = found
    stream = MemberStream(_unpacked(archive, entry, path))
    return cast(BinaryIO, stream), _version(archive, entry)


def member_version(path: str, limits: Limits) -> FileVersion | None:
    """Tell size and version of a file in an archive, as `open_member` does."""
    found = _find(path, limits)
    return None if found is None else _version(*found)


def _find(path: str, limits: Limits) -> tuple[Archive, Entry] | None:
    parts = split_path(path)
    if parts is None:
        return None
    archive = read_archive(parts[0], limits)
    if archive.damage and not archive.members and not archive.skipped:
        return None  # another kind of file altogether
    entry = archive.members.get(parts[1])
    if entry is None:
        reasons = (one.reason for one in archive.skipped if one.path == path)
        raise HeaderError(next(reasons, _NO_MEMBER), path, "missing")
    return archive, entry


def _version(archive: Archive, entry: Entry) -> FileVersion:
    """Tell a member from the same one of another archive that took the place of this."""
    return FileVersion(entry.size, archive.version.mtime_ns + archive.version.size)


_kept: OrderedDict[tuple[str, FileVersion], Unpacked] = OrderedDict()


def _unpacked(archive: Archive, entry: Entry, path: str) -> Unpacked:
    """Give what is unpacked of a member already: its frames are read one by one."""
    key = path, archive.version
    unpacked = _kept.pop(key, None)
    if unpacked is None or unpacked.failed:
        unpacked = Unpacked(path, archive.path, archive.version, entry)
    _kept[key] = unpacked
    while len(_kept) > 1 and (
        len(_kept) > _KEPT_MEMBERS or sum(len(one.data) for one in _kept.values()) > _KEPT_BYTES
    ):
        _kept.popitem(last=False)
    return unpacked


@lru_cache(maxsize=2)
def _read(path: str, version: FileVersion, limits: Limits) -> Archive:
    with open_regular(path) as stream:
        directory = read_directory(stream, path, version.size, limits)
    return _judged(path, version, directory, limits)


def _judged(path: str, version: FileVersion, directory: Directory, limits: Limits) -> Archive:
    """Part the files that are to be opened from those that are not."""
    members: dict[str, Entry] = {}
    skipped = []
    for number, entry in enumerate(directory.entries, 1):
        if entry.name.endswith((b"/", b"\\")) and not entry.size:
            continue  # a folder
        text = _text(entry.name)
        parts = _parts(text)
        name = "/".join(parts)
        refusal = _refusal(entry, parts, directory.files_end, limits)
        if refusal is None and name not in members:
            members[name] = entry
        elif refusal is None or refusal[0] == "outside":
            # no path, as it would be that of another file
            where = f"{path}, file {number:,}: {text}"
            skipped.append(Skipped(where, *(refusal or _TWICE)))
        else:
            skipped.append(Skipped(os.path.join(path, *parts), *refusal))
    in_order = dict(sorted(members.items(), key=_reading_order))
    return Archive(path, version, in_order, tuple(skipped), directory.damage)


_TWICE: tuple[SkipKind, str] = (
    "duplicate",
    "The archive holds an earlier file of the same name, which is read in its place.",
)


def _text(name: bytes) -> str:
    """Decode a name: many writers use UTF-8 without saying so; all else is as APPNOTE D says."""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("cp437")


def _parts(name: str) -> list[str]:
    """Give the components of a name; some writers part them by backslashes."""
    return [part for part in name.replace("\\", "/").split("/") if part != "."]


def _refusal(
    entry: Entry, parts: list[str], files_end: int, limits: Limits
) -> tuple[SkipKind, str] | None:
    """Say why a file is not opened; None for one that is."""
    fault = _fault_of_name(entry, parts)
    if fault:
        return "outside", f"{fault}; left unopened."
    if stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG):
        return "not-a-file", "A link or a device in an archive, not followed; left unopened."
    if entry.size == CUT:
        return "damaged", "The archive ends within it; copy the archive again."
    if least_end(entry) > files_end:
        return "damaged", "The archive's directory places it outside; copy the archive again."
    if entry.flags & _ENCRYPTED:
        return "unreadable", f"It is encrypted; {_UNPACK}"
    if entry.method not in (STORED, DEFLATED):
        how = _PACKED_BY.get(entry.method, f"method {entry.method}")
        return "unreadable", f"It is packed by {how}, which is not supported; {_UNPACK}"
    if entry.size > limits.inflate_bytes:
        found = f"Unpacked it has {entry.size:,} bytes"
        return "limit", limits.refusal("inflate_bytes", found)
    if parts[-1].casefold().endswith(".zip"):
        return "unreadable", f"An archive in an archive, left unopened; {_UNPACK}"
    return None


def _fault_of_name(entry: Entry, parts: list[str]) -> str:
    if not any(parts):
        return "It has no name"
    if len(entry.name) > _LONGEST_NAME:
        return f"Its name is longer than {_LONGEST_NAME:,} bytes"
    return "" if all(map(is_name, parts)) else "Its name leads to no place in the archive"


def _reading_order(member: tuple[str, Entry]) -> tuple[list[NaturalKey], NaturalKey]:
    """Order files as in folders: those of a folder come before those of its sub-folders."""
    *folders, name = member[0].split("/")
    return [natural_key(folder) for folder in folders], natural_key(name)
