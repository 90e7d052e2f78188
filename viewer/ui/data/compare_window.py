"""Placeholder, replaced soon: two headers side by side."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from viewer.session.workspace import Workspace


def show_comparison(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Show two headers side by side."""
    raise NotImplementedError
