"""The canvas: one frame as seen through a camera, with its texts, moved by gestures.

Sampling and colours are `renderer`'s, where it looks `camera`'s, what the
mouse means `gestures`'s. Which frame is shown, and with which window, is
decided by whoever owns the canvas.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from viewer.dicom.errors import NegatoError
from viewer.imaging.geometry import edge_letters
from viewer.imaging.voi import Voi, VoiWindow
from viewer.ui.canvas.camera import Camera, fitted, stretch_of
from viewer.ui.canvas.frame_item import FrameItem
from viewer.ui.canvas.gestures import DragKind, GestureView
from viewer.ui.canvas.overlay import Overlay, draw_message
from viewer.ui.canvas.renderer import FrameRenderer, Rendered

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

Interpolation = Literal["smooth", "nearest"]

_WINDOW_PER_PIXEL = 0.004  # of the current width
_REST_MS = 80
_SMOOTH_WHILE_MOVING_PX = 1_500_000  # larger viewports are refined when the movement rests
_FAULT = "This frame cannot be displayed."


class ImageCanvas(GestureView):
    """Shows one frame, or a message in its place.

    Signals
    -------
    windowDragged
        New centre and width, in modality units.
    hovered
        (row, column) in frame space under the pointer; None off the frame.
    viewChanged
        Zoom or position changed.
    """

    windowDragged = Signal(float, float)
    hovered = Signal(object)
    viewChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._renderer: FrameRenderer | None = None
        self._voi: Voi | None = None
        self._dragged: tuple[float, float] | None = None
        self._camera: Camera | None = None
        self._fits = True
        self._interpolation: Interpolation = "smooth"
        self._message = ""
        self._fault = ""
        self._overlay = Overlay()
        self._item = FrameItem(self._rendered_or_fault)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._repaint)
        # ranges are set exactly from the camera, so the box need not hold the aspect itself
        self._box = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=True, defaultPadding=0)
        self._box.disableAutoRange()
        self._box.addItem(self._item, ignoreBounds=True)
        self.setCentralItem(self._box)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
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
            self._renderer = FrameRenderer(pixels, description, self._voi)
            plane = description.plane
            self._overlay.letters = edge_letters(plane) if plane is not None else ("", "", "", "")
            self._item.set_size(description.rows, description.columns)
            if self._fits or not keep_view or not self._camera_suits(description):
                self.fit()
        self._repaint()

    def set_voi(self, voi: Voi) -> None:
        """Show the frame through this VOI."""
        self._voi = voi
        self._fault = ""
        if self._renderer is not None:
            self._renderer.voi = voi
        self._repaint()

    def set_message(self, text: str) -> None:
        """Show a plain text in place of the picture; "" shows the picture."""
        if text != self._message:
            self._message = text
            self.setAccessibleDescription(text)
            self._repaint()

    def set_corner_texts(
        self,
        top_left: Sequence[str],
        top_right: Sequence[str],
        bottom_left: Sequence[str],
        bottom_right: Sequence[str],
    ) -> None:
        """Show lines of plain text in the corners, elided to a third of the width."""
        self._overlay.top_left, self._overlay.top_right = top_left, top_right
        self._overlay.bottom_left, self._overlay.bottom_right = bottom_left, bottom_right
        self._repaint()

    def set_interpolation(self, interpolation: Interpolation) -> None:
        """Draw pixels smoothly, or as they are."""
        self._interpolation = interpolation
        self._repaint()

    def view_zoom(self) -> float:
        """Give device pixels per image pixel, where pixels are closest; 1 without a frame."""
        return self._camera.zoom if self._camera is not None else 1.0

    def fit(self) -> None:
        """Show the whole frame, and keep it whole when the canvas changes its size."""
        self._fits = True
        if self._renderer is not None:
            self._look(fitted(self._renderer.description, self._viewport_px()))

    def grab_image(self) -> QImage:
        """Give the visible part of the picture in device pixels, without any text over it.

        A null image where a message or nothing is shown.
        """
        rendered = self._rendered_or_fault(self._interpolation)
        # a copy, as the image does not keep its array alive
        return rendered.image().copy() if rendered is not None else QImage()

    def drag_began(self, kind: DragKind) -> None:
        """Begin a window drag from the window on screen."""
        if kind is DragKind.WINDOW:
            self._dragged = None

    def window_by(self, right: float, down: float) -> None:
        """Widen the window by moving right, raise its centre by moving down."""
        renderer = self._renderer
        if renderer is None or not renderer.has_window or not self._shows_picture():
            return
        center, width = self._dragged or _extent_of(renderer.voi)
        center += down * _WINDOW_PER_PIXEL * width
        width = max(width * math.exp(right * _WINDOW_PER_PIXEL), _least_width(renderer))
        # exact values go on within the drag: rounded ones would swallow small movements
        self._dragged = center, width
        decimals = max(0, math.ceil(-math.log10(_WINDOW_PER_PIXEL * width)))
        self.windowDragged.emit(round(center, decimals), round(width, decimals))

    def zoom_by(self, factor: float, at: QPointF) -> None:
        """Zoom about a point of the viewport."""
        if self._camera is not None and self._shows_picture():
            ratio = self.devicePixelRatioF()
            at_px = at.y() * ratio, at.x() * ratio
            self._move(self._camera.zoomed(factor, at_px, self._viewport_px()))

    def pan_by(self, right: float, down: float) -> None:
        """Move the picture."""
        if self._camera is not None and self._shows_picture():
            ratio = self.devicePixelRatioF()
            self._move(self._camera.panned((down * ratio, right * ratio)))

    def pointer_at(self, point: QPointF | None) -> None:
        """Tell which frame position the pointer is at."""
        where = None
        if point is not None and self._camera is not None and self._shows_picture():
            ratio = self.devicePixelRatioF()
            at_px = point.y() * ratio, point.x() * ratio
            point_rc = self._camera.frame_point(at_px, self._viewport_px())
            where = point_rc if self._camera.contains(point_rc) else None
        self.hovered.emit(where)

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        """Write texts, letters or the message over the scene."""
        painter.resetTransform()
        painter.setFont(self.font())
        room = QRectF(self.viewport().rect())
        if self._message or self._fault:
            draw_message(painter, room, self._message or self._fault)
        elif self._renderer is not None:
            self._overlay.draw(painter, room)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep a fitted frame fitted, else its centre and zoom."""
        super().resizeEvent(event)
        if event is not None:  # pyqtgraph calls it with None while it is being built
            self._viewport_changed()

    def event(self, event: QEvent) -> bool:
        """Follow the window to a screen of another density."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._viewport_changed()
        return super().event(event)

    def _viewport_changed(self) -> None:
        if self._fits:
            self.fit()
        elif self._camera is not None:
            self._look(self._camera)

    def _viewport_px(self) -> tuple[int, int]:
        ratio, size = self.devicePixelRatioF(), self.viewport().size()
        return round(size.height() * ratio), round(size.width() * ratio)

    def _camera_suits(self, description: FrameDescription) -> bool:
        camera = self._camera
        return (
            camera is not None
            and camera.size_rc == (description.rows, description.columns)
            and camera.stretch_rc == stretch_of(description)
        )

    def _move(self, camera: Camera) -> None:
        self._fits = False
        self._rest.start()
        self._look(camera)

    def _look(self, camera: Camera) -> None:
        self._camera = camera
        height, width = self._viewport_px()
        if height and width:
            top, left = camera.frame_point((0, 0), (height, width))
            bottom, right = camera.frame_point((height, width), (height, width))
            self._box.setRange(xRange=(left, right), yRange=(top, bottom), padding=0)
        self._repaint()
        self.viewChanged.emit()

    def _repaint(self) -> None:
        self.viewport().update()

    def _shows_picture(self) -> bool:
        return self._renderer is not None and not self._message and not self._fault

    def _method(self) -> Interpolation:
        height, width = self._viewport_px()
        hurried = self._rest.isActive() and height * width > _SMOOTH_WHILE_MOVING_PX
        return "nearest" if hurried else self._interpolation

    def _rendered_or_fault(self, method: Interpolation | None = None) -> Rendered | None:
        """Render; where that fails, show why in place of the picture.

        An unexpected exception is reported once and not raised: it would come
        again with each paint.
        """
        if self._renderer is None or self._camera is None or not self._shows_picture():
            return None
        try:
            return self._renderer.render(
                self._camera, self._viewport_px(), method or self._method()
            )
        except NegatoError as error:
            self._fault = error.message
        except Exception as error:  # a paint event must not pass on what the pipeline raises
            self._fault = _FAULT
            sys.excepthook(type(error), error, error.__traceback__)
        return None


def _extent_of(voi: Voi) -> tuple[float, float]:
    """Give the window that spans a VOI: its own, or the range a VOI LUT maps."""
    if isinstance(voi, VoiWindow):
        return voi.center, voi.width
    entries = len(voi.table.entries)
    return voi.table.first_mapped + entries / 2, float(entries)


def _least_width(renderer: FrameRenderer) -> float:
    """Give the narrowest sensible window: one stored value wide."""
    modality = renderer.description.modality
    if renderer.pixels.dtype.kind == "f":
        return 1e-9
    return 1.0 if modality.lut is not None else abs(modality.slope) or 1.0
