"""The attributes of the grey pipeline out of a data set: modality, VOI, presentation, padding.

Finds which part of a file speaks for a frame (its functional groups, then
those of all frames, then the top of the data set) and says so in words. What
the values mean is `display_rules`' matter. PS3.3 C.7.6.16, C.11.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import integer, is_stated, items, number, numbers, text, texts
from viewer.dicom.dataset_values import values as all_values
from viewer.dicom.display_rules import MOST_VOIS, StoredWord, padding, rescale, windows
from viewer.dicom.headers import InstanceHeader
from viewer.dicom.lookup_tables import lookup_table
from viewer.dicom.pixel_layout import PixelLayout
from viewer.imaging.modality import LookupTable, ModalityTransform, value_of
from viewer.imaging.voi import Voi, VoiLut

_FLOAT_PADDING = {
    32: ("FloatPixelPaddingValue", "0028,0122", "FloatPixelPaddingRangeLimit", "0028,0124"),
    64: (
        "DoubleFloatPixelPaddingValue",
        "0028,0123",
        "DoubleFloatPixelPaddingRangeLimit",
        "0028,0125",
    ),
}


@dataclass(frozen=True, slots=True)
class FrameAttributes:
    """One frame's view of its file's attributes.

    ``own`` and ``shared`` are the items of PerFrameFunctionalGroupsSequence and
    SharedFunctionalGroupsSequence that are for the frame: one each, or none.
    """

    dataset: Dataset
    own: tuple[Dataset, ...]
    shared: tuple[Dataset, ...]
    layout: PixelLayout
    notes: list[str]

    @property
    def groups(self) -> tuple[Dataset, ...]:
        """The functional groups of the frame, its own first."""
        return (*self.own, *self.shared)

    @property
    def big_endian(self) -> bool:
        """Whether words of LUT data are big-endian."""
        return self.dataset.original_encoding[1] is False

    @property
    def word(self) -> StoredWord:
        """How an integer sample lies in its word."""
        layout = self.layout
        return StoredWord(layout.bits_allocated, layout.bits_stored, layout.high_bit, layout.signed)

    def stating(self, macro: str, keywords: Sequence[str]) -> tuple[Dataset, str]:
        """Give the part of the file that states one of ``keywords``, and where it is in words."""
        for groups, place in (
            (self.own, "of this frame (5200,9230)"),
            (self.shared, "of all frames (5200,9229)"),
        ):
            for group in groups:
                for item in items(group, macro)[:1]:
                    if any(is_stated(item, keyword) for keyword in keywords):
                        return item, f" in {macro} {place}"
        return self.dataset, ""


def frame_attributes(
    dataset: Dataset, layout: PixelLayout, frame: int, notes: list[str]
) -> FrameAttributes:
    """Find the functional groups of ``frame`` (from 0). PS3.3 C.7.6.16."""
    own = items(dataset, "PerFrameFunctionalGroupsSequence", slice(frame, frame + 1))
    shared = items(dataset, "SharedFunctionalGroupsSequence")[:1]
    return FrameAttributes(dataset, own, shared, layout, notes)


def modality_of(frame: FrameAttributes, header: InstanceHeader) -> ModalityTransform:
    """Give the Modality LUT of a frame, else its rescale. PS3.3 C.11.1."""
    dataset, notes = frame.dataset, frame.notes
    source, place = frame.stating(
        "PixelValueTransformationSequence", ("RescaleSlope", "RescaleIntercept")
    )
    slope, intercept = number(source, "RescaleSlope"), number(source, "RescaleIntercept")
    for item in _tables(dataset, "ModalityLUTSequence"):
        table = lookup_table(
            item, signed=frame.layout.signed, big_endian=frame.big_endian, notes=notes
        )
        if table is not None:
            if slope is not None:
                notes.append("ModalityLUTSequence is used; RescaleSlope beside it is left out.")
            unit = text(item, "ModalityLUTType")
            return ModalityTransform(
                unit="" if unit == "US" else unit,
                lut=table,
                source="ModalityLUTSequence (0028,3000)",
            )
        notes.append("The Modality LUT is damaged and left out; values are not calibrated.")
    dose = number(dataset, "DoseGridScaling")
    if slope is None and dose is not None and math.isfinite(dose) and dose > 0:
        return _dose(dataset, dose)
    for keyword, value in (("RescaleSlope", slope), ("RescaleIntercept", intercept)):
        if value is None and is_stated(source, keyword):
            notes.append(f"{keyword} cannot be read and is left out; values are not calibrated.")
    transform = rescale(
        slope,
        intercept,
        text(source, "RescaleType"),
        header,
        notes,
        ends=(0, 0) if frame.layout.floating else frame.word.ends,
        place=place,
    )
    _note_real_world_values(frame, transform)
    return transform


def _note_real_world_values(frame: FrameAttributes, transform: ModalityTransform) -> None:
    """Say where the real world values of a frame are not its modality values. C.7.6.16.2.11."""
    used = (transform.slope, transform.intercept)
    mappings = [
        (number(item, "RealWorldValueSlope"), number(item, "RealWorldValueIntercept"))
        for group in frame.groups
        for item in items(group, "RealWorldValueMappingSequence")
    ]
    same = (
        all(b is not None and math.isclose(a, b, rel_tol=1e-6) for a, b in pairs)
        for pairs in (zip(used, mapping, strict=True) for mapping in mappings)
    )
    if mappings and not any(same):
        frame.notes.append(
            "RealWorldValueMappingSequence maps values otherwise than the rescale and is not "
            "applied; values are those of the rescale."
        )


def _dose(dataset: Dataset, scaling: float) -> ModalityTransform:
    """Give the scaling of an RT Dose, whose values are no modality values. PS3.3 C.8.8.3."""
    unit = text(dataset, "DoseUnits")
    return ModalityTransform(
        slope=scaling,
        unit="Gy" if unit == "GY" else "",
        source="DoseGridScaling (3004,000E) and DoseUnits (3004,0002)",
    )


def vois_of(frame: FrameAttributes, modality: ModalityTransform) -> tuple[Voi, ...]:
    """Give the file's own windows for a frame, then its VOI LUTs. PS3.3 C.11.2."""
    notes = frame.notes
    source, place = frame.stating("FrameVOILUTSequence", ("WindowCenter", "WindowWidth"))
    centers, widths = numbers(source, "WindowCenter"), numbers(source, "WindowWidth")
    if not (centers and widths) and (
        is_stated(source, "WindowCenter") or is_stated(source, "WindowWidth")
    ):
        notes.append("WindowCenter or WindowWidth cannot be read; the file's windows are left out.")
    own = windows(
        centers,
        widths,
        texts(source, "WindowCenterWidthExplanation"),
        text(source, "VOILUTFunction"),
        notes,
        whole=not frame.layout.floating and modality.slope.is_integer(),
        place=place,
    )
    return (*own, *_voi_luts(frame, modality))


