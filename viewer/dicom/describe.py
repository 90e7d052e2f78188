"""What display needs to know of a frame, from the header and the whole data set.

Brings together what the readers of single attributes find, each at most once;
values that cannot be used are left out with a sentence. Applying all this is
left to `viewer.imaging`.
"""

from __future__ import annotations

from dataclasses import replace

from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import is_stated, text
from viewer.dicom.display_attributes import (
    FrameAttributes,
    frame_attributes,
    modality_of,
    padding_of,
    presentation_lut_of,
    vois_of,
)
from viewer.dicom.display_rules import inversion
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.icc_profiles import icc_profile_words
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.dicom.overlays import overlays_of
from viewer.dicom.palettes import palette, supplemental_palette
from viewer.dicom.pixel_layout import PixelLayout
from viewer.dicom.plain_description import with_geometry
from viewer.dicom.shutters import shutter_of
from viewer.dicom.suv import suv_of
from viewer.dicom.transfer_syntaxes import NO_DECODER, stored_words, transfer_syntax_name
from viewer.dicom.ultrasound_regions import regions_of
from viewer.imaging.frame import FrameDescription


def describe(
    dataset: Dataset,
    layout: PixelLayout,
    header: InstanceHeader,
    frame: int,
    limits: Limits = DEFAULT_LIMITS,
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
        A palette image without a usable palette.
    """
    notes = list(layout.warnings)
    attributes = frame_attributes(dataset, layout, frame, notes)
    modality = modality_of(attributes, header)
    description = FrameDescription(
        rows=layout.rows,
        columns=layout.columns,
        samples_per_pixel=layout.samples,
        photometric_interpretation=layout.photometric,
        bits_stored=layout.bits_stored,
        signed=layout.signed,
        modality=modality,
        regions=regions_of(dataset, (layout.rows, layout.columns), notes),
        overlays=overlays_of(dataset, frame, layout, notes, limits),
        shutter=shutter_of(dataset, attributes.groups, notes),
        suv=suv_of(header, modality),
        icc_profile=icc_profile_words(dataset),
        transfer_syntax=transfer_syntax_name(header.transfer_syntax_uid),
        decoder=NO_DECODER,  # unless whoever decodes the frame says more
        stored_as=stored_words(
            layout.bits_allocated,
            layout.bits_stored,
            layout.high_bit,
            layout.signed,
            layout.floating,
        ),
    )
    notes += _unreadable_spacings(dataset, header)
    description = with_geometry(description, header, frame, notes)
    if layout.is_palette:
        table, first = palette(
            dataset, signed=layout.signed, big_endian=attributes.big_endian, notes=notes
        )
        description = replace(description, palette_rgb=table, palette_first=first)
    elif layout.samples == 1:
        description = _with_grey(description, attributes)
    return replace(description, warnings=tuple(dict.fromkeys(notes)))


def _with_grey(description: FrameDescription, frame: FrameAttributes) -> FrameDescription:
    """Add what grey frames alone have: VOI, presentation, padding, supplemental colours."""
    inverted, inversion_source = inversion(
        frame.layout.photometric, text(frame.dataset, "PresentationLUTShape"), frame.notes
    )
    padding_range, padding_source = padding_of(frame)
    table, first = supplemental_palette(
        frame.dataset,
        frame.groups,
        signed=frame.layout.signed,
        big_endian=frame.big_endian,
        notes=frame.notes,
    )
    return replace(
        description,
        vois=vois_of(frame, description.modality),
        inverted=inverted,
        inversion_source=inversion_source,
        presentation_lut=presentation_lut_of(frame),
        padding_range=padding_range,
        padding_source=padding_source,
        palette_rgb=table,
        palette_first=first,
    )


def _unreadable_spacings(dataset: Dataset, header: InstanceHeader) -> list[str]:
    read = {
        "PixelSpacing": header.pixel_spacing,
        "ImagerPixelSpacing": header.imager_pixel_spacing,
        "NominalScannedPixelSpacing": header.nominal_scanned_pixel_spacing,
    }
    return [
        f"{keyword} cannot be read and is left out."
        for keyword, values in read.items()
        if not values and is_stated(dataset, keyword)
    ]
