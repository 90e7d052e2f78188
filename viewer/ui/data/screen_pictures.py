"""Pictures of frames as they are on screen: zoom, window, annotations and texts, as PNG files.

They are drawn by a canvas that nobody sees, as large as the one on screen and looking from the
same place: what the user sees does not move, and may be changed meanwhile. A frame is drawn a
turn of the event loop; a thread encodes it and writes it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QBuffer, QIODevice, QObject, QTimer
from PySide6.QtGui import QImage, QImageWriter

from viewer.dicom.errors import PixelError
from viewer.dicom.stacks import Stack
from viewer.imaging.files import write_whole
from viewer.imaging.turned_graphics import turned_annotation
from viewer.imaging.turning import turned_description, turned_pixels
from viewer.plain_text import whole_line
from viewer.session.aside import Aside
from viewer.session.viewport import Picture, ViewportState, resolve
from viewer.session.workspace import Workspace
from viewer.session.writing_job import Job, Outcome, Progress, Result
from viewer.ui.canvas.image_canvas import ImageCanvas
from viewer.ui.export import file_name
from viewer.ui.readout import CornerTexts, corner_texts, what_is_missing
from viewer.ui.view_area import ViewArea

_CLOSED = "It was closed before all of it was written."


class ScreenPictures(Job):
    """Writes them.

    Parameters
    ----------
    view : ViewArea
        Whose look is taken, as it is at the start.
    indices : sequence of int
        Frames of ``stack``, from 0.
    target : str
        The folder, which is made where there is none.
    replaces : bool
        Files that are there may be replaced.
    """

    def __init__(
        self,
        workspace: Workspace,
        view: ViewArea,
        stack: Stack,
        indices: Sequence[int],
        target: str,
        *,
        replaces: bool,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._view, self._stack = workspace, view, stack
        self._indices, self._target, self._replaces = list(indices), target, replaces
        self._place = 0  # in the indices
        self._waits = False  # for the frame there
        self._stops = self._ended = False
        self._written, self._bytes = 0, 0
        self._left_out: list[tuple[str, str]] = []
        self._aside = Aside(self)
        appearance = workspace.viewport.appearances.get(stack.uid, workspace.viewport.appearance)
        self._state = ViewportState(
            stack,
            layers=workspace.viewport.layers,
            # a copy: what the user changes now is not for pictures that are begun
            appearances={stack.uid: replace(appearance, samples=dict(appearance.samples))},
        )
        self._shows_texts = view.shows_texts
        self._canvas = ImageCanvas(view)
        self._canvas.setFont(view.canvas.font())
        self._canvas.resize(view.canvas.size())
        self._canvas.grab()  # which has it take its size, though it is not shown
        self._canvas.draw_as(view.canvas)

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._stops

    def start(self) -> None:
        """Begin."""
        self._workspace.framesArrived.connect(self._arrived)
        self._workspace.catalogueChanged.connect(self._look_whether_open)
        self._workspace.documentChanged.connect(self._look_whether_open)
        names = [file_name(self._stack, index) for index in self._indices]
        self._aside.ask(partial(_prepare, self._target, names, self._replaces), self._begin)

    def stop(self) -> None:
        """Ask for an end: pictures that are complete stay."""
        self._stops = True
        if self._waits:
            self._end("cancelled", self._stopped())

    def kill(self) -> None:
        """End it: there is nothing to wait for."""
        self.stop()

    def _begin(self, problem: str) -> None:
        if problem:
            self._end("failed", problem)
        else:
            self._next()

    def _next(self) -> None:
        """Have the frame at the current place drawn, once it is there."""
        if self._ended:
            return
        self.progressed.emit(Progress("write", self._place, len(self._indices)))
        if self._stops:
            self._end("cancelled", self._stopped())
        elif self._place == len(self._indices):
            result: Result = "done" if self._written else "failed"
            self._end(result, "" if self._written else "Nothing could be written.")
        else:
            self._waits = True
            index = self._indices[self._place]
            self._workspace.look_aside(self._stack, index)
            self._try(index)

    def _arrived(self, frames: Sequence[tuple[str, int]]) -> None:
        if self._waits:
            index = self._indices[self._place]
            if (self._stack.uid, index) in frames:
                self._try(index)

    def _try(self, index: int) -> None:
        """Draw a frame that is there; of one that cannot be shown, say why."""
        cached = self._workspace.cache.get(self._stack, index)
        if cached is None:
            return
        self._waits = False
        name = file_name(self._stack, index)
        if isinstance(cached, PixelError):
            self._left_out.append((f"{name}, frame {index + 1:,}", cached.message))
            self._go_on()
            return
        self._state.index = index
        image = self._draw(resolve(self._state, self._workspace.cache))
        path = os.path.join(self._target, name)
        self._aside.ask(partial(_write, path, image), self._wrote)

    def _draw(self, picture: Picture) -> QImage:
        pixels, description, turn = picture.visible, picture.description, picture.turn
        assert pixels is not None
        assert description is not None
        canvas, layers = self._canvas, picture.layers
        if picture.voi is not None:
            canvas.set_voi(picture.voi)
        canvas.set_layers(
            overlays=layers.overlays,
            shutter=layers.shutter,
            graphics=layers.graphics,
            hidden_groups=picture.hidden_groups,
        )
        turned = turned_description(description, turn)
        canvas.set_frame(turned_pixels(pixels, turn), turned, keep_view=True)
        size_rc = description.rows, description.columns
        annotations = [turned_annotation(one, turn, size_rc) for one in picture.annotations]
        canvas.set_annotations(annotations)
        texts = CornerTexts(bottom_left=what_is_missing(picture))
        if self._shows_texts:
            texts = corner_texts(self._stack, self._state.index, picture, canvas.view_zoom())
        canvas.set_corner_texts(
            texts.top_left, texts.top_right, texts.bottom_left, texts.bottom_right
        )
        return canvas.grab().toImage()

    def _wrote(self, found: int | str) -> None:
        if isinstance(found, str):
            self._end("failed", found)
            return
        self._written += 1
        self._bytes += found
        self._go_on()

    def _go_on(self) -> None:
        self._place += 1
        QTimer.singleShot(0, self, self._next)

    def _look_whether_open(self) -> None:
        document = self._workspace.document
        stacks = document.stacks() if document is not None else []
        if all(stack.uid != self._stack.uid for stack in stacks):
            self._end("failed", _CLOSED)

    def _stopped(self) -> str:
        return f"Stopped; {self._written:,} pictures are complete, none half written."

    def _end(self, result: Result, message: str) -> None:
        if self._ended:
            return
        self._ended, self._waits = True, False
        self._aside.close()
        self._workspace.framesArrived.disconnect(self._arrived)
        self._workspace.end_looking_aside()
        self._canvas.deleteLater()
        left_out = tuple(self._left_out)
        self.ended.emit(Outcome(result, self._written, self._bytes, left_out, message=message))


def _prepare(target: str, names: Sequence[str], replaces: bool) -> str:
    """Make the folder; say why nothing can be written there, "" where it can."""
    try:
        os.makedirs(target, exist_ok=True)
        there = sum(os.path.lexists(os.path.join(target, name)) for name in names)
    except OSError as error:
        return f"{whole_line(target)}: {error.strerror or 'the system refuses'}. Choose another."
    if there and not replaces:
        files = "1 file is" if there == 1 else f"{there:,} files are"
        return f"{files} there already. Choose another folder, or replace what is there."
    return ""


def _write(path: str, image: QImage) -> int | str:
    """Write a picture; give its bytes, or why it could not be."""
    encoded = QBuffer()
    encoded.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(encoded, b"png")
    if not writer.write(image):
        return f"A picture could not be made: {writer.errorString()}."
    data = bytes(encoded.data().data())
    try:
        write_whole(path, data)
    except OSError as error:
        reason = error.strerror or "the system refuses"
        return f"A picture could not be written: {reason}. Choose another place."
    return len(data)
