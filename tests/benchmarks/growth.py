"""Growth: what one file, one frame and one pixel cost, by how many there are.

Where work is proportional to its size, the cost of one is the same for few
and for many: the largest size is held against the middle one. Pictures of the
curves are written to ``tests/benchmarks/results``; those of a tiny run to its
data.

The scan is that of the program: a child process that waits for it reads the
headers, and a catalogue is made of them here. Files are in the system's file
cache. Scrolling is a click of the wheel in the whole window, until all of it
is painted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import cycle
from pathlib import Path

import numpy as np

from tests.benchmarks.archive import archive
from tests.benchmarks.data import slices
from tests.benchmarks.measuring import Goal, Result, Sample, StopWatch, watched
from tests.benchmarks.plots import Curve, draw
from tests.benchmarks.real_window import Hand, application, fit_canvas, real_window
from tests.benchmarks.volume import fill_cache, stack_of
from viewer.dicom.catalogue import CatalogueBuilder
from viewer.imaging.frame import FrameDescription
from viewer.imaging.voi import VoiWindow
from viewer.ui.canvas.image_canvas import ImageCanvas
from viewer.workers.child_pool import ChildPool
from viewer.workers.scan import ScanItem, scan_in_child
from viewer.workers.scan_children import ScanChildren

_BOUND = 1.5  # on the cost at the largest size, in costs at the middle one
_GOAL = Goal(ratio=round(1 / _BOUND, 2))
RESULTS = Path(__file__).parent / "results"
_IMAGES = 500  # of a series, at most
_VIEWPORT_PX = 1000
_WINDOWS = [VoiWindow(40.0 + step, 400.0 + 3 * step) for step in range(50)]


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Measure and draw the curves of files, frames and pixels."""
    counts = (4, 8, 16) if tiny else (100, 1000, 10_000, 100_000)
    lengths = (3, 6, 12) if tiny else (10, 50, 200, 500, 1000, 2000)
    sides = (16, 32, 64) if tiny else (256, 512, 1024, 2048, 4096, 8192)
    pictures = {
        "files": _of_files(folder, counts, 1 if tiny else 3),
        "frames": _of_frames(folder, lengths, 32 if tiny else 256, 1 if tiny else 5),
        "pixels": _of_pixels(sides, 2 if tiny else 15),
    }
    for name, curves in pictures.items():
        draw(curves, _BOUND, (folder if tiny else RESULTS) / f"growth-{name}.png")
    return [_result(curve) for curves in pictures.values() for curve in curves]


def _result(curve: Curve) -> Result:
    largest, middle = curve.sizes[-1], curve.sizes[curve.middle]
    return Result(
        f"{curve.title}: {largest:,} {curve.counted}",
        curve.costs[-1],
        f"{middle:,} {curve.counted}",
        curve.costs[curve.middle],
        _GOAL,
    )


def _measure(
    watches: Mapping[int, StopWatch], unit: str, scale: Callable[[int], float], rounds: int
) -> tuple[Sample, ...]:
    """Run the watches in turn, after one unmeasured round; seconds times ``scale`` of the size."""
    taken: dict[int, list[float]] = {size: [] for size in watches}
    for watch in watches.values():
        watch()
    for number in range(rounds):
        for size in list(watches)[:: -1 if number % 2 else 1]:
            taken[size].append(watches[size]() * scale(size))
    return tuple(Sample(tuple(values), unit) for values in taken.values())


