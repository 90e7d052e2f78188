"""The canvas's camera: fitted, zoomed and panned, and where the pointer is in the frame.

What is seen through it is left to `image_canvas`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from viewer.imaging.pixel_shape import stretch_of
from viewer.ui.canvas.camera import Area, AreaMode, Camera, Pair, Sight, fitted
from viewer.ui.canvas.gestures import GestureView
from viewer.ui.canvas.pyqtgraph_parts import ViewBox

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

_REST_MS = 80
_MM_PER_INCH = 25.4
_CREDIBLE_DPI = (60.0, 500.0)
_SAME = 0.02  # as a share


class CameraView(GestureView):
    """A view that looks at one frame through a `Camera`.

    Signals
    -------
    hovered
        (row, column) in frame space under the pointer; None off the frame.
    viewChanged
        Zoom or position changed.
    """

    hovered = Signal(object)
    viewChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seen: FrameDescription | None = None  # what the camera looks at
        self._camera: Camera | None = None
        self._looked: tuple[Camera, int, int] | None = None  # with the viewport it was for
        self._area: Area | None = None  # None: the whole frame
        self._fits = True
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.repaint_picture)
        # ranges are set exactly from the camera, so the box need not hold the aspect itself
        self._box = ViewBox(enableMouse=False, enableMenu=False, invertY=True, defaultPadding=0)
        self._box.disableAutoRange()
        self.setCentralItem(self._box)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)

    def view_zoom(self) -> float:
        """Give device pixels per image pixel, where pixels are closest; 1 without a frame."""
        return self._camera.zoom if self._camera is not None else 1.0

    def fit(self) -> None:
        """Show the whole frame, and keep it whole when the canvas changes its size."""
        self._area = None
        self._frame_area()

    def show_area(
        self,
        top_left_rc: Pair,
        bottom_right_rc: Pair,
        mode: AreaMode = "SCALE TO FIT",
        magnification: float | None = None,
        spacing_rc_mm: Pair | None = None,
    ) -> None:
        """Show a displayed area (PS3.3 C.10.4), and keep it in view when the canvas is resized.

        Parameters
        ----------
        top_left_rc, bottom_right_rc
            Frame positions of two opposite pixels of the area, both included,
            in the frame as it was given; they may lie outside of it. An area
            without any of the frame shows the whole frame.
        mode : {"SCALE TO FIT", "TRUE SIZE", "MAGNIFY"}
            TRUE SIZE is a fit, unless ``spacing_rc_mm`` is known and the
            screen's physical dots per inch are credible: many screens, and
            all virtual ones, make theirs up. MAGNIFY is a fit without a
            ``magnification``. Both put the area's middle into that of the canvas.
        magnification : float, optional
            Screen pixels per image pixel, for MAGNIFY.
        spacing_rc_mm : (float, float), optional
            PresentationPixelSpacing, for TRUE SIZE.
        """
        zoom = None
        if mode == "MAGNIFY" and magnification is not None and magnification > 0:
            zoom = magnification if math.isfinite(magnification) else None
        elif mode == "TRUE SIZE" and spacing_rc_mm is not None:
            dots_per_mm = self._dots_per_mm()
            shorter = min(spacing_rc_mm)
            if dots_per_mm is not None and math.isfinite(shorter) and shorter > 0:
                zoom = dots_per_mm * shorter
        self._area = Area((top_left_rc, bottom_right_rc), zoom)
        self._frame_area()

    def zoom_by(self, factor: float, at: QPointF) -> None:
        """Zoom about a point of the viewport."""
        if self._camera is not None and self.shows_picture():
            ratio = self.devicePixelRatioF()
            at_px = at.y() * ratio, at.x() * ratio
            self._rest.start()
            self._move(self._camera.zoomed(factor, at_px, self.viewport_px()))

    def pan_by(self, right: float, down: float) -> None:
        """Move the picture."""
        if self._camera is not None and self.shows_picture():
            ratio = self.devicePixelRatioF()
            self._move(self._camera.panned((down * ratio, right * ratio)))

    def pointer_at(self, point: QPointF | None) -> None:
        """Tell which frame position the pointer is at."""
        where = None
        sight = self.sight()
        if point is not None and sight is not None and self.shows_picture():
            point_rc = sight.to_frame(point.x(), point.y())
            where = point_rc if sight.camera.contains(point_rc) else None
        self.hovered.emit(where)

    def shows_picture(self) -> bool:
        """Whether a picture is on screen that can be looked at."""
        return self._seen is not None

    def repaint_picture(self) -> None:
        """Ask for a repaint."""
        self.viewport().update()

    def look_at(self, description: FrameDescription | None, *, keep_view: bool) -> None:
        """Look at another frame, from the same place where it is like the one before."""
        self._seen = description
        if description is None:
            return
        if not keep_view or not self._camera_suits(description):
            self.fit()
        elif self._fits:
            self._frame_area()

    def look_as(self, other: CameraView) -> None:
        """Look at the next frame from where ``other``, of the same size, looks at its own."""
        self._area, self._fits = other._area, other._fits
        self._camera, self._looked = other._camera, None

    def sight(self) -> Sight | None:
        """Give where things are on screen; None without a frame."""
        if self._camera is None or self._seen is None:
            return None
        return Sight(self._camera, self.viewport_px(), self.devicePixelRatioF())

    def area_rc(self) -> tuple[Pair, Pair] | None:
        """Give the corner pixels of the displayed area that was asked for, None for the whole."""
        return self._area.corners_rc if self._area is not None else None

    def viewport_px(self) -> tuple[int, int]:
        """Give rows and columns of the viewport in device pixels."""
        ratio, size = self.devicePixelRatioF(), self.viewport().size()
        return round(size.height() * ratio), round(size.width() * ratio)

    def zooms(self) -> bool:
        """Whether the picture is being zoomed: it may be drawn coarsely until it rests."""
        return self._rest.isActive()

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
            self._frame_area()
        elif self._camera is not None:
            self._look(self._camera)

    def _frame_area(self) -> None:
        self._fits = True
        if self._seen is not None:
            viewport = self.viewport_px()
            camera = fitted(self._seen, viewport)
            self._look(camera if self._area is None else self._area.framed(camera, viewport))

    def _camera_suits(self, description: FrameDescription) -> bool:
        camera = self._camera
        return (
            camera is not None
            and camera.size_rc == (description.rows, description.columns)
            and camera.stretch_rc == stretch_of(description)
        )

    def _move(self, camera: Camera) -> None:
        self._fits = False
        self._look(camera)

    def _look(self, camera: Camera) -> None:
        height, width = self.viewport_px()
        self.repaint_picture()
        if (camera, height, width) == self._looked:
            return
        self._camera, self._looked = camera, (camera, height, width)
        if height and width:
            top, left = camera.frame_point((0, 0), (height, width))
            bottom, right = camera.frame_point((height, width), (height, width))
            self._box.setRange(xRange=(left, right), yRange=(top, bottom), padding=0)
        self.viewChanged.emit()

    def _dots_per_mm(self) -> float | None:
        """Give the screen's device pixels per millimetre, None where they are not credible."""
        screen = self.screen()
        across, down = screen.physicalDotsPerInchX(), screen.physicalDotsPerInchY()
        low, high = _CREDIBLE_DPI
        nominal = screen.logicalDotsPerInch()
        if not low <= across <= high or abs(across - down) > _SAME * across:
            return None
        if abs(across - nominal) <= _SAME * nominal:  # the platform's guess, not a measured size
            return None
        return across * self.devicePixelRatioF() / _MM_PER_INCH
