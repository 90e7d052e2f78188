"""The canvas: one frame as seen through a camera, with all that is drawn over it.

Sampling and colours are `renderer`'s, where it looks `camera_view`'s, what the
mouse means `gestures`'s. Which frame is shown, with which window and which
drawings, is decided by whoever owns the canvas.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from viewer.dicom.errors import NegatoError
from viewer.plain_text import plain_lines
from viewer.ui.canvas.annotations import AnnotationPainter
from viewer.ui.canvas.camera_view import CameraView
from viewer.ui.canvas.frame_item import FrameItem
from viewer.ui.canvas.gestures import DragKind
from viewer.ui.canvas.layers import Layers, Shown
from viewer.ui.canvas.rendered import Rendered
from viewer.ui.canvas.renderer import FrameRenderer
from viewer.ui.canvas.ruler import Ruler, draw_ruler, measure
from viewer.ui.canvas.scale_bar import scale_bar
from viewer.ui.canvas.window_drag import WindowDrag
from viewer.ui.canvas.words import Words, draw_message

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription
    from viewer.imaging.presentation import Annotation
    from viewer.imaging.resample import Method
    from viewer.imaging.voi import Voi
    from viewer.ui.canvas.camera import Pair

Interpolation = Literal["smooth", "nearest"]

_SMOOTH_WHILE_ZOOMING_PX = 1_500_000  # larger viewports are refined when the zoom rests
_FAULT = "This frame cannot be displayed."


class ImageCanvas(CameraView):
    """Shows one frame, or a message in its place.

    Signals
    -------
    windowDragged
        New centre and width, in modality units.
    measured
        (start_rc, end_rc, text) of the ruler when it changes, None when it is cleared.
    """

    windowDragged = Signal(float, float)
    measured = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._renderer: FrameRenderer | None = None
        self._voi: Voi | None = None
        self._layers = Layers()
        self._window_drag = WindowDrag()
        self._interpolation: Interpolation = "smooth"
        self._message = ""
        self._fault = ""
        self._words = Words()
        self._annotations = AnnotationPainter()
        self._has_scale_bar = False
        self._measure_from: Pair | None = None
        self._ruler: Ruler | None = None
        self._item = FrameItem(self._rendered_or_fault)
        self._box.addItem(self._item, ignoreBounds=True)
        self.setObjectName("imageCanvas")
        self.setAccessibleName("Image")
        self.setMinimumSize(64, 64)

    def set_frame(
        self,
        pixels: np.ndarray | None,
        description: FrameDescription | None,
        *,
        keep_view: bool,
    ) -> None:
        """Show a frame, or none.

        Parameters
        ----------
        pixels, description
            As `FrameDescription` says.
        keep_view : bool
            Keep zoom and position, where the frame has the size of the one before.
        """
        self._fault = ""
        self._renderer = None
        if pixels is not None and description is not None:
            size_rc = description.rows, description.columns
            if not keep_view or self._camera is None or self._camera.size_rc != size_rc:
                self.clear_ruler()
            self._renderer = FrameRenderer(pixels, description, self._voi, self._layers)
            self._words.letters = description.edge_letters
            self._item.set_size(description.rows, description.columns)
            self._measure_again(description)
        self.look_at(self._renderer.description if self._renderer else None, keep_view=keep_view)
        self.repaint_picture()

    def set_layers(
        self,
        *,
        overlays: bool,
        shutter: bool,
        graphics: bool,
        hidden_groups: Collection[int] = (),
    ) -> None:
        """Say what is drawn over frames.

        Parameters
        ----------
        overlays, shutter : bool
            Those of the frame's description.
        graphics : bool
            What `set_annotations` was given.
        hidden_groups : collection of int
            Overlay groups, 0x6000 to 0x60FE, that are left out.
        """
        self._layers.shown = Shown(overlays, shutter, graphics, frozenset(hidden_groups))
        self.repaint_picture()

    def set_annotations(self, annotations: Sequence[Annotation]) -> None:
        """Draw graphics and texts over the frame, the first layer lowest.

        They stay until others are set: positions are those of the frame as it is given.
        """
        self._annotations.set_annotations(tuple(annotations))
        self.repaint_picture()

    def set_scale_bar(self, visible: bool) -> None:
        """Show or hide the scale bar at the lower edge."""
        self._has_scale_bar = visible
        self.repaint_picture()

    def ruler(self) -> tuple[Pair, Pair, str] | None:
        """Give (start_rc, end_rc, text) of the measurement on screen, None without one."""
        ruler = self._ruler
        return (ruler.start_rc, ruler.end_rc, ruler.text) if ruler is not None else None

    def clear_ruler(self) -> None:
        """Take the measurement away, also one that is being drawn."""
        self._measure_from = None
        self._set_ruler(None)

    def set_voi(self, voi: Voi) -> None:
        """Show the frame through this VOI."""
        self._voi = voi
        self._fault = ""
        if self._renderer is not None:
            self._renderer.voi = voi
        self.repaint_picture()

    def set_message(self, text: str) -> None:
        """Show a plain text in place of the picture; "" shows the picture."""
        text = plain_lines(text)
        if text != self._message:
            self._message = text
            self.setAccessibleDescription(text)
            self.repaint_picture()

    def set_corner_texts(
        self,
        top_left: Sequence[str],
        top_right: Sequence[str],
        bottom_left: Sequence[str],
        bottom_right: Sequence[str],
    ) -> None:
        """Show lines of plain text in the corners, elided to a third of the width."""
        self._words.top_left, self._words.top_right = top_left, top_right
        self._words.bottom_left, self._words.bottom_right = bottom_left, bottom_right
        self.repaint_picture()

    def set_interpolation(self, interpolation: Interpolation) -> None:
        """Draw pixels smoothly, or as they are."""
        self._interpolation = interpolation
        self.repaint_picture()

    def draw_as(self, other: ImageCanvas) -> None:
        """Take over how ``other``, of the same size, shows its frame: for frames that follow."""
        self.look_as(other)
        self._interpolation, self._has_scale_bar = other._interpolation, other._has_scale_bar
        self._ruler = other._ruler

    def grab_image(self) -> QImage:
        """Give the visible part of the picture in device pixels.

        With its shutter and overlays as they are shown, without words or
        graphics. A null image where a message or nothing is shown.
        """
        rendered = self._rendered_or_fault(self._interpolation)
        # a copy, as the image does not keep its array alive
        return rendered.image().copy() if rendered is not None else QImage()

    def drag_began(self, kind: DragKind, at: QPointF) -> None:
        """Begin a window drag from the window on screen, a measurement from the point."""
        if kind is DragKind.WINDOW:
            self._window_drag.begin()
        elif kind is DragKind.MEASURE:
            self.clear_ruler()
            sight = self.sight()
            self._measure_from = sight.to_frame(at.x(), at.y()) if sight is not None else None

    def measure_to(self, at: QPointF) -> None:
        """Measure from where the drag began."""
        sight, start = self.sight(), self._measure_from
        if sight is None or start is None or self._seen is None or not self.shows_picture():
            return
        self._set_ruler(measure(self._seen, start, sight.to_frame(at.x(), at.y())))

    def clear(self) -> bool:
        """Clear the measurement, where there is one."""
        has_ruler = self._ruler is not None
        self.clear_ruler()
        return has_ruler

    def window_by(self, right: float, down: float) -> None:
        """Widen the window by moving right, raise its centre by moving down."""
        renderer = self._renderer
        if renderer is None or not renderer.has_window or not self.shows_picture():
            return
        self.windowDragged.emit(*self._window_drag.by(right, down, renderer))

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        """Write texts, letters or the message over the scene."""
        painter.resetTransform()
        painter.setFont(self.font())
        room = QRectF(self.viewport().rect())
        if self._message or self._fault:
            draw_message(painter, room, self._message or self._fault)
        elif self._renderer is not None:
            try:
                self._draw_over(painter, room)
            except Exception as error:  # as in `_rendered_or_fault`
                self._show_fault(error)

    def shows_picture(self) -> bool:
        """Whether a frame is on screen, and no message in its place."""
        return self._renderer is not None and not self._message and not self._fault

    def _draw_over(self, painter: QPainter, room: QRectF) -> None:
        sight = self.sight()
        if sight is None or self._seen is None:
            return
        if self._layers.shown.graphics:
            self._annotations.draw(painter, sight, room, self.area_rc())
        if self._ruler is not None:
            draw_ruler(painter, self._ruler, sight, room)
        bar = scale_bar(self._seen, sight) if self._has_scale_bar else None
        if bar is not None:
            bar.draw(painter, self._words, room)
        self._words.draw(painter, room)

    def _measure_again(self, description: FrameDescription) -> None:
        """Keep the ruler where it is, with the length that it has on this frame."""
        if self._ruler is not None:
            self._set_ruler(measure(description, self._ruler.start_rc, self._ruler.end_rc))

    def _set_ruler(self, ruler: Ruler | None) -> None:
        if ruler != self._ruler:
            self._ruler = ruler
            self.repaint_picture()
            self.measured.emit(self.ruler())

    def _method(self) -> Method:
        if self._interpolation == "nearest" or self._camera is None or not self.zooms():
            return self._interpolation
        height, width = self.viewport_px()
        is_minified = max(self._camera.scale_rc) < 1
        hurried = is_minified or height * width > _SMOOTH_WHILE_ZOOMING_PX
        return "coarse" if hurried else "smooth"

    def _rendered_or_fault(self, method: Method | None = None) -> Rendered | None:
        """Render; where that fails, show why in place of the picture.

        An unexpected exception is reported once and not raised: it would come
        again with each paint.
        """
        if self._renderer is None or self._camera is None or not self.shows_picture():
            return None
        try:
            return self._renderer.render(self._camera, self.viewport_px(), method or self._method())
        except Exception as error:  # a paint event must not pass on what the pipeline raises
            self._show_fault(error)
        return None

    def _show_fault(self, error: Exception) -> None:
        if isinstance(error, NegatoError):
            self._fault = error.message
        else:
            self._fault = _FAULT
            sys.excepthook(type(error), error, error.__traceback__)
        self.repaint_picture()
