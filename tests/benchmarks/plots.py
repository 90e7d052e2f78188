"""Curves of cost against size, drawn with pyqtgraph into pictures for a page.

Each picture carries the machine and the date, so its name needs none: the
next run replaces it, and the repository's history keeps the ones before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyqtgraph as pg
from pyqtgraph.exporters import ImageExporter
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.benchmarks.measuring import Sample
from tests.benchmarks.report import machine
from viewer import __version__

_WIDTH_PX = 900
_PANEL_PX = 330
_FOOT_PX = 70
_INK, _BLUE, _GREY, _GRID = "#1c2733", "#1565c0", "#8a94a0", 40
_AXIS_PX = 80  # room for "0.005" and the unit
_LEGEND_SHARE = 0.16  # of a panel's height, above all curves
_STEPS = (1, 2, 5)  # of a decade, that get a tick
_LEAST_SPAN = 10.0  # so that a flat curve looks flat, and its noise does not fill the panel


@dataclass(frozen=True, slots=True)
class Curve:
    """The cost of one thing among many, by how many there are."""

    title: str
    counted: str  # what the sizes count: "files"
    sizes: tuple[int, ...]
    costs: tuple[Sample, ...]  # one for each size, all in one unit

    @property
    def middle(self) -> int:
        """The place of the size that the largest is held against."""
        return len(self.sizes) // 2


def draw(curves: Sequence[Curve], bound: float, path: Path) -> None:
    """Write a PNG with a panel for each curve, and the bound on its growth from the middle."""
    application = QApplication.instance() or QApplication([])
    layout = pg.GraphicsLayoutWidget(size=(_WIDTH_PX, _PANEL_PX * len(curves) + _FOOT_PX))
    layout.setBackground("w")
    for row, curve in enumerate(curves):
        _draw_panel(layout.addPlot(row=row, col=0), curve, bound)
    layout.addLabel(foot(), row=len(curves), col=0, size="9pt", color=_GREY, justify="left")
    layout.show()  # lays it out
    application.processEvents()
    path.parent.mkdir(parents=True, exist_ok=True)
    ImageExporter(layout.scene()).export(str(path))
    layout.close()


def _draw_panel(plot: pg.PlotItem, curve: Curve, bound: float) -> None:
    medians = [cost.median for cost in curve.costs]
    slowest = [cost.p95 for cost in curve.costs]
    limit = medians[curve.middle] * bound
    plot.setLogMode(x=True, y=True)
    plot.setTitle(curve.title, color=_INK, size="13pt")
    plot.showGrid(x=True, y=True, alpha=_GRID / 255)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    legend = plot.addLegend(offset=(-8, 2), labelTextColor=_INK, brush="#ffffffd0", colCount=3)
    legend.setLabelTextSize("9pt")
    pen = pg.mkPen(_BLUE, width=2)
    plot.plot(
        curve.sizes, medians, pen=pen, symbol="o", symbolSize=8, symbolBrush=_BLUE, name="median"
    )
    plot.plot(curve.sizes, slowest, pen=pg.mkPen(_BLUE, style=Qt.PenStyle.DotLine), name="p95")
    name = f"{bound:g} × the median at {curve.sizes[curve.middle]:,}"
    dashed = pg.mkPen(_GREY, style=Qt.PenStyle.DashLine)
    plot.plot([curve.sizes[0], curve.sizes[-1]], [limit, limit], pen=dashed, name=name)
    _set_axes(plot, curve, [*medians, *slowest, limit])


def _set_axes(plot: pg.PlotItem, curve: Curve, values: Sequence[float]) -> None:
    least, most = min(values), max(values)
    widening = max(1.3, math.sqrt(_LEAST_SPAN * least / most))
    least, most = least / widening, most * widening
    most *= (most / least) ** _LEGEND_SHARE
    plot.setYRange(math.log10(least), math.log10(most), padding=0)
    plot.setXRange(math.log10(curve.sizes[0]), math.log10(curve.sizes[-1]), padding=0.05)
    sizes = [(float(size), f"{size:,}") for size in curve.sizes]
    _set_axis(plot.getAxis("bottom"), curve.counted, sizes)
    _set_axis(plot.getAxis("left"), curve.costs[0].unit, _ticks(least, most))
    plot.getAxis("left").setWidth(_AXIS_PX)


def _set_axis(axis: pg.AxisItem, label: str, ticks: Sequence[tuple[float, str]]) -> None:
    axis.setTicks([[(math.log10(value), text) for value, text in ticks]])
    axis.setTextPen(_INK)
    axis.setPen(_GREY)
    axis.enableAutoSIPrefix(False)
    axis.setLabel(label, color=_INK, **{"font-size": "10pt"})


def _ticks(least: float, most: float) -> list[tuple[float, str]]:
    """Give 1, 2 and 5 of each decade between the bounds."""
    decades = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    values = [step * 10.0**decade for decade in decades for step in _STEPS]
    return [(value, f"{value:,.7g}") for value in values if least <= value <= most]


def foot() -> str:
    """Give the line below a picture: what was measured, when, and on which machine."""
    today = datetime.now(UTC).date().isoformat()
    return f"Negato {__version__}, {today}<br>{machine()['machine']}"
