"""Stored values to modality values: rescale or Modality LUT. PS3.3 C.11.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A DICOM LUT: values below ``first_mapped`` take the first entry, above the last."""

    first_mapped: int
    entries: np.ndarray  # (n,) unsigned integers
    bits: int
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class ModalityTransform:
    """Rescale slope and intercept, or a Modality LUT in their place."""

    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""  # "HU", "BQML", ...; "" where unknown
    lut: LookupTable | None = None
