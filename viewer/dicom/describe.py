"""What display needs to know of a frame, from the header or the whole data set.

Modality and VOI transforms, inversion, padding, palette, plane and
millimetres, each at most once. Values that cannot be used are left out with a
sentence. Applying all this is left to `viewer.imaging`.
"""

from __future__ import annotations

from collections.abc import Sequence

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
from viewer.dicom.layout import PixelLayout
from viewer.dicom.lookup_tables import lookup_table, palette
from viewer.dicom.plain_description import aspect, inverted, padding, rescale, windows
from viewer.dicom.planes import plane_of, spacing_of
from viewer.imaging.frame import FrameDescription
from viewer.imaging.modality import ModalityTransform, value_of
from viewer.imaging.voi import Voi, VoiLut


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
        inverted=grey and inverted(layout.photometric, text(dataset, "PresentationLUTShape")),
        padding_range=padding(
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
        pixel_aspect_rc=aspect(header, spacing),
        warnings=tuple(notes),
    )


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
    return rescale(slope, intercept, text(source, "RescaleType"), header, notes)


def _tables(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """Give the items of a LUT sequence that are not just empty."""
    return tuple(item for item in items(dataset, keyword) if values(item, "LUTDescriptor"))


def _is_stated(dataset: Dataset, keyword: str) -> bool:
    if keyword not in dataset:
        return False
    element = dataset.get_item(keyword)
    return element is not None and bool(element.value)


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
    own = windows(
        centers,
        widths,
        texts(source, "WindowCenterWidthExplanation"),
        text(source, "VOILUTFunction"),
        notes,
    )
    negative = _reaches_below_zero(modality, layout)
    tables: list[Voi] = []
    for item in _tables(dataset, "VOILUTSequence"):
        table = lookup_table(item, signed=negative, big_endian=big_endian)
        if table is None:
            notes.append("A VOI LUT of the file is damaged and left out.")
        else:
            tables.append(VoiLut(table, table.explanation))
    return (*own, *tables)


def _reaches_below_zero(modality: ModalityTransform, layout: PixelLayout) -> bool:
    """Tell whether modality values may be negative; those of a Modality LUT never are."""
    if modality.lut is not None:
        return False
    bits = layout.bits_stored
    ends = (-(1 << bits - 1), (1 << bits - 1) - 1) if layout.signed else (0, (1 << bits) - 1)
    return min(value_of(modality, end) for end in ends) < 0
