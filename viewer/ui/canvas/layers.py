"""Shutter and overlays at screen resolution, kept while frames and windows change.

What they are is `viewer.imaging.composition`'s; vector graphics are left to
`annotations`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from viewer.imaging import resample
from viewer.imaging.composition import lay_over, overlay_coverage, shutter_mask, shutter_rgb
from viewer.imaging.mips import Mips

if TYPE_CHECKING:
    from viewer.imaging.composition import Rgb
    from viewer.imaging.frame import FrameDescription
    from viewer.imaging.resample import Sampled

_OPAQUE = 255


@dataclass(frozen=True, slots=True)
class Shown:
    """What is drawn over a frame."""

    overlays: bool = True
    shutter: bool = True
    graphics: bool = True
    hidden_groups: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Grid:
    """A rectangle of screen pixels on a frame.

    ``origin_px`` is where, in the rectangle, the upper left corner of the
    frame's first pixel is drawn; ``step_rc`` image pixels per screen pixel.
    """

    origin_px: tuple[int, int]
    step_rc: tuple[float, float]
    shape: tuple[int, int]
    method: resample.Method

    def part(self, rows: slice, columns: slice) -> Grid:
        """Give a part of the rectangle."""
        origin = self.origin_px[0] - rows.start, self.origin_px[1] - columns.start
        shape = rows.stop - rows.start, columns.stop - columns.start
        return Grid(origin, self.step_rc, shape, self.method)

    def sample(self, source: Mips, method: resample.Method | None = None) -> Sampled:
        """Sample a frame, or something of its size."""
        return resample.sample(
            source, self._top_left_rc, self.step_rc, self.shape, method or self.method
        )

    def in_sight(self, size_rc: tuple[int, int]) -> tuple[slice, slice]:
        """Give the rows and columns of the rectangle that a frame of this size covers."""
        return resample.in_sight(self._top_left_rc, self.step_rc, self.shape, size_rc)

    @property
    def _top_left_rc(self) -> tuple[float, float]:
        (row, column), (down, right) = self.origin_px, self.step_rc
        return -row * down, -column * right


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Where an overlay covers the picture: flat positions, and how much, in one colour."""

    at: np.ndarray  # (n,) intp
    coverage: np.ndarray  # (1, n) uint8
    rgb: Rgb


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Shutter and overlays of one view, for the sampled part of the frame.

    ``seam`` is where a screen pixel would mix what is seen with what is
    hidden: it must take the value of its nearest pixel.
    """

    hidden: np.ndarray | None = None  # (n, m) bool
    hidden_rgb32: int = 0
    seam: np.ndarray | None = None  # (n, m) bool
    lines: tuple[_Lines, ...] = ()

    def draw(self, picture: np.ndarray) -> None:
        """Draw over a contiguous picture, (n, m) uint32, in place."""
        if self.hidden is not None:
            np.copyto(picture, np.uint32(self.hidden_rgb32), where=self.hidden)
        flat = picture.reshape(-1)
        for lines in self.lines:
            flat[lines.at] = lay_over(flat[lines.at][None], lines.coverage, lines.rgb)[0]


class Layers:
    """Samples shutter and overlays of the frame that is shown."""

    def __init__(self) -> None:
        self.shown = Shown()
        self._of: FrameDescription | None = None
        self._made_for = Shown()
        self._mask: Mips | None = None
        self._overlays: list[tuple[Mips, Rgb]] = []
        self._grid: Grid | None = None
        self._laid = Laid()

    def laid(self, description: FrameDescription, grid: Grid) -> Laid | None:
        """Give what lies over a frame in a view: the same object while nothing changes.

        None, at no cost, where there is nothing.
        """
        shown = self.shown
        if not (description.overlays and shown.overlays) and not (
            description.shutter and shown.shutter
        ):
            return None
        if not self._holds(description):
            self._read(description)
            self._grid = None
        if self._grid != grid:
            self._laid = self._sample(grid)
            self._grid = grid
        return self._laid

    def _holds(self, description: FrameDescription) -> bool:
        """Say whether what was read for another frame holds for this one too."""
        of = self._of
        return (
            of is not None
            and self._made_for == self.shown
            and (of.rows, of.columns) == (description.rows, description.columns)
            and of.shutter == description.shutter
            and of.overlays == description.overlays  # the same objects
        )

    def _read(self, description: FrameDescription) -> None:
        shown = self.shown
        self._of, self._made_for = description, shown
        mask = shutter_mask(description) if shown.shutter else None
        self._mask = None if mask is None else Mips(mask.view(np.uint8) * np.uint8(_OPAQUE))
        found = overlay_coverage(description, shown.hidden_groups) if shown.overlays else []
        self._overlays = [(Mips(coverage), rgb) for coverage, rgb in found]

    def _sample(self, grid: Grid) -> Laid:
        hidden = seam = None
        hidden_rgb32 = 0
        if self._mask is not None and self._of is not None and self._of.shutter is not None:
            red, green, blue = shutter_rgb(self._of.shutter)
            hidden_rgb32 = 0xFF000000 | red << 16 | green << 8 | blue
            hidden = grid.sample(self._mask, "nearest").pixels == 0
            if grid.method == "smooth":
                share = grid.sample(self._mask).pixels
                seam = (share > 0) & (share < _OPAQUE)
        lines = tuple(_lines(source, rgb, grid) for source, rgb in self._overlays)
        return Laid(hidden, hidden_rgb32, seam, tuple(found for found in lines if found.at.size))


def _lines(source: Mips, rgb: Rgb, grid: Grid) -> _Lines:
    """Sample an overlay so that a line one image pixel wide stays one screen pixel wide.

    Averaged over a screen pixel that is ``step`` image pixels wide, such a
    line covers 1 / ``step`` of it. Times ``step``, its shares in the screen
    pixels that it crosses sum to 1: one of them at least is half covered.
    Areas are covered anyway. Whole blocks are right only where they are magnified.
    """
    step = max(grid.step_rc)
    coverage = grid.sample(source, "smooth" if step > 1 else grid.method).pixels.reshape(-1)
    at = np.flatnonzero(coverage)
    share = coverage[at]
    if step > 1:
        share = np.minimum(np.rint(share * np.float32(step)), _OPAQUE).astype(np.uint8)
    return _Lines(at, share[None], rgb)
