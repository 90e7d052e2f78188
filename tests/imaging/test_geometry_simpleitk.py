"""Volumes lie where SimpleITK, which reads the same files for itself, puts them."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from viewer.dicom.planes import plane_of
from viewer.dicom.reading import read_header
from viewer.dicom.stacks import build_stacks
from viewer.imaging.geometry import frame_point_to_lps, volume_affine, volume_order

sitk = pytest.importorskip("SimpleITK", reason="SimpleITK, of the test extra, is not installed")

SERIES = [
    "series/ct_head_93_64x64",
    "series/ct_ibsi_lung_phantom_60_rtstruct",
    "series/ct_sphere_32",
    "series/pet_nema_iq_phantom_89",
    "series/mr_localizer_3plane",
    "series/mr_tof_mra_145_plus_mip",
    "derived/series_traps/regular",
    "derived/series_traps/reversed",
    "derived/series_traps/shuffled",
    "derived/series_traps/oblique",
]


@pytest.mark.parametrize("name", SERIES)
def test_corners_of_real_volumes_lie_where_simpleitk_puts_them(corpus: Path, name: str) -> None:
    series: dict[str, list] = {}
    for path in sorted((corpus / name).rglob("*")):
        if path.is_file() and path.suffix not in {".json", ".txt"}:
            header = read_header(str(path))
            series.setdefault(header.series_instance_uid, []).append(header)
    stacks = [stack for headers in series.values() for stack in build_stacks("1", headers)]
    regular = [stack for stack in stacks if stack.regular]
    assert regular
    for stack in regular:
        planes = [plane_of(stack.header(i), 0) for i in range(len(stack))]
        assert None not in planes
        order = volume_order(planes)
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames([stack.key(i).path for i in order])
        reader.SetOutputPixelType(sitk.sitkFloat32)
        volume = reader.Execute()
        affine = volume_affine([planes[i] for i in order])
        columns, rows, slices = volume.GetSize()
        for z, row, column in product((0, slices - 1), (0, rows - 1), (0, columns - 1)):
            theirs = volume.TransformIndexToPhysicalPoint((column, row, z))
            ours = (affine @ (z, row, column, 1))[:3]
            assert np.allclose(ours, theirs, atol=0.02)
            assert np.allclose(
                frame_point_to_lps(planes[order[z]], (row, column)), theirs, atol=0.02
            )
