"""Where a disc is made, and whether a viewer goes onto it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QPushButton, QWidget

from viewer import program
from viewer.plain_text import whole_line
from viewer.session.aside import Aside
from viewer.session.disc_contents import size_text
from viewer.session.disc_target import (
    Target,
    bytes_in,
    is_bundle_folder,
    look_at_target,
    propose_name,
)
from viewer.session.settings import Settings
from viewer.ui.dialogs.file_dialogs import ask_folder
from viewer.ui.literal import tooltip
from viewer.ui.plain_label import PlainLabel

_TYPED_MS = 250
_NO_FOLDER = "Choose a folder to make the disc in."
_OWN_VIEWER = "Whoever gets the disc can look at it without installing anything."
_NO_VIEWER = (
    "This Negato is no program bundle, which a disc can carry. Choose the folder of one: "
    "the unpacked download, with the program negato in it."
)
_WRONG_VIEWER = "That folder holds no program bundle of Negato. Choose the one with negato in it."


class DiscPlace(QWidget):
    """Asks for folder, name and viewer.

    Signals
    -------
    changed
        ``target``, ``viewer`` or ``viewer_bytes`` may be new.
    """

    changed = Signal()

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self._folder = ""
        self.target: Target | None = None  # None: not chosen, or not known yet
        self._bundle = program.bundle_folder()
        self.viewer_bytes: int | None = 0  # None: not known yet
        self._target_aside, self._viewer_aside = Aside(self), Aside(self)
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._typed.timeout.connect(self._look)
        self._path = PlainLabel(_NO_FOLDER, self)
        self._path.setObjectName("discFolder")
        self._choose = QPushButton("Choose &Folder…", self)
        self._choose.setObjectName("chooseDiscFolder")
        self._choose.clicked.connect(self._ask_folder)
        self._name = QLineEdit(self)
        self._name.setObjectName("discName")
        self._name.setAccessibleName("Name of the new folder")
        self._name.setPlaceholderText("without a name: the folder itself, which must be empty")
        self._name.setMaxLength(200)
        self._name.textEdited.connect(self._name_edited)
        self._with_viewer = QCheckBox("Put a &viewer on the disc", self)
        self._with_viewer.setObjectName("withViewer")
        self._with_viewer.toggled.connect(self._weigh_viewer)
        self._choose_viewer = QPushButton("Choose Vie&wer…", self)
        self._choose_viewer.setObjectName("chooseViewer")
        self._choose_viewer.setAccessibleName("Choose the folder of a viewer")
        self._choose_viewer.clicked.connect(self._ask_viewer)
        self._of_viewer = PlainLabel("", self)
        self._of_viewer.setObjectName("aboutViewer")
        self._of_viewer.setWordWrap(True)
        self._arrange()
        self._show_viewer(_OWN_VIEWER if self._bundle else _NO_VIEWER)

    @property
    def viewer(self) -> str | None:
        """The folder of the bundle that goes onto the disc; None for no viewer."""
        return self._bundle if self._with_viewer.isChecked() else None

    def set_folder(self, folder: str) -> None:
        """Make the disc in a new folder in ``folder``."""
        self._folder = folder
        self._path.setText(whole_line(folder))
        self._path.setToolTip(tooltip(folder))
        self.target = None
        self.changed.emit()
        self._target_aside.ask(partial(propose_name, folder), self._set_name)

    def set_bundle(self, folder: str) -> None:
        """Have the bundle in ``folder`` go with the disc, if it is one."""

        def take(is_bundle: bool) -> None:
            if is_bundle:
                self._bundle = folder
                self._show_viewer(whole_line(folder))
                self._with_viewer.setChecked(True)
                self._weigh_viewer()
            else:
                self._show_viewer(_WRONG_VIEWER)

        self._viewer_aside.ask(partial(is_bundle_folder, folder), take)

    def look_again(self) -> None:
        """Judge the folder anew: something was written since."""
        if self._folder:
            self._look()

    def close_down(self) -> None:
        """Say nothing more."""
        self._target_aside.close()
        self._viewer_aside.close()

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        name = PlainLabel("New folder:", self)
        name.setBuddy(self._name)
        grid.addWidget(PlainLabel("In:", self), 0, 0)
        grid.addWidget(self._path, 0, 1)
        grid.addWidget(self._choose, 0, 2)
        grid.addWidget(name, 1, 0)
        grid.addWidget(self._name, 1, 1, 1, 2)
        grid.addWidget(self._with_viewer, 2, 0, 1, 2)
        grid.addWidget(self._choose_viewer, 2, 2)
        grid.addWidget(self._of_viewer, 3, 0, 1, 3)
        for button in (self._choose, self._choose_viewer):
            button.setAutoDefault(False)

    def _ask_folder(self) -> None:
        folder = ask_folder(self._settings, self, "Make the disc in", self._folder)
        if folder:
            self.set_folder(folder)

    def _ask_viewer(self) -> None:
        folder = ask_folder(self._settings, self, "The folder of a viewer")
        if folder:
            self.set_bundle(folder)

    def _set_name(self, name: str) -> None:
        if not self._name.isModified() or not self._name.text():
            self._name.setText(name)
        self._look()

    def _name_edited(self) -> None:
        self.target = None
        self.changed.emit()
        if self._folder:
            self._typed.start()

    def _look(self) -> None:
        name = self._name.text().strip()
        self._target_aside.ask(partial(look_at_target, self._folder, name), self._set_target)

    def _set_target(self, target: Target) -> None:
        self.target = target
        self.changed.emit()

    def _weigh_viewer(self) -> None:
        bundle = self.viewer
        self.viewer_bytes = 0 if bundle is None else None
        self.changed.emit()
        if bundle is not None:
            self._viewer_aside.ask(partial(bytes_in, bundle), self._set_weight)

    def _set_weight(self, size: int) -> None:
        self.viewer_bytes = size
        self.changed.emit()

    def _show_viewer(self, about: str) -> None:
        self._with_viewer.setEnabled(self._bundle is not None)
        self._of_viewer.setText(about)

    def space_text(self, needed: int) -> str:
        """Say what the disc takes, beside what there is; "" where all that is not known yet."""
        if self.viewer_bytes is None:
            return "Looking how much room the viewer takes…"
        text = f"Takes about {size_text(needed + self.viewer_bytes)}"
        free = self.target.free_bytes if self.target is not None else None
        return f"{text}; {size_text(free)} are free there." if free is not None else f"{text}."

    def problem(self, needed: int) -> str:
        """Say why no disc can be made there; "" where it can, or where that is not known yet."""
        if not self._folder:
            return _NO_FOLDER
        if self.target is None or self.viewer_bytes is None:
            return ""
        free = self.target.free_bytes
        if not self.target.problem and free is not None and needed + self.viewer_bytes > free:
            return "There is not enough room. Choose another folder, or fewer series."
        return self.target.problem

    def is_ready(self) -> bool:
        """Tell whether all is known that must be."""
        return self.target is not None and self.viewer_bytes is not None
