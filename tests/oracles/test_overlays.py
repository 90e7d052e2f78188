"""Overlays cover what DCMTK draws: every file of the corpus that has some.

DCMTK replaces what an overlay covers by a density of one's choice: where a
picture with white overlays and one with black ones differ, there they are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.oracles import dcmtk
from tests.oracles import monochrome as mono
from tests.oracles.tally import REPORT
from viewer.dicom.frames import read_frame
from viewer.imaging.composition import overlay_coverage

pytestmark = [pytest.mark.filterwarnings("ignore::UserWarning:pydicom"), dcmtk.needed]
_DRAWN = ["--display-overlay", "0", "--ovl-replace", "--set-foreground"]


def test_overlays_cover_what_dcmtk_draws(
    corpus: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    covered: dict[str, int] = {}
    paths = [path for part in mono.corpus_parts() for path in part.values[0]]
    for path, header in mono.monochrome_headers(corpus, paths):
        if not _has_overlays(header) or not dcmtk.knows(header):
            continue
        for frame in mono.frames_to_compare(header):
            _, description = read_frame(str(corpus / path), frame)
            theirs = _drawn(corpus / path, header, frame, tmp_path)
            ours = np.zeros(theirs.shape, bool)
            for coverage, _ in overlay_coverage(description):
                ours |= coverage > 0
            assert np.array_equal(ours, theirs), f"{path}, frame {frame + 1}"
            covered[f"{path}:{frame}"] = int(ours.sum())
    assert sum(count > 0 for count in covered.values()) >= 5, covered
    record_property(REPORT, {"oracle": "dcm2pnm", "frames with overlays": len(covered)})


def _has_overlays(header: Dataset) -> bool:
    return any(0x6000 <= tag.group <= 0x601E for tag in header.keys())


def _drawn(path: Path, header: Dataset, frame: int, scratch: Path) -> np.ndarray:
    source = dcmtk.source(path, header, mono.laid_flat(header, frame), scratch)
    white, black = (
        dcmtk.grey_levels(source, header, frame, ["--min-max-window", *_DRAWN, density])
        for density in ("1", "0")
    )
    assert isinstance(white, np.ndarray), white
    assert isinstance(black, np.ndarray), black
    found: np.ndarray = white != black
    return found
