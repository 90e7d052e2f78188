"""`negato export`: volumes of real series lie where SimpleITK and dcm2niix put them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.pixels import apply_rescale

from viewer.cli import main

sitk = pytest.importorskip("SimpleITK")
nibabel = pytest.importorskip("nibabel")

RAS = np.diag((-1.0, -1.0, 1.0))
SERIES = {
    "series/ct_sphere_32": (),  # axial
    "series/ct_ibsi_lung_phantom_60_rtstruct": (),  # axial, and a structure set beside it
    "series/mr_tof_mra_145_plus_mip": (),  # oblique, and projections beside it
    "series/mr_localizer_3plane": (),  # axial, sagittal and coronal stacks of one series
    "series/pet_nema_iq_phantom_89": (),  # a slope a slice
    "series/ct_ge_gantry_tilt_28": ("--frames", "2-12"),  # of which the slices lie evenly
    "derived/series_traps/tilt": (),
}
ENHANCED = (
    "multiframe/6_1.dcm",
    "multiframe/mr_brucker.dcm",
    "multiframe/hyperfine__anatomical__001__001.dcm",
)


@pytest.fixture
def export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Write all stacks of a source in a format; give the paths by the number of the stack."""

    def run(source: Path, form: str, *options: str) -> dict[str, Path]:
        out = tmp_path / form
        order = [str(source), "-o", str(out), "--format", form, "--name", "{stack}"]
        main(["export", *order, *options, "--json"])
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        paths = [Path(line["written"]["path"]) for line in lines if "written" in line]
        return {path.name.split(".")[0]: path for path in paths}

    return run


def affine_of_nrrd(path: Path) -> np.ndarray:
    """Give the matrix of a NRRD to RAS mm, by its header."""
    header = path.read_bytes().split(b"\n\n", 1)[0].decode()
    fields = dict(line.split(": ", 1) for line in header.splitlines() if ": " in line)
    assert fields["space"] == "left-posterior-superior"
    axes = fields["space directions"].replace("none", "").split()
    affine = np.eye(4)
    affine[:3, :3] = np.transpose([np.fromstring(axis.strip("()"), sep=",") for axis in axes])
    affine[:3, 3] = np.fromstring(fields["space origin"].strip("()"), sep=",")
    affine[:3] = RAS @ affine[:3]
    return affine


def corners(image: Any) -> list[tuple[int, ...]]:
    return [(0, 0, 0), tuple(side - 1 for side in image.GetSize()), (image.GetWidth() - 1, 0, 0)]


@pytest.mark.parametrize("folder", SERIES)
def test_each_slice_of_a_real_series_lies_where_simpleitk_puts_its_file(corpus, export, folder):
    made = {form: export(corpus / folder, form, *SERIES[folder]) for form in ("nifti", "nrrd")}
    arrays = export(corpus / folder, "npz", *SERIES[folder])
    sources = {}
    for path in (corpus / folder).rglob("*"):
        if path.is_file():
            sources[dcmread(path, stop_before_pixels=True, force=True).get("SOPInstanceUID")] = path
    checked = 0
    for stack, path in made["nifti"].items():
        image = nibabel.load(path)
        with np.load(arrays[stack]) as read:
            files = [sources[uid] for uid in read["sop_instance_uids"]]
            values = read["values"]
        if len(set(files)) < 2:
            continue
        assert affine_of_nrrd(made["nrrd"][stack]) == pytest.approx(image.affine, abs=1e-4)
        assert np.array_equal(np.asanyarray(image.dataobj).T, values)
        for number, file in enumerate(files):
            theirs = sitk.ReadImage(str(file))
            for corner in corners(theirs):
                place = image.affine[:3] @ (*corner[:2], number, 1)
                wanted = RAS @ theirs.TransformIndexToPhysicalPoint(corner)
                assert place == pytest.approx(wanted, abs=1e-4)
            wanted = sitk.GetArrayFromImage(theirs)[0]
            dataset = dcmread(file)
            if dataset.PhotometricInterpretation == "MONOCHROME1":  # which ITK inverts
                wanted = apply_rescale(dataset.pixel_array, dataset)
            np.testing.assert_allclose(values[number], wanted, rtol=1e-5)
        checked += 1
    assert checked


@pytest.mark.parametrize("file", ENHANCED)
def test_frames_of_an_enhanced_file_lie_where_simpleitk_puts_them(corpus, export, file):
    theirs = sitk.ReadImage(str(corpus / file))
    made = export(corpus / file, "nifti")
    image = nibabel.load(made["1"])
    for corner in corners(theirs):
        # a file may hold several stacks, of which ITK makes one
        inside = (*corner[:2], min(corner[2], image.shape[2] - 1))
        place = image.affine[:3] @ (*inside, 1)
        wanted = RAS @ theirs.TransformIndexToPhysicalPoint(inside)
        assert place == pytest.approx(wanted, abs=1e-4)
    assert affine_of_nrrd(export(corpus / file, "nrrd")["1"]) == pytest.approx(
        image.affine, abs=1e-4
    )


@pytest.mark.skipif(shutil.which("dcm2niix") is None, reason="dcm2niix is not installed")
@pytest.mark.parametrize(
    "source", [*list(SERIES)[:5], "series/ct_head_93_64x64", "lut_overlay/eCT_Supplemental.dcm"]
)
def test_values_stand_where_dcm2niix_puts_them(corpus, export, tmp_path, source):
    folder, out = corpus / source, tmp_path / "dcm2niix"
    out.mkdir()
    if folder.is_file():
        folder = tmp_path / "source"
        folder.mkdir()
        shutil.copy(corpus / source, folder)
    command = ["dcm2niix", "-z", "n", "-f", "%s_%j", "-o", str(out), str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    theirs = [nibabel.load(path) for path in out.glob("*.nii")]
    for path in export(corpus / source, "nifti").values():
        image = nibabel.load(path)
        if image.shape[2] > 1:
            assert any(_holds_the_same(other, image) for other in theirs)


def _holds_the_same(other: Any, image: Any) -> bool:
    """Tell whether an image has the same values at the same places, perhaps along turned axes."""
    steps = [np.arange(0, side, max(1, side // 9)) for side in image.shape]
    ours = np.stack(np.meshgrid(*steps, indexing="ij"), -1).reshape(-1, 3)
    places = np.c_[ours, np.ones(len(ours))] @ image.affine.T
    exact = (places @ np.linalg.inv(other.affine).T)[:, :3]
    at = np.rint(exact).astype(int)
    if len(other.shape) != 3 or (at < 0).any() or (at >= other.shape).any():
        return False
    if np.abs(exact - at).max() > 1e-3:  # of a voxel
        return False
    mine = np.asanyarray(image.dataobj)[tuple(ours.T)]
    return np.allclose(np.asanyarray(other.dataobj)[tuple(at.T)], mine, rtol=1e-5, atol=1e-3)


def test_a_mosaic_is_left_alone_with_the_reason(corpus, tmp_path, capsys):
    source = corpus / "lut_overlay" / "MR-sonata-3D-as-Tile.dcm"
    out = tmp_path / "a.nii.gz"
    assert main(["export", str(source), "-o", str(out), "--format", "nifti"]) == 1
    assert "mosaic of slices" in capsys.readouterr().err
    assert not out.exists()
