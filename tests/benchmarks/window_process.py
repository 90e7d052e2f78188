"""A window that loads what it is given, for who watches it from outside: says "loaded", and waits.

``python -m tests.benchmarks.window_process BUDGET_MB FOLDER``. Loaded: each
frame is in memory; where the budget does not allow that, each has been on
screen.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QSettings

from tests.benchmarks.real_window import application, until
from viewer.session.settings import Settings
from viewer.ui.main_window import MainWindow
from viewer.workers.priority import READY
from viewer.workers.scan_children import ScanChildren


def main(budget_mb: str, folder: str) -> None:
    """Open ``folder``, and close the window when told so."""
    scan_children = ScanChildren()
    scan_children.start()
    app = application()
    with tempfile.TemporaryDirectory() as temporary:
        store = QSettings(str(Path(temporary) / "negato.ini"), QSettings.Format.IniFormat)
        store.setValue("memory_budget_mb", budget_mb)
        window = MainWindow(Settings(store), scan_children)
        workspace = window.workspace
        window.show()
        count = len(list(Path(folder).iterdir()))
        window.open([folder])
        until(app, lambda: len(workspace.viewport.stack or ()) == count)
        stack = workspace.viewport.stack
        assert stack is not None
        if workspace.cache.reach(stack) < count:
            for index in range(count):
                workspace.go_to(index)
                until(app, lambda: workspace.picture().pixels is not None)
                if workspace.cache.bytes_used > workspace.cache.budget_bytes:
                    raise RuntimeError("the cache holds more than its budget")
        else:
            until(app, lambda: bool((workspace.cache.states(stack) == READY).all()))
        sys.stdout.write("loaded\n")
        sys.stdout.flush()
        sys.stdin.readline()
        window.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
