"""Validation in a child process: each file that the user opens, with what was found in it.

Joins the checks of one file. Several files are compared by whoever listens, with `series` and
`disc`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import BinaryIO, cast

from viewer.dicom.elements import (
    DEFLATED,
    DICOMDIR_SOP_CLASS,
    EXPLICIT_BIG,
    IMPLICIT_LITTLE,
    LONG_VRS,
    SHORT_VRS,
)
from viewer.dicom.errors import HeaderError
from viewer.dicom.inflating import InflateLimitError, InflatingStream
from viewer.dicom.ledger import Notice, Skipped
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.outline import Outline, SeriesRead
from viewer.dicom.reading import check_plausible
from viewer.dicom.regular_files import open_version, system_error
from viewer.dicom.scanning import found_files, read_or_skip
from viewer.dicom.source_files import SourceFile
from viewer.dicom.validation.directory import check_index
from viewer.dicom.validation.elements import DataSet
from viewer.dicom.validation.enumerated import check_enumerated
from viewer.dicom.validation.file_meta import (
    check_agreement,
    check_meta,
    check_start,
    check_transfer_syntax,
)
from viewer.dicom.validation.findings import Checked, Collector
from viewer.dicom.validation.identity import check_directions, check_uids, identity_of
from viewer.dicom.validation.parsing import Parser
from viewer.dicom.validation.pixels import check_pixels
from viewer.dicom.validation.required import check_required
from viewer.dicom.validation.streams import check_streams
from viewer.dicom.validation.values import check_values

_START = 16 << 10
_KNOWN_VRS = SHORT_VRS | LONG_VRS


def scan(
    paths: Sequence[str],
    limits: Limits = DEFAULT_LIMITS,
    skip_paths: frozenset[str] = frozenset(),
    on_slow: Callable[[str], None] | None = None,
) -> Iterator[Checked | Skipped | Notice | Outline | SeriesRead]:
    """Find files as `scanning.found_files` does, and give what was found in each.

    Parameters
    ----------
    skip_paths : frozenset of str
        Files that were given up on before; nothing is said of them here.
    on_slow : callable, optional
        Called with the path before a file is read.
    """
    for item in found_files(paths, limits):
        is_index = isinstance(item, Skipped) and item.kind == "index"
        if not isinstance(item, SourceFile) and not is_index:
            yield item
            continue
        path = cast("SourceFile | Skipped", item).path
        if path in skip_paths:
            continue
        if on_slow is not None:
            on_slow(path)
        yield read_or_skip(partial(check_file, limits=limits), path, limits)


def check_file(path: str, limits: Limits = DEFAULT_LIMITS) -> Checked:
    """Check one file.

    Raises
    ------
    HeaderError
        It is no DICOM, over a limit, or cannot be opened.
    """
    try:
        stream, version = open_version(path, limits)
        with stream:
            return _check(stream, version.size, path, limits)
    except OSError as error:
        raise system_error(path, error) from error


def _check(stream: BinaryIO, size: int, path: str, limits: Limits) -> Checked:
    first = stream.read(_START)
    is_file = first[128:132] == b"DICM"
    if not is_file:
        check_plausible(first, size, path)
    collector = Collector(path)
    check_start(first, collector)
    parser = Parser(stream, size, collector, limits)
    parser.position = 132 if is_file else 0
    meta = parser.meta()
    if is_file or meta.elements:
        check_meta(meta, parser.position, collector)
        check_values(meta, collector)
    syntax = meta.text("TransferSyntaxUID")
    root = _data_set(parser, stream, syntax, collector, limits)
    check_agreement(meta, root, collector)
    check_values(root, collector)
    check_required(root, meta.text("MediaStorageSOPClassUID"), collector)
    check_enumerated(root, collector)
    check_pixels(root, syntax, collector)
    if syntax not in DEFLATED:
        check_streams(stream, root, syntax, collector)
    is_index = meta.text("MediaStorageSOPClassUID") == DICOMDIR_SOP_CLASS
    if not is_index:
        check_uids(root, collector)
    check_directions(root, collector)
    records = check_index(path, root, collector) if is_index else ()
    return Checked(path, collector.all(), identity_of(root, syntax), records)


def _data_set(
    parser: Parser, stream: BinaryIO, syntax: str, collector: Collector, limits: Limits
) -> DataSet:
    """Parse the data set as it is written, and check that this is as its meta information says."""
    if syntax in DEFLATED:
        stream.seek(parser.position)
        inflating = cast("BinaryIO", InflatingStream(stream, limits.inflate_bytes))
        try:
            return Parser(inflating, None, collector, limits).data_set(explicit=True, order="<")
        except InflateLimitError as error:
            found = "Its deflated data set inflates to more than is read"
            message = limits.refusal("inflate_bytes", found)
            raise HeaderError(message, collector.path, "limit") from error
        except zlib.error:
            collector.add("structure-damaged", "The deflated data set is damaged.")
            return DataSet()
    head = parser.peek(6)
    explicit = head[4:6] in _KNOWN_VRS if len(head) == 6 else None
    order = ">" if syntax == EXPLICIT_BIG or (not syntax and head[:1] == b"\0") else "<"
    root = parser.data_set(
        explicit=syntax != IMPLICIT_LITTLE if explicit is None else explicit, order=order
    )
    check_transfer_syntax(syntax, root, explicit, collector)
    return root
