"""How the stack that is shown is looked at, as the user changes it: window, turn, layers."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from viewer.imaging.turning import Turn
from viewer.imaging.voi import VoiWindow
from viewer.imaging.voi_choice import AUTOMATIC, FixedVoi, VoiChoice, automatic
from viewer.session.viewport import Layers, Picture, ViewportState


class Looks(QObject):
    """Owns a viewport; which stack it shows, and its frames, are `workspace`'s.

    Signals
    -------
    pictureChanged
        What `picture` gives may be new.
    """

    pictureChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.viewport = ViewportState()

    def picture(self) -> Picture:
        """Give what the viewport shows now."""
        raise NotImplementedError

    def set_window(self, center: float, width: float) -> None:
        """Window the stack by hand."""
        self.choose_voi(FixedVoi(VoiWindow(center, width), "Manual"))

    def choose_voi(self, choice: VoiChoice | None) -> None:
        """Window the stack by ``choice``; None for the automatic window of this frame."""
        if choice is None:
            picture = self.picture()
            if picture.pixels is None or picture.description is None:
                return
            choice = FixedVoi(automatic(picture.pixels, picture.description), AUTOMATIC)
        self.viewport.appearance.choice = choice
        self.pictureChanged.emit()

    def turn(self, turn: Turn) -> None:
        """Turn the pictures of the stack."""
        self.viewport.appearance.turn = turn
        self.pictureChanged.emit()

    def set_spacing(self, spacing_rc_mm: tuple[float, float] | None) -> None:
        """Set the millimetres between pixels of the stack by hand; None: those of its files."""
        self.viewport.appearance.spacing_rc_mm = spacing_rc_mm
        self.pictureChanged.emit()

    def set_layers(self, layers: Layers) -> None:
        """Choose what is drawn over the pictures."""
        self.viewport.layers = layers
        self.pictureChanged.emit()

    def hide_groups(self, groups: frozenset[int]) -> None:
        """Leave overlay groups (6000, ...) of the stack out."""
        self.viewport.appearance.hidden_groups = groups
        self.pictureChanged.emit()

    def reset_appearance(self) -> None:
        """Show the stack as its files say."""
        if self.viewport.stack is not None:
            self.viewport.appearance.state_asked = None
            del self.viewport.appearances[self.viewport.stack.uid]
            self.pictureChanged.emit()
