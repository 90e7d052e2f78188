"""Memory of the whole program while it loads: the window's process and all of its children.

Sampled from outside: of each process the proportional share of its pages (PSS,
so that what is shared counts once), and of files that exist in memory alone all
they hold, as nobody maps these. Beside what the frames themselves take. Linux.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from pydicom.uid import ExplicitVRLittleEndian, JPEGLosslessSV1

from tests.benchmarks.measuring import Goal, Result, Sample
from tests.benchmarks.pixel_data import slices
from tests.soak.processes import descendants, proportional_bytes

_EVERY_S = 0.03
_PROGRAM_MB = 220  # that the program may take beside its frames
_SYNTAXES = {"native": ExplicitVRLittleEndian, "JPEG lossless": JPEGLosslessSV1}
_AMPLE_MB, _SCARCE_MB = 2048, 100


def run(folder: Path, *, tiny: bool) -> list[Result]:
    """Load 500 slices of 512² pixels into ample and into scarce memory."""
    if sys.platform != "linux":
        return []
    count, side, rounds = (6, 64, 1) if tiny else (500, 512, 3)
    results = []
    for name, uid in _SYNTAXES.items():
        into = slices(folder, count, side, uid)[0].parent
        for budget in (_AMPLE_MB, _SCARCE_MB)[: 1 if tiny else 2]:
            frames = min(count * side * side * 2 / 1e6, budget * (1 << 20) / 1e6)
            peaks = tuple(_peak_mb(into, budget) for _ in range(rounds))
            scrolled = "" if budget == _AMPLE_MB else f", scrolled through in {budget} MiB"
            results.append(
                Result(
                    f"memory, {count} x {side}² {name}{scrolled}",
                    Sample(peaks, "MB"),
                    "the frames alone",
                    Sample((frames,), "MB"),
                    Goal(worst=round(frames + _PROGRAM_MB)),
                )
            )
    return results


def _peak_mb(folder: Path, budget_mb: int) -> float:
    command = [sys.executable, "-m", "tests.benchmarks.window_process", str(budget_mb), str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        peak, loaded = 0, threading.Event()

        def sample() -> None:
            nonlocal peak
            while not loaded.wait(_EVERY_S):
                peak = max(peak, _memory(process.pid))

        sampler = threading.Thread(target=sample)
        sampler.start()
        said = process.stdout.readline() if process.stdout else ""
        loaded.set()
        sampler.join()
        peak = max(peak, _memory(process.pid))
        process.communicate("close\n")
    if said != "loaded\n":
        raise RuntimeError("the window did not load")
    return peak / 1e6


def _memory(pid: int) -> int:
    """Give the bytes that a process and its descendants hold together."""
    proportional, files = 0, {}
    for one in {pid} | descendants(pid):
        proportional += proportional_bytes(one)
        try:
            handles = list(Path(f"/proc/{one}/fd").iterdir())
        except OSError:  # it has just ended
            continue
        for handle in handles:
            try:
                if os.readlink(handle).startswith("/memfd:negato"):
                    status = handle.stat()
                    files[status.st_ino] = status.st_blocks * 512
            except OSError:
                continue
    return proportional + sum(files.values())
