"""What goes out of the window: the picture to the clipboard, and to a file; texts to a file."""

from __future__ import annotations

import os

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QWidget

from viewer.dicom.stacks import Stack
from viewer.imaging.files import write_whole
from viewer.session.messages import Messages
from viewer.session.settings import Settings
from viewer.ui.dialogs.file_dialogs import ask_target


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
    path = ask_target(settings, parent, "Save the picture", proposed, "PNG (*.png)")
    if not path:
        return
    if not path.lower().endswith(".png"):
        path += ".png"
    encoded = QBuffer()
    encoded.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(encoded, b"png")
    if not writer.write(image):
        messages.post(f"The picture was not saved: {writer.errorString()}.", "error")
    elif saved(path, bytes(encoded.data().data()), "picture", messages):
        settings.set_picture_folder(os.path.dirname(path))


def saved(path: str, data: bytes, what: str, messages: Messages) -> bool:
    """Write a file whole or not at all, and tell the user, who knows it as ``what``."""
    try:
        write_whole(path, data)
    except OSError as error:
        reason = error.strerror or "the system refuses"
        messages.post(f"The {what} was not saved: {reason}. Choose another place.", "error")
        return False
    messages.post(f"The {what} was saved.")
    return True
