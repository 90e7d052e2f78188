"""Millimetres of a frame, each with where it comes from.

A length without a source is not shown: it is given in pixels. Reading the
attributes is left to `viewer.dicom.lengths`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.imaging.frame import FrameDescription

MANUAL = "manual"  # the source of a scale that was set by hand
_MM_PER_CM = 10.0
_UM_PER_MM = 1000.0


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
    A scale that was set by hand holds everywhere.
    """
    manual = description.spacing_source == MANUAL
    regions = [region for region in description.regions if _is_calibrated(region)]
    if regions and not manual:
        region = largest_in_cm(regions) if point_rc is None else region_at(regions, point_rc)
        return _scale_of_region(region) if region is not None else None
    if description.spacing_rc_mm is None:
        return None
    return PixelScale(
        description.spacing_rc_mm, description.spacing_source, description.spacing_note
    )


def region_at(
    regions: Sequence[UltrasoundRegion], point_rc: tuple[float, float]
) -> UltrasoundRegion | None:
    """Give the calibrated region that lies on top at a frame position.

    ``regions`` are ordered as `FrameDescription` has them, the top ones
    first; one without units says nothing and hides nothing.
    """
    row, column = point_rc
    for region in regions:
        top, left, bottom, right = region.box_rc
        within = top - 0.5 <= row <= bottom + 0.5 and left - 0.5 <= column <= right + 0.5
        if within and _is_calibrated(region):
            return region
    return None


def largest_in_cm(regions: Sequence[UltrasoundRegion]) -> UltrasoundRegion | None:
    """Give the largest region with lengths along both axes; None where there is none."""
    return max(filter(_is_in_cm, regions), key=_area, default=None)


def aspect_of(regions: Sequence[UltrasoundRegion]) -> tuple[float, float] | None:
    """Give the shape of the pixels (vertical, horizontal) by the largest region in cm."""
    region = largest_in_cm(regions)
    return (abs(region.delta_y), abs(region.delta_x)) if region is not None else None


def value_at(region: UltrasoundRegion, point_rc: tuple[float, float]) -> tuple[str, str]:
    """Say what a frame position means in its region, along x and along y.

    Returns
    -------
    tuple of str
        "1.24 s", "-32.5 cm/s"; "" for an axis without a unit, and for both
        where the region has no reference pixel to count from. PS3.3 C.8.5.5.
    """
    if region.reference_rc is None:
        return "", ""
    row, column = region.reference_rc
    x = region.reference_x + (point_rc[1] - column) * region.delta_x
    y = region.reference_y + (point_rc[0] - row) * region.delta_y
    return _value_words(x, region.unit_x), _value_words(y, region.unit_y)


def length_words(length: float, scale: PixelScale | None) -> str:
    """Say a length with its source: "12.4 mm (ImagerPixelSpacing, at the detector)", "57.0 px".

    Parameters
    ----------
    length : float
        In mm where there is a scale, in pixels where there is none.
    """
    if scale is None:
        return f"{length:.1f} px"
    return f"{mm_words(length)} ({source_words(scale)})"


def mm_words(length_mm: float) -> str:
    """Say a length in mm, or in µm where mm would be lost in zeros, without its source."""
    size = abs(length_mm)
    if 0 < size < 0.1:
        return f"{length_mm * _UM_PER_MM:.3g} µm"
    return f"{length_mm:.1f} mm" if size >= 9.995 or size == 0 else f"{length_mm:.2f} mm"


def source_words(scale: PixelScale) -> str:
    """Say where millimetres come from: "ImagerPixelSpacing, at the detector"."""
    return f"{scale.source}, {scale.note}" if scale.note else scale.source


def _scale_of_region(region: UltrasoundRegion) -> PixelScale | None:
    if not _is_in_cm(region):
        return None
    # a negative delta counts against the pixels; the distance between them is the same
    spacing = (abs(region.delta_y) * _MM_PER_CM, abs(region.delta_x) * _MM_PER_CM)
    note = f"{region.kind} region" if region.kind else "region"
    return PixelScale(spacing, "SequenceOfUltrasoundRegions", note)


def _is_calibrated(region: UltrasoundRegion) -> bool:
    return bool(region.unit_x or region.unit_y)


def _is_in_cm(region: UltrasoundRegion) -> bool:
    return region.unit_x == region.unit_y == "cm" and bool(region.delta_x and region.delta_y)


def _area(region: UltrasoundRegion) -> int:
    top, left, bottom, right = region.box_rc
    return (bottom - top + 1) * (right - left + 1)


def _value_words(value: float, unit: str) -> str:
    return f"{value + 0.0:.3g} {unit}" if unit else ""  # + 0.0: never "-0"
