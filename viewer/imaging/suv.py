"""Standardised uptake values of PET. The arithmetic; attributes are `viewer.dicom.suv`'s."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suv:
    """Factors from modality values to SUV, with what they were computed from.

    A factor is None where an input for it is missing. ``inputs`` are lines
    "PatientWeight 70 kg"; ``reason`` says why there is no SUV at all, or "".
    """

    bw: float | None = None  # g/ml, by body weight
    lbm: float | None = None  # g/ml, by lean body mass
    bsa: float | None = None  # cm²/ml, by body surface area
    formula: str = ""
    inputs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    reason: str = ""
