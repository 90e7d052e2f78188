"""Placeholder, replaced soon: the tags of the shown stack over its frames."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from viewer.session.workspace import Workspace


def show_matrix(workspace: Workspace, study_uid: str, window: QWidget) -> None:
    """Show the tags of the shown stack over its frames."""
    raise NotImplementedError
