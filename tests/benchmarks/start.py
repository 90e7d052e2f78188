"""Starting Negato on what a user opens: from the start of its process to the first image painted.

The limit is the start of what it stands on: Python, PySide6, NumPy and
pyqtgraph, showing an empty view. It may be passed: pyqtgraph makes a Python
class for each of Qt's names, which Negato keeps it from. All files are in the
system's file cache, and all is drawn offscreen.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pydicom.uid import ExplicitVRLittleEndian, JPEGLosslessSV1

from tests.benchmarks import pixel_data
from tests.benchmarks.data import disc
from tests.benchmarks.measuring import Goal, Result, Sample, compare
from tests.benchmarks.starting import start, start_empty

_EMPTY, _ONE = "an empty view", "one CT file"
_START, _MORE = Goal(median=450.0), Goal(median=100.0)


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Start on one file, on folders of 500 slices and on a disc."""
    count, side, rounds = (3, 32, 1) if tiny else (500, 512, 15)
    native = pixel_data.slices(folder, count, side, ExplicitVRLittleEndian)
    lossless = pixel_data.slices(folder, count, side, JPEGLosslessSV1)
    paths = {
        f"folder of {count}": native[0].parent,
        f"DICOMDIR of {count}": disc(folder, count),
        f"folder of {count}, JPEG lossless": lossless[0].parent,
    }
    one_file = partial(start, native[0])
    results = compare(
        "start, one CT file", one_file, {_EMPTY: start_empty}, rounds, {_EMPTY: _START}
    )
    for name, path in paths.items():
        (found,) = compare(
            f"start, {name}", partial(start, path), {_ONE: one_file}, rounds, {_ONE: _START}
        )
        results += [found, _beyond(found)]
    return results


def _beyond(found: Result) -> Result:
    """Give how much longer a start takes than with one file, pair by pair."""
    assert found.peer is not None
    more = [ours - one for ours, one in zip(found.ours.values, found.peer.values, strict=True)]
    return Result("  longer than one CT file", Sample(tuple(more)), goal=_MORE)
