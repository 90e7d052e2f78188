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


@dataclass(frozen=True, slots=True)
class Body:
    """What is known of a patient's body; None where it is not."""

    weight_kg: float | None = None
    lean_mass_kg: float | None = None
    surface_m2: float | None = None


def suv(
    by_weight: float,
    body: Body,
    formula: str,
    inputs: tuple[str, ...],
    warnings: tuple[str, ...],
) -> Suv:
    """Make the factors by lean mass and by surface of the one by weight (g/ml).

    SUV is an activity concentration times a measure of the body over the
    dose: weight in g, lean body mass in g, or surface in cm².
    """
    lean = surface = None
    if body.weight_kg is not None:
        if body.lean_mass_kg is not None:
            lean = by_weight * body.lean_mass_kg / body.weight_kg
        if body.surface_m2 is not None:
            surface = by_weight * body.surface_m2 * 1e4 / (body.weight_kg * 1e3)
    return Suv(by_weight, lean, surface, formula, inputs, warnings)


def decayed_dose(dose_bq: float, seconds: float, half_life_s: float) -> float:
    """Give what is left of a dose after ``seconds``, in Bq."""
    return float(dose_bq * 2.0 ** (-seconds / half_life_s))


def lean_body_mass(weight_kg: float, size_m: float, sex: str) -> float | None:
    """Give the lean body mass in kg after Janmahasatian; None where ``sex`` is neither M nor F.

    The formula of 2005, "LBMJANMA" in SUVType; unlike James' it does not turn
    around for heavy patients.
    """
    body_mass_index = weight_kg / size_m**2
    if sex == "M":
        return 9270.0 * weight_kg / (6680.0 + 216.0 * body_mass_index)
    if sex == "F":
        return 9270.0 * weight_kg / (8780.0 + 244.0 * body_mass_index)
    return None


def body_surface_area(weight_kg: float, size_m: float) -> float:
    """Give the body surface area in m² after Du Bois and Du Bois."""
    return float(0.007184 * weight_kg**0.425 * (size_m * 100.0) ** 0.725)
