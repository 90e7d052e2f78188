"""The plot of attributes over the frames; loaded with its window, not at the start."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QStackedLayout, QWidget

from viewer.dicom.inspection.matrix import numbers_of
from viewer.plain_text import plain_line
from viewer.ui.canvas.pyqtgraph_parts import InfiniteLine, PlotWidget, make_pen
from viewer.ui.data.matrix_model import Attribute
from viewer.ui.plain_label import PlainLabel

_COLOURS = ("#4ea1e0", "#e09b3d", "#5fbf77", "#d0679d", "#b7a3e8", "#c9c05a", "#5bc4c0", "#e0725c")
_MOST_CURVES = 24
_MOST_CATEGORIES = 16  # different texts that are drawn as steps
_LONGEST_LABEL = 24
_SYMBOL_PX = 5
_MOST_SYMBOLS = 500  # values of a curve; more of them run together, and take 10 ms a curve


class MatrixPlot(QWidget):
    """Draws curves, marks the frame on screen, and tells which frame is clicked at.

    Signals
    -------
    frameClicked
        A frame, from 0.
    """

    frameClicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("matrixPlot")
        self.setAccessibleName("Plot of the chosen attributes")
        palette = self.palette()
        self._plot = PlotWidget(self, background=palette.color(QPalette.ColorRole.Base))
        self._item = self._plot.getPlotItem()
        self._item.setMenuEnabled(False)
        self._item.hideButtons()
        self._item.showGrid(x=True, y=True, alpha=0.15)
        text = palette.color(QPalette.ColorRole.Text)
        for side in ("left", "bottom"):
            axis = self._item.getAxis(side)
            axis.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            axis.setTextPen(text)
            axis.enableAutoSIPrefix(False)
        self._legend = self._item.addLegend(offset=(-8, 8), labelTextColor=text)
        self._mark = InfiniteLine(angle=90, pen=make_pen(text, style=Qt.PenStyle.DashLine))
        self._hint = PlainLabel(parent=self)
        self._hint.setObjectName("matrixPlotHint")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._plot)
        self._pages.addWidget(self._hint)
        self._x: NDArray[np.float64] = np.empty(0)
        self.curves: list[tuple[str, NDArray[np.float64]]] = []
        self._plot.scene().sigMouseClicked.connect(self._clicked)

    @property
    def hint(self) -> str:
        """What stands in the place of the plot; "" where that is shown."""
        return self._hint.text() if self._pages.currentWidget() is self._hint else ""

    @property
    def marked(self) -> float | None:
        """Where the frame on screen is marked; None where it is not."""
        return float(self._mark.value()) if self._mark.isVisible() else None

    def show_attributes(
        self, chosen: Sequence[Attribute], x: NDArray[np.float64], x_title: str
    ) -> None:
        """Draw attributes over ``x``, one value for each frame."""
        self._x = x
        self.curves = []
        self._item.clear()
        self._legend.clear()
        ticks: list[tuple[float, str]] | None = None
        untold = [one for one in chosen if not one.varies]
        for one in chosen:
            if one.varies:
                found, labels = curves_of(one)
                self.curves += found
                if labels is not None:
                    ticks = labels if len(chosen) == 1 else None
        del self.curves[_MOST_CURVES:]
        if not self.curves:
            self._say(_why_nothing(chosen, len(untold)))
            return
        self._pages.setCurrentWidget(self._plot)
        order = np.argsort(x, kind="stable")
        for place, (name, values) in enumerate(self.curves):
            colour = _COLOURS[place % len(_COLOURS)]
            is_line = len(values) > _MOST_SYMBOLS and bool(np.isfinite(values).all())
            self._item.plot(
                x[order],
                values[order],
                name=_literal(name) if len(self.curves) > 1 else None,
                pen=make_pen(colour, width=1),
                connect="finite",
                symbol=None if is_line else "o",
                symbolSize=_SYMBOL_PX,
                symbolPen=None,
                symbolBrush=colour,
            )
        self._legend.setVisible(len(self.curves) > 1)
        self._item.addItem(self._mark, ignoreBounds=True)
        self._item.setLabel("bottom", x_title)
        self._item.getAxis("left").setTicks([ticks] if ticks is not None else None)
        self._item.enableAutoRange()

    def mark(self, frame: int | None) -> None:
        """Mark the frame on screen, or none."""
        there = frame is not None and frame < len(self._x) and np.isfinite(self._x[frame])
        self._mark.setVisible(bool(there))
        if there and frame is not None:
            self._mark.setValue(self._x[frame])

    def nearest(self, point: QPointF) -> int | None:
        """Give the frame whose point is nearest on screen, to a point of the scene."""
        view = self._item.getViewBox()
        width, height = view.viewPixelSize()
        at = view.mapSceneToView(point)
        best: tuple[float, int] | None = None
        for _, values in self.curves:
            with np.errstate(invalid="ignore", over="ignore"):
                away = np.hypot(
                    (self._x - at.x()) / (width or 1), (values - at.y()) / (height or 1)
                )
            if not np.isnan(away).all():
                frame = int(np.nanargmin(away))
                if best is None or away[frame] < best[0]:
                    best = float(away[frame]), frame
        return best[1] if best is not None else None

    def _say(self, text: str) -> None:
        self._hint.setText(text)
        self._pages.setCurrentWidget(self._hint)

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.hint:
            return
        frame = self.nearest(event.scenePos())
        if frame is not None:
            self.frameClicked.emit(frame)


def curves_of(
    one: Attribute,
) -> tuple[list[tuple[str, NDArray[np.float64]]], list[tuple[float, str]] | None]:
    """Give the curves of an attribute, and the words of their steps where it is no number."""
    name = one.path.rpartition(".")[2]
    numbers = numbers_of(one.vr, one.values)
    if numbers is not None:
        names = (
            [name] if numbers.shape[1] == 1 else [f"{name}[{n}]" for n in range(numbers.shape[1])]
        )
        return list(zip(names, numbers.T, strict=True)), None
    texts = dict.fromkeys(value for value in one.values if value is not None)
    if len(texts) > _MOST_CATEGORIES:
        return [], None
    places = {value: float(at) for at, value in enumerate(sorted(texts))}
    steps = np.array([np.nan if value is None else places[value] for value in one.values])
    labels = [(at, plain_line(value, _LONGEST_LABEL)) for value, at in places.items()]
    return [(name, steps)], labels


def _literal(name: str) -> str:
    """Give a name as the legend shows it: that takes what it gets for HTML."""
    return escape(plain_line(name, _LONGEST_LABEL * 2))


def _why_nothing(chosen: Sequence[Attribute], constant: int) -> str:
    if not chosen:
        return "Choose what varies, to see it over the frames."
    if constant == len(chosen):
        return "This is the same in all frames."
    return "These are no numbers, and too many different texts for a plot; they are listed below."
