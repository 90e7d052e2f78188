"""The window controls: centre and width by slider or number, presets, histogram."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from viewer.imaging.histogram import Histogram
from viewer.imaging.voi import Voi, VoiWindow
from viewer.ui.canvas.histogram_plot import HistogramPlot
from viewer.ui.plain_label import PlainLabel

Kind = Literal["grey", "colour", "none"]

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOST_STEPS = 1_000_000  # of a slider
_SPIN_LIMIT = 1e12
_COLOUR_HINT = "This picture has its own colours: windows do not apply to it."
_BY_HAND = "Set by hand"


class WindowControls(QWidget):
    """Shows a window and lets the user edit it, in modality units.

    What is set by code is shown and never signalled back.

    Signals
    -------
    windowEdited
        New centre and width.
    presetChosen
        Position in the preset list.
    done
        The user has finished with a control: by Enter, or a preset picked from the list.
    """

    windowEdited = Signal(float, float)
    presetChosen = Signal(int)
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("windowControls")
        self.setAccessibleName("Window")
        self._range = (0.0, 1.0)
        self._step = 1.0
        self._window = (0.0, 1.0)
        self._list_told: int | None = None
        self._plot = HistogramPlot()
        self._presets = _PresetList()
        self._center = _slider("windowCenterSlider", "Window centre")
        self._width = _slider("windowWidthSlider", "Window width")
        self._center_spin = _ValueSpin("windowCenterSpin", "Window centre value")
        self._width_spin = _ValueSpin("windowWidthSpin", "Window width value")
        self._lay_out()
        self._connect()
        self.set_range(0.0, 1.0, 0.01)
        self.set_enabled_for("none")

    def set_range(self, low: float, high: float, step: float) -> None:
        """Fit the controls to data from ``low`` to ``high`` in steps of ``step``.

        The sliders count steps: with a step of 1 their value is the centre,
        or the width, itself. The numbers may go beyond the data, as presets do.
        """
        step = step if math.isfinite(step) and step > 0 else 1.0
        high = max(high, low + step)
        self._step = max(step, (high - low) / _MOST_STEPS)
        self._range = low, high
        self._plot.set_range(low, high)
        with QSignalBlocker(self._center), QSignalBlocker(self._width):
            self._center.setRange(self._steps(low), self._steps(high))
            self._width.setRange(1, max(self._steps(high - low), 1))
            for slider in (self._center, self._width):
                slider.setPageStep(max((slider.maximum() - slider.minimum()) // 20, 1))
        # one decimal finer than the step: automatic windows lie between steps
        decimals = max(1, 1 - math.floor(math.log10(self._step)))
        for spin, least in ((self._center_spin, -_SPIN_LIMIT), (self._width_spin, None)):
            with QSignalBlocker(spin):
                spin.setDecimals(decimals)
                spin.setSingleStep(self._step)
                spin.setRange(10.0**-decimals if least is None else least, _SPIN_LIMIT)
        self._show(*self._window)

    def center_and_width(self) -> tuple[float, float]:
        """Give the centre and width that are shown."""
        return self._window

    def set_voi(self, voi: Voi) -> None:
        """Show a window; of a VOI LUT, the range that it maps."""
        self._plot.set_voi(voi)
        if isinstance(voi, VoiWindow):
            self._show(voi.center, voi.width)
        else:
            entries = len(voi.table.entries)
            self._show(voi.table.first_mapped + entries / 2, float(entries))

    def set_presets(self, names: Sequence[str]) -> None:
        """Offer these presets, in this order, none of them chosen."""
        with QSignalBlocker(self._presets):
            self._presets.clear()
            self._presets.addItems(list(names))
            self._presets.setCurrentIndex(-1)
        self._presets.setPlaceholderText(_BY_HAND if names else "")
        self._list_told = None

    def set_preset(self, index: int) -> None:
        """Show which preset is applied; -1 for a window set by hand."""
        with QSignalBlocker(self._presets):
            self._presets.setCurrentIndex(index if index < self._presets.count() else -1)
        self._list_told = None

    def set_histogram(self, histogram: Histogram | None) -> None:
        """Show the distribution of the frame's values, or none."""
        self._plot.set_histogram(histogram)

    def set_enabled_for(self, kind: Kind) -> None:
        """Offer windows for grey pictures only; say why for colour."""
        for widget in (
            self._plot,
            self._presets,
            self._center,
            self._width,
            self._center_spin,
            self._width_spin,
        ):
            widget.setEnabled(kind == "grey")
        self._plot.set_hint(_COLOUR_HINT if kind == "colour" else "")
        self._show(*self._window)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        for row, (text, slider, spin) in enumerate(
            (("Centre", self._center, self._center_spin), ("Width", self._width, self._width_spin))
        ):
            label = PlainLabel(text)
            label.setBuddy(spin)
            label.setMinimumWidth(label.sizeHint().width())
            grid.addWidget(label, row, 0)
            grid.addWidget(slider, row, 1)
            grid.addWidget(spin, row, 2)
        grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.addWidget(self._plot)
        layout.addWidget(self._presets)
        layout.addLayout(grid)
        layout.addStretch(1)

    def _connect(self) -> None:
        self._center.valueChanged.connect(
            lambda steps: self._edit(steps * self._step, self._window[1])
        )
        self._width.valueChanged.connect(
            lambda steps: self._edit(self._window[0], steps * self._step)
        )
        self._center_spin.valueChanged.connect(lambda value: self._edit(value, self._window[1]))
        self._width_spin.valueChanged.connect(lambda value: self._edit(self._window[0], value))
        self._presets.currentIndexChanged.connect(self._preset_changed)
        self._presets.activated.connect(self._preset_activated)
        for control in (self._center_spin, self._width_spin, self._presets):
            control.done.connect(self.done)

    def _edit(self, center: float, width: float) -> None:
        self._plot.set_voi(VoiWindow(center, width, "LINEAR_EXACT"))
        self._show(center, width)
        self.windowEdited.emit(center, width)

    def _preset_changed(self, index: int) -> None:
        self.presetChosen.emit(index)
        self._list_told = index

    def _preset_activated(self, index: int) -> None:
        """Choose the shown preset once more: on another frame, automatic means another window."""
        if self._list_told != index:
            self.presetChosen.emit(index)
        self._list_told = None

    def _show(self, center: float, width: float) -> None:
        self._window = center, width
        for slider, spin, value in (
            (self._center, self._center_spin, center),
            (self._width, self._width_spin, width),
        ):
            with QSignalBlocker(slider), QSignalBlocker(spin):
                slider.setValue(self._steps(value))
                spin.setValue(value)
                if not spin.isEnabled():  # it is of another picture
                    spin.clear()

    def _steps(self, value: float) -> int:
        most = 2**31 - 1  # what a slider can hold
        return min(max(round(value / self._step), -most), most)


