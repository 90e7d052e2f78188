"""Negato itself as another process: how Qt is to start it, and another window of it.

`program.command` says with what command line; what the process does is said by its arguments.
"""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QProcess, QProcessEnvironment

import viewer
from viewer import program


def prepare(process: QProcess, *arguments: str) -> None:
    """Have ``process`` start this Negato with ``arguments``."""
    name, *rest = program.command(*arguments)
    process.setProgram(name)
    process.setArguments(rest)
    environment = QProcessEnvironment.systemEnvironment()
    if not program.is_bundle():  # started from a folder of code, it is on no path
        root = str(Path(viewer.__file__).resolve().parents[1])
        paths = [root, environment.value("PYTHONPATH")]
        environment.insert("PYTHONPATH", os.pathsep.join(path for path in paths if path))
    process.setProcessEnvironment(environment)


def open_window(*paths: str) -> bool:
    """Open ``paths`` in a window of its own; tell whether that could be started."""
    process = QProcess()
    prepare(process, "--new-window", *paths)
    process.startDetached()  # what it gives back is not the same in each version
    return process.error() != QProcess.ProcessError.FailedToStart
