"""How the pixels of a file lie in its bytes: the Image Pixel module, checked.

PS3.3 C.7.6.3. Owns which values are acceptable, what is assumed where one is
missing, and the sentences that say so. Reading bytes is left to `frames`.
"""

from __future__ import annotations

from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import integer, is_stated, text
from viewer.dicom.errors import LimitError, PixelError
from viewer.dicom.limits import Limits, amount
from viewer.dicom.pixel_layout import PixelLayout
from viewer.plain_text import plain_line

GREY = frozenset({"MONOCHROME1", "MONOCHROME2"})
PALETTE = "PALETTE COLOR"
COLOUR = frozenset(
    {
        *("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420"),
        *("YBR_RCT", "YBR_ICT", "XYB"),
    }
)
_RETIRED = {"HSV": 3, "ARGB": 4, "CMYK": 4}  # samples a pixel
_AGAIN = "get the file from its source again."
_LONGEST_CODE = 32  # characters shown; a CS has 16
_REPRESENTATIONS = {
    "SamplesPerPixel": "US",
    "PhotometricInterpretation": "CS",
    "NumberOfFrames": "IS",
    "Rows": "US",
    "Columns": "US",
    "BitsAllocated": "US",
    "BitsStored": "US",
    "HighBit": "US",
    "PixelRepresentation": "US",
    # and what makes its values ones that are shown
    "WindowCenter": "DS",
    "WindowWidth": "DS",
    "RescaleIntercept": "DS",
    "RescaleSlope": "DS",
}
_WORDS = (1, 8, 12, 16, 32, 64)  # bits; 12: two samples in three bytes
FLOAT_TAG, DOUBLE_TAG = 0x7FE00008, 0x7FE00009


def layout_of(dataset: Dataset, pixel_tag: int, path: str, limits: Limits) -> PixelLayout:
    """Check the Image Pixel module of ``dataset``.

    Parameters
    ----------
    pixel_tag : int
        Tag of the element that holds the pixels.
    path : str
        The file, for the error.

    Raises
    ------
    PixelError
        Where frames cannot be told apart or sized.
    LimitError
        Where one frame is larger than ``limits.frame_bytes``.
    """
    notes = _wrong_representations(dataset)
    rows, columns = (_positive(dataset, keyword, path) for keyword in ("Rows", "Columns"))
    photometric = _photometric(dataset, notes)
    samples = _samples(dataset, photometric, notes, path)
    floating = pixel_tag in (FLOAT_TAG, DOUBLE_TAG)
    if floating:
        bits = 32 if pixel_tag == FLOAT_TAG else 64
        stored, high, signed, stored_error = bits, bits - 1, True, ""
    else:
        bits, stored, high, signed, stored_error = _word(dataset, notes, path)
        if signed and samples > 1:
            notes.append("PixelRepresentation says signed colours; they are taken as unsigned.")
            signed = False
    layout = PixelLayout(
        rows=rows,
        columns=columns,
        samples=samples,
        photometric=photometric,
        planar=_planar(dataset, notes) if samples > 1 else 0,
        bits_allocated=bits,
        bits_stored=stored,
        high_bit=high,
        signed=signed,
        frames=_frames(dataset, notes),
        floating=floating,
        warnings=tuple(notes),
        display_error=_unknown_photometric(photometric) or stored_error,
    )
    if layout.decoded_bytes > limits.frame_bytes:
        size = amount(layout.decoded_bytes, "bytes")
        found = f"One frame of {columns} × {rows} pixels takes {size}"
        raise LimitError(limits.refusal("frame_bytes", found), path)
    return layout


def _wrong_representations(dataset: Dataset) -> list[str]:
    notes = []
    for keyword, due in _REPRESENTATIONS.items():
        element = dataset.get_item(keyword, keep_deferred=True)  # else an empty one is parsed
        same = (None, "UN", due, "SS") if due == "US" else (None, "UN", due)
        if element is not None and element.VR not in same:
            notes.append(f"{keyword} has the VR {element.VR} instead of {due}; its value is used.")
    return notes


def _positive(dataset: Dataset, keyword: str, path: str) -> int:
    value = integer(dataset, keyword)
    if value is None:
        raise PixelError(
            f"The header does not say {keyword}, so the pixels have no shape; {_AGAIN}", path
        )
    if value <= 0:
        raise PixelError(
            f"The header says {keyword} {value}, so there is no picture; {_AGAIN}", path
        )
    return value


