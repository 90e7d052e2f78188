"""What the menus do with files: opening, recent ones, the ledger, pictures out of the window."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

from viewer.dicom.catalogue import ledger_sentence, ledger_text
from viewer.session.workspace import Workspace
from viewer.ui import export
from viewer.ui.dialogs.file_dialogs import ask_files, ask_folder
from viewer.ui.literal import menu_title
from viewer.ui.menus import Menus
from viewer.ui.view_area import ViewArea

_MEDIA = ("/media", "/run/media", "/Volumes")


class FileActions(QObject):
    """Carries out the actions on files of the File and Edit menus.

    Parameters
    ----------
    open_paths : callable
        Opens files, folders or discs beside what is open; nothing for no paths.
    """

    def __init__(
        self,
        workspace: Workspace,
        view: ViewArea,
        open_paths: Callable[[Sequence[str]], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._view = view
        self._open = open_paths
        self._window = window

    def callbacks(self) -> dict[str, Callable[[], object]]:
        """Give what each action id does."""
        return {
            "openFolder": self._ask_folder,
            "openFile": self._ask_files,
            "openDisc": self._ask_disc,
            "closeAll": self._workspace.close_all,
            "savePng": self._save_png,
            "showLedger": self.show_ledger,
            "copyImage": self._copy_image,
        }

    def fill_menus(self, menus: Menus) -> None:
        """Add the menu of recent paths."""
        recent = QMenu("Open &Recent", self._window)
        recent.setObjectName("menuRecent")
        recent.aboutToShow.connect(lambda: self._fill_recent(recent))
        menus.menu("&File").insertMenu(menus.action("openSample"), recent)

    def show_ledger(self) -> None:
        """Show every file seen and its fate."""
        document = self._workspace.document
        if document is None:
            return
        from viewer.ui.dialogs.text_dialogs import LedgerDialog  # not at the start

        sentence, text = ledger_sentence(document.catalogue), ledger_text(document.catalogue)
        LedgerDialog(sentence, text, self._workspace, self._window).open()

    def make_disc(self, study_uid: str) -> None:
        """Ask what of the open files goes onto a disc; at first, a study does."""
        from viewer.ui.dialogs.disc_dialog import make_disc  # not at the start

        make_disc(self._workspace, study_uid, self._window)

    def _ask_folder(self) -> None:
        folder = ask_folder(self._workspace.settings, self._window, "Open a folder")
        self._open([folder] if folder else [])

    def _ask_disc(self) -> None:
        media = next((path for path in _MEDIA if os.path.isdir(path)), "")
        folder = ask_folder(self._workspace.settings, self._window, "Open a disc", media)
        self._open([folder] if folder else [])

    def _ask_files(self) -> None:
        self._open(ask_files(self._workspace.settings, self._window, "Open files"))

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        settings = self._workspace.settings
        if not settings.remembers_recent():
            menu.addAction("Not remembered: see Edit > Settings").setEnabled(False)
            return
        for path in settings.recent():
            action = menu.addAction(menu_title(path))
            action.setEnabled(os.path.exists(path))
            action.triggered.connect(lambda _checked=False, path=path: self._open([path]))
        menu.addSeparator()
        menu.addAction("&Clear", settings.clear_recent)

    def _copy_image(self) -> None:
        export.copy_image(self._view.canvas.grab_image(), self._workspace.messages)

    def _save_png(self) -> None:
        workspace = self._workspace
        if workspace.viewport.stack is not None:
            name = export.file_name(workspace.viewport.stack, workspace.viewport.index)
            image = self._view.canvas.grab_image()
            export.save_png(image, name, workspace.settings, workspace.messages, self._window)
