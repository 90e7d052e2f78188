"""Placeholder, replaced soon: what is wrong with the shown series."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from viewer.session.workspace import Workspace


def show_validation(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Show what is wrong with the shown series."""
    raise NotImplementedError
