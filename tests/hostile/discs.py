"""Discs and folders made for tests: a DICOMDIR with any offsets and paths, and what lies beside it.

Owns how they are laid out and read; what must become of them is said by the tests.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from tests.hostile.building import EXPLICIT, element, image, item, uid_of
from viewer.dicom.catalogue import Catalogue, CatalogueBuilder
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.workers.scan import scan_in_child

_DIRECTORY = "1.2.840.10008.1.3.10"
NONE = -1  # no record


class Record(NamedTuple):
    """A directory record; ``next`` and ``lower`` are places in the list of all, or `NONE`."""

    kind: str
    file_id: str = ""  # with backslashes, as in the file
    next: int = NONE
    lower: int = NONE


def image_file(path: Path, name: str = "", **changed: object) -> Path:
    """Write a small image, in the series of all others unless told otherwise."""
    changed.setdefault("SeriesInstanceUID", uid_of("series"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(image(name or path.name, **changed))
    return path


def named_files(*file_ids: str) -> list[Record]:
    """Give records of a patient, a study, a series and its images, one after the other."""
    count = len(file_ids)
    images = [
        Record("IMAGE", file_id, next=4 + at if at + 1 < count else NONE)
        for at, file_id in enumerate(file_ids)
    ]
    return [
        Record("PATIENT", lower=1),
        Record("STUDY", lower=2),
        Record("SERIES", lower=3),
        *images,
    ]


def write_index(folder: Path, records: Sequence[Record]) -> Path:
    """Write a DICOMDIR of these records, the first of which is the root."""
    folder.mkdir(parents=True, exist_ok=True)
    head = bytes(128) + b"DICM" + element(0x00020002, "UI", _DIRECTORY)
    head += element(0x00020010, "UI", EXPLICIT.uid)
    # the same lengths whatever the offsets: written once to learn them, once with them
    offsets = [0] * len(records)
    for _ in range(2):
        items = [_item(record, offsets) for record in records]
        ends = accumulate(map(len, items), initial=len(head) + len(_before(0)) + 12)
        offsets = list(ends)[:-1]
    body = b"".join(items)
    sequence = struct.pack("<HH2sHL", 0x0004, 0x1220, b"SQ", 0, len(body))
    path = folder / "DICOMDIR"
    path.write_bytes(head + _before(offsets[0] if offsets else 0) + sequence + body)
    return path


def scanned(*paths: str | Path, limits: Limits = DEFAULT_LIMITS) -> Catalogue:
    """Give what a scan in a child makes of paths, as the window and the commands get it."""
    builder = CatalogueBuilder(limits)
    for batch in scan_in_child([os.fspath(path) for path in paths], limits):
        for found in batch:
            builder.add(found)
    return builder.snapshot()


def shown(catalogue: Catalogue) -> list[InstanceHeader]:
    """Give the headers of all stacks."""
    return [
        header
        for patient in catalogue.patients
        for study in patient.studies
        for series in study.series
        for stack in series.stacks
        for header in stack.headers
    ]


def shown_names(catalogue: Catalogue) -> list[str]:
    """Give the names of the files shown, sorted."""
    return sorted(os.path.basename(header.path) for header in shown(catalogue))


def skips(catalogue: Catalogue) -> dict[str, str]:
    """Give the kind of each file that is listed and not shown, by its last name."""
    return {os.path.basename(one.path): one.kind for one in catalogue.ledger.skipped}


@contextmanager
def deep_folder(root: Path, depth: int) -> Iterator[Callable[[str, bytes], None]]:
    """Make folders in one another, beyond the longest path; give what writes into the last."""
    below = os.open(root, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=below)
        inner = os.open("d", os.O_RDONLY, dir_fd=below)
        os.close(below)
        below = inner

    def write(name: str, data: bytes) -> None:
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=below)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)

    try:
        yield write
    finally:  # no other tool takes away what is so deep
        for _ in range(depth):
            for name in os.listdir(below):
                (os.rmdir if name == "d" else os.unlink)(name, dir_fd=below)
            above = os.open("..", os.O_RDONLY, dir_fd=below)
            os.close(below)
            below = above
        os.rmdir("d", dir_fd=below)
        os.close(below)


def _before(first: int) -> bytes:
    return (
        element(0x00041130, "CS", "MADE")
        + element(0x00041200, "UL", first)
        + element(0x00041202, "UL", first)
        + element(0x00041212, "US", 0)
    )


def _item(record: Record, offsets: Sequence[int]) -> bytes:
    def offset(place: int) -> int:
        return 0 if place == NONE else offsets[place]

    content = (
        element(0x00041400, "UL", offset(record.next))
        + element(0x00041410, "US", 0xFFFF)
        + element(0x00041420, "UL", offset(record.lower))
        + element(0x00041430, "CS", record.kind)
    )
    if record.file_id:
        content += element(0x00041500, "CS", record.file_id.encode("latin-1"))
    return item(content)
