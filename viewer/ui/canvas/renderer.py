"""From a frame and a camera to the 32-bit picture on screen, with what can be kept in between.

The sampled stored values are kept by view, so a window drag only makes a new
table; the picture is kept too, so a repaint for other reasons costs nothing,
and one that is moved costs what comes into sight. Shutter and overlays are
`layers`'s; what is drawn as vectors comes later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from viewer.imaging import display, resample
from viewer.imaging.voi import VoiWindow, default_voi
from viewer.ui.canvas.layers import Grid, Laid, Layers, Shown
from viewer.ui.canvas.rendered import Rendered, moved

if TYPE_CHECKING:
    from viewer.imaging.display import DisplayTable
    from viewer.imaging.frame import FrameDescription
    from viewer.imaging.resample import Mips, Sampled
    from viewer.imaging.voi import Voi
    from viewer.ui.canvas.camera import Camera

_NO_VOI = VoiWindow(127.5, 255.0)  # colour is shown as it is


class FrameRenderer:
    """Renders one frame.

    Parameters
    ----------
    pixels, description
        As `FrameDescription` says; or ``pixels`` a halving of the frame, drawn in its place.
    voi : Voi, optional
        The frame's default one where there is none yet. Colour needs none.
    layers : Layers, optional
        What samples shutter and overlays; the same for one frame after another.
    """

    def __init__(
        self,
        pixels: np.ndarray,
        description: FrameDescription,
        voi: Voi | None = None,
        layers: Layers | None = None,
    ) -> None:
        self.pixels = pixels
        self.description = description
        self.has_window = not display.is_colour(description)
        if voi is None:
            voi = default_voi(description, pixels) if self.has_window else _NO_VOI
        self._voi = voi
        self._layers = layers or Layers()
        self._mips: Mips | None = None
        self._table: DisplayTable | None = None
        self._view: tuple[Grid, Shown] | None = None
        self._sampled: Sampled | None = None
        self._rendered: Rendered | None = None

    @property
    def voi(self) -> Voi:
        """What the frame is shown through; without meaning for colour."""
        return self._voi

    @voi.setter
    def voi(self, voi: Voi) -> None:
        if voi != self._voi and self.has_window:
            before, self._voi = self._voi, voi
            self._table = None
            self._rendered = None
            if not all(display.has_means(self.description, one) for one in (before, voi)):
                self._mips = self._sampled = None

    def render(
        self, camera: Camera, viewport_px: tuple[int, int], method: resample.Method
    ) -> Rendered | None:
        """Render what ``camera`` sees; None where none of the frame is in sight."""
        step = 1 / camera.scale_rc[0], 1 / camera.scale_rc[1]
        grid = Grid(camera.origin_px(viewport_px), step, viewport_px, method)
        view = grid, self._layers.shown
        if self._view != view:
            before, rendered = self._view, self._rendered
            self._view, self._sampled, self._rendered = view, None, None
            if before is not None and rendered is not None and before[1] == view[1]:
                size_rc = self.description.rows, self.description.columns
                self._rendered = moved(rendered, before[0], grid, size_rc, self._picture)
        if self._rendered is None:
            self._rendered = self._whole(grid)
        return self._rendered

    def _whole(self, grid: Grid) -> Rendered | None:
        """Render all of the view, and keep what was sampled for another window."""
        laid = self._layers.laid(self.description, grid)
        if self._sampled is None:
            self._sampled = self._sample(grid, laid)
        return self._drawn(self._sampled, laid)

    def _picture(self, grid: Grid) -> Rendered | None:
        """Render some part of a view."""
        laid = self._layers.laid(self.description, grid)
        return self._drawn(self._sample(grid, laid), laid)

    def _drawn(self, sampled: Sampled, laid: Laid | None) -> Rendered | None:
        if not sampled.pixels.size:
            return None
        pixels = np.ascontiguousarray(self._to_rgb32(sampled.pixels))
        if laid is not None:
            laid.draw(pixels)
        return Rendered(pixels, sampled.rows.start, sampled.columns.start)

    def _sample(self, grid: Grid, laid: Laid | None) -> Sampled:
        if self._mips is None:
            self._mips = self._source()
        sampled = grid.sample(self._mips)
        seam = laid.seam if laid is not None else None
        if seam is not None and seam.any():
            # a bright rim that a shutter hides must not shine into what it leaves in sight
            nearest = grid.sample(self._mips, "nearest").pixels
            sampled.pixels[seam] = nearest[seam]
        return sampled

    def _source(self) -> Mips:
        size_rc = self.description.rows, self.description.columns
        if self.pixels.ndim == 3 or display.has_means(self.description, self._voi):
            return resample.Mips(self.pixels, self.description.padding_range, size_rc)
        # what is shown has a mean where the values have none
        packed = self._to_rgb32(self.pixels)
        channels = [(packed >> shift).astype(np.uint8) for shift in (16, 8, 0)]
        return resample.Mips(np.stack(channels, axis=-1), size_rc=size_rc)

    def _to_rgb32(self, pixels: np.ndarray) -> np.ndarray:
        if pixels.ndim == 2 and self._table is None and display.has_table(pixels.dtype):
            self._table = display.display_table(self.description, pixels.dtype, self._voi)
        return display.to_rgb32(pixels, self.description, self._voi, self._table)
