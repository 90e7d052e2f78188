"""Jumping to a frame that is not in memory: from the wish until the window has painted it.

The headers are known, no frame is there, and loading has just begun
elsewhere in the stack: what is on its way then must not make the jump wait.
A large JPEG 2000 frame counts as on screen once its reduced picture is; how
long the whole one takes is told beside it.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from pydicom import dcmread
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, JPEGLosslessSV1

from tests.benchmarks import pixel_data
from tests.benchmarks.data import SEED, files_in, made, save
from tests.benchmarks.measuring import Goal, Result, milliseconds
from tests.benchmarks.real_window import Screen, real_window
from viewer.ui.main_window import MainWindow
from viewer.workers.priority import EMPTY

_MAMMOGRAMS = 8
_LONG_ROUNDS = 8
_SWITCH_INTERVAL_S = 0.0005  # as `viewer.ui.app` sets it
_LOADS_S = 0.004  # between one jump and the next


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Jump in four kinds of series."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    count, side, rounds = (8, 64, 2) if tiny else (200, 512, 30)
    rows, columns = (64, 48) if tiny else (4096, 3328)
    series = {
        f"jump {side}² native": (
            pixel_data.slices(folder, count, side, ExplicitVRLittleEndian),
            20.0,
        ),
        f"jump {side}² JPEG lossless": (
            pixel_data.slices(folder, count, side, JPEGLosslessSV1),
            25.0,
        ),
        f"jump {side}² JPEG lossless, {count} frames a file": (
            [pixel_data.multiframe(folder, count, side)],
            25.0,
        ),
        f"jump {columns} x {rows} JPEG 2000": (_mammograms(folder, rows, columns), 120.0),
    }
    return [
        result
        for case, (paths, goal_ms) in series.items()
        for result in _jumps(
            case, paths, min(rounds, _LONG_ROUNDS) if "2000" in case else rounds, goal_ms
        )
    ]


def _jumps(case: str, paths: list[Path], rounds: int, goal_ms: float) -> list[Result]:
    chance = random.Random(SEED)
    first_s, whole_s = [], []
    with real_window(paths) as window:
        screen = Screen(window)
        for _ in range(rounds):
            target = _target(window, screen, chance)
            began = time.perf_counter()
            window.workspace.go_to(target)
            screen.wait(lambda index=target: screen.index == index)
            first_s.append(time.perf_counter() - began)
            screen.wait(lambda index=target: screen.index == index and screen.is_whole)
            whole_s.append(time.perf_counter() - began)
    first = milliseconds(first_s)
    whole = milliseconds(whole_s)
    goal = Goal(median=goal_ms)
    if first.median > whole.median / 2:
        return [Result(case, whole, goal=goal)]
    return [Result(f"{case}, reduced", first, goal=goal), Result(f"{case}, whole", whole)]


def _target(window: MainWindow, screen: Screen, chance: random.Random) -> int:
    """Let all frames go, have loading begin around one, and choose another that is not there."""
    workspace = window.workspace
    workspace._decoder.retain(())
    stack = workspace.viewport.stack
    assert stack is not None
    start = chance.choice([n for n in range(len(stack)) if n != workspace.viewport.index])
    workspace.go_to(start)
    screen.wait(lambda: screen.index == start)
    time.sleep(_LOADS_S)
    states = workspace.cache.states(stack)
    others = [n for n in range(len(stack)) if n != start]
    return chance.choice([n for n in others if states[n] == EMPTY] or others)


def _mammograms(folder: Path, rows: int, columns: int) -> list[Path]:
    """Give one stack of pictures as large as mammograms, all with the same pixels."""
    source = pixel_data.mammogram(folder, rows, columns)

    def make(into: Path) -> None:
        dataset = dcmread(source)
        dataset.Modality = "CT"
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
        dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        for number in range(_MAMMOGRAMS):
            save(dataset, number, into)

    return files_in(made(folder / f"mammogram-stack-{_MAMMOGRAMS}-{rows}-{columns}", make))
