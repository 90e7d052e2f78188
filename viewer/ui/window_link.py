"""Joins the window controls to the workspace, both ways.

The controls follow the picture at their own pace: at rest they show its
window and its values.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from viewer.imaging.display import is_colour
from viewer.imaging.frame import FrameDescription
from viewer.imaging.histogram import Histogram, histogram
from viewer.imaging.voi import Voi, VoiWindow
from viewer.imaging.voi_choice import AUTOMATIC, FixedVoi, VoiChoice
from viewer.session.windows import WindowOption, window_options
from viewer.session.workspace import Workspace
from viewer.ui.canvas.window_controls import WindowControls
from viewer.ui.pace import Pace

Range = tuple[float, float]

_LARGEST = 1e300  # differences of such values are still numbers


class WindowLink(QObject):
    """Shows the workspace's window in ``controls``, and their edits in the workspace."""

    def __init__(self, workspace: Workspace, controls: WindowControls) -> None:
        super().__init__(controls)
        self._workspace = workspace
        self._controls = controls
        self._description: FrameDescription | None = None
        self._options: list[WindowOption] = []
        self._known: dict[str, Range] = {}  # the values seen so far, by stack uid
        self._range = (0.0, 0.0)  # that the sliders span
        self._integral = False
        controls.windowEdited.connect(workspace.set_window)
        controls.presetChosen.connect(self._choose)
        self._pace = Pace(self._refresh, self)
        workspace.pictureChanged.connect(self._pace.ask)
        workspace.documentChanged.connect(self._known.clear)

    def _choose(self, number: int) -> None:
        if 0 <= number < len(self._options):
            self._workspace.choose_voi(self._options[number].choice)

    def _refresh(self) -> None:
        picture = self._workspace.picture()
        if picture.pixels is None or picture.description is None or picture.voi is None:
            if self._workspace.viewport.stack is None or picture.message:
                self._description = None
                self._options = []
                self._controls.set_presets([])
                self._controls.set_histogram(None)
                self._controls.set_enabled_for("none")
            return
        if picture.description is not self._description:
            self._description = picture.description
            self._show_frame(picture.pixels, picture.description)
        self._show_presets(picture.description)
        self._controls.set_voi(picture.voi)
        self._make_room()
        self._controls.set_preset(self._current(picture.voi))

    def _show_frame(self, pixels: np.ndarray, description: FrameDescription) -> None:
        if is_colour(description):
            self._options = []
            self._controls.set_presets([])
            self._controls.set_histogram(None)
            self._controls.set_enabled_for("colour")
            return
        self._controls.set_enabled_for("grey")
        counted = histogram(pixels, description.modality, description.padding_range, 256)
        stack = self._workspace.viewport.stack
        uid = stack.uid if stack is not None else ""
        here = _extent(counted)
        known = self._known.get(uid, here)
        self._known[uid] = min(here[0], known[0]), max(here[1], known[1])
        self._integral = (
            np.issubdtype(pixels.dtype, np.integer) and description.modality.slope == 1.0
        )
        self._span(self._known[uid])
        self._controls.set_histogram(counted)

    def _make_room(self) -> None:
        """Let the sliders reach the window where it is beyond the values, to its both sides."""
        (low, high), (center, width) = self._range, self._controls.center_and_width()
        off = self._step()  # sliders round to whole steps
        if low - off <= center <= high + off and width <= high - low + off:
            return
        self._span(
            (max(min(low, center - width), -_LARGEST), min(max(high, center + width), _LARGEST))
        )

    def _span(self, values: Range) -> None:
        self._range = values
        self._controls.set_range(*values, self._step())

    def _step(self) -> float:
        span = self._range[1] - self._range[0]
        if self._integral:
            return 1.0 if span >= 20 else span / 20
        return span / 1000

    def _show_presets(self, description: FrameDescription) -> None:
        if is_colour(description):
            return
        stack = self._workspace.viewport.stack
        modality = stack.header(self._workspace.viewport.index).modality if stack else ""
        options = window_options(description, modality, self._workspace.settings.presets(modality))
        if options != self._options:
            self._options = options
            self._controls.set_presets([option.name for option in options])

    def _current(self, voi: Voi) -> int:
        """Give the number of the option that made ``voi``; -1 where set by hand."""
        choice = self._workspace.viewport.appearance.choice
        if isinstance(choice, FixedVoi) and choice.name == AUTOMATIC:
            return 0
        return next((n for n, o in enumerate(self._options) if _same(o.choice, choice, voi)), -1)


def _extent(counted: Histogram) -> tuple[float, float]:
    """Give the lowest and highest value; something harmless where all is padding."""
    if not len(counted.edges):
        return 0.0, 1.0
    low, high = float(counted.edges[0]), float(counted.edges[-1])
    # a constant has one bin around it: what room there is, its window says
    return (low, high) if len(counted.counts) > 1 else ((low + high) / 2, (low + high) / 2)


def _same(option: VoiChoice | None, choice: VoiChoice | None, voi: Voi) -> bool:
    if option is None or choice is None:
        return False
    if option == choice:
        return True
    return (
        isinstance(option, FixedVoi)
        and isinstance(option.voi, VoiWindow)
        and isinstance(voi, VoiWindow)
        and (option.voi.center, option.voi.width) == (voi.center, voi.width)
    )
