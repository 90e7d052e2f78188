"""Where a disc is made, and whether a viewer goes onto it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from viewer import program
from viewer.session.aside import Aside
from viewer.session.disc_contents import size_text
from viewer.session.disc_target import Viewer, look_at_viewer
from viewer.session.settings import Settings
from viewer.ui.dialogs.file_dialogs import ask_folder
from viewer.ui.dialogs.target_place import TargetPlace
from viewer.ui.plain_label import PlainLabel

_NO_FOLDER = "Choose a folder to make the disc in."
_VIEWER = "With it, whoever gets the disc sees the images on {system} without installing anything."
_NO_VIEWER = (
    "This Negato is no program bundle, which a disc can carry. Choose the folder of one: "
    "the unpacked download, with the program negato in it."
)
_WRONG_VIEWER = (
    "That folder holds no program bundle of Negato. Choose the one with the program negato in it."
)


class DiscPlace(TargetPlace):
    """Asks for folder, name and viewer.

    Signals
    -------
    changed
        ``target`` or ``viewer`` may be new.
    """

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(settings, "disc", "Make the disc in", parent)
        self._found: Viewer | None = None  # the bundle that can go onto the disc
        self._viewer_aside = Aside(self)
        self._with_viewer = QCheckBox("Put a &viewer on the disc", self)
        self._with_viewer.setObjectName("withViewer")
        self._with_viewer.setEnabled(False)
        self._with_viewer.toggled.connect(self.changed)
        self._choose_viewer = QPushButton("Choose Vie&wer…", self)
        self._choose_viewer.setObjectName("chooseViewer")
        self._choose_viewer.setAccessibleName("Choose the folder of a viewer")
        self._choose_viewer.setAutoDefault(False)
        self._choose_viewer.clicked.connect(self._ask_viewer)
        self._of_viewer = PlainLabel(_NO_VIEWER, self)
        self._of_viewer.setObjectName("aboutViewer")
        self._of_viewer.setWordWrap(True)
        self.grid.addWidget(self._with_viewer, 2, 0, 1, 2)
        self.grid.addWidget(self._choose_viewer, 2, 2)
        self.grid.addWidget(self._of_viewer, 3, 0, 1, 3)
        own = program.bundle_folder()
        if own is not None:
            self._of_viewer.setText("")
            self._viewer_aside.ask(partial(look_at_viewer, own), self._offer_viewer)

    @property
    def viewer(self) -> Viewer | None:
        """The bundle that goes onto the disc; None for no viewer."""
        return self._found if self._with_viewer.isChecked() else None

    def set_viewer(self, folder: str) -> None:
        """Have the bundle in ``folder`` go with the disc, if it is one."""

        def take(found: Viewer) -> None:
            self._offer_viewer(found)
            self._with_viewer.setChecked(bool(found.system))

        self._viewer_aside.ask(partial(look_at_viewer, folder), take)

    def space_text(self, needed: int) -> str:
        """Say what the disc takes with the viewer, and what is free where it is made."""
        parts = [size_text(needed)]
        if self.viewer is not None:
            parts.append(f"{size_text(needed + self.viewer.bytes)} with the viewer")
        if self.target is not None and self.target.free_bytes is not None:
            parts.append(f"{size_text(self.target.free_bytes)} are free there")
        return "; ".join(parts) + "."

    def problem(self, needed: int) -> str:
        """Say why no disc can be made there; "" where it can, or where that is not known yet."""
        if not self.folder:
            return _NO_FOLDER
        if self.target is None or self.target.problem:
            return self.target.problem if self.target is not None else ""
        free, viewer = self.target.free_bytes, self.viewer
        if free is not None and needed + (viewer.bytes if viewer is not None else 0) > free:
            return "There is not enough room. Choose another folder, or fewer series."
        return ""

    def close_down(self) -> None:
        """Say nothing more."""
        super().close_down()
        self._viewer_aside.close()

    def _ask_viewer(self) -> None:
        folder = ask_folder(self._settings, self, "The folder of a viewer")
        if folder:
            self.set_viewer(folder)

    def _offer_viewer(self, found: Viewer) -> None:
        self._found = found if found.system else None
        self._with_viewer.setEnabled(self._found is not None)
        self._of_viewer.setText(
            _VIEWER.format(system=found.system) if found.system else _WRONG_VIEWER
        )
        self.changed.emit()