def _photometric(dataset: Dataset, notes: list[str]) -> str:
    photometric = text(dataset, "PhotometricInterpretation").upper()
    if not photometric and "RecognitionCode" in dataset and "SOPClassUID" not in dataset:
        notes.append(
            "PhotometricInterpretation is missing, as in the ACR-NEMA files before DICOM; "
            "MONOCHROME2 is assumed."
        )
        return "MONOCHROME2"
    return photometric


def _samples(dataset: Dataset, photometric: str, notes: list[str], path: str) -> int:
    samples = integer(dataset, "SamplesPerPixel")
    if samples is None:
        samples = 3 if photometric in COLOUR else 1
        notes.append(f"SamplesPerPixel is missing; {samples} is assumed from the photometric.")
    if samples not in (1, 3):
        why = f"SamplesPerPixel {samples} is not supported (1 or 3 are)"
        if photometric in _RETIRED:
            why = f"PhotometricInterpretation {photometric} is retired and not supported"
        raise PixelError(f"{why}; no picture is shown.", path)
    expected = 3 if photometric in COLOUR else 1
    known = photometric in COLOUR or photometric in GREY or photometric == PALETTE
    if known and samples != expected:
        raise PixelError(
            f"SamplesPerPixel {samples} contradicts PhotometricInterpretation {photometric}; "
            f"{_AGAIN}",
            path,
        )
    return samples


def _planar(dataset: Dataset, notes: list[str]) -> int:
    planar = integer(dataset, "PlanarConfiguration")
    if planar not in (0, 1, None):
        notes.append(f"PlanarConfiguration {planar} is impossible; 0 is assumed.")
    return int(planar == 1)


def _word(dataset: Dataset, notes: list[str], path: str) -> tuple[int, int, int, bool, str]:
    bits = integer(dataset, "BitsAllocated")
    if bits is None:
        raise PixelError(
            f"The header does not say BitsAllocated, so the pixels cannot be told apart; {_AGAIN}",
            path,
        )
    if bits not in _WORDS:
        supported = ", ".join(map(str, _WORDS))
        raise PixelError(f"BitsAllocated {bits} is not supported ({supported} are).", path)
    stored, high = integer(dataset, "BitsStored"), integer(dataset, "HighBit")
    error = ""
    if stored is None:
        stored = high + 1 if high is not None and 0 <= high < bits else bits
        notes.append(f"BitsStored is missing; {stored} is assumed.")
    elif stored > bits:
        error = f"BitsStored {stored} is more than BitsAllocated {bits}; {_AGAIN}"
        stored, high = bits, bits - 1
    elif stored < 1:
        raise PixelError(f"BitsStored {stored} is not possible; {_AGAIN}", path)
    if high is None:
        high = stored - 1
        notes.append(f"HighBit is missing; {high} is assumed.")
    elif not stored - 1 <= high < bits:
        notes.append(f"HighBit {high} is impossible here; {stored - 1} is assumed.")
        high = stored - 1
    representation = integer(dataset, "PixelRepresentation")
    if representation not in (0, 1):
        what = "is missing" if representation is None else f"{representation} is impossible"
        notes.append(f"PixelRepresentation {what}; unsigned values are assumed.")
    return bits, stored, high, representation == 1 and bits > 1, error


def _frames(dataset: Dataset, notes: list[str]) -> int:
    frames = integer(dataset, "NumberOfFrames")
    if frames is None:
        if is_stated(dataset, "NumberOfFrames"):
            notes.append("NumberOfFrames cannot be read; 1 is assumed.")
        return 1
    if frames < 1:
        notes.append(f"NumberOfFrames {frames} is impossible; 1 is assumed.")
        return 1
    return frames


def _unknown_photometric(photometric: str) -> str:
    if photometric in GREY or photometric in COLOUR or photometric == PALETTE:
        return ""
    if not photometric:
        return (
            "The header does not say PhotometricInterpretation, so black and white are unknown; "
            f"{_AGAIN}"
        )
    if photometric in _RETIRED:
        return f"PhotometricInterpretation {photometric} is retired and not supported."
    shown = plain_line(photometric, _LONGEST_CODE)
    return f"PhotometricInterpretation {shown!r} is unknown, so no picture can be trusted."
