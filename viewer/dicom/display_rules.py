"""What display attributes mean, whoever read them: rescale, windows, inversion, padding.

Each rule gives plain values with where they come from in words, and a
sentence for all that cannot be used. No pydicom here, so that the window's
process can describe plain frames. PS3.3 C.11.1, C.11.2, C.7.5.1.1.2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from viewer.dicom.headers import InstanceHeader
from viewer.dicom.image_types import is_localizer
from viewer.imaging.modality import ModalityTransform, value_of
from viewer.imaging.voi import Voi, VoiFunction, VoiWindow

SLOPE = "RescaleSlope (0028,1053)"
INTERCEPT = "RescaleIntercept (0028,1052)"
WINDOW = "WindowCenter (0028,1050) and WindowWidth (0028,1051)"
PADDING = "PixelPaddingValue (0028,0120)"
PADDING_LIMIT = "PixelPaddingRangeLimit (0028,0121)"
NO_RESCALE = "no rescale in the file: stored values are used"

MOST_VOIS = 100  # a menu of more helps nobody, and a damaged file may claim thousands

_FUNCTIONS: dict[str, VoiFunction] = {
    "": "LINEAR",
    "LINEAR": "LINEAR",
    "LINEAR_EXACT": "LINEAR_EXACT",
    "SIGMOID": "SIGMOID",
}


# PS3.3 C.8.9.1.1.3, as a reader writes them
_PET_UNITS = {"BQML": "Bq/ml", "CNTS": "counts", "GML": "g/ml", "CM2ML": "cm²/ml", "PCNT": "%"}


@dataclass(frozen=True, slots=True)
class StoredWord:
    """How an integer sample lies in its word. PS3.5 8.1.1."""

    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool

    @property
    def ends(self) -> tuple[int, int]:
        """The least and the greatest stored value."""
        if self.signed:
            return -(1 << self.bits_stored - 1), (1 << self.bits_stored - 1) - 1
        return 0, (1 << self.bits_stored) - 1

    def stored_value(self, word: int) -> int:
        """Read a whole word as pixels are read: shifted, unused bits removed, sign-extended."""
        word &= (1 << self.bits_allocated) - 1
        value = (word >> self.high_bit + 1 - self.bits_stored) & ((1 << self.bits_stored) - 1)
        return value - (1 << self.bits_stored) if value > self.ends[1] else value


def rescale(
    slope: float | None,
    intercept: float | None,
    rescale_type: str,
    header: InstanceHeader,
    notes: list[str],
    *,
    ends: tuple[float, float] = (0, 0),
    place: str = "",
) -> ModalityTransform:
    """Give the rescale of a frame; what cannot be used is left out with a note. PS3.3 C.11.1.

    Parameters
    ----------
    ends : (float, float)
        The least and the greatest stored value, which must have finite modality values.
    place : str
        Where in the file the attributes are, "" for the top of the data set.
    """
    unit = _unit(rescale_type, header, rescaled=intercept is not None)
    if slope is None and intercept is None:
        return ModalityTransform(unit=unit, source=NO_RESCALE)
    source = f"{SLOPE} and {INTERCEPT}{place}"
    if slope is None:
        source = f"{INTERCEPT}{place}; RescaleSlope is not there, 1 is used"
    elif intercept is None:
        source = f"{SLOPE}{place}; RescaleIntercept is not there, 0 is used"
    if slope == 0:
        notes.append("RescaleSlope is 0, which would make all pixels equal; 1 is used.")
        slope = 1.0
    transform = ModalityTransform(
        slope=1.0 if slope is None else slope, intercept=intercept or 0.0, unit=unit, source=source
    )
    if not all(math.isfinite(value_of(transform, end)) for end in ends):
        notes.append(
            f"RescaleSlope {transform.slope:g} and RescaleIntercept {transform.intercept:g} give "
            "values too large to compute with and are left out; values are not calibrated."
        )
        return ModalityTransform(source="RescaleSlope is not usable: stored values are used")
    return transform


def _unit(rescale_type: str, header: InstanceHeader, *, rescaled: bool) -> str:
    """Give the unit of rescaled values. PS3.3 C.11.1.1.2: US is unspecified."""
    if rescale_type:
        return "" if rescale_type == "US" else rescale_type
    if header.modality == "CT" and rescaled and not is_localizer(header.image_type):
        return "HU"  # PS3.3 C.8.2.1.1.2: where RescaleType is absent from a CT image
    return _PET_UNITS.get(header.units, header.units) if header.modality == "PT" else ""


def windows(
    centers: Sequence[float],
    widths: Sequence[float],
    explanations: Sequence[str],
    function: str,
    notes: list[str],
    *,
    whole: bool = True,
    place: str = "",
) -> tuple[Voi, ...]:
    """Give the usable windows; what cannot be used is left out with a note. PS3.3 C.11.2.

    Parameters
    ----------
    whole : bool
        Whether the modality values are whole numbers, for which LINEAR is made.
    place : str
        Where in the file the attributes are, "" for the top of the data set.
    """
    shape = _FUNCTIONS.get(function.upper())
    if shape is None:
        notes.append("VOILUTFunction is not LINEAR, LINEAR_EXACT or SIGMOID; LINEAR is used.")
        shape = "LINEAR"
    count = min(len(centers), len(widths))
    if centers and widths and len(centers) != len(widths):
        notes.append("WindowCenter and WindowWidth differ in number; the surplus is left out.")
    if count > MOST_VOIS:
        notes.append(f"The file has {count} windows; the first {MOST_VOIS} are taken.")
    found: list[Voi] = []
    pairs = zip(centers[:MOST_VOIS], widths[:MOST_VOIS], strict=False)
    for at, (center, width) in enumerate(pairs):
        if width <= 0 or not (math.isfinite(width) and math.isfinite(center)):
            notes.append(f"A window of the file has width {width:g} and is left out.")
            continue
        found.append(
            VoiWindow(
                center,
                width,
                _function(shape, width, whole, notes),
                explanations[at] if at < len(explanations) else "",
                f"{WINDOW}{f', value {at + 1} of {count}' if count > 1 else ''}{place}",
            )
        )
    return tuple(found)


def _function(shape: VoiFunction, width: float, whole: bool, notes: list[str]) -> VoiFunction:
    """Give the function to use: LINEAR is a threshold at width 1 and nothing below it.

    PS3.3 C.11.2.1.2.1 calls width 1 a threshold of whole numbers. Over
    fractions, of a map from 0 to 1, it would show all but 0 as white.
    """
    if shape != "LINEAR" or width > 1 or (width == 1 and whole):
        return shape
    why = "needs a width of at least 1" if width < 1 else "would be a threshold over fractions"
    notes.append(
        f"WindowWidth is {width:g}, where VOILUTFunction LINEAR {why}; LINEAR_EXACT is used."
    )
    return "LINEAR_EXACT"


def inversion(photometric: str, presentation_lut_shape: str, notes: list[str]) -> tuple[bool, str]:
    """Tell whether low values are bright, and what says so: inverted once, however often said.

    PS3.3 C.7.6.3.1.2, C.11.6.1.2.
    """
    shape = presentation_lut_shape.upper()
    said = []
    if photometric == "MONOCHROME1":
        said.append("PhotometricInterpretation (0028,0004) is MONOCHROME1")
    if (photometric, shape) in (("MONOCHROME1", "IDENTITY"), ("MONOCHROME2", "INVERSE")):
        notes.append(
            f"PresentationLUTShape {shape} contradicts PhotometricInterpretation {photometric}; "
            "low values are shown bright."
        )
    if shape == "INVERSE":
        said.append("PresentationLUTShape (2050,0020) is INVERSE")
    elif shape not in ("", "IDENTITY"):
        notes.append("PresentationLUTShape is neither IDENTITY nor INVERSE and is left out.")
    return bool(said), " and ".join(said)


def padding(
    value: int | None, limit: int | None, word: StoredWord, notes: list[str]
) -> tuple[tuple[float, float] | None, str]:
    """Give the range of stored values that are padding, and what says so. PS3.3 C.7.5.1.1.2."""
    if value is None:
        return None, ""
    first = _as_stored("PixelPaddingValue", value, word, notes)
    if limit is None:
        return (first, first), PADDING
    last = _as_stored("PixelPaddingRangeLimit", limit, word, notes)
    return (min(first, last), max(first, last)), f"{PADDING} and {PADDING_LIMIT}"


def _as_stored(keyword: str, value: int, word: StoredWord, notes: list[str]) -> int:
    """Bring a padding value to what pixels that hold it are read as.

    It may be written in the wrong one of US and SS, or as a whole word.
    """
    least, greatest = word.ends
    if least <= value <= greatest:
        return value
    stored = word.stored_value(value)
    if (stored - value) % (1 << word.bits_allocated):
        notes.append(
            f"{keyword} {value} does not fit BitsStored {word.bits_stored}; "
            f"the stored value {stored} is taken for it."
        )
    return stored
