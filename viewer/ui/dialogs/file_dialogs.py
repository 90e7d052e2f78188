"""The dialogs that ask for files and folders; on request, nothing remembers what was chosen.

Qt keeps what was chosen in a file of its own, which its programs share, and the dialogs of systems
keep more than that.
"""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget

from viewer.session.settings import Settings

_FOLDERS = QFileDialog.Option.ShowDirsOnly


def ask_folder(settings: Settings, parent: QWidget, title: str, start: str = "") -> str:
    """Ask for a folder, from ``start`` on; "" for none."""
    chosen = QFileDialog.getExistingDirectory(
        parent, title, start, options=_options(settings) | _FOLDERS
    )
    _forget(settings)
    return chosen


def ask_files(settings: Settings, parent: QWidget, title: str) -> list[str]:
    """Ask for files."""
    chosen, _ = QFileDialog.getOpenFileNames(
        parent, title, "", "All files (*)", options=_options(settings)
    )
    _forget(settings)
    return chosen


def ask_file(settings: Settings, parent: QWidget, title: str) -> str:
    """Ask for one file; "" for none."""
    chosen, _ = QFileDialog.getOpenFileName(
        parent, title, "", "All files (*)", options=_options(settings)
    )
    _forget(settings)
    return chosen


def ask_target(
    settings: Settings, parent: QWidget, title: str, proposed: str, kinds: str = ""
) -> str:
    """Ask where to save; "" for nowhere."""
    chosen, _ = QFileDialog.getSaveFileName(
        parent, title, proposed, kinds, options=_options(settings)
    )
    _forget(settings)
    return chosen


def _options(settings: Settings) -> QFileDialog.Option:
    if settings.remembers_recent():
        return QFileDialog.Option(0)
    return QFileDialog.Option.DontUseNativeDialog  # the system's would remember


def _forget(settings: Settings) -> None:
    if not settings.remembers_recent():
        settings.clear_recent()
