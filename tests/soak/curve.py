"""The memory curve of a soak, drawn with pyqtgraph into a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyqtgraph as pg
from pyqtgraph.exporters import ImageExporter
from PySide6.QtWidgets import QApplication

from tests.benchmarks.plots import foot
from tests.soak.processes import Holdings

_SIZE_PX = (900, 400)
_INK, _GREY = "#1c2733", "#8a94a0"
_LINES = {
    "window_mb": ("the window's process", "#1565c0"),
    "total_mb": ("with its children", _GREY),
}


def draw(measured: Sequence[tuple[int, Holdings]], path: Path) -> None:
    """Write a PNG of the memory, with nothing open, against the number of series opened so far."""
    layout = pg.GraphicsLayoutWidget(size=_SIZE_PX)
    layout.setBackground("w")
    plot = layout.addPlot(row=0, col=0)
    plot.setTitle("Memory with nothing open (its own, without files, MB)", color=_INK, size="12pt")
    plot.addLegend(offset=(-10, -10), labelTextColor=_INK)
    plot.setLabel("bottom", "series opened and closed", color=_INK)
    series = [number for number, _ in measured]
    for name, (label, colour) in _LINES.items():
        values = [getattr(held, name) for _, held in measured]
        plot.plot(series, values, pen=pg.mkPen(colour, width=2), name=label)
    plot.setYRange(0, max(held.total_mb for _, held in measured) * 1.1, padding=0)
    for side in ("left", "bottom"):
        plot.getAxis(side).setTextPen(_INK)
        plot.getAxis(side).enableAutoSIPrefix(False)
    layout.addLabel(foot(), row=1, col=0, size="9pt", color=_GREY, justify="left")
    layout.show()  # lays it out
    QApplication.processEvents()
    path.parent.mkdir(parents=True, exist_ok=True)
    ImageExporter(layout.scene()).export(str(path))
    layout.close()
