"""Millimetres of a frame, each with where it comes from.

A length without a source is not shown: it is given in pixels. Reading the
attributes is left to `viewer.dicom.lengths`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription


@dataclass(frozen=True, slots=True)
class PixelScale:
    """Millimetres between pixel centres, and what says so.

    ``source`` is a keyword ("PixelSpacing", "ImagerPixelSpacing",
    "NominalScannedPixelSpacing", "SequenceOfUltrasoundRegions", "manual");
    ``note`` says what a reader must know of it: "at the detector",
    "calibrated (FIDUCIAL)". "" where it is plain patient space.
    """

    spacing_rc_mm: tuple[float, float]  # between rows, between columns
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class UltrasoundRegion:
    """One calibrated region of an ultrasound image. PS3.3 C.8.5.5.

    ``box_rc`` is (top, left, bottom, right), frame positions from 0, all
    included. A unit is that of PhysicalUnitsXDirection and ...YDirection
    ("cm", "s", "cm/s", "Hz", "%", ...; "" for none); a delta the physical
    length of one pixel along x (columns) or y (rows).
    """

    box_rc: tuple[int, int, int, int]
    delta_x: float
    delta_y: float
    unit_x: str
    unit_y: str
    reference_rc: tuple[float, float] | None = None  # of the reference pixel, in the frame
    reference_x: float = 0.0  # physical value at the reference pixel
    reference_y: float = 0.0
    kind: str = ""  # "2D", "M-Mode", "PW Doppler", ...


def scale_at(
    description: FrameDescription, point_rc: tuple[float, float] | None = None
) -> PixelScale | None:
    """Give the millimetres that hold at a frame position; None where there are none.

    Of an ultrasound image with regions: those of the region under
    ``point_rc`` (without one: of the largest region in cm), nothing outside.
    """
    raise NotImplementedError
