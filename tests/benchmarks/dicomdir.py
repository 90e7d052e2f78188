"""A disc with its index: to the records, and to the rows of the browser.

The peer is pydicom's `FileSet`, which reads the index into a tree of records
with the files that they name: what a program that browses a disc with pydicom
would start from. `read_dicomdir` does the same. The two others are the way of
the window, with a scanning child that waits for it. The rows of all series are
there once the index is read, of what its records announce. All rows are those
of the whole disc: each file that the index names is found and its header read,
for the records alone do not say what can be shown.
"""

from __future__ import annotations

import time
from pathlib import Path

from pydicom.fileset import FileSet
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication, QTreeView

from tests.benchmarks.catalogue import ready_children, scanned
from tests.benchmarks.data import IMAGES_PER_SERIES, disc
from tests.benchmarks.measuring import Goal, Result, StopWatch, compare, watched
from viewer.dicom.dicomdir import read_dicomdir
from viewer.session.document import Document
from viewer.session.hop import Hop
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
        f"DICOMDIR of {count:,} images to rows of all series": _to_announced(path, count, children),
        f"DICOMDIR of {count:,} images to all rows": _to_rows(path, count, children),
    }
    peers = {_FILE_SET: watched(lambda: FileSet(path))}
    results = []
    for case, ours in ways.items():
        results += compare(case, ours, peers, rounds, {_FILE_SET: _GOAL})
    children.close()
    return results


def _to_announced(path: Path, count: int, children: ScanChildren) -> StopWatch:
    """Give a stop watch that ends with the rows; the scan itself goes on to its end."""
    browser = SeriesBrowser()
    tree = browser.findChild(QTreeView)
    assert tree is not None
    series = -(-count // IMAGES_PER_SERIES)
    loop = QEventLoop()

    def seconds() -> float:
        times = []
        hop = Hop()
        document = Document(hop, children=children)

        def show() -> None:
            if not times:
                browser.set_catalogue(document.catalogue)
                study = tree.model().index(0, 0, tree.model().index(0, 0))
                if tree.model().rowCount(study) == series:
                    times.append(time.perf_counter())

        def end() -> None:
            if not document.progress.running:
                loop.quit()

        document.catalogueChanged.connect(show)
        document.progressChanged.connect(end)
        began = time.perf_counter()
        document.add([str(path)])
        loop.exec()
        browser.clear()
        document.close()
        hop.close()
        return times[0] - began

    return seconds


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
