"""SUV of PET from the attributes of a header: factors, their inputs, or why there are none.

Follows the vendor-neutral rules that QIBA has published: values in BQML, in
CNTS with the private factors of Philips, or SUV already. Times are read by
`viewer.dicom.decay_times`, arithmetic is left to `viewer.imaging.suv`.
"""

from __future__ import annotations

from viewer.dicom.decay_times import NoSuvError, decay_to_scan
from viewer.dicom.headers import InstanceHeader, Radiopharmaceutical
from viewer.imaging.modality import ModalityTransform
from viewer.imaging.suv import Body, Suv, body_surface_area, decayed_dose, lean_body_mass, suv

_ENHANCED_PET = "1.2.840.10008.5.1.4.1.1.130"
_LEAST_DOSE_BQ = 1e4  # less is no dose for a scan, but the number of one in MBq
_GREATEST_DOSE_BQ = 1e12
_LITTLE_BQ_PER_KG = 2e4  # far below what is injected; doses written in kBq are below it too
_HALF_LIVES_S = (1.0, 1e10)  # of what can be imaged, and of what is in sources for calibration
_FACTORS = (1e-12, 1e12)  # of Philips; 0 stands for none
_WEIGHTS_KG = (0.001, 700.0)  # a mouse to more than the heaviest patient
_SIZES_M = (0.02, 3.0)
_LEAN = {
    "LBM": "lean body mass after James",
    "LBMJAMES128": "lean body mass after James with 128 for men",
    "LBMJANMA": "lean body mass after Janmahasatian",
}
_BY_WEIGHT = "SUVbw = Bq/ml x PatientWeight in g / dose in Bq"


def suv_of(header: InstanceHeader, modality: ModalityTransform) -> Suv | None:
    """Give the SUV factors of a PET image; None for other modalities.

    Parameters
    ----------
    header : InstanceHeader
    modality : ModalityTransform
        What the values are rescaled by: values in another scale than that of
        the header are not in its Units.

    Returns
    -------
    Suv or None
        Factors for modality values, those after the rescale; where there are
        none, the ``reason``. PS3.3 C.8.9.1.1.3 (Units), C.8.9.1.1.5
        (DecayCorrection).
    """
    if header.modality != "PT":
        return None
    try:
        return _factors(header, modality)
    except NoSuvError as error:
        return Suv(reason=str(error))


def _factors(header: InstanceHeader, modality: ModalityTransform) -> Suv:
    if header.sop_class_uid == _ENHANCED_PET:
        raise NoSuvError("SUV of Enhanced PET images is not computed by this program.")
    if modality.lut is not None or modality.slope != header.rescale_slope:
        raise NoSuvError("RescaleSlope is absent or not usable, so values are not in Units.")
    if header.units in ("GML", "CM2ML"):
        return _already(header)
    if header.units == "BQML":
        return _from_activity(header, 1.0, ())
    if header.units == "CNTS":
        return _from_counts(header)
    stated = f"Units is {header.units}" if header.units else "Units is absent"
    raise NoSuvError(f"{stated}; SUV needs BQML, GML, CM2ML, or CNTS with factors of Philips.")


def _already(header: InstanceHeader) -> Suv:
    """Take values that are SUV as they are. PS3.3 C.8.9.1: SUVType of GML is BW if absent."""
    kind = header.suv_type or ("BSA" if header.units == "CM2ML" else "BW")
    inputs = (f"Units {header.units}", f"SUVType {header.suv_type or f'absent, {kind}'}")
    if header.units == "CM2ML" and kind == "BSA":
        return Suv(bsa=1.0, formula="the values are SUVbsa already", inputs=inputs)
    if header.units == "GML" and kind == "BW":
        return Suv(bw=1.0, formula="the values are SUVbw already", inputs=inputs)
    if header.units == "GML" and kind in _LEAN:
        formula = f"the values are SUVlbm already, by {_LEAN[kind]}"
        return Suv(lbm=1.0, formula=formula, inputs=inputs)
    raise NoSuvError(f"SUVType {kind} with Units {header.units} is no SUV that is known here.")


def _from_counts(header: InstanceHeader) -> Suv:
    """Scale counts by the factors that Philips puts beside them."""
    tracer = header.radiopharmaceutical or Radiopharmaceutical()
    factor = _plausible(tracer.philips_suv_factor, _FACTORS)
    if factor is not None:
        _need_corrections(header)
        inputs = ("Units CNTS", f"SUV scale factor (7053,xx00) of Philips {factor:g}")
        body, lines, warnings = _body(header, with_weight=False)
        formula = f"SUVbw = counts x SUV scale factor of Philips{_formulas(body)}"
        return suv(factor, body, formula, inputs + lines, warnings)
    factor = _plausible(tracer.philips_activity_factor, _FACTORS)
    if factor is not None:
        line = f"activity concentration factor (7053,xx09) of Philips {factor:g}"
        return _from_activity(header, factor, (line,))
    raise NoSuvError("Units is CNTS, and the private factors of Philips that scale it are absent.")


