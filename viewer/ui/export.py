"""The picture out of the window: to the clipboard, to a PNG file."""

from __future__ import annotations

import os

from PySide6.QtGui import QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QWidget

from viewer.dicom.stacks import Stack
from viewer.session.messages import Messages
from viewer.session.settings import Settings


def copy_image(image: QImage, messages: Messages) -> None:
    """Put the picture on the clipboard."""
    QGuiApplication.clipboard().setImage(image)
    messages.post("The picture was copied.")


def file_name(stack: Stack, index: int) -> str:
    """Propose a name for the picture of a frame (from 0), as "CT_3_014.png".

    Modality, SeriesNumber and the frame's place: nothing of the patient, since
    names of files are seen by more people than their content.
    """
    header = stack.header(index)
    modality = "".join(c for c in header.modality if c.isascii() and c.isalnum())[:16]
    number = str(header.series_number) if header.series_number is not None else ""
    return "_".join(part for part in (modality, number, f"{index + 1:03d}") if part) + ".png"


def save_png(
    image: QImage, name: str, settings: Settings, messages: Messages, parent: QWidget
) -> None:
    """Ask where to write the picture, proposing ``name`` in the last folder, and write it."""
    proposed = os.path.join(settings.picture_folder(), name)
    path, _ = QFileDialog.getSaveFileName(parent, "Save the picture", proposed, "PNG (*.png)")
    if not path:
        return
    if not path.lower().endswith(".png"):
        path += ".png"
    writer = QImageWriter(path, b"png")
    if writer.write(image):
        settings.set_picture_folder(os.path.dirname(path))
        messages.post("The picture was saved.")
    else:
        messages.post(f"The picture was not saved: {writer.errorString()}.", "error")
