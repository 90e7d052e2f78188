"""Where the millimetres of a frame come from: PixelSpacing and its relatives.

A spacing is taken for one in the patient only where the file supports that;
else the scale says what it is true of. PS3.3 10.7.1. Ultrasound regions are
left to `viewer.dicom.ultrasound_regions`, showing a length to
`viewer.imaging.lengths`.
"""

from __future__ import annotations

import math
from dataclasses import replace

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.image_types import is_localizer
from viewer.dicom.planes import group_of, pixel_spacing_of, usable_spacing
from viewer.dicom.sop_classes import is_projection
from viewer.imaging.lengths import PixelScale

_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_GREATEST_MAGNIFICATION = 10.0  # of a source ten times as far from the detector as the patient
_LONGEST_CODE, _LONGEST_TEXT = 16, 64  # characters of a CS and an LO
_AT_DETECTOR = "at the detector"

Pair = tuple[float, float]


def scale_of(header: InstanceHeader, frame: int) -> PixelScale | None:
    """Give the millimetres of ``frame`` (from 0), their keyword and what they are true of.

    Parameters
    ----------
    header : InstanceHeader
        Functional groups come before the top of the header.

    Returns
    -------
    PixelScale or None
        None where there are no millimetres: lengths are in pixels. Values that
        are not two positive finite numbers count as absent.

    Notes
    -----
    PS3.3 10.7.1.1: PixelSpacing equal to ImagerPixelSpacing (or to
    NominalScannedPixelSpacing) is not calibrated, different from it is; alone
    it does not tell, in a projection. 10.7.1.2: PixelSpacingCalibrationType.
    """
    spacing = pixel_spacing_of(header, frame)
    imager = usable_spacing(header.imager_pixel_spacing)
    scanned = usable_spacing(header.nominal_scanned_pixel_spacing)
    projection = is_projection(header)
    captured = f"{header.sop_class_uid}.".startswith(f"{_SECONDARY_CAPTURE}.")
    if spacing is None:
        return _uncalibrated(header, imager, scanned)
    if not (projection or captured):
        return PixelScale(spacing, "PixelSpacing", _note_of_patient_space(header))
    if header.pixel_spacing_calibration_type:
        return PixelScale(spacing, "PixelSpacing", _calibration(header))
    for other, keyword in (
        (imager, "ImagerPixelSpacing"),
        (scanned, "NominalScannedPixelSpacing"),
    ):
        if other is not None and _same(spacing, other):
            return _repeated(header, spacing, keyword)
    if imager is not None or scanned is not None:
        return PixelScale(spacing, "PixelSpacing", "calibrated, method not stated")
    if projection:
        return PixelScale(
            spacing, "PixelSpacing", "not said whether at the detector or in the patient"
        )
    return PixelScale(spacing, "PixelSpacing", "as the secondary capture says")


def unusable_spacings(header: InstanceHeader, frame: int) -> list[str]:
    """Give a sentence for each spacing of ``frame`` that is there and is none."""
    stated = {
        "PixelSpacing": group_of(header, frame).pixel_spacing or header.pixel_spacing,
        "ImagerPixelSpacing": header.imager_pixel_spacing,
        "NominalScannedPixelSpacing": header.nominal_scanned_pixel_spacing,
    }
    return [
        f"{keyword} is not two usable positive numbers and is left out."
        for keyword, values in stated.items()
        if values and usable_spacing(values) is None
    ]


def _uncalibrated(
    header: InstanceHeader, imager: Pair | None, scanned: Pair | None
) -> PixelScale | None:
    if imager is not None:
        note = f"{_AT_DETECTOR}; structures in the patient are smaller"
        return _at_detector(header, PixelScale(imager, "ImagerPixelSpacing", note))
    if scanned is not None:
        return PixelScale(scanned, "NominalScannedPixelSpacing", "on the scanned film")
    return None


def _repeated(header: InstanceHeader, spacing: Pair, keyword: str) -> PixelScale:
    detector = keyword == "ImagerPixelSpacing"
    where = _AT_DETECTOR if detector else "on the scanned film"
    scale = PixelScale(spacing, "PixelSpacing", f"{where}: PixelSpacing repeats {keyword}")
    return _at_detector(header, scale) if detector else scale


def _at_detector(header: InstanceHeader, scale: PixelScale) -> PixelScale:
    """Bring a scale at the detector into the patient where the file says how."""
    factor = header.estimated_radiographic_magnification_factor
    if factor is None:
        return scale
    if not 1 <= factor <= _GREATEST_MAGNIFICATION:  # a ratio of distances, never below 1
        note = f"EstimatedRadiographicMagnificationFactor {factor:g} is not used"
        return replace(scale, note=f"{_AT_DETECTOR}; {note}")
    spacing = scale.spacing_rc_mm
    return PixelScale(
        (spacing[0] / factor, spacing[1] / factor),
        "ImagerPixelSpacing / EstimatedRadiographicMagnificationFactor",
        "estimated in the patient",
    )


def _note_of_patient_space(header: InstanceHeader) -> str:
    if header.modality == "CT" and is_localizer(header.image_type):
        return "localizer: true at one depth alone"
    return "on the specimen" if header.modality == "SM" else ""


def _calibration(header: InstanceHeader) -> str:
    how = f"calibrated ({header.pixel_spacing_calibration_type[:_LONGEST_CODE]})"
    text = header.pixel_spacing_calibration_description[:_LONGEST_TEXT]
    return f"{how}: {text}" if text else how


def _same(first: Pair, second: Pair) -> bool:
    return all(math.isclose(a, b, rel_tol=1e-4) for a, b in zip(first, second, strict=True))
