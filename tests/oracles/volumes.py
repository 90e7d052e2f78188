"""Folders of the corpus as we make volumes of them: stacks, planes, order."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from viewer.dicom.catalogue import CatalogueBuilder
from viewer.dicom.frames import read_frame
from viewer.dicom.planes import plane_of
from viewer.dicom.scanning import scan
from viewer.dicom.stacks import Stack
from viewer.imaging import modality
from viewer.imaging.geometry import FramePlane, volume_affine, volume_order


class Volume(NamedTuple):
    """A stack of parallel planes; ``order`` takes its frames along the normal."""

    stack: Stack
    planes: list[FramePlane]
    order: tuple[int, ...]

    def affine(self) -> np.ndarray:
        """Give the matrix from (slice, row, column, 1) to LPS mm."""
        return volume_affine([self.planes[i] for i in self.order])

    def values(self) -> np.ndarray:
        """Give the modality values, (slices, rows, columns)."""
        frames = [read_frame(*self.stack.key(i)) for i in self.order]
        return np.stack([modality.apply(known.modality, pixels) for pixels, known in frames])


@cache
def volumes(folder: Path) -> list[Volume]:
    """Give the stacks of several parallel planes in a folder, in the catalogue's order."""
    builder = CatalogueBuilder()
    for item in scan([str(folder)]):
        builder.add(item)
    studies = [study for patient in builder.snapshot().patients for study in patient.studies]
    found = []
    for stack in (stack for study in studies for series in study.series for stack in series.stacks):
        planes = [plane_of(stack.header(i), stack.key(i).index) for i in range(len(stack))]
        known = [plane for plane in planes if plane is not None]
        normals = {tuple(np.round(plane.normal_lps, 3)) for plane in known}
        if len(known) == len(planes) > 1 and len(normals) == 1:
            found.append(Volume(stack, known, volume_order(known)))
    return found
