"""What is known of one decoded frame besides its stored values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from viewer.imaging.geometry import FramePlane, edge_letters
from viewer.imaging.lengths import UltrasoundRegion
from viewer.imaging.modality import LookupTable, ModalityTransform
from viewer.imaging.overlays import OverlayPlane
from viewer.imaging.patient_orientation import Edges, edges_of
from viewer.imaging.shutters import Shutter
from viewer.imaging.suv import Suv
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
    signed: bool = False  # stored values may be negative
    modality: ModalityTransform = field(default_factory=ModalityTransform)
    vois: tuple[Voi, ...] = ()  # the file's own, in file order
    inverted: bool = False  # MONOCHROME1 or PresentationLUTShape INVERSE, resolved to one flag
    inversion_source: str = ""  # "PhotometricInterpretation MONOCHROME1 (0028,0004)"
    presentation_lut: LookupTable | None = None  # over brightness scaled to its entries; C.11.6
    padding_range: tuple[float, float] | None = None  # stored values, both ends included
    padding_source: str = ""
    rows_there: int | None = None  # of a frame whose file was cut: the others hold no values
    palette_rgb: np.ndarray | None = None  # (entries, 3) uint8, of PALETTE COLOR or supplemental
    palette_first: int = 0  # below it, a supplemental palette leaves grey
    plane: FramePlane | None = None
    # PatientOrientation: letters towards which a row and a column run; for frames without a plane
    patient_orientation: tuple[str, str] = ("", "")
    spacing_rc_mm: tuple[float, float] | None = None
    spacing_source: str = ""  # keyword of the tag the millimetres come from; "" : no millimetres
    spacing_note: str = ""  # "at the detector", "calibrated (FIDUCIAL)": see `lengths`
    regions: tuple[UltrasoundRegion, ...] = ()
    pixel_aspect_rc: tuple[float, float] = (1.0, 1.0)  # vertical, horizontal
    overlays: tuple[OverlayPlane, ...] = ()
    shutter: Shutter | None = None
    suv: Suv | None = None  # of PET alone
    icc_profile: str = ""  # "ICC profile sRGB, not applied"; "" where there is none
    # in words, for whoever asks why the picture looks as it does
    transfer_syntax: str = ""  # "JPEG 2000 Lossless (1.2.840.10008.1.2.4.90)"
    decoder: str = ""  # "OpenJPEG (imagecodecs)", "none: the values are stored as they are"
    stored_as: str = ""  # "12 of 16 bits, high bit 11, unsigned"
    warnings: tuple[str, ...] = ()

    @property
    def edge_letters(self) -> Edges:
        """Give the orientation letters of the (left, right, top, bottom) edges."""
        if self.plane is not None:
            return edge_letters(self.plane)
        return edges_of(*self.patient_orientation)
