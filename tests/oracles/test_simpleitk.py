"""Volumes equal SimpleITK's: origin, directions, spacing, values and the order of the files.

ITK reads with GDCM, which shares no code with us. Each folder of the corpus
that holds volumes is read by both; the stacks are ours, the rest of a mixed
folder is left out of what SimpleITK is given.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import CORPUS
from tests.oracles.tally import REPORT
from tests.oracles.volumes import volumes
from viewer.dicom.frames import read_frame
from viewer.dicom.stacks import Stack
from viewer.imaging import modality
from viewer.imaging.geometry import dot, volume_affine
from viewer.imaging.modality import ModalityTransform

with warnings.catch_warnings():
    # from Python 3.12 on, of the classes that SWIG makes
    warnings.simplefilter("ignore", DeprecationWarning)
    sitk: Any = pytest.importorskip("SimpleITK", reason="SimpleITK is not installed (extra test)")

_PARENTS = ("series", "derived/series_traps", "derived/pet_ct_fusion_pair")
_ENHANCED_CD = "cd/siemens_xa60"
# GDCM finds no spacing in this Enhanced CT and leaves the frames as they lie in the file
_NOT_JUDGED = {"derived/series_traps/enhanced"}
# its files say no positions
_NO_VOLUME = {"derived/series_traps/no_geometry"}
# GDCM gives up sorting where a position is repeated
_NOT_SORTED = {"derived/series_traps/duplicate_position"}


@pytest.fixture(autouse=True)
def _quiet_itk() -> Iterator[None]:
    shown = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    yield
    sitk.ProcessObject.SetGlobalWarningDisplay(shown)


def _folders() -> list[str]:
    """Give the folders with series, relative to the corpus, while tests are collected."""
    found = [
        f"{parent}/{folder.name}"
        for parent in _PARENTS
        if (CORPUS / parent).is_dir()
        for folder in sorted((CORPUS / parent).iterdir())
        if folder.is_dir()
    ]
    return found or ["absent"]


@pytest.mark.parametrize("folder", _folders())
def test_volumes_are_those_of_simpleitk(
    corpus: Path, folder: str, record_property: Callable[[str, object], None]
) -> None:
    found = volumes(corpus / folder)
    assert found or folder in _NO_VOLUME
    for stack, planes, order in found:
        ours = volume_affine([planes[i] for i in order])
        image = _read([stack.key(i).path for i in order])
        if folder in _NOT_JUDGED:
            assert not np.allclose(_affine(image), ours, atol=1e-3), "it can judge this now"
            continue
        np.testing.assert_allclose(_affine(image), ours, atol=1e-3, err_msg=stack.split_reason)
        _assert_same_values(stack, order, image)
    record_property(REPORT, {"oracle": "SimpleITK", "volumes": len(found)})


@pytest.mark.parametrize("folder", _folders())
def test_slices_lie_in_the_order_of_gdcm(corpus: Path, folder: str) -> None:
    for stack, planes, order in volumes(corpus / folder):
        if len({stack.key(i).path for i in order}) == 1:
            continue  # GDCM sorts files
        heights = {
            stack.key(i).path: dot(planes[i].position_lps, planes[i].normal_lps) for i in order
        }
        parent = str(Path(stack.key(0).path).parent)
        uid = stack.uid.split("/", 1)[0]
        theirs = [
            heights[path]
            for path in sitk.ImageSeriesReader.GetGDCMSeriesFileNames(parent, uid)
            if path in heights
        ]
        assert len(theirs) == len(order)
        is_sorted = sorted(theirs) in (theirs, theirs[::-1])
        assert is_sorted == (folder not in _NOT_SORTED)
        assert sorted(theirs) == [heights[stack.key(i).path] for i in order]


def test_enhanced_mr_is_placed_as_simpleitk_places_it(
    corpus: Path, record_property: Callable[[str, object], None]
) -> None:
    compared = 0
    for stack, planes, order in volumes(corpus / _ENHANCED_CD):
        image = _read([stack.key(i).path for i in order])
        ours = volume_affine([planes[i] for i in order])
        np.testing.assert_allclose(_affine(image), ours, atol=1e-3)
        _assert_same_values(stack, order, image)
        compared += 1
    assert compared >= 40
    record_property(REPORT, {"oracle": "SimpleITK", "volumes": compared})


def _read(paths: list[str]) -> Any:
    if len(set(paths)) == 1:
        return sitk.ReadImage(paths[0])
    reader = sitk.ImageSeriesReader()
    reader.ForceOrthogonalDirectionOff()  # a tilted stack is sheared, as it is
    reader.SetFileNames(paths)
    return reader.Execute()


def _affine(image: Any) -> np.ndarray:
    """Give ITK's matrix with our axes: (slice, row, column, 1) to LPS mm."""
    affine = np.eye(4)
    columns = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine[:3, :3] = columns[:, ::-1]
    affine[:3, 3] = image.GetOrigin()
    return affine


def _assert_same_values(stack: Stack, order: tuple[int, ...], image: Any) -> None:
    theirs = sitk.GetArrayViewFromImage(image)
    assert len(theirs) == len(order)
    for at, i in enumerate(order):
        pixels, description = read_frame(*stack.key(i))
        transform = description.modality
        if description.photometric_interpretation == "MONOCHROME1":
            # ITK inverts such values in their 2^n range; PhotometricInterpretation is a matter of
            # display (PS3.3 C.7.6.3.1.2), and the values are what was measured
            pixels = np.iinfo(pixels.dtype).max - pixels
        if transform.source.startswith("DoseGridScaling"):
            transform = ModalityTransform()  # ITK gives the dose without it (PS3.3 C.8.8.3)
        ours = modality.apply(transform, pixels)
        # of files whose slopes differ, ITK keeps the whole numbers that the first file gives
        rounded = theirs.dtype.kind in "iu" and transform.slope % 1 != 0
        np.testing.assert_allclose(ours, theirs[at], rtol=1e-6, atol=1 if rounded else 0)
