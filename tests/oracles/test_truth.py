"""Made volumes hold what they were made with: the truth.json files beside them.

Positions, sizes and values of a sphere, a bar and a nodule, found in our
voxels and brought to the patient by our geometry. Notes, marks and splits of
the same folders are tested in `tests.dicom.test_catalogue_files`.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.oracles.volumes import Volume, volumes
from viewer.dicom.frames import read_frame
from viewer.imaging.geometry import dot

_WHOLE = ["regular", "shuffled", "reversed", "enhanced", "localizer_inside"]
_BAR = 0.7  # of the sphere's value


@pytest.fixture(scope="module")
def traps(corpus: Path) -> Path:
    return corpus / "derived/series_traps"


@pytest.fixture(scope="module")
def truth(traps: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((traps / "truth.json").read_text())
    return found


def _centre(mask: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.argwhere(mask).mean(axis=0)
    return found


def _to_patient(volume: Volume, voxel_zyx: np.ndarray) -> np.ndarray:
    found: np.ndarray = (volume.affine() @ [*voxel_zyx, 1])[:3]
    return found


def _radius_mm(volume: Volume, mask: np.ndarray) -> float:
    voxel_mm3 = abs(float(np.linalg.det(volume.affine()[:3, :3])))
    return float((np.count_nonzero(mask) * voxel_mm3 * 3 / (4 * math.pi)) ** (1 / 3))


@pytest.mark.parametrize("name", _WHOLE)
def test_the_sphere_lies_where_it_was_put(traps: Path, truth: dict[str, Any], name: str) -> None:
    volume = volumes(traps / name)[0]
    inside = volume.values() == truth["value_inside"]
    assert inside.shape == (truth["slices"], truth["rows"], truth["cols"])
    assert _centre(inside) == pytest.approx(truth["sphere_center_voxel_zyx"], abs=0.01)
    centre_mm = _to_patient(volume, _centre(inside))
    assert centre_mm == pytest.approx(truth["sphere_center_mm_xyz"], abs=0.01)
    assert _radius_mm(volume, inside) == pytest.approx(truth["sphere_radius_mm"], rel=0.01)


@pytest.mark.parametrize("name", _WHOLE)
def test_the_bar_points_to_the_left_of_the_patient(
    traps: Path, truth: dict[str, Any], name: str
) -> None:
    volume = volumes(traps / name)[0]
    values = volume.values()
    bar = _to_patient(volume, _centre(values == _BAR * truth["value_inside"]))
    sphere = _to_patient(volume, _centre(values == truth["value_inside"]))
    towards = bar - sphere
    assert towards[0] > truth["sphere_radius_mm"]
    assert towards[1:] == pytest.approx([0, 0], abs=0.01)


def test_every_order_of_files_gives_the_same_voxels(traps: Path) -> None:
    first, *others = (volumes(traps / name)[0].values() for name in _WHOLE)
    assert all(np.array_equal(first, other) for other in others)


def test_an_oblique_volume_has_the_same_voxels_and_the_same_size(
    traps: Path, truth: dict[str, Any]
) -> None:
    volume = volumes(traps / "oblique")[0]
    assert np.array_equal(volume.values(), volumes(traps / "regular")[0].values())
    steps = np.linalg.norm(volume.affine()[:3, :3], axis=0)
    assert steps == pytest.approx(truth["spacing_zyx"], abs=1e-4)
    inside = volume.values() == truth["value_inside"]
    assert _radius_mm(volume, inside) == pytest.approx(truth["sphere_radius_mm"], rel=0.01)


def test_the_gap_is_where_the_slice_was_left_out(traps: Path, truth: dict[str, Any]) -> None:
    volume = volumes(traps / "missing_slice")[0]
    heights = [volume.planes[i].position_lps[2] for i in volume.order]
    step = truth["spacing_zyx"][0]
    whole = [step * i for i in range(truth["slices"]) if i != truth["missing_index"]]
    assert heights == pytest.approx(whole)


def test_both_slices_of_a_repeated_position_are_kept(traps: Path, truth: dict[str, Any]) -> None:
    volume = volumes(traps / "duplicate_position")[0]
    heights = [volume.planes[i].position_lps[2] for i in volume.order]
    step = truth["spacing_zyx"][0]
    places = sorted([*range(truth["slices"]), truth["duplicate_index"]])
    assert heights == pytest.approx([step * i for i in places])


def test_a_tilted_stack_is_sheared_by_its_angle(traps: Path, truth: dict[str, Any]) -> None:
    volume = volumes(traps / "tilt")[0]
    step = volume.affine()[:3, 0]
    cosine = abs(dot(tuple(step / np.linalg.norm(step)), volume.planes[0].normal_lps))
    assert math.degrees(math.acos(cosine)) == pytest.approx(truth["tilt_deg"], abs=0.01)


def test_a_sphere_in_a_tilted_stack_is_where_it_was_put(traps: Path, truth: dict[str, Any]) -> None:
    volume = volumes(traps / "tilt")[0]
    inside = volume.values() == truth["value_inside"]
    sphere = truth["tilt_sphere"]
    assert _to_patient(volume, _centre(inside)) == pytest.approx(sphere["center_mm"], abs=0.1)
    assert _radius_mm(volume, inside) == pytest.approx(sphere["radius"], rel=0.01)


def test_slopes_that_differ_between_slices_give_one_value(
    traps: Path, truth: dict[str, Any]
) -> None:
    volume = volumes(traps / "per_slice_slope")[0]
    row, column = map(int, truth["sphere_center_voxel_zyx"][1:])
    along = volume.values()[:, row, column]
    slopes = [read_frame(*volume.stack.key(i))[1].modality.slope for i in volume.order]
    assert len(set(slopes)) == truth["slices"]
    inside = [(value, slope) for value, slope in zip(along, slopes, strict=True) if value > 0]
    assert len(inside) > 10
    for value, slope in inside:  # stored values are whole numbers
        assert value == pytest.approx(truth["per_slice_slope_inside_value"], abs=slope / 2)


@pytest.fixture(scope="module")
def pair(corpus: Path) -> tuple[dict[str, Any], Volume, Volume]:
    folder = corpus / "derived/pet_ct_fusion_pair"
    truth = json.loads((folder / "truth.json").read_text())
    return truth, volumes(folder / "CT")[0], volumes(folder / "PT")[0]


def test_the_background_of_the_pet_has_its_suv(pair: tuple[dict[str, Any], Volume, Volume]) -> None:
    truth, _, pet = pair
    values = pet.values()
    background = values[np.isclose(values, truth["background_bqml"], rtol=1e-3)]
    assert background.size > 3000
    for i in pet.order:
        suv = read_frame(*pet.stack.key(i))[1].suv
        assert suv is not None
        assert suv.bw is not None
        assert suv.bw * truth["background_bqml"] == pytest.approx(
            truth["background_SUVbw"], rel=1e-9
        )
        assert suv.bw * float(np.median(background)) == pytest.approx(
            truth["background_SUVbw"], rel=1e-4
        )


def test_ct_has_no_suv(pair: tuple[dict[str, Any], Volume, Volume]) -> None:
    ct = pair[1]
    assert read_frame(*ct.stack.key(0))[1].suv is None


def test_the_nodule_lies_at_one_place_in_both(pair: tuple[dict[str, Any], Volume, Volume]) -> None:
    truth, *both = pair
    for volume in both:
        values = volume.values()
        found = _to_patient(volume, _centre(values > values.max() / 2))
        half_a_voxel = np.linalg.norm(volume.affine()[:3, :3], axis=0).max() / 2
        assert found == pytest.approx(truth["nodule_center_mm"], abs=half_a_voxel)