def _from_activity(header: InstanceHeader, bq_per_value: float, lines: tuple[str, ...]) -> Suv:
    _need_corrections(header)
    body, body_lines, warnings = _body(header, with_weight=True)
    if body.weight_kg is None:
        raise NoSuvError(warnings[0])
    dose, dose_lines, more_warnings = _dose(header)
    given = (header.radiopharmaceutical or Radiopharmaceutical()).total_dose_bq or 0.0
    if given < _LITTLE_BQ_PER_KG * body.weight_kg:
        more_warnings += (
            f"RadionuclideTotalDose is {given / 1e6:g} MBq, very little for PatientWeight"
            f" {body.weight_kg:g} kg; where it is in kBq, SUV is 1000 times too high.",
        )
    formula = _BY_WEIGHT
    if header.decay_correction == "START":
        formula += ", decayed from injection to the start of the scan"
    if bq_per_value != 1.0:
        formula += "; Bq/ml = counts x activity concentration factor"
    return suv(
        bq_per_value * body.weight_kg * 1000.0 / dose,
        body,
        formula + _formulas(body),
        (f"Units {header.units}", *lines, *body_lines, *dose_lines),
        warnings + more_warnings,
    )


def _need_corrections(header: InstanceHeader) -> None:
    missing = [term for term in ("ATTN", "DECY") if term not in header.corrected_image]
    if missing:
        raise NoSuvError(
            f"CorrectedImage does not name {' and '.join(missing)}, which SUV needs:"
            " attenuation and decay corrected."
        )


def _dose(header: InstanceHeader) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
    """Give the dose at the time that the values are corrected to, in Bq."""
    tracer = header.radiopharmaceutical or Radiopharmaceutical()
    dose = tracer.total_dose_bq
    if dose is None or not 0 < dose <= _GREATEST_DOSE_BQ:
        raise NoSuvError(f"RadionuclideTotalDose is {_missing(dose, 'Bq')}.")
    if dose < _LEAST_DOSE_BQ:
        raise NoSuvError(
            f"RadionuclideTotalDose is {dose:g}, too small for Bq; it may be in MBq, so no SUV is"
            " computed from it."
        )
    line = f"RadionuclideTotalDose {dose / 1e6:.7g} MBq"
    if header.decay_correction == "ADMIN":
        return dose, ("DecayCorrection ADMIN", line), ()
    if header.decay_correction != "START":
        stated = header.decay_correction or "absent"
        raise NoSuvError(
            f"DecayCorrection is {stated}; SUV needs START or ADMIN to know the dose that goes with"
            " the values."
        )
    half_life = _plausible(tracer.half_life_s, _HALF_LIVES_S)
    if half_life is None:
        raise NoSuvError(f"RadionuclideHalfLife is {_missing(tracer.half_life_s, 's')}.")
    decay = decay_to_scan(header, tracer, half_life)
    left = decayed_dose(dose, decay.seconds, half_life)
    lines = (
        "DecayCorrection START",
        line,
        f"RadionuclideHalfLife {half_life:g} s",
        *decay.inputs,
        f"dose at the start of the scan {left / 1e6:.7g} MBq",
    )
    return left, lines, decay.warnings


def _body(
    header: InstanceHeader, *, with_weight: bool
) -> tuple[Body, tuple[str, ...], tuple[str, ...]]:
    """Give what is known of the patient's body, and what is missing for which SUV."""
    weight = _plausible(header.patient_weight_kg, _WEIGHTS_KG)
    size = _plausible(header.patient_size_m, _SIZES_M)
    if weight is None:
        stated = _missing(header.patient_weight_kg, "kg")
        lost = "SUVbw, SUVlbm and SUVbsa" if with_weight else "SUVlbm and SUVbsa"
        return Body(), (), (f"PatientWeight is {stated}: {lost} are not computed.",)
    line = f"PatientWeight {weight:g} kg"
    if size is None:
        stated = _missing(header.patient_size_m, "m")
        warning = f"PatientSize is {stated}: SUVlbm and SUVbsa are not computed."
        return Body(weight), (line,), (warning,)
    surface = body_surface_area(weight, size)
    lines: tuple[str, ...] = (
        line,
        f"PatientSize {size:g} m",
        f"body surface area {surface:.4g} m²",
    )
    lean = lean_body_mass(weight, size, header.patient_sex)
    if lean is None:
        warning = "PatientSex is neither M nor F: SUVlbm is not computed."
        return Body(weight, None, surface), lines, (warning,)
    lines += (f"PatientSex {header.patient_sex}", f"lean body mass {lean:.4g} kg")
    return Body(weight, lean, surface), lines, ()


def _formulas(body: Body) -> str:
    lean = "" if body.lean_mass_kg is None else "; SUVlbm: lean body mass after Janmahasatian"
    surface = "" if body.surface_m2 is None else "; SUVbsa: body surface area after Du Bois"
    return lean + surface


def _plausible(value: float | None, limits: tuple[float, float]) -> float | None:
    return value if value is not None and limits[0] <= value <= limits[1] else None


def _missing(value: float | None, unit: str) -> str:
    return "absent" if value is None else f"{value:g} {unit}, which cannot be"
