"""Stored values to modality values: rescale or Modality LUT. PS3.3 C.11.1."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class LookupTable:
    """A DICOM LUT: values below ``first_mapped`` take the first entry, above the last.

    Two tables are equal when their contents are.
    """

    first_mapped: int
    entries: np.ndarray  # (n,) unsigned integers
    bits: int
    explanation: str = ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LookupTable):
            return NotImplemented
        return (
            self.first_mapped == other.first_mapped
            and self.bits == other.bits
            and self.explanation == other.explanation
            and np.array_equal(self.entries, other.entries)
        )

    def __hash__(self) -> int:
        return hash((self.first_mapped, self.bits, self.entries.tobytes()))

    def look_up(self, values: np.ndarray, dtype: np.dtype) -> np.ndarray:
        """Give the entry of each value, as ``dtype``.

        Values between two integers take the nearer entry; NaN stays NaN
        where ``dtype`` can hold it.
        """
        if np.issubdtype(values.dtype, np.floating):
            unknown = np.isnan(values)
            nearest = np.rint(np.where(unknown, self.first_mapped, values))
        else:
            unknown = None
            nearest = values.astype(np.int64)
        index = np.clip(nearest - self.first_mapped, 0, len(self.entries) - 1).astype(np.intp)
        found: np.ndarray = self.entries.astype(dtype)[index]
        if unknown is not None and np.issubdtype(dtype, np.floating):
            found[unknown] = np.nan
        return found


@dataclass(frozen=True, slots=True)
class ModalityTransform:
    """Rescale slope and intercept, or a Modality LUT in their place."""

    slope: float = 1.0
    intercept: float = 0.0
    unit: str = ""  # "HU", "Bq/ml", ...; "" where unknown
    lut: LookupTable | None = None
    source: str = field(default="", compare=False)  # "RescaleSlope (0028,1053), ..."

    @property
    def is_identity(self) -> bool:
        """Whether modality values are the stored values themselves."""
        return self.lut is None and self.slope == 1.0 and self.intercept == 0.0


def apply(transform: ModalityTransform, stored: np.ndarray) -> np.ndarray:
    """Map stored values to modality values. PS3.3 C.11.1.1.2, C.11.1.2.

    Parameters
    ----------
    transform : ModalityTransform
    stored : ndarray
        Stored values of any shape, integer or floating.

    Returns
    -------
    ndarray of float64
        A new array of the same shape.
    """
    if transform.lut is not None:
        return transform.lut.look_up(stored, np.dtype(np.float64))
    values: np.ndarray = stored.astype(np.float64)
    if not transform.is_identity:
        with np.errstate(over="ignore"):  # too large is infinite, and shown as such
            values *= transform.slope
            values += transform.intercept
    return values


def value_of(transform: ModalityTransform, stored: float) -> float:
    """Map one stored value to its modality value, in double precision."""
    if transform.lut is not None:
        return float(transform.lut.look_up(np.asarray([stored]), np.dtype(np.float64))[0])
    return float(stored) * transform.slope + transform.intercept
