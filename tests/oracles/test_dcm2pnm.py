"""Grey levels equal DCMTK's: every monochrome file of the corpus, every window and VOI LUT.

DCMTK knows no functional groups: it is given enhanced objects with those of
the frame laid flat by pydicom. It knows no LINEAR_EXACT (PS3.3 C.11.2.1.3.2),
which is asked for as the LINEAR window that equals it, nor padding, which is
left out of the comparison and looked at by itself.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.oracles import monochrome as mono
from tests.oracles.explained import UNREAD
from tests.oracles.monochrome import FileVoi
from tests.oracles.tally import Tally
from viewer.dicom.errors import NegatoError
from viewer.dicom.frames import read_frame
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import Voi, VoiFunction, VoiWindow

_EXPLAINED_VERSION = "3.6.7"  # of DCMTK, which the table of differences was made with
_JPEG = {f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 53, 55, 57, 70)}
_JPEG_LS = {f"1.2.840.10008.1.2.4.{number}" for number in (80, 81)}
# JPEG 2000, HTJ2K, JPEG XL, encapsulated uncompressed, deflated frames
_UNKNOWN_TO_DCMTK = {
    *(f"1.2.840.10008.1.2.4.{n}" for n in (90, 91, 92, 93, 110, 111, 112, 201, 202, 203)),
    "1.2.840.10008.1.2.1.98",
    "1.2.840.10008.1.2.8.1",
}
_GROUPS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")

pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning:pydicom"),
    pytest.mark.skipif(
        not all(map(shutil.which, ("dcm2pnm", "dcmj2pnm", "dcml2pnm"))),
        reason="DCMTK's dcm2pnm is not installed (Debian package dcmtk)",
    ),
]


@pytest.mark.parametrize("paths", mono.corpus_parts())
def test_grey_levels_are_those_of_dcmtk(
    corpus: Path,
    paths: tuple[str, ...],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    tally = Tally("dcm2pnm", paths)
    for path, header in mono.monochrome_headers(corpus, paths):
        if _transfer_syntax(header) in _UNKNOWN_TO_DCMTK:
            tally.skipped("files in a transfer syntax that it does not know")
            continue
        for frame in mono.frames_to_compare(header):
            _compare(tally, corpus, path, header, frame, tmp_path)
    tally.check(record_property, same_version=_version() == _EXPLAINED_VERSION)


# one grey level wide, broader than all values, between two integers
@pytest.mark.parametrize("window", [(40, 1), (40, 2), (500, 4096), (900.25, 33.5)])
@pytest.mark.parametrize("function", ["LINEAR", "SIGMOID"])
@pytest.mark.parametrize("folder", ["derived/display", "depth_sign", "lut_overlay"])
def test_windows_of_the_user_are_those_of_dcmtk(
    corpus: Path, folder: str, function: VoiFunction, window: tuple[float, float], tmp_path: Path
) -> None:
    voi = VoiWindow(*window, function)
    shape = "+Wfl" if function == "LINEAR" else "+Wfs"
    options = [shape, "+Ww", *map(repr, window)]
    paths = sorted(str(p.relative_to(corpus)) for p in (corpus / folder).iterdir())
    apart = {}
    for path, header in mono.monochrome_headers(corpus, paths):
        transfer_syntax = _transfer_syntax(header)
        if transfer_syntax in _UNKNOWN_TO_DCMTK or path in UNREAD["dcm2pnm"]:
            continue
        pixels, description = read_frame(str(corpus / path), 0)
        flat = mono.laid_flat(header, 0)
        source = _source(corpus / path, header, flat, tmp_path)
        theirs = _dcmtk(source, transfer_syntax, 0, options)
        assert isinstance(theirs, np.ndarray), path
        grey = mono.our_grey(pixels, description, voi)
        other = mono.padding(flat, pixels) | mono.in_colour(flat, pixels)
        apart[path] = mono.levels_apart(grey, theirs, other)
    assert {path: levels for path, levels in apart.items() if levels > 1} == {}
    assert len(apart) >= 3


def _compare(
    tally: Tally, corpus: Path, path: str, header: Dataset, frame: int, scratch: Path
) -> None:
    try:
        pixels, description = read_frame(str(corpus / path), frame)
    except NegatoError:
        tally.skipped("frames that we refuse")  # looked at by the tests of decoding
        return
    flat = mono.laid_flat(header, frame)
    padding, coloured = mono.padding(flat, pixels), mono.in_colour(flat, pixels)
    source = _source(corpus / path, header, flat, scratch)
    for stated, ours in mono.pairs(flat, pixels, description):
        if ours is None:
            tally.differs(path, stated, f"we do not offer it: {description.vois}")
            continue
        grey = mono.our_grey(pixels, description, ours)
        options = _options(stated, ours, description)
        theirs = _dcmtk(source, _transfer_syntax(header), frame, options)
        if isinstance(theirs, str):
            tally.not_read(path, theirs)
            return
        tally.compared(path, stated)
        apart = mono.levels_apart(grey, theirs, padding | coloured)
        if grey[padding].any():
            tally.differs(path, stated, f"padding of frame {frame + 1} is not black")
        elif apart > 1:
            tally.differs(path, stated, f"frame {frame + 1} is up to {apart} levels apart ({ours})")


def _options(stated: FileVoi, ours: Voi, description: FrameDescription) -> list[str]:
    if stated.is_lut:
        return ["+Wl", str(stated.number)]
    assert isinstance(ours, VoiWindow)
    if stated.number and ours.function != "LINEAR_EXACT":
        return ["+Wi", str(stated.number)]
    center, width = ours.center, ours.width
    slope, intercept = description.modality.slope, description.modality.intercept
    options = ["+Wfl", "+Ww"]
    if slope % 1 and not stated.number:
        # DCMTK keeps modality values as whole numbers: the same window over stored values
        assert slope > 0
        center, width = (center - intercept) / slope, width / slope
        options = ["-M", *options]
    return [*options, repr(center + 0.5), repr(width + 1)]  # LINEAR_EXACT as LINEAR


def _source(path: Path, header: Dataset, flat: Dataset, scratch: Path) -> Path:
    """Give the file, or where it has functional groups a copy without them."""
    if not any(keyword in header for keyword in _GROUPS):
        return path
    for keyword in _GROUPS:
        if keyword in flat:
            del flat[keyword]
    copy = scratch / "flat.dcm"
    implicit_vr, little_endian = flat.original_encoding
    pydicom.dcmwrite(copy, flat, implicit_vr=implicit_vr, little_endian=little_endian)
    return copy


def _transfer_syntax(header: Dataset) -> str:
    return str(getattr(header, "file_meta", Dataset()).get("TransferSyntaxUID", ""))


def _dcmtk(path: Path, transfer_syntax: str, frame: int, options: list[str]) -> np.ndarray | str:
    """Give the grey levels, (rows, columns) uint8, or why there are none."""
    tool = "dcm2pnm"
    if transfer_syntax in _JPEG:
        tool = "dcmj2pnm"
    elif transfer_syntax in _JPEG_LS:
        tool = "dcml2pnm"
    command = [tool, "--no-overlays", "--frame", str(frame + 1), *options, "--write-raw-pnm"]
    done = subprocess.run([*command, str(path)], capture_output=True, timeout=30, check=False)
    header = re.match(rb"P5\s(\d+) (\d+)\s255\s", done.stdout)
    if header is None:
        lines = done.stderr.decode(errors="replace").replace(str(path), "the file").splitlines()
        return next((line for line in lines if line.startswith(("E:", "F:"))), "nothing was said")
    columns, rows = int(header[1]), int(header[2])
    grey = np.frombuffer(done.stdout, np.uint8, rows * columns, header.end())
    return grey.reshape(rows, columns)


@cache
def _version() -> str:
    done = subprocess.run(
        ["dcm2pnm", "--version"], capture_output=True, text=True, timeout=30, check=True
    )
    found = re.search(r"dcm2pnm v(\S+)", done.stdout)
    return found[1] if found else ""