class _ValueSpin(QDoubleSpinBox):
    """A number without trailing zeros, taken when it is complete; ``done`` tells of Enter."""

    done = Signal()

    def __init__(self, name: str, accessible_name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setKeyboardTracking(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        # the limits are far wider than any number seen: they must not set the size
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("-00000.00") + 34)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the number on Enter, and say so."""
        super().keyPressEvent(event)
        if event.key() in _ENTER:
            self.done.emit()

    def textFromValue(self, value: float) -> str:
        """Give the number in the user's locale, as short as it is exact."""
        text = self.locale().toString(value, "f", self.decimals())
        point = self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text


def _slider(name: str, accessible_name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setObjectName(name)
    slider.setAccessibleName(accessible_name)
    slider.setMinimumWidth(60)
    return slider


class _PresetList(QComboBox):
    """The presets; ``done`` tells of Enter and of a choice from the open list, not of steps."""

    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("windowPreset")
        self.setAccessibleName("Window preset")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self._stepping = False  # keys and the wheel step through the closed list
        self.activated.connect(self._chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step through the presets; say that Enter was pressed."""
        self._stepping = True
        super().keyPressEvent(event)
        self._stepping = False
        if event.key() in _ENTER:
            self.done.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step through the presets."""
        self._stepping = True
        super().wheelEvent(event)
        self._stepping = False

    def _chosen(self) -> None:
        if not self._stepping:
            self.done.emit()
