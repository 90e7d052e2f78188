"""What display needs to know of a plain frame, from its header alone.

No pydicom here, so that the window's process can describe plain frames
(`plain_frames`), native and compressed; all
others are left to `describe`, what the attributes mean to `display_rules`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from viewer.dicom.display_rules import inversion, padding, rescale, windows
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.lengths import scale_of, unusable_spacings
from viewer.dicom.plain_frames import plain_frame
from viewer.dicom.planes import patient_orientation_of, plane_of
from viewer.dicom.suv import suv_of
from viewer.dicom.transfer_syntaxes import NO_DECODER, stored_words, transfer_syntax_name
from viewer.imaging.frame import FrameDescription
from viewer.imaging.lengths import UltrasoundRegion, aspect_of


def description_from_header(
    header: InstanceHeader, decoder: str = NO_DECODER
) -> FrameDescription | None:
    """Describe the frame of a plain grey file without opening it.

    None where the file needs `describe`: several frames, LUTs, functional
    groups, palettes, or a pixel module that is not whole.

    Parameters
    ----------
    decoder : str
        What decoded the frame.
    """
    plain = plain_frame(header)
    if plain is None:
        return None
    word = plain.word
    notes: list[str] = []
    modality = rescale(
        header.rescale_slope,
        header.rescale_intercept,
        header.rescale_type,
        header,
        notes,
        ends=word.ends,
    )
    of_grey: list[str] = []  # said last, as `describe` does
    inverted, inversion_source = inversion(
        header.photometric_interpretation, header.presentation_lut_shape, of_grey
    )
    padding_range, padding_source = padding(
        header.pixel_padding_value, header.pixel_padding_range_limit, word, of_grey
    )
    vois = windows(
        header.window_center,
        header.window_width,
        header.window_explanation,
        header.voi_lut_function,
        of_grey,
        whole=modality.slope.is_integer(),
    )
    description = FrameDescription(
        rows=plain.rows,
        columns=plain.columns,
        photometric_interpretation=header.photometric_interpretation,
        bits_stored=word.bits_stored,
        signed=word.signed,
        modality=modality,
        vois=vois,
        inverted=inverted,
        inversion_source=inversion_source,
        padding_range=padding_range,
        padding_source=padding_source,
        suv=suv_of(header, modality),
        transfer_syntax=transfer_syntax_name(header.transfer_syntax_uid),
        decoder=decoder,
        stored_as=stored_words(word.bits_allocated, word.bits_stored, word.high_bit, word.signed),
    )
    description = with_geometry(description, header, 0, notes)
    return replace(description, warnings=tuple(dict.fromkeys((*notes, *of_grey))))


def with_geometry(
    description: FrameDescription, header: InstanceHeader, frame: int, notes: list[str]
) -> FrameDescription:
    """Add where ``frame`` (from 0) lies, what its millimetres are, and the shape of its pixels."""
    notes += unusable_spacings(header, frame)
    scale = scale_of(header, frame)
    spacing = scale.spacing_rc_mm if scale else None
    return replace(
        description,
        plane=plane_of(header, frame),
        patient_orientation=patient_orientation_of(header),
        spacing_rc_mm=spacing,
        spacing_source=scale.source if scale else "",
        spacing_note=scale.note if scale else "",
        pixel_aspect_rc=_aspect(header, spacing, description.regions),
    )


def _aspect(
    header: InstanceHeader,
    spacing: tuple[float, float] | None,
    regions: Sequence[UltrasoundRegion],
) -> tuple[float, float]:
    """Give the shape of the pixels (vertical, horizontal) where no ``spacing`` says it.

    Of ultrasound that of the largest region in cm, else PixelAspectRatio,
    PS3.3 C.7.6.3.1.7.
    """
    by_region = aspect_of(regions)
    if spacing is None and by_region is not None:
        return by_region
    ratio = header.pixel_aspect_ratio
    usable = spacing is None and len(ratio) == 2 and ratio[0] > 0 and ratio[1] > 0
    return (ratio[0], ratio[1]) if usable else (1.0, 1.0)
