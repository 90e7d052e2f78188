"""Reading a disc's index: `read_dicomdir` against pydicom's `FileSet`.

Both give the tree of records with the files it names. `FileSet` is the peer
because it is pydicom's own reader for it, and does what a program that
browses a disc would have to do with a data set of its records.
"""

from __future__ import annotations

from pathlib import Path

from pydicom.fileset import FileSet

from tests.benchmarks.data import disc
from tests.benchmarks.measuring import Result, compare, watched
from viewer.dicom.dicomdir import read_dicomdir


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Read the DICOMDIR of 500 images."""
    count, rounds = (4, 2) if tiny else (500, 7)
    path = disc(folder, count)
    found = len(read_dicomdir(str(path)).file_ids), len(FileSet(path))
    if found != (count, count):
        raise RuntimeError(f"of {count} files, ours and pydicom found {found}")
    return compare(
        f"DICOMDIR of {count:,} images",
        watched(lambda: read_dicomdir(str(path))),
        {"pydicom FileSet": watched(lambda: FileSet(path))},
        rounds,
    )
