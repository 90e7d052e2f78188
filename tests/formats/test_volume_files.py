"""Volumes in files, read back by other libraries: NumPy, NIfTI, NRRD."""

from __future__ import annotations

import io
import json
import warnings

import nibabel
import numpy as np
import pytest

from viewer.formats.arrays import write_npy, write_npz
from viewer.formats.nifti import write_nifti
from viewer.formats.nrrd import write_nrrd

with warnings.catch_warnings():
    # from Python 3.12 on, of the classes that SWIG makes
    warnings.simplefilter("ignore", DeprecationWarning)
    sitk = pytest.importorskip("SimpleITK")

RANDOM = np.random.default_rng(3)
# (slice, row, column, 1) to LPS: a sagittal stack of 2.5 mm, pixels of 0.5 x 0.75 mm
AFFINE = np.array([[2.5, 0, 0, -40], [0, 0, 0.75, 12], [0, -0.5, 0, 90], [0, 0, 0, 1.0]])
TYPES = [np.uint8, np.int16, np.uint16, np.int32, np.float32, np.float64]


def volume(dtype: type = np.int16, shape: tuple[int, ...] = (3, 4, 5)) -> np.ndarray:
    return (RANDOM.random(shape) * 200).astype(dtype)


def lps_of(image: sitk.Image, index_zyx: tuple[int, int, int]) -> np.ndarray:
    return np.array(image.TransformIndexToPhysicalPoint(tuple(reversed(index_zyx))))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("compress", [True, False])
def test_nifti_holds_values_and_places(tmp_path, dtype, compress):
    values, path = volume(dtype), tmp_path / ("a.nii.gz" if compress else "a.nii")
    with path.open("wb") as file:
        write_nifti(file, values, AFFINE, compress=compress)
    image = nibabel.load(path)
    assert image.get_data_dtype() == np.dtype(dtype)
    assert (np.asarray(image.dataobj) == values.transpose(2, 1, 0)).all()
    assert (int(image.header["qform_code"]), int(image.header["sform_code"])) == (1, 1)
    assert image.header.get_xyzt_units()[0] == "mm"
    read = sitk.ReadImage(str(path))
    assert (sitk.GetArrayFromImage(read) == values).all()
    for index in ((0, 0, 0), (2, 3, 4), (1, 0, 2)):
        expected = (AFFINE @ (*index, 1))[:3]
        assert lps_of(read, index) == pytest.approx(expected, abs=1e-4)
        ras = image.affine @ (*reversed(index), 1)
        assert ras[:3] * (-1, -1, 1) == pytest.approx(expected, abs=1e-4)


def test_nifti_keeps_the_shear_of_a_tilted_gantry_and_leaves_the_qform_unset():
    sheared = AFFINE.copy()
    sheared[:3, 0] = (2.5, 0, 0.7)
    out = io.BytesIO()
    write_nifti(out, volume(), sheared, compress=False)
    image = nibabel.Nifti1Image.from_bytes(out.getvalue())
    assert int(image.header["qform_code"]) == 0
    assert image.affine @ (2, 1, 1, 1) == pytest.approx(
        np.diag((-1, -1, 1, 1)) @ sheared @ (1, 1, 2, 1), abs=1e-4
    )


def test_nifti_holds_colours():
    values, out = volume(np.uint8, (2, 3, 4, 3)), io.BytesIO()
    write_nifti(out, values, AFFINE, compress=False)
    read = np.asarray(nibabel.Nifti1Image.from_bytes(out.getvalue()).dataobj)
    assert (read["R"] == values[..., 0].T).all()
    assert (read["B"] == values[..., 2].T).all()


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("compress", [True, False])
def test_nrrd_holds_values_and_places(tmp_path, dtype, compress):
    values, path = volume(dtype), tmp_path / "a.nrrd"
    with path.open("wb") as file:
        write_nrrd(file, values, AFFINE, "HU", compress=compress)
    read = sitk.ReadImage(str(path))
    assert (sitk.GetArrayFromImage(read) == values).all()
    assert sitk.GetArrayFromImage(read).dtype == dtype
    for index in ((0, 0, 0), (2, 3, 4)):
        assert lps_of(read, index) == pytest.approx((AFFINE @ (*index, 1))[:3], abs=1e-9)
    assert b"value units:=HU\n" in path.read_bytes()


def test_nrrd_holds_colours(tmp_path):
    values, path = volume(np.uint8, (2, 3, 4, 3)), tmp_path / "a.nrrd"
    with path.open("wb") as file:
        write_nrrd(file, values, AFFINE)
    read = sitk.ReadImage(str(path))
    assert read.GetNumberOfComponentsPerPixel() == 3
    assert (sitk.GetArrayFromImage(read) == values).all()
    assert lps_of(read, (1, 2, 3)) == pytest.approx((AFFINE @ (1, 2, 3, 1))[:3])


def test_text_of_a_file_cannot_add_lines_to_a_nrrd():
    out = io.BytesIO()
    write_nrrd(out, volume(), None, "HU\n\nspace: evil", compress=False)
    assert out.getvalue().index(b"\n\n") > out.getvalue().index(b"evil")


def test_npy_is_what_numpy_reads():
    values, out = volume(np.float32)[:, ::-1], io.BytesIO()
    write_npy(out, values)
    out.seek(0)
    assert (np.load(out) == values).all()


@pytest.mark.parametrize("compress", [True, False])
def test_npz_holds_values_affine_and_facts(compress):
    values, out = volume(), io.BytesIO()
    facts = {"units": "HU", "spacing_zyx_mm": [2.5, 0.5, 0.75], "frames": [1, 2, 3]}
    write_npz(out, values, AFFINE, facts, compress=compress)
    out.seek(0)
    with np.load(out, allow_pickle=False) as read:
        assert (read["values"] == values).all()
        assert (read["affine"] == AFFINE).all()
        assert str(read["units"]) == "HU"
        assert read["spacing_zyx_mm"].tolist() == [2.5, 0.5, 0.75]
        assert json.loads(str(read["facts"])) == facts
