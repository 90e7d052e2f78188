"""The grey transforms of a presentation state: Modality LUT, VOI LUT, Presentation LUT.

PS3.3 C.11.1, C.11.8, C.11.6. Plain values with where they come from in words;
applying them is left to `viewer.imaging.presentation`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pydicom.dataset import Dataset

from viewer.dicom.dataset_values import items, number, numbers, text, texts, values
from viewer.dicom.display_rules import windows
from viewer.dicom.lookup_tables import lookup_table
from viewer.dicom.references import referenced_images
from viewer.imaging.modality import LookupTable, ModalityTransform
from viewer.imaging.presentation import StateVois
from viewer.imaging.voi import Voi, VoiLut

_MOST_ITEMS = 10_000
_LARGEST = 1e30  # of slope and intercept: modality values must stay finite


def modality_of(dataset: Dataset, prefix: str, notes: list[str]) -> ModalityTransform | None:
    """Give the Modality LUT of the state; None where it has none. PS3.3 C.11.1."""
    for item in items(dataset, "ModalityLUTSequence")[:1]:
        table = _table(item, dataset, signed=False)
        if table is not None:
            kind = text(item, "ModalityLUTType")
            source = f"{prefix}ModalityLUTSequence (0028,3000)"
            return ModalityTransform(unit="" if kind == "US" else kind, lut=table, source=source)
        notes.append("The ModalityLUTSequence of the presentation state is damaged and left out.")
    slope, intercept = number(dataset, "RescaleSlope"), number(dataset, "RescaleIntercept")
    if slope is None and intercept is None:
        return None
    if (
        slope is None
        or intercept is None
        or slope == 0
        or max(abs(slope), abs(intercept)) > _LARGEST
    ):
        notes.append(
            "RescaleSlope and RescaleIntercept of the presentation state "
            "cannot be used together and are left out."
        )
        return None
    unit = text(dataset, "RescaleType")
    return ModalityTransform(
        slope,
        intercept,
        "" if unit == "US" else unit,
        source=f"{prefix}RescaleSlope (0028,1053), RescaleIntercept (0028,1052)",
    )


def vois_of(
    dataset: Dataset, modality: ModalityTransform | None, prefix: str, notes: list[str]
) -> Iterator[StateVois]:
    """Yield the VOI transforms of the state, by item. PS3.3 C.11.8."""
    # a table's first mapped value is one of the values that the modality step gives
    signed = modality is not None and modality.lut is None and modality.intercept < 0
    whole = modality is None or modality.lut is not None or modality.slope.is_integer()
    sequence = items(dataset, "SoftcopyVOILUTSequence")
    for at, item in enumerate(sequence[:_MOST_ITEMS], 1):
        references = referenced_images(item, "SoftcopyVOILUTSequence", notes)
        if references is None:
            continue
        where = f", SoftcopyVOILUTSequence item {at}" if len(sequence) > 1 else ""
        found = windows(
            numbers(item, "WindowCenter"),
            numbers(item, "WindowWidth"),
            texts(item, "WindowCenterWidthExplanation"),
            text(item, "VOILUTFunction"),
            notes,
            whole=whole,
            place=where,
        )
        own: list[Voi] = [replace(voi, source=prefix + voi.source) for voi in found]
        for table_at, table_item in enumerate(items(item, "VOILUTSequence"), 1):
            table = _table(table_item, dataset, signed=signed)
            if table is None:
                notes.append("A VOI LUT of the presentation state is damaged and left out.")
                continue
            source = f"{prefix}VOILUTSequence (0028,3010), item {table_at}{where}"
            own.append(VoiLut(table, table.explanation, source))
        if not own:
            notes.append(f"Item {at} of SoftcopyVOILUTSequence holds no usable window or VOI LUT.")
        yield StateVois(tuple(own), references)


def presentation_lut_of(dataset: Dataset, notes: list[str]) -> tuple[bool, LookupTable | None]:
    """Give whether grey is inverted, and the Presentation LUT. PS3.3 C.11.6."""
    for item in items(dataset, "PresentationLUTSequence")[:1]:
        table = lookup_table(item, signed=False, big_endian=dataset.original_encoding[1] is False)
        if table is not None:
            return False, table
        notes.append(
            "PresentationLUTSequence is damaged and left out; no Presentation LUT is used."
        )
    shape = text(dataset, "PresentationLUTShape").upper()
    if shape not in ("", "IDENTITY", "INVERSE"):
        notes.append("PresentationLUTShape is unknown; IDENTITY is used.")
    return shape == "INVERSE", None


def _table(item: Dataset, dataset: Dataset, *, signed: bool) -> LookupTable | None:
    """Read a LUT; its first mapped value is signed where it is written so, or ``signed``."""
    descriptor = values(item, "LUTDescriptor")
    negative = len(descriptor) == 3 and isinstance(descriptor[1], int) and descriptor[1] < 0
    big_endian = dataset.original_encoding[1] is False
    return lookup_table(item, signed=signed or negative, big_endian=big_endian)
