"""Placeholder, replaced soon: the metadata of what is open as a table."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from viewer.session.workspace import Workspace


def show_table(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Show the metadata of what is open as a table."""
    raise NotImplementedError
