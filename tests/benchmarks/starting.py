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
from pathlib import Path

_LONGEST_S = 60.0


def start(path: Path) -> float:
    """Give the seconds from the start of Negato's process to its first image painted."""
    return _until_painted("tests.benchmarks.start_watch", str(path))


def start_empty() -> float:
    """Give those of Python, PySide6, NumPy, pyqtgraph and an empty view: what Negato stands on."""
    return _until_painted("tests.benchmarks.start_empty")


def _until_painted(module: str, *arguments: str) -> float:
    with tempfile.TemporaryDirectory() as settings:
        environment = {**os.environ, "XDG_CONFIG_HOME": settings, "XDG_STATE_HOME": settings}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", module, *arguments]
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
            raise RuntimeError(f"{module} painted nothing: {done.stderr}")
        return float(done.stdout) - began
