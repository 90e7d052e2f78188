"""A scan: what the user opens, file by file, as headers or as reasons why not.

Joins `sources` and `reading`; the catalogue is built by whoever listens. The
values can cross processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from viewer.dicom.elements import DICOMDIR_SOP_CLASS
from viewer.dicom.errors import MORE_MEMORY, HeaderError, told_of_defect
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.ledger import Notice, Skipped
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.outline import Outline, SeriesRead
from viewer.dicom.reading import HeaderReader
from viewer.dicom.slow_media import Medium
from viewer.dicom.source_files import SourceFile
from viewer.dicom.sources import Found, find_files

_Read = TypeVar("_Read")


def scan(
    paths: Sequence[str],
    limits: Limits = DEFAULT_LIMITS,
    skip_paths: frozenset[str] = frozenset(),
    on_slow: Callable[[str], None] | None = None,
) -> Iterator[InstanceHeader | Skipped | Notice | Outline | SeriesRead]:
    """Read the header of every file below what the user opens.

    Parameters
    ----------
    paths : sequence of str
        As for `find_files`.
    skip_paths : frozenset of str
        Absolute paths that were given up on before; the caller has said so,
        nothing is said of them here.
    on_slow : callable, optional
        Called with the path of a file before pydicom is let loose on it.

    Yields
    ------
    InstanceHeader, Skipped, Notice, Outline or SeriesRead
        One of the first two for each file; nothing for an empty folder; the
        outline of a disc before its files, a word after each of its series. Of
        the files beside a single opened one, those of its series alone, with
        the presentation states for it; of those beside a state, its images.
    """
    opened_series: frozenset[str] = frozenset()
    read, medium = partial(_read, HeaderReader(limits, on_slow), limits), Medium()
    for item in find_files(paths, limits):
        if not isinstance(item, SourceFile):
            yield item
            continue
        if item.path in skip_paths:
            continue
        if item.sibling_of and not opened_series:
            return  # the opened file belongs to no series, so nothing belongs to it
        result = medium.timed(read, item.path)
        if not item.sibling_of:
            if isinstance(result, InstanceHeader):
                opened_series = _series_of(result)
        elif not isinstance(result, InstanceHeader) or not opened_series & _series_of(result):
            continue
        yield result
        if isinstance(result, InstanceHeader):
            medium.read_on(item.path)


def found_files(
    paths: Sequence[str],
    limits: Limits = DEFAULT_LIMITS,
    _skip_paths: frozenset[str] = frozenset(),
    _on_slow: Callable[[str], None] | None = None,
) -> Iterator[Found]:
    """Find the files that the user opens, and read none of them: as `scan`, for who reads them."""
    for item in find_files(paths, limits):
        if isinstance(item, SourceFile) and item.sibling_of:
            return  # the others beside a single file were not asked for
        yield item


def _series_of(header: InstanceHeader) -> frozenset[str]:
    """Give the series that a file belongs to, and those that it speaks of."""
    spoken_of = (reference.series_instance_uid for reference in header.references)
    return frozenset(uid for uid in (header.series_instance_uid, *spoken_of) if uid)


def _read(reader: HeaderReader, limits: Limits, path: str) -> InstanceHeader | Skipped:
    header = read_or_skip(reader.read, path, limits)
    if isinstance(header, InstanceHeader) and header.sop_class_uid == DICOMDIR_SOP_CLASS:
        return Skipped(
            path, "index", "The index of a disc; open it itself to see the files that it names."
        )
    return header


def read_or_skip(read: Callable[[str], _Read], path: str, limits: Limits) -> _Read | Skipped:
    """Give what ``read`` makes of a file, or why it makes nothing of it."""
    try:
        return read(path)
    except HeaderError as error:
        return Skipped(path, error.kind, error.message)
    except MemoryError:
        return Skipped(path, "limit", limits.refusal("child_memory_bytes", MORE_MEMORY))
    except Exception as error:  # a defect of ours on one file must not end the scan of a disc
        return Skipped(path, "damaged", told_of_defect(error))
