"""The controls beside the frame slider that play a stack."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QToolButton, QWidget

from viewer.session.cine import FASTEST, SLOWEST, Cine
from viewer.ui.literal import tooltip


class CineBar(QWidget):
    """A button to play and stop, and the rate; shows and changes a `Cine`."""

    def __init__(self, cine: Cine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cine = cine
        self.button = QToolButton(self)
        self.button.setObjectName("cineButton")
        self.button.setAutoRaise(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(cine.toggle)
        self.rate = QSpinBox(self)
        self.rate.setObjectName("cineRate")
        self.rate.setAccessibleName("Frames a second")
        self.rate.setRange(SLOWEST, FASTEST)
        self.rate.setSuffix(" fps")
        self.rate.setKeyboardTracking(False)
        self.rate.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.rate.valueChanged.connect(cine.set_rate)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 2)
        layout.setSpacing(4)
        layout.addWidget(self.button)
        layout.addWidget(self.rate)
        cine.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        playing = self._cine.playing
        self.button.setText("❚❚" if playing else "▶")  # the style's icons are dark in any theme
        name = "Stop" if playing else "Play"
        self.button.setAccessibleName(name)
        self.button.setToolTip(tooltip(f"{name} (C)"))
        with QSignalBlocker(self.rate):
            self.rate.setValue(self._cine.rate)
        source = self._cine.source
        self.rate.setToolTip(tooltip(f"as {source} says" if source else "frames a second"))
