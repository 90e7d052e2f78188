"""From a folder to the tree: what the window does with it, against vtk-dicom's ``dicomfind``.

Ours is the program's own way: a `Document` has the folder scanned in a child
process that waits for it, and takes the finished catalogue over. The peer is
the whole process of ``dicomfind``, asked for a modality that no file has: it
searches the folder and reads each header, and prints nothing. It is compiled,
and looks for one attribute where ours gives all that a viewer needs, split
into stacks, in the process of the window.

Memory is what the window's process grows by while a first scan fills the
catalogue. The stalls are those of the real window, with its browser, its
picture and its thumbnails, while it takes the scan; the first rows are timed
in the same window, from the call that opens the folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication, QTreeView

from tests.benchmarks.archive import archive
from tests.benchmarks.measuring import (
    Goal,
    Result,
    Sample,
    StopWatch,
    compare,
    milliseconds,
    watched,
)
from tests.benchmarks.ticker import Ticker, main_window
from viewer.session.document import Document
from viewer.session.hop import Hop
from viewer.ui.main_window import MainWindow
from viewer.workers.scan_children import ScanChildren

_DICOMFIND = "dicomfind"
_GOAL = Goal(ratio=0.5)
_IMAGES = 500  # of a series
_FIRST_ROWS = 5  # rounds


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Scan 1,000 and 100,000 CT files, in one folder and in nested ones."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    sizes = ((1, 5),) if tiny else ((2, 7), (200, 2))  # series, rounds
    images = 5 if tiny else _IMAGES
    archives = {
        (series, nested): archive(folder, series, images, nested=nested)
        for series, _ in sizes
        for nested in (False, True)
    }
    largest = sizes[-1][0]
    results = [_memory(archives[largest, True], largest * images)]  # before any other scan
    for series, rounds in sizes:
        for nested in (False, True):
            case = f"{series * images:,} files, {'nested' if nested else 'flat'}"
            results += _scan(case, archives[series, nested], series * images, rounds)
    with main_window() as window:
        for nested in (False, True):
            words = f"{largest * images:,} files, {'nested' if nested else 'flat'}"
            results += _in_window(words, window, archives[largest, nested], largest * images)
    return results


def _memory(root: Path, files: int) -> Result:
    children = ready_children()
    loop = QEventLoop()
    before = _resident_bytes()
    document, hop = scanned(root, files, children, loop)
    grown = _resident_bytes() - before
    document.close()
    hop.close()
    children.close()
    taken = Sample((grown / files,), "B")
    return Result(f"memory of {files:,} files, each", taken, goal=Goal(median=1000))


def _scan(case: str, root: Path, files: int, rounds: int) -> list[Result]:
    children = ready_children()
    loop = QEventLoop()

    def seconds() -> float:
        began = time.perf_counter()
        document, hop = scanned(root, files, children, loop)
        taken = time.perf_counter() - began
        document.close()
        hop.close()
        return taken

    results = compare(case, seconds, {_DICOMFIND: _dicomfind(root)}, rounds, {_DICOMFIND: _GOAL})
    children.close()
    return results


def scanned(
    root: Path, files: int, children: ScanChildren, loop: QEventLoop
) -> tuple[Document, Hop]:
    """Give the document of a folder once all is in its catalogue."""
    hop = Hop()
    document = Document(hop, children=children)

    def end() -> None:
        if not document.progress.running:
            loop.quit()

    document.progressChanged.connect(end)
    document.add([str(root)])
    loop.exec()
    if document.catalogue.ledger.shown != files:
        raise RuntimeError(f"{document.catalogue.ledger.shown} of {files} files were found")
    return document, hop


def ready_children() -> ScanChildren:
    """Give a child that waits for work, as the window has it once it is shown."""
    children = ScanChildren()
    children.start()
    child = children.take()
    if child is None:
        raise RuntimeError("no child could be started")
    while child.receive() is None:  # that it is ready
        child.connection.poll(None)
    children.give_back(child)
    return children


def _dicomfind(root: Path) -> StopWatch | None:
    program = shutil.which("dicomfind")
    if program is None:
        return None
    command = [program, str(root), "-k", "Modality=NONE"]
    return watched(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))


def _in_window(case: str, window: MainWindow, root: Path, files: int) -> list[Result]:
    """Watch the window while it takes a scan, and how soon it has rows."""
    first_rows = []
    for _ in range(_FIRST_ROWS + 1):
        opening = _Opening(window, root)
        Ticker().run(opening.begin, lambda: opening.has_rows)  # noqa: B023 - over by then
        first_rows.append(opening.seconds_to_rows)
        window.workspace.close_all()
    whole = _Opening(window, root)
    gaps = Ticker().run(whole.begin, lambda: _isscanned(window, files))
    window.workspace.close_all()
    first_rows.pop(0)  # it may have waited for the child to be started
    return [
        Result(f"first rows of {case}", milliseconds(first_rows), goal=Goal(median=100)),
        Result(f"GUI thread during {case}", milliseconds(gaps), goal=Goal(p99=8, worst=16)),
    ]


class _Opening:
    """A folder being opened: when that began, and when the browser had rows of it."""

    def __init__(self, window: MainWindow, root: Path) -> None:
        self._window = window
        self._root = root
        self._began = self._rows_at = 0.0
        tree = window.browser.findChild(QTreeView)
        assert tree is not None
        self._model = tree.model()

    @property
    def has_rows(self) -> bool:
        return self._rows_at > 0

    @property
    def seconds_to_rows(self) -> float:
        return self._rows_at - self._began

    def begin(self) -> None:
        self._model.modelReset.connect(self._note)
        self._model.rowsInserted.connect(self._note)
        self._began = time.perf_counter()
        self._window.open([str(self._root)])

    def _note(self) -> None:
        if self._model.rowCount() and not self._rows_at:
            self._rows_at = time.perf_counter()


def _isscanned(window: MainWindow, files: int) -> bool:
    document = window.workspace.document
    if document is None or document.progress.running:
        return False
    return document.catalogue.ledger.shown == files


def _resident_bytes() -> int:
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * os.sysconf("SC_PAGESIZE")
