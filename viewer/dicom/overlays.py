"""Overlay planes out of a data set: packed in OverlayData, or in unused bits of the pixel words.

PS3.3 C.9.2, C.9.3, PS3.5 8.1.2. Owns finding and unpacking the planes of one
frame. Drawing them is left to `viewer.imaging.composition`, decoding the pixel
words to `frames`.
"""

from __future__ import annotations

import logging
import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from viewer.dicom.dataset_values import finite_numbers
from viewer.dicom.limits import DEFAULT_LIMITS, Limits
from viewer.imaging.overlays import OverlayPlane

if TYPE_CHECKING:
    from viewer.dicom.pixel_layout import PixelLayout

_log = logging.getLogger(__name__)

_GROUPS = range(0x6000, 0x6100, 2)
_ROWS, _COLUMNS = 0x0010, 0x0011
_FRAMES = 0x0015
_DESCRIPTION = 0x0022
_TYPE = 0x0040
_ORIGIN = 0x0050
_IMAGE_FRAME_ORIGIN = 0x0051
_BITS_ALLOCATED, _BIT_POSITION = 0x0100, 0x0102
_LABEL = 0x1500
_DATA = 0x3000


def overlays_of(
    dataset: Dataset,
    frame: int,
    layout: PixelLayout | None,
    notes: list[str],
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[OverlayPlane, ...]:
    """Give the overlays of a frame that have their own OverlayData, by group.

    A plane without NumberOfFramesInOverlay is for every frame; one with it
    only for the frames from ImageFrameOrigin on (PS3.3 C.9.3). Planes that
    cannot be used are left out with a sentence. Those in bits of the pixel
    words are `embedded_overlays`.

    Parameters
    ----------
    dataset : Dataset
        Of an image, or of a presentation state.
    frame : int
        Counted from 0.
    layout : PixelLayout, optional
        Of the image; None for a presentation state, which has no pixels.
    notes : list of str
        Takes the sentences.
    """
    planes = []
    for group in _groups(dataset):
        fields = _Group(dataset, group)
        if fields.is_embedded:
            if layout is None:
                notes.append(f"{_name(group)} has no OverlayData and is left out.")
            continue
        plane = _packed_plane(fields, frame, notes, limits)
        if plane is not None:
            planes.append(plane)
    return tuple(planes)


def embedded_overlays(
    dataset: Dataset,
    words: np.ndarray,
    layout: PixelLayout,
    notes: list[str],
    *,
    precision: int = 0,
) -> tuple[OverlayPlane, ...]:
    """Give the overlays of a frame that are kept in bits of its pixel words, by group.

    A form that PS3.5 8.1.2 has retired.

    Parameters
    ----------
    words : ndarray, (rows, columns) of unsigned integers
        The words of the frame as decoded, before unused bits are removed.
    notes : list of str
        Takes a sentence for each plane that is left out.
    precision : int
        Bits that a compressed stream holds of a word; 0 for all.
    """
    planes = []
    for group in _groups(dataset):
        fields = _Group(dataset, group)
        if not fields.is_embedded:
            continue
        bit = fields.integer(_BIT_POSITION)
        reason = _why_not_embedded(bit, words, layout, precision)
        if bit is None or reason:
            notes.append(f"{_name(group)} is left out: {reason}")
            continue
        unsigned = words.view(np.dtype(f"u{words.itemsize}"))
        mask = (unsigned >> unsigned.dtype.type(bit)) & unsigned.dtype.type(1)
        planes.append(
            OverlayPlane(
                group,
                words.shape[0],
                words.shape[1],
                packed=np.packbits(mask.astype(np.uint8), axis=1),
                kind=fields.kind,
                label=fields.label,
                source=f"bit {bit} of PixelData",
            )
        )
    return tuple(planes)


@dataclass(frozen=True, slots=True)
class _Group:
    """The attributes of one overlay group: absent, empty and unreadable ones are None."""

    dataset: Dataset
    group: int

    def values(self, element: int) -> tuple[Any, ...]:
        tag = self.group << 16 | element
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = self.dataset.get(tag)
        except Exception as error:  # pydicom parses lazily and raises what its parsers raise
            _log.debug("overlay element %08x cannot be parsed: %s", tag, type(error).__name__)
            return ()
        value = None if found is None else found.value
        if value is None or value in ("", b""):
            return ()
        return tuple(value) if isinstance(value, MultiValue | list | tuple) else (value,)

    def integer(self, element: int) -> int | None:
        numbers = finite_numbers(self.values(element)[:1])
        return int(numbers[0]) if numbers and numbers[0].is_integer() else None

    def text(self, element: int) -> str:
        return str(next(iter(self.values(element)), "")).strip(" \0")

    @property
    def is_embedded(self) -> bool:
        return not self.has_data and (self.integer(_BITS_ALLOCATED) or 1) > 1

    @property
    def has_data(self) -> bool:
        return bool(self.values(_DATA))

    @property
    def data(self) -> bytes:
        """The bytes of OverlayData in the order of their bits. PS3.5 8.1.2, A.3."""
        value = next(iter(self.values(_DATA)), None)
        if not isinstance(value, bytes):
            return b""
        swapped = (
            self.dataset.original_encoding[1] is False
            and self.dataset[self.group << 16 | _DATA].VR == "OW"
        )
        if not swapped:
            return value
        return np.frombuffer(value[: len(value) // 2 * 2], "u2").byteswap().tobytes()

    @property
    def origin_rc(self) -> tuple[int, int] | None:
        numbers = finite_numbers(self.values(_ORIGIN))
        if len(numbers) < 2 or not all(n.is_integer() for n in numbers[:2]):
            return None
        return int(numbers[0]) - 1, int(numbers[1]) - 1

    @property
    def kind(self) -> Literal["G", "R"]:
        return "R" if self.text(_TYPE).upper() == "R" else "G"

    @property
    def label(self) -> str:
        return self.text(_LABEL) or self.text(_DESCRIPTION)


def _groups(dataset: Dataset) -> list[int]:
    """Give the groups that state an overlay: with rows or with data that are not empty."""
    stated = {tag.group for tag in dataset.keys() if tag.element in (_ROWS, _DATA)}
    return [
        group
        for group in sorted(stated.intersection(_GROUPS))
        if any(_Group(dataset, group).values(element) for element in (_ROWS, _DATA))
    ]


def _name(group: int) -> str:
    return f"The overlay of group {group:04X}"


def _packed_plane(
    fields: _Group, frame: int, notes: list[str], limits: Limits
) -> OverlayPlane | None:
    """Unpack the overlay's frame that belongs to image frame ``frame``; None where none does."""
    rows, columns = fields.integer(_ROWS), fields.integer(_COLUMNS)
    index = _index_of(fields, frame)
    if index is None:
        return None
    data = fields.data
    reason = _why_not_packed(fields, rows, columns, index, data, limits)
    if rows is None or columns is None or reason:
        notes.append(f"{_name(fields.group)} is left out: {reason}")
        return None
    origin = fields.origin_rc
    if origin is None:
        origin = 0, 0
        notes.append(
            f"OverlayOrigin of group {fields.group:04X} cannot be read; "
            "the first pixel of the image is assumed."
        )
    size = rows * columns
    first = index * size
    octets = np.frombuffer(data, np.uint8)[first // 8 : (first + size + 7) // 8]
    bits = np.unpackbits(octets, bitorder="little")[first % 8 : first % 8 + size]
    return OverlayPlane(
        fields.group,
        rows,
        columns,
        np.packbits(bits.reshape(rows, columns), axis=1),
        origin,
        fields.kind,
        fields.label,
        f"OverlayData ({fields.group:04X},3000)",
    )


def _index_of(fields: _Group, frame: int) -> int | None:
    """Give which frame of the overlay lies over image frame ``frame``. PS3.3 C.9.3.1."""
    count = fields.integer(_FRAMES)
    if count is None:
        return 0
    first = fields.integer(_IMAGE_FRAME_ORIGIN)
    index = frame if first is None else frame - (first - 1)
    return index if 0 <= index < count else None


def _why_not_packed(
    fields: _Group,
    rows: int | None,
    columns: int | None,
    index: int,
    data: bytes,
    limits: Limits,
) -> str:
    if rows is None or columns is None or rows <= 0 or columns <= 0:
        return "OverlayRows and OverlayColumns give it no size."
    if rows * columns > limits.frame_bytes:
        return limits.refusal("frame_bytes", f"It has {columns:,} × {rows:,} pixels")
    if not data:
        return "OverlayData is missing."
    needed = math.ceil((index + 1) * rows * columns / 8)
    if len(data) < needed:
        return f"OverlayData is cut short: {needed} bytes are needed, {len(data)} are there."
    bits = fields.integer(_BITS_ALLOCATED)
    frames = fields.integer(_FRAMES) or 1
    packed_at_most = math.ceil(frames * rows * columns / 8) + 1  # padded to an even length
    if bits not in (None, 1) and len(data) > packed_at_most:
        return f"OverlayBitsAllocated {bits} in OverlayData is not supported (1 is)."
    return ""


def _why_not_embedded(
    bit: int | None, words: np.ndarray, layout: PixelLayout, precision: int
) -> str:
    if bit is None:
        return "it has neither OverlayData nor OverlayBitPosition."
    if layout.samples != 1 or words.ndim != 2 or words.dtype.kind not in "ui":
        return "bits of PixelData hold overlays in grey integer images alone."
    lowest = layout.high_bit + 1 - layout.bits_stored
    if not 0 <= bit < words.itemsize * 8:
        return f"OverlayBitPosition {bit} is no bit of the pixel's word."
    if lowest <= bit <= layout.high_bit:
        return f"OverlayBitPosition {bit} is a bit of the pixel's value."
    if precision and bit >= precision:
        return f"the compressed frame has {precision} bits, none for OverlayBitPosition {bit}."
    return ""
