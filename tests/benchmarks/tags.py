"""A header of 49,000 elements: the tag tree opened, and searched for a rare word.

Ours is the whole way from the wish to painted rows, through the child process
that reads them. The peer of the search is what Qt offers: the same rows as
QStandardItems behind a QSortFilterProxyModel that filters recursively.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset
from PySide6.QtCore import QSortFilterProxyModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QTreeView

from tests.benchmarks.data import SEED, UID_ROOT, ct_dataset, made, save
from tests.benchmarks.measuring import Goal, Result, milliseconds
from tests.benchmarks.ticker import Ticker, main_window
from viewer.dicom.tags import TagTable
from viewer.ui.main_window import MainWindow
from viewer.ui.tags.model import Column

_ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
_FRAMES = 1220  # with their functional groups, some 49,000 rows
_RARE = "needle"


def huge_header(folder: Path, frames: int = _FRAMES) -> Path:
    """Give an enhanced CT of small frames, 40 rows of tags each; one comment is ``needle``."""

    def make(into: Path) -> None:
        rng = np.random.default_rng(SEED)
        dataset = ct_dataset(np.zeros((16, 16), np.int16))
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = _ENHANCED_CT
        dataset.NumberOfFrames = frames
        dataset.PixelData = rng.integers(-1000, 1000, (frames, 16, 16), np.int16).tobytes()
        dataset.PerFrameFunctionalGroupsSequence = [_groups(at, rng) for at in range(frames)]
        groups = dataset.PerFrameFunctionalGroupsSequence[frames * 4 // 5]
        groups.FrameContentSequence[0].FrameComments = _RARE
        save(dataset, 0, into)

    return made(folder / f"header-{frames}", make) / "IM00000"


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Open the tags, then search them."""
    path, rounds = (huge_header(folder, 6), 2) if tiny else (huge_header(folder), 12)
    with main_window() as window:
        reading = _Reading(window)
        for _ in range(4):  # then the children are ready and have read tags before
            reading.seconds(str(path))
        taken = [reading.seconds(str(path)) for _ in range(rounds)]
        first, whole = zip(*taken, strict=True)
        table = window.tag_panel.model.table
        assert table is not None
        rows = f"{len(table):,} tags"
        return [
            Result(f"{rows}: first rows on screen", milliseconds(first), goal=Goal(median=50)),
            Result(f"{rows}: all there", milliseconds(whole)),
            _searching(window, table, rounds=2 if tiny else 3),
        ]


class _Reading:
    """Stop watches on the way from a path to its tags on screen."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._ticker = Ticker()
        self._painted = self._whole = 0.0  # when the first rows, and all, were on screen
        window.workspace.tag_feed.changed.connect(self._changed)

    def seconds(self, path: str) -> tuple[float, float]:
        """Give how long it takes from the wish to the first rows, and to all of them."""
        feed = self._window.workspace.tag_feed
        feed.clear()
        self._painted = self._whole = began = 0.0

        def ask() -> None:
            nonlocal began
            began = time.perf_counter()
            feed.read(path)

        self._ticker.run(ask, lambda: _is_whole(feed.tags))
        return self._painted - began, self._whole - began

    def _changed(self) -> None:
        feed = self._window.workspace.tag_feed
        if not isinstance(feed.tags, TagTable):
            return
        self._window.tag_panel.tree.viewport().repaint()
        self._whole = time.perf_counter()
        self._painted = self._painted or self._whole


def _is_whole(tags: object) -> bool:
    return isinstance(tags, TagTable) and tags.is_whole


def _searching(window: MainWindow, table: TagTable, rounds: int) -> Result:
    """Search by typing the whole word, ours painted; alternate with the peer."""
    panel = window.tag_panel
    proxy = _proxy(table)
    view = QTreeView()
    view.setUniformRowHeights(True)
    view.setModel(proxy)
    view.resize(panel.tree.size())
    view.show()

    def ours() -> None:
        panel.search.setText(_RARE)
        panel.tree.viewport().repaint()

    def peer() -> None:
        proxy.setFilterFixedString(_RARE)
        view.expandAll()
        view.viewport().repaint()

    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for _ in range(5):
            found[0].append(_timed(ours))
            assert panel.count.text() == "1 of 1"
            panel.search.clear()
            panel.tree.collapseAll()
        found[1].append(_timed(peer))
        assert proxy.rowCount() == 1
        proxy.setFilterFixedString("")
    return Result(
        f"{len(table):,} tags: a rare word found",
        milliseconds(found[0]),
        "QSortFilterProxyModel",
        milliseconds(found[1]),
        Goal(median=20),
    )


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _proxy(table: TagTable) -> QSortFilterProxyModel:
    model = QStandardItemModel()
    items: list[QStandardItem] = []
    for row in range(len(table)):
        cells = [
            QStandardItem(text)
            for text in (
                f"{table.tags[row]:08X}",
                table.names[row],
                table.vrs[row],
                str(table.lengths[row]),
                table.values[row],
            )
        ]
        parent = int(table.parents[row])
        (items[parent] if parent >= 0 else model.invisibleRootItem()).appendRow(cells)
        items.append(cells[0])
    proxy = QSortFilterProxyModel()
    model.setParent(proxy)
    proxy.setSourceModel(model)
    proxy.setRecursiveFilteringEnabled(True)
    proxy.setFilterKeyColumn(Column.VALUE)
    proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    return proxy


def _groups(number: int, rng: np.random.Generator) -> Dataset:
    """Make the functional groups of a frame: 40 rows with the items and sequences."""
    return _dataset(
        FrameContentSequence=[
            _dataset(
                FrameAcquisitionNumber=number + 1,
                FrameReferenceDateTime="20260101120000",
                FrameAcquisitionDateTime=f"2026010112{number // 60 % 60:02}{number % 60:02}",
                FrameAcquisitionDuration=float(rng.random()),
                StackID="1",
                InStackPositionNumber=number + 1,
                DimensionIndexValues=[1, number + 1],
            )
        ],
        PlanePositionSequence=[_dataset(ImagePositionPatient=[0, 0, number])],
        PlaneOrientationSequence=[_dataset(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        PixelMeasuresSequence=[_dataset(SliceThickness=1, PixelSpacing=[0.7, 0.7])],
        FrameVOILUTSequence=[
            _dataset(WindowCenter=40, WindowWidth=400, WindowCenterWidthExplanation="SOFT")
        ],
        CTExposureSequence=[
            _dataset(
                ExposureTimeInms=float(rng.random()),
                XRayTubeCurrentInmA=float(rng.random()),
                ExposureInmAs=float(rng.random()),
            )
        ],
        ReferencedImageSequence=[
            _dataset(
                ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.2",
                ReferencedSOPInstanceUID=f"{UID_ROOT}8.{number}",
            )
        ],
        IrradiationEventIdentificationSequence=[
            _dataset(IrradiationEventUID=f"{UID_ROOT}9.{number}")
        ],
        CTTableDynamicsSequence=[_dataset(TableSpeed=float(rng.random()))],
    )


def _dataset(**values: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset
