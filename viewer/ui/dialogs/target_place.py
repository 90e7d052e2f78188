"""Where something is written: a folder that is chosen, and the name of a new one in it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QWidget

from viewer.plain_text import whole_line
from viewer.session.aside import Aside
from viewer.session.disc_target import Target, look_at_target, propose_name
from viewer.session.settings import Settings
from viewer.ui.dialogs.file_dialogs import ask_folder
from viewer.ui.literal import tooltip
from viewer.ui.plain_label import PlainLabel

_TYPED_MS = 250


class TargetPlace(QWidget):
    """Asks for folder and name.

    Parameters
    ----------
    name : str
        Of what is written, which begins the names of the widgets; in capitals, of its folder.
    ask : str
        The title of the dialog that asks for the folder.
    may_hold_files : bool
        The folder need not be new or empty.

    Signals
    -------
    changed
        ``target`` may be new.
    """

    changed = Signal()

    def __init__(
        self,
        settings: Settings,
        name: str,
        ask: str,
        parent: QWidget,
        *,
        may_hold_files: bool = False,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._prefix, self._ask = name.upper(), ask
        self._may_hold_files = may_hold_files
        self.folder = ""
        self.target: Target | None = None  # None: not chosen, or not known yet
        self._aside = Aside(self)
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._typed.timeout.connect(self._look)
        capital = name[:1].upper() + name[1:]
        self._path = PlainLabel("not chosen yet", self)
        self._path.setObjectName(f"{name}Folder")
        self.choose = QPushButton("Choose &Folder…", self)
        self.choose.setObjectName(f"choose{capital}Folder")
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._ask_folder)
        self.name = QLineEdit(self)
        self.name.setObjectName(f"{name}Name")
        self.name.setAccessibleName("Name of the new folder")
        without = (
            "the folder itself" if may_hold_files else "the folder itself, which must be empty"
        )
        self.name.setPlaceholderText(f"without a name: {without}")
        self.name.setMaxLength(200)
        self.name.textEdited.connect(self._name_edited)
        self.grid = QGridLayout(self)
        self._arrange()

    def set_folder(self, folder: str) -> None:
        """Write into a new folder in ``folder``."""
        self.folder = folder
        self._path.setText(whole_line(folder))
        self._path.setToolTip(tooltip(folder))
        self.target = None
        self.changed.emit()
        self._aside.ask(partial(propose_name, folder, self._prefix), self._set_name)

    def look_again(self) -> None:
        """Judge the folder anew: something was written since."""
        if self.folder:
            self._look()

    def close_down(self) -> None:
        """Say nothing more."""
        self._aside.close()

    def _arrange(self) -> None:
        grid = self.grid
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        name = PlainLabel("New folder:", self)
        name.setBuddy(self.name)
        grid.addWidget(PlainLabel("In:", self), 0, 0)
        grid.addWidget(self._path, 0, 1)
        grid.addWidget(self.choose, 0, 2)
        grid.addWidget(name, 1, 0)
        grid.addWidget(self.name, 1, 1, 1, 2)

    def _ask_folder(self) -> None:
        folder = ask_folder(self._settings, self, self._ask, self.folder)
        if folder:
            self.set_folder(folder)

    def _set_name(self, name: str) -> None:
        if not self.name.isModified() or not self.name.text():
            self.name.setText(name)
        self._look()

    def _name_edited(self) -> None:
        self.target = None
        self.changed.emit()
        if self.folder:
            self._typed.start()

    def _look(self) -> None:
        name = self.name.text().strip()
        look = partial(look_at_target, may_hold_files=self._may_hold_files)
        self._aside.ask(partial(look, self.folder, name), self._set_target)

    def _set_target(self, target: Target) -> None:
        self.target = target
        self.changed.emit()
