"""500 series opened: how soon their thumbnails are seen, and that no picture waits for them.

Half of the series are native, half JPEG lossless, each of three slices. The
time of the visible thumbnails runs from the moment when the tree has all rows,
that of all of them too. A jump is the wish for a series that was not shown
yet, until its first slice is painted.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, JPEGLosslessSV1
from PySide6.QtCore import QModelIndex, QPoint
from PySide6.QtWidgets import QTreeView

from tests.benchmarks.data import SEED, UID_ROOT, ct_dataset, made, save
from tests.benchmarks.measuring import Goal, Result, milliseconds
from tests.benchmarks.pixel_data import ct_values
from tests.benchmarks.real_window import Paints, application, rest, until
from tests.benchmarks.ticker import Ticker, main_window
from viewer.dicom.stacks import Stack
from viewer.ui.browser.model import NODE_ROLE, THUMBNAIL_ROLE
from viewer.ui.main_window import MainWindow

_SLICES = 3  # of a series
_PICTURES = 20  # that differ
_JUMP_S = 0.05  # from one jump to the next


def many_series(folder: Path, count: int, side: int) -> Path:
    """Give a folder of ``count`` series of one patient, of three slices each."""

    def make(into: Path) -> None:
        pictures = [ct_values(side, number) for number in range(_PICTURES)]
        dataset = ct_dataset(pictures[0])
        dataset.PixelRepresentation = 0
        for number in range(count * _SLICES):
            series, values = number // _SLICES, pictures[number % _PICTURES]
            dataset.SeriesInstanceUID = f"{UID_ROOT}10.{series + 1}"
            dataset.SeriesNumber = series + 1
            native = series % 2 == 0
            dataset.file_meta.TransferSyntaxUID = (
                ExplicitVRLittleEndian if native else JPEGLosslessSV1
            )
            dataset.PixelData = values.tobytes() if native else _jpeg_lossless(values)
            dataset["PixelData"].VR = "OW" if native else "OB"
            dataset["PixelData"].is_undefined_length = not native
            save(dataset, number, into)

    return made(folder / f"series-{count}-{side}", make)


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Open them, and jump among their pictures meanwhile and afterwards."""
    count, side, rounds = (4, 64, 1) if tiny else (500, 512, 4)
    path = many_series(folder, count, side)
    with main_window() as window:
        opening = _Opening(window, count)
        taken = [opening.seconds(path) for _ in range(rounds + 1)][1:]
        jumping = _Jumping(window)
        taken_by_jumps: dict[str, list[float]] = {"meanwhile": [], "afterwards": []}
        for _ in range(rounds):
            taken_by_jumps["meanwhile"] += opening.jumps(path, jumping)
            taken_by_jumps["afterwards"] += jumping.some()
    visible, whole = zip(*taken, strict=True)
    return [
        Result(f"{count} series: visible thumbnails", milliseconds(visible), goal=Goal(median=150)),
        Result(f"{count} series: all thumbnails", milliseconds(whole), goal=Goal(median=2500)),
        Result(
            "another series while thumbnails come",
            milliseconds(taken_by_jumps["meanwhile"]),
            "when all are there",
            milliseconds(taken_by_jumps["afterwards"]),
        ),
    ]


class _Opening:
    """Opens the folder and watches the browser."""

    def __init__(self, window: MainWindow, count: int) -> None:
        self._window = window
        self._count = count
        self._ticker = Ticker()
        self._tree_at = self._visible_at = 0.0
        window.workspace.catalogueChanged.connect(self._note_tree)
        window.workspace.thumbnailReady.connect(self._note_thumbnail)

    def seconds(self, path: Path) -> tuple[float, float]:
        """Give the seconds from the whole tree to the visible thumbnails, and to all."""
        self._open(path, self._has_all)
        return self._visible_at - self._tree_at, time.perf_counter() - self._tree_at

    def jumps(self, path: Path, jumping: _Jumping) -> list[float]:
        """Open, and jump as soon as the tree is there until all thumbnails are."""
        self._open(path, lambda: bool(self._tree_at))
        taken = jumping.some(1)
        while not self._has_all():
            taken += jumping.some(1)
        return taken

    def _open(self, path: Path, until: Callable[[], bool]) -> None:
        self._window.workspace.close_all()
        self._tree_at = self._visible_at = 0.0
        self._ticker.run(lambda: self._window.open([str(path)]), until)

    def _note_tree(self) -> None:
        document = self._window.workspace.document
        if document is not None and not document.progress.running and not self._tree_at:
            self._tree_at = time.perf_counter()

    def _note_thumbnail(self) -> None:
        if self._tree_at and not self._visible_at and not self._missing(visible=True):
            self._visible_at = time.perf_counter()

    def _has_all(self) -> bool:
        return bool(self._visible_at) and not self._missing(visible=False)

    def _missing(self, *, visible: bool) -> bool:
        """Say whether a row with a picture has no thumbnail."""
        return any(
            index.data(NODE_ROLE).stack is not None and index.data(THUMBNAIL_ROLE) is None
            for index in (self._visible_rows() if visible else self._rows())
        )

    def _visible_rows(self) -> list[QModelIndex]:
        tree = self._tree()
        rows, index = [], tree.indexAt(QPoint(1, 1))
        while index.isValid() and tree.visualRect(index).top() < tree.viewport().height():
            rows.append(index)
            index = tree.indexBelow(index)
        return rows

    def _rows(self) -> list[QModelIndex]:
        model = self._tree().model()
        study = model.index(0, 0, model.index(0, 0))
        return [model.index(row, 0, study) for row in range(model.rowCount(study))]

    def _tree(self) -> QTreeView:
        tree = self._window.findChild(QTreeView, "seriesBrowser")
        assert isinstance(tree, QTreeView)
        return tree


class _Jumping:
    """Shows series that were not shown yet, one after another."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._chance = random.Random(SEED)

    def some(self, count: int = 20) -> list[float]:
        """Give the seconds from the wish to the painted slice, of ``count`` jumps."""
        return [self._seconds() for _ in range(count)]

    def _seconds(self) -> float:
        workspace, app = self._window.workspace, application()
        assert workspace.document is not None
        stacks = workspace.document.stacks()
        unknown = [stack for stack in stacks if workspace.cache.get(stack, 0) is None]
        stack: Stack = self._chance.choice(unknown or stacks)
        painted = Paints(self._window.view.canvas.viewport(), self._shown_uid)
        rest(_JUMP_S)
        began = time.perf_counter()
        workspace.show(stack)
        until(app, lambda: painted.last == stack.uid)
        return time.perf_counter() - began

    def _shown_uid(self) -> str:
        shown = self._window.view._shown
        return shown[0].uid if shown is not None else ""


def _jpeg_lossless(values: np.ndarray) -> bytes:
    return encapsulate([imagecodecs.jpeg8_encode(values, lossless=True, bitspersample=16)])
