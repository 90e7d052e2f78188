"""What the menus do with the program itself: settings, keys, what it runs on, reports, about.

The dialogs are loaded when they are asked for: no first picture waits for them.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from viewer.session.workspace import Workspace


class ProgramActions:
    """Carries out "Settings" and the actions of the Help menu.

    Parameters
    ----------
    settings_kept : callable
        Is called once the user has changed settings.
    """

    def __init__(
        self, workspace: Workspace, settings_kept: Callable[[], None], window: QWidget
    ) -> None:
        self._workspace = workspace
        self._settings_kept = settings_kept
        self._window = window

    def callbacks(self) -> dict[str, Callable[[], object]]:
        """Give what each action id does."""
        return {
            "settings": self._show_settings,
            "showKeys": self._show_keys,
            "systemInfo": self._show_system,
            "crashReports": self._show_reports,
            "about": self._show_about,
        }

    def _show_settings(self) -> None:
        from viewer.ui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._workspace.settings, self._window)
        dialog.accepted.connect(self._settings_kept)
        dialog.open()

    def _show_system(self) -> None:
        from viewer.ui.dialogs.system_dialog import SystemDialog

        SystemDialog(self._workspace, self._window).open()

    def _show_keys(self) -> None:
        from viewer.ui.dialogs.text_dialogs import KeysDialog

        KeysDialog(self._window).open()

    def _show_reports(self) -> None:
        from viewer.ui.dialogs.defect_dialog import show_kept

        show_kept(self._window)

    def _show_about(self) -> None:
        from viewer.ui.dialogs.about_dialog import AboutDialog

        AboutDialog(self._window).open()
