"""The centre of the window: the canvas over its frame slider, joined to the workspace."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from viewer.dicom.catalogue import Catalogue, ledger_sentence
from viewer.dicom.stacks import Stack
from viewer.imaging.frame import FrameDescription
from viewer.imaging.turned_graphics import turned_annotation, turned_area
from viewer.imaging.turning import turned_description, turned_pixels
from viewer.plain_text import plain_line
from viewer.session.cine import Cine
from viewer.session.viewport import Picture
from viewer.session.windows import window_options
from viewer.session.workspace import Workspace
from viewer.ui.canvas.frame_slider import FrameSlider
from viewer.ui.canvas.image_canvas import ImageCanvas
from viewer.ui.cine_bar import CineBar
from viewer.ui.pace import Pace
from viewer.ui.readout import CornerTexts, corner_texts, pixel_text, what_is_missing
from viewer.ui.start_page import StartPage

EMPTY_HINT = "Drop a folder, a file or a disc here,\nor press Ctrl+O to open one."


class ViewArea(QWidget):
    """One viewport on screen; ``picture`` is what it shows now.

    Signals
    -------
    readoutChanged
        What lies under the pointer, as plain text.
    pictureShown
        The `Picture` that is shown now.
    pointed
        (row, column) under the pointer, in the frame as stored; None off the frame.
    menuRequested
        The global position for the canvas menu.
    """

    readoutChanged = Signal(str)
    pictureShown = Signal(object)
    pointed = Signal(object)
    menuRequested = Signal(QPoint)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.picture = Picture()
        self._shown: tuple[Stack, int] | None = None  # the frame that ``picture`` is of
        self._stack_uid = ""
        self._message = ""
        self._texts = True
        self._pointer: tuple[float, float] | None = None
        self._offers: Sequence[QAction] = ()
        self._start_page: StartPage | None = None  # made where the window is empty
        self._readout = Pace(self._show_readout, self)
        self.canvas = ImageCanvas(self)
        self.slider = FrameSlider(self)
        self.cine = Cine(workspace)
        self.cine_bar = CineBar(self.cine, self)
        self.cine_bar.hide()
        self._states = Pace(self._show_states, self)  # frames come by the hundred a second
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.slider, 1)
        below.addWidget(self.cine_bar)
        layout.addLayout(below)
        self.setFocusProxy(self.canvas)
        self.canvas.set_scale_bar(self._texts)
        self._connect()
        self.refresh()

    def offer(self, actions: Sequence[QAction]) -> None:
        """Have buttons for ``actions`` wherever nothing is open."""
        self._offers = actions
        self._show_start_page()

    @property
    def shows_texts(self) -> bool:
        """Whether the corner texts and the scale bar are shown."""
        return self._texts

    def show_texts(self, visible: bool) -> None:
        """Show or hide the corner texts and the scale bar."""
        self._texts = visible
        self.canvas.set_scale_bar(visible)
        self._show_texts()

    def refresh(self) -> None:
        """Show what the workspace's viewport can show now."""
        picture = self._workspace.picture()
        stack, index = self._workspace.viewport.stack, self._workspace.viewport.index
        uid = stack.uid if stack is not None else ""
        if picture.visible is None and not picture.message and uid == self._stack_uid and uid:
            return  # the frame is on its way: keep the last one until it is there
        if picture.visible is not None and picture.description is not None:
            self._say("")
            self._shown = (stack, index) if stack is not None else None
            self._show_picture(picture, picture.visible, picture.description, uid)
        else:
            self._shown = None
            self.canvas.set_frame(None, None, keep_view=False)
            self.canvas.set_annotations(())
            self._say(picture.message or self._waiting_text())
        self._stack_uid = uid if picture.visible is not None or picture.message else ""
        self.picture = picture
        self._show_start_page()
        self._show_texts()
        self._readout.ask()
        self.pictureShown.emit(picture)

    def _show_picture(
        self, picture: Picture, pixels: np.ndarray, description: FrameDescription, uid: str
    ) -> None:
        """Give the canvas what has changed of the picture, turned as it is to be seen."""
        before, turn = self.picture, picture.turn
        if picture.voi is not None:
            self.canvas.set_voi(picture.voi)
        if (
            pixels is not before.visible
            or description is not before.description
            or turn != before.turn
        ):
            if turn != before.turn:
                self.canvas.clear_ruler()  # its positions are those of the frame as it was turned
            self.canvas.set_frame(
                turned_pixels(pixels, turn),
                turned_description(description, turn),
                keep_view=uid == self._stack_uid,
            )
        layers = self._workspace.viewport.layers
        self.canvas.set_layers(
            overlays=layers.overlays,
            shutter=layers.shutter,
            graphics=layers.graphics,
            hidden_groups=self._workspace.viewport.appearance.hidden_groups,
        )
        if picture.annotations != before.annotations or turn != before.turn:
            size_rc = description.rows, description.columns
            self.canvas.set_annotations(
                [turned_annotation(one, turn, size_rc) for one in picture.annotations]
            )
        self._show_area(picture, description, uid)

    def _show_area(self, picture: Picture, description: FrameDescription, uid: str) -> None:
        """Frame the displayed area that a state names, the whole where it names one no more."""
        before, turn, area = self.picture, picture.turn, picture.area
        if area is not None:
            if uid != self._stack_uid or area != before.area or turn != before.turn:
                area = turned_area(area, turn, (description.rows, description.columns))
                corners = area.top_left_rc, area.bottom_right_rc
                self.canvas.show_area(*corners, area.mode, area.magnification, area.spacing_rc_mm)
        elif self.canvas.area_rc() is not None:
            self.canvas.fit()

    def message(self) -> str:
        """Give the sentence that stands where the picture would be; empty beside a picture."""
        return self._message

    def _say(self, message: str) -> None:
        self._message = message
        self.canvas.set_message(message)

    def _connect(self) -> None:
        workspace, canvas, slider = self._workspace, self.canvas, self.slider
        workspace.pictureChanged.connect(self._picture_changed)
        workspace.stackChanged.connect(self._show_slider)
        workspace.framesChanged.connect(self._states.ask)
        workspace.documentChanged.connect(self.refresh)
        workspace.progressChanged.connect(self.refresh)
        canvas.windowDragged.connect(workspace.set_window)
        canvas.scrolled.connect(workspace.step)
        canvas.jumped.connect(self._jump)
        canvas.presetRequested.connect(self._choose_option)
        canvas.hovered.connect(self._hover)
        canvas.viewChanged.connect(self._show_texts)
        canvas.contextMenuRequested.connect(self.menuRequested)
        slider.indexRequested.connect(workspace.go_to)

    def _picture_changed(self) -> None:
        self.slider.set_index(self._workspace.viewport.index)
        self.refresh()

    def _show_slider(self) -> None:
        stack = self._workspace.viewport.stack
        count = len(stack) if stack is not None else 0
        self.slider.set_count(count)
        self.slider.set_marks(stack.marks if stack is not None else ())
        self.cine_bar.setVisible(count > 1)
        self.slider.set_index(self._workspace.viewport.index)
        self._show_states()

    def _show_states(self) -> None:
        stack = self._workspace.viewport.stack
        if stack is not None and len(stack):
            self.slider.set_states(self._workspace.cache.states(stack))

    def _jump(self, where: str) -> None:
        stack = self._workspace.viewport.stack
        if stack is not None:
            self._workspace.go_to(0 if where == "first" else len(stack) - 1)

    def _choose_option(self, digit: int) -> None:
        stack, description = self._workspace.viewport.stack, self.picture.description
        if stack is None or description is None:
            return
        modality = stack.header(self._workspace.viewport.index).modality
        presets = self._workspace.settings.presets(modality)
        options = window_options(description, modality, presets)
        if digit < len(options):
            self._workspace.choose_voi(options[digit].choice)

    def _hover(self, where: tuple[float, float] | None) -> None:
        self._pointer = where
        self._readout.ask()

    def _show_readout(self) -> None:
        picture = self.picture
        if self._pointer is None or picture.pixels is None or picture.description is None:
            self.readoutChanged.emit("")
            self.pointed.emit(None)
            return
        at_rc = self.frame_point(self._pointer)
        self.readoutChanged.emit(pixel_text(picture.pixels, picture.description, *at_rc))
        self.pointed.emit(at_rc)

    def frame_point(self, seen_rc: tuple[float, float]) -> tuple[float, float]:
        """Give the position in the frame as stored of one in the frame as it is seen."""
        description = self.picture.description
        assert description is not None
        return self.picture.turn.to_frame(seen_rc, (description.rows, description.columns))

    def _show_texts(self) -> None:
        picture = self.picture
        # where texts are hidden, that this is not yet the whole picture still must be known
        texts = CornerTexts(bottom_left=what_is_missing(picture))
        if self._texts and self._shown is not None and picture.description is not None:
            zoom = self.canvas.view_zoom()
            texts = corner_texts(*self._shown, picture, zoom)
        self.canvas.set_corner_texts(
            texts.top_left, texts.top_right, texts.bottom_left, texts.bottom_right
        )

    def _show_start_page(self) -> None:
        empty = self._workspace.document is None
        if empty and self._offers and self._start_page is None:
            self._start_page = StartPage(self._offers, self.canvas)
        if self._start_page is not None:
            self._start_page.setVisible(empty)

    def _waiting_text(self) -> str:
        document = self._workspace.document
        if document is None:
            return EMPTY_HINT
        if self._workspace.viewport.stack is not None or document.progress.running:
            return "Loading…"
        return nothing_to_show(document.catalogue, document.paths)


def nothing_to_show(catalogue: Catalogue, paths: tuple[str, ...]) -> str:
    """Say why an ended scan has no picture, naming the path and what to do."""
    name = plain_line(os.path.basename(paths[0]) or paths[0], 80)
    ledger = catalogue.ledger
    if catalogue.patients:
        return f"{name} holds no pictures.\nChoose an object on the left to read its tags."
    if len(ledger.skipped) == 1:
        only = ledger.skipped[0]
        return f"{plain_line(os.path.basename(only.path) or only.path, 80)}\n{only.reason}"
    if not ledger.skipped:
        return f"{name} is empty.\nOpen another folder with Ctrl+O."
    return (
        f"{name} holds nothing that can be shown.\n{ledger_sentence(catalogue)}\n"
        "Press Ctrl+L to see each file with its reason."
    )
