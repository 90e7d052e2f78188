"""SUV from PET headers: against known figures, and why there is none."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.dicom.slices import a_slice
from viewer.dicom.frames import read_frame
from viewer.dicom.headers import InstanceHeader, Radiopharmaceutical
from viewer.dicom.plain_description import description_from_header
from viewer.dicom.reading import read_header
from viewer.dicom.suv import suv_of
from viewer.imaging.modality import ModalityTransform
from viewer.imaging.suv import Suv

F18_S = 6586.2
TRACER = Radiopharmaceutical(
    start_time="120000", start_date_time="", total_dose_bq=3.5e8, half_life_s=F18_S
)
HOUR = 2 ** (-3600 / F18_S)
PLAIN = 70_000 / (3.5e8 * HOUR)


def a_pet(**changed: Any) -> InstanceHeader:
    plain: dict[str, Any] = {
        "modality": "PT",
        "sop_class_uid": "1.2.840.10008.5.1.4.1.1.128",
        "rescale_slope": 2.0,
        "units": "BQML",
        "corrected_image": ("DECY", "ATTN", "SCAT"),
        "decay_correction": "START",
        "series_date": "20200101",
        "series_time": "130000",
        "acquisition_date": "20200101",
        "acquisition_time": "130000",
        "patient_weight_kg": 70.0,
        "patient_size_m": 1.75,
        "patient_sex": "F",
        "radiopharmaceutical": TRACER,
    }
    return a_slice(1, **{**plain, **changed})


def found(header: InstanceHeader) -> Suv:
    suv = suv_of(header, ModalityTransform(header.rescale_slope or 1.0))
    assert suv is not None
    return suv


def factor(header: InstanceHeader) -> float:
    suv = found(header)
    assert suv.bw is not None, suv.reason
    assert suv.reason == ""
    return suv.bw


def a_tracer(**changed: Any) -> Radiopharmaceutical:
    return replace(TRACER, **changed)


def test_a_made_up_pet_has_the_suv_of_its_truth(corpus: Path) -> None:
    folder = corpus / "derived" / "pet_ct_fusion_pair"
    truth = json.loads((folder / "truth.json").read_text())
    suv = found(read_header(str(folder / "PT" / "001.dcm")))
    assert suv.bw is not None
    assert suv.bw * truth["background_bqml"] == pytest.approx(truth["background_SUVbw"], rel=1e-12)
    assert (suv.lbm, suv.bsa) == (None, None)
    assert any("PatientSize is absent" in warning for warning in suv.warnings)


def test_the_frame_on_screen_carries_its_suv(corpus: Path) -> None:
    path = str(corpus / "derived" / "pet_ct_fusion_pair" / "PT" / "001.dcm")
    header = read_header(path)
    plain = description_from_header(header)
    _, whole = read_frame(path, 0)
    assert plain is not None
    assert plain.suv == whole.suv == found(header)
    assert plain.modality.unit == "Bq/ml"


def test_a_real_pet_of_ge_has_the_suv_of_its_numbers(corpus: Path) -> None:
    suv = found(read_header(str(corpus / "broken" / "GH184.dcm")))
    # 90 kg, 474.592928 MBq at 09:32:00, half-life 6588 s, scan at 11:00:36
    assert suv.bw == pytest.approx(90_000 / (474592928 * 2 ** (-5316 / 6588)))
    assert suv.bsa is not None
    assert suv.lbm is None
    assert any("PatientSex" in warning for warning in suv.warnings)
    assert "decay over 5316 s" in suv.inputs


def test_a_real_phantom_without_units_says_why_there_is_none(corpus: Path) -> None:
    path = next((corpus / "series" / "pet_nema_iq_phantom_89").glob("*.dcm"))
    suv = found(read_header(str(path)))
    assert (suv.bw, suv.lbm, suv.bsa) == (None, None, None)
    assert suv.reason.startswith("Units is absent")


def test_other_modalities_have_no_suv() -> None:
    assert suv_of(a_slice(1), ModalityTransform()) is None


def test_all_three_factors_and_their_inputs() -> None:
    suv = found(a_pet())
    assert suv.bw == pytest.approx(PLAIN)
    assert suv.lbm == pytest.approx(PLAIN * 45.197 / 70, rel=1e-4)
    assert suv.bsa == pytest.approx(PLAIN * 18480 / 70000, rel=1e-3)
    assert suv.warnings == ()
    for line in ("Units BQML", "PatientWeight 70 kg", "RadionuclideTotalDose 350 MBq"):
        assert line in suv.inputs
    assert "Janmahasatian" in suv.formula
    assert "Du Bois" in suv.formula


def test_a_dose_corrected_to_its_administration_has_not_decayed() -> None:
    assert factor(a_pet(decay_correction="ADMIN", series_time="")) == pytest.approx(70_000 / 3.5e8)


@pytest.mark.parametrize("time", ["12:00:00", "1200", "12", "120000.000000"])
def test_times_are_read_in_all_their_forms(time: str) -> None:
    header = a_pet(radiopharmaceutical=a_tracer(start_time=time))
    assert factor(header) == pytest.approx(PLAIN)


def test_a_scan_after_midnight_belongs_to_the_injection_before() -> None:
    header = a_pet(
        series_date="20200102",
        acquisition_date="20200102",
        series_time="003000",
        acquisition_time="003000",
        radiopharmaceutical=a_tracer(start_time="233000"),
    )
    assert factor(header) == pytest.approx(PLAIN)
    assert any("day before" in warning for warning in found(header).warnings)


def test_the_date_of_the_injection_comes_before_its_time_alone() -> None:
    zirconium = 78.41 * 3600
    tracer = a_tracer(
        start_time="130000", start_date_time="20191230130000.00", half_life_s=zirconium
    )
    expected = 70_000 / (3.5e8 * 2 ** (-48 * 3600 / zirconium))
    assert factor(a_pet(radiopharmaceutical=tracer)) == pytest.approx(expected)


def test_a_shifted_date_of_injection_is_not_believed() -> None:
    header = a_pet(radiopharmaceutical=a_tracer(start_date_time="20100615120000"))
    assert factor(header) == pytest.approx(PLAIN)
    assert any("does not fit" in warning for warning in found(header).warnings)


def test_an_injection_during_a_dynamic_scan_is_reckoned_back() -> None:
    header = a_pet(radiopharmaceutical=a_tracer(start_time="130030"))
    assert factor(header) == pytest.approx(70_000 / (3.5e8 * 2 ** (30 / F18_S)))
    assert any("after the start of the scan" in warning for warning in found(header).warnings)


def test_a_series_made_later_takes_the_scan_time_of_ge() -> None:
    header = a_pet(
        series_time="170000",
        radiopharmaceutical=a_tracer(ge_scan_date_time="20200101130000.00"),
    )
    assert factor(header) == pytest.approx(PLAIN)
    assert any("GE" in line for line in found(header).inputs)


def test_a_series_made_later_is_reckoned_back_from_its_frame() -> None:
    # bed position that starts 10 minutes into the scan and takes 2 minutes
    half = math.log(2) / F18_S
    middle = math.log(half * 120 / (1 - math.exp(-half * 120))) / half
    header = a_pet(
        series_time="170000",
        acquisition_time="131000",
        frame_reference_time_ms=(600 + middle) * 1000,
        actual_frame_duration_ms=120_000.0,
    )
    assert factor(header) == pytest.approx(PLAIN)


def test_a_series_made_later_without_more_is_warned_of() -> None:
    header = a_pet(series_time="170000")
    assert factor(header) == pytest.approx(PLAIN)
    assert any("first bed position alone" in warning for warning in found(header).warnings)


def test_anonymised_files_without_dates_go_by_the_time_of_day() -> None:
    assert factor(a_pet(series_date="", acquisition_date="")) == pytest.approx(PLAIN)


def test_counts_are_scaled_by_the_factors_of_philips() -> None:
    suv = found(
        a_pet(units="CNTS", radiopharmaceutical=Radiopharmaceutical(philips_suv_factor=0.000587))
    )
    assert suv.bw == 0.000587
    assert suv.lbm is not None
    assert "Philips" in suv.formula
    activity = a_tracer(philips_suv_factor=0.0, philips_activity_factor=2.5)
    assert factor(a_pet(units="CNTS", radiopharmaceutical=activity)) == pytest.approx(2.5 * PLAIN)


def test_factors_of_philips_do_not_need_a_weight() -> None:
    tracer = Radiopharmaceutical(philips_suv_factor=0.5)
    suv = found(a_pet(units="CNTS", radiopharmaceutical=tracer, patient_weight_kg=None))
    assert (suv.bw, suv.lbm, suv.bsa) == (0.5, None, None)
    assert suv.warnings == ("PatientWeight is absent: SUVlbm and SUVbsa are not computed.",)


@pytest.mark.parametrize(
    ("units", "suv_type", "expected"),
    [
        ("GML", "", (1.0, None, None)),
        ("GML", "BW", (1.0, None, None)),
        ("GML", "LBM", (None, 1.0, None)),
        ("GML", "LBMJAMES128", (None, 1.0, None)),
        ("GML", "LBMJANMA", (None, 1.0, None)),
        ("CM2ML", "", (None, None, 1.0)),
        ("CM2ML", "BSA", (None, None, 1.0)),
        ("GML", "IBW", (None, None, None)),
        ("CM2ML", "BW", (None, None, None)),
    ],
)
def test_values_that_are_suv_already_stay_as_they_are(
    units: str, suv_type: str, expected: tuple[float | None, ...]
) -> None:
    suv = found(a_pet(units=units, suv_type=suv_type, radiopharmaceutical=None))
    assert (suv.bw, suv.lbm, suv.bsa) == expected
    assert bool(suv.reason) == (expected == (None, None, None))


@pytest.mark.parametrize(
    ("changed", "keyword"),
    [
        ({"rescale_slope": None}, "RescaleSlope"),
        ({"rescale_slope": 0.0}, "RescaleSlope"),  # for which 1 is used
        ({"units": ""}, "Units is absent"),
        ({"units": "PROPCNTS"}, "Units is PROPCNTS"),
        ({"units": "CNTS"}, "Philips"),
        ({"corrected_image": ("DECY",)}, "ATTN"),
        ({"corrected_image": ()}, "ATTN and DECY"),
        ({"decay_correction": "NONE"}, "DecayCorrection is NONE"),
        ({"decay_correction": ""}, "DecayCorrection is absent"),
        ({"patient_weight_kg": None}, "PatientWeight is absent"),
        ({"patient_weight_kg": 0.0}, "PatientWeight is 0 kg"),
        ({"patient_weight_kg": 70000.0}, "PatientWeight is 70000 kg"),
        ({"radiopharmaceutical": None}, "RadionuclideTotalDose"),
        ({"radiopharmaceutical": a_tracer(total_dose_bq=0.0)}, "RadionuclideTotalDose"),
        ({"radiopharmaceutical": a_tracer(total_dose_bq=350.0)}, "MBq"),
        ({"radiopharmaceutical": a_tracer(total_dose_bq=1e300)}, "RadionuclideTotalDose"),
        ({"radiopharmaceutical": a_tracer(half_life_s=None)}, "RadionuclideHalfLife"),
        ({"radiopharmaceutical": a_tracer(half_life_s=0.0)}, "RadionuclideHalfLife"),
        ({"radiopharmaceutical": a_tracer(half_life_s=1e-308)}, "RadionuclideHalfLife"),
        ({"radiopharmaceutical": a_tracer(start_time="")}, "RadiopharmaceuticalStartTime"),
        ({"radiopharmaceutical": a_tracer(start_time="256199")}, "RadiopharmaceuticalStartTime"),
        ({"radiopharmaceutical": a_tracer(start_time="150000")}, "RadiopharmaceuticalStartTime"),
        ({"series_time": "", "acquisition_time": ""}, "SeriesTime and AcquisitionTime"),
        ({"sop_class_uid": "1.2.840.10008.5.1.4.1.1.130"}, "Enhanced PET"),
    ],
)
def test_without_what_it_needs_there_is_a_reason(changed: dict[str, Any], keyword: str) -> None:
    suv = found(a_pet(**changed))
    assert (suv.bw, suv.lbm, suv.bsa) == (None, None, None)
    assert keyword in suv.reason
    assert suv.reason.endswith(".")


def test_a_dose_that_may_be_in_kbq_is_warned_of() -> None:
    suspect = found(a_pet(radiopharmaceutical=a_tracer(total_dose_bq=3.5e5)))
    assert any("where it is in kBq" in warning for warning in suspect.warnings)
    mouse = a_pet(patient_weight_kg=0.025, radiopharmaceutical=a_tracer(total_dose_bq=3.5e5))
    assert not any("kBq" in warning for warning in found(mouse).warnings)


def test_a_size_in_centimetres_is_not_used() -> None:
    suv = found(a_pet(patient_size_m=175.0))
    assert suv.bw == pytest.approx(PLAIN)
    assert (suv.lbm, suv.bsa) == (None, None)
    assert "PatientSize is 175 m, which cannot be" in suv.warnings[0]


@pytest.mark.parametrize("date", ["", "20200230", "00010101", "99991231", "2020.01.01", "x"])
@pytest.mark.parametrize("time", ["", "995959", "245959", "1", "13:00:00", "130060", "x"])
@pytest.mark.parametrize("number", [0.0, -1.0, 1e300, 5e-324])
def test_hostile_values_end_in_a_factor_or_a_reason(date: str, time: str, number: float) -> None:
    header = a_pet(
        series_date=date,
        series_time="170000",
        acquisition_date=date,
        acquisition_time=time,
        frame_reference_time_ms=number,
        actual_frame_duration_ms=number,
        radiopharmaceutical=a_tracer(start_date_time=date + time, half_life_s=abs(number)),
    )
    suv = found(header)
    assert suv.reason or (suv.bw is not None and math.isfinite(suv.bw) and suv.bw > 0)
