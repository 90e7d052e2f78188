"""Files copied to a disc byte for byte, hashed on the way, and hashed again where they lie.

A data set without the beginning of a Part 10 file gets that before its bytes; nothing is ever
decoded, changed or staged elsewhere. All that was made can be taken away again. Which files, and
where to, is the matter of `file_set_tree`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from typing import BinaryIO

from viewer.dicom.errors import HeaderError, NegatoError
from viewer.dicom.file_set_index import file_meta
from viewer.dicom.file_set_instances import Instance
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import (
    FileVersion,
    open_descriptor,
    open_version,
    system_error,
    version_of,
)

_PIECE = 1 << 20
_CHANGED = "It changed while it was copied; write the disc again once it is complete."
_NO_ROOM = frozenset((errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)))

Pause = Callable[[], None]  # called often; raises where the work is to end


class DiscError(NegatoError):
    """A disc that cannot be written at all."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A file on the disc: the hash of its bytes from ``start`` on, which are those of the source.

    ``start`` is not 0 where the beginning of a Part 10 file was put before them.
    """

    path: str
    start: int
    size: int
    digest: bytes


def refuse_place(out: str, paths: Sequence[str] = ()) -> None:
    """Say why a disc of ``paths`` cannot be written to a folder.

    Raises
    ------
    DiscError
        It is not empty, is no folder, or lies in what is to be written.
    """
    try:
        with os.scandir(out) as entries:
            if next(entries, None) is not None:
                raise DiscError("The folder is not empty; name a new one for the disc.", out)
    except FileNotFoundError:
        if os.path.islink(out):
            raise DiscError("There is a link to nothing; name a new folder.", out) from None
    except NotADirectoryError:
        raise DiscError("This is a file; name a new folder for the disc.", out) from None
    except OSError as error:
        raise told_of_writing(error) from error
    for path in paths:
        if _as_folder(out).startswith(_as_folder(path)):
            told = "It lies in a folder that is to be written; name one elsewhere for the disc."
            raise DiscError(told, out)


def _as_folder(path: str) -> str:
    return os.path.join(os.path.normcase(os.path.realpath(path)), "")


class NewFolder:
    """The folder of a disc while it is written.

    Parameters
    ----------
    path : str
        Absolute; of an empty folder, or of one that there is not.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._made: dict[str, None] = {}  # in order, so that the last is taken away first
        self._folders: set[str] = set()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is there that was made."""
        return not self._made

    def folder(self, *parts: str) -> str:
        """Make a folder, and those that it lies in."""
        path = os.path.join(self.path, *parts)
        missing = []
        above = path
        while above not in self._folders and not os.path.isdir(above):
            missing.append(above)
            above = os.path.dirname(above)
        for one in reversed(missing):
            os.mkdir(one)
            self._made[one] = None
        self._folders.add(path)
        return path

    def open(self, *parts: str) -> BinaryIO:
        """Open a new file for writing."""
        path = os.path.join(self.folder(*parts[:-1]), parts[-1])
        target = open(path, "xb")
        self._made[path] = None
        return target

    def write(self, parts: Sequence[str], content: bytes) -> Copied:
        """Write a whole file."""
        with self.open(*parts) as target:
            target.write(content)
            flush(target)
        return Copied(target.name, 0, len(content), hashlib.sha256(content).digest())

    def remove(self, path: str) -> None:
        """Take one file away that was made."""
        os.remove(path)
        del self._made[path]

    def take_away(self) -> None:
        """Take away all that was made, and nothing else."""
        for path in list(reversed(self._made)):
            try:
                os.rmdir(path) if stat.S_ISDIR(os.lstat(path).st_mode) else os.remove(path)
            except FileNotFoundError:
                pass
            except OSError:  # the medium is gone, or somebody put a file of theirs into it
                continue
            del self._made[path]


def copy_instance(
    disc: NewFolder, instance: Instance, file_id: Sequence[str], limits: Limits, pause: Pause
) -> Copied:
    """Copy an instance to its place.

    Raises
    ------
    HeaderError
        The source cannot be read, or is another by now; nothing is left of the copy.
    OSError
        The disc cannot be written.
    """
    head = b""
    if instance.bare_from is not None:
        uids = instance.sop_class_uid, instance.sop_instance_uid, instance.transfer_syntax_uid
        head = file_meta(*uids)
    with disc.open(*file_id) as target:
        try:
            target.write(head)
            size, digest = _hashed(_source(instance, limits), pause, target)
            flush(target)
        except HeaderError:
            target.close()
            disc.remove(target.name)
            raise
    return Copied(target.name, len(head), len(head) + size, digest)


def digest_of(instance: Instance, limits: Limits, pause: Pause) -> bytes:
    """Hash what `copy_instance` would copy. Raises HeaderError as that does."""
    return _hashed(_source(instance, limits), pause)[1]


def copy_file(disc: NewFolder, source: str, parts: Sequence[str], pause: Pause) -> Copied:
    """Copy a file of the program with its right to be run. Raises as `copy_instance` does."""
    try:
        descriptor, _ = open_descriptor(source)
    except OSError as error:
        raise system_error(source, error) from error
    with open(descriptor, "rb") as stream, disc.open(*parts) as target:
        size, digest = _hashed(_pieces(stream), pause, target)
        flush(target)
        if os.fstat(stream.fileno()).st_mode & stat.S_IXUSR:
            mode = os.fstat(target.fileno()).st_mode
            os.chmod(target.name, mode | (mode & 0o444) >> 2)  # for those who may read it
    return Copied(target.name, 0, size, digest)


def is_same(copied: Copied, pause: Pause) -> bool:
    """Tell whether a file on the disc holds what was copied, from the medium where that can be."""
    if not stat.S_ISREG(os.lstat(copied.path).st_mode):  # a device has no end
        return False
    with open(copied.path, "rb", buffering=0) as stream:
        if sys.platform == "linux":  # or what is read is memory, and not the disc
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        stream.seek(copied.start)
        size, digest = _hashed(_pieces(stream), pause)
    return copied.start + size == copied.size and digest == copied.digest


def flush(target: BinaryIO) -> None:
    """See that a file reaches the medium, where `settle` does not do so for all at once."""
    if not hasattr(os, "sync"):
        target.flush()
        os.fsync(target.fileno())


def settle() -> None:
    """Wait until all that was written has reached the medium."""
    if hasattr(os, "sync"):
        os.sync()


def told_of_writing(error: OSError) -> DiscError:
    """Say why a disc cannot be written."""
    if error.errno in _NO_ROOM:
        return DiscError("There is no room left on the disc; choose a place with more of it.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return DiscError("You may not write there; choose another folder.")
    why = error.strerror or "write error"
    return DiscError(f"The disc cannot be written ({why}); choose another folder.")


def _hashed(
    pieces: Iterable[bytes], pause: Pause, target: BinaryIO | None = None
) -> tuple[int, bytes]:
    """Give the size and the hash of what comes, and write it where there is a ``target``."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        pause()
        digest.update(piece)
        if target is not None:
            target.write(piece)
        size += len(piece)
    return size, digest.digest()


def _pieces(stream: BinaryIO | FileIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _source(instance: Instance, limits: Limits) -> Iterator[bytes]:
    """Give the bytes of the source, as long as it is the one that was found."""
    path, version = instance.path, FileVersion(instance.size, instance.mtime_ns)
    left = instance.size - (instance.bare_from or 0)
    try:
        stream, opened = open_version(path, limits)
        with stream:
            if opened != version:
                raise HeaderError(_CHANGED, path, "unreadable")
            stream.seek(instance.bare_from or 0)
            for piece in _pieces(stream):
                left -= len(piece)
                yield piece
        if left or version_of(path, limits) != version:
            raise HeaderError(_CHANGED, path, "unreadable")
    except OSError as error:
        raise system_error(path, error) from error
