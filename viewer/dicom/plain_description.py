"""What display needs to know of a plain frame, from its header alone.

And the rules that hold for any frame, whoever read its attributes: rescale,
windows, inversion, padding. No pydicom here, so that the window's process can
describe plain frames; all others are left to `describe`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.image_types import is_localizer
from viewer.dicom.native_frames import native_frame
from viewer.dicom.planes import plane_of, spacing_of
from viewer.imaging.frame import FrameDescription
from viewer.imaging.modality import ModalityTransform
from viewer.imaging.voi import Voi, VoiFunction, VoiWindow

_FUNCTIONS: dict[str, VoiFunction] = {
    "": "LINEAR",
    "LINEAR": "LINEAR",
    "LINEAR_EXACT": "LINEAR_EXACT",
    "SIGMOID": "SIGMOID",
}


def description_from_header(header: InstanceHeader) -> FrameDescription | None:
    """Describe the frame of a plain uncompressed grey file without opening it.

    None where the file needs `describe`: several frames, LUTs, functional
    groups, palettes, or a pixel module that is not whole.
    """
    if native_frame(header) is None or header.rows is None or header.columns is None:
        return None
    # one half of a pair alone: the other is absent or broken, and only the data set tells which
    if (header.rescale_slope is None) != (header.rescale_intercept is None):
        return None
    if bool(header.window_center) != bool(header.window_width):
        return None
    notes: list[str] = []
    bits = header.bits_allocated or 16
    signed = header.pixel_representation == 1
    spacing, source = spacing_of(header, 0)
    return FrameDescription(
        rows=header.rows,
        columns=header.columns,
        photometric_interpretation=header.photometric_interpretation,
        bits_stored=header.bits_stored or bits,
        modality=rescale(
            header.rescale_slope, header.rescale_intercept, header.rescale_type, header, notes
        ),
        vois=windows(
            header.window_center,
            header.window_width,
            header.window_explanation,
            header.voi_lut_function,
            notes,
        ),
        inverted=inverted(header.photometric_interpretation, header.presentation_lut_shape),
        padding_range=padding(
            header.pixel_padding_value, header.pixel_padding_range_limit, bits, signed
        ),
        plane=plane_of(header, 0),
        spacing_rc_mm=spacing,
        spacing_source=source,
        pixel_aspect_rc=aspect(header, spacing),
        warnings=tuple(notes),
    )


def aspect(header: InstanceHeader, spacing: tuple[float, float] | None) -> tuple[float, float]:
    """Give PixelAspectRatio (vertical, horizontal) where no millimetres say it. C.7.6.3.1.7."""
    ratio = header.pixel_aspect_ratio
    usable = spacing is None and len(ratio) == 2 and ratio[0] > 0 and ratio[1] > 0
    return (ratio[0], ratio[1]) if usable else (1.0, 1.0)


def rescale(
    slope: float | None,
    intercept: float | None,
    rescale_type: str,
    header: InstanceHeader,
    notes: list[str],
) -> ModalityTransform:
    """Give the rescale of a frame; what cannot be used is left out with a note. PS3.3 C.11.1."""
    if slope == 0:
        notes.append("RescaleSlope is 0, which would make all pixels equal; 1 is used.")
        slope = 1.0
    return ModalityTransform(
        slope=1.0 if slope is None else slope,
        intercept=intercept or 0.0,
        unit=_unit(rescale_type, header, rescaled=intercept is not None),
    )


def _unit(rescale_type: str, header: InstanceHeader, *, rescaled: bool) -> str:
    """Give the unit of rescaled values. PS3.3 C.11.1.1.2: US is unspecified."""
    if rescale_type:
        return "" if rescale_type == "US" else rescale_type
    if header.modality == "CT" and rescaled and not is_localizer(header.image_type):
        return "HU"  # PS3.3 C.8.2.1.1.2: where RescaleType is absent from a CT image
    return header.units if header.modality == "PT" else ""


def windows(
    centers: Sequence[float],
    widths: Sequence[float],
    explanations: Sequence[str],
    function: str,
    notes: list[str],
) -> tuple[Voi, ...]:
    """Give the usable windows; what cannot be used is left out with a note. PS3.3 C.11.2."""
    shape = _FUNCTIONS.get(function.upper())
    if shape is None:
        notes.append(f"VOILUTFunction {function!r} is unknown; LINEAR is used.")
        shape = "LINEAR"
    if centers and widths and len(centers) != len(widths):
        notes.append("WindowCenter and WindowWidth differ in number; the surplus is left out.")
    found: list[Voi] = []
    for at, (center, width) in enumerate(zip(centers, widths, strict=False)):
        if width <= 0 or not (math.isfinite(width) and math.isfinite(center)):
            notes.append(f"A window of the file has width {width:g} and is left out.")
            continue
        explanation = explanations[at] if at < len(explanations) else ""
        exact = shape == "LINEAR" and width < 1  # LINEAR needs a width of at least 1
        found.append(VoiWindow(center, width, "LINEAR_EXACT" if exact else shape, explanation))
    return tuple(found)


def inverted(photometric: str, presentation_lut_shape: str) -> bool:
    """Tell whether low values are bright: said by either attribute, inverted once."""
    return photometric == "MONOCHROME1" or presentation_lut_shape.upper() == "INVERSE"


def padding(
    value: int | None, limit: int | None, bits: int, signed: bool
) -> tuple[int, int] | None:
    """Give the range of stored padding values. PS3.3 C.7.5.1.1.2."""
    if value is None:
        return None
    ends = [_as_stored(end, bits, signed) for end in (value, value if limit is None else limit)]
    return min(ends), max(ends)


def _as_stored(value: int, bits: int, signed: bool) -> int:
    """Read a value written in the wrong one of US and SS as the pixels are."""
    if signed and value >= 1 << (bits - 1):
        return value - (1 << bits)
    return value + (1 << bits) if not signed and value < 0 else value
