"""The series matrix: from the wish to attributes on screen, of 2,000 files and of 2,000 frames.

The whole way in a main window, offscreen: the window of the matrix, `negato matrix` in a process
of its own with its children, what it tells, the list and the first plot painted.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from tests.benchmarks.data import ct_header_dataset, made, save
from tests.benchmarks.measuring import Goal, Result, milliseconds
from tests.benchmarks.tags import huge_header
from tests.benchmarks.ticker import Ticker, main_window
from viewer.ui.data.matrix_window import MatrixWindow, show_matrix
from viewer.ui.main_window import MainWindow

_MORE_ELEMENTS = 30  # beside the 270 of `ct_header_dataset`
_VARYING = 20
_BLOCK = 0x0021


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Open the matrix of a series of files, and of the frames of one file."""
    count, rounds = (6, 1) if tiny else (2000, 5)
    files, enhanced = _series(folder, count), huge_header(folder, count)
    results = []
    for case, path in ((f"{count:,} files x 300 tags", files), (f"{count:,} frames", enhanced)):
        with main_window() as window:
            results += _opened(window, case, path, rounds)
    return results


def _series(folder: Path, count: int) -> Path:
    """Give a folder of files of 300 elements; the last ones, and UIDs and places, vary."""

    def make(into: Path) -> None:
        dataset = ct_header_dataset()
        block = dataset.private_block(_BLOCK, "NEGATO BENCHMARK", create=True)
        rng = np.random.default_rng(_BLOCK)
        for number in range(count):
            for at in range(_MORE_ELEMENTS):
                varies = at >= _MORE_ELEMENTS - _VARYING
                block.add_new(at, "DS", f"{rng.normal():.6f}" if varies else f"{at}.5")
            save(dataset, number, into)

    return made(folder / f"matrix-{count}", make)


def _opened(window: MainWindow, case: str, path: Path, rounds: int) -> list[Result]:
    ticker = Ticker()
    workspace = window.workspace
    ticker.run(lambda: window.open([str(path)]), lambda: _is_open(window))
    taken: list[float] = []
    stalls: list[float] = []
    for number in range(rounds + 1):
        began = time.perf_counter()
        gaps = ticker.run(lambda: show_matrix(workspace, "", window), lambda: _is_shown(window))
        if number:  # the first one loads what the plot needs
            taken.append(time.perf_counter() - began)
            stalls.append(max(gaps))
        matrix = window.findChild(MatrixWindow)
        assert matrix is not None
        matrix.close()
        matrix.deleteLater()
        ticker.run(lambda: None, lambda: window.findChild(MatrixWindow) is None)
    return [
        Result(f"series matrix of {case}", milliseconds(taken), goal=Goal(median=2000)),
        Result(
            "  longest stall of the window meanwhile", milliseconds(stalls), goal=Goal(worst=50)
        ),
    ]


def _is_open(window: MainWindow) -> bool:
    document = window.workspace.document
    shown = window.workspace.viewport.stack
    return document is not None and shown is not None and not document.progress.running


def _is_shown(window: MainWindow) -> bool:
    matrix = window.findChild(MatrixWindow)
    return matrix is not None and matrix.attributes.counts()[0] > 0 and not matrix.message
