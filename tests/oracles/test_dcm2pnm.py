"""Grey levels equal DCMTK's: every monochrome file of the corpus, every window and VOI LUT.

DCMTK knows no functional groups: it is given enhanced objects with those of
the frame laid flat by pydicom. It knows no LINEAR_EXACT (PS3.3 C.11.2.1.3.2),
which is asked for as the LINEAR window that equals it, nor padding, which is
left out of the comparison and looked at by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.oracles import dcmtk
from tests.oracles import monochrome as mono
from tests.oracles.explained import UNREAD
from tests.oracles.monochrome import FileVoi
from tests.oracles.tally import Tally
from viewer.dicom.errors import NegatoError
from viewer.dicom.frames import read_frame
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import Voi, VoiFunction, VoiWindow

pytestmark = [pytest.mark.filterwarnings("ignore::UserWarning:pydicom"), dcmtk.needed]


@pytest.mark.parametrize("paths", mono.corpus_parts())
def test_grey_levels_are_those_of_dcmtk(
    corpus: Path,
    paths: tuple[str, ...],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    tally = Tally("dcm2pnm", paths)
    for path, header in mono.monochrome_headers(corpus, paths):
        if not dcmtk.knows(header):
            tally.skipped("files in a transfer syntax that it does not know")
            continue
        for frame in mono.frames_to_compare(header):
            _compare(tally, corpus, path, header, frame, tmp_path)
    tally.check(record_property, same_version=dcmtk.version() == dcmtk.EXPLAINED_VERSION)


# one grey level wide, broader than all values, between two integers
@pytest.mark.parametrize("window", [(40, 1), (40, 2), (500, 4096), (900.25, 33.5)])
@pytest.mark.parametrize("function", ["LINEAR", "SIGMOID"])
@pytest.mark.parametrize("folder", ["derived/display", "depth_sign", "lut_overlay"])
def test_windows_of_the_user_are_those_of_dcmtk(
    corpus: Path, folder: str, function: VoiFunction, window: tuple[float, float], tmp_path: Path
) -> None:
    voi = VoiWindow(*window, function)
    shape = "+Wfl" if function == "LINEAR" else "+Wfs"
    options = ["--no-overlays", shape, "+Ww", *map(repr, window)]
    paths = sorted(str(p.relative_to(corpus)) for p in (corpus / folder).iterdir())
    apart = {}
    for path, header in mono.monochrome_headers(corpus, paths):
        if not dcmtk.knows(header) or path in UNREAD["dcm2pnm"]:
            continue
        pixels, description = read_frame(str(corpus / path), 0)
        flat = mono.laid_flat(header, 0)
        source = dcmtk.source(corpus / path, header, flat, tmp_path)
        theirs = dcmtk.grey_levels(source, header, 0, options)
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
    except NegatoError as error:
        tally.skipped("frames that we refuse")
        if isinstance(dcmtk.grey_levels(corpus / path, header, frame, []), np.ndarray):
            tally.differs(path, "picture", f"DCMTK shows it, we do not: {error.message}")
        return
    if description.rows_there is not None:
        tally.skipped("frames that are cut")
        return
    flat = mono.laid_flat(header, frame)
    padding, coloured = mono.padding(flat, pixels), mono.in_colour(flat, pixels)
    source = dcmtk.source(corpus / path, header, flat, scratch)
    for stated, ours in mono.pairs(flat, pixels, description):
        if ours is None:
            tally.differs(path, stated, f"we do not offer it: {description.vois}")
            continue
        grey = mono.our_grey(pixels, description, ours)
        options = _options(stated, ours, description)
        theirs = dcmtk.grey_levels(source, header, frame, ["--no-overlays", *options])
        if isinstance(theirs, str):
            tally.not_read(path, theirs)
            return
        tally.compared(path)
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
