"""Placeholder, replaced soon: what is to be taken out of headers."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from viewer.session.workspace import Workspace


def show_deidentification(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Show what is to be taken out of headers."""
    raise NotImplementedError
