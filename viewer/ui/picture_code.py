"""The picture on screen, copied as lines of Python; what the lines are is `imaging.as_python`'s."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from viewer.dicom.tag_paths import python_source
from viewer.imaging.as_python import Shown, python_of
from viewer.session.viewport import Picture
from viewer.session.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np


def copy_python(workspace: Workspace, picture: Picture) -> None:
    """Copy the lines that reproduce what is shown; nothing where no picture is."""
    viewport = workspace.viewport
    pixels, description, voi = picture.pixels, picture.description, picture.voi
    if viewport.stack is None or pixels is None or description is None or voi is None:
        return
    key = viewport.stack.key(viewport.index)
    shown = Shown(
        python_source(key.path),
        key.index,
        description,
        voi,
        picture.turn,
        pixels.dtype.kind == "f",
        _ends(pixels),
        _drawn(picture),
    )
    QGuiApplication.clipboard().setText(python_of(shown))
    workspace.messages.post("The picture was copied as Python.")


def _ends(pixels: np.ndarray) -> tuple[int, int] | None:
    if pixels.dtype.kind not in "ui" or pixels.ndim != 2:
        return None
    return int(pixels.min()), int(pixels.max())


def _drawn(picture: Picture) -> tuple[str, ...]:
    """Name what is drawn over the picture."""
    description, layers = picture.description, picture.layers
    if description is None:
        return ()
    planes = (plane for plane in description.overlays if plane.group not in picture.hidden_groups)
    return tuple(
        name
        for name, is_there in (
            ("overlays", layers.overlays and any(planes)),
            ("the shutter", layers.shutter and description.shutter is not None),
            ("annotations", layers.graphics and bool(picture.annotations)),
        )
        if is_there
    )
