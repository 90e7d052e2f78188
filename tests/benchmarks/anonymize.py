"""1,000 files de-identified: found, cleaned, written, opened again and searched, with a DICOMDIR.

The peer is dicom-anonymizer, which reads each file with pydicom, changes its elements by the same
table and writes it: in one process, into one folder, and without looking at what it has written.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from dicomanonymizer.simpledicomanonymizer import anonymize_dicom_file

from tests.benchmarks.archive import archive
from tests.benchmarks.measuring import Goal, Result, StopWatch, compare, watched
from viewer.commands.anonymize_telling import Wanted
from viewer.commands.anonymize_writing import Anonymizer
from viewer.dicom.deidentification.keys import read_key
from viewer.dicom.deidentification.profile import Profile

_PEER = "dicom-anonymizer"
_GOALS = {_PEER: Goal(ratio=1.0)}


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """De-identify files that lie in folders."""
    series, images, rounds = (2, 2, 2) if tiny else (20, 50, 5)
    sources = archive(folder, series, images, nested=True)
    files = [path for path in sorted(sources.rglob("*")) if path.is_file()]
    out = folder / "without-identity"

    def ours() -> None:
        wanted = Wanted((str(sources),), str(out), Profile(), read_key(None, may_make=False))
        done = Anonymizer(wanted, lambda *_: None, lambda *_: None, lambda: False).run()
        if done.written != series * images:
            raise RuntimeError("files are missing")

    def peer() -> None:
        out.mkdir()
        for number, path in enumerate(files):
            anonymize_dicom_file(str(path), str(out / str(number)))
        os.sync()

    case = f"{series * images:,} files de-identified"
    results = compare(case, _anew(ours, out), {_PEER: _anew(peer, out)}, rounds, _GOALS)
    shutil.rmtree(out)
    return results


def _anew(write: Callable[[], None], out: Path) -> StopWatch:
    """Give a stop watch on the writing alone; what was written before is gone."""
    watch = watched(write)

    def seconds() -> float:
        shutil.rmtree(out, ignore_errors=True)
        return watch()

    return seconds
