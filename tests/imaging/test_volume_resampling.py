"""Volumes on other grids, compared with SimpleITK and with what is known of them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from viewer.imaging.volume_resampling import fitted, is_sheared, resampled, straightened

with warnings.catch_warnings():
    # from Python 3.12 on, of the classes that SWIG makes
    warnings.simplefilter("ignore", DeprecationWarning)
    sitk = pytest.importorskip("SimpleITK")

RANDOM = np.random.default_rng(11)
AFFINE = np.array([[2.5, 0, 0, -40], [0, 0, 0.75, 12], [0, -0.5, 0, 90], [0, 0, 0, 1.0]])


def a_volume() -> np.ndarray:
    return RANDOM.normal(0, 400, (9, 14, 11)).astype(np.float32)


def image_of(values: np.ndarray, affine: np.ndarray) -> sitk.Image:
    image = sitk.GetImageFromArray(values)
    axes = affine[:3, [2, 1, 0]]
    spacing = np.linalg.norm(axes, axis=0)
    image.SetSpacing(spacing.tolist())
    image.SetDirection((axes / spacing).ravel().tolist())
    image.SetOrigin(affine[:3, 3].tolist())
    return image


@pytest.mark.parametrize("method", ["linear", "nearest"])
@pytest.mark.parametrize(
    "wanted",
    [{"spacing_zyx_mm": (1.1, 0.4, 0.31)}, {"shape": (12, 14, 25)}, {"shape": (9, 14, 11)}],
)
def test_finer_grids_are_those_of_simpleitk(method, wanted):
    values = a_volume()
    mine, affine = resampled(values, AFFINE, method=method, **wanted)
    interpolator = sitk.sitkLinear if method == "linear" else sitk.sitkNearestNeighbor
    reference = image_of(np.zeros(mine.shape, np.float32), affine)
    theirs = sitk.GetArrayFromImage(
        sitk.Resample(image_of(values, AFFINE), reference, sitk.Transform(), interpolator, -9999.0)
    )
    inside = theirs != -9999.0  # ITK ends half a voxel beyond the outermost centres
    assert inside.mean() > 0.9
    if method == "linear":
        assert np.abs(mine - theirs)[inside].max() < 0.05
    else:  # halfway between two voxels, either is nearest
        assert (mine != theirs)[inside].mean() < 0.01


def test_the_centre_stays_and_the_spacing_is_exact():
    mine, affine = resampled(a_volume(), AFFINE, spacing_zyx_mm=(1, 1, 1))
    assert np.linalg.norm(affine[:3, :3], axis=0) == pytest.approx((1, 1, 1), abs=1e-12)
    before = AFFINE @ (4, 6.5, 5, 1)
    after = affine @ (*((np.array(mine.shape) - 1) / 2), 1)
    assert after == pytest.approx(before)


def test_a_ramp_stays_the_same_ramp_in_space():
    index = np.indices((12, 12, 12)).reshape(3, -1)
    at = (AFFINE @ np.vstack([index, np.ones(index.shape[1])]))[:3]
    slope = np.array([3.0, -2.0, 5.0])
    values = (slope @ at).reshape(12, 12, 12)
    for shape in ((24, 20, 30), (5, 4, 6)):
        mine, affine = resampled(values, AFFINE, shape=shape)
        index = np.indices(shape).reshape(3, -1)
        at = (affine @ np.vstack([index, np.ones(index.shape[1])]))[:3]
        expected = (slope @ at).reshape(shape)
        finer = shape[0] > 12
        inner = (slice(2, -2) if finer else slice(1, -1),) * 3
        # weights over a few whole voxels are not quite as balanced as the triangle they sample
        assert mine[inner] == pytest.approx(expected[inner], abs=1e-6 if finer else 0.05)


def test_coarser_grids_average_and_do_not_pick():
    noise = RANDOM.normal(100, 50, (32, 32, 32))
    mine, _ = resampled(noise, np.eye(4), shape=(8, 8, 8))
    assert mine.mean() == pytest.approx(noise.mean(), abs=3)
    assert mine.std() < noise.std() / 5  # picking one in 64 would keep it


def test_fitting_keeps_every_voxel_at_its_place():
    values = a_volume()
    mine, affine = fitted(values, AFFINE, (13, 6, 11), -1000)
    assert mine.shape == (13, 6, 11)
    assert (mine[[0, 1, -1, -2]] == -1000).all()
    place = np.argwhere(mine == values[4, 7, 3])[0]
    assert affine @ (*place, 1) == pytest.approx(AFFINE @ (4, 7, 3, 1))


def test_a_sheared_volume_is_straightened_in_its_place():
    sheared = np.diag((2.0, 1.0, 1.0, 1.0))[[2, 1, 0, 3]]  # slices along z, rows along y
    sheared[:3, 0] = (0, -0.4, 2)
    assert is_sheared(sheared)
    down, along = np.mgrid[:30, :20]
    values = np.zeros((5, 30, 20), np.float32)
    for place in range(5):  # a ball of light that stands still in the patient
        y = down - 0.4 * place
        values[place] = 100 * np.exp(-((y - 12) ** 2 + (along - 9) ** 2) / 8)
    mine, affine = straightened(values, sheared, fill=0)
    assert not is_sheared(affine)
    centres = []
    for place, plane in enumerate(mine):
        row, column = (np.indices(plane.shape) * plane).sum(axis=(1, 2)) / plane.sum()
        centres.append((affine @ (place, row, column, 1))[:2])
    assert np.array(centres) == pytest.approx(np.array([centres[0]] * 5), abs=0.01)
    assert centres[0] == pytest.approx((9, 12), abs=0.01)
    assert mine.sum() == pytest.approx(values.sum(), rel=1e-4)


def test_a_rectangular_volume_is_straight_already():
    values = a_volume()
    assert straightened(values, AFFINE, 0)[0] is values
