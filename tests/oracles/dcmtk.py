"""DCMTK's dcm2pnm, with its kin for JPEG and JPEG-LS: files to grey levels."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

EXPLAINED_VERSION = "3.6.7"  # which the table of differences was made with
_JPEG = {f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 53, 55, 57, 70)}
_JPEG_LS = {f"1.2.840.10008.1.2.4.{number}" for number in (80, 81)}
# JPEG 2000, HTJ2K, JPEG XL, encapsulated uncompressed, deflated frames
_UNKNOWN = {
    *(f"1.2.840.10008.1.2.4.{n}" for n in (90, 91, 92, 93, 110, 111, 112, 201, 202, 203)),
    "1.2.840.10008.1.2.1.98",
    "1.2.840.10008.1.2.8.1",
}
_GROUPS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")

needed = pytest.mark.skipif(
    not all(map(shutil.which, ("dcm2pnm", "dcmj2pnm", "dcml2pnm"))),
    reason="DCMTK's dcm2pnm is not installed (Debian package dcmtk)",
)


def knows(header: Dataset) -> bool:
    """Whether DCMTK has a decoder for the file's transfer syntax."""
    return _transfer_syntax(header) not in _UNKNOWN


def source(path: Path, header: Dataset, flat: Dataset, scratch: Path) -> Path:
    """Give the file, or where it has functional groups a copy of ``flat`` without them."""
    if not any(keyword in header for keyword in _GROUPS):
        return path
    for keyword in _GROUPS:
        if keyword in flat:
            del flat[keyword]
    copy = scratch / "flat.dcm"
    implicit_vr, little_endian = flat.original_encoding
    pydicom.dcmwrite(copy, flat, implicit_vr=implicit_vr, little_endian=little_endian)
    return copy


def grey_levels(path: Path, header: Dataset, frame: int, options: list[str]) -> np.ndarray | str:
    """Give the picture of a frame, (rows, columns) uint8, or why there is none.

    Parameters
    ----------
    header : Dataset
        Of the file; says which of the programs can decode it.
    frame : int
        Counted from 0.
    options : list of str
        Of dcm2pnm, which scales nothing and draws overlays unless told otherwise.
    """
    tool = "dcm2pnm"
    if _transfer_syntax(header) in _JPEG:
        tool = "dcmj2pnm"
    elif _transfer_syntax(header) in _JPEG_LS:
        tool = "dcml2pnm"
    command = [tool, "--frame", str(frame + 1), *options, "--write-raw-pnm", str(path)]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    head = re.match(rb"P5\s(\d+) (\d+)\s255\s", done.stdout)
    if head is None:
        lines = done.stderr.decode(errors="replace").replace(str(path), "the file").splitlines()
        return next((line for line in lines if line.startswith(("E:", "F:"))), "nothing was said")
    columns, rows = int(head[1]), int(head[2])
    return np.frombuffer(done.stdout, np.uint8, rows * columns, head.end()).reshape(rows, columns)


@cache
def version() -> str:
    """Give the version of DCMTK."""
    done = subprocess.run(
        ["dcm2pnm", "--version"], capture_output=True, text=True, timeout=30, check=True
    )
    found = re.search(r"dcm2pnm v(\S+)", done.stdout)
    return found[1] if found else ""


def _transfer_syntax(header: Dataset) -> str:
    return str(getattr(header, "file_meta", Dataset()).get("TransferSyntaxUID", ""))
