"""Where the viewport looks: the centre, the zoom, and both ways between screen and frame.

Screen positions are device pixels, [row, column], from the viewport's upper
left corner. Nothing here draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from viewer.imaging.pixel_shape import stretch_of

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

Pair = tuple[float, float]
AreaMode = Literal["SCALE TO FIT", "TRUE SIZE", "MAGNIFY"]

_LARGEST_ZOOM = 64.0  # device pixels per image pixel: a few pixels fill the screen
_SMALLEST_SIZE_PX = 16.0  # of the frame's longer side


@dataclass(frozen=True, slots=True)
class Camera:
    """A view of one frame.

    ``center_rc`` is the frame position at the viewport's centre; ``zoom``
    device pixels per image pixel along the axis on which pixels are closer
    together; ``stretch_rc`` (one of them 1, none below) how much longer
    pixels are in each direction, so that shapes are true.
    """

    size_rc: tuple[int, int]
    stretch_rc: Pair
    center_rc: Pair
    zoom: float

    @property
    def scale_rc(self) -> Pair:
        """Device pixels per image pixel, vertical and horizontal."""
        return self.zoom * self.stretch_rc[0], self.zoom * self.stretch_rc[1]

    def origin_px(self, viewport_px: tuple[int, int]) -> tuple[int, int]:
        """Where the upper left corner of the first pixel is drawn.

        A whole device pixel: at 1:1 image pixels then fall on device pixels,
        and a picture that is dragged does not shimmer.
        """
        row, column = (
            math.floor(size / 2 - (center + 0.5) * scale + 0.5)
            for size, center, scale in zip(viewport_px, self.center_rc, self.scale_rc, strict=True)
        )
        return row, column

    def frame_point(self, point_px: Pair, viewport_px: tuple[int, int]) -> Pair:
        """Give the frame position that is drawn at ``point_px``."""
        origin, scale = self.origin_px(viewport_px), self.scale_rc
        return (
            (point_px[0] - origin[0]) / scale[0] - 0.5,
            (point_px[1] - origin[1]) / scale[1] - 0.5,
        )

    def contains(self, point_rc: Pair) -> bool:
        """Whether a frame position lies on a pixel of the frame."""
        return all(-0.5 <= p < n - 0.5 for p, n in zip(point_rc, self.size_rc, strict=True))

    def zoomed(self, factor: float, at_px: Pair, viewport_px: tuple[int, int]) -> Camera:
        """Zoom by ``factor``; what is at ``at_px`` stays there."""
        zoom = self._within_reach(self.zoom * factor)
        shrink = self.zoom / zoom
        row, column = (
            center + (at - size / 2) / scale * (1 - shrink)
            for center, at, size, scale in zip(
                self.center_rc, at_px, viewport_px, self.scale_rc, strict=True
            )
        )
        return replace(self, zoom=zoom, center_rc=(row, column))

    def aimed(self, center_rc: Pair, zoom: float) -> Camera:
        """Look at a frame position with this zoom, as far as zooming goes."""
        return replace(self, center_rc=center_rc, zoom=self._within_reach(zoom))

    def panned(self, by_px: Pair) -> Camera:
        """Move the picture by device pixels; its middle stays within reach of the view."""
        row, column = (
            min(max(center - by / scale, -0.5), size - 0.5)
            for center, by, scale, size in zip(
                self.center_rc, by_px, self.scale_rc, self.size_rc, strict=True
            )
        )
        return replace(self, center_rc=(row, column))

    def _within_reach(self, zoom: float) -> float:
        longer = max(n * s for n, s in zip(self.size_rc, self.stretch_rc, strict=True))
        smallest = _SMALLEST_SIZE_PX / longer
        return min(max(zoom, smallest), max(_LARGEST_ZOOM, smallest))


@dataclass(frozen=True, slots=True)
class Sight:
    """A camera on a viewport: where frame positions lie in logical pixels.

    ``ratio`` is device pixels per logical pixel.
    """

    camera: Camera
    viewport_px: tuple[int, int]
    ratio: float

    @property
    def scale_rc(self) -> Pair:
        """Logical pixels per image pixel, vertical and horizontal."""
        row, column = self.camera.scale_rc
        return row / self.ratio, column / self.ratio

    def to_xy(self, point_rc: Pair) -> Pair:
        """Give where a frame position is drawn, (x, y) from the upper left corner."""
        origin, scale = self.camera.origin_px(self.viewport_px), self.camera.scale_rc
        row, column = (
            (o + (p + 0.5) * s) / self.ratio
            for p, o, s in zip(point_rc, origin, scale, strict=True)
        )
        return column, row

    def to_frame(self, x: float, y: float) -> Pair:
        """Give the frame position that is drawn at (x, y)."""
        return self.camera.frame_point((y * self.ratio, x * self.ratio), self.viewport_px)


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a frame to fill the viewport: the displayed area of PS3.3 C.10.4.

    ``corners_rc`` are the frame positions of two opposite pixels, both shown;
    ``zoom`` device pixels per image pixel, None to let all of it just fit.
    """

    corners_rc: tuple[Pair, Pair]
    zoom: float | None = None

    def framed(self, whole: Camera, viewport_px: tuple[int, int]) -> Camera:
        """Aim ``whole`` at the area; where no part of the frame lies in it, leave it as it is."""
        (first_row, first_column), (last_row, last_column) = self.corners_rc
        ends = (
            (min(first_row, last_row) - 0.5, max(first_row, last_row) + 0.5),
            (min(first_column, last_column) - 0.5, max(first_column, last_column) + 0.5),
        )
        in_sight = (
            low < size - 0.5 and high > -0.5  # false also for what is no number
            for (low, high), size in zip(ends, whole.size_rc, strict=True)
        )
        if not all(in_sight) or not all(math.isfinite(end) for pair in ends for end in pair):
            return whole
        fitting = min(
            room / ((high - low) * longer)
            for room, (low, high), longer in zip(viewport_px, ends, whole.stretch_rc, strict=True)
        )
        center = (ends[0][0] + ends[0][1]) / 2, (ends[1][0] + ends[1][1]) / 2
        return whole.aimed(center, self.zoom or fitting)


def fitted(description: FrameDescription, viewport_px: tuple[int, int]) -> Camera:
    """Give the view in which the whole frame just fits, at its true shape."""
    size = description.rows, description.columns
    stretch = stretch_of(description)
    zoom = min(
        room / max(pixels * longer, 1)
        for room, pixels, longer in zip(viewport_px, size, stretch, strict=True)
    )
    return Camera(size, stretch, ((size[0] - 1) / 2, (size[1] - 1) / 2), max(zoom, 1e-6))
