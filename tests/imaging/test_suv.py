"""The arithmetic of standardised uptake values."""

from __future__ import annotations

import pytest

from viewer.imaging.suv import Body, body_surface_area, decayed_dose, lean_body_mass, suv


def test_half_of_a_dose_is_left_after_its_half_life():
    assert decayed_dose(4e8, 0.0, 6586.2) == 4e8
    assert decayed_dose(4e8, 6586.2, 6586.2) == pytest.approx(2e8)
    assert decayed_dose(4e8, -6586.2, 6586.2) == pytest.approx(8e8)


def test_lean_body_mass_is_that_of_janmahasatian():
    # 70 kg, 1.75 m: body mass index 22.857
    assert lean_body_mass(70.0, 1.75, "M") == pytest.approx(55.857, abs=1e-3)
    assert lean_body_mass(70.0, 1.75, "F") == pytest.approx(45.197, abs=1e-3)
    assert lean_body_mass(70.0, 1.75, "O") is None


def test_body_surface_area_is_that_of_du_bois():
    assert body_surface_area(70.0, 1.75) == pytest.approx(1.848, abs=1e-3)


def test_factors_relate_as_the_body_s_measures_do():
    result = suv(2.0, Body(70.0, 56.0, 1.8), "", (), ())
    assert result.bw == 2.0
    assert result.lbm == pytest.approx(2.0 * 56 / 70)
    assert result.bsa == pytest.approx(2.0 * 18000 / 70000)  # cm² for g


def test_what_is_not_known_of_the_body_gives_no_factor():
    result = suv(2.0, Body(70.0), "", (), ())
    assert (result.bw, result.lbm, result.bsa) == (2.0, None, None)
    assert suv(2.0, Body(), "", (), ()).lbm is None
