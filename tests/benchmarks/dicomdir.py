"""A disc with its index: to the records, and to the rows of the browser.

The peer is pydicom's `FileSet`, which reads the index into a tree of records
with the files that they name: what a program that browses a disc with pydicom
would start from. `read_dicomdir` does the same. The whole is the way of the
window: the index is read, each file that it names is found on the disc and its
header read, for the records alone do not say what can be shown; the catalogue
of all that is shown as rows. The scanning child waits for it.
"""

from __future__ import annotations

import time
from pathlib import Path

from pydicom.fileset import FileSet
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication, QTreeView

from tests.benchmarks.catalogue import ready_children, scanned
from tests.benchmarks.data import disc
from tests.benchmarks.measuring import Goal, Result, StopWatch, compare, watched
from viewer.dicom.dicomdir import read_dicomdir
from viewer.ui.browser.panel import SeriesBrowser
from viewer.workers.scan_children import ScanChildren

_FILE_SET = "pydicom FileSet"
_GOAL = Goal(ratio=40.0)


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Read a disc of 5,000 images."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    count, rounds = (4, 2) if tiny else (5_000, 5)
    path = disc(folder, count)
    found = len(read_dicomdir(str(path)).file_ids), len(FileSet(path))
    if found != (count, count):
        raise RuntimeError(f"of {count} files, ours and pydicom found {found}")
    children = ready_children()
    ways = {
        f"DICOMDIR of {count:,} images": watched(lambda: read_dicomdir(str(path))),
        f"DICOMDIR of {count:,} images to all rows": _to_rows(path, count, children),
    }
    peers = {_FILE_SET: watched(lambda: FileSet(path))}
    results = []
    for case, ours in ways.items():
        results += compare(case, ours, peers, rounds, {_FILE_SET: _GOAL})
    children.close()
    return results


def _to_rows(path: Path, count: int, children: ScanChildren) -> StopWatch:
    browser = SeriesBrowser()
    tree = browser.findChild(QTreeView)
    assert tree is not None
    loop = QEventLoop()

    def seconds() -> float:
        began = time.perf_counter()
        document, hop = scanned(path, count, children, loop)
        browser.set_catalogue(document.catalogue)
        taken = time.perf_counter() - began
        if not tree.model().rowCount():
            raise RuntimeError("the browser has no rows")
        browser.clear()
        document.close()
        hop.close()
        return taken

    return seconds
