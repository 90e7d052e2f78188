"""Negato started again by Negato."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QProcess

from viewer.session.own_process import prepare

_ROOT = Path(__file__).parents[2]

_AGAIN = """
from PySide6.QtCore import QCoreApplication, QProcess
from viewer.session.own_process import prepare

application = QCoreApplication([])
process = QProcess()
prepare(process, "--version")
process.start()
process.waitForFinished()
print(bytes(process.readAll()).decode())
"""


def test_it_starts_from_a_folder_of_code_that_was_never_installed(tmp_path: Path) -> None:
    for name in ("viewer", "resources"):
        (tmp_path / name).symlink_to(_ROOT / name)
    needs = [path for path in sys.path if path.endswith("site-packages")]
    done = subprocess.run(
        [sys._base_executable, "-c", _AGAIN],  # where nothing is installed
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(needs)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("negato "), done.stderr


def test_arguments_are_passed_as_they_are() -> None:
    process = QProcess()
    prepare(process, "--new-window", "/a b/\"c' $d")
    assert process.arguments()[-2:] == ["--new-window", "/a b/\"c' $d"]
