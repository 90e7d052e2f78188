"""What display needs to know of a frame, from the header or the whole data set.

Modality and VOI transforms, inversion, padding, palette, plane and
millimetres, each at most once. Values that cannot be used are left out with a
sentence. Applying all this is left to `viewer.imaging`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import (
    integer,
    items,
    number,
    numbers,
    raw_value,
    text,
    texts,
    values,
)
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.image_types import is_localizer
from viewer.dicom.layout import PixelLayout
from viewer.dicom.lookup_tables import lookup_table, palette
from viewer.dicom.native_frames import native_frame
from viewer.dicom.planes import plane_of, spacing_of
from viewer.imaging.frame import FrameDescription
from viewer.imaging.modality import ModalityTransform
from viewer.imaging.voi import Voi, VoiFunction, VoiLut, VoiWindow

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
        modality=_rescale(
            header.rescale_slope, header.rescale_intercept, header.rescale_type, header, notes
        ),
        vois=_windows(
            header.window_center,
            header.window_width,
            header.window_explanation,
            header.voi_lut_function,
            notes,
        ),
        inverted=_inverted(header.photometric_interpretation, header.presentation_lut_shape),
        padding_range=_padding(
            header.pixel_padding_value, header.pixel_padding_range_limit, bits, signed
        ),
        plane=plane_of(header, 0),
        spacing_rc_mm=spacing,
        spacing_source=source,
        pixel_aspect_rc=_aspect(header, spacing),
        warnings=tuple(notes),
    )


def describe(
    dataset: Dataset, layout: PixelLayout, header: InstanceHeader, frame: int
) -> FrameDescription:
    """Describe frame ``frame`` (from 0) of any file.

    Parameters
    ----------
    dataset : Dataset
        All that stands before the pixel data.
    layout : PixelLayout
        Its checked pixel module.
    header : InstanceHeader
        Of the same file; gives the geometry.

    Raises
    ------
    PixelError
        A palette image without a whole palette.
    """
    notes = list(layout.warnings)
    big_endian = dataset.original_encoding[1] is False
    groups = _groups(dataset, frame)
    spacing, source = spacing_of(header, frame)
    modality = _modality(dataset, groups, layout, header, notes, big_endian=big_endian)
    grey = layout.samples == 1 and not layout.is_palette
    table, first = (
        palette(dataset, signed=layout.signed, big_endian=big_endian)
        if layout.is_palette
        else (None, 0)
    )
    return FrameDescription(
        rows=layout.rows,
        columns=layout.columns,
        samples_per_pixel=layout.samples,
        photometric_interpretation=layout.photometric,
        bits_stored=layout.bits_stored,
        modality=modality,
        vois=_vois(dataset, groups, layout, modality, notes, big_endian=big_endian) if grey else (),
        inverted=grey and _inverted(layout.photometric, text(dataset, "PresentationLUTShape")),
        padding_range=_padding(
            integer(dataset, "PixelPaddingValue"),
            integer(dataset, "PixelPaddingRangeLimit"),
            layout.bits_allocated,
            layout.signed,
        )
        if grey and not layout.floating
        else None,
        palette_rgb=table,
        palette_first=first,
        plane=plane_of(header, frame),
        spacing_rc_mm=spacing,
        spacing_source=source,
        pixel_aspect_rc=_aspect(header, spacing),
        warnings=tuple(notes),
    )


def _aspect(header: InstanceHeader, spacing: tuple[float, float] | None) -> tuple[float, float]:
    """Give PixelAspectRatio (vertical, horizontal) where no millimetres say it. C.7.6.3.1.7."""
    aspect = header.pixel_aspect_ratio
    usable = spacing is None and len(aspect) == 2 and aspect[0] > 0 and aspect[1] > 0
    return (aspect[0], aspect[1]) if usable else (1.0, 1.0)


def _groups(dataset: Dataset, frame: int) -> tuple[Dataset, ...]:
    """Give the functional groups of a frame, its own first, then the shared. PS3.3 C.7.6.16."""
    own = items(dataset, "PerFrameFunctionalGroupsSequence")
    shared = items(dataset, "SharedFunctionalGroupsSequence")
    return (*own[frame : frame + 1], *shared[:1])


def _macro(groups: Sequence[Dataset], keyword: str) -> Dataset | None:
    for group in groups:
        for item in items(group, keyword):
            return item
    return None


def _modality(
    dataset: Dataset,
    groups: Sequence[Dataset],
    layout: PixelLayout,
    header: InstanceHeader,
    notes: list[str],
    *,
    big_endian: bool,
) -> ModalityTransform:
    for item in _tables(dataset, "ModalityLUTSequence"):
        table = lookup_table(item, signed=layout.signed, big_endian=big_endian)
        if table is not None:
            unit = text(item, "ModalityLUTType")
            return ModalityTransform(unit="" if unit == "US" else unit, lut=table)
        notes.append("The Modality LUT is damaged and left out; values are not calibrated.")
    source = _macro(groups, "PixelValueTransformationSequence") or dataset
    slope, intercept = number(source, "RescaleSlope"), number(source, "RescaleIntercept")
    for keyword, value in (("RescaleSlope", slope), ("RescaleIntercept", intercept)):
        if value is None and _is_stated(source, keyword):
            notes.append(f"{keyword} cannot be read and is left out; values are not calibrated.")
    return _rescale(slope, intercept, text(source, "RescaleType"), header, notes)


def _tables(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """Give the items of a LUT sequence that are not just empty."""
    return tuple(item for item in items(dataset, keyword) if values(item, "LUTDescriptor"))


def _is_stated(dataset: Dataset, keyword: str) -> bool:
    if keyword not in dataset:
        return False
    element = dataset.get_item(keyword)
    return element is not None and bool(element.value)


def _rescale(
    slope: float | None,
    intercept: float | None,
    rescale_type: str,
    header: InstanceHeader,
    notes: list[str],
) -> ModalityTransform:
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


def _vois(
    dataset: Dataset,
    groups: Sequence[Dataset],
    layout: PixelLayout,
    modality: ModalityTransform,
    notes: list[str],
    *,
    big_endian: bool,
) -> tuple[Voi, ...]:
    """Give the file's own windows, then its VOI LUTs. PS3.3 C.11.2."""
    source = _macro(groups, "FrameVOILUTSequence") or dataset
    centers, widths = numbers(source, "WindowCenter"), numbers(source, "WindowWidth")
    if not (centers and widths) and any(
        raw_value(source, keyword) or _is_stated(source, keyword)
        for keyword in ("WindowCenter", "WindowWidth")
    ):
        notes.append("The file's window cannot be read and is left out.")
    windows = _windows(
        centers,
        widths,
        texts(source, "WindowCenterWidthExplanation"),
        text(source, "VOILUTFunction"),
        notes,
    )
    negative = layout.signed or (modality.lut is None and modality.intercept < 0)
    tables: list[Voi] = []
    for item in _tables(dataset, "VOILUTSequence"):
        table = lookup_table(item, signed=negative, big_endian=big_endian)
        if table is None:
            notes.append("A VOI LUT of the file is damaged and left out.")
        else:
            tables.append(VoiLut(table, table.explanation))
    return (*windows, *tables)


