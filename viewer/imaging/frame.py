"""What is known of one decoded frame besides its stored values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viewer.imaging.geometry import FramePlane
from viewer.imaging.modality import ModalityTransform
from viewer.imaging.voi import Voi

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class FrameDescription:
    """All that display needs of a frame, beside its pixels.

    ``pixels`` that go with it: grey (rows, columns) stored values in their
    stored dtype, sign-extended, unused bits removed; palette colour likewise
    (indices); colour (rows, columns, 3) uint8 RGB, already converted.
    """

    rows: int
    columns: int
    samples_per_pixel: int = 1
    photometric_interpretation: str = "MONOCHROME2"
    bits_stored: int = 16
    modality: ModalityTransform = field(default_factory=ModalityTransform)
    vois: tuple[Voi, ...] = ()  # the file's own, in file order
    inverted: bool = False  # MONOCHROME1 or PresentationLUTShape INVERSE, resolved to one flag
    padding_range: tuple[int, int] | None = None  # stored values, both ends included
    palette_rgb: np.ndarray | None = None  # (entries, 3) uint8, for PALETTE COLOR
    palette_first: int = 0
    plane: FramePlane | None = None
    spacing_rc_mm: tuple[float, float] | None = None
    spacing_source: str = ""  # keyword of the tag the millimetres come from; "" : no millimetres
    pixel_aspect_rc: tuple[float, float] = (1.0, 1.0)  # vertical, horizontal
    warnings: tuple[str, ...] = ()
