"""A disc of 1,000 files: found, copied, hashed, indexed, brought to the medium, hashed again.

The peer is pydicom's `FileSet`, to which each file is added and which is then
written: it keeps a copy of each file in a temporary folder, and checks nothing
of what it has written. The limit is the bare copy of the same files, brought to
the medium, which finds no instance and makes no index.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from pydicom.fileset import FileSet

from tests.benchmarks.archive import archive
from tests.benchmarks.measuring import Goal, Result, StopWatch, compare, watched
from viewer.commands.disc_writing import DiscWriter
from viewer.dicom.limits import DEFAULT_LIMITS

_FILE_SET = "pydicom FileSet, add and write"
_COPY = "copy of the files"
_GOALS = {_FILE_SET: Goal(ratio=3.0)}


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Write a disc of files that lie in folders."""
    series, images, rounds = (2, 2, 2) if tiny else (20, 50, 5)
    sources = archive(folder, series, images, nested=True)
    files = [path for path in sorted(sources.rglob("*")) if path.is_file()]
    out = folder / "written-disc"

    def ours() -> None:
        writer = DiscWriter(
            [str(sources)], str(out), None, DEFAULT_LIMITS, lambda *_: None, lambda: False
        )
        if writer.write().written != series * images:
            raise RuntimeError("the disc lacks files")

    def file_set() -> None:
        made = FileSet()
        for path in files:
            made.add(path)
        made.write(out)
        os.sync()

    def copy() -> None:
        shutil.copytree(sources, out)
        os.sync()

    peers = {_FILE_SET: _anew(file_set, out), _COPY: _anew(copy, out)}
    case = f"disc of {series * images:,} files"
    results = compare(case, _anew(ours, out), peers, rounds, _GOALS)
    shutil.rmtree(out)
    return results


def _anew(write: Callable[[], None], out: Path) -> StopWatch:
    """Give a stop watch on the writing alone; what was written before is gone."""
    watch = watched(write)

    def seconds() -> float:
        shutil.rmtree(out, ignore_errors=True)
        return watch()

    return seconds
