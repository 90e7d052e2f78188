"""What the DimensionIndexValues of frames count, and the values counted, in words.

PS3.3 C.7.6.17. Owns names and units of the attributes that objects are
indexed by; splitting a series by them is left to `ordering`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

from viewer.dicom import dataset_values
from viewer.dicom.planes import SPATIAL_DIMENSIONS

_MOST_VALUES = 3  # said in words: a number, a direction; no tables

_UNITS = {
    "ActualCardiacTriggerDelayTime": "ms",
    "DiffusionBValue": "s/mm²",
    "EchoTime": "ms",
    "EffectiveEchoTime": "ms",
    "ExposureTimeInms": "ms",
    "FlipAngle": "°",
    "InversionTimes": "ms",
    "KVP": "kV",
    "NominalCardiacTriggerDelayTime": "ms",
    "NominalPercentageOfCardiacPhase": "%",
    "NominalPercentageOfRespiratoryPhase": "%",
    "NominalRespiratoryTriggerDelayTime": "ms",
    "RepetitionTime": "ms",
    "TemporalPositionTimeOffset": "s",
    "TriggerDelayTime": "ms",
    "VelocityEncodingMaximumValue": "cm/s",
    "VelocityEncodingMinimumValue": "cm/s",
}


@dataclass(frozen=True, slots=True)
class Dimension:
    """One item of DimensionIndexSequence.

    ``keyword`` is that of DimensionIndexPointer, "" for a private attribute;
    ``macro`` that of FunctionalGroupPointer, "" where there is none.
    """

    keyword: str
    macro: str
    label: str

    @property
    def name(self) -> str:
        """The keyword, else the maker's DimensionDescriptionLabel; may be empty."""
        return self.keyword or self.label


def dimensions_of(dataset: Dataset) -> tuple[Dimension, ...]:
    """List the dimensions of an object, in the order of its DimensionIndexValues."""
    return tuple(
        Dimension(
            _keyword(item, "DimensionIndexPointer"),
            _keyword(item, "FunctionalGroupPointer"),
            dataset_values.text(item, "DimensionDescriptionLabel"),
        )
        for item in dataset_values.items(dataset, "DimensionIndexSequence")
    )


def value_words(dimension: Dimension, groups: Sequence[Dataset]) -> str:
    """Say the value that a frame has in a dimension, with its unit: "4.6 ms".

    Parameters
    ----------
    dimension : Dimension
        Which one.
    groups : sequence of Dataset
        The functional groups of the frame, the first to have the attribute wins.

    Returns
    -------
    str
        "" where the frame does not have it, and of places, which are measured instead.
    """
    if not dimension.keyword or not dimension.macro or dimension.keyword in SPATIAL_DIMENSIONS:
        return ""
    for group in groups:
        for entry in dataset_values.items(group, dimension.macro)[:1]:
            words = _words(entry, dimension.keyword)
            if words:
                return words
    return ""


def _keyword(item: Dataset, pointer: str) -> str:
    tag = dataset_values.raw_value(item, pointer)
    return keyword_for_tag(tag) if isinstance(tag, int) else ""


def _words(entry: Dataset, keyword: str) -> str:
    """Give the words of an attribute in a macro, or in a sequence within it."""
    if keyword not in entry:
        nested = (
            inner
            for tag in sorted(entry.keys())
            for inner in dataset_values.items(entry, keyword_for_tag(tag))[:1]
        )
        return next((_words(inner, keyword) for inner in nested if keyword in inner), "")
    numbers = dataset_values.numbers(entry, keyword)
    if not 0 < len(numbers) <= _MOST_VALUES:
        found = "" if numbers else dataset_values.text(entry, keyword)
    elif len(numbers) == 1:
        found = f"{numbers[0]:.6g}"
    else:
        found = f"({' '.join(f'{number:.3g}' for number in numbers)})"
    unit = _UNITS.get(keyword, "")
    return f"{found} {unit}" if found and unit else found
