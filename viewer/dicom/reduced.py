"""Large JPEG 2000 frames at a fraction of their size, in a fraction of the time.

For the eye, until the whole frame is decoded: the values are means of the
file's, not the file's. Whole frames, and what to say where there is none, are
`frames`' matter. To read is for a child process, all else for any.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from viewer.dicom.decoded import Decoded
    from viewer.dicom.pixel_files import PixelFile
    from viewer.imaging.frame import FrameDescription

_Array = np.ndarray[Any, np.dtype[Any]]

_LARGE_PIXELS = 2_000_000
_ENOUGH_PIXELS = 1 << 20  # about as many as a screen shows
_MOST_BEYOND = 1 / 16  # of the pixels: those along edges are far fewer
_JPEG_2000 = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (90, 91))
_HTJ2K = frozenset(f"1.2.840.10008.1.2.4.{n}" for n in (201, 202, 203))
_OVERLAY_GROUPS, _OVERLAY_BIT_POSITION = range(0x6000, 0x6100, 2), 0x0102


def takes_long(header: InstanceHeader) -> bool:
    """Tell whether a frame of the file keeps all processors busy for some time."""
    return _is_large(header) and header.transfer_syntax_uid in _JPEG_2000


def may_be_reduced(header: InstanceHeader) -> bool:
    """Tell whether frames of a file are worth asking `read_reduced` for."""
    return (
        _is_large(header)
        and header.transfer_syntax_uid in _JPEG_2000 | _HTJ2K
        and header.photometric_interpretation != "PALETTE COLOR"
    )


def read_reduced(
    path: str, index: int, limits: Limits = DEFAULT_LIMITS, known: InstanceHeader | None = None
) -> tuple[_Array, FrameDescription] | None:
    """Read one frame reduced to what a screen shows.

    Returns
    -------
    (pixels, description) or None
        ``pixels`` are like the whole frame's, but for rows and columns: those
        of the whole halved some times, rounded up. None where the file holds
        no reduced frame; it may still hold a whole one. None, too, where it is
        by now another than the one with the header ``known``.

    Raises
    ------
    NegatoError
        As `frames.read_frame` does.
    """
    from viewer.dicom import codecs
    from viewer.dicom.changed_files import is_another
    from viewer.dicom.codestreams import jpeg2000_codestream
    from viewer.dicom.describe import describe
    from viewer.dicom.frames import finished, frame_stream
    from viewer.dicom.jpeg2000_halving import halved
    from viewer.dicom.pixel_files import pixel_file
    from viewer.dicom.samples import display_rgb

    file = pixel_file(path, limits)
    layout = file.layout
    if not _values_have_means(file) or (known is not None and is_another(known, limits)):
        return None
    times = 0
    while (layout.rows >> times) * (layout.columns >> times) > _ENOUGH_PIXELS:
        times += 1
    with file.opened() as stream:
        found = halved(jpeg2000_codestream(frame_stream(stream, file, index, limits)), times)
    if found is None:
        return None
    smaller, times = found
    whole = (1 << times) - 1
    rows, columns = (layout.rows + whole) >> times, (layout.columns + whole) >> times
    reduced = replace(layout, rows=rows, columns=columns)
    # halved values swing beyond black and white, where OpenJPH would wrap them around
    decoded = codecs.decode_jpeg2000(smaller, reduced)
    if layout.signed and not decoded.signed:
        return None  # the codec took values below 0 for large ones
    if decoded.samples.shape[:2] != (rows, columns):
        return None
    held = _within_bits_stored(decoded, layout.bits_stored)
    if held is None:
        return None
    pixels, _ = finished(held, reduced)
    if pixels.ndim == 3:
        pixels = display_rgb(pixels, layout)
    return _centred(pixels, times), describe(file.dataset, layout, file.header, index, limits)


def _is_large(header: InstanceHeader) -> bool:
    return (header.rows or 0) * (header.columns or 0) >= _LARGE_PIXELS


def _values_have_means(file: PixelFile) -> bool:
    """Tell whether a mean of sample words means anything."""
    layout = file.layout
    return (
        file.encapsulated
        and not layout.is_palette
        and not layout.display_error
        and layout.high_bit == layout.bits_stored - 1
        and not any(
            tag.group in _OVERLAY_GROUPS
            and tag.element == _OVERLAY_BIT_POSITION
            and file.dataset[tag].value  # overlays in the bits above the value
            for tag in file.dataset.keys()
        )
    )


def _within_bits_stored(decoded: Decoded, bits_stored: int) -> Decoded | None:
    """Hold values that swing beyond an edge: where words have bits to spare, no codec does.

    None where so many are beyond that the bits above hold something else, which is left
    out of the whole frame and has no mean.
    """
    if decoded.precision <= bits_stored:
        return decoded
    half = 1 << (bits_stored - 1)
    low, high = (-half, half - 1) if decoded.signed else (0, 2 * half - 1)
    held = np.clip(decoded.samples, low, high)
    if not decoded.lossy and np.mean(held != decoded.samples) > _MOST_BEYOND:
        return None
    return replace(decoded, samples=held)


def _centred(pixels: _Array, times: int) -> _Array:
    """Move pixels from the first of those that they stand for to the middle of them all."""
    share = ((1 << times) - 1) / (2 << times)
    moved = pixels.astype(np.float32)
    for axis in (0, 1):
        following = np.take(moved, [*range(1, moved.shape[axis]), -1], axis=axis, mode="wrap")
        following -= moved
        following *= share
        moved += following
    return np.rint(moved, out=moved).astype(pixels.dtype)
