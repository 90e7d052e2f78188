"""What will be written, before it is: a picture, the first names, and what can be told of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.imaging.turning import turned_description, turned_pixels
from viewer.session.export_order import ExportOrder
from viewer.session.viewport import Picture
from viewer.ui.canvas.image_canvas import ImageCanvas
from viewer.ui.plain_label import PlainLabel

_MOST_NAMES = 4
_OWN_WINDOW = "The window of each stack is chosen by its files."
_STORED = "The values are written unchanged; the picture shows them through the window on screen."
_STEPS = "The values take the steps that are chosen; the picture shows them as they are on screen."


class ExportPreview(QWidget):
    """Shows it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._canvas = ImageCanvas(self)
        self._canvas.setObjectName("exportPicture")
        self._canvas.setAccessibleName("The picture that is on screen, as it will be written")
        self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._canvas.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._canvas.setMinimumSize(200, 160)
        self._facts, self._names = PlainLabel("", self), PlainLabel("", self)
        self._facts.setObjectName("exportFacts")
        self._names.setObjectName("exportNames")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._canvas, 1)
        for label in (self._facts, self._names):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            layout.addWidget(label)

    def show_picture(self, picture: Picture, order: ExportOrder | None) -> None:
        """Show the frame on screen as it will be written."""
        pixels, description = picture.visible, picture.description
        if pixels is None or description is None or picture.voi is None or order is None:
            self._canvas.set_frame(None, None, keep_view=False)
            self._canvas.set_message("No picture is on screen.")
            return
        is_seen = order.values == "seen"
        turn = picture.turn if order.values == "screen" else order.turn
        self._canvas.set_message("")
        self._canvas.set_voi(picture.voi)
        self._canvas.set_layers(
            overlays=order.overlays if is_seen else order.values == "screen",
            shutter=order.shutter if is_seen else order.values == "screen",
            graphics=False,
        )
        self._canvas.set_frame(
            turned_pixels(pixels, turn), turned_description(description, turn), keep_view=False
        )

    def show_facts(self, facts: str, order: ExportOrder | None, *, as_shown: bool) -> None:
        """Say what can be told of what is written."""
        notes = [facts]
        if order is not None and order.values == "seen" and not as_shown:
            notes.append(_OWN_WINDOW)
        elif order is not None and order.values in ("stored", "modality"):
            notes.append(_STORED if not order.steps else _STEPS)
        self._facts.setText(" ".join(note for note in notes if note))

    def show_names(self, names: Sequence[str], number: int) -> None:
        """Show the first names of a number of files; without any, nothing."""
        left = number - min(len(names), _MOST_NAMES)
        lines = [*names[:_MOST_NAMES], *([f"and {left:,} more"] if left > 0 else [])]
        self._names.setText("\n".join(lines))
