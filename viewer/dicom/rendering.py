"""Frames decoded, composed and encoded at one go: pictures for files, in a child process.

Owns how a frame is read for that (the quick ways first) and what becomes of its values. Which
frames, and where they go, is left to the caller; file formats to `viewer.formats`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from viewer.dicom.changed_files import is_another
from viewer.dicom.compressed_frames import compressed_frame, read_compressed
from viewer.dicom.errors import NegatoError, PixelError
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.limits import Limits
from viewer.dicom.native_frames import CHANGED, native_frame, read_native
from viewer.dicom.plain_description import description_from_header
from viewer.formats.pictures import Encoding, encode_picture
from viewer.imaging import display, modality
from viewer.imaging.frame import FrameDescription
from viewer.imaging.picture import picture_of, with_square_pixels
from viewer.imaging.turning import Turn, turned_pixels
from viewer.imaging.voi_choice import (
    VoiChoice,
    choice_of_frame,
    choice_of_samples,
    chosen_voi,
    sample_of,
)

_Array = np.ndarray[Any, np.dtype[Any]]
Values = Literal["seen", "stored", "modality"]


@dataclass(frozen=True, slots=True)
class Look:
    """What becomes of frames: which values, how they are seen, how they are encoded.

    ``encoding`` "" gives the pixels themselves. ``choice``, ``inverted`` (once more than the
    file says), ``shutter`` and ``overlays`` are for values that are "seen" alone. No ``choice``:
    each frame makes its own, as a stack of one does.
    """

    values: Values = "seen"
    encoding: Encoding | Literal[""] = ""
    choice: VoiChoice | None = None
    inverted: bool = False
    turn: Turn = field(default_factory=Turn)
    shutter: bool = True
    overlays: bool = True
    quality: int = 90


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """What became of a frame.

    ``data`` is the bytes of a file (uint8, one axis), or the pixels, or why there is neither.
    """

    data: np.ndarray | PixelError
    notes: tuple[str, ...] = ()


def render_frames(
    frames: Sequence[tuple[InstanceHeader, int]], look: Look, limits: Limits
) -> list[Rendered]:
    """Render frames, each a header and a frame of its file (from 0)."""
    return [_rendered(header, index, look, limits) for header, index in frames]


def read_for_look(
    header: InstanceHeader, index: int, limits: Limits
) -> tuple[_Array, FrameDescription]:
    """Read a frame as it was when its header was read.

    Raises
    ------
    NegatoError
        It cannot be decoded, or its file is another by now.
    """
    native = native_frame(header, limits)
    if native is not None:
        pixels = np.empty((native.plain.rows, native.plain.columns), native.plain.dtype)
        read_native(header.path, native, pixels)
        described = description_from_header(header)
        if described is not None:
            return pixels, described
    compressed = compressed_frame(header, limits)
    if compressed is not None:
        found = read_compressed(header.path, compressed, limits)
        described = None if found is None else description_from_header(header, found[1])
        if found is not None and described is not None:
            return found[0], described
    from viewer.dicom.frames import read_frame  # and pydicom, which most frames do without

    read = read_frame(header.path, index, limits)
    if is_another(header, limits):  # after: it may have changed meanwhile
        raise PixelError(CHANGED, header.path)
    return read


def _rendered(header: InstanceHeader, index: int, look: Look, limits: Limits) -> Rendered:
    try:
        pixels, description = read_for_look(header, index, limits)
        made = _pixels(pixels, description, look, header.path)
        notes = description.warnings
        if look.values != "seen" and description.photometric_interpretation == "PALETTE COLOR":
            notes = (*notes, _INDICES)
        if not look.encoding:
            return Rendered(np.ascontiguousarray(made), notes)
        encoded, of_encoding = _encoded(made, look, header.path)
        return Rendered(np.frombuffer(encoded, np.uint8), (*notes, *of_encoding))
    except PixelError as error:
        return Rendered(error)
    except NegatoError as error:
        return Rendered(PixelError(error.message, header.path))


def _pixels(pixels: _Array, description: FrameDescription, look: Look, path: str) -> _Array:
    if look.values != "seen":
        if description.rows_there is not None:
            raise PixelError("Rows of this frame are missing, so its values are not given.", path)
        if look.values == "modality" and not display.is_colour(description):
            pixels = modality.apply(description.modality, pixels)
        return turned_pixels(pixels, look.turn)
    if look.inverted:
        description = replace(description, inverted=not description.inverted)
    choice = look.choice or choice_of_frame(pixels, description)
    if choice is None:
        choice = choice_of_samples([sample_of(pixels, description)])
    picture = picture_of(
        pixels,
        description,
        chosen_voi(choice, pixels, description),
        shutter=look.shutter,
        overlays=look.overlays,
    )
    try:
        return turned_pixels(with_square_pixels(picture, description), look.turn)
    except ValueError as error:
        raise PixelError(f"{error}: write its values instead.", path) from error


def _encoded(pixels: _Array, look: Look, path: str) -> tuple[bytes, tuple[str, ...]]:
    """Encode pixels; of stored values, say what had to be done to them."""
    notes: tuple[str, ...] = ()
    if look.encoding == "png" and pixels.dtype != np.uint8 and pixels.dtype.kind in "iu":
        if pixels.dtype == np.int16:  # PNG has no negative values: the same order, from 0 on
            pixels = pixels.view(np.uint16) ^ np.uint16(0x8000)
            notes = (_SHIFTED.format(1 << 15),)
        elif pixels.dtype == np.int8:
            pixels = pixels.view(np.uint8) ^ np.uint8(0x80)
            notes = (_SHIFTED.format(1 << 7),)
    is_16 = look.encoding == "png" and pixels.dtype == np.uint16
    if look.encoding and (pixels.dtype == np.uint8 or is_16):
        try:
            return encode_picture(pixels, look.encoding, look.quality), notes
        except ValueError as error:
            raise PixelError(f"{error}; choose another format.", path) from error
    raise PixelError(
        f"{look.encoding.upper()} cannot hold values of type {pixels.dtype}; write TIFF or NumPy "
        "arrays, or the picture as it is seen.",
        path,
    )


_INDICES = "These values are indices of a palette; its colours are in what is seen alone."
_SHIFTED = "The stored values have a sign, which PNG has not: {:,} was added to each."


def sample_frame(
    header: InstanceHeader, index: int, limits: Limits
) -> tuple[np.ndarray, FrameDescription]:
    """Read what a frame has to say on the window of its stack; raises as `read_for_look`."""
    pixels, description = read_for_look(header, index, limits)
    return (pixels, description) if pixels.ndim == 3 else sample_of(pixels, description)