def _voi_luts(frame: FrameAttributes, modality: ModalityTransform) -> tuple[VoiLut, ...]:
    source, place = frame.stating("FrameVOILUTSequence", ("VOILUTSequence",))
    signed = _reaches_below_zero(modality, frame.word)
    found = []
    tables = _tables(source, "VOILUTSequence")
    if len(tables) > MOST_VOIS:
        frame.notes.append(
            f"VOILUTSequence has {len(tables)} items; the first {MOST_VOIS} are taken."
        )
    for at, item in enumerate(tables[:MOST_VOIS], start=1):
        table = lookup_table(item, signed=signed, big_endian=frame.big_endian, notes=frame.notes)
        if table is None:
            frame.notes.append(f"Item {at} of VOILUTSequence is damaged and left out.")
            continue
        used = int(table.entries.max()).bit_length()
        if used < table.bits - 1:
            frame.notes.append(
                f"The entries of VOILUTSequence, item {at}, take {used} of the {table.bits} "
                "bits that LUTDescriptor says; the picture is as dark as that makes it."
            )
        source_words = f"VOILUTSequence (0028,3010), item {at}{place}"
        found.append(VoiLut(table, table.explanation, source_words))
    return tuple(found)


def presentation_lut_of(frame: FrameAttributes) -> LookupTable | None:
    """Give the table from brightness to P-values, None where there is none. PS3.3 C.11.4."""
    for item in _tables(frame.dataset, "PresentationLUTSequence"):
        table = lookup_table(item, signed=False, big_endian=frame.big_endian, notes=frame.notes)
        if table is not None:
            return table
        frame.notes.append("PresentationLUTSequence is damaged and left out.")
    return None


def padding_of(frame: FrameAttributes) -> tuple[tuple[float, float] | None, str]:
    """Give the stored values that are padding, and what says so.

    PS3.3 C.7.5.1.1.2; of floating-point pixels C.7.6.24 and C.7.6.25.
    """
    dataset, layout = frame.dataset, frame.layout
    if not layout.floating:
        for name in ("PixelPaddingValue", "PixelPaddingRangeLimit"):
            if integer(dataset, name) is None and is_stated(dataset, name):
                frame.notes.append(f"{name} cannot be read and is left out.")
        value, limit = (
            _coded_as_pixels(frame, name)
            for name in ("PixelPaddingValue", "PixelPaddingRangeLimit")
        )
        return padding(value, limit, frame.word, frame.notes)
    keyword, tag, limit_keyword, limit_tag = _FLOAT_PADDING[layout.bits_allocated]
    first, last = number(dataset, keyword), number(dataset, limit_keyword)
    if first is None:
        return None, ""
    if last is None:
        return (first, first), f"{keyword} ({tag})"
    words = f"{keyword} ({tag}) and {limit_keyword} ({limit_tag})"
    return (min(first, last), max(first, last)), words


def _coded_as_pixels(frame: FrameAttributes, keyword: str) -> int | None:
    """Give a value that has the sign of the pixels, whatever its VR says, as the header does."""
    value = integer(frame.dataset, keyword)
    if value is None or frame.dataset[keyword].VR not in ("US", "SS"):
        return value
    value &= 0xFFFF
    return value - 0x10000 if frame.layout.signed and value > 0x7FFF else value


def _tables(dataset: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """Give the items of a LUT sequence that are not just empty."""
    return tuple(item for item in items(dataset, keyword) if all_values(item, "LUTDescriptor"))


def _reaches_below_zero(modality: ModalityTransform, word: StoredWord) -> bool:
    """Tell whether modality values may be negative; those of a Modality LUT never are."""
    return modality.lut is None and min(value_of(modality, end) for end in word.ends) < 0
