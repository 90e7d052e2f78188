"""Where the compressed stream overrules the Image Pixel module.

The standard has the stream control decompression where the two differ (PS3.5 8.2.1, 8.2.4). Size
and the depth of grey are left to `codecs`, what colours mean to `codecs` and `frames`.
"""

from __future__ import annotations

from dataclasses import replace

from viewer.dicom.codestreams import (
    StreamInfo,
    family_of,
    jpeg2000_codestream,
    jpeg2000_info,
    jpeg_info,
)
from viewer.dicom.errors import PixelError
from viewer.dicom.pixel_layout import PixelLayout


def layout_by_stream(layout: PixelLayout, data: bytes) -> PixelLayout:
    """Correct what the header says of the samples by what the first frame's stream says.

    Parameters
    ----------
    data : bytes
        The first frame, or what is there of it. A stream that cannot be read
        corrects nothing: decoding it will say why.
    """
    info = _info(data)
    if info is None or (info.rows, info.columns) != (layout.rows, layout.columns):
        return layout
    if info.components != layout.samples and info.components in (1, 3):
        photometric = "MONOCHROME2" if info.components == 1 else "RGB"
        note = (
            f"The header says {layout.photometric} with {layout.samples} samples a pixel, the "
            f"stream has {info.components}: the stream decided."
        )
        layout = replace(
            layout,
            samples=info.components,
            photometric=photometric,
            warnings=(*layout.warnings, note),
        )
    if layout.samples == 3 and info.precision < layout.bits_stored:  # else all of it is black
        note = (
            f"The header says {layout.bits_stored}-bit colours (BitsStored), the stream "
            f"{info.precision}-bit: it decided."
        )
        layout = replace(
            layout,
            bits_stored=info.precision,
            high_bit=info.precision - 1,
            warnings=(*layout.warnings, note),
        )
    if info.signed and not layout.signed and layout.samples == 1:
        # An unsigned stream may hold signed words bit by bit, and often does; a signed one was
        # written by an encoder that was told the sign.
        note = (
            "The header says unsigned values (PixelRepresentation), the stream signed: it decided."
        )
        layout = replace(layout, signed=True, warnings=(*layout.warnings, note))
    return layout


def _info(data: bytes) -> StreamInfo | None:
    family = family_of(data)
    try:
        if family in ("jpeg2000", "htj2k"):
            return jpeg2000_info(jpeg2000_codestream(data))
        if family in ("jpeg", "jpeg-ls"):
            return jpeg_info(data)
    except PixelError:  # said again, and shown, when the frame is decoded
        return None
    return None
