"""Stacks as arrays in files: NumPy, NIfTI, NRRD, with their place in the patient.

What a volume is, and when there is none, is `workers.volumes`' matter; how it is written that of
`viewer.formats`.
"""

from __future__ import annotations

from typing import Any, BinaryIO

import numpy as np

from viewer.dicom.errors import NegatoError
from viewer.formats.arrays import write_npy, write_npz
from viewer.formats.nifti import write_nifti
from viewer.formats.nrrd import write_nrrd
from viewer.imaging.volume_resampling import is_sheared
from viewer.workers.volumes import Volume

_SHEARED = (
    "The gantry was tilted, and the file says so by a shear: ITK and SimpleITK refuse such a "
    "file, or straighten it. The step straighten of a pipeline makes the volume rectangular."
)


def write_volume(file: BinaryIO, volume: Volume, form: str, *, compress: bool) -> tuple[str, ...]:
    """Write a volume, and give what is to be noted.

    Raises
    ------
    NegatoError
        The format needs a place in the patient, and one matrix cannot say it.
    """
    if form == "npy":
        write_npy(file, volume.values)
        return () if volume.affine is not None else (volume.why_no_affine,)
    if form == "npz":
        write_npz(file, volume.values, volume.affine, facts_of(volume), compress=compress)
        return () if volume.affine is not None else (volume.why_no_affine,)
    if volume.affine is None:
        raise NegatoError(
            f"{volume.why_no_affine} {form.upper()} cannot say where such slices lie; write npz, "
            "or choose other frames with --frames."
        )
    if form == "nrrd":
        write_nrrd(file, volume.values, volume.affine, volume.units, compress=compress)
    else:
        write_nifti(file, volume.values, volume.affine, compress=compress)
    return (_SHEARED,) if is_sheared(volume.affine) else ()


def facts_of(volume: Volume) -> dict[str, Any]:
    """Give what is known of a volume beside its values and its affine; nothing of the patient."""
    facts: dict[str, Any] = {
        "units": volume.units,
        "axes": "slice, row, column" + (", RGB" if volume.values.ndim == 4 else ""),
        "affine_is": "from (slice, row, column, 1) to patient LPS, mm",
        "modality": volume.modality,
        "study_instance_uid": volume.study_instance_uid,
        "series_instance_uid": volume.series_instance_uid,
        "frame_of_reference_uid": volume.frame_of_reference_uid,
        "sop_instance_uids": list(volume.sop_instance_uids),
        "frames": [frame + 1 for frame in volume.frames],
    }
    if volume.spacing_zyx_mm is not None:
        facts["spacing_zyx_mm"] = list(volume.spacing_zyx_mm)
    if volume.affine is None:
        facts["why_no_affine"] = volume.why_no_affine
    else:
        facts["orientation"] = "".join(_towards(volume.affine[:3, axis]) for axis in range(3))
    return facts


def _towards(direction: np.ndarray) -> str:
    """Give the letter towards which an axis runs most: L, P, H and their opposites R, A, F."""
    axis = int(np.abs(direction).argmax())
    return ("LPH" if direction[axis] > 0 else "RAF")[axis]
