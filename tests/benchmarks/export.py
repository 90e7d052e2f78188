"""500 CT slices as PNG files, as they are seen: searched, read, windowed, encoded, written whole.

The peer is the plain loop: pydicom reads each file, its functions apply rescale and window, the
8 bits that result are saved by Pillow. Ours is the whole command, in this process and its
children, which are started and ended with it.
"""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom import dcmread
from pydicom.pixels import apply_rescale, apply_windowing
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless

from tests.benchmarks.measuring import Goal, Result, StopWatch, compare, watched
from tests.benchmarks.pixel_data import slices
from viewer.cli import main

_LOOP = "pydicom + Pillow"
_GOALS = {_LOOP: Goal(ratio=2.0)}
_CENTER, _WIDTH = 40, 400


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Export a native series, and one in JPEG 2000."""
    count, side, rounds = (6, 64, 2) if tiny else (500, 512, 3)
    results = []
    out = folder / "exported"
    for name, syntax in (("native", ExplicitVRLittleEndian), ("JPEG 2000", JPEG2000Lossless)):
        paths = slices(folder, count, side, syntax)
        case = f"{count:,} slices, {name}, as PNG"
        peers = {_LOOP: _anew(partial(_loop, paths, out), out)}
        results += compare(case, _anew(partial(_ours, paths, out), out), peers, rounds, _GOALS)
        shutil.rmtree(out)
    return results


def _ours(paths: list[Path], out: Path) -> None:
    window = ("--window", str(_CENTER), str(_WIDTH))
    with contextlib.redirect_stdout(io.StringIO()):
        code = main(["export", str(paths[0].parent), "-o", str(out), "--format", "png", *window])
    if code or len(list(out.iterdir())) != len(paths):
        raise RuntimeError("pictures are missing")


def _loop(paths: list[Path], out: Path) -> None:
    out.mkdir()
    for path in paths:
        dataset = dcmread(path)
        dataset.WindowCenter, dataset.WindowWidth = _CENTER, _WIDTH
        values = apply_windowing(apply_rescale(dataset.pixel_array, dataset), dataset)
        low, high = values.min(), values.max()
        grey = ((values - low) / ((high - low) or 1) * 255).astype(np.uint8)
        Image.fromarray(grey).save(out / f"{path.stem}.png")


def _anew(action: Callable[[], None], out: Path) -> StopWatch:
    watch = watched(action)

    def seconds() -> float:
        shutil.rmtree(out, ignore_errors=True)
        return watch()

    return seconds
