"""NIfTI-1 files, written by nibabel, an optional part of the installation.

Voxels run column, row, slice; positions are RAS mm. Nothing of the patient goes in.
"""

from __future__ import annotations

import gzip
from typing import Any, BinaryIO

import numpy as np

from viewer.formats.missing import MissingPartError
from viewer.imaging.volume_resampling import is_sheared

_LEVEL = 4  # of gzip
_SCANNER = 1  # NIFTI_XFORM_SCANNER_ANAT
_KEPT = frozenset(("u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"))  # types that all readers take
_RGB = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])


def ras_affine(affine_lps: np.ndarray) -> np.ndarray:
    """Give the matrix from (column, row, slice, 1) to RAS mm.

    Parameters
    ----------
    affine_lps : ndarray
        (4, 4), takes (slice, row, column, 1) to LPS mm.
    """
    ras: np.ndarray = np.diag((-1.0, -1.0, 1.0, 1.0)) @ affine_lps[:, [2, 1, 0, 3]]
    return ras + 0.0


def write_nifti(
    file: BinaryIO, values: np.ndarray, affine_lps: np.ndarray, *, compress: bool = True
) -> None:
    """Write a volume, with its place as sform, and as qform where that can say it.

    A qform holds no shear; it is left unset then, and ITK refuses such a file.

    Parameters
    ----------
    values : ndarray
        (slices, rows, columns), or (slices, rows, columns, 3) uint8 RGB.
    """
    nibabel = _nibabel()
    if values.ndim == 4:
        values = np.ascontiguousarray(values).view(_RGB)[..., 0]
    elif values.dtype.str[1:] not in _KEPT:
        values = values.astype(np.float64)
    affine = ras_affine(affine_lps)
    image = nibabel.Nifti1Image(values.transpose(2, 1, 0), None)
    image.set_sform(affine, _SCANNER)
    if is_sheared(affine):
        image.set_qform(None, 0)
    else:
        image.set_qform(affine, _SCANNER)
    image.header.set_xyzt_units("mm", "unknown")
    if compress:
        with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
            image.to_stream(packed)
    else:
        image.to_stream(file)


def check_nifti() -> None:
    """See that NIfTI can be written.

    Raises
    ------
    MissingPartError
        nibabel is not installed.
    """
    _nibabel()


def _nibabel() -> Any:
    try:
        import nibabel
    except ImportError as error:
        raise MissingPartError("NIfTI", "nibabel", "nibabel") from error
    return nibabel
