"""Placeholder, replaced soon: what can be written of what is open."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from viewer.session.workspace import Workspace


def show_export(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Show what can be written of what is open."""
    raise NotImplementedError
