"""The picture out of the window: to the clipboard, to a PNG file."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from viewer.session.messages import Messages


def copy_image(image: QImage, messages: Messages) -> None:
    """Put the picture on the clipboard."""
    QGuiApplication.clipboard().setImage(image)
    messages.post("The picture was copied.")


def save_png(image: QImage, messages: Messages, parent: QWidget) -> None:
    """Ask for a name and write the picture there."""
    path, _ = QFileDialog.getSaveFileName(parent, "Save the picture", "image.png", "PNG (*.png)")
    if not path:
        return
    if not path.lower().endswith(".png"):
        path += ".png"
    if image.save(path, b"PNG"):
        messages.post("The picture was saved.")
    else:
        messages.post("The picture was not saved: choose a folder that can be written.", "error")
