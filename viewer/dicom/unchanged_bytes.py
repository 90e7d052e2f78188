"""The bytes of a file as long as it is the one whose header was read."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import FileVersion, open_version, system_error, version_of

_PIECE = 1 << 20
_CHANGED = "It changed while it was copied; copy it again once it is complete."


def unchanged_bytes(path: str, size: int, mtime_ns: int, limits: Limits) -> Iterator[bytes]:
    """Give the bytes of a file, or of one in an archive, in pieces.

    Raises
    ------
    HeaderError
        It cannot be read, or is another by now: what came before is nothing to keep.
    """
    version = FileVersion(size, mtime_ns)
    left = size
    try:
        stream, opened = open_version(path, limits)
        with stream:
            if opened != version:
                raise HeaderError(_CHANGED, path, "unreadable")
            while piece := stream.read(_PIECE):
                left -= len(piece)
                yield piece
        if left or version_of(path, limits) != version:
            raise HeaderError(_CHANGED, path, "unreadable")
    except OSError as error:
        raise system_error(path, error) from error
