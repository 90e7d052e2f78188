"""The process of the window: what its start does to it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="asks prctl")
def test_the_window_leaves_no_core_and_can_be_looked_up_by_the_desktop(tmp_path: Path) -> None:
    program = (
        "import ctypes, resource\nfrom PySide6.QtCore import QTimer\n"
        "from viewer.ui.main_window import MainWindow\nkept = MainWindow.show\n"
        "def show(self):\n"
        "    print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3))\n"
        "    kept(self)\n    QTimer.singleShot(0, self.close)\nMainWindow.show = show\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (1, resource.getrlimit(4)[1]))\n"
        "from viewer.__main__ import main\nmain()"
    )
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("(0, 0) 1\n", "", 0)
