"""The bytes of a new file, from what a child made and the file that it was made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from viewer.dicom.deidentification.results import Cleaned, Job
from viewer.dicom.errors import HeaderError
from viewer.dicom.limits import Limits
from viewer.dicom.regular_files import FileVersion, open_version, system_error, version_of

_PIECE = 1 << 20
_CHANGED = "It changed meanwhile; try again."


def contents(job: Job, result: Cleaned, limits: Limits) -> Iterator[bytes]:
    """Give the bytes of a new file, from the source as long as it is the one that was read."""
    if all(isinstance(piece, bytes) for piece in result.pieces):
        yield from cast(tuple[bytes, ...], result.pieces)
        return
    try:
        stream, version = open_version(job.path, limits)
        with stream:
            if version != FileVersion(job.size, job.mtime_ns):
                raise HeaderError(_CHANGED, job.path, "unreadable")
            for piece in result.pieces:
                if isinstance(piece, bytes):
                    yield piece
                    continue
                offset, left = piece
                stream.seek(offset)
                while left:
                    data = stream.read(min(left, _PIECE))
                    if not data:
                        raise HeaderError(_CHANGED, job.path, "unreadable")
                    yield data
                    left -= len(data)
        if version_of(job.path, limits) != version:  # what was copied may be of another file
            raise HeaderError(_CHANGED, job.path, "unreadable")
    except OSError as error:
        raise system_error(job.path, error) from error
