"""What the menus do with the image on screen: turning, layers, states, presets, length.

Each is an intent to the workspace; which menus there are is `actions`' matter.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QInputDialog, QLabel, QMenu, QWidget

from viewer.imaging.calibration import calibrated_spacing
from viewer.imaging.voi import VoiWindow
from viewer.plain_text import plain_line
from viewer.session.presentation import state_name
from viewer.session.viewport import Layers
from viewer.session.workspace import Workspace
from viewer.ui.canvas.ruler import scale_between
from viewer.ui.literal import menu_title, window_title
from viewer.ui.menus import Menus
from viewer.ui.view_area import ViewArea

_LONGEST_LABEL = 60  # characters
_DIALOG_WIDTH_PX = 340  # for a title to be whole
_DRAW_FIRST = "Draw the line first: Shift + left drag along a known length."
_NO_WINDOW = "Only a window can be saved, not a table."


class ImageActions(QObject):
    """Carries out the actions of the Image menu and the layers of the View menu."""

    def __init__(self, workspace: Workspace, view: ViewArea, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._view = view
        self._window = window
        self._menus: Menus | None = None
        view.canvas.measured.connect(lambda: workspace.messages.withdraw(_DRAW_FIRST))

    def callbacks(self) -> dict[str, Callable[[], object]]:
        """Give what each action id does."""
        return {
            "turnRight": lambda: self._rotate(1),
            "turnLeft": lambda: self._rotate(-1),
            "mirror": lambda: self._mirror(vertically=False),
            "mirrorVertically": lambda: self._mirror(vertically=True),
            "reset": self._reset,
            "savePreset": self._ask_preset_name,
            "calibrate": self._ask_length,
            "play": self._view.cine.toggle,
            "overlays": self._set_layers,
            "shutter": self._set_layers,
            "graphics": self._set_layers,
        }

    def fill_menus(self, menus: Menus) -> None:
        """Add the menus whose entries depend on what is shown."""
        self._menus = menus
        for name in ("overlays", "shutter", "graphics"):
            menus.action(name).setChecked(True)
        image, view = menus.menu("&Image"), menus.menu("&View")
        self._add_menu(image, "savePreset", "&Presentation State", self._fill_states)
        self._add_menu(image, "calibrate", "Remove Pr&eset", self._fill_presets)
        self._add_menu(view, "shutter", "Overlay &Groups", self._fill_groups)

    def _add_menu(
        self, menu: QMenu, before: str, title: str, fill: Callable[[QMenu], None]
    ) -> None:
        assert self._menus is not None
        submenu = QMenu(title, menu)
        submenu.setObjectName("menu" + title.replace("&", "").replace(" ", ""))
        submenu.aboutToShow.connect(lambda: fill(submenu))
        menu.insertMenu(self._menus.action(before), submenu)

    def _rotate(self, quarters: int) -> None:
        self._workspace.turn(self._workspace.viewport.appearance.turn.rotated(quarters))

    def _mirror(self, *, vertically: bool) -> None:
        turn = self._workspace.viewport.appearance.turn
        self._workspace.turn(turn.flipped(vertically=vertically))

    def _reset(self) -> None:
        self._workspace.reset_appearance()
        self._view.canvas.clear_ruler()
        self._view.canvas.fit()

    def _set_layers(self) -> None:
        assert self._menus is not None
        actions = (self._menus.action(name) for name in ("overlays", "shutter", "graphics"))
        overlays, shutter, graphics = (action.isChecked() for action in actions)
        self._workspace.set_layers(Layers(overlays, shutter, graphics))

    def _fill_states(self, menu: QMenu) -> None:
        menu.clear()
        group = menu.findChild(QActionGroup) or QActionGroup(menu)
        state = self._workspace.viewport.appearance.state
        applied = state.sop_instance_uid if state is not None else ""
        headers = self._workspace.states()
        for header in (None, *headers):
            name = "None" if header is None else state_name(header)
            action = menu.addAction(menu_title(name))
            action.setCheckable(True)
            action.setChecked(applied == (header.sop_instance_uid if header else ""))
            group.addAction(action)
            action.triggered.connect(lambda _on=False, h=header: self._workspace.apply_state(h))
        if not headers:
            menu.addAction("No state of this series is open").setEnabled(False)

    def _fill_groups(self, menu: QMenu) -> None:
        menu.clear()
        description = self._view.picture.description
        overlays = description.overlays if description is not None else ()
        hidden = self._workspace.viewport.appearance.hidden_groups
        for plane in overlays:
            name = f"{plane.group:04X}  {plane.label}".strip()
            action = menu.addAction(menu_title(name, _LONGEST_LABEL))
            action.setCheckable(True)
            action.setChecked(plane.group not in hidden)
            action.triggered.connect(lambda _on=False, g=plane.group: self._switch_group(g))
        if not overlays:
            menu.addAction("This image has no overlays").setEnabled(False)

    def _switch_group(self, group: int) -> None:
        hidden = self._workspace.viewport.appearance.hidden_groups
        self._workspace.hide_groups(hidden ^ {group})

    def _fill_presets(self, menu: QMenu) -> None:
        menu.clear()
        modality, settings = self._modality(), self._workspace.settings
        presets = settings.presets(modality)
        for preset in presets:
            action = menu.addAction(menu_title(preset.explanation, _LONGEST_LABEL))
            action.triggered.connect(
                lambda _on=False, name=preset.explanation: self._remove_preset(name)
            )
        if not presets:
            menu.addAction("There are none of your own").setEnabled(False)

    def _remove_preset(self, name: str) -> None:
        self._workspace.settings.remove_preset(self._modality(), name)
        self._workspace.pictureChanged.emit()

    def _modality(self) -> str:
        viewport = self._workspace.viewport
        return viewport.stack.header(viewport.index).modality if viewport.stack else ""

    def _ask_preset_name(self) -> None:
        window = self._view.picture.voi
        if not isinstance(window, VoiWindow):
            self._workspace.messages.post(_NO_WINDOW, "warning")
            return
        self._workspace.messages.withdraw(_NO_WINDOW)
        label = f"Name of the window {window.center:g} / {window.width:g}:"
        dialog = self._dialog("Save window as preset", label)
        dialog.textValueSelected.connect(lambda name: self._save_preset(name, window))
        dialog.open()

    def _dialog(self, title: str, label: str) -> QInputDialog:
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(window_title(title))
        dialog.setLabelText(plain_line(label))
        # the dialog itself takes no width: it follows what is in it
        for text in dialog.findChildren(QLabel):
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setMinimumWidth(_DIALOG_WIDTH_PX)
        return dialog

    def _save_preset(self, name: str, window: VoiWindow) -> None:
        name = plain_line(name, 40).strip()
        if not name:
            return
        self._workspace.settings.save_preset(self._modality(), name, window)
        self._workspace.pictureChanged.emit()

    def _ask_length(self) -> None:
        if self._view.canvas.ruler() is None:
            self._workspace.messages.post(_DRAW_FIRST, "warning")
            return
        dialog = self._dialog("Set length", "True length of the measured line, in mm:")
        dialog.setInputMode(QInputDialog.InputMode.DoubleInput)
        dialog.setDoubleDecimals(2)
        dialog.setDoubleRange(0.01, 100_000)
        dialog.setDoubleValue(self._measured_mm() or 10)
        dialog.doubleValueSelected.connect(self._calibrate)
        # in the window's corner, not over the line in its middle
        dialog.move(self._window.mapToGlobal(QPoint(24, 48)))
        dialog.open()

    def _measured_mm(self) -> float | None:
        """Give the length of the line as it is measured now; None where it has none."""
        ruler, description = self._view.canvas.ruler(), self._view.picture.description
        if ruler is None or description is None:
            return None
        start, end = (self._view.frame_point(point) for point in ruler[:2])
        scale = scale_between(description, start, end)
        if scale is None:
            return None
        down, across = scale.spacing_rc_mm
        return math.hypot((end[0] - start[0]) * down, (end[1] - start[1]) * across)

    def _calibrate(self, millimetres: float) -> None:
        ruler, description = self._view.canvas.ruler(), self._view.picture.description
        if ruler is None or description is None:
            return
        ends = [self._view.frame_point(end) for end in ruler[:2]]
        spacing = calibrated_spacing(description, ends[0], ends[1], millimetres)
        if spacing is not None:
            self._workspace.set_spacing(spacing)