def _of_files(folder: Path, counts: Sequence[int], rounds: int) -> list[Curve]:
    folders = {
        count: archive(folder, -(-count // _IMAGES), min(count, _IMAGES), nested=True)
        for count in counts
    }
    found: dict[int, list[ScanItem]] = {}
    children = ScanChildren()
    children.start()

    def scan(count: int) -> None:
        found[count] = _scan(folders[count], children)

    with closing(children):
        scans = {count: watched(partial(scan, count)) for count in counts}
        scanned = _measure(scans, "µs a file", lambda count: 1e6 / count, rounds)
    snapshots = {count: _snapshot(items) for count, items in found.items()}
    built = _measure(snapshots, "µs a file", lambda count: 1e6 / count, rounds)
    return [
        Curve("From nested folders to the catalogue", "files", tuple(counts), scanned),
        Curve("Of that, series put together", "files", tuple(counts), built),
    ]


def _scan(folder: Path, children: ScanChildren) -> list[ScanItem]:
    """Have a folder scanned and put into a catalogue; give what was found."""
    builder = CatalogueBuilder()
    found: list[ScanItem] = []
    for batch in scan_in_child([str(folder)], children=children):
        found += batch
        for item in batch:
            builder.add(item)
    builder.snapshot()
    return found


def _snapshot(items: Sequence[ScanItem]) -> StopWatch:
    """Give a stop watch around a new builder's snapshot; that it is filled does not count."""

    def seconds() -> float:
        builder = CatalogueBuilder()
        for item in items:
            builder.add(item)
        return watched(builder.snapshot)()

    return seconds


def _of_frames(folder: Path, lengths: Sequence[int], side: int, rounds: int) -> list[Curve]:
    files = {length: slices(folder, length, side) for length in lengths}
    with closing(ChildPool(processes=1)) as pool:  # never started: plain frames need no child
        loads = {
            length: watched(partial(fill_cache, stack_of(paths), pool))
            for length, paths in files.items()
        }
        loaded = _measure(loads, "ms a frame", lambda length: 1e3 / length, rounds)
    scrolled = tuple(_scroll(paths, 10 * rounds) for paths in files.values())
    return [
        Curve(f"Loading a series, {side}² uncompressed", "frames", tuple(lengths), loaded),
        Curve("One click of the wheel in it", "frames", tuple(lengths), scrolled),
    ]


def _scroll(paths: Sequence[Path], clicks: int) -> Sample:
    """Give the milliseconds of each click, down and up the whole stack."""
    with real_window(paths, (_VIEWPORT_PX, _VIEWPORT_PX)) as window:
        hand = Hand(window.view.canvas)
        there = [-1] * (len(paths) - 1)
        turns = cycle([*there, *(-click for click in there)])
        return Sample(tuple(hand.turn_wheel(next(turns)) * 1e3 for _ in range(clicks)))


def _of_pixels(sides: Sequence[int], rounds: int) -> list[Curve]:
    canvases = {side: _canvas() for side in sides}
    frames = {side: _frame(side) for side in sides}
    paints = {side: watched(partial(_show, canvases[side], frames[side])) for side in sides}
    painted = _measure(paints, "ns a pixel", lambda side: 1e9 / side**2, rounds)
    steps = {s: watched(partial(_step, canvases[s], cycle(_WINDOWS).__next__)) for s in sides}
    windowed = _measure(steps, "ms", lambda _side: 1e3, rounds)
    for canvas in canvases.values():
        canvas.close()
    view, counted = f"in a viewport of {_VIEWPORT_PX}²", "pixels a side"
    return [
        Curve(f"First paint of a frame {view}", counted, tuple(sides), painted),
        Curve(f"One step of a window drag {view}", counted, tuple(sides), windowed),
    ]


def _canvas() -> ImageCanvas:
    app = application()
    canvas = ImageCanvas()
    canvas.set_voi(_WINDOWS[0])
    canvas.show()
    fit_canvas(canvas, canvas, (_VIEWPORT_PX, _VIEWPORT_PX))
    app.processEvents()
    return canvas


def _frame(side: int) -> np.ndarray:
    return np.random.default_rng(side).integers(0, 4096, (side, side), np.int16)


def _show(canvas: ImageCanvas, pixels: np.ndarray) -> None:
    canvas.set_frame(pixels, FrameDescription(*pixels.shape), keep_view=False)
    canvas.viewport().repaint()


def _step(canvas: ImageCanvas, window: Callable[[], VoiWindow]) -> None:
    canvas.set_voi(window())
    canvas.viewport().repaint()
