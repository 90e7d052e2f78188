"""What the menus do with files: opening, recent ones, the ledger, pictures out of the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from viewer.dicom.catalogue import ledger_sentence, ledger_text
from viewer.dicom.tags import TagTable
from viewer.session.workspace import Workspace
from viewer.ui import export
from viewer.ui.dialogs.file_dialogs import ask_files, ask_folder
from viewer.ui.menus import Menus
from viewer.ui.recent_menu import RecentMenu
from viewer.ui.view_area import ViewArea


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
            "newWindow": self._new_window,
            "closeAll": self._workspace.close_all,
            "savePng": self._save_png,
            "showLedger": self.show_ledger,
            "copyImage": self._copy_image,
            "copyPython": self._copy_python,
        }

    def fill_menus(self, menus: Menus) -> None:
        """Add the menu of recent paths, and offer what opens something where nothing is open."""
        recent = RecentMenu(self._workspace.settings, self._open, self._window)
        menus.menu("&File").insertMenu(menus.action("openSample"), recent)
        offered = ("openFolder", "openDisc", "openSample")
        self._view.offer([menus.action(name) for name in offered])

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

    def save_value(self, table: TagTable, row: int) -> None:
        """Ask where the bytes of a tag's value are to be saved, and save them."""
        from viewer.ui.tags.saving import save_value  # not at the start

        save_value(table, row, self._workspace, self._window)

    def _ask_folder(self) -> None:
        folder = ask_folder(self._workspace.settings, self._window, "Open a folder")
        self._open([folder] if folder else [])

    def _ask_disc(self) -> None:
        from viewer.session.media import removable_media  # not at the start

        media = next(iter(removable_media()), "")
        folder = ask_folder(self._workspace.settings, self._window, "Open a disc", media)
        self._open([folder] if folder else [])

    def _new_window(self) -> None:
        from viewer.session.own_process import open_window  # not at the start

        if not open_window():
            self._workspace.messages.post("No other window could be started.", "error")

    def _ask_files(self) -> None:
        self._open(ask_files(self._workspace.settings, self._window, "Open files"))

    def _copy_image(self) -> None:
        export.copy_image(self._view.canvas.grab_image(), self._workspace.messages)

    def _copy_python(self) -> None:
        from viewer.ui.picture_code import copy_python  # not at the start

        copy_python(self._workspace, self._view.picture)

    def _save_png(self) -> None:
        workspace = self._workspace
        if workspace.viewport.stack is not None:
            name = export.file_name(workspace.viewport.stack, workspace.viewport.index)
            image = self._view.canvas.grab_image()
            export.save_png(image, name, workspace.settings, workspace.messages, self._window)
