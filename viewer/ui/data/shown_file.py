"""One file shown in the main window: in the stack that it is part of, else opened."""

from __future__ import annotations

from viewer.dicom.stacks import Stack
from viewer.session.workspace import Workspace


def show_file(workspace: Workspace, path: str) -> None:
    """Show a file."""
    found = _place_of(workspace, path)
    if found is None:
        workspace.open([path])
    else:
        workspace.show(*found)


def _place_of(workspace: Workspace, path: str) -> tuple[Stack, int] | None:
    """Give the stack, and the first frame of the file in it."""
    document = workspace.document
    for stack in document.stacks() if document is not None else []:
        for place, header in enumerate(stack.headers):
            if header.path == path:
                frames = (at for at, (of, _) in enumerate(stack.frames) if of == place)
                return stack, next(frames, 0)
    return None