def _windows(
    centers: Sequence[float],
    widths: Sequence[float],
    explanations: Sequence[str],
    function: str,
    notes: list[str],
) -> tuple[Voi, ...]:
    shape = _FUNCTIONS.get(function.upper())
    if shape is None:
        notes.append(f"VOILUTFunction {function!r} is unknown; LINEAR is used.")
        shape = "LINEAR"
    if centers and widths and len(centers) != len(widths):
        notes.append("WindowCenter and WindowWidth differ in number; the surplus is left out.")
    found: list[Voi] = []
    for at, (center, width) in enumerate(zip(centers, widths, strict=False)):
        if width <= 0 or not (np.isfinite(width) and np.isfinite(center)):
            notes.append(f"A window of the file has width {width:g} and is left out.")
            continue
        explanation = explanations[at] if at < len(explanations) else ""
        exact = shape == "LINEAR" and width < 1  # LINEAR needs a width of at least 1
        found.append(VoiWindow(center, width, "LINEAR_EXACT" if exact else shape, explanation))
    return tuple(found)


def _inverted(photometric: str, presentation_lut_shape: str) -> bool:
    """Tell whether low values are bright: said by either attribute, inverted once."""
    return photometric == "MONOCHROME1" or presentation_lut_shape.upper() == "INVERSE"


def _padding(
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
