"""Programs that open a window, timed from their start to their first paint.

Loads none but Python's own modules, so that nothing a start needs is in memory
for the sake of who times it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

_LONGEST_S = 60.0
_PYTHON = (sys.executable, "-m")


def start(path: Path) -> float:
    """Give the seconds from the start of Negato's process to its first image painted."""
    return start_program([*_PYTHON, "tests.benchmarks.start_watch", str(path)])


def start_empty() -> float:
    """Give those of Python, PySide6, NumPy, pyqtgraph and an empty view: what Negato stands on."""
    return start_program([*_PYTHON, "tests.benchmarks.start_empty"])


def start_program(command: Sequence[str]) -> float:
    """Give those of a program that writes the moment of its first paint, and ends."""
    with tempfile.TemporaryDirectory() as settings:
        environment = {**os.environ, "XDG_CONFIG_HOME": settings, "XDG_STATE_HOME": settings}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        began = time.monotonic()
        # what Qt says of the offscreen screen is for nobody
        done = subprocess.run(
            command,
            check=False,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_LONGEST_S,
        )
        if done.returncode or not done.stdout:
            raise RuntimeError(f"{command} painted nothing: {done.stderr}")
        return float(done.stdout) - began
